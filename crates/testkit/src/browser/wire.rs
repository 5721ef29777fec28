//! WebDriver's commands over the one HTTP client.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use thirtyfour::{
    error::{WebDriverError, WebDriverResult},
    session::http::{Body, HttpClient as Wire},
};
use toolgate_http::HttpClient;

/// Commands wait for pages to load.
const DEADLINE: Duration = Duration::from_mins(3);

/// A way to a driver.
#[derive(Debug)]
pub(super) struct ToDriver(HttpClient);

impl ToDriver {
    pub(super) fn new() -> Self {
        Self(HttpClient::new().unwrap())
    }
}

#[async_trait::async_trait]
impl Wire for ToDriver {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let request = request.map(|body| match body {
            Body::Empty => Vec::new(),
            Body::Json(json) => json.to_string().into_bytes(),
        });
        let answer = self.0.send(request, DEADLINE).await;
        let answer = answer.map_err(|error| WebDriverError::RequestFailed(error.to_string()))?;
        Ok(answer.map(Bytes::from))
    }

    async fn new(&self) -> Arc<dyn Wire> {
        Arc::new(Self::new())
    }
}
