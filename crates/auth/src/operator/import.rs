//! Takes a grant that comes from elsewhere into a row.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{ImportedGrant, Operator};
use crate::audit::{Actor, Event};
use crate::clock::random_256;
use crate::error::{Error, ErrorKind};
use crate::grant::{LONGEST, OAuthClient, rt_hash};
use crate::identity::TokenKey;
use crate::seal::Secrets;
use crate::store::{Consent, Incarnation, Marker, RowStatus, TokenRow, UpsertOutcome};
use crate::vault::Place;

/// How often a race with another write is run again.
const ATTEMPTS: usize = 5;

/// What may happen to a row that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "whoever imports says all of it")]
pub struct HowToImport {
    /// Whether a connection that stands may be replaced.
    pub overwrite: bool,
    /// Whether to say what would happen, and write nothing.
    pub dry_run: bool,
}

/// What became of a grant that was to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Imported {
    /// There was no connection.
    New,
    /// It took the place of the one that stood.
    Replaced,
    /// It took the place of one that is of another Google account.
    ReplacedAnother,
    /// The row is as it was.
    Kept(KeptBecause),
}

/// Why a row was left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeptBecause {
    /// A connection stands, and overwriting was not asked for.
    Stands,
    /// The same grant stands there already.
    SameGrant,
    /// The person has disconnected, and overwriting was not asked for.
    Disconnected,
    /// It is being disconnected, or Google suspended the account: not even an overwriting import
    /// brings it back.
    Barred,
}

impl Operator {
    /// Writes a grant into the row of `key`, sealed for it, as a grant of the client that it names.
    /// Nothing that stands is overwritten unless that is asked for, and then only as it was read.
    ///
    /// A document says nothing of whose grant it is. The account is the one that Google named
    /// ([`ImportedGrant::verified`]), or that the row names where it holds the same grant; otherwise
    /// it is unknown until a refresh tells it. Until then nobody can tell that two rows are of one
    /// account. A grant that stands there already is recorded as such, in case that the import that wrote
    /// it could not be. What the document says of its access token's end is believed for a day at most.
    ///
    /// # Errors
    /// When a key or the database fails, or other writes were always faster. Where the grant stands and
    /// the database took no record of it, that is [`Error::is_unrecorded`].
    pub async fn import(
        &self,
        key: &TokenKey,
        grant: &ImportedGrant,
        how: HowToImport,
    ) -> Result<Imported, Error> {
        for _ in 0..ATTEMPTS {
            let row = self.tokens.get(key).await?.row;
            let what = verdict(row.as_ref(), grant, how.overwrite);
            let same = matches!(what, Imported::Kept(KeptBecause::SameGrant));
            if let Some(row) = row.as_ref().filter(|_| same && !how.dry_run) {
                // The import that wrote it may have gone unrecorded.
                self.recorded(key, &row.marker(), what).await?;
            }
            if how.dry_run || matches!(what, Imported::Kept(_)) {
                return Ok(what);
            }
            let consent = self.consent(key, row.as_ref(), grant)?;
            let expected = row.as_ref().map(TokenRow::marker);
            let written = self.tokens.upsert(key, &consent, expected.as_ref()).await?;
            if let UpsertOutcome::Written(marker) = written {
                self.recorded(key, &marker, what).await?;
                return Ok(what);
            }
        }
        Err(ErrorKind::Conflict(
            "others wrote this consent meanwhile; it is not imported, try again",
        )
        .into())
    }

    /// Records that this very grant stands in the row, where it does, as an import of it would; nothing
    /// else is written, whatever stands there.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub async fn record_standing(
        &self,
        key: &TokenKey,
        grant: &ImportedGrant,
    ) -> Result<(), Error> {
        let row = self.tokens.get(key).await?.row;
        let same = Imported::Kept(KeptBecause::SameGrant);
        match row.filter(|row| is_same(row, grant)) {
            Some(row) => self.recorded(key, &row.marker(), same).await,
            None => Ok(()),
        }
    }

    async fn recorded(&self, key: &TokenKey, marker: &Marker, what: Imported) -> Result<(), Error> {
        let event = Event::of_grant(key, marker, "imported").by(Actor::Operator);
        let event = match what {
            Imported::Kept(_) => event.ended("same_grant"),
            _ => event
                .with("replaced", what != Imported::New)
                .with("account_changed", what == Imported::ReplacedAnother),
        };
        let refused = "the grant is stored, but the database did not take the event of its import";
        self.audit.require(event, refused).await
    }

    fn consent(
        &self,
        key: &TokenKey,
        row: Option<&TokenRow>,
        grant: &ImportedGrant,
    ) -> Result<Consent, Error> {
        let incarnation = row.map_or_else(
            || Incarnation::new(URL_SAFE_NO_PAD.encode(random_256(&*self.vault.random))),
            |row| row.incarnation.clone(),
        );
        let secrets = Secrets::of(grant.access.clone(), grant.refresh.clone())?;
        let place = Place {
            key,
            client_id: &grant.client_id,
            incarnation: &incarnation,
            epoch: row.map_or(1, |row| row.grant_epoch + 1),
        };
        let sealed = self.vault.seal(&place, &secrets)?;
        // Without an access token, or without a word on its end, it counts as expired. No token
        // lives longer than a day, whatever is said of it.
        let known = grant.expires_at.filter(|_| grant.access.is_some());
        let left = known.map(|at| at.since(self.clock.now()).min(LONGEST));
        let refresh = grant.refresh.as_ref();
        let (account_id, account_email) = account(row, grant);
        let scopes: Vec<String> = grant.scopes.clone().unwrap_or_default();
        Ok(Consent {
            incarnation,
            account_id,
            account_email,
            client_id: grant.client_id.clone(),
            sealed,
            consented_scopes: scopes,
            token_scopes: Vec::new(),
            expires_in: left.unwrap_or_default(),
            lifetime: left.unwrap_or_default(),
            refresh_expires_in: None,
            project: self.project_of(&grant.client_id),
            rt_hash: refresh.map(rt_hash),
            rt_prefix_mac: refresh.map(|it| self.vault.keys.rt_prefix_mac(it)),
        })
    }
}

impl Operator {
    /// The project that consents of the client are stored under.
    fn project_of(&self, client_id: &str) -> Option<String> {
        let ours = self.client.as_ref().filter(|it| it.id() == client_id);
        let of = ours.cloned().unwrap_or_else(|| OAuthClient::new(client_id));
        of.project().map(str::to_owned)
    }
}

fn verdict(row: Option<&TokenRow>, grant: &ImportedGrant, overwrite: bool) -> Imported {
    let Some(row) = row else {
        return Imported::New;
    };
    let barred = matches!(row.status, RowStatus::Disconnecting | RowStatus::Suspended);
    match (overwrite, row.status) {
        _ if barred => Imported::Kept(KeptBecause::Barred),
        (true, _) if is_of_another(row, grant) => Imported::ReplacedAnother,
        (true, _) => Imported::Replaced,
        (false, RowStatus::Revoked) => Imported::Kept(KeptBecause::Disconnected),
        (false, _) if is_same(row, grant) => Imported::Kept(KeptBecause::SameGrant),
        (false, _) => Imported::Kept(KeptBecause::Stands),
    }
}

/// Whether the row holds this very grant.
fn is_same(row: &TokenRow, grant: &ImportedGrant) -> bool {
    let hash = grant.refresh.as_ref().map(rt_hash);
    hash.is_some() && hash == row.rt_hash && row.client_id == grant.client_id
}

/// Whether the two are of different accounts, as far as both are known.
fn is_of_another(row: &TokenRow, grant: &ImportedGrant) -> bool {
    let accounts = row.account_id.as_ref().zip(grant.account.as_ref());
    accounts.is_some_and(|(before, now)| *before != now.id)
}

/// Whose the row will be, as (id, address): what Google said, or what is known of the same grant.
fn account(row: Option<&TokenRow>, grant: &ImportedGrant) -> (Option<String>, Option<String>) {
    if let Some(account) = &grant.account {
        return (Some(account.id.clone()), account.email.clone());
    }
    let known = row.filter(|row| is_same(row, grant));
    known.map_or((None, None), |row| {
        (row.account_id.clone(), row.account_email.clone())
    })
}
