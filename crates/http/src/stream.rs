//! Reading a body piece by piece, as it comes.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::error::{Error, ErrorKind};

/// How long an answer that is read piece by piece may keep its reader waiting. There is no limit to
/// the whole: an answer that goes on is read on.
#[derive(Clone, Copy, Debug)]
pub struct StreamDeadlines {
    /// Until status and headers are there, connecting included.
    pub head: Duration,
    /// Until the next piece is there.
    pub piece: Duration,
}

/// A body that is read as it comes.
///
/// ```no_run
/// use std::time::Duration;
/// use toolgate_http::{HttpClient, StreamDeadlines};
///
/// # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
/// let deadlines = StreamDeadlines {
///     head: Duration::from_secs(30),
///     piece: Duration::from_secs(30),
/// };
/// let request = http::Request::get("https://example.com/events").body(Vec::new())?;
/// let answer = HttpClient::new()?.open(request, deadlines).await?;
/// let mut body = answer.into_body();
/// while let Some(piece) = body.next().await {
///     println!("{} bytes", piece?.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct BodyStream {
    incoming: Incoming,
    host: String,
    wait: Duration,
    left: usize,
    limit: usize,
    ended: bool,
}

impl BodyStream {
    /// Refuses a body that is encoded: it was not asked for one.
    pub(crate) fn new(
        headers: &HeaderMap,
        incoming: Incoming,
        host: String,
        wait: Duration,
        limit: usize,
    ) -> Result<Self, Error> {
        let encoding = headers.get(CONTENT_ENCODING);
        if encoding.is_some_and(|it| it != "identity") {
            return Err(ErrorKind::Encoded { host }.into());
        }
        Ok(Self {
            incoming,
            host,
            wait,
            left: limit,
            limit,
            ended: false,
        })
    }

    /// Refuses a body over this many bytes, in place of the client's own bound: for what is not kept
    /// in memory.
    #[must_use]
    pub fn up_to(self, bytes: usize) -> Self {
        Self {
            left: bytes,
            limit: bytes,
            ..self
        }
    }

    /// The next piece, or `None` at the end. An error is the last item.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, Error>> {
        let piece = self.piece().await?;
        Some(piece.map(|data| data.to_vec()))
    }

    /// Appends the next piece to these bytes, for a reader who collects pieces in one place. `None` at
    /// the end; an error is the last item.
    pub async fn next_into(&mut self, bytes: &mut Vec<u8>) -> Option<Result<(), Error>> {
        let piece = self.piece().await?;
        Some(piece.map(|data| bytes.extend_from_slice(&data)))
    }

    async fn piece(&mut self) -> Option<Result<Bytes, Error>> {
        if self.ended {
            return None;
        }
        let piece = self.frame().await;
        self.ended = !matches!(piece, Some(Ok(_)));
        piece
    }

    async fn frame(&mut self) -> Option<Result<Bytes, Error>> {
        loop {
            let frame = match tokio::time::timeout(self.wait, self.incoming.frame()).await {
                Ok(frame) => frame?,
                Err(_) => return Some(Err(self.silent())),
            };
            let Ok(data) = (match frame {
                Ok(frame) => frame.into_data(),
                Err(source) => return Some(Err(self.broken(source))),
            }) else {
                continue;
            };
            let Some(left) = self.left.checked_sub(data.len()) else {
                return Some(Err(self.too_large()));
            };
            self.left = left;
            return Some(Ok(data));
        }
    }

    fn silent(&self) -> Error {
        Error::from(ErrorKind::Timeout {
            host: self.host.clone(),
            after: self.wait,
        })
    }

    fn broken(&self, source: hyper::Error) -> Error {
        Error::from(ErrorKind::Broken {
            host: self.host.clone(),
            source: source.into(),
        })
    }

    fn too_large(&self) -> Error {
        Error::from(ErrorKind::TooLarge {
            host: self.host.clone(),
            limit: self.limit,
        })
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyStream")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}
