//! Grants between our database and agno's, with agno itself at the other end.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::{HowToImport, Imported, KeptBecause, UserId};
use toolgate_ops::{
    AgnoExport, AgnoImport, AgnoTable, DatabaseUrl, FernetKeys, RowOutcome, RowReport,
};
use toolgate_testkit::fresh_postgres_database;

use crate::support::{CLIENT, Ours, Python, SCOPE, client, document, token_data};

/// 32 bytes as agno's `generate_encryption_key` writes them.
const KEY: &str = "Q0FOQVJZc2VjcmV0LUNBTkFSWXNlY3JldC1DQU5BUlk=";

/// agno, and a database of its own.
struct Agno<'a> {
    python: &'a Python,
    /// Its address, as Python has it.
    theirs: String,
    url: DatabaseUrl,
}

impl<'a> Agno<'a> {
    fn on_sqlite(ours: &Ours, python: &'a Python) -> Self {
        let path = ours.path("agno.db");
        Self {
            python,
            theirs: format!("sqlite:///{}", path.display()),
            url: DatabaseUrl::sqlite(path),
        }
    }

    fn on_postgres(url: &str, python: &'a Python) -> Self {
        Self {
            python,
            theirs: url.replacen("postgres://", "postgresql+psycopg://", 1),
            url: DatabaseUrl::parse(url).unwrap(),
        }
    }

    fn told(&self, mut told: Value) -> Value {
        told["url"] = json!(self.theirs);
        self.python.told(&told)
    }

    fn save(&self, name: &str, key: Option<&str>) {
        let told = json!({"do": "save", "info": document(name), "key": key});
        assert_eq!(self.told(told), true, "agno did not save");
    }

    fn put(&self, user: &str, key: Option<&str>) {
        let row = json!({"provider": "google", "user_id": user, "service": "google",
            "token_data": token_data(user), "granted_scopes": [SCOPE]});
        let told = json!({"do": "put", "row": row, "key": key});
        assert_eq!(self.told(told), true, "agno did not write");
    }

    fn load(&self, key: Option<&str>) -> Value {
        self.told(json!({"do": "load", "key": key}))
    }
}

fn fernet() -> FernetKeys {
    FernetKeys::none().or_before_them(KEY)
}

fn outcome<'a>(reports: &'a [RowReport], user: Option<&str>) -> &'a RowOutcome {
    let mut of = reports.iter().filter(|it| it.user.as_deref() == user);
    let found = of.next().unwrap();
    assert!(of.next().is_none(), "{user:?} is there twice");
    &found.outcome
}

fn shows_no_secret(reports: &[RowReport]) {
    for report in reports {
        let shown = format!("{report} {report:?}");
        assert!(!shown.contains("CANARY"), "a report shows a secret");
    }
}

/// agno writes, we read, and read it again.
async fn what_agno_wrote_is_imported(ours: &Ours, agno: &Agno<'_>) {
    agno.save("slot", Some(KEY));
    agno.put("alice", None);
    agno.put("bob", Some(KEY));
    let import = AgnoImport::default()
        .with_keys(fernet())
        .with_client_id(Some(CLIENT.to_owned()));
    let reports = import.run(&agno.url, &ours.operator).await.unwrap();
    shows_no_secret(&reports);
    assert_eq!(reports.len(), 3);
    for (user, name) in [
        (None, "slot"),
        (Some("alice"), "alice"),
        (Some("bob"), "bob"),
    ] {
        let new = RowOutcome::Imported(Imported::New);
        assert_eq!(*outcome(&reports, user), new, "{user:?}");
        let (found, expected) = (ours.document(user).await, document(name));
        for field in ["token", "refresh_token", "client_id", "scopes"] {
            assert!(found[field] == expected[field], "{user:?}: {field}");
        }
        // It says 2230, and is believed for a day.
        let row = ours.row(user).await.unwrap();
        assert_eq!(row.lifetime, Duration::from_hours(24));
        assert!(!found["expiry"].as_str().unwrap().starts_with("2230"));
    }
    let same = RowOutcome::Imported(Imported::Kept(KeptBecause::SameGrant));
    let again = import.run(&agno.url, &ours.operator).await.unwrap();
    assert!(again.iter().all(|it| it.outcome == same), "{again:?}");
}

/// We write, agno reads.
async fn what_is_exported_is_read_by_agno(ours: &Ours, agno: &Agno<'_>, key: Option<&str>) {
    let export =
        AgnoExport::new(client()).with_single_slot_user(Some(UserId::parse("bob").unwrap()));
    let export = match key {
        Some(_) => export.with_keys(fernet()),
        None => export.in_clear(),
    };
    let reports = export.clone().with_overwrite(true);
    let reports = reports.run(&ours.operator, &agno.url).await.unwrap();
    shows_no_secret(&reports);
    assert_eq!(*outcome(&reports, Some("bob")), RowOutcome::Exported);
    assert_eq!(*outcome(&reports, Some("alice")), RowOutcome::Exported);
    assert!(matches!(outcome(&reports, None), RowOutcome::Skipped(_)));
    let (found, expected) = (agno.load(key), document("bob"));
    for field in [
        "token",
        "refresh_token",
        "client_id",
        "client_secret",
        "scopes",
    ] {
        assert!(found[field] == expected[field], "{field}");
    }
    let sealed = found["keys"] == json!(["encrypted"]);
    assert_eq!(sealed, key.is_some(), "{}", found["keys"]);
    assert!(!found["expiry"].as_str().unwrap().starts_with("2230"));
    let stands = export.run(&ours.operator, &agno.url).await.unwrap();
    assert_eq!(*outcome(&stands, Some("bob")), RowOutcome::Stands);
    assert_eq!(agno.load(key), found, "a row that stands was changed");
    // agno goes on with the row, whose id stays.
    agno.save("after", key);
    let after = agno.load(key);
    assert!(after["refresh_token"] == document("after")["refresh_token"]);
    assert_eq!(after["id"], found["id"]);
}

#[tokio::test]
async fn what_agno_writes_to_sqlite_is_imported_and_what_is_exported_is_read_by_agno() {
    let Some(interpreter) = toolgate_testkit::agno_python("grants from and for agno") else {
        return;
    };
    let ours = Ours::new().await;
    let python = Python::start(&interpreter, include_str!("agno.py"));
    let agno = Agno::on_sqlite(&ours, &python);
    what_agno_wrote_is_imported(&ours, &agno).await;
    what_is_exported_is_read_by_agno(&ours, &agno, Some(KEY)).await;
    what_is_exported_is_read_by_agno(&ours, &agno, None).await;
    // A database that agno has never seen.
    let path = ours.path("new.db");
    let fresh = Agno {
        theirs: format!("sqlite:///{}", path.display()),
        url: DatabaseUrl::sqlite(path),
        python: &python,
    };
    what_is_exported_is_read_by_agno(&ours, &fresh, Some(KEY)).await;
}

#[tokio::test]
async fn what_agno_writes_to_postgresql_is_imported_and_what_is_exported_is_read_by_agno() {
    let Some(interpreter) = toolgate_testkit::agno_python("grants from and for agno") else {
        return;
    };
    let Some(database) = fresh_postgres_database("grants from and for agno").await else {
        return;
    };
    let Some(new) = fresh_postgres_database("grants from and for agno").await else {
        return;
    };
    let ours = Ours::new().await;
    let python = Python::start(&interpreter, include_str!("agno.py"));
    let agno = Agno::on_postgres(database.url(), &python);
    what_agno_wrote_is_imported(&ours, &agno).await;
    what_is_exported_is_read_by_agno(&ours, &agno, Some(KEY)).await;
    let fresh = Agno::on_postgres(new.url(), &python);
    what_is_exported_is_read_by_agno(&ours, &fresh, None).await;
}

#[tokio::test]
async fn a_dry_run_and_a_refusal_leave_both_sides_as_they_are() {
    let ours = Ours::new().await;
    let (url, path) = hand_written(&ours).await;
    let before = std::fs::read(&path).unwrap();
    let how = HowToImport {
        overwrite: true,
        dry_run: true,
    };
    let import = AgnoImport::default().with_how(how);
    let reports = import.run(&url, &ours.operator).await.unwrap();
    assert!(reports.iter().any(|it| it.outcome.is_written()));
    assert!(ours.row(Some("alice")).await.is_none());
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let export = AgnoExport::new(client());
    let refused = export.clone().run(&ours.operator, &url).await.unwrap_err();
    assert!(refused.to_string().contains("--plain"), "{refused}");
    let passwords = FernetKeys::none().or_before_them("hunter2");
    let refused = export.with_keys(passwords).run(&ours.operator, &url).await;
    assert!(refused.is_err(), "agno takes no password for a key");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// What builds wrote: ids, providers, users and what they hold.
fn builds() -> [(&'static str, &'static str, &'static str, String); 8] {
    // What a build of a pull request sealed with the digest of a secret.
    let digest = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    let mut whole = document("alice");
    whole["universe_domain"] = json!("googleapis.com");
    whole["unknown"] = json!({"kept": false});
    [
        (
            "google:alice:google",
            "google",
            "'alice'",
            whole.to_string(),
        ),
        (
            "google::google",
            "google",
            "NULL",
            document("nobody").to_string(),
        ),
        ("pending", "google", "'carol'", "{}".to_owned()),
        (
            "sealed",
            "google",
            "'dave'",
            json!({"encrypted": digest}).to_string(),
        ),
        ("broken", "google", "'erin'", "CANARYsecret".to_owned()),
        (
            "empty",
            "google",
            "'frank'",
            json!({"refresh_token": null, "client_id": CLIENT, "client_secret": "CANARYsecret"})
                .to_string(),
        ),
        ("xai", "xai", "'grace'", token_data("grace").to_string()),
        (
            "no name",
            "google",
            "' heidi'",
            token_data("heidi").to_string(),
        ),
    ]
}

/// The three shapes that rows have, and what is none, as other builds wrote them.
async fn hand_written(ours: &Ours) -> (DatabaseUrl, PathBuf) {
    use sea_orm::sqlx::{
        AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
        sqlite::SqliteConnectOptions,
    };

    let path = ours.path("builds.db");
    let options = SqliteConnectOptions::new().filename(&path);
    let options = options.create_if_missing(true).disable_statement_logging();
    let mut db = SqliteConnection::connect_with(&options).await.unwrap();
    let make = "CREATE TABLE agno_auth_tokens (id VARCHAR PRIMARY KEY, provider VARCHAR NOT NULL, \
                user_id VARCHAR, service VARCHAR NOT NULL, token_data JSON, granted_scopes JSON, \
                created_at BIGINT, updated_at BIGINT, pkce_verifier VARCHAR)";
    db.execute(make).await.unwrap();
    for (id, provider, user, data) in builds() {
        let row = format!(
            "INSERT INTO agno_auth_tokens VALUES ('{id}', '{provider}', {user}, 'google', \
             '{data}', NULL, 1, NULL, NULL)"
        );
        db.execute(AssertSqlSafe(row)).await.unwrap();
    }
    db.close().await.unwrap();
    (DatabaseUrl::sqlite(&path), path)
}

#[tokio::test]
async fn rows_of_other_builds_are_taken_and_what_cannot_be_is_told_row_by_row() {
    let ours = Ours::new().await;
    let (url, _) = hand_written(&ours).await;
    let import = AgnoImport::default().with_keys(fernet());
    let reports = import.run(&url, &ours.operator).await.unwrap();
    shows_no_secret(&reports);
    let new = RowOutcome::Imported(Imported::New);
    assert_eq!(*outcome(&reports, None), new);
    assert_eq!(*outcome(&reports, Some("alice")), new);
    for (user, why) in [
        ("carol", "pending"),
        ("dave", "key"),
        ("erin", "JSON"),
        ("frank", "no token"),
        ("grace", "provider"),
        (" heidi", "white space"),
    ] {
        let RowOutcome::Skipped(said) = outcome(&reports, Some(user)) else {
            panic!("{user} was taken");
        };
        assert!(said.contains(why), "{user}: {said}");
    }
    let scopes = ours.row(Some("alice")).await.unwrap().consented_scopes;
    assert_eq!(scopes, [SCOPE], "the document says them");
    assert!(ours.document(None).await["refresh_token"] == document("nobody")["refresh_token"]);
    assert!(ours.row(Some("carol")).await.is_none());
}

#[tokio::test]
async fn the_row_without_a_user_is_whose_it_is_said_to_be() {
    let ours = Ours::new().await;
    let (url, _) = hand_written(&ours).await;
    let import = AgnoImport::default()
        .with_single_slot_user(Some(UserId::parse("zoe").unwrap()))
        .with_client_id(Some("another".to_owned()));
    let reports = import.run(&url, &ours.operator).await.unwrap();
    assert!(ours.row(None).await.is_none());
    assert!(ours.row(Some("zoe")).await.is_some());
    let of_zoe = reports.iter().find(|it| it.user.as_deref() == Some("zoe"));
    let shown = of_zoe.unwrap().to_string();
    assert!(shown.contains("another OAuth client"), "{shown}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_told() {
    let ours = Ours::new().await;
    let (url, _) = hand_written(&ours).await;
    let table = AgnoTable::new(Some("others"), None).unwrap();
    let import = AgnoImport::default().with_table(table);
    let error = import.run(&url, &ours.operator).await.unwrap_err();
    assert!(error.to_string().contains("--table"), "{error}");
    let nowhere = DatabaseUrl::sqlite(ours.path("nowhere.db"));
    let error = import.run(&nowhere, &ours.operator).await.unwrap_err();
    assert!(error.is_missing_file() && !ours.path("nowhere.db").exists());
    for name in ["a; drop", "", "1a", "a\"b"] {
        assert!(AgnoTable::new(Some(name), None).is_err(), "{name}");
    }
}

/// Tokens stand in it in clear where that is asked for.
#[cfg(unix)]
#[tokio::test]
async fn a_database_that_an_export_makes_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let ours = Ours::new().await;
    let (from, _) = hand_written(&ours).await;
    let import = AgnoImport::default();
    import.run(&from, &ours.operator).await.unwrap();
    let path = ours.path("made.db");
    let to = DatabaseUrl::sqlite(&path);
    let export = AgnoExport::new(client()).in_clear();
    let reports = export.run(&ours.operator, &to).await.unwrap();
    assert_eq!(*outcome(&reports, Some("alice")), RowOutcome::Exported);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
