//! The contract of `SessionStore`.

mod hold;
mod many;
mod write;

use std::time::Duration;

use toolgate_auth::{
    Principal, SessionKey,
    store::{SessionMarker, SessionRow, SessionStore, SessionWrite},
};

pub use hold::*;
pub use many::*;
pub use write::*;

use crate::sample::{principal, session_write};

const TTL: Duration = Duration::from_mins(2);
const TICK: Duration = Duration::from_millis(1);

async fn row(store: &dyn SessionStore, key: &SessionKey) -> SessionRow {
    store.get(key).await.unwrap().unwrap().0
}

async fn inserted(store: &dyn SessionStore, key: &SessionKey) -> SessionMarker {
    let put = store.put(key, &session_write(1), None).await.unwrap();
    put.unwrap()
}

fn held(number: u32, owner: &str) -> SessionWrite {
    SessionWrite {
        owner: owner.to_owned(),
        hold: Some(TTL),
        ..session_write(number)
    }
}

fn people() -> Vec<Principal> {
    let mut people = Vec::new();
    for tenant in [None, Some("acme"), Some("alice")] {
        for user in [None, Some("alice"), Some("bob"), Some("Alice")] {
            people.push(principal(tenant, user));
        }
    }
    people
}
