//! Other names for accounts that are connected, and another default one.

use std::time::Duration;

use super::{BoundGoogleAuth, Inner};
use crate::accounts::is_connected;
use crate::audit::{Actor, Event};
use crate::error::{Error, ErrorKind};
use crate::guard::pace;
use crate::identity::{AccountLabel, Principal, TokenKey};
use crate::store::{Marker, RowStatus, Sealed, TokenRow};
use crate::vault::Place;

/// How often a row is looked at that others refresh or write meanwhile, for about ten seconds in all.
const ATTEMPTS: u32 = 24;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// A name is free so long after its account was disconnected: a consent that comes soon after a
/// revocation is looked at with care, by the row that tells of it.
const NAME_RESTS: Duration = Duration::from_mins(1);

impl BoundGoogleAuth {
    /// Calls one of a person's connected accounts something else; none is the default account. The
    /// grant stays as it is, and nothing that was under way for the old name is written to whatever has
    /// that name later. This process knows the new name at once, others within a minute.
    ///
    /// # Errors
    /// When [`with_several_accounts`](crate::GoogleAuthBuilder::with_several_accounts) was not said,
    /// there is no such account ([`Error::is_configuration`] too), or the name is one that no label has. [`Error::is_conflict`] where it
    /// is another account's of the person; transient where the account is refreshed all the time, the
    /// name was given up less than a minute ago, or the database cannot be asked.
    pub async fn relabel(
        &self,
        principal: &Principal,
        from: Option<&AccountLabel>,
        to: Option<&AccountLabel>,
    ) -> Result<(), Error> {
        self.0.check_several()?;
        self.0.check_label(to)?;
        let (old, new) = (
            self.0.key(principal, from.cloned()),
            self.0.key(principal, to.cloned()),
        );
        self.0.connected(&old).await?;
        if old == new {
            return Ok(());
        }
        for tries in 0..ATTEMPTS {
            let row = self.0.connected(&old).await?;
            self.0.make_room(&new).await?;
            if let Some(marker) = self.0.rename(&row, &new).await? {
                self.0.told(&old, &new, &marker).await;
                return Ok(());
            }
            let pause = pace::again(tries, LONGEST_PAUSE, &*self.0.vault.random);
            tokio::time::sleep(pause).await;
        }
        Err(later("the connection is refreshed or changed all the time"))
    }

    /// Makes one of a person's labelled accounts their default one. The default account there is gets
    /// the name `old_default`, and has to get one: first it, so that whatever comes in between both stay
    /// connected.
    ///
    /// # Errors
    /// As [`relabel`](Self::relabel), and when there is a default account and no name for it: nothing
    /// is changed then.
    pub async fn make_default(
        &self,
        principal: &Principal,
        label: &AccountLabel,
        old_default: Option<&AccountLabel>,
    ) -> Result<(), Error> {
        self.0.check_several()?;
        let label = Some(label);
        self.0
            .connected(&self.0.key(principal, label.cloned()))
            .await?;
        let standing = self.0.tokens.get(&self.0.key(principal, None)).await?.row;
        if standing.is_some_and(|row| is_connected(&row)) {
            if old_default.is_none() {
                return Err(Error::configuration(
                    "the person has a default account already: give the name that it is to have now",
                ));
            }
            self.relabel(principal, None, old_default).await?;
        }
        self.relabel(principal, label, None).await
    }
}

impl Inner {
    fn check_several(&self) -> Result<(), Error> {
        if self.google.has_several_accounts() {
            return Ok(());
        }
        Err(Error::configuration(
            "names for Google accounts need GoogleAuth::builder(..).with_several_accounts()",
        ))
    }

    fn key(&self, principal: &Principal, label: Option<AccountLabel>) -> TokenKey {
        TokenKey::new(principal.clone(), self.service.clone()).with_account_label(label)
    }

    async fn connected(&self, key: &TokenKey) -> Result<TokenRow, Error> {
        let row = self.tokens.get(key).await?.row;
        row.filter(is_connected)
            .ok_or_else(|| Error::configuration("the person has connected no account of that name"))
    }

    /// A row that tells of a disconnect gives its name up; one that is connected does not.
    async fn make_room(&self, new: &TokenKey) -> Result<(), Error> {
        let fetched = self.tokens.get(new).await?;
        let Some(row) = fetched.row else {
            return Ok(());
        };
        if is_connected(&row) {
            let taken = "another account of the person has that name; choose another one";
            return Err(ErrorKind::Conflict(taken).into());
        }
        let ended = row.status == RowStatus::Revoked;
        if !ended || fetched.now.since(row.updated_at) < NAME_RESTS {
            return Err(later("the account of that name was disconnected just now"));
        }
        self.tokens.delete(new, &row.incarnation).await?;
        Ok(())
    }

    /// Moves the row, unless somebody refreshes or writes it. A token that this process could not
    /// save yet is the row's newest, and is saved under its old name first.
    async fn rename(&self, row: &TokenRow, new: &TokenKey) -> Result<Option<Marker>, Error> {
        if self.guard.has_unsaved(row) {
            return Ok(None);
        }
        let sealed = self.sealed_for(row, new)?;
        let at = row.marker();
        let renamed = self.tokens.rename(&row.key, &at, new, &sealed).await?;
        self.guard.forget(&row.key).await;
        self.guard.forget(new).await;
        Ok(renamed)
    }

    fn sealed_for(&self, row: &TokenRow, new: &TokenKey) -> Result<Sealed, Error> {
        let secrets = self.vault.open(row)?;
        let gone = "the connection ended meanwhile";
        let secrets = secrets.ok_or(ErrorKind::Conflict(gone))?;
        let place = Place {
            key: new,
            client_id: &row.client_id,
            incarnation: &row.incarnation,
            epoch: row.grant_epoch + 1,
        };
        self.vault.seal(&place, &secrets)
    }

    async fn told(&self, old: &TokenKey, new: &TokenKey, marker: &Marker) {
        let event = Event::of_grant(new, marker, "relabelled").by(Actor::Application);
        let event = event.with("from", name(old)).with("to", name(new));
        self.audit.record(event).await;
    }
}

fn name(key: &TokenKey) -> &str {
    let label = key.account_label();
    label.map_or(AccountLabel::DEFAULT, AccountLabel::as_str)
}

fn later(what: &'static str) -> Error {
    let retry_after = Some(Duration::from_secs(5));
    ErrorKind::Transient { what, retry_after }.into()
}
