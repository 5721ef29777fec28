//! Revokes a grant. Google revokes all that the project holds of the account, not one token.

use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use serde::Deserialize;
use url::form_urlencoded;

use super::{DEADLINE, GrantError, Grants};
use crate::secret::{AccessToken, RefreshToken};

impl Grants {
    /// Revokes by a refresh token; a token that Google does not know any more is as good as revoked.
    ///
    /// Written by hand: the `oauth2` crate refuses a loopback address here, which an emulator has.
    pub(crate) async fn revoke(&self, token: &RefreshToken) -> Result<(), GrantError> {
        self.revoke_by(token.expose()).await
    }

    /// The same by an access token that has not ended, where no refresh token is known.
    pub(crate) async fn revoke_by_access(&self, token: &AccessToken) -> Result<(), GrantError> {
        self.revoke_by(token.expose()).await
    }

    async fn revoke_by(&self, token: &str) -> Result<(), GrantError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .finish();
        let request = Request::post(self.endpoints.revoke().as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .map_err(|_| GrantError::unsent("its address is not usable"))?;
        let response = self.transport.send(request, DEADLINE).await?;
        if response.status() == StatusCode::OK || is_unknown_token(&response) {
            return Ok(());
        }
        Err(GrantError::from_response(&response))
    }
}

#[derive(Deserialize)]
struct ErrorCode {
    error: String,
}

fn is_unknown_token(response: &http::Response<Vec<u8>>) -> bool {
    response.status() == StatusCode::BAD_REQUEST
        && serde_json::from_slice::<ErrorCode>(response.body())
            .is_ok_and(|body| body.error == "invalid_token")
}
