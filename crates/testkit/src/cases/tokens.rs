//! The contract of [`TokenStore`].

mod consent;
mod disconnect;
mod isolation;
mod lease;
mod list;
mod refresh;
mod rename;
mod time;
mod upkeep;

pub use consent::*;
pub use disconnect::*;
pub use isolation::*;
pub use lease::*;
pub use list::*;
pub use refresh::*;
pub use rename::*;
pub use time::*;
pub use upkeep::*;

use std::sync::Arc;

use futures_util::future::join_all;
use toolgate_auth::{
    TokenKey,
    store::{DisconnectReach, Marker, RefreshFailure, RowStatus, TokenRow, TokenStore},
};

/// How many try at once where one may win.
const RIVALS: u32 = 24;

/// Runs as many tasks at once as there are rivals, on all threads.
async fn race<T, F>(task: impl Fn(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks = (0..RIVALS).map(|number| tokio::spawn(task(number)));
    let results = join_all(tasks).await;
    results.into_iter().map(Result::unwrap).collect()
}

/// Takes the lease of a row as it is, for a minute.
async fn lease(tokens: &dyn TokenStore, row: &TokenRow) -> i64 {
    let ttl = std::time::Duration::from_mins(1);
    let leased = tokens.try_lease(&row.key, &row.marker(), "a", ttl).await;
    leased.unwrap().unwrap().lease_seq
}

/// Brings a fresh active row into a state.
async fn bring(tokens: &Arc<dyn TokenStore>, row: &TokenRow, status: RowStatus) -> TokenRow {
    let (key, marker) = (&row.key, row.marker());
    let condemn = |status| RefreshFailure::Condemned {
        status,
        reason: "reason".to_owned(),
        error: "error".to_owned(),
    };
    match status {
        RowStatus::Active => {}
        RowStatus::Disconnecting | RowStatus::Revoked => {
            let begun = begin(tokens, key, &marker).await.unwrap();
            if status == RowStatus::Revoked {
                let ended = tokens.finish_disconnect(key, &begun.marker()).await;
                assert!(ended.unwrap());
            }
        }
        condemned => {
            let failed = tokens
                .commit_failure(key, &marker, row.lease_seq, &condemn(condemned))
                .await;
            assert!(failed.unwrap());
        }
    }
    let row = crate::sample::row(&**tokens, key).await;
    assert_eq!(row.status, status);
    row
}

async fn begin(tokens: &Arc<dyn TokenStore>, key: &TokenKey, at: &Marker) -> Option<TokenRow> {
    let begun = tokens
        .begin_disconnect(key, at, DisconnectReach::ThisRow)
        .await;
    begun.unwrap()
}

/// Markers that differ from one in a single field.
fn stale(marker: &Marker) -> [Marker; 3] {
    let incarnation = toolgate_auth::store::Incarnation::new("another");
    [
        Marker {
            incarnation,
            ..marker.clone()
        },
        Marker {
            version: marker.version + 1,
            ..marker.clone()
        },
        Marker {
            epoch: marker.epoch + 1,
            ..marker.clone()
        },
    ]
}
