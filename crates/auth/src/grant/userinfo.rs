//! Asks Google whose token it is: a check that it still works.

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode};
use serde::Deserialize;

use super::{DEADLINE, GrantError, GrantFailure, Grants};
use crate::secret::AccessToken;

/// Whom a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct UserInfo {
    /// Google's `sub`, which this endpoint calls `id`.
    #[serde(alias = "sub")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
}

impl Grants {
    /// The account of an access token. A token that is refused is a grant that was revoked.
    pub(crate) async fn userinfo(&self, token: &AccessToken) -> Result<UserInfo, GrantError> {
        let unusable = || GrantError::unsent("its address is not usable");
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| unusable())?;
        bearer.set_sensitive(true);
        let request = Request::get(self.endpoints.userinfo().as_str())
            .header(AUTHORIZATION, bearer)
            .body(Vec::new())
            .map_err(|_| unusable())?;
        let response = self.transport.send(request, DEADLINE).await?;
        match response.status() {
            StatusCode::OK => serde_json::from_slice(response.body())
                .map_err(|_| GrantError::malformed("an answer that names nobody")),
            // A token that was not given for this; to ask again would change nothing.
            StatusCode::FORBIDDEN => Err(GrantError::malformed("no word on whose token it is")),
            StatusCode::UNAUTHORIZED => Err(GrantError::answered(GrantFailure::Revoked)),
            _ => Err(GrantError::from_response(&response)),
        }
    }
}
