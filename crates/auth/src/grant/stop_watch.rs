//! Ends what Google pushes, which belongs to the grant that is about to end.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use serde_json::json;

use super::{GrantError, GrantFailure, Grants};
use crate::push::Push;
use crate::secret::AccessToken;

impl Grants {
    /// Ends one thing that Google pushes, for the account of an access token. Where there is nothing
    /// to end, it is ended. A token that is refused is told as a revoked grant.
    pub(crate) async fn stop_push(
        &self,
        push: &Push,
        token: &AccessToken,
        deadline: Duration,
    ) -> Result<(), GrantError> {
        let unusable = || GrantError::unsent("its address is not usable");
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| unusable())?;
        bearer.set_sensitive(true);
        let (address, body) = match push {
            Push::Mailbox => (self.endpoints.gmail().join("users/me/stop"), None),
            Push::Calendar(names) => (self.endpoints.calendar().join("channels/stop"), Some(names)),
            Push::Drive(names) => (self.endpoints.drive().join("channels/stop"), Some(names)),
        };
        let mut request =
            Request::post(address.map_err(|_| unusable())?.as_str()).header(AUTHORIZATION, bearer);
        let body = body.map(|names| json!({"id": names.id, "resourceId": names.resource_id}));
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map(|it| it.to_string().into_bytes());
        let request = request
            .body(body.unwrap_or_default())
            .map_err(|_| unusable())?;
        let response = self.transport.send(request, deadline).await?;
        match response.status() {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            // A channel that was stopped, or whose time is over.
            StatusCode::NOT_FOUND if *push != Push::Mailbox => Ok(()),
            StatusCode::UNAUTHORIZED => Err(GrantError::answered(GrantFailure::Revoked)),
            _ => Err(GrantError::from_response(&response)),
        }
    }
}
