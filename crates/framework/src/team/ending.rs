//! How a member's run ended without an answer, as the coordinator's call of it is told.

use std::fmt;
use std::time::Duration;

use toolgate_auth::sign_in::SignInLink;
use toolgate_auth::{Failure, FailureKind};
use toolgate_toolkit::ToolError;

use crate::error::Error;
use crate::model::ModelErrorKind;

/// A member that gave no answer.
#[derive(Debug)]
struct Ending {
    message: String,
    kind: FailureKind,
    retry_after: Option<Duration>,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Ending {}

impl Failure for Ending {
    fn kind(&self) -> FailureKind {
        self.kind
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// The member waits for the person's consent.
pub(super) fn waits(member: &str, link: SignInLink) -> ToolError {
    let services = link.services.join(", ");
    let ending = Ending {
        message: format!("{member} waits until the person has connected {services}"),
        kind: FailureKind::ConsentRequired,
        retry_after: None,
    };
    ToolError::from(ending).with_link(link)
}

/// The member's run failed.
pub(super) fn failed(member: &str, error: &Error) -> ToolError {
    let kind = if error.is_cancelled() {
        FailureKind::Cancelled
    } else if error.model_error() == Some(ModelErrorKind::RateLimited) {
        FailureKind::RateLimited
    } else if error.is_transient() {
        FailureKind::Unavailable
    } else {
        FailureKind::Internal
    };
    let message = if error.is_turn_limit() {
        format!("{member} came to no answer in the turns that it has; ask for less at once")
    } else {
        format!("{member} came to no answer: {error}")
    };
    ToolError::from(Ending {
        message,
        kind,
        retry_after: error.retry_after(),
    })
}

/// The same where the member had done something by then: asking it again from the start could do it
/// twice.
pub(super) fn after(error: ToolError, done: &[&str]) -> ToolError {
    if done.is_empty() {
        return error;
    }
    let note = format!(
        "what it did until then stays done ({}): look before you ask for it again",
        done.join(", ")
    );
    error.with_note(&note).with_may_have_happened()
}
