//! Deleting all that is stored of a person.

use std::time::Duration;

use tracing::debug;

use super::finish::is_done;
use super::{ATTEMPTS, DeletedUser, Disconnected, Disconnects, Wish};
use crate::audit::{Actor, Event};
use crate::error::{Error, ErrorKind};
use crate::identity::{Principal, TokenKey};
use crate::store::{DisconnectReach, ListScope, RowStatus, TokenRow};

/// When whoever was told that a person is not deleted should come again.
const LATER: Duration = Duration::from_secs(30);

const UNTOLD: &str = "it could not be told of a disconnect, or the key of the grant is not in this \
                      process; nobody gets a token any more, but what is stored stays until it is told: \
                      delete the user again later";

impl Disconnects {
    /// Disconnects and deletes all that is stored of one person; says how much went. It goes on
    /// as a task of its own when the caller goes away.
    pub(crate) async fn delete_user(&self, principal: &Principal) -> Result<DeletedUser, Error> {
        let (this, principal) = (self.clone(), principal.clone());
        let task = tokio::spawn(async move {
            let deleted = this.delete_all(&principal).await;
            this.0.audit.settled().await;
            deleted
        });
        task.await
            .unwrap_or_else(|_| Err(ErrorKind::Internal("a deletion stopped unexpectedly").into()))
    }

    async fn delete_all(&self, principal: &Principal) -> Result<DeletedUser, Error> {
        let scope = ListScope::Principal(principal.clone());
        let mut deleted = DeletedUser::default();
        // A sign-in that was just finishing can add a row behind the first look.
        for _ in 0..ATTEMPTS {
            self.remove_beside(principal, &mut deleted).await?;
            let rows = self.all(&scope).await?;
            if rows.is_empty() {
                // What a run or a browser wrote before this look, which found no grant, stands until now.
                self.remove_beside(principal, &mut deleted).await?;
                let event = Event::of(principal, "user_deleted").by(Actor::Application);
                self.0
                    .audit
                    .record(event.with("rows", deleted.grants))
                    .await;
                return Ok(deleted);
            }
            self.delete_rows(&rows, &mut deleted).await?;
        }
        let what = "the person connects all the time; delete the user again";
        Err(not_yet(what))
    }

    /// What is stored of the person beside their grants.
    async fn remove_beside(
        &self,
        principal: &Principal,
        deleted: &mut DeletedUser,
    ) -> Result<(), Error> {
        if let Some(sign_ins) = &self.0.sign_ins {
            deleted.sign_ins += sign_ins.remove_all(principal).await?;
        }
        if let Some(sessions) = &self.0.sessions {
            deleted.sessions += sessions.remove_all(principal).await?;
        }
        Ok(())
    }

    /// All of them are begun before Google is told of any, so that none is served, whatever becomes of
    /// another.
    async fn delete_rows(&self, rows: &[TokenRow], deleted: &mut DeletedUser) -> Result<(), Error> {
        for row in rows {
            if let Err(error) = self.begin(&row.key, DisconnectReach::ThisRow).await {
                debug!(target: "toolgate_auth", row = %row.key.id(), %error, "it is begun again when it is deleted");
            }
        }
        let mut failure = None;
        for row in rows {
            if let Err(error) = self.delete(&row.key, deleted).await {
                failure.get_or_insert(error);
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Counts the row where it went: a consent that came in between is for the next look.
    async fn delete(&self, key: &TokenKey, deleted: &mut DeletedUser) -> Result<(), Error> {
        if let Some(ending) = self.begin(key, DisconnectReach::ThisRow).await? {
            let outcome = self.finish(ending, Wish::Person).await;
            if !is_done(&outcome) {
                self.finish_behind(key.clone(), Wish::Person);
            }
            match outcome? {
                Disconnected::Pending => return Err(not_yet(UNTOLD)),
                Disconnected::HereUnreadable => deleted.unreadable += 1,
                _ => {}
            }
        }
        let wiped = self.0.tokens.get(key).await?.row;
        let gone = match wiped.filter(|row| row.status == RowStatus::Revoked) {
            Some(row) => self.0.tokens.delete(key, &row.incarnation).await?,
            None => false,
        };
        self.0.guard.forget(key).await;
        deleted.grants += u64::from(gone);
        Ok(())
    }
}

fn not_yet(what: &'static str) -> Error {
    let retry_after = Some(LATER);
    ErrorKind::Transient { what, retry_after }.into()
}
