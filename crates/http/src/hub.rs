//! The way of a hub's requests: through this process, so that what Google refuses is seen, then on by the pool.
//!
//! The generated crates take a client and nothing that sees its answers. So a hub's client connects to a relay here, over
//! a pipe in memory, and the relay asks Google.

mod calls;

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONNECTION, HOST, HeaderValue, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{Request, Response, StatusCode, Uri, Version};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tower_service::Service;

pub use self::calls::HubCalls;
use self::calls::{Answer, Late};
use crate::connector::{EndpointsConnector, check_allowed};
use crate::endpoints::Endpoints;
use crate::error::Source;

/// Bytes on the way between a hub and the relay.
const PIPE: usize = 64 * 1024;
/// The largest body that is kept until its answer is there, so that it can be sent again.
const KEPT: u64 = 8 * 1024 * 1024;

type HubBody = BoxBody<Bytes, hyper::Error>;

/// What the hubs of Google's generated crates send with.
pub type HubClient = Client<HubConnector, HubBody>;

/// What the relays of all hubs send with.
pub(crate) type HubPool = Client<EndpointsConnector, HubBody>;

/// What is told of a hub's requests.
pub trait HubWatch: fmt::Debug + Send + Sync {
    /// Google refused a request with 401, which bore this `Authorization`: whose token it was has to
    /// know. What comes back is sent in its place, once.
    fn refused(
        &self,
        authorization: HeaderValue,
    ) -> Pin<Box<dyn Future<Output = Option<HeaderValue>> + Send + '_>>;
}

/// Connects a hub of Google's generated crates to the relay in this process.
#[derive(Clone, Debug)]
pub struct HubConnector {
    pool: HubPool,
    endpoints: Endpoints,
    watch: Arc<dyn HubWatch>,
    calls: HubCalls,
}

impl HubConnector {
    pub(crate) fn new(
        pool: HubPool,
        endpoints: Endpoints,
        watch: Arc<dyn HubWatch>,
        calls: HubCalls,
    ) -> Self {
        Self {
            pool,
            endpoints,
            watch,
            calls,
        }
    }

    fn connect(&self, uri: Uri) -> Result<HubStream, Source> {
        check_allowed(&self.endpoints, &uri)?;
        let parts = uri.into_parts();
        let relay = Relay {
            pool: self.pool.clone(),
            watch: Arc::clone(&self.watch),
            calls: self.calls.clone(),
            scheme: parts.scheme.ok_or("the address has no scheme")?,
            authority: parts.authority.ok_or("the address has no host")?,
        };
        let (near, far) = tokio::io::duplex(PIPE);
        let service = service_fn(move |request| relay.clone().pass(request));
        tokio::spawn(async move {
            let served = http1::Builder::new().serve_connection(TokioIo::new(far), service);
            if let Err(error) = served.await {
                tracing::debug!(%error, "a hub's request ended without an answer");
            }
        });
        Ok(HubStream(TokioIo::new(near)))
    }
}

impl Service<Uri> for HubConnector {
    type Response = HubStream;
    type Error = Source;
    type Future = std::future::Ready<Result<HubStream, Source>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        std::future::ready(self.connect(uri))
    }
}

/// Takes a hub's requests on to one host.
#[derive(Clone)]
struct Relay {
    pool: HubPool,
    watch: Arc<dyn HubWatch>,
    calls: HubCalls,
    scheme: Scheme,
    authority: Authority,
}

impl Relay {
    async fn pass(self, request: Request<Incoming>) -> Result<Response<Answer>, Source> {
        match self.ask(request).await {
            Ok(answer) => Ok(self.calls.answer(answer)),
            Err(error) if error.is::<Late>() => Ok(Late::answer()),
            Err(error) => Err(error),
        }
    }

    async fn ask(&self, request: Request<Incoming>) -> Result<Response<Incoming>, Source> {
        let (mut parts, body) = request.into_parts();
        parts.uri = self.absolute(parts.uri)?;
        // They are of the one connection; the pool writes its own.
        for name in [HOST, CONNECTION, TRANSFER_ENCODING] {
            parts.headers.remove(name);
        }
        self.calls.write(&mut parts.headers);
        let is_kept = body.size_hint().exact().is_some_and(|size| size <= KEPT);
        if !is_kept {
            let authorization = parts.headers.get(AUTHORIZATION).cloned();
            let answer = self.send(parts, body.boxed()).await?;
            self.fresh(&answer, authorization).await;
            return Ok(answer);
        }
        let bytes = body.collect().await?.to_bytes();
        let answer = self.send(parts.clone(), whole(bytes.clone())).await?;
        let authorization = parts.headers.get(AUTHORIZATION).cloned();
        // What is refused so was not done: it can be sent again, whatever it is.
        let Some(fresh) = self.fresh(&answer, authorization).await else {
            return Ok(answer);
        };
        parts.headers.insert(AUTHORIZATION, fresh);
        self.send(parts, whole(bytes)).await
    }

    fn absolute(&self, uri: Uri) -> Result<Uri, Source> {
        let mut parts = uri.into_parts();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        Ok(Uri::from_parts(parts)?)
    }

    async fn send(&self, mut parts: Parts, body: HubBody) -> Result<Response<Incoming>, Source> {
        if let Some(authorization) = parts.headers.get_mut(AUTHORIZATION) {
            authorization.set_sensitive(true);
        }
        let size = body.size_hint();
        let asking = self.pool.request(Request::from_parts(parts, body));
        let mut answer = self.calls.in_time(size, asking).await?;
        *answer.version_mut() = Version::HTTP_11;
        for name in [CONNECTION, TRANSFER_ENCODING] {
            answer.headers_mut().remove(name);
        }
        Ok(answer)
    }

    /// Tells of a refusal; what to send in place of what was refused.
    async fn fresh(
        &self,
        answer: &Response<Incoming>,
        authorization: Option<HeaderValue>,
    ) -> Option<HeaderValue> {
        if answer.status() != StatusCode::UNAUTHORIZED {
            return None;
        }
        self.watch.refused(authorization?).await
    }
}

fn whole(bytes: Bytes) -> HubBody {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// A hub's end of the pipe.
#[derive(Debug)]
pub struct HubStream(TokioIo<DuplexStream>);

impl Connection for HubStream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for HubStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl Write for HubStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
