//! Seals the secrets of a grant for its row, and opens them again.

use std::sync::Arc;

use crate::clock::Random;
use crate::error::{Error, ErrorKind};
use crate::grant::OAuthClient;
use crate::identity::{TenantId, TokenKey, UserId};
use crate::keys::KeyRing;
use crate::seal::{ClearSecrets, EpochRule, SealContext, Secrets};
use crate::secret::ClientSecret;
use crate::store::{Incarnation, Sealed, TokenRow};

/// The key ring and what it needs.
#[derive(Debug, Clone)]
pub(crate) struct Vault {
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) random: Arc<dyn Random>,
    /// For a store in another program's format; grants are not sealed then.
    pub(crate) clear: Option<InClear>,
}

/// What a store in another program's format is given with the secrets of a grant.
#[derive(Debug, Clone)]
pub(crate) struct InClear {
    client_secret: Option<ClientSecret>,
}

impl InClear {
    pub(crate) fn of(client: &OAuthClient) -> Self {
        Self {
            client_secret: client.secret().cloned(),
        }
    }
}

/// The row that secrets are sealed for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) key: &'a TokenKey,
    pub(crate) client_id: &'a str,
    pub(crate) incarnation: &'a Incarnation,
    pub(crate) epoch: i64,
}

impl Vault {
    /// Seals secrets for a row as it will be.
    pub(crate) fn seal(&self, place: &Place<'_>, secrets: &Secrets) -> Result<Sealed, Error> {
        if let Some(clear) = &self.clear {
            let secret = clear.client_secret.as_ref();
            return Ok(ClearSecrets::new(secrets, secret).to_sealed());
        }
        let row = place.key.id();
        let bytes = secrets.to_bytes()?;
        self.keys
            .seal(&context(place, row.as_str()), &bytes, &*self.random)
    }

    /// Opens the secrets of a row; none where they were wiped. The secrets must be of the row's
    /// own epoch: older ones are good for a disconnect only.
    pub(crate) fn open(&self, row: &TokenRow) -> Result<Option<Secrets>, Error> {
        self.open_by(row, EpochRule::Exactly(row.grant_epoch))
    }

    fn open_by(&self, row: &TokenRow, rule: EpochRule) -> Result<Option<Secrets>, Error> {
        let Some(sealed) = &row.sealed else {
            return Ok(None);
        };
        if self.clear.is_some() {
            let clear = ClearSecrets::from_sealed(sealed).and_then(ClearSecrets::into_secrets);
            let row = || row.key.id().as_str().to_owned();
            return clear
                .map(Some)
                .ok_or_else(|| ErrorKind::Tampered { row: row() }.into());
        }
        let id = row.key.id();
        let opened = self
            .keys
            .open(&context(&place_of(row), id.as_str()), sealed, rule)?;
        Secrets::from_bytes(&opened.bytes).map(Some)
    }

    /// The secrets of a row under the active key, for the epoch that they were sealed for; none where
    /// they were wiped. With them goes the name of the refresh token under that key: what the old key
    /// named is found by nobody who has the new one alone.
    pub(crate) fn reseal(&self, row: &TokenRow) -> Result<Option<(Sealed, Option<String>)>, Error> {
        let Some(sealed) = &row.sealed else {
            return Ok(None);
        };
        let id = row.key.id();
        let context = context(&place_of(row), id.as_str());
        let opened = self.keys.open(&context, sealed, EpochRule::AnyOlder)?;
        let context = SealContext {
            epoch: opened.sealed_epoch,
            ..context
        };
        let sealed = self.keys.seal(&context, &opened.bytes, &*self.random)?;
        let refresh = Secrets::from_bytes(&opened.bytes)?.refresh;
        let named = refresh.map(|it| self.keys.rt_prefix_mac(&it));
        Ok(Some((sealed, named)))
    }

    /// Opens the secrets of a row that is being disconnected, whose epoch was raised since they
    /// were sealed.
    pub(crate) fn open_older(&self, row: &TokenRow) -> Result<Option<Secrets>, Error> {
        self.open_by(row, EpochRule::AnyOlder)
    }
}

fn place_of(row: &TokenRow) -> Place<'_> {
    Place {
        key: &row.key,
        client_id: &row.client_id,
        incarnation: &row.incarnation,
        epoch: row.grant_epoch,
    }
}

fn context<'a>(place: &Place<'a>, row: &'a str) -> SealContext<'a> {
    let principal = place.key.principal();
    SealContext {
        tenant: principal.tenant().map(TenantId::as_str),
        user: principal.user().map(UserId::as_str),
        row,
        column: "token_data",
        client_id: place.client_id,
        incarnation: place.incarnation.as_str(),
        epoch: place.epoch,
    }
}
