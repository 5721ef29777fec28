//! One refresh: take the lease, ask Google with no connection held, save what came of it.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use super::{Held, Inner, Read, hold};
use crate::error::{Error, ErrorKind};
use crate::failure::{ConsentNeeded, ConsentReason};
use crate::grant::{GrantError, GrantFailure, TokenAnswer, rt_hash};
use crate::scope::ScopeSet;
use crate::seal::Secrets;
use crate::store::{Leased, Marker, RefreshFailure, RefreshedGrant, RowStatus, Sealed, TokenRow};
use crate::vault::Place;

/// A lease lives longer than the request under it, so that no other process asks meanwhile.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// The whole time for one request to the token endpoint.
pub(super) const REQUEST: Duration = Duration::from_secs(8);

/// A refresh under its lease.
struct Attempt {
    row: TokenRow,
    marker: Marker,
    leased: Leased,
}

impl Inner {
    /// Refreshes the row as it was read. Another process may have been faster: then its result is
    /// taken.
    pub(super) async fn refresh_row(self: Arc<Self>, row: TokenRow) -> Result<Arc<Held>, Error> {
        let marker = row.marker();
        let lease = self
            .store
            .try_lease(&row.key, &marker, &self.owner, LEASE)
            .await?;
        let Some(leased) = lease else {
            return self.adopt(&row).await;
        };
        let attempt = Attempt {
            row: with_sealed(row, leased.sealed.clone()),
            marker,
            leased,
        };
        let secrets = self.vault.open(&attempt.row)?;
        let Some(refresh) = secrets.and_then(|secrets| secrets.refresh) else {
            return self
                .condemn(attempt, RowStatus::NeedsConsent, "no_refresh_token")
                .await;
        };
        match self.grants.refresh(&refresh, REQUEST).await {
            Ok(answer) => self.save(attempt, answer, refresh).await,
            Err(error) => self.failed(attempt, error).await,
        }
    }

    async fn save(
        &self,
        attempt: Attempt,
        answer: TokenAnswer,
        old: crate::secret::RefreshToken,
    ) -> Result<Arc<Held>, Error> {
        let row = &attempt.row;
        let rotated = answer.refresh.is_some();
        let secrets = Secrets {
            access: answer.access.clone(),
            refresh: Some(answer.refresh.clone().unwrap_or(old)),
        };
        let refreshed = RefreshedGrant {
            sealed: self.vault.seal(&place(row), &secrets)?,
            token_scopes: answer.scopes.as_ref().map(ScopeSet::to_vec),
            expires_in: answer.left(self.clock.monotonic()),
            lifetime: answer.lifetime,
            refresh_expires_in: answer.refresh_lifetime,
            rt_lookup: secrets
                .refresh
                .as_ref()
                .filter(|_| rotated)
                .map(|token| (rt_hash(token), self.vault.keys.rt_prefix_mac(token))),
        };
        let (at, moment) = (self.clock.monotonic(), self.memory.moment());
        let committed = self
            .store
            .commit_refresh(
                &row.key,
                &attempt.marker,
                attempt.leased.lease_seq,
                &refreshed,
            )
            .await?;
        let Some(marker) = committed else {
            return self.adopt(row).await;
        };
        info!(target: "toolgate_auth", row = %row.key.id(), rotated, "token refreshed");
        let written = TokenRow {
            version: marker.version,
            expires_at: attempt.leased.now.after(refreshed.expires_in),
            lifetime: refreshed.lifetime,
            ..attempt.row
        };
        let read = Read {
            at,
            now: attempt.leased.now,
            moment,
        };
        let held = Arc::new(hold(&written, secrets.access, read));
        self.memory
            .put(written.key, Arc::clone(&held), moment)
            .await;
        Ok(held)
    }

    async fn failed(&self, attempt: Attempt, error: GrantError) -> Result<Arc<Held>, Error> {
        let class = error.failure().class();
        warn!(target: "toolgate_auth", row = %attempt.row.key.id(), class, "token refresh failed");
        match error.failure() {
            GrantFailure::Revoked => {
                self.condemn(attempt, RowStatus::NeedsConsent, "revoked")
                    .await
            }
            GrantFailure::SessionPolicy => {
                self.condemn(attempt, RowStatus::NeedsConsent, "session_policy")
                    .await
            }
            GrantFailure::Admin { code } => {
                let code = *code;
                self.condemn(attempt, RowStatus::Blocked, code).await
            }
            // No row is condemned for a broken client: the lease lapses by itself.
            GrantFailure::Client { .. } => self
                .still_valid(&attempt.row)
                .await?
                .ok_or_else(|| error.into()),
            _ => self.postpone(attempt, error).await,
        }
    }

    /// Google refused for good, as far as it says. The row is only marked if it is still the one
    /// that was asked with; the secrets stay.
    async fn condemn(
        &self,
        attempt: Attempt,
        status: RowStatus,
        reason: &str,
    ) -> Result<Arc<Held>, Error> {
        let failure = RefreshFailure::Condemned {
            status,
            reason: reason.to_owned(),
            error: reason.to_owned(),
        };
        if !self.record(&attempt, &failure).await? {
            return self.adopt(&attempt.row).await;
        }
        self.memory.forget(&attempt.row.key).await;
        if status == RowStatus::Blocked {
            return Err(ErrorKind::Blocked {
                reason: reason.to_owned(),
            }
            .into());
        }
        Err(consent(ConsentReason::Refused))
    }

    /// It may work later: all replicas wait, and a token that still lives is served meanwhile.
    async fn postpone(&self, attempt: Attempt, error: GrantError) -> Result<Arc<Held>, Error> {
        let retry_in = error
            .retry_after()
            .unwrap_or_else(|| backoff(attempt.row.fail_count, &*self.vault.random));
        let class = error.failure().class().to_owned();
        self.record(
            &attempt,
            &RefreshFailure::Transient {
                error: class,
                retry_in,
            },
        )
        .await?;
        self.still_valid(&attempt.row)
            .await?
            .ok_or_else(|| error.into())
    }

    async fn record(&self, attempt: &Attempt, failure: &RefreshFailure) -> Result<bool, Error> {
        let (row, leased) = (&attempt.row, &attempt.leased);
        Ok(self
            .store
            .commit_failure(&row.key, &attempt.marker, leased.lease_seq, failure)
            .await?)
    }

    /// Somebody else has the lease, or has won already: what stands now is what counts.
    async fn adopt(&self, seen: &TokenRow) -> Result<Arc<Held>, Error> {
        let (row, read) = self.read(&seen.key).await?;
        let row = row.ok_or_else(|| consent(ConsentReason::Missing))?;
        match row.status {
            RowStatus::Active => {}
            RowStatus::NeedsConsent => return Err(consent(ConsentReason::Refused)),
            RowStatus::Disconnecting | RowStatus::Revoked => {
                return Err(consent(ConsentReason::Disconnected));
            }
            status => {
                return Err(ErrorKind::Blocked {
                    reason: status.to_string(),
                }
                .into());
            }
        }
        if row.client_id != self.grants.client_id() {
            return Err(consent(ConsentReason::ClientChanged));
        }
        let secrets = self
            .vault
            .open(&row)?
            .ok_or_else(|| consent(ConsentReason::Disconnected))?;
        let held = hold(&row, secrets.access, read);
        if self.clock.monotonic() < held.end {
            return Ok(Arc::new(held));
        }
        let retry_after = Duration::from_secs(1);
        Err(ErrorKind::RefreshInProgress { retry_after }.into())
    }

    async fn still_valid(&self, seen: &TokenRow) -> Result<Option<Arc<Held>>, Error> {
        let (row, read) = self.read(&seen.key).await?;
        let Some(row) = row.filter(|row| row.status == RowStatus::Active) else {
            return Ok(None);
        };
        let Some(secrets) = self.vault.open(&row)? else {
            return Ok(None);
        };
        let held = hold(&row, secrets.access, read);
        Ok((self.clock.monotonic() < held.end).then(|| Arc::new(held)))
    }
}

fn with_sealed(row: TokenRow, sealed: Option<Sealed>) -> TokenRow {
    TokenRow { sealed, ..row }
}

fn place(row: &TokenRow) -> Place<'_> {
    Place {
        key: &row.key,
        client_id: &row.client_id,
        incarnation: &row.incarnation,
        epoch: row.grant_epoch,
    }
}

/// An error without services and scopes: whoever wanted the token completes it.
fn consent(reason: ConsentReason) -> Error {
    let needed = ConsentNeeded {
        services: Vec::new(),
        scopes: Vec::new(),
        reason,
    };
    ErrorKind::ConsentRequired(needed).into()
}

/// Full jitter below an exponential from one second to five minutes.
fn backoff(failures: i64, random: &dyn crate::clock::Random) -> Duration {
    let doublings = u32::try_from(failures.clamp(0, 9)).unwrap_or(9);
    let ceiling = Duration::from_secs(1 << doublings).min(Duration::from_mins(5));
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    ceiling.mul_f64(f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}
