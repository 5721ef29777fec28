//! Ends the push notifications of a mailbox, which belong to the grant that is about to end.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode};

use super::{GrantError, GrantFailure, Grants};
use crate::secret::AccessToken;

impl Grants {
    /// Ends what `users.watch` of Gmail began for the account of an access token. Google says yes
    /// where there is nothing to end. A token that is refused is told as a revoked grant.
    pub(crate) async fn stop_gmail_watch(
        &self,
        token: &AccessToken,
        deadline: Duration,
    ) -> Result<(), GrantError> {
        let unusable = || GrantError::unsent("its address is not usable");
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| unusable())?;
        bearer.set_sensitive(true);
        let address = self.endpoints.gmail().join("users/me/stop");
        let request = Request::post(address.map_err(|_| unusable())?.as_str())
            .header(AUTHORIZATION, bearer)
            .body(Vec::new())
            .map_err(|_| unusable())?;
        let response = self.transport.send(request, deadline).await?;
        match response.status() {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            StatusCode::UNAUTHORIZED => Err(GrantError::answered(GrantFailure::Revoked)),
            _ => Err(GrantError::from_response(&response)),
        }
    }
}
