//! Reading a body whole, bounded before and after gzip.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

/// Why a body could not be had.
#[derive(Debug)]
pub(crate) enum BodyProblem {
    /// It, or what it decodes to, is over the limit.
    TooLarge,
    /// The connection broke.
    Broken(hyper::Error),
    /// It is not the gzip that its header promises.
    Encoding,
}

/// Reads the body to its end and takes gzip off, chunk by chunk, so that a bomb is noticed when it
/// passes the limit and not when it has filled the memory. The headers then tell of the plain body.
pub(crate) async fn collect(
    headers: &mut HeaderMap,
    mut body: Incoming,
    limit: usize,
) -> Result<Vec<u8>, BodyProblem> {
    if announced(headers).is_some_and(|length| length > limit) {
        return Err(BodyProblem::TooLarge);
    }
    let mut sink = Sink::new(headers, limit);
    let mut received = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(BodyProblem::Broken)?.into_data() else {
            continue;
        };
        received = received.saturating_add(data.len());
        if received > limit {
            return Err(BodyProblem::TooLarge);
        }
        sink.write(&data)?;
    }
    if matches!(sink, Sink::Gzip(_)) {
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
    }
    // A body that is announced as gzip and empty (204, 304) is simply empty.
    if received == 0 {
        return Ok(Vec::new());
    }
    sink.finish()
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

enum Sink {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

impl Sink {
    fn new(headers: &HeaderMap, limit: usize) -> Self {
        let out = Bounded {
            bytes: Vec::new(),
            limit,
        };
        let encoding = headers.get(CONTENT_ENCODING).and_then(|v| v.to_str().ok());
        match encoding.map(str::to_ascii_lowercase).as_deref() {
            Some("gzip" | "x-gzip") => Self::Gzip(Box::new(MultiGzDecoder::new(out))),
            _ => Self::Plain(out),
        }
    }

    fn write(&mut self, data: &[u8]) -> Result<(), BodyProblem> {
        match self {
            Self::Plain(out) => out.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
        }
        .map_err(|error| problem(&error))
    }

    fn finish(self) -> Result<Vec<u8>, BodyProblem> {
        match self {
            Self::Plain(out) => Ok(out.bytes),
            Self::Gzip(decoder) => decoder
                .finish()
                .map(|out| out.bytes)
                .map_err(|error| problem(&error)),
        }
    }
}

fn problem(error: &io::Error) -> BodyProblem {
    if error.kind() == io::ErrorKind::FileTooLarge {
        BodyProblem::TooLarge
    } else {
        BodyProblem::Encoding
    }
}

/// A vector that refuses to grow over its limit.
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.len() > self.limit.saturating_sub(self.bytes.len()) {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
