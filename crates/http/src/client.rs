//! The client: one pool, one deadline per request, no redirects.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
    USER_AGENT,
};
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::body::{self, BodyProblem};
use crate::connector::{Connector, EndpointsConnector};
use crate::endpoints::Endpoints;
use crate::error::{Error, ErrorKind, Source};
use crate::hub::{HubCalls, HubClient, HubConnector, HubPool, HubWatch};
use crate::stream::{BodyStream, StreamDeadlines};

/// The largest mail that Gmail takes in (50 MB) in base64, and some room.
const DEFAULT_MAX_BODY: usize = 80 * 1024 * 1024;
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const SECRET_HEADERS: [HeaderName; 6] = [
    AUTHORIZATION,
    PROXY_AUTHORIZATION,
    COOKIE,
    // What the providers of language models call it.
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
    HeaderName::from_static("api-key"),
];

/// The HTTP client. Cloning is cheap, and clones share one pool of connections.
///
/// Whatever the status, an answer is an answer: `Err` means that there is none.
#[derive(Clone, Debug)]
pub struct HttpClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: Client<Connector, Full<Bytes>>,
    user_agent: HeaderValue,
    max_body: usize,
    connector: Connector,
    hubs: Mutex<Vec<(Endpoints, HubPool)>>,
}

/// Answers on a machine of Google Cloud's without leaving it, and speaks no TLS.
pub(crate) const METADATA_HOST: &str = "metadata.google.internal";

/// How many sets of endpoints have a pool for hubs at once; a program has one.
const HUB_POOLS: usize = 4;

impl HttpClient {
    /// A client that trusts the public certificate authorities.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A client to configure.
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::default()
    }

    /// Sends a request and reads the answer whole, within `deadline` in total.
    ///
    /// Asks for gzip and takes it off; status and headers stay as they are. Nothing is followed
    /// and nothing is repeated, except where a pooled connection turned out to be closed before
    /// anything was written.
    ///
    /// # Errors
    /// When there is no complete answer; the error tells whether the request can have been
    /// processed.
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
        deadline: Duration,
    ) -> Result<Response<Vec<u8>>, Error> {
        self.send_prepared(self.prepare(request, "gzip"), deadline)
            .await
    }

    /// [`send`](Self::send) with a body that the caller keeps, to send it again if need be: it is
    /// not copied.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_shared(
        &self,
        request: Request<Arc<Vec<u8>>>,
        deadline: Duration,
    ) -> Result<Response<Vec<u8>>, Error> {
        let request = request.map(|body| Bytes::from_owner(SharedBody(body)));
        self.send_prepared(self.prepare(request, "gzip"), deadline)
            .await
    }

    async fn send_prepared(
        &self,
        request: Request<Full<Bytes>>,
        deadline: Duration,
    ) -> Result<Response<Vec<u8>>, Error> {
        let host = host_of(request.uri())?;
        let answer = tokio::time::timeout(deadline, self.exchange(request, &host)).await;
        match answer {
            Ok(answer) => answer,
            Err(_) => Err(Error::from(ErrorKind::Timeout {
                host,
                after: deadline,
            })),
        }
    }

    /// Sends a request and gives the answer as soon as its head is there; the body is read as it
    /// comes. Asks for no encoding, so that each piece can be read at once.
    ///
    /// # Errors
    /// When there is no answer, or it is encoded all the same.
    pub async fn open(
        &self,
        request: Request<Vec<u8>>,
        deadlines: StreamDeadlines,
    ) -> Result<Response<BodyStream>, Error> {
        let host = host_of(request.uri())?;
        let asking = self.0.pool.request(self.prepare(request, "identity"));
        let answer = tokio::time::timeout(deadlines.head, asking).await;
        let silent = ErrorKind::Timeout {
            host: host.clone(),
            after: deadlines.head,
        };
        let answer = answer.map_err(|_| silent)?;
        let answer = answer.map_err(|e| classify(&host, e))?;
        tracing::trace!(host, status = answer.status().as_u16(), "answer begins");
        let (parts, incoming) = answer.into_parts();
        let wait = deadlines.piece;
        let body = BodyStream::new(&parts.headers, incoming, host, wait, self.0.max_body)?;
        Ok(Response::from_parts(parts, body))
    }

    /// The way to Google for a hub of Google's generated crates, and for nothing else: it has no
    /// deadline but that of `calls`, no bound on answers and no gzip. It connects to these endpoints
    /// only, and all hubs of this client share its connections. `watch` is told of what Google refuses
    /// with 401.
    pub fn for_hub(
        &self,
        endpoints: &Endpoints,
        watch: Arc<dyn HubWatch>,
        calls: HubCalls,
    ) -> HubClient {
        pool(HubConnector::new(
            self.hub_pool(endpoints),
            endpoints.clone(),
            watch,
            calls,
        ))
    }

    fn hub_pool(&self, endpoints: &Endpoints) -> HubPool {
        let mut hubs = self.0.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = hubs.iter().find(|(known, _)| known == endpoints) {
            return client.clone();
        }
        let connector = EndpointsConnector::new(self.0.connector.clone(), endpoints.clone());
        let client = pool(connector);
        if hubs.len() == HUB_POOLS {
            hubs.remove(0);
        }
        hubs.push((endpoints.clone(), client.clone()));
        client
    }

    fn prepare(
        &self,
        request: Request<impl Into<Bytes>>,
        encoding: &'static str,
    ) -> Request<Full<Bytes>> {
        let (mut parts, body) = request.into_parts();
        let headers = &mut parts.headers;
        headers
            .entry(ACCEPT_ENCODING)
            .or_insert(HeaderValue::from_static(encoding));
        headers
            .entry(USER_AGENT)
            .or_insert_with(|| self.0.user_agent.clone());
        for name in SECRET_HEADERS {
            if let Some(value) = headers.get_mut(name) {
                value.set_sensitive(true);
            }
        }
        Request::from_parts(parts, Full::new(body.into()))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        host: &str,
    ) -> Result<Response<Vec<u8>>, Error> {
        let answer = self.0.pool.request(request).await;
        let (mut parts, incoming) = answer.map_err(|e| classify(host, e))?.into_parts();
        tracing::trace!(host, status = parts.status.as_u16(), "answer begins");
        let body = body::collect(&mut parts.headers, incoming, self.0.max_body)
            .await
            .map_err(|problem| self.body_error(host, problem))?;
        Ok(Response::from_parts(parts, body))
    }

    fn body_error(&self, host: &str, problem: BodyProblem) -> Error {
        let host = host.to_owned();
        Error::from(match problem {
            BodyProblem::TooLarge => ErrorKind::TooLarge {
                host,
                limit: self.0.max_body,
            },
            BodyProblem::Broken(source) => ErrorKind::Broken {
                host,
                source: source.into(),
            },
            BodyProblem::Encoding => ErrorKind::Encoding { host },
        })
    }
}

/// Bytes that the caller of a request keeps.
struct SharedBody(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBody {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The host to name in errors; refuses what must not be asked at all.
fn host_of(uri: &Uri) -> Result<String, Error> {
    let refuse = |problem| Error::configuration("request's URL", problem);
    let host = uri.host().ok_or_else(|| refuse("it names no host"))?;
    match uri.scheme_str() {
        Some("https") => Ok(host.to_owned()),
        Some("http") if is_loopback(host) || host == METADATA_HOST => Ok(host.to_owned()),
        Some("http") => Err(Error::from(ErrorKind::PlainHttp {
            host: host.to_owned(),
        })),
        _ => Err(refuse("its scheme is neither https nor http")),
    }
}

/// Whether a host, as it stands in a URL, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn classify(host: &str, error: hyper_util::client::legacy::Error) -> Error {
    let host = host.to_owned();
    let connecting = error.is_connect();
    let cancelled = was_cancelled(&error);
    let source: Source = error.into();
    Error::from(if connecting {
        ErrorKind::Connect { host, source }
    } else if cancelled {
        ErrorKind::NotSent { host, source }
    } else {
        ErrorKind::Broken { host, source }
    })
}

/// hyper's word for "dropped before it was processed".
fn was_cancelled(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(error) = current.downcast_ref::<hyper::Error>() {
            return error.is_canceled();
        }
        next = current.source();
    }
    false
}

/// Configures an [`HttpClient`].
///
/// ```
/// use std::time::Duration;
/// use toolgate_http::HttpClient;
///
/// let client = HttpClient::builder()
///     .with_user_agent("my-agent/1.0")
///     .with_connect_timeout(Duration::from_secs(5))
///     .with_max_body(10 * 1024 * 1024)
///     .build()?;
/// # let _ = client;
/// # Ok::<(), toolgate_http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpClientBuilder {
    roots: Vec<Vec<u8>>,
    user_agent: String,
    max_body: usize,
    connect_timeout: Duration,
}

impl Default for HttpClientBuilder {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            user_agent: concat!("toolgate/", env!("CARGO_PKG_VERSION"), " (gzip)").to_owned(),
            max_body: DEFAULT_MAX_BODY,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
        }
    }
}

impl HttpClientBuilder {
    /// Trusts the certificate authorities in this PEM text too, beside the public ones.
    #[must_use]
    pub fn with_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.roots.push(pem.to_vec());
        self
    }

    /// Names the application to its peers. Google sends gzip only to agents whose name holds the
    /// word `gzip`, so it is added where it is missing.
    #[must_use]
    pub fn with_user_agent(self, user_agent: impl Into<String>) -> Self {
        let mut user_agent = user_agent.into();
        if !user_agent.contains("gzip") {
            user_agent.push_str(" (gzip)");
        }
        Self { user_agent, ..self }
    }

    /// Refuses answers over this many bytes, on the wire and decoded.
    #[must_use]
    pub fn with_max_body(self, bytes: usize) -> Self {
        Self {
            max_body: bytes,
            ..self
        }
    }

    /// How long connecting may take, TLS included.
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self {
            connect_timeout: timeout,
            ..self
        }
    }

    /// Makes the client.
    ///
    /// # Errors
    /// When a root certificate cannot be read, or the user agent is not a legal header value.
    pub fn build(self) -> Result<HttpClient, Error> {
        let user_agent = HeaderValue::try_from(self.user_agent)
            .map_err(|_| Error::configuration("user agent", "it is not a legal header value"))?;
        let connector = Connector::new(&self.roots, self.connect_timeout)?;
        Ok(HttpClient(Arc::new(Inner {
            pool: pool(connector.clone()),
            user_agent,
            max_body: self.max_body,
            connector,
            hubs: Mutex::default(),
        })))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that makes the one client"
)]
fn pool<C, B>(connector: C) -> Client<C, B>
where
    C: Connect + Clone,
    B: hyper::body::Body + Send,
    B::Data: Send,
{
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(55))
        .pool_max_idle_per_host(32)
        .http2_adaptive_window(true)
        .http2_keep_alive_interval(Duration::from_secs(20))
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .build(connector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_carry_secrets_are_marked_so_that_no_log_prints_them() {
        let mut request = Request::get("https://example.com/");
        for name in SECRET_HEADERS {
            request = request.header(name, "CANARYsecret-header");
        }
        let request = request.body(Vec::<u8>::new()).unwrap();
        let request = HttpClient::new().unwrap().prepare(request, "gzip");
        let printed = format!("{:?}", request.headers());
        assert!(!printed.contains("CANARY"), "{printed}");
        assert_eq!(printed.matches("Sensitive").count(), SECRET_HEADERS.len());
    }
}
