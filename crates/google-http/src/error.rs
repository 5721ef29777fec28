//! The one error of this crate: what Google, the guard or the network said, and whether the call
//! may have been done all the same.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use toolgate_auth::{ConsentNeeded, Failure, FailureKind};

use crate::google_error::GoogleError;

/// A call that was not answered with success.
///
/// Its text holds at most Google's own message, cut and cleaned; never a body, a token or a URL.
///
/// Cheap to clone: all calls of a batch that fails share one.
#[derive(Clone, Debug)]
pub struct Error {
    kind: Arc<ErrorKind>,
    retry_after: Option<Duration>,
    /// What went before may have been done, whatever this one says of itself.
    unclear: bool,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error(
        "an id in the request is not usable: {problem}; give one that a search or a list returned"
    )]
    Segment { problem: &'static str },
    #[error("the request's address would leave google's API")]
    Url,
    #[error("the etag is not usable")]
    Etag,
    #[error("the boundary of an upload is not usable")]
    Boundary,
    #[error("the media type of an upload is not usable")]
    Kind,
    #[error("the file could not be read or written: {0}")]
    File(#[source] Arc<std::io::Error>),
    #[error("the file has changed since its upload began; upload it again")]
    SourceChanged,
    #[error("google's answer to an upload is not what its documentation says: {problem}")]
    Session { problem: &'static str },
    #[error("the upload does not go on: google took no more than {at} of {total} bytes")]
    Stuck { at: u64, total: u64 },
    #[error("the file has more than {most} bytes, which are the most that are taken")]
    Larger { most: u64 },
    #[error("what arrived is not what google says that the file holds; nothing of it is kept")]
    Damaged,
    #[error("the request cannot be written as JSON")]
    Unwritable(#[source] serde_json::Error),
    #[error("the method {id} was not declared by the tool that calls it")]
    Undeclared { id: &'static str },
    #[error(transparent)]
    Auth(toolgate_auth::Error),
    #[error("google could not be reached: {0}")]
    Http(toolgate_http::Error),
    #[error("{0}")]
    Google(GoogleError),
    #[error("google's answer is not what its documentation says (at {place})")]
    Unreadable { status: StatusCode, place: String },
    #[error("google's answer to a batch lacks this part")]
    PartMissing,
    #[error("a batch must be of one API")]
    MixedBatch,
    #[error("there was not enough time left for this call")]
    OutOfTime,
    #[error("a list repeats itself: google returned the same page twice")]
    PagesRepeat,
}

/// Whether a call may have been done although it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It certainly did not reach Google.
    NotSent,
    /// It left, and nothing conclusive came back: it may have been done.
    Unclear,
    /// Google answered that it did not do it.
    Answered,
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        let retry_after = match &kind {
            ErrorKind::Auth(error) => error.retry_after(),
            ErrorKind::Google(error) => error.retry_after,
            _ => None,
        };
        Self {
            kind: Arc::new(kind),
            retry_after,
            unclear: false,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::from(ErrorKind::File(Arc::new(error)))
    }
}

impl From<toolgate_auth::Error> for Error {
    fn from(error: toolgate_auth::Error) -> Self {
        Self::from(ErrorKind::Auth(error))
    }
}

impl Error {
    pub(crate) fn kind_ref(&self) -> &ErrorKind {
        &self.kind
    }

    pub(crate) fn google(&self) -> Option<&GoogleError> {
        match &*self.kind {
            ErrorKind::Google(error) => Some(error),
            _ => None,
        }
    }

    pub(crate) fn set_retry_after(&mut self, wait: Duration) {
        self.retry_after = Some(wait);
    }

    pub(crate) fn set_unclear(&mut self) {
        self.unclear = true;
    }

    /// Whether the call may have been done although it failed.
    pub fn outcome(&self) -> Outcome {
        if self.unclear {
            return Outcome::Unclear;
        }
        match &*self.kind {
            ErrorKind::Http(error) if error.is_unsent() => Outcome::NotSent,
            ErrorKind::Google(error) if error.is_conclusive() => Outcome::Answered,
            ErrorKind::Http(_)
            | ErrorKind::Google(_)
            | ErrorKind::Unreadable { .. }
            | ErrorKind::PartMissing
            | ErrorKind::Session { .. }
            | ErrorKind::Stuck { .. } => Outcome::Unclear,
            _ => Outcome::NotSent,
        }
    }

    /// A file is larger than was to be taken.
    pub fn is_larger(&self) -> bool {
        matches!(&*self.kind, ErrorKind::Larger { .. })
    }

    /// What arrived is not what Google says that it is.
    pub fn is_damaged(&self) -> bool {
        matches!(&*self.kind, ErrorKind::Damaged)
    }

    /// Google's status, where it answered.
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.kind {
            ErrorKind::Google(error) => Some(error.status),
            ErrorKind::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The headers of Google's answer, where it refused.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.google().map(|error| &error.headers)
    }

    /// Google's reasons, as it wrote them, of both shapes of its error body.
    pub fn reasons(&self) -> &[String] {
        self.google().map_or(&[], |error| &error.reasons)
    }

    /// Whether Google gave this reason, whatever its spelling: `rateLimitExceeded` and
    /// `RATE_LIMIT_EXCEEDED` are one.
    pub fn has_reason(&self, reason: &str) -> bool {
        self.google().is_some_and(|error| error.has_reason(reason))
    }

    /// Something with this id is there already (409).
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// It changed since it was read (412): read it again.
    pub fn is_changed(&self) -> bool {
        self.status() == Some(StatusCode::PRECONDITION_FAILED)
    }

    /// A sync token or a range of time is too old (410): begin anew.
    pub fn is_gone(&self) -> bool {
        self.status() == Some(StatusCode::GONE)
    }

    pub(crate) fn is_unauthorized(&self) -> bool {
        let google = self.google();
        google.is_some_and(|error| error.status == StatusCode::UNAUTHORIZED)
    }
}

impl Failure for Error {
    fn kind(&self) -> FailureKind {
        match &*self.kind {
            ErrorKind::Segment { .. }
            | ErrorKind::Url
            | ErrorKind::Etag
            | ErrorKind::Kind
            | ErrorKind::Larger { .. } => FailureKind::InvalidArgument,
            ErrorKind::Auth(error) => Failure::kind(error),
            ErrorKind::Http(error) if error.is_too_large() => FailureKind::InvalidArgument,
            ErrorKind::Http(error) if error.is_configuration() => FailureKind::Internal,
            ErrorKind::Google(error) => error.kind,
            ErrorKind::Http(_)
            | ErrorKind::PartMissing
            | ErrorKind::OutOfTime
            | ErrorKind::File(_)
            | ErrorKind::SourceChanged
            | ErrorKind::Stuck { .. }
            | ErrorKind::Damaged => FailureKind::Unavailable,
            ErrorKind::Boundary
            | ErrorKind::Unwritable(_)
            | ErrorKind::Session { .. }
            | ErrorKind::Undeclared { .. }
            | ErrorKind::Unreadable { .. }
            | ErrorKind::MixedBatch
            | ErrorKind::PagesRepeat => FailureKind::Internal,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    fn consent_needed(&self) -> Option<&ConsentNeeded> {
        match &*self.kind {
            ErrorKind::Auth(error) => error.consent_needed(),
            ErrorKind::Google(error) => error.consent.as_ref(),
            _ => None,
        }
    }

    fn is_retryable(&self) -> bool {
        match &*self.kind {
            ErrorKind::Auth(error) => Failure::is_retryable(error),
            _ => matches!(
                Failure::kind(self),
                FailureKind::RateLimited | FailureKind::Unavailable
            ),
        }
    }
}
