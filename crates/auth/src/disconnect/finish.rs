//! The second step of a disconnect: Google is told, where it is to be, and the secrets are wiped.

use std::time::Duration;

use tracing::{debug, warn};

use super::watches::Watches;
use super::{Disconnected, Disconnects, Ending, MissingKey, Wish, says};
use crate::audit::Event;
use crate::error::{Error, ErrorKind};
use crate::grant::{GrantError, GrantFailure};
use crate::seal::Secrets;
use crate::store::{DisconnectReach, ListScope, RowStatus, TokenRow};

/// For so long a disconnect waits for what another process may have, or Google may say later. Each
/// process comes by every two hours at the latest, so that one that has the key will have been there.
/// For a key it counts from when this process found it missing.
const PATIENCE: Duration = Duration::from_hours(3);

/// Whether nothing is left to do.
pub(super) fn is_done(outcome: &Result<Disconnected, Error>) -> bool {
    outcome
        .as_ref()
        .is_ok_and(|it| *it != Disconnected::Pending)
}

impl Disconnects {
    /// Tells Google, where it is to be told, and wipes.
    pub(super) async fn finish(
        &self,
        mut ending: Ending,
        wish: Wish,
    ) -> Result<Disconnected, Error> {
        let opened = self.0.vault.open_older(&ending.row);
        if let Ok(Some(secrets)) = &opened
            && ending.row.account_id.is_none()
            && wish != Wish::Here
        {
            match self.account_of(&ending, secrets).await {
                Ok(account) => ending.row.account_id = account,
                Err(error) => return Ok(pending(&ending, &error.into())),
            }
        }
        let others = self.others_after(&ending.row, wish).await?;
        if others > 0 || wish == Wish::Here {
            let here_only = Disconnected::HereOnly { others };
            return self.wipe(&ending.row, here_only, Watches::default()).await;
        }
        match opened {
            Ok(secrets) => self.tell(&ending, secrets).await,
            Err(error) => self.unreadable(&ending, wish, &error).await,
        }
    }

    /// How many others work on. Where everywhere was asked for, now or when it began, they end along,
    /// those too that the beginning did not find since the row did not say whose it is.
    async fn others_after(&self, row: &TokenRow, wish: Wish) -> Result<u64, Error> {
        let others = self.others(row).await?;
        let everywhere = wish == Wish::Account || says(row, DisconnectReach::Everywhere);
        if others == 0 || !everywhere {
            return Ok(others);
        }
        self.begin_along(row).await?;
        self.others(row).await
    }

    /// Begins the end of the account's other rows, by the first that is found.
    async fn begin_along(&self, row: &TokenRow) -> Result<(), Error> {
        for other in self.all(&ListScope::Status(RowStatus::Active)).await? {
            if is_along(row, &other) {
                self.begin(&other.key, DisconnectReach::Everywhere).await?;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whose a grant is of which the row does not say so, as of one that was imported: Google is asked
    /// with its access token while that lives, and no refresh is made for this. None where nobody can
    /// tell: then it is revoked, as was asked, though it may be that others of the account end along.
    async fn account_of(
        &self,
        ending: &Ending,
        secrets: &Secrets,
    ) -> Result<Option<String>, GrantError> {
        if ending.row.expires_at <= ending.now {
            return Ok(None);
        }
        match self.0.grants.userinfo(&secrets.access).await {
            Ok(info) => Ok(Some(info.id)),
            Err(error) if may_pass(&error) && ending.age() < PATIENCE => Err(error),
            Err(error) => {
                debug!(target: "toolgate_auth", row = %ending.row.key.id(), %error, "nobody can tell whose a grant is");
                Ok(None)
            }
        }
    }

    /// How many connections that work Google would end along.
    async fn others(&self, row: &TokenRow) -> Result<u64, Error> {
        let Some(account) = &row.account_id else {
            return Ok(0);
        };
        let count = self.0.tokens.count_account(row.project.as_deref(), account);
        Ok(count.await?.live)
    }

    async fn tell(&self, ending: &Ending, secrets: Option<Secrets>) -> Result<Disconnected, Error> {
        let row = &ending.row;
        let (access, mut refresh) = secrets.map_or((None, None), Secrets::into_parts);
        let watches = self.end_watches(row, &mut refresh).await;
        let told = match (refresh, access.filter(|_| row.expires_at > ending.now)) {
            (Some(refresh), _) => self.0.grants.revoke(&refresh).await,
            (None, Some(access)) => self.0.grants.revoke_by_access(&access).await,
            (None, None) => return self.untold(row, watches).await,
        };
        if let Err(error) = told {
            return Ok(pending(ending, &error.into()));
        }
        let done = self.wipe(row, Disconnected::AtGoogle, watches).await?;
        for other in self.of_account(row).await? {
            self.wipe(&other, done, watches).await?;
        }
        Ok(done)
    }

    /// Nothing is kept that Google would take: no refresh token, as after some imports, and an access
    /// token that has ended.
    async fn untold(&self, row: &TokenRow, watches: Watches) -> Result<Disconnected, Error> {
        warn!(target: "toolgate_auth", row = %row.key.id(), "google is not told of a disconnect, for want of a token");
        self.wipe(row, Disconnected::HereUnreadable, watches).await
    }

    /// Google cannot be told by what does not open. A key may be missing in this process alone, so that
    /// others are given time to finish, unless the person is to be forgotten; what is damaged opens
    /// nowhere. To keep it for ever would bar everybody's consents of this account for ever.
    async fn unreadable(
        &self,
        ending: &Ending,
        wish: Wish,
        error: &Error,
    ) -> Result<Disconnected, Error> {
        let opens_elsewhere = matches!(
            error.kind(),
            ErrorKind::KeyUnavailable(_) | ErrorKind::NotSealed { .. }
        );
        let waits = match self.0.missing_key {
            MissingKey::Wait => wish != Wish::Person && self.0.missing.lasts(ending) < PATIENCE,
            MissingKey::Keep => true,
            MissingKey::Wipe => false,
        };
        if opens_elsewhere && waits {
            return Ok(pending(ending, error));
        }
        warn!(target: "toolgate_auth", row = %ending.row.key.id(), %error, "google is not told of a disconnect, and what does not open is wiped");
        let outcome = Disconnected::HereUnreadable;
        self.wipe(&ending.row, outcome, Watches::default()).await
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
        self.0.missing.forget(&row.key.id());
        // Where it was not wiped here, whoever was faster has told so.
        if wiped {
            let event = Event::of_grant(&row.key, &marker, "disconnected").ended(outcome.code());
            self.0.audit.note(watches.told_in(event));
        }
        Ok(outcome)
    }

    /// The other rows that are being disconnected with this one.
    pub(super) async fn of_account(&self, row: &TokenRow) -> Result<Vec<TokenRow>, Error> {
        let all = self.in_progress().await?;
        let same = |other: &TokenRow| is_along(row, other);
        Ok(all.into_iter().filter(same).collect())
    }
}

/// Whether the other is one more row of the same account.
fn is_along(row: &TokenRow, other: &TokenRow) -> bool {
    row.account_id.is_some()
        && other.account_id == row.account_id
        && other.project == row.project
        && other.key != row.key
}

/// Whether Google may say later whose a token is.
fn may_pass(error: &GrantError) -> bool {
    matches!(error.failure(), GrantFailure::Transient { .. })
}

fn pending(ending: &Ending, error: &Error) -> Disconnected {
    warn!(target: "toolgate_auth", row = %ending.row.key.id(), %error, "google does not know of a disconnect yet");
    Disconnected::Pending
}
