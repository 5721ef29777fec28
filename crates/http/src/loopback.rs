//! The loopback listener: receives the browser of an installed application.

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use url::Url;

use crate::error::{Error, ErrorKind};

const MAX_BODY: usize = 64 * 1024;
const MAX_CONNECTIONS: usize = 32;
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// What a handler made of a request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Served {
    /// Answer, and wait for the next request.
    Continue(Response<String>),
    /// Answer, and close when the answer is out.
    Done(Response<String>),
}

impl Served {
    /// A 404, and wait on: for paths that are not the handler's.
    pub fn not_found() -> Self {
        Self::Continue(plain(StatusCode::NOT_FOUND, "not found"))
    }
}

/// A listener on this machine's loopback address, for one sign-in.
///
/// It answers only requests whose `Host` is its own address, so that a page that points its name
/// at 127.0.0.1 gets nothing.
#[derive(Debug)]
pub struct LoopbackListener {
    listener: TcpListener,
    address: SocketAddr,
}

impl LoopbackListener {
    /// Opens 127.0.0.1, or `[::1]` where there is no IPv4; on the given port, or on a free one.
    ///
    /// # Errors
    /// When the port is in use or must not be opened.
    pub async fn bind(port: Option<u16>) -> Result<Self, Error> {
        let port = port.unwrap_or(0);
        let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        Self::bind_either(v4, v6).await
    }

    /// Opens the first address, or the second where this machine does not have the first.
    async fn bind_either(first: SocketAddr, second: SocketAddr) -> Result<Self, Error> {
        let listener = match TcpListener::bind(first).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => {
                let bound = TcpListener::bind(second).await;
                bound.map_err(|error| bind_error(second, error))?
            }
            bound => bound.map_err(|error| bind_error(first, error))?,
        };
        let address = listener.local_addr().map_err(ErrorKind::Listen)?;
        Ok(Self { listener, address })
    }

    /// `http://127.0.0.1:PORT/`.
    ///
    /// # Panics
    /// Never: a socket address is always a legal authority.
    #[expect(
        clippy::expect_used,
        reason = "a socket address is a legal URL authority"
    )]
    pub fn base_url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.address)).expect("an address makes a URL")
    }

    /// Serves GET and POST, one handler at a time, until the handler says [`Served::Done`] and that
    /// answer is out, or until `deadline`. A request for another host gets a 404 and changes
    /// nothing; idle connections, which browsers open ahead, hold nothing up.
    ///
    /// # Errors
    /// [`Error::is_timeout`] when the deadline passes; otherwise when the listener fails.
    pub async fn serve<H, F>(self, deadline: Duration, handler: H) -> Result<(), Error>
    where
        H: Fn(Request<Vec<u8>>) -> F + Send + Sync,
        F: Future<Output = Served> + Send,
    {
        let desk = Desk {
            hosts: [
                self.address.to_string(),
                format!("localhost:{}", self.address.port()),
            ],
            handler,
            turn: Mutex::new(false),
        };
        match tokio::time::timeout(deadline, accept_loop(&self.listener, &desk)).await {
            Ok(ended) => ended,
            Err(_) => Err(Error::from(ErrorKind::ListenerTimeout { after: deadline })),
        }
    }
}

fn bind_error(address: SocketAddr, source: std::io::Error) -> Error {
    Error::from(ErrorKind::Bind {
        address: address.to_string(),
        source,
    })
}

/// The handler, and whose turn it is. The lock holds whether the handler is done.
struct Desk<H> {
    hosts: [String; 2],
    handler: H,
    turn: Mutex<bool>,
}

async fn accept_loop<H, F>(listener: &TcpListener, desk: &Desk<H>) -> Result<(), Error>
where
    H: Fn(Request<Vec<u8>>) -> F + Send + Sync,
    F: Future<Output = Served> + Send,
{
    let mut connections = FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                let (stream, _) = accepted.map_err(ErrorKind::Listen)?;
                connections.push(connection(stream, desk));
            }
            Some(finished) = connections.next(), if !connections.is_empty() => {
                if finished {
                    return Ok(());
                }
            }
        }
    }
}

/// Serves one connection to its end, and says whether the handler's last answer went out on it.
async fn connection<H, F>(stream: TcpStream, desk: &Desk<H>) -> bool
where
    H: Fn(Request<Vec<u8>>) -> F + Send + Sync,
    F: Future<Output = Served> + Send,
{
    let done = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        let done = Arc::clone(&done);
        async move {
            let (answer, last) = desk.answer(request).await;
            if last {
                done.store(true, Ordering::Release);
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the loopback listener ended early");
    }
    done.load(Ordering::Acquire)
}

impl<H, F> Desk<H>
where
    H: Fn(Request<Vec<u8>>) -> F + Send + Sync,
    F: Future<Output = Served> + Send,
{
    async fn answer(&self, request: Request<Incoming>) -> (Response<Full<Bytes>>, bool) {
        if !self.is_ours(&request) {
            return (refusal(StatusCode::NOT_FOUND, "not found"), false);
        }
        if request.method() != Method::GET && request.method() != Method::POST {
            let refused = refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET and POST");
            return (refused, false);
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return (refusal(StatusCode::PAYLOAD_TOO_LARGE, "too large"), false);
        };
        let request = Request::from_parts(parts, body.to_bytes().to_vec());
        let mut done = self.turn.lock().await;
        if *done {
            return (refusal(StatusCode::NOT_FOUND, "not found"), false);
        }
        match (self.handler)(request).await {
            Served::Continue(answer) => (finish(answer), false),
            Served::Done(answer) => {
                *done = true;
                let mut answer = finish(answer);
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(CONNECTION, close);
                (answer, true)
            }
        }
    }

    /// Whether the request names this listener as its host, and no other.
    fn is_ours<B>(&self, request: &Request<B>) -> bool {
        let known = |host: &str| self.hosts.iter().any(|h| h.eq_ignore_ascii_case(host));
        let mut hosts = request.headers().get_all(HOST).iter();
        let named = hosts.next().and_then(|host| host.to_str().ok());
        let in_target = request.uri().authority().map(http::uri::Authority::as_str);
        hosts.next().is_none() && named.is_some_and(known) && in_target.is_none_or(known)
    }
}

fn finish(answer: Response<String>) -> Response<Full<Bytes>> {
    answer.map(|body| Full::new(Bytes::from(body)))
}

fn refusal(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut answer = finish(plain(status, text));
    // The rest of a refused request is not read.
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(CONNECTION, close);
    answer
}

fn plain(status: StatusCode, text: &str) -> Response<String> {
    let mut answer = Response::new(text.to_owned());
    *answer.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}
