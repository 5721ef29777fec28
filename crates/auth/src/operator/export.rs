//! Hands out the tokens of one grant, for a program that keeps them itself.

use super::{Operator, TokenDocument};
use crate::audit::{Actor, Event};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorKind};
use crate::identity::TokenKey;
use crate::secret::{AccessToken, ClientSecret, RefreshToken};
use crate::store::{AuthorizedUser, Others, RowStatus};

/// A grant as it leaves the database.
#[derive(Debug, Clone)]
pub struct ExportedGrant {
    access: Option<AccessToken>,
    refresh: Option<RefreshToken>,
    client_id: String,
    scopes: Vec<String>,
    expires_at: Timestamp,
    email: Option<String>,
}

impl Operator {
    /// The tokens of one grant, which stays as it is; none where there is none, or its secrets were
    /// wiped. That they were handed out is recorded first, or they are not.
    ///
    /// # Errors
    /// When the grant does not work, the row does not open, or the database cannot be asked, or takes
    /// no record ([`Error::is_unrecorded`]).
    pub async fn export(&self, key: &TokenKey) -> Result<Option<ExportedGrant>, Error> {
        let fetched = self.tokens.get(key).await?;
        let Some(row) = fetched.row.filter(|row| row.sealed.is_some()) else {
            return Ok(None);
        };
        if row.status != RowStatus::Active {
            return Err(ErrorKind::Conflict(
                "this consent does not work any more, or is being disconnected; it is not handed out",
            )
            .into());
        }
        let Some(secrets) = self.vault.open(&row)? else {
            return Ok(None);
        };
        let event = Event::of_grant(key, &row.marker(), "exported").by(Actor::Operator);
        let refused =
            "the grant is not handed out, since the database did not take the event of it";
        self.audit.require(event, refused).await?;
        let (access, refresh) = secrets.into_parts();
        // By this machine's clock, as who reads it will.
        let left = row.expires_at.since(fetched.now);
        Ok(Some(ExportedGrant {
            access,
            refresh,
            client_id: row.client_id,
            scopes: row.consented_scopes,
            expires_at: self.clock.now().after(left),
            email: row.account_email,
        }))
    }
}

impl ExportedGrant {
    /// The OAuth client that it belongs to: its secret goes with the grant.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The scopes that were granted.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The document that Python's google-auth reads, and refreshes with the client's secret.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn to_authorized_user(
        &self,
        client_secret: Option<&ClientSecret>,
    ) -> Result<TokenDocument, Error> {
        let document = AuthorizedUser {
            access: self.access.clone(),
            refresh: self.refresh.clone(),
            client_id: self.client_id.clone(),
            client_secret: client_secret.cloned(),
            scopes: Some(self.scopes.clone()),
            expiry: Some(self.expires_at),
            others: Others::default().of_account(self.email.as_deref()),
        };
        let bytes = document.to_bytes();
        let bytes = bytes.map_err(|_| ErrorKind::Internal("a grant could not be written"))?;
        Ok(TokenDocument(bytes))
    }
}
