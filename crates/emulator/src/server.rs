//! Listening, and carrying requests and answers over connections.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, USER_AGENT, VARY};
use http::{HeaderValue, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::content::{Content, PIECE};
use crate::exchange::{Answer, Delivery, Request};
use crate::state::Shared;
use crate::{dispatch, intake};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Serves connections until the task that runs this is aborted, which ends them as well.
pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, for example: others may be closed meanwhile.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(stream, tls.clone(), Arc::clone(&shared)));
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    // Small answers must not wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    match tls {
        None => http(stream, shared).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => http(stream, shared).await,
            Err(error) => {
                tracing::debug!(target: "toolgate_emulator", %error, "TLS handshake failed");
            }
        },
    }
}

async fn http<S>(stream: S, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| exchange(Arc::clone(&shared), request));
    let served = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if served.is_err() {
        tracing::debug!(target: "toolgate_emulator", "connection ended early");
    }
}

async fn exchange(
    shared: Arc<Shared>,
    request: http::Request<Incoming>,
) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let head = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: Bytes::new(),
        long: None,
    };
    let request = intake::receive(&shared, head, body).await?;
    let zips = takes_gzip(&request);
    let answer = dispatch::handle(&shared, request).await;
    deliver(if zips { zip(answer) } else { answer })
}

/// Google's rule: the client says so twice, in `Accept-Encoding` and in `User-Agent`.
fn takes_gzip(request: &Request) -> bool {
    let says = |name| {
        request
            .header(name)
            .is_some_and(|value| value.contains("gzip"))
    };
    says(ACCEPT_ENCODING) && says(USER_AGENT)
}

fn zip(mut answer: Answer) -> Answer {
    if answer.body.is_empty() {
        // Nothing to zip, or a file, which goes as it is.
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let Ok(zipped) = encoder
        .write_all(&answer.body)
        .and_then(|()| encoder.finish())
    else {
        return answer;
    };
    answer.body = zipped.into();
    answer
        .with(CONTENT_ENCODING, "gzip")
        .with(VARY, "Accept-Encoding")
}

fn deliver(answer: Answer) -> Result<Response<Body>, io::Error> {
    let (length, content) = match answer.file {
        Some(file) => (file.len(), file),
        None => (answer.body.len() as u64, Content::from(answer.body.clone())),
    };
    let body = match answer.delivery {
        Delivery::Whole if length <= PIECE as u64 => Full::new(content.bytes()?)
            .map_err(|never: Infallible| match never {})
            .boxed_unsync(),
        Delivery::Whole => streamed(content, PIECE, Duration::ZERO, false),
        Delivery::Slow { chunk, pause } => streamed(content, chunk, pause, false),
        Delivery::Torn => streamed(content.slice(0, length / 2), PIECE, Duration::ZERO, true),
        Delivery::Broken { after } => {
            streamed(content.slice(0, after), PIECE, Duration::ZERO, true)
        }
        Delivery::Dropped => return Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if answer.status != http::StatusCode::NO_CONTENT {
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Ok(response)
}

/// The bytes in pieces, each read when the one before is gone; at the end, perhaps, a cut.
fn streamed(content: Content, chunk: usize, pause: Duration, is_cut: bool) -> Body {
    let pieces = stream::unfold(Some(0_u64), move |at| {
        let content = content.clone();
        async move {
            let at = at?;
            if at >= content.len() {
                if !is_cut {
                    return None;
                }
                // The pause lets the connection send what it has before it learns of the end.
                tokio::task::yield_now().await;
                let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
                return Some((Err(cut), None));
            }
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            let piece = content.slice(at, chunk as u64).piece(0);
            let next = piece.as_ref().ok().map(|piece| at + piece.len() as u64);
            Some((piece.map(Frame::data), next))
        }
    });
    StreamBody::new(pieces).boxed_unsync()
}
