//! Ending what Google still pushes, while a grant that may do so works.
//!
//! No tool asks for pushes, but a program may, with the client that a toolkit hands out. Revoking a
//! grant does not end them: changes would be told for up to a week more. A mailbox's watch is the
//! project's and the mailbox's, and channels are the account's, so that all are left alone where Google
//! is not told of the disconnect, since another connection of the account lives on with them.

use std::time::Duration;

use tracing::warn;

use super::Disconnects;
use crate::audit::Event;
use crate::error::Error;
use crate::grant::{GrantError, GrantFailure, Grants};
use crate::push::{Push, PushChannel};
use crate::scope::{Requirement, ScopeSet};
use crate::seal::Secrets;
use crate::secret::{AccessToken, RefreshToken};
use crate::store::TokenRow;

/// How long a disconnect waits for all of them: nobody's disconnect is to hang on a watch.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of one thing that is pushed, or of all of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Watch {
    /// None of the grants reaches it, so that none can have begun it; or Google is not told.
    #[default]
    Impossible,
    /// There is none any more.
    Ended,
    /// Google could not be asked, or would not. It ends by itself within a week.
    NotEnded,
}

impl Watch {
    /// A word for the event, where there is something to tell.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Impossible => None,
            Self::Ended => Some("ended"),
            Self::NotEnded => Some("not_ended"),
        }
    }
}

/// What became of all that Google pushes to an account's connections.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Watches {
    mailbox: Watch,
    channels: Watch,
}

impl Watches {
    /// The event of a disconnect, with what became of them.
    pub(super) fn told_in(self, event: Event) -> Event {
        let kinds = [("gmail_watch", self.mailbox), ("channels", self.channels)];
        let told = kinds
            .into_iter()
            .filter_map(|(kind, it)| Some((kind, it.code()?)));
        told.fold(event, |event, (kind, code)| event.with(kind, code))
    }
}

/// A grant that works for a little while longer.
struct Holder<'a> {
    row: &'a TokenRow,
    granted: ScopeSet,
    /// None where it has none; an error, which was told, where they do not open.
    secrets: Result<Option<Secrets>, ()>,
    /// In the place of a stored one that has ended.
    access: Option<AccessToken>,
}

impl Disconnects {
    /// Ends what is pushed for a row's account, by this grant or by one that ends along with it.
    /// `refresh` is the row's refresh token, and the newest one afterwards.
    pub(super) async fn end_watches(
        &self,
        row: &TokenRow,
        refresh: &mut Option<RefreshToken>,
    ) -> Watches {
        let mut watches = Watches::default();
        let all = self.end_all(row, refresh, &mut watches);
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            warn!(target: "toolgate_auth", row = %row.key.id(), "not all notifications were ended in time");
        }
        watches
    }

    /// What is begun and not done stands as not ended in `watches`, wherever this is cut off.
    async fn end_all(
        &self,
        row: &TokenRow,
        refresh: &mut Option<RefreshToken>,
        watches: &mut Watches,
    ) {
        // A list that fails is told when these are wiped.
        let others = self.of_account(row).await.unwrap_or_default();
        let rows = || std::iter::once(row).chain(&others);
        let mut holders: Vec<_> = rows().map(|row| self.holder(row)).collect();
        self.end(&Push::Mailbox, &mut holders, refresh, &mut watches.mailbox)
            .await;
        for row in rows() {
            let Some(channels) = self.channels_of(row).await else {
                watches.channels = Watch::NotEnded;
                continue;
            };
            for PushChannel(push) in channels {
                let mut channel = Watch::NotEnded;
                let before = std::mem::replace(&mut watches.channels, Watch::NotEnded);
                self.end(&push, &mut holders, refresh, &mut channel).await;
                if channel == Watch::Ended && before != Watch::NotEnded {
                    watches.channels = Watch::Ended;
                }
            }
        }
    }

    /// What the application has open for a connection; none where it cannot tell.
    async fn channels_of(&self, row: &TokenRow) -> Option<Vec<PushChannel>> {
        let Some(channels) = &self.0.channels else {
            return Some(Vec::new());
        };
        let (principal, account) = (row.key.principal(), row.key.account_label());
        match channels.open(principal, account).await {
            Ok(open) => Some(open),
            Err(error) => {
                warn!(target: "toolgate_auth", row = %row.key.id(), %error, "the application cannot tell its notification channels");
                None
            }
        }
    }

    fn holder<'a>(&self, row: &'a TokenRow) -> Holder<'a> {
        let secrets = self.0.vault.open_older(row).map_err(|error| {
            warn!(target: "toolgate_auth", row = %row.key.id(), %error, "its notifications are not ended by this grant");
        });
        Holder {
            row,
            granted: row.consented_scopes.iter().collect(),
            secrets,
            access: None,
        }
    }

    /// Ends one thing, by the first grant that may and can. The first holder's refresh token is
    /// `refresh`.
    async fn end(
        &self,
        push: &Push,
        holders: &mut [Holder<'_>],
        refresh: &mut Option<RefreshToken>,
        watch: &mut Watch,
    ) {
        let needs = Requirement::for_methods(&[push.stopped_by()]);
        let mut first = Some(refresh);
        for holder in holders {
            let newer = first.take();
            if !needs.is_satisfied_by(&holder.granted) || matches!(holder.secrets, Ok(None)) {
                continue;
            }
            *watch = Watch::NotEnded;
            match holder.stop(&self.0.grants, push, newer).await {
                Ok(()) => {
                    *watch = Watch::Ended;
                    return;
                }
                Err(error) => {
                    let error = Error::from(error);
                    warn!(target: "toolgate_auth", row = %holder.row.key.id(), by = push.stopped_by(), %error, "notifications were not ended");
                }
            }
        }
    }
}

impl Holder<'_> {
    /// By the stored access token, or by a new one where that has ended. Nothing is saved: the row
    /// takes no refresh any more, and a new refresh token is for the revocation alone.
    async fn stop(
        &mut self,
        grants: &Grants,
        push: &Push,
        newer: Option<&mut Option<RefreshToken>>,
    ) -> Result<(), GrantError> {
        let Ok(Some(secrets)) = &self.secrets else {
            return Err(GrantError::unsent("its secrets are not to be had"));
        };
        let access = self.access.as_ref().unwrap_or(&secrets.access);
        let stopped = grants.stop_push(push, access, PATIENCE).await;
        let Err(error) = &stopped else { return stopped };
        let refused = *error.failure() == GrantFailure::Revoked && self.access.is_none();
        let Some(refresh) = secrets.refresh.as_ref().filter(|_| refused) else {
            return stopped;
        };
        let answer = grants.refresh(refresh, PATIENCE).await?;
        if let (Some(newer), Some(refresh)) = (newer, answer.refresh) {
            *newer = Some(refresh);
        }
        let access = self.access.insert(answer.access);
        grants.stop_push(push, access, PATIENCE).await
    }
}
