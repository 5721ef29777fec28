//! A model that could not be asked, and what its caller does next.

use std::time::Duration;

/// What kept a model from answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelErrorKind {
    /// Something else: the same would fail again.
    Other,
    /// Too much was asked in too little time.
    RateLimited,
    /// It is down, cannot be reached, or its answer broke off.
    Unavailable,
    /// It does not take the key, or the key may not use it.
    Unauthorized,
    /// The conversation is longer than it can read.
    TooLong,
    /// It will not answer this, or its provider held the answer back.
    Refused,
}

/// A model that could not be asked.
///
/// ```
/// use std::time::Duration;
/// use toolgate_framework::{ModelError, ModelErrorKind};
///
/// let error = ModelError::new("the quota of this minute is used up")
///     .with_kind(ModelErrorKind::RateLimited)
///     .with_retry_after(Some(Duration::from_secs(7)));
/// assert!(error.is_transient());
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the model could not be asked: {message}")]
pub struct ModelError {
    message: String,
    kind: ModelErrorKind,
    retry_after: Option<Duration>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ModelError {
    /// What went wrong, without secrets.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            kind: ModelErrorKind::Other,
            retry_after: None,
            source: None,
        }
    }

    /// The same as one of this kind.
    #[must_use]
    pub fn with_kind(self, kind: ModelErrorKind) -> Self {
        Self { kind, ..self }
    }

    /// The same with the time after which another try makes sense, where the provider named one.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// What kept the model from answering.
    pub fn kind(&self) -> ModelErrorKind {
        self.kind
    }

    /// The same may work later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ModelErrorKind::RateLimited | ModelErrorKind::Unavailable
        )
    }

    /// After which time another try makes sense, where the provider named one.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}
