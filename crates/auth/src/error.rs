//! The one error of this crate, with predicates that name what the caller does next.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::failure::{ConsentNeeded, ConsentReason, Failure, FailureKind};
use crate::sign_in::Refusal;
use crate::store::StoreError;

/// A failure of identity, storage, consent or refresh.
///
/// Its text says what to do next and never holds a secret. It is cheap to clone, since all who wait
/// for one refresh get the same one.
#[derive(Debug, Clone)]
pub struct Error(Arc<ErrorKind>);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Arc::new(kind))
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("the {what} is not usable: {problem}")]
    InvalidSecret {
        what: &'static str,
        problem: &'static str,
    },
    #[error("the {what} is not usable: {problem}")]
    InvalidName {
        what: &'static str,
        problem: &'static str,
    },
    #[error("{0}")]
    Configuration(String),
    #[error("{0}")]
    KeyUnavailable(String),
    #[error(
        "what is stored in row {row} does not open: it was altered, or copied from another row; nothing was changed"
    )]
    Tampered { row: String },
    #[error(
        "what is stored in row {row} is not sealed, though a key is configured; it is not used: let the person sign in again, or read it with `insecure_plaintext`"
    )]
    NotSealed { row: String },
    #[error("{0}")]
    ConsentRequired(ConsentNeeded),
    #[error("{0}")]
    ScopeMissing(ConsentNeeded),
    #[error(
        "{0}; no browser is opened, since this program is not interactive (GOOGLE_OAUTH_NONINTERACTIVE, or GoogleAuthBuilder::interactive): sign in once with a program that is, on the same database or token file, or use links (with_public_url)"
    )]
    Noninteractive(ConsentNeeded),
    #[error("google refused the service account ({code}): {advice}")]
    ServiceAccount { code: &'static str, advice: String },
    #[error(
        "access is blocked by an administrator's policy ({reason}); ask the Google Workspace administrator to allow this application"
    )]
    Blocked { reason: String },
    #[error(
        "google refused the OAuth client ({code}); check the client id and secret, no stored consent was changed"
    )]
    ClientRefused { code: String },
    #[error("another process is refreshing this token; try again")]
    RefreshInProgress { retry_after: Duration },
    #[error("google's sign-in service could not be used ({what}); try again later")]
    Transient {
        what: &'static str,
        retry_after: Option<Duration>,
    },
    #[error("the application cannot tell who is logged in; try again later")]
    SessionsUnavailable,
    #[error("the token storage failed")]
    Store(#[source] StoreError),
    #[error("{what}; make the table of audit events writable")]
    Unrecorded {
        what: &'static str,
        #[source]
        source: Option<StoreError>,
    },
    #[error("the token storage did not say whether it saved the consent; look whether it is there")]
    SavedOrNot(#[source] StoreError),
    #[error("{0}")]
    SignIn(Refusal),
    #[error("{0}")]
    Conflict(&'static str),
    #[error("{0}")]
    Internal(&'static str),
}

impl Error {
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        ErrorKind::Configuration(message.into()).into()
    }

    pub(crate) fn key_unavailable(message: impl Into<String>) -> Self {
        ErrorKind::KeyUnavailable(message.into()).into()
    }

    pub(crate) fn no_state_key() -> Self {
        ErrorKind::Internal("the active sealing key is not in its own key ring").into()
    }

    pub(crate) fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// The person has to consent (again): hand them a sign-in link.
    pub fn is_reauthorization_required(&self) -> bool {
        matches!(
            *self.0,
            ErrorKind::ConsentRequired(_)
                | ErrorKind::ScopeMissing(_)
                | ErrorKind::Noninteractive(_)
        )
    }

    /// There is a consent, but it does not cover what was asked.
    pub fn is_scope_missing(&self) -> bool {
        self.consent_needed()
            .is_some_and(|needed| needed.reason == ConsentReason::ScopeMissing)
    }

    /// The same call may work later.
    pub fn is_transient(&self) -> bool {
        match &*self.0 {
            ErrorKind::RefreshInProgress { .. }
            | ErrorKind::Transient { .. }
            | ErrorKind::SessionsUnavailable => true,
            ErrorKind::Store(error) | ErrorKind::SavedOrNot(error) => error.is_transient(),
            ErrorKind::Unrecorded { source, .. } => {
                source.as_ref().is_none_or(StoreError::is_transient)
            }
            _ => false,
        }
    }

    /// The database could not be asked, or refused.
    pub fn is_storage(&self) -> bool {
        matches!(*self.0, ErrorKind::Store(_) | ErrorKind::SavedOrNot(_))
    }

    /// What was to be stored may be there: look before it is done again.
    pub fn is_saved_or_not(&self) -> bool {
        matches!(*self.0, ErrorKind::SavedOrNot(_))
    }

    /// The database did not take the audit event of what an operator does. What was to be handed out
    /// was not; what was to be taken in stands, as the text says.
    pub fn is_unrecorded(&self) -> bool {
        matches!(*self.0, ErrorKind::Unrecorded { .. })
    }

    /// A key is missing or does not fit: mend the configuration; nothing stored was changed.
    pub fn is_key_unavailable(&self) -> bool {
        matches!(*self.0, ErrorKind::KeyUnavailable(_))
    }

    /// The configuration is wrong: mend it and start again.
    pub fn is_configuration(&self) -> bool {
        matches!(
            *self.0,
            ErrorKind::Configuration(_)
                | ErrorKind::InvalidSecret { .. }
                | ErrorKind::InvalidName { .. }
                | ErrorKind::ClientRefused { .. }
                | ErrorKind::ServiceAccount { .. }
        )
    }

    /// What was to be written follows from a grant that was replaced or ended meanwhile: read it
    /// again.
    pub fn is_conflict(&self) -> bool {
        matches!(*self.0, ErrorKind::Conflict(_))
    }

    /// A browser's sign-in was refused, and why.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &*self.0 {
            ErrorKind::SignIn(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// How long to wait before the next try, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match &*self.0 {
            ErrorKind::RefreshInProgress { retry_after } => Some(*retry_after),
            ErrorKind::Transient { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What consent is needed, where it is.
    pub fn consent_needed(&self) -> Option<&ConsentNeeded> {
        match &*self.0 {
            ErrorKind::ConsentRequired(needed)
            | ErrorKind::ScopeMissing(needed)
            | ErrorKind::Noninteractive(needed) => Some(needed),
            _ => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        ErrorKind::Store(error).into()
    }
}

impl Failure for Error {
    fn kind(&self) -> FailureKind {
        match &*self.0 {
            ErrorKind::Noninteractive(needed) if needed.reason == ConsentReason::ScopeMissing => {
                FailureKind::InsufficientScope
            }
            ErrorKind::SignIn(Refusal::Cancelled) => FailureKind::Cancelled,
            ErrorKind::ConsentRequired(_) | ErrorKind::Noninteractive(_) | ErrorKind::SignIn(_) => {
                FailureKind::ConsentRequired
            }
            ErrorKind::ScopeMissing(_) => FailureKind::InsufficientScope,
            ErrorKind::Blocked { .. } | ErrorKind::ServiceAccount { .. } => {
                FailureKind::PermissionDenied
            }
            ErrorKind::RefreshInProgress { .. }
            | ErrorKind::Transient { .. }
            | ErrorKind::Store(_)
            | ErrorKind::Unrecorded { .. }
            | ErrorKind::SavedOrNot(_)
            | ErrorKind::SessionsUnavailable
            | ErrorKind::KeyUnavailable(_) => FailureKind::Unavailable,
            ErrorKind::InvalidSecret { .. }
            | ErrorKind::InvalidName { .. }
            | ErrorKind::Configuration(_)
            | ErrorKind::Tampered { .. }
            | ErrorKind::NotSealed { .. }
            | ErrorKind::ClientRefused { .. }
            | ErrorKind::Conflict(_)
            | ErrorKind::Internal(_) => FailureKind::Internal,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        Self::retry_after(self)
    }

    fn consent_needed(&self) -> Option<&ConsentNeeded> {
        Self::consent_needed(self)
    }

    fn is_retryable(&self) -> bool {
        self.is_transient()
    }
}
