//! Ending a connection: the row first, so that no late refresh writes; then what Google pushes; then
//! the grant at Google; then the secrets are wiped. A half-done one is finished later.
//!
//! Google revokes all that a *project* holds of an *account*, whichever of its grants is named
//! ("Token revocation" in Google's OAuth documentation). So while another row of the same account
//! lives, a disconnect ends here and Google is not told, unless everywhere was asked for.

mod watches;

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryFutureExt as _;
use tracing::{debug, warn};

use self::watches::Watches;
use crate::audit::{Actor, Audit, Event};
use crate::error::{Error, ErrorKind};
use crate::grant::Grants;
use crate::guard::{Guard, pace};
use crate::identity::{Principal, RowId, TokenKey};
use crate::push::PushChannels;
use crate::store::{
    DisconnectReach, ListScope, RowStatus, SessionStore, SignInStore, TokenRow, TokenStore,
};
use crate::vault::Vault;

/// How often a race with another write is run again.
const ATTEMPTS: usize = 5;
/// How often Google is told again behind a disconnect that it did not hear of: about ten minutes.
const TELLINGS: u32 = 30;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A disconnect that began this long ago is nobody's any more.
const ABANDONED: Duration = Duration::from_mins(1);
const PAGE: u32 = 100;

/// What became of a disconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disconnected {
    /// There was nothing to disconnect.
    NotConnected,
    /// Google has revoked all that this project held of the account, and the secrets are wiped.
    AtGoogle,
    /// The secrets are wiped here. Google was not told, since other connections of the same account
    /// live on, as many as said.
    HereOnly {
        /// The other connections of the account.
        others: u64,
    },
    /// Nobody gets a token any more, but Google could not be told yet. The secrets are kept sealed
    /// until it is; this process goes on trying, and a later one does.
    Pending,
}

impl Disconnected {
    /// A short fixed name, for audit events and pages.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::AtGoogle => "at_google",
            Self::HereOnly { .. } => "here_only",
            Self::Pending => "pending",
        }
    }
}

/// What was deleted of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DeletedUser {
    /// Grants, of every account and service, those that were disconnected before included.
    pub grants: u64,
    /// Sign-ins, open ones included.
    pub sign_ins: u64,
    /// Conversations and paused runs.
    pub sessions: u64,
}

/// Ends connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Disconnects(Arc<Parts>);

/// What ending connections takes.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) tokens: Arc<dyn TokenStore>,
    pub(crate) sign_ins: Option<Arc<dyn SignInStore>>,
    pub(crate) sessions: Option<Arc<dyn SessionStore>>,
    pub(crate) paused_runs_kept: Duration,
    pub(crate) audit: Audit,
    pub(crate) vault: Vault,
    pub(crate) grants: Grants,
    pub(crate) guard: Guard,
    /// Who knows the application's notification channels.
    pub(crate) channels: Option<Arc<dyn PushChannels>>,
}

impl Disconnects {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }

    /// Ends the connection of `key`. It goes on as a task of its own when the caller goes away.
    pub(crate) async fn disconnect(
        &self,
        key: &TokenKey,
        reach: DisconnectReach,
    ) -> Result<Disconnected, Error> {
        let (this, key) = (self.clone(), key.clone());
        let task = tokio::spawn(async move {
            let Some(row) = this.begin(&key, reach).await? else {
                return Ok(Disconnected::NotConnected);
            };
            let outcome = this.finish(&row).await;
            if !matches!(
                outcome,
                Ok(Disconnected::AtGoogle | Disconnected::HereOnly { .. })
            ) {
                this.finish_behind(key);
            }
            this.0.audit.settled().await;
            outcome
        });
        task.await.unwrap_or_else(|_| {
            Err(ErrorKind::Internal("a disconnect stopped unexpectedly").into())
        })
    }

    /// Raises the epoch, so that nothing that was read before is written after.
    async fn begin(
        &self,
        key: &TokenKey,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, Error> {
        for _ in 0..ATTEMPTS {
            let Some(row) = self.0.tokens.get(key).await?.row else {
                return Ok(None);
            };
            if row.status == RowStatus::Revoked {
                return Ok(None);
            }
            let marker = row.marker();
            let begun = self.0.tokens.begin_disconnect(key, &marker, reach);
            if let Some(begun) = begun.await? {
                self.0.guard.forget(key).await;
                self.note_begun(&begun, reach).await;
                return Ok(Some(begun));
            }
        }
        let what = "the connection changes all the time";
        let retry_after = Some(Duration::from_secs(1));
        Err(ErrorKind::Transient { what, retry_after }.into())
    }

    /// Tells Google, where it is to be told, and wipes. `row` is as it was when the disconnect
    /// began.
    async fn finish(&self, row: &TokenRow) -> Result<Disconnected, Error> {
        let others = self.others(row).await?;
        if others > 0 {
            let here_only = Disconnected::HereOnly { others };
            return self.wipe(row, here_only, Watches::default()).await;
        }
        let mut refresh = self.0.vault.open_older(row)?.and_then(|it| it.refresh);
        let watches = self.end_watches(row, &mut refresh).await;
        if let Some(refresh) = refresh
            && let Err(error) = self.0.grants.revoke(&refresh).await
        {
            warn!(target: "toolgate_auth", row = %row.key.id(), %error, "google does not know of a disconnect yet");
            return Ok(Disconnected::Pending);
        }
        let done = self.wipe(row, Disconnected::AtGoogle, watches).await?;
        for other in self.of_account(row).await? {
            self.wipe(&other, done, watches).await?;
        }
        Ok(done)
    }

    /// How many live connections Google would end along.
    async fn others(&self, row: &TokenRow) -> Result<u64, Error> {
        let Some(account) = &row.account_id else {
            return Ok(0);
        };
        let count = self.0.tokens.count_account(row.project.as_deref(), account);
        Ok(count.await?.live)
    }

    async fn wipe(
        &self,
        row: &TokenRow,
        outcome: Disconnected,
        watches: Watches,
    ) -> Result<Disconnected, Error> {
        let marker = row.marker();
        let wiped = self.0.tokens.finish_disconnect(&row.key, &marker).await?;
        debug!(target: "toolgate_auth", row = %row.key.id(), wiped, "disconnected");
        self.0.guard.forget(&row.key).await;
        // Where it was not wiped here, whoever was faster has told so.
        if wiped {
            let event = Event::of_grant(&row.key, &marker, "disconnected").ended(outcome.code());
            self.0.audit.note(watches.told_in(event));
        }
        Ok(outcome)
    }

    /// Tells of a disconnect that began, and of those that it drew along.
    async fn note_begun(&self, row: &TokenRow, reach: DisconnectReach) {
        let mut rows = vec![row.clone()];
        if reach == DisconnectReach::Everywhere {
            match self.of_account(row).await {
                Ok(others) => rows.extend(others),
                Err(error) => {
                    warn!(target: "toolgate_auth", %error, "not every disconnect that began is told");
                }
            }
        }
        for row in rows {
            let event = Event::of_grant(&row.key, &row.marker(), "disconnecting");
            self.0.audit.note(event.by(Actor::Application));
        }
    }

    /// The other rows that are being disconnected with this one.
    async fn of_account(&self, row: &TokenRow) -> Result<Vec<TokenRow>, Error> {
        let all = self.in_progress().await?;
        let same = |other: &TokenRow| {
            row.account_id.is_some()
                && other.account_id == row.account_id
                && other.project == row.project
                && other.key != row.key
        };
        Ok(all.into_iter().filter(same).collect())
    }

    async fn in_progress(&self) -> Result<Vec<TokenRow>, Error> {
        let scope = ListScope::Status(RowStatus::Disconnecting);
        let mut all: Vec<TokenRow> = Vec::new();
        loop {
            let after: Option<RowId> = all.last().map(|row| row.key.id());
            let page = self.0.tokens.list(&scope, after.as_ref(), PAGE).await?;
            let ended = page.len() < PAGE as usize;
            all.extend(page);
            if ended {
                return Ok(all);
            }
        }
    }

    /// Finishes what was begun at least `age` ago; says how many are done and how many are not.
    pub(crate) async fn finish_all(&self, age: Duration) -> Result<(u64, u64), Error> {
        let (mut done, mut pending) = (0, 0);
        for row in self.in_progress().await? {
            let fetched = self.0.tokens.get(&row.key).await?;
            let stands = fetched.row.filter(|it| {
                it.status == RowStatus::Disconnecting && fetched.now.since(it.updated_at) >= age
            });
            let Some(row) = stands else { continue };
            match self.finish(&row).await {
                Ok(Disconnected::AtGoogle | Disconnected::HereOnly { .. }) => done += 1,
                Ok(_) => pending += 1,
                Err(error) => {
                    warn!(target: "toolgate_auth", row = %row.key.id(), %error, "a disconnect is not finished");
                    pending += 1;
                }
            }
        }
        self.0.audit.settled().await;
        Ok((done, pending))
    }

    /// Finishes what a process began that is gone by now.
    pub(crate) async fn finish_old(&self) -> Result<(u64, u64), Error> {
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
    fn finish_behind(&self, key: TokenKey) {
        let this = self.clone();
        drop(tokio::spawn(async move {
            for tries in 0..TELLINGS {
                let pause = pace::again(tries, LONGEST_PAUSE, &*this.0.vault.random);
                tokio::time::sleep(pause).await;
                let row = this.0.tokens.get(&key).map_ok(|it| it.row).await;
                let finished = match row {
                    Ok(Some(row)) if row.status == RowStatus::Disconnecting => {
                        this.finish(&row).await
                    }
                    Ok(_) => return,
                    Err(_) => continue,
                };
                if matches!(
                    finished,
                    Ok(Disconnected::AtGoogle | Disconnected::HereOnly { .. })
                ) {
                    return;
                }
            }
        }));
    }

    /// Disconnects and deletes all that is stored of one person; says how much went.
    pub(crate) async fn delete_user(&self, principal: &Principal) -> Result<DeletedUser, Error> {
        let mut deleted = DeletedUser::default();
        // A sign-in that was just finishing can add a row behind the first look.
        loop {
            if let Some(sign_ins) = &self.0.sign_ins {
                deleted.sign_ins += sign_ins.remove_all(principal).await?;
            }
            if let Some(sessions) = &self.0.sessions {
                deleted.sessions += sessions.remove_all(principal).await?;
            }
            let scope = ListScope::Principal(principal.clone());
            let rows = self.0.tokens.list(&scope, None, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                self.delete(&row.key).await?;
                deleted.grants += 1;
            }
        }
        let event = Event::of(principal, "user_deleted").by(Actor::Application);
        let event = event.with("rows", deleted.grants);
        self.0.audit.record(event).await;
        Ok(deleted)
    }

    async fn delete(&self, key: &TokenKey) -> Result<(), Error> {
        let outcome = self.disconnect(key, DisconnectReach::ThisRow).await?;
        if outcome == Disconnected::Pending {
            let what = "it could not be told of a disconnect; nobody gets a token any more, but \
                        what is stored stays until it is told: delete the user again later";
            let retry_after = Some(LONGEST_PAUSE);
            return Err(ErrorKind::Transient { what, retry_after }.into());
        }
        if let Some(row) = self.0.tokens.get(key).await?.row {
            self.0.tokens.delete(key, &row.incarnation).await?;
        }
        self.0.guard.forget(key).await;
        Ok(())
    }
}
