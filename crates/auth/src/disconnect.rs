//! Ending a connection: the row first, so that no late refresh writes; then what Google pushes; then
//! the grant at Google; then the secrets are wiped. A half-done one is finished later.
//!
//! Google revokes all that a *project* holds of an *account*, whichever of its grants is named
//! ("Token revocation" in Google's OAuth documentation). So while another row of the same account
//! can give a token, a disconnect ends here and Google is not told, unless everywhere was asked for.

mod deletion;
mod finish;
mod missing;
mod unfinished;
mod watches;

use std::sync::Arc;
use std::time::Duration;

use tracing::warn;

use crate::audit::{Actor, Audit, Event};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorKind};
use crate::grant::Grants;
use crate::guard::Guard;
use crate::identity::TokenKey;
use crate::push::PushChannels;
use crate::store::{
    DisconnectReach, Marker, RowStatus, SessionStore, SignInStore, TokenRow, TokenStore,
};
use crate::vault::Vault;

pub(crate) use missing::Missing;

/// How often a race with another write is run again.
const ATTEMPTS: usize = 5;

/// What became of a disconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disconnected {
    /// There was nothing to disconnect.
    NotConnected,
    /// Google has revoked all that this project held of the account, and the secrets are wiped.
    AtGoogle,
    /// The secrets are wiped here. Google was not told, since other connections of the same account
    /// work on, as many as said.
    HereOnly {
        /// The other connections of the account.
        others: u64,
    },
    /// Nobody gets a token any more, but Google could not be told yet, or the key of the secrets is not
    /// in this process. They are kept sealed until Google is told; this process goes on trying, and a
    /// later one does. For want of a key it ends as [`HereUnreadable`](Self::HereUnreadable) in the
    /// process that has lacked it for three hours, which looks every hour or two: after about five.
    Pending,
    /// The secrets do not open, being damaged or without their key, or there is no token among them that
    /// Google would take; they are wiped here. Google could not be told and goes on listing the
    /// application: tell the person to remove it in their Google account, at
    /// <https://myaccount.google.com/connections>.
    HereUnreadable,
}

impl Disconnected {
    /// A short fixed name, for audit events and pages.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::AtGoogle => "at_google",
            Self::HereOnly { .. } => "here_only",
            Self::Pending => "pending",
            Self::HereUnreadable => "here_unreadable",
        }
    }
}

/// What was deleted of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DeletedUser {
    /// Grants, of every account and service, those that were disconnected before included.
    pub grants: u64,
    /// Those of the grants that are wiped here and of which Google could not be told
    /// ([`Disconnected::HereUnreadable`]): the person has to remove the application in their Google
    /// account, at <https://myaccount.google.com/connections>.
    pub unreadable: u64,
    /// Sign-ins, open ones included.
    pub sign_ins: u64,
    /// Conversations and paused runs.
    pub sessions: u64,
}

/// What became of half-done disconnects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FinishedDisconnects {
    /// These are done now.
    pub finished: u64,
    /// These are not: Google could still not be told, or their key is not in this process.
    pub pending: u64,
    /// Those of the finished that are wiped here and of which Google could not be told
    /// ([`Disconnected::HereUnreadable`]).
    pub unreadable: u64,
}

/// What becomes of a disconnect whose key is not in this process, where Google is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MissingKey {
    /// It waits for another process, and ends as [`Disconnected::HereUnreadable`] once this one has
    /// lacked the key for three hours: for an application.
    #[default]
    Wait,
    /// It stays as it is, however long, and so does a person's deletion: for an operator's program,
    /// which may have other keys than the application. Binding finishes nothing by itself then.
    Keep,
    /// It ends at once: for an operator who knows that the key is lost. Binding finishes nothing by
    /// itself then.
    Wipe,
}

/// Ends connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Disconnects(Arc<Parts>);

/// A row that is being disconnected, as it was read.
#[derive(Debug, Clone)]
struct Ending {
    row: TokenRow,
    /// The database's time then.
    now: Timestamp,
}

impl Ending {
    /// How long ago it began.
    fn age(&self) -> Duration {
        self.now.since(self.row.updated_at)
    }
}

/// What was asked for with the end of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Nothing further.
    Row,
    /// The end of all that the project holds of the account.
    Account,
    /// That nothing of the person stays here.
    Person,
    /// That Google is not told, whatever is known of others.
    Here,
}

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
    pub(crate) missing_key: MissingKey,
    /// Since when which keys were found missing here.
    pub(crate) missing: Missing,
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
        let wish = match reach {
            DisconnectReach::ThisRow => Wish::Row,
            DisconnectReach::Everywhere => Wish::Account,
        };
        self.run(key, reach, wish).await
    }

    /// Ends the connection of `key` here, of which Google is never told: another row is of the same
    /// account and lives on, though no row may say so.
    pub(crate) async fn end_here(&self, key: &TokenKey) -> Result<Disconnected, Error> {
        self.run(key, DisconnectReach::ThisRow, Wish::Here).await
    }

    async fn run(
        &self,
        key: &TokenKey,
        reach: DisconnectReach,
        wish: Wish,
    ) -> Result<Disconnected, Error> {
        let (this, key) = (self.clone(), key.clone());
        let task = tokio::spawn(async move {
            let Some(ending) = this.begin(&key, reach).await? else {
                return Ok(Disconnected::NotConnected);
            };
            let outcome = this.finish(ending, wish).await;
            if !finish::is_done(&outcome) {
                this.finish_behind(key, wish);
            }
            this.0.audit.settled().await;
            outcome
        });
        task.await.unwrap_or_else(|_| {
            Err(ErrorKind::Internal("a disconnect stopped unexpectedly").into())
        })
    }

    /// Raises the epoch, so that nothing that was read before is written after. None where there is
    /// nothing to end.
    async fn begin(&self, key: &TokenKey, reach: DisconnectReach) -> Result<Option<Ending>, Error> {
        for _ in 0..ATTEMPTS {
            let fetched = self.0.tokens.get(key).await?;
            let Some(row) = fetched.row.filter(|it| it.status != RowStatus::Revoked) else {
                return Ok(None);
            };
            // What has begun stays as it is, so that its age counts on however often it is asked for.
            let now = fetched.now;
            if row.status == RowStatus::Disconnecting && says(&row, reach) {
                self.0.guard.forget(key).await;
                return Ok(Some(Ending { row, now }));
            }
            if let Some(row) = self.begin_at(key, &row.marker(), reach).await? {
                let now = row.updated_at;
                return Ok(Some(Ending { row, now }));
            }
        }
        let what = "the connection changes all the time";
        let retry_after = Some(Duration::from_secs(1));
        Err(ErrorKind::Transient { what, retry_after }.into())
    }

    async fn begin_at(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, Error> {
        let begun = self.0.tokens.begin_disconnect(key, at, reach).await?;
        if let Some(row) = &begun {
            self.0.guard.forget(key).await;
            self.note_begun(row, reach).await;
        }
        Ok(begun)
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
}

/// Whether what began asks for as much.
fn says(row: &TokenRow, reach: DisconnectReach) -> bool {
    let wanted = reach.status_reason();
    wanted.is_none() || row.status_reason.as_deref() == wanted
}
