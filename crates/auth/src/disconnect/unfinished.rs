//! Disconnects that were begun and not finished: here a moment ago, or by a process that is gone.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::TryFutureExt as _;
use tracing::{debug, warn};

use super::finish::is_done;
use super::{Disconnected, Disconnects, Ending, FinishedDisconnects, Wish};
use crate::error::Error;
use crate::guard::pace;
use crate::identity::{RowId, TokenKey};
use crate::store::{Fetched, ListScope, RowStatus, TokenRow};

/// How often Google is told again behind a disconnect that it did not hear of: about ten minutes.
const TELLINGS: u32 = 30;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A disconnect that began this long ago is nobody's any more.
const ABANDONED: Duration = Duration::from_mins(1);
const PAGE: u32 = 100;

impl Disconnects {
    /// Finishes what was begun at least `age` ago; says how many are done and how many are not.
    pub(crate) async fn finish_all(&self, age: Duration) -> Result<FinishedDisconnects, Error> {
        let mut done = FinishedDisconnects::default();
        let all = self.in_progress().await?;
        let ids: HashSet<RowId> = all.iter().map(|row| row.key.id()).collect();
        self.0.missing.keep(|id| ids.contains(id));
        for row in all {
            let fetched = self.0.tokens.get(&row.key).await?;
            let Some(ending) = ending(fetched).filter(|it| it.age() >= age) else {
                continue;
            };
            let outcome = self.finish(ending, Wish::Row).await;
            if let Err(error) = &outcome {
                warn!(target: "toolgate_auth", row = %row.key.id(), %error, "a disconnect is not finished");
            }
            done.count(&outcome);
        }
        self.0.audit.settled().await;
        Ok(done)
    }

    /// Finishes what a process began that is gone by now.
    pub(crate) async fn finish_old(&self) -> Result<FinishedDisconnects, Error> {
        self.finish_all(ABANDONED).await
    }

    /// The same behind the caller.
    pub(crate) fn finish_abandoned(&self) {
        let this = self.clone();
        drop(tokio::spawn(async move {
            let finished = this.finish_old().await;
            debug!(target: "toolgate_auth", ?finished, "abandoned disconnects");
        }));
    }

    /// Goes on telling Google of the disconnect of `key`.
    pub(super) fn finish_behind(&self, key: TokenKey, wish: Wish) {
        let this = self.clone();
        drop(tokio::spawn(async move {
            for tries in 0..TELLINGS {
                let pause = pace::again(tries, LONGEST_PAUSE, &*this.0.vault.random);
                tokio::time::sleep(pause).await;
                let outcome = match this.0.tokens.get(&key).map_ok(ending).await {
                    Ok(Some(ending)) => this.finish(ending, wish).await,
                    Ok(None) => return,
                    Err(_) => continue,
                };
                if is_done(&outcome) {
                    return;
                }
            }
        }));
    }

    /// All that are being disconnected, over all tenants.
    pub(super) async fn in_progress(&self) -> Result<Vec<TokenRow>, Error> {
        self.all(&ListScope::Status(RowStatus::Disconnecting)).await
    }

    pub(super) async fn all(&self, scope: &ListScope) -> Result<Vec<TokenRow>, Error> {
        let mut all: Vec<TokenRow> = Vec::new();
        loop {
            let after: Option<RowId> = all.last().map(|row| row.key.id());
            let page = self.0.tokens.list(scope, after.as_ref(), PAGE).await?;
            let ended = page.len() < PAGE as usize;
            all.extend(page);
            if ended {
                return Ok(all);
            }
        }
    }
}

impl FinishedDisconnects {
    fn count(&mut self, outcome: &Result<Disconnected, Error>) {
        if !is_done(outcome) {
            self.pending += 1;
            return;
        }
        self.finished += 1;
        if matches!(outcome, Ok(Disconnected::HereUnreadable)) {
            self.unreadable += 1;
        }
    }
}

/// A row that is still being disconnected.
fn ending(fetched: Fetched) -> Option<Ending> {
    let now = fetched.now;
    let row = fetched.row?;
    (row.status == RowStatus::Disconnecting).then_some(Ending { row, now })
}
