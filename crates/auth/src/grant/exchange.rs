//! Exchanges an authorization code for tokens. Once: a code that may have been seen is spent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{Response, StatusCode};
use oauth2::basic::BasicErrorResponse;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, PkceCodeVerifier, RequestTokenError};

use super::answer::{TokenAnswer, Wire};
use super::error::Sent;
use super::transport::Transport;
use super::{DEADLINE, GrantError, Grants};
use crate::clock::Clock;
use crate::secret::{AuthorizationCode, PkceVerifier};

type Failed = RequestTokenError<GrantError, BasicErrorResponse>;

impl Grants {
    /// Exchanges a code.
    pub(crate) async fn exchange(
        &self,
        code: &AuthorizationCode,
        verifier: &PkceVerifier,
        redirect_uri: &str,
    ) -> Result<TokenAnswer, GrantError> {
        let sent_at = self.clock.monotonic();
        let requests = self.requests();
        let request = requests
            .exchange_code(oauth2::AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .add_extra_param("redirect_uri", redirect_uri);
        finish(request.request_async(&self.sender(DEADLINE)).await, sent_at)
    }

    pub(super) fn sender(&self, deadline: Duration) -> Sender {
        Sender {
            transport: Arc::clone(&self.transport),
            clock: Arc::clone(&self.clock),
            deadline,
        }
    }
}

/// Sends the requests of the `oauth2` crate, and keeps every answer but a 200 from it: its errors
/// carry bodies. What certainly did not leave is sent once more within the deadline; anything else
/// could have been processed. A type of its own rather than a closure, so that what awaits it can be sent to
/// another thread.
pub(super) struct Sender {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    deadline: Duration,
}

impl<'c> AsyncHttpClient<'c> for Sender {
    type Error = GrantError;
    type Future = BoxFuture<'c, Result<HttpResponse, GrantError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        async move {
            let start = self.clock.monotonic();
            let first = self.transport.send(request.clone(), self.deadline).await;
            let spent = self.clock.monotonic().saturating_duration_since(start);
            let left = self.deadline.saturating_sub(spent);
            let response: Response<Vec<u8>> = match first {
                Err(error) if error.sent() == Sent::No && !left.is_zero() => {
                    self.transport.send(request, left).await?
                }
                first => first?,
            };
            if response.status() == StatusCode::OK {
                return Ok(response);
            }
            Err(GrantError::from_response(&response))
        }
        .boxed()
    }
}

/// What the crate made of the answer, without the body that its error holds.
pub(super) fn finish(
    result: Result<Wire, Failed>,
    sent_at: Instant,
) -> Result<TokenAnswer, GrantError> {
    match result {
        Ok(wire) => TokenAnswer::from_wire(wire, sent_at),
        Err(RequestTokenError::Request(error)) => Err(error),
        Err(_) => Err(GrantError::malformed("an answer that is no token answer")),
    }
}
