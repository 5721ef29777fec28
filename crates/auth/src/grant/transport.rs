//! The seam below the OAuth requests: the HTTP client, or a closure in tests.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use http::{Request, Response};
use toolgate_http::HttpClient;

use super::GrantError;

/// Sends one request and follows nothing.
#[async_trait]
pub(super) trait Transport: Send + Sync + Debug {
    /// The answer whatever its status, or how far the request came.
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        deadline: Duration,
    ) -> Result<Response<Vec<u8>>, GrantError>;
}

#[async_trait]
impl Transport for HttpClient {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        deadline: Duration,
    ) -> Result<Response<Vec<u8>>, GrantError> {
        Self::send(self, request, deadline).await.map_err(|error| {
            if error.is_unsent() {
                GrantError::unsent("could not be reached")
            } else if error.is_timeout() {
                GrantError::unclear("did not answer in time")
            } else {
                GrantError::unclear("answered incompletely")
            }
        })
    }
}
