//! What a failure means to whoever called a tool. The guard's and the transport's errors say it in
//! the same words, so that the pipeline has one way to turn either into a tool's answer.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::identity::AccountLabel;

/// The kinds of failure that a program and a model can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The person has to consent.
    ConsentRequired,
    /// There is a consent, but it does not cover this.
    InsufficientScope,
    /// An argument is wrong.
    InvalidArgument,
    /// What was named does not exist, or the person cannot see it.
    NotFound,
    /// The person may not do this.
    PermissionDenied,
    /// Google's limits were reached.
    RateLimited,
    /// Something is down for now.
    Unavailable,
    /// The program's owner has to confirm this first.
    ConfirmationRequired,
    /// The run was cancelled, or its time is over.
    Cancelled,
    /// A defect or a wrong set-up; a model cannot mend it.
    Internal,
}

/// A consent that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentNeeded {
    /// The services concerned, such as `gmail`.
    pub services: Vec<String>,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// Why: no consent yet, revoked, or not enough of one.
    pub reason: ConsentReason,
    /// Which of the person's Google accounts; none is the default one.
    pub account: Option<AccountLabel>,
}

/// Why a consent is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsentReason {
    /// Nobody consented yet.
    Missing,
    /// Google said earlier that the grant is dead.
    Ended,
    /// Google says so just now, in answer to a refresh. No browser is opened because of it.
    Refused,
    /// The person disconnected.
    Disconnected,
    /// The grant is of another OAuth client.
    ClientChanged,
    /// The grant does not cover what is asked.
    ScopeMissing,
}

impl fmt::Display for ConsentNeeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut services = self.services.join(", ");
        if let Some(account) = &self.account {
            let _ = write!(services, " (account {account})");
        }
        match self.reason {
            ConsentReason::Missing => write!(
                f,
                "{services} is not connected yet; the person has to sign in"
            ),
            ConsentReason::Ended | ConsentReason::Refused => write!(
                f,
                "the connection to {services} has ended; the person has to sign in again"
            ),
            ConsentReason::Disconnected => write!(
                f,
                "{services} was disconnected; the person has to sign in again"
            ),
            ConsentReason::ClientChanged => write!(
                f,
                "{services} was connected through another application; the person has to sign in again"
            ),
            ConsentReason::ScopeMissing => write!(
                f,
                "the person did not allow this for {services}; they have to sign in and allow it"
            ),
        }
    }
}

/// An error that says what it means to a tool's caller.
pub trait Failure: std::error::Error {
    /// What kind of failure it is.
    fn kind(&self) -> FailureKind;

    /// How long to wait before the next try, where that is known.
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Whether the same call may work later.
    fn is_retryable(&self) -> bool {
        matches!(
            self.kind(),
            FailureKind::RateLimited | FailureKind::Unavailable
        )
    }

    /// The consent that is missing, where one is.
    fn consent_needed(&self) -> Option<&ConsentNeeded> {
        None
    }
}
