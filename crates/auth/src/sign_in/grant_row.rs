//! Writes what a consent gave: for the same account as before, sealed for the row it will be.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use tracing::warn;

use super::page::token_key;
use super::{Accounts, Inner, Refusal, refused};
use crate::accounts::{is_connected, rows_of};
use crate::clock::random_256;
use crate::error::Error;
use crate::grant::{GrantFailure, TokenAnswer, rt_hash};
use crate::id_token::Claims;
use crate::identity::TokenKey;
use crate::scope::ScopeSet;
use crate::seal::Secrets;
use crate::secret::RefreshToken;
use crate::store::{
    AccountCount, Consent, DisconnectReach, Incarnation, Marker, RowStatus, SignInRow, TokenRow,
    UpsertOutcome,
};
use crate::vault::Place;

/// How often a race with another write is run again; each loss means that somebody else won.
const ATTEMPTS: usize = 5;
/// How long a revocation at Google may take to show everywhere.
const REVOCATION_SETTLES: Duration = Duration::from_mins(1);

/// A grant as it was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) key: TokenKey,
    pub(super) marker: Marker,
    /// What the consent before this one gave; none where there was no connection.
    pub(super) before: Option<ScopeSet>,
}

impl Inner {
    pub(super) async fn store_grant(
        &self,
        row: &SignInRow,
        answer: &TokenAnswer,
        claims: &Claims,
        granted: &ScopeSet,
    ) -> Result<Written, Error> {
        let key = token_key(row)?;
        self.check_not_twice(&key, claims).await?;
        let mut seen = false;
        for _ in 0..ATTEMPTS {
            let fetched = self.tokens.get(&key).await?;
            let stored = fetched.row;
            if seen && stored.is_none() {
                return Err(refused(Refusal::Overtaken));
            }
            seen |= stored.is_some();
            self.check_not_disconnecting(stored.as_ref())?;
            self.check_account(stored.as_ref(), claims)?;
            let consent = self.consent(&key, stored.as_ref(), answer, claims, granted)?;
            let expected = stored.as_ref().map(TokenRow::marker);
            let outcome = self
                .tokens
                .upsert(&key, &consent, expected.as_ref())
                .await?;
            if let UpsertOutcome::Written(marker) = outcome {
                self.guard.forget(&key).await;
                let (revoked, lived) = split(stored);
                let ago = revoked.map(|row| fetched.now.since(row.updated_at));
                self.check_it_works(&key, &marker, answer, claims, ago)
                    .await?;
                self.take_back_if_twice(&key, claims).await?;
                return Ok(Written {
                    key,
                    marker,
                    before: lived.map(|row| row.consented_scopes.iter().collect()),
                });
            }
            if self.count_account(claims).await?.disconnecting > 0 {
                self.disconnects.finish_abandoned();
                return Err(refused(Refusal::DisconnectInProgress));
            }
        }
        Err(refused(Refusal::Overtaken))
    }

    /// A row that is being disconnected keeps its secrets until Google knows.
    fn check_not_disconnecting(&self, stored: Option<&TokenRow>) -> Result<(), Error> {
        if stored.is_some_and(|row| row.status == RowStatus::Disconnecting) {
            self.disconnects.finish_abandoned();
            return Err(refused(Refusal::DisconnectInProgress));
        }
        Ok(())
    }

    async fn count_account(&self, claims: &Claims) -> Result<AccountCount, Error> {
        let project = self.grants.client().project();
        Ok(self.tokens.count_account(project, &claims.subject).await?)
    }

    /// Google's revocation reaches all that the project holds of the account, and may take a while
    /// to do so: a consent that crossed with one, or came soon after, is tried once.
    async fn check_it_works(
        &self,
        key: &TokenKey,
        marker: &Marker,
        answer: &TokenAnswer,
        claims: &Claims,
        revoked_ago: Option<Duration>,
    ) -> Result<(), Error> {
        let count = self.count_account(claims).await?;
        let recent = [revoked_ago, count.revoked_ago].into_iter().flatten();
        if count.disconnecting == 0 && !recent.into_iter().any(|ago| ago < REVOCATION_SETTLES) {
            return Ok(());
        }
        let Err(error) = self.grants.userinfo(&answer.access).await else {
            return Ok(());
        };
        if *error.failure() != GrantFailure::Revoked {
            warn!(target: "toolgate_auth", %error, "a consent soon after a revocation was not tried");
            return Ok(());
        }
        self.guard.condemn(key, marker, "revoked").await?;
        Err(refused(Refusal::DisconnectInProgress))
    }

    /// The `sub` is the account; an e-mail address can be given to somebody else.
    fn check_account(&self, stored: Option<&TokenRow>, claims: &Claims) -> Result<(), Error> {
        let other = stored
            .filter(|row| row.status != RowStatus::Revoked)
            .and_then(|row| row.account_id.as_ref())
            .is_some_and(|account| *account != claims.subject);
        if !other || self.options.allow_account_change {
            return Ok(());
        }
        if self.options.accounts == Accounts::Several {
            return Err(refused(Refusal::FurtherAccount));
        }
        Err(refused(Refusal::AccountChanged))
    }

    /// One account under two labels would make each of the person's writes ambiguous.
    async fn check_not_twice(&self, key: &TokenKey, claims: &Claims) -> Result<(), Error> {
        if self.options.accounts == Accounts::One {
            return Ok(());
        }
        let rows = rows_of(&*self.tokens, key.principal(), key.service()).await?;
        let other = rows.into_iter().find(|row| {
            row.key != *key
                && is_connected(row)
                && row.account_id.as_deref() == Some(&*claims.subject)
        });
        match other {
            None => Ok(()),
            Some(row) => Err(refused(Refusal::AccountTwice {
                account: row.key.account_label().cloned(),
            })),
        }
    }

    /// Two consents of one account under two names may both have found nothing before either was
    /// written. Whoever finds the other one afterwards ends its own, and Google is not told while the
    /// other lives; if both do, neither stands, and the person starts again.
    async fn take_back_if_twice(&self, key: &TokenKey, claims: &Claims) -> Result<(), Error> {
        let Err(twice) = self.check_not_twice(key, claims).await else {
            return Ok(());
        };
        if twice.refusal().is_none() {
            return Err(twice);
        }
        let reach = DisconnectReach::ThisRow;
        self.disconnects.disconnect(key, reach).await?;
        self.check_not_twice(key, claims).await?;
        Err(refused(Refusal::Overtaken))
    }

    fn consent(
        &self,
        key: &TokenKey,
        stored: Option<&TokenRow>,
        answer: &TokenAnswer,
        claims: &Claims,
        granted: &ScopeSet,
    ) -> Result<Consent, Error> {
        let client_id = self.grants.client_id();
        let incarnation = stored.map_or_else(
            || Incarnation::new(URL_SAFE_NO_PAD.encode(random_256(&*self.vault.random))),
            |row| row.incarnation.clone(),
        );
        let epoch = stored.map_or(1, |row| row.grant_epoch + 1);
        let refresh = match &answer.refresh {
            Some(refresh) => refresh.clone(),
            None => self.kept_refresh_token(stored, claims)?,
        };
        let (hash, prefix) = (rt_hash(&refresh), self.vault.keys.rt_prefix_mac(&refresh));
        let secrets = Secrets {
            access: answer.access.clone(),
            refresh: Some(refresh),
        };
        let place = Place {
            key,
            client_id,
            incarnation: &incarnation,
            epoch,
        };
        let sealed = self.vault.seal(&place, &secrets)?;
        Ok(Consent {
            incarnation,
            account_id: Some(claims.subject.clone()),
            account_email: claims.email.clone(),
            client_id: client_id.to_owned(),
            sealed,
            consented_scopes: granted.to_vec(),
            token_scopes: granted.to_vec(),
            expires_in: answer.left(self.clock.monotonic()),
            lifetime: answer.lifetime,
            refresh_expires_in: answer.refresh_lifetime,
            project: self.grants.client().project().map(str::to_owned),
            rt_hash: Some(hash),
            rt_prefix_mac: Some(prefix),
        })
    }

    /// Google gives a refresh token on the first consent only. The stored one goes on where it is
    /// of the same client and account, and works.
    fn kept_refresh_token(
        &self,
        stored: Option<&TokenRow>,
        claims: &Claims,
    ) -> Result<RefreshToken, Error> {
        let kept = stored.filter(|row| {
            row.status == RowStatus::Active
                && row.client_id == self.grants.client_id()
                && row.account_id.as_deref() == Some(&claims.subject)
        });
        let secrets = kept.map(|row| self.vault.open(row)).transpose()?.flatten();
        secrets
            .and_then(|secrets| secrets.refresh)
            .ok_or_else(|| refused(Refusal::NoRefreshToken))
    }
}

/// The row that a consent replaced, as one that was disconnected or as one that was not.
fn split(stored: Option<TokenRow>) -> (Option<TokenRow>, Option<TokenRow>) {
    match stored {
        Some(row) if row.status == RowStatus::Revoked => (Some(row), None),
        other => (None, other),
    }
}
