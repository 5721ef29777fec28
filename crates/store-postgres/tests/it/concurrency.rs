//! Statements that meet in the middle: one waits for the other's row and then sees what it did.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, TransactionTrait as _};
use tokio::task::JoinHandle;
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus, TokenRow};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_testkit::{FreshPostgres, fresh_postgres_database, sample};

/// Two rows of one account, the first of which another session has changed and not committed.
struct Meeting {
    database: PostgresDatabase,
    first: TokenRow,
    second: TokenRow,
    other: DatabaseTransaction,
    server: FreshPostgres,
}

impl Meeting {
    async fn over(change: &str) -> Option<Self> {
        let server = fresh_postgres_database("statements that meet").await?;
        let database = PostgresDatabase::connect(server.url()).await.unwrap();
        let tokens = database.token_store().unwrap();
        let first = sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
        let key = sample::key(Some("acme"), Some("bob"));
        let second = sample::stored(&*tokens, &key, &sample::consent(2)).await;
        let other = database.connection().begin().await.unwrap();
        let sql = format!(
            "UPDATE auth_tokens SET {change} WHERE id = '{}'",
            first.key.id()
        );
        other.execute_unprepared(&sql).await.unwrap();
        Some(Self {
            database,
            first,
            second,
            other,
            server,
        })
    }

    /// Disconnects everywhere what was read before the change, which is committed only once the
    /// disconnect waits for it.
    async fn disconnect(self) -> After {
        let tokens = self.database.token_store().unwrap();
        let (key, at) = (self.first.key.clone(), self.first.marker());
        let disconnecting: JoinHandle<Option<TokenRow>> = tokio::spawn(async move {
            let begun = tokens.begin_disconnect(&key, &at, DisconnectReach::Everywhere);
            begun.await.unwrap()
        });
        while !is_waited_for(&self.database).await {
            assert!(!disconnecting.is_finished(), "it did not wait");
        }
        self.other.commit().await.unwrap();
        let begun = disconnecting.await.unwrap();
        let tokens = self.database.token_store().unwrap();
        let first = sample::row(&*tokens, &self.first.key).await;
        let second = sample::row(&*tokens, &self.second.key).await;
        After {
            begun,
            first,
            second,
            second_before: self.second,
            _server: self.server,
        }
    }
}

/// What came of a meeting.
struct After {
    begun: Option<TokenRow>,
    first: TokenRow,
    second: TokenRow,
    second_before: TokenRow,
    _server: FreshPostgres,
}

async fn is_waited_for(database: &PostgresDatabase) -> bool {
    let sql = "UPDATE toolgate_meta SET value = value
        WHERE EXISTS (SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE NOT granted AND datname = current_database())";
    let done = database.connection().execute_unprepared(sql).await;
    done.unwrap().rows_affected() > 0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnect_that_loses_while_it_waits_changes_no_other_row() {
    let Some(meeting) = Meeting::over("grant_epoch = grant_epoch + 1").await else {
        return;
    };
    let after = meeting.disconnect().await;
    assert_eq!(after.begun, None);
    let first = (after.first.status, after.first.grant_epoch);
    assert_eq!(first, (RowStatus::Active, 2));
    assert_eq!(after.second, after.second_before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnect_takes_up_what_was_refreshed_while_it_waited() {
    let change = "version = version + 1, token_data = '{\"rotated\": true}'";
    let Some(meeting) = Meeting::over(change).await else {
        return;
    };
    let after = meeting.disconnect().await;
    let begun = after.begun.unwrap();
    assert_eq!(begun, after.first);
    assert_eq!((begun.version, begun.grant_epoch), (2, 2));
    let rotated = serde_json::json!({"rotated": true});
    assert_eq!(begun.sealed.unwrap().data, rotated);
    assert_eq!(after.second.status, RowStatus::Disconnecting);
}
