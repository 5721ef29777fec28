//! How a hub's requests are made, whoever's token they carry: headers of ours, and a time limit.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::unfold;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Incoming, SizeHint};
use tokio::time::timeout;

use crate::error::Source;

/// What a request has beside its time for so many bytes a second: what a slow line has not carried yet
/// is no failure.
const SLOWEST: u64 = 32 * 1024;

/// What a hub reads.
pub(super) type Answer = UnsyncBoxBody<Bytes, Source>;

/// How a hub's requests are made.
#[derive(Clone, Debug, Default)]
pub struct HubCalls {
    headers: HeaderMap,
    timeout: Option<Duration>,
}

impl HubCalls {
    /// Each request bears this header, whatever the hub says in it.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// How long an answer may take to begin, beside the time for what the request carries, and how long
    /// each further piece of it. A hub whose answer does not begin in time gets status 504 from this
    /// process; one whose answer stops gets no end of it. Nothing bounds a request whose length nobody
    /// says before it is sent.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }

    /// Waits for the head of the answer to a request of this size.
    pub(super) async fn in_time<T, E: Into<Source>>(
        &self,
        size: SizeHint,
        asking: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, Source> {
        let (Some(time), Some(bytes)) = (self.timeout, size.exact()) else {
            return asking.await.map_err(Into::into);
        };
        let time = time + Duration::from_secs(bytes / SLOWEST);
        let answer = timeout(time, asking).await.map_err(|_| Late)?;
        answer.map_err(Into::into)
    }

    /// The answer as the hub reads it.
    pub(super) fn answer(&self, answer: Response<Incoming>) -> Response<Answer> {
        let Some(time) = self.timeout else {
            return answer.map(|body| body.map_err(Source::from).boxed_unsync());
        };
        answer.map(|body| {
            let pieces = unfold(Some(body), move |body| async move {
                let mut body = body?;
                match timeout(time, body.frame()).await {
                    Ok(frame) => frame.map(|frame| (frame.map_err(Source::from), Some(body))),
                    Err(_) => Some((Err(Late.into()), None)),
                }
            });
            StreamBody::new(pieces).boxed_unsync()
        })
    }
}

/// No answer, or no more of it, within the time for it.
#[derive(Debug)]
pub(super) struct Late;

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer within the time that a request may take")
    }
}

impl std::error::Error for Late {}

impl Late {
    /// What the hub is told, in the form of Google's own refusals, since it reads no other.
    pub(super) fn answer() -> Response<Answer> {
        let text = r#"{"error": {"code": 504, "status": "DEADLINE_EXCEEDED", "message": "no answer of google within the API timeout that was set; whether the request was processed is not known"}}"#;
        let body = Full::new(Bytes::from_static(text.as_bytes()));
        let mut answer = Response::new(body.map_err(|never| match never {}).boxed_unsync());
        *answer.status_mut() = StatusCode::GATEWAY_TIMEOUT;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        answer.headers_mut().insert(CONTENT_TYPE, json);
        answer
    }
}
