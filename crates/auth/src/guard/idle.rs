//! Refreshing grants that nobody uses, before Google ends them for it.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tracing::debug;

use super::Guard;
use crate::error::Error;
use crate::store::TokenRow;

/// Google ends a refresh token that was not used for six months, and each is to be used every
/// thirty days. An access token lives for a day at most, and another is left for the next round to
/// come: so this long after its end.
const IDLE: Duration = Duration::from_hours(28 * 24);
const PAGE: u32 = 100;
/// So many are refreshed at once.
const AT_ONCE: usize = 4;

/// What became of one row that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Refreshed,
    Failed,
    /// Somebody else wrote it since.
    Settled,
    /// It was used lately, and so were all behind it.
    Young,
}

impl Guard {
    /// Refreshes the grants of this OAuth client that were not for weeks, as a caller would: through
    /// the flight and the lease, so that of many processes one asks Google. Says how many are fresh
    /// now, and how many are not, whose failure is recorded as any other.
    pub(crate) async fn refresh_idle(&self) -> Result<(u64, u64), Error> {
        let (mut refreshed, mut failed) = (0, 0);
        let mut after = None;
        loop {
            let due = self
                .0
                .store
                .due_for_refresh(Duration::ZERO, after.as_ref(), PAGE);
            let page = due.await?;
            let ended = page.len() < PAGE as usize;
            after = page.last().map(|row| (row.expires_at, row.key.id()));
            let ours = page.into_iter();
            let ours = ours.filter(|row| row.client_id == self.0.grants.client_id());
            // In their order, so that the first young one ends it.
            let mut turns = stream::iter(ours)
                .map(|row| self.refresh_if_idle(row))
                .buffered(AT_ONCE);
            while let Some(turn) = turns.next().await {
                match turn {
                    Turn::Refreshed => refreshed += 1,
                    Turn::Failed => failed += 1,
                    Turn::Settled => {}
                    Turn::Young => return Ok((refreshed, failed)),
                }
            }
            if ended {
                return Ok((refreshed, failed));
            }
        }
    }

    async fn refresh_if_idle(&self, seen: TokenRow) -> Turn {
        let (row, read) = match self.0.read(&seen.key).await {
            Ok(found) => found,
            Err(error) => return failed(&seen, &error),
        };
        if read.now.since(seen.expires_at) < IDLE {
            return Turn::Young;
        }
        let Some(row) = row.filter(|row| row.marker() == seen.marker()) else {
            return Turn::Settled;
        };
        match self.flight(row, read).await {
            Ok(_) => Turn::Refreshed,
            Err(error) => failed(&seen, &error),
        }
    }
}

fn failed(row: &TokenRow, error: &Error) -> Turn {
    debug!(target: "toolgate_auth", row = %row.key.id(), %error, "an idle grant was not refreshed");
    Turn::Failed
}
