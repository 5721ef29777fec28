//! What an application does to connections: end them, and forget people.

use std::time::Duration;

use super::BoundGoogleAuth;
use crate::disconnect::Disconnected;
use crate::error::Error;
use crate::identity::{AccountLabel, Principal, TokenKey};
use crate::store::DisconnectReach;

impl BoundGoogleAuth {
    /// Ends a person's connection. From the moment this returns no call of theirs succeeds in this
    /// process, nor in any other after a minute, and no refresh that was under way brings it back.
    ///
    /// Google revokes per project and account. So while another connection of the same Google
    /// account lives (another person's of this application, say), Google is not told and this row
    /// alone is wiped; [`DisconnectReach::Everywhere`] ends all of them together.
    ///
    /// Before Google is told, the account's Gmail watch (`users.watch`) is ended, which would go on
    /// for up to a week otherwise, and so are the notification channels of Calendar and Drive that the
    /// application says it has open ([`PushChannels`](crate::PushChannels)). That is tried for five
    /// seconds, and never stops a disconnect; the event `disconnected` says under `gmail_watch` and
    /// `channels` whether it went well.
    ///
    /// # Errors
    /// When the database cannot be asked, or the stored token does not open for want of its key.
    /// The row may be marked by then, so that nobody gets a token; call again to finish.
    pub async fn disconnect(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
        reach: DisconnectReach,
    ) -> Result<Disconnected, Error> {
        let key = TokenKey::new(principal.clone(), self.service().clone())
            .with_account_label(account.cloned());
        self.0.disconnects.disconnect(&key, reach).await
    }

    /// Disconnects and deletes all that is stored of one person: grants of every account and
    /// service, and open sign-in links. Audit events stay. Says how many grants went.
    ///
    /// # Errors
    /// As [`disconnect`](Self::disconnect), and a transient one when Google cannot be told: then
    /// nobody gets a token any more, and what is stored stays until this is called again.
    pub async fn delete_user(&self, principal: &Principal) -> Result<u64, Error> {
        self.0.disconnects.delete_user(principal).await
    }

    /// Finishes disconnects that were begun and not finished, by whatever process; says how many
    /// are done and how many Google could still not be told of. Binding does this by itself, as
    /// do upkeep and a sign-in that meets one; an operator may call it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn finish_disconnects(&self) -> Result<(u64, u64), Error> {
        self.0.disconnects.finish_all(Duration::ZERO).await
    }

    /// Waits until the audit events of what happened so far are stored, or for five seconds. Those
    /// of refreshes are written behind whoever wanted the token, so that a program that ends right
    /// after calls this first.
    pub async fn flush_events(&self) {
        self.0.audit.settled().await;
    }
}
