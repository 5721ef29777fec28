//! One person's grant as a token storage.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use toolgate_auth::{
    AccessToken, BoundGoogleAuth, Error, GrantTokens, KeptGrant, Principal, RefreshToken, Timestamp,
};
use tracing::{debug, warn};
use yup_oauth2::storage::{TokenInfo, TokenStorage, TokenStorageError};

/// Google's access tokens live so long. An answer that names no end is not one of a token without one.
pub(crate) const LIFETIME: Duration = Duration::from_hours(1);

/// The grant of one fixed person, as [`TokenStorage`]. Each person has an authenticator of their own.
///
/// `get` serves the grant where it works and its consent covers the scopes that are asked for, word for
/// word; it is refreshed by the guard first where that is due. `set` writes a refresh of the grant that
/// was read: the scopes of its consent stay, its refresh token is never cleared, and nothing is written
/// that follows from a consent which was replaced or ended meanwhile. See the
/// [crate's page](crate) for what yup-oauth2 itself does not promise.
#[derive(Debug)]
pub struct GrantStorage {
    grant: KeptGrant,
}

impl GrantStorage {
    /// The grant of this person, in the store that the `GoogleAuth` is bound to.
    ///
    /// # Errors
    /// When that is a token file and the person is not the anonymous user.
    pub fn new(google: &BoundGoogleAuth, person: &Principal) -> Result<Self, Error> {
        let grant = google.kept_grant(person)?;
        Ok(Self { grant })
    }

    fn tokens(&self, token: &TokenInfo) -> Result<GrantTokens, TokenStorageError> {
        let access = token.access_token.as_deref().ok_or_else(|| {
            let refused = "an answer without an access token is not stored: google failed, and what \
                           is stored stays";
            TokenStorageError::Other(refused.into())
        })?;
        let refresh = token.refresh_token.as_deref().map(RefreshToken::parse);
        let now = self.grant.now();
        let expires_at = match token.expires_at {
            Some(end) => timestamp(end),
            None => now.after(LIFETIME),
        };
        Ok(GrantTokens {
            access: AccessToken::parse(access).map_err(|error| failed(&error))?,
            refresh: refresh.transpose().map_err(|error| failed(&error))?,
            expires_at,
        })
    }
}

#[async_trait]
impl TokenStorage for GrantStorage {
    async fn set(&self, scopes: &[&str], token: TokenInfo) -> Result<(), TokenStorageError> {
        let tokens = self.tokens(&token)?;
        self.grant
            .write(scopes, &tokens)
            .await
            .map_err(|error| failed(&error))
    }

    async fn get(&self, scopes: &[&str]) -> Option<TokenInfo> {
        let tokens = match self.grant.read(scopes).await {
            Ok(tokens) => tokens,
            Err(error) => {
                warn!(%error, "a stored grant cannot be served, and yup-oauth2 takes it for missing");
                None
            }
        };
        debug!(found = tokens.is_some(), "yup-oauth2 asks for a grant");
        let tokens = tokens?;
        Some(TokenInfo {
            access_token: Some(tokens.access.expose().to_owned()),
            refresh_token: tokens.refresh.map(|it| it.expose().to_owned()),
            expires_at: Some(time_of(tokens.expires_at)),
            id_token: None,
        })
    }
}

/// The words of an error, which hold no secret.
fn failed(error: &Error) -> TokenStorageError {
    TokenStorageError::Other(error.to_string().into())
}

fn timestamp(time: OffsetDateTime) -> Timestamp {
    let millis = time.unix_timestamp_nanos() / 1_000_000;
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// Beyond the calendar of `time`, which ends with the year 9999, the token has expired: it is refreshed.
fn time_of(time: Timestamp) -> OffsetDateTime {
    let nanos = i128::from(time.as_millis()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        for millis in [0, 1, 1_893_553_445_678, -1] {
            let time = Timestamp::from_millis(millis);
            assert_eq!(timestamp(time_of(time)), time);
        }
        let end = time_of(Timestamp::from_millis(i64::MAX));
        assert_eq!(end, OffsetDateTime::UNIX_EPOCH);
    }
}
