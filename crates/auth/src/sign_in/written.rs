//! Looks at a consent once it is stored: whether it works, and whether its account is there twice.

use std::sync::Arc;
use std::time::Duration;

use tracing::{debug, warn};

use super::grant_row::Written;
use super::{Connected, Inner, Refusal, refused};
use crate::audit::Event;
use crate::error::Error;
use crate::grant::GrantFailure;
use crate::guard::pace;
use crate::id_token::Claims;
use crate::identity::TokenKey;
use crate::secret::AccessToken;
use crate::store::{AccountCount, Marker, Sealed, TokenRow};

/// How long a revocation at Google may take to show everywhere.
const REVOCATION_SETTLES: Duration = Duration::from_mins(1);
/// How often it is looked again behind a database that does not answer: about ten minutes.
const LOOKS: u32 = 30;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A consent that is stored.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) key: TokenKey,
    pub(super) marker: Marker,
    pub(super) access: AccessToken,
    pub(super) claims: Claims,
    /// How long ago the connection in whose place it stands was ended.
    pub(super) revoked_ago: Option<Duration>,
}

/// A consent of which the database did not say whether it is stored.
#[derive(Debug)]
pub(super) struct Unclear {
    /// Of the place where it would stand; its version is not known.
    pub(super) fresh: Fresh,
    pub(super) sealed: Sealed,
    pub(super) connected: Connected,
    /// The connection that it would replace.
    pub(super) lived: Option<TokenRow>,
}

impl Unclear {
    fn is_at(&self, row: &TokenRow) -> bool {
        let at = &self.fresh.marker;
        row.sealed.as_ref() == Some(&self.sealed)
            && (&row.incarnation, row.grant_epoch) == (&at.incarnation, at.epoch)
    }

    /// Whether something else stands there, so that this never will.
    fn is_barred_by(&self, row: &TokenRow) -> bool {
        let at = &self.fresh.marker;
        row.incarnation != at.incarnation || row.grant_epoch >= at.epoch
    }
}

impl Inner {
    /// Waits behind for a consent that may be stored. Where it is, it is recorded and looked at as any
    /// other.
    pub(super) fn await_landing(self: &Arc<Self>, unclear: Unclear) {
        drop(tokio::spawn(Arc::clone(self).land(unclear)));
    }

    async fn land(self: Arc<Self>, unclear: Unclear) {
        for tries in 0..LOOKS {
            let pause = pace::again(tries, LONGEST_PAUSE, &*self.vault.random);
            tokio::time::sleep(pause).await;
            let Ok(fetched) = self.tokens.get(&unclear.fresh.key).await else {
                continue;
            };
            match fetched.row {
                Some(row) if unclear.is_at(&row) => {
                    return self.landed(unclear, row.marker()).await;
                }
                Some(row) if unclear.is_barred_by(&row) => return,
                _ => {}
            }
        }
    }

    async fn landed(self: &Arc<Self>, unclear: Unclear, marker: Marker) {
        let fresh = Fresh {
            marker: marker.clone(),
            ..unclear.fresh
        };
        let (key, connected) = (fresh.key.clone(), unclear.connected);
        warn!(target: "toolgate_auth", row = %key.id(), "a consent is stored that the database had not confirmed");
        self.guard.forget(&key).await;
        let written = Written::over(unclear.lived, key.clone(), marker.clone());
        self.record_grant(&connected, &written).await;
        self.arrivals.tell();
        if let Err(error) = self.look(fresh).await
            && let Some(refusal) = error.refusal()
        {
            self.note_taken_back(&key, &marker, refusal);
        }
    }

    fn note_taken_back(&self, key: &TokenKey, at: &Marker, refusal: &Refusal) {
        let taken = Event::of_grant(key, at, "connection_taken_back");
        self.audit.note(taken.ended(refusal.code()));
    }

    /// Looks at it. The person is connected by now, so a database that does not answer only puts the
    /// looks off.
    pub(super) async fn look(self: &Arc<Self>, fresh: Fresh) -> Result<(), Error> {
        let looked = self.look_once(&fresh).await;
        match looked {
            Err(error) if error.refusal().is_none() => {
                warn!(
                    target: "toolgate_auth", row = %fresh.key.id(), %error,
                    "a consent is stored and not looked at yet; that goes on behind"
                );
                drop(tokio::spawn(Arc::clone(self).look_behind(fresh)));
                Ok(())
            }
            looked => looked,
        }
    }

    async fn look_once(&self, fresh: &Fresh) -> Result<(), Error> {
        self.check_it_works(fresh).await?;
        self.take_back_if_twice(fresh).await
    }

    /// Goes on until the database answers, or another consent has taken this one's place.
    async fn look_behind(self: Arc<Self>, fresh: Fresh) {
        for tries in 0..LOOKS {
            let pause = pace::again(tries, LONGEST_PAUSE, &*self.vault.random);
            tokio::time::sleep(pause).await;
            let stands = match self.tokens.get(&fresh.key).await {
                Ok(fetched) => fetched.row.map(|row| row.marker()),
                Err(_) => continue,
            };
            let at = &fresh.marker;
            if !stands.is_some_and(|it| it.incarnation == at.incarnation && it.epoch == at.epoch) {
                return;
            }
            match self.look_once(&fresh).await {
                Ok(()) => return,
                Err(error) => match error.refusal() {
                    Some(refusal) => {
                        return self.note_taken_back(&fresh.key, at, refusal);
                    }
                    None => {
                        debug!(target: "toolgate_auth", %error, "a consent is not looked at yet");
                    }
                },
            }
        }
    }

    pub(super) async fn count_account(&self, claims: &Claims) -> Result<AccountCount, Error> {
        let project = self.grants.client().project();
        Ok(self.tokens.count_account(project, &claims.subject).await?)
    }

    /// Google's revocation reaches all that the project holds of the account, and may take a while
    /// to do so: a consent that crossed with one, or came soon after, is tried once.
    async fn check_it_works(&self, fresh: &Fresh) -> Result<(), Error> {
        let count = self.count_account(&fresh.claims).await?;
        let recent = [fresh.revoked_ago, count.revoked_ago].into_iter().flatten();
        if count.disconnecting == 0 && !recent.into_iter().any(|ago| ago < REVOCATION_SETTLES) {
            return Ok(());
        }
        let Err(error) = self.grants.userinfo(&fresh.access).await else {
            return Ok(());
        };
        if *error.failure() != GrantFailure::Revoked {
            warn!(target: "toolgate_auth", %error, "a consent soon after a revocation was not tried");
            return Ok(());
        }
        let condemned = self.guard.condemn(&fresh.key, &fresh.marker, "revoked");
        if let Err(error) = condemned.await {
            // Google refuses it all the same, so its first refresh marks the row.
            warn!(target: "toolgate_auth", %error, "a consent that was revoked is not marked yet");
        }
        Err(refused(Refusal::DisconnectInProgress))
    }

    /// Two consents of one account under two names may both have found nothing before either was
    /// written. Whoever finds the other one afterwards ends its own, of which Google is never told, since
    /// that would end the other too; if both do, neither stands, and the person starts again.
    async fn take_back_if_twice(&self, fresh: &Fresh) -> Result<(), Error> {
        let (key, claims) = (&fresh.key, &fresh.claims);
        let Err(twice) = self.check_not_twice(key, claims).await else {
            return Ok(());
        };
        if twice.refusal().is_none() {
            return Err(twice);
        }
        self.disconnects.end_here(key).await?;
        match self.check_not_twice(key, claims).await {
            Err(twice) if twice.refusal().is_some() => Err(twice),
            _ => Err(refused(Refusal::Overtaken)),
        }
    }
}
