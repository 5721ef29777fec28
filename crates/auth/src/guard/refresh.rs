//! One refresh, as one process sees it: look, take the lease or wait for who has it, ask Google
//! with no connection held, save what came of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, error, warn};

use super::memory::Moment;
use super::pace;
use super::saving::Unsaved;
use super::{Due, Held, Inner, Read};
use crate::audit::Event;
use crate::clock::millis;
use crate::error::{Error, ErrorKind};
use crate::failure::{ConsentNeeded, ConsentReason};
use crate::grant::{GrantError, GrantFailure, Sent, TokenAnswer};
use crate::secret::RefreshToken;
use crate::store::{Leased, Marker, RefreshFailure, RowStatus, TokenRow};

/// A lease lives longer than the request under it, so that no other process asks meanwhile.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// What has to be left of a lease when the request under it ends.
const MARGIN: Duration = Duration::from_secs(5);
/// The whole time for one request to the token endpoint.
const REQUEST: Duration = Duration::from_secs(8);
/// How long a caller waits for what another process does.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many failures in a row are no hiccup.
const ALARMING: i64 = 20;
/// Requests that certainly did not reach Google are made again, so many times.
const UNSENT_TRIES: u32 = 3;

/// A refresh under its lease.
pub(super) struct Attempt {
    pub(super) row: TokenRow,
    pub(super) marker: Marker,
    pub(super) leased: Leased,
    /// Until when the lease can be relied on, on this process's own clock.
    pub(super) deadline: Instant,
    /// Before the lease, in the order of what was forgotten.
    pub(super) moment: Moment,
    /// What this process could not save of an earlier refresh from the same version.
    pub(super) unsaved: Option<Arc<Unsaved>>,
}

impl Attempt {
    /// Whether somebody should be told: the token ended a day ago, and this is not the first try
    /// since. It is never given up for that.
    fn fails_for_a_day(&self) -> bool {
        let ended = self.leased.now.since(self.row.expires_at);
        ended >= Duration::from_hours(24) && self.row.fail_count >= ALARMING
    }

    /// The event of a failure that may pass.
    fn failed(&self, class: &'static str) -> Event {
        Event::of_grant(&self.row.key, &self.marker, "refresh_failed").ended(class)
    }
}

/// What one turn came to.
enum Turn {
    Done(Arc<Held>),
    /// Another process is at it, or was faster: look again.
    Again,
}

impl Inner {
    /// Brings a due row up to date: by a refresh of our own, or by another process's, whichever
    /// comes first.
    pub(super) async fn renew(
        self: Arc<Self>,
        mut row: TokenRow,
        mut read: Read,
    ) -> Result<Arc<Held>, Error> {
        let (began, first) = (Instant::now(), row.marker());
        loop {
            if let Turn::Done(held) = self.turn(&row, read).await? {
                return Ok(held);
            }
            if began.elapsed() >= PATIENCE {
                let retry_after = lease_left(&row, read).max(Duration::from_secs(1));
                return self.meanwhile(&row, read, ErrorKind::RefreshInProgress { retry_after });
            }
            tokio::time::sleep(pace::poll(&*self.vault.random)).await;
            (row, read) = self.read_again(&row).await?;
            if row.marker() != first
                && let Some(held) = self.standing(&row, read)?
                && held.due(self.clock.monotonic()) != Due::Now
            {
                debug!(target: "toolgate_auth", row = %row.key.id(), "refreshed by another process");
                let key = row.key.clone();
                self.memory.put(key, Arc::clone(&held), read.moment).await;
                return Ok(held);
            }
        }
    }

    async fn turn(self: &Arc<Self>, row: &TokenRow, read: Read) -> Result<Turn, Error> {
        if let Some(next) = row.next_attempt_at.filter(|next| *next > read.now) {
            let error = ErrorKind::Transient {
                what: "it failed a moment ago, and the next try is not due yet",
                retry_after: Some(next.since(read.now)),
            };
            return self.meanwhile(row, read, error).map(Turn::Done);
        }
        if !lease_left(row, read).is_zero() {
            return Ok(Turn::Again);
        }
        if let Err(code) = self.breaker.check(self.clock.monotonic()) {
            let code = code.to_owned();
            let error = ErrorKind::ClientRefused { code };
            return self.meanwhile(row, read, error).map(Turn::Done);
        }
        let unsaved = self.unsaved.get(&row.key, &row.marker());
        // Nobody saves it while Google is asked with it: of a token that is replaced and the one
        // that replaces it, only the latter may be written.
        let _turn = match &unsaved {
            Some(unsaved) => Some(unsaved.turn.lock().await),
            None => None,
        };
        let settled = |unsaved| !self.unsaved.holds(&row.key, unsaved);
        if unsaved.as_ref().is_some_and(settled) {
            return Ok(Turn::Again);
        }
        let (marker, taken, moment) = (row.marker(), Instant::now(), self.memory.moment());
        let leased = self
            .store
            .try_lease(&row.key, &marker, self.audit.process(), LEASE);
        let Some(leased) = leased.await? else {
            return Ok(Turn::Again);
        };
        let sealed = leased.sealed.clone();
        let attempt = Attempt {
            row: TokenRow {
                sealed,
                ..row.clone()
            },
            marker,
            leased,
            deadline: taken + LEASE.saturating_sub(MARGIN),
            moment,
            unsaved: unsaved.clone(),
        };
        self.attempt(attempt).await
    }

    async fn attempt(self: &Arc<Self>, attempt: Attempt) -> Result<Turn, Error> {
        let refresh = match self.refresh_token(&attempt) {
            Ok(Some(refresh)) => refresh,
            Ok(None) => {
                let status = RowStatus::NeedsConsent;
                return self.condemn(&attempt, status, "no_refresh_token").await;
            }
            Err(error) => {
                self.release(&attempt).await;
                return Err(error);
            }
        };
        match self.ask(&refresh, attempt.deadline).await {
            None => {
                self.release(&attempt).await;
                Ok(Turn::Again)
            }
            Some(Ok(answer)) => {
                self.breaker.close();
                let saved = self.save(attempt, answer, refresh).await?;
                Ok(saved.map_or(Turn::Again, Turn::Done))
            }
            Some(Err(error)) => self.failed(attempt, error).await,
        }
    }

    /// The refresh token under the lease; one that a database would not take yet comes before the
    /// one that it holds, which Google may have replaced.
    fn refresh_token(&self, attempt: &Attempt) -> Result<Option<RefreshToken>, Error> {
        if let Some(unsaved) = &attempt.unsaved {
            return Ok(Some(unsaved.refresh.clone()));
        }
        let secrets = self.vault.open(&attempt.row)?;
        Ok(secrets.and_then(|secrets| secrets.refresh))
    }

    /// Asks Google. `None`: so little of the lease is left that an answer could come after it,
    /// since this process was stopped.
    async fn ask(
        &self,
        refresh: &RefreshToken,
        deadline: Instant,
    ) -> Option<Result<TokenAnswer, GrantError>> {
        let mut tries = 0;
        let mut last = None;
        while Instant::now() + REQUEST <= deadline {
            tries += 1;
            match self.grants.refresh(refresh, REQUEST).await {
                Err(error) if error.sent() == Sent::No && tries < UNSENT_TRIES => {
                    last = Some(Err(error));
                }
                done => return Some(done),
            }
            let pause = pace::again(tries, Duration::from_secs(1), &*self.vault.random);
            tokio::time::sleep(pause).await;
        }
        last
    }

    async fn failed(&self, attempt: Attempt, error: GrantError) -> Result<Turn, Error> {
        let class = error.failure().class();
        warn!(target: "toolgate_auth", row = %attempt.row.key.id(), class, "token refresh failed");
        let needs_consent = RowStatus::NeedsConsent;
        match error.failure() {
            GrantFailure::Client { code } => {
                // No row is condemned for a broken client.
                self.breaker.open(code, self.clock.monotonic());
                self.release(&attempt).await;
                self.audit.note(attempt.failed(class).with("error", *code));
                let code = (*code).to_owned();
                self.serve_still(&attempt, ErrorKind::ClientRefused { code })
                    .await
            }
            GrantFailure::Revoked => self.condemn(&attempt, needs_consent, "revoked").await,
            GrantFailure::SessionPolicy => {
                self.condemn(&attempt, needs_consent, "session_policy")
                    .await
            }
            GrantFailure::Admin { code } => self.condemn(&attempt, RowStatus::Blocked, code).await,
            GrantFailure::Transient { what, .. } | GrantFailure::Malformed { what } => {
                self.postpone(&attempt, what, &error).await
            }
        }
    }

    /// Google refused for good, as far as it says. The row is only marked if it is still the one
    /// that was asked with; the secrets stay.
    async fn condemn(
        &self,
        attempt: &Attempt,
        status: RowStatus,
        reason: &'static str,
    ) -> Result<Turn, Error> {
        self.breaker.close();
        let failure = RefreshFailure::Condemned {
            status,
            reason: reason.to_owned(),
            error: reason.to_owned(),
        };
        if !self.record(attempt, &failure).await? {
            return Ok(Turn::Again);
        }
        let (key, at) = (&attempt.row.key, &attempt.marker);
        // What was asked with is dead: saving it later would bring the grant back to be refused again.
        if let Some(unsaved) = &attempt.unsaved {
            self.unsaved.settle(key, unsaved);
        }
        self.audit
            .note(Event::of_grant(key, at, status.as_str()).ended(reason));
        self.memory.forget(key).await;
        if status == RowStatus::Blocked {
            let reason = reason.to_owned();
            return Err(ErrorKind::Blocked { reason }.into());
        }
        Err(consent(ConsentReason::Refused))
    }

    /// It may work later: all replicas wait, and a token that still lives is served meanwhile.
    async fn postpone(
        &self,
        attempt: &Attempt,
        what: &'static str,
        error: &GrantError,
    ) -> Result<Turn, Error> {
        let own = pace::back_off(attempt.row.fail_count, &*self.vault.random);
        let retry_in = error.retry_after().map_or(own, |asked| asked.max(own));
        let failure = RefreshFailure::Transient {
            error: what.to_owned(),
            retry_in,
        };
        if self.record(attempt, &failure).await? {
            let failed = attempt.failed(error.failure().class()).with("error", what);
            self.audit
                .note(failed.with("retry_in_ms", millis(retry_in)));
        }
        if attempt.fails_for_a_day() {
            let (row, failures) = (attempt.row.key.id(), attempt.row.fail_count + 1);
            error!(target: "toolgate_auth", %row, failures, what, "no refresh has succeeded for a day");
        }
        let retry_after = Some(retry_in);
        self.serve_still(attempt, ErrorKind::Transient { what, retry_after })
            .await
    }

    async fn record(&self, attempt: &Attempt, failure: &RefreshFailure) -> Result<bool, Error> {
        let (row, leased) = (&attempt.row, &attempt.leased);
        Ok(self
            .store
            .commit_failure(&row.key, &attempt.marker, leased.lease_seq, failure)
            .await?)
    }

    /// Gives the lease back; where that fails it lapses by itself.
    async fn release(&self, attempt: &Attempt) {
        if let Err(error) = self.record(attempt, &RefreshFailure::Released).await {
            debug!(target: "toolgate_auth", %error, "a lease was not given back");
        }
    }

    /// After a failure: a token that still lives is served, of the row as it is now.
    async fn serve_still(&self, attempt: &Attempt, error: ErrorKind) -> Result<Turn, Error> {
        let (row, read) = self.read_again(&attempt.row).await?;
        self.meanwhile(&row, read, error).map(Turn::Done)
    }

    /// The token that there is, as long as it lives; then the error.
    fn meanwhile(&self, row: &TokenRow, read: Read, error: ErrorKind) -> Result<Arc<Held>, Error> {
        let held = self.standing(row, read)?;
        held.filter(|held| self.clock.monotonic() < held.end)
            .ok_or_else(|| error.into())
    }

    /// The row as it stands now, if it can still be used.
    async fn read_again(&self, seen: &TokenRow) -> Result<(TokenRow, Read), Error> {
        let (row, read) = self.read(&seen.key).await?;
        let row = row.ok_or_else(|| consent(ConsentReason::Missing))?;
        match self.usable(&row)? {
            None => Ok((row, read)),
            // Whoever waited is told what Google said just now, not what it said long ago.
            Some(ConsentReason::Ended) => Err(consent(ConsentReason::Refused)),
            Some(reason) => Err(consent(reason)),
        }
    }
}

/// What is left of another process's lease. One that ends too far ahead is dead, as for the store.
fn lease_left(row: &TokenRow, read: Read) -> Duration {
    let lease = row.lease.as_ref();
    let live = lease.filter(|lease| lease.until <= read.now.after(LEASE * 2));
    live.map_or(Duration::ZERO, |lease| lease.until.since(read.now))
}

/// An error without services and scopes: whoever wanted the token completes it.
fn consent(reason: ConsentReason) -> Error {
    let needed = ConsentNeeded {
        services: Vec::new(),
        scopes: Vec::new(),
        reason,
        account: None,
    };
    ErrorKind::ConsentRequired(needed).into()
}
