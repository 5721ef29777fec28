//! Ending what Google still pushes of a mailbox, while a grant that may do so works.
//!
//! No tool makes a watch, but a program may, with the client that a toolkit hands out. Revoking a
//! grant does not end it: changes of the mailbox would be told for up to a week more. A watch is
//! the project's and the mailbox's, so that it is left alone where Google is not told of the
//! disconnect, since another connection of the account lives on with it.

use std::time::Duration;

use tracing::warn;

use super::Disconnects;
use crate::error::Error;
use crate::grant::{GrantError, GrantFailure};
use crate::scope::{Requirement, ScopeSet};
use crate::seal::Secrets;
use crate::secret::RefreshToken;
use crate::store::TokenRow;

/// How long a disconnect waits for it: nobody's disconnect is to hang on a watch.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of the watch on a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    /// None of the grants reaches mail, so that none can have begun one; or Google is not told.
    Impossible,
    /// There is none any more.
    Ended,
    /// Google could not be asked, or would not. A watch that there is ends within a week.
    NotEnded,
}

impl Watch {
    /// A word for the event, where there is something to tell.
    pub(super) fn code(self) -> Option<&'static str> {
        match self {
            Self::Impossible => None,
            Self::Ended => Some("ended"),
            Self::NotEnded => Some("not_ended"),
        }
    }
}

impl Disconnects {
    /// Ends the Gmail watch of a row's account, by this grant or by one that ends along with it.
    /// `refresh` is the row's refresh token, and the newest one afterwards.
    pub(super) async fn end_watch(
        &self,
        row: &TokenRow,
        refresh: &mut Option<RefreshToken>,
    ) -> Watch {
        let watch = tokio::time::timeout(PATIENCE, self.end_watch_by_any(row, refresh));
        watch.await.unwrap_or_else(|_| {
            warn!(target: "toolgate_auth", row = %row.key.id(), "a mailbox's notifications were not ended in time");
            Watch::NotEnded
        })
    }

    async fn end_watch_by_any(&self, row: &TokenRow, refresh: &mut Option<RefreshToken>) -> Watch {
        let own = self.end_watch_by(row, refresh).await;
        if own == Watch::Ended {
            return own;
        }
        let mut watch = own;
        // A list that fails is told when these are wiped.
        for other in self.of_account(row).await.unwrap_or_default() {
            match self.end_watch_by(&other, &mut None).await {
                Watch::Ended => return Watch::Ended,
                Watch::NotEnded => watch = Watch::NotEnded,
                Watch::Impossible => {}
            }
        }
        watch
    }

    async fn end_watch_by(&self, row: &TokenRow, newer: &mut Option<RefreshToken>) -> Watch {
        let granted: ScopeSet = row.consented_scopes.iter().collect();
        if !Requirement::for_methods(&["gmail.users.stop"]).is_satisfied_by(&granted) {
            return Watch::Impossible;
        }
        let stopped = match self.0.vault.open_older(row) {
            Ok(Some(secrets)) => self.stop(&secrets, newer).await.map_err(Error::from),
            Ok(None) => return Watch::Impossible,
            Err(error) => Err(error),
        };
        if let Err(error) = stopped {
            warn!(target: "toolgate_auth", row = %row.key.id(), %error, "a mailbox's notifications were not ended");
            return Watch::NotEnded;
        }
        Watch::Ended
    }

    /// By the stored access token, or by a new one where that has ended. Nothing is saved: the row
    /// takes no refresh any more, and a new refresh token is for the revocation alone.
    async fn stop(
        &self,
        secrets: &Secrets,
        newer: &mut Option<RefreshToken>,
    ) -> Result<(), GrantError> {
        let grants = &self.0.grants;
        let stopped = grants.stop_gmail_watch(&secrets.access, PATIENCE).await;
        let Err(error) = &stopped else { return stopped };
        let refused = *error.failure() == GrantFailure::Revoked;
        let Some(refresh) = secrets.refresh.as_ref().filter(|_| refused) else {
            return stopped;
        };
        let answer = grants.refresh(refresh, PATIENCE).await?;
        if answer.refresh.is_some() {
            *newer = answer.refresh;
        }
        grants.stop_gmail_watch(&answer.access, PATIENCE).await
    }
}
