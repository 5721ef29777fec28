//! Up, down and up again, on both databases.

use sea_orm::ConnectionTrait as _;
use toolgate_migrations::{SCHEMA_VERSION, TableNames, down, fresh, read_version, status, up};

use crate::support::{columns, databases, schema, tables};

#[tokio::test]
async fn down_takes_back_all_that_up_made() {
    for fresh in databases("up, down, up").await {
        let (db, names) = (&fresh.db, TableNames::default());
        up(db, &names).await.unwrap();
        let made = schema(db).await;
        assert!(made.len() >= 11, "{made:?}");
        down(db, &names, None).await.unwrap();
        assert_eq!(tables(db).await, ["toolgate_migrations"]);
        up(db, &names).await.unwrap();
        assert_eq!(schema(db).await, made);
        up(db, &names).await.unwrap();
        assert_eq!(schema(db).await, made);
    }
}

#[tokio::test]
async fn each_step_is_taken_back_by_itself() {
    for fresh in databases("single steps").await {
        let (db, names) = (&fresh.db, TableNames::default());
        up(db, &names).await.unwrap();
        let made = schema(db).await;
        let steps = status(db, &names).await.unwrap().steps.len();
        for left in (0..steps).rev() {
            down(db, &names, Some(1)).await.unwrap();
            let now = status(db, &names).await.unwrap();
            let applied: Vec<_> = now.steps.iter().map(|step| step.applied).collect();
            let expected: Vec<_> = (0..steps).map(|at| at < left).collect();
            assert_eq!(applied, expected);
            assert_eq!(now.schema.is_some(), left > 0);
        }
        up(db, &names).await.unwrap();
        assert_eq!(schema(db).await, made);
        let version = read_version(db, &names).await.unwrap().unwrap();
        assert_eq!(version.version, SCHEMA_VERSION);
    }
}

#[tokio::test]
async fn the_tables_have_the_columns_of_the_design() {
    let grants = "id incarnation tenant_id provider service user_id account_label account_id \
        account_email client_id token_data key_id consented_scopes token_scopes status \
        status_reason expires_at lifetime refresh_expires_at project rt_hash rt_prefix_mac version \
        grant_epoch lease_seq lease_owner lease_until fail_count last_error next_attempt_at \
        created_at updated_at last_used_at";
    let sign_ins = "id_hash tenant_id user_id account_label client_id redirect_uri expected_email \
        expected_domain service services scopes sealed key_id return_path browser_binding \
        created_at expires_at consumed_at";
    let events = "id at tenant_id user_id actor event outcome row_id detail";
    let sessions = "id incarnation tenant_id user_id session_id kind status document key_id version \
        lease_seq lease_owner lease_until created_at updated_at";
    for fresh in databases("columns").await {
        up(&fresh.db, &TableNames::default()).await.unwrap();
        for (table, expected) in [
            ("auth_tokens", grants),
            ("sign_ins", sign_ins),
            ("auth_events", events),
            ("agent_sessions", sessions),
            ("toolgate_meta", "name value"),
        ] {
            let expected: Vec<_> = expected.split_whitespace().collect();
            assert_eq!(columns(&fresh.db, table).await, expected);
        }
        let schema = schema(&fresh.db).await.join("\n").replace('"', "");
        for index in [
            "idx_auth_tokens_user_id",
            "idx_auth_tokens_due",
            "idx_auth_tokens_account",
            "idx_sign_ins_principal",
            "idx_sign_ins_expires_at",
            "idx_auth_events_principal",
            "idx_agent_sessions_principal",
            "idx_agent_sessions_kind",
        ] {
            assert!(schema.contains(&format!("INDEX {index} ")), "{schema}");
        }
    }
}

#[tokio::test]
async fn fresh_drops_our_tables_and_no_other() {
    for database in databases("fresh").await {
        let (db, names) = (&database.db, TableNames::default());
        let other = TableNames::derived_from("crm_tokens").unwrap();
        up(db, &names).await.unwrap();
        up(db, &other).await.unwrap();
        let write = "INSERT INTO toolgate_meta (name, value) VALUES ('fact', 'x');
            INSERT INTO crm_tokens_meta (name, value) VALUES ('fact', 'y');
            CREATE TABLE customers (name text);
            INSERT INTO customers VALUES ('Alice')";
        db.execute_unprepared(write).await.unwrap();
        let before = schema(db).await;
        fresh(db, &names).await.unwrap();
        assert_eq!(schema(db).await, before);
        let left = async |sql: &str| {
            let backend = db.get_database_backend();
            let ask = sea_orm::Statement::from_string(backend, sql);
            db.query_all_raw(ask).await.unwrap().len()
        };
        let fact = |table| format!("SELECT 1 FROM {table} WHERE name = 'fact'");
        assert_eq!(left(&fact("toolgate_meta")).await, 0);
        assert_eq!(left(&fact("crm_tokens_meta")).await, 1);
        assert_eq!(left("SELECT 1 FROM customers").await, 1);
    }
}

#[tokio::test]
async fn two_installations_live_side_by_side() {
    for fresh in databases("two installations").await {
        let (db, ours) = (&fresh.db, TableNames::default());
        let longest = "t".repeat(40);
        let theirs = TableNames::derived_from(&longest).unwrap();
        up(db, &ours).await.unwrap();
        let alone = schema(db).await;
        up(db, &theirs).await.unwrap();
        assert_eq!(tables(db).await.len(), 12);
        down(db, &theirs, None).await.unwrap();
        db.execute_unprepared(&format!("DROP TABLE {longest}_migrations"))
            .await
            .unwrap();
        assert_eq!(schema(db).await, alone);
    }
}
