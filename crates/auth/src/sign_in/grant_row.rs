//! Writes what a consent gave: for the same account as before, sealed for the row it will be.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use tracing::debug;

use super::page::token_key;
use super::written::{Fresh, Unclear};
use super::{Accounts, Connected, Inner, Refusal, refused};
use crate::accounts::{is_connected, rows_of};
use crate::clock::{Timestamp, random_256};
use crate::error::{Error, ErrorKind};
use crate::grant::{GrantFailure, TokenAnswer, UserInfo, rt_hash};
use crate::id_token::Claims;
use crate::identity::TokenKey;
use crate::scope::ScopeSet;
use crate::seal::Secrets;
use crate::secret::RefreshToken;
use crate::store::{Consent, Incarnation, Marker, RowStatus, SignInRow, TokenRow, UpsertOutcome};
use crate::vault::Place;

/// How often a race with another write is run again; each loss means that somebody else won.
const ATTEMPTS: usize = 5;

/// What a sign-in gave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) answer: &'a TokenAnswer,
    pub(super) claims: &'a Claims,
    /// What the person is told once it is stored.
    pub(super) connected: &'a Connected,
}

/// A grant as it was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) key: TokenKey,
    pub(super) marker: Marker,
    /// What the consent before this one gave; none where there was no connection.
    pub(super) before: Option<ScopeSet>,
    /// A connection stood there, and nobody could say of which account.
    pub(super) over_unknown: bool,
}

impl Written {
    pub(super) fn over(lived: Option<TokenRow>, key: TokenKey, marker: Marker) -> Self {
        Self {
            key,
            marker,
            over_unknown: lived.as_ref().is_some_and(|row| row.account_id.is_none()),
            before: lived.map(|row| row.consented_scopes.iter().collect()),
        }
    }
}

impl Inner {
    pub(super) async fn store_grant(
        self: &Arc<Self>,
        row: &SignInRow,
        given: Given<'_>,
    ) -> Result<Written, Error> {
        let (key, claims) = (token_key(row)?, given.claims);
        self.check_not_twice(&key, claims).await?;
        let mut seen = false;
        for _ in 0..ATTEMPTS {
            let fetched = self.tokens.get(&key).await?;
            if seen && fetched.row.is_none() {
                return Err(refused(Refusal::Overtaken));
            }
            seen |= fetched.row.is_some();
            self.check_not_disconnecting(fetched.row.as_ref())?;
            let stored = match fetched.row {
                Some(row) => Some(self.standing(row, fetched.now).await?),
                None => None,
            };
            self.check_account(stored.as_ref(), claims)?;
            let consent = self.consent(&key, stored.as_ref(), &given)?;
            let over = (stored, fetched.now);
            if let Some(written) = self.put(&key, consent, over, &given).await? {
                return Ok(written);
            }
            if self.count_account(claims).await?.disconnecting > 0 {
                self.disconnects.finish_abandoned();
                return Err(refused(Refusal::DisconnectInProgress));
            }
        }
        Err(refused(Refusal::Overtaken))
    }

    /// Writes it over what stood there then, and looks at it; none where another write was faster.
    async fn put(
        self: &Arc<Self>,
        key: &TokenKey,
        consent: Consent,
        (stored, now): (Option<TokenRow>, Timestamp),
        given: &Given<'_>,
    ) -> Result<Option<Written>, Error> {
        let written = self.write(key, &consent, stored.as_ref()).await;
        let at = marker_of(&consent, stored.as_ref());
        let (revoked, lived) = split(stored);
        let fresh = Fresh {
            key: key.clone(),
            marker: at,
            access: given.answer.access.clone(),
            claims: given.claims.clone(),
            revoked_ago: revoked.map(|row| now.since(row.updated_at)),
        };
        let error = match written {
            Ok(UpsertOutcome::Written(marker)) => {
                self.guard.forget(key).await;
                let written = Written::over(lived, key.clone(), marker.clone());
                self.look(Fresh { marker, ..fresh }).await?;
                return Ok(Some(written));
            }
            Ok(UpsertOutcome::Lost) => return Ok(None),
            Err(error) => error,
        };
        if error.is_saved_or_not() {
            self.await_landing(Unclear {
                fresh,
                sealed: consent.sealed,
                connected: given.connected.clone(),
                lived,
            });
        }
        Err(error)
    }

    /// Writes it. A database that does not say whether it did is asked once what stands there.
    async fn write(
        &self,
        key: &TokenKey,
        consent: &Consent,
        stored: Option<&TokenRow>,
    ) -> Result<UpsertOutcome, Error> {
        let expected = stored.map(TokenRow::marker);
        let written = self.tokens.upsert(key, consent, expected.as_ref()).await;
        let unclear = match written {
            Err(error) if error.is_transient() => error,
            clear => return Ok(clear?),
        };
        let epoch = expected.map_or(1, |at| at.epoch + 1);
        let is_ours = |row: &TokenRow| {
            row.incarnation == consent.incarnation
                && row.grant_epoch == epoch
                && row.sealed.as_ref() == Some(&consent.sealed)
        };
        let stands = self.tokens.get(key).await.ok().and_then(|it| it.row);
        match stands.filter(is_ours) {
            Some(row) => Ok(UpsertOutcome::Written(row.marker())),
            None => Err(ErrorKind::SavedOrNot(unclear).into()),
        }
    }

    /// The row that the consent would replace, with its account. Where any account may take its place,
    /// no sign-in fails for the question.
    async fn standing(&self, row: TokenRow, now: Timestamp) -> Result<TokenRow, Error> {
        match self.whose(&row, now).await {
            Err(error) if !self.options.allow_account_change => Err(error),
            asked => Ok(with_account(row, asked.ok().flatten())),
        }
    }

    /// Any other row with its account.
    async fn named(&self, row: TokenRow) -> Result<TokenRow, Error> {
        if row.account_id.is_some() {
            return Ok(row);
        }
        let now = self.tokens.get(&row.key).await?.now;
        let account = self.whose(&row, now).await?;
        Ok(with_account(row, account))
    }

    /// Whose a row is that names no account, as after an import: Google is asked whose its access token
    /// is. None where that cannot be known; an error where Google may say so later, since a stranger's
    /// consent must not take the place that one moment without an answer leaves open.
    async fn whose(&self, row: &TokenRow, now: Timestamp) -> Result<Option<UserInfo>, Error> {
        let known = row.account_id.is_some();
        if known || row.status == RowStatus::Revoked || row.expires_at <= now {
            return Ok(None);
        }
        let secrets = self.vault.open(row).ok().flatten();
        let Some(access) = secrets.and_then(|it| it.into_parts().0) else {
            return Ok(None);
        };
        let failed = match self.grants.userinfo(&access).await {
            Ok(account) => return Ok(Some(account)),
            Err(error) => error,
        };
        debug!(target: "toolgate_auth", row = %row.key.id(), error = %failed, "whose grant stands there is not known");
        // A token that may not ask whose it is, never will: only what passes is waited for.
        match failed.failure() {
            GrantFailure::Transient { .. } => Err(failed.into()),
            _ => Ok(None),
        }
    }

    /// A row that is being disconnected keeps its secrets until Google knows.
    fn check_not_disconnecting(&self, stored: Option<&TokenRow>) -> Result<(), Error> {
        if stored.is_some_and(|row| row.status == RowStatus::Disconnecting) {
            self.disconnects.finish_abandoned();
            return Err(refused(Refusal::DisconnectInProgress));
        }
        Ok(())
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
    pub(super) async fn check_not_twice(
        &self,
        key: &TokenKey,
        claims: &Claims,
    ) -> Result<(), Error> {
        if self.options.accounts == Accounts::One {
            return Ok(());
        }
        let rows = rows_of(&*self.tokens, key.principal(), key.service()).await?;
        let others = rows.into_iter().filter(|row| row.key != *key);
        for row in others.filter(is_connected) {
            let row = self.named(row).await?;
            if row.account_id.as_deref() == Some(&*claims.subject) {
                return Err(refused(Refusal::AccountTwice {
                    account: row.key.account_label().cloned(),
                }));
            }
        }
        Ok(())
    }

    fn consent(
        &self,
        key: &TokenKey,
        stored: Option<&TokenRow>,
        given: &Given<'_>,
    ) -> Result<Consent, Error> {
        let Given {
            answer,
            claims,
            connected,
        } = given;
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
            consented_scopes: connected.granted.to_vec(),
            token_scopes: connected.granted.to_vec(),
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

fn with_account(row: TokenRow, account: Option<UserInfo>) -> TokenRow {
    match account {
        Some(account) => TokenRow {
            account_id: Some(account.id),
            account_email: account.email,
            ..row
        },
        None => row,
    }
}

/// Where a consent stands once it is written over this row; its version is known then.
fn marker_of(consent: &Consent, stored: Option<&TokenRow>) -> Marker {
    Marker {
        incarnation: consent.incarnation.clone(),
        version: 0,
        epoch: stored.map_or(1, |row| row.grant_epoch + 1),
    }
}

/// The row that a consent replaced, as one that was disconnected or as one that was not.
fn split(stored: Option<TokenRow>) -> (Option<TokenRow>, Option<TokenRow>) {
    match stored {
        Some(row) if row.status == RowStatus::Revoked => (Some(row), None),
        other => (None, other),
    }
}
