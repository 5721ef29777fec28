//! Exchanges a refresh token for a new access token.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha512};

use super::answer::TokenAnswer;
use super::exchange::finish;
use super::{GrantError, Grants};
use crate::secret::RefreshToken;

impl Grants {
    /// Asks for a new access token, once.
    pub(crate) async fn refresh(
        &self,
        token: &RefreshToken,
        deadline: Duration,
    ) -> Result<TokenAnswer, GrantError> {
        let sent_at = self.clock.monotonic();
        let requests = self.requests();
        let token = oauth2::RefreshToken::new(token.expose().to_owned());
        let request = requests.exchange_refresh_token(&token);
        finish(request.request_async(&self.sender(deadline)).await, sent_at)
    }
}

/// The name that Google's security events give a refresh token.
pub(crate) fn rt_hash(token: &RefreshToken) -> String {
    STANDARD.encode(Sha512::digest(Sha512::digest(token.expose())))
}
