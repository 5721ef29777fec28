//! A tool's failure as data: what a model and a program can act on.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value, json};
use toolgate_auth::{AccountLabel, ConsentNeeded, Failure, FailureKind, SignInLink};

/// Why a tool call did not do what it was asked, in words for whoever acts next.
///
/// ```
/// use serde_json::json;
/// use toolgate_toolkit::ToolError;
///
/// let error = ToolError::invalid_argument("limit", "it is 900", "a whole number from 1 to 100");
/// let told = "the argument `limit` is not usable: it is 900; a good value is a whole number from 1 to 100";
/// assert_eq!(error.to_json(), json!({"error": {
///     "kind": "invalid_argument", "argument": "limit", "message": told, "retryable": false}}));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: FailureKind,
    message: String,
    retryable: bool,
    retry_after: Option<Duration>,
    argument: Option<String>,
    may_have_happened: bool,
    consent: Option<ConsentNeeded>,
    link: Option<SignInLink>,
}

impl ToolError {
    fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            retryable: false,
            retry_after: None,
            argument: None,
            may_have_happened: false,
            consent: None,
            link: None,
        }))
    }

    /// An argument is wrong: which, why, and what a good value looks like.
    pub fn invalid_argument(argument: &str, problem: &str, good: &str) -> Self {
        let message =
            format!("the argument `{argument}` is not usable: {problem}; a good value is {good}");
        let mut error = Self::new(FailureKind::InvalidArgument, message);
        error.0.argument = Some(argument.to_owned());
        error
    }

    /// The arguments as a whole are wrong: no single one can be named.
    pub fn invalid_arguments(message: impl Into<String>) -> Self {
        Self::new(FailureKind::InvalidArgument, message)
    }

    /// What was named does not exist, or the person cannot see it.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(FailureKind::NotFound, message)
    }

    /// The person, or a policy, does not allow it.
    pub fn permission_denied(message: impl Into<String>) -> Self {
        Self::new(FailureKind::PermissionDenied, message)
    }

    /// The program's owner has to confirm it first.
    pub fn confirmation_required(message: impl Into<String>) -> Self {
        Self::new(FailureKind::ConfirmationRequired, message)
    }

    /// Something is down for now; the same call may work later.
    pub fn unavailable(message: impl Into<String>) -> Self {
        let mut error = Self::new(FailureKind::Unavailable, message);
        error.0.retryable = true;
        error
    }

    /// The run was cancelled.
    pub fn cancelled(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Cancelled, message)
    }

    /// A defect or a wrong set-up; a model cannot mend it.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Internal, message)
    }

    /// Says that a write which must not be repeated left, and that its outcome is not known.
    #[must_use]
    pub fn with_may_have_happened(mut self) -> Self {
        self.0.may_have_happened = true;
        self.0.retryable = false;
        self
    }

    /// Says which of the person's Google accounts lacks the consent, where that is not said.
    pub(crate) fn of_account(mut self, label: Option<&AccountLabel>) -> Self {
        if let Some(needed) = &mut self.0.consent
            && needed.account.is_none()
        {
            needed.account = label.cloned();
        }
        self
    }

    /// Adds the link by which the person gives the missing consent.
    #[must_use]
    pub fn with_link(mut self, link: SignInLink) -> Self {
        self.0.link = Some(link);
        self
    }

    /// Adds a sentence to the message.
    #[must_use]
    pub fn with_note(mut self, note: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(note);
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// The kind as it stands in the JSON, such as `consent_required`.
    pub fn kind_name(&self) -> &'static str {
        kind_name(self.0.kind)
    }

    /// What to do next, in words.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the same call may work later.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long to wait before the next try, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The argument that is wrong, where one is.
    pub fn argument(&self) -> Option<&str> {
        self.0.argument.as_deref()
    }

    /// Whether a write that must not be repeated may have been done all the same.
    pub fn may_have_happened(&self) -> bool {
        self.0.may_have_happened
    }

    /// The consent that is missing, where one is.
    pub fn consent_needed(&self) -> Option<&ConsentNeeded> {
        self.0.consent.as_ref()
    }

    /// The link by which the person gives it, where one was made.
    pub fn link(&self) -> Option<&SignInLink> {
        self.0.link.as_ref()
    }

    /// What a model sees: one object under `error`, compact, without nulls.
    pub fn to_json(&self) -> Value {
        let inner = &self.0;
        let mut error = Map::new();
        error.insert("kind".to_owned(), json!(self.kind_name()));
        error.insert("message".to_owned(), json!(inner.message));
        error.insert("retryable".to_owned(), json!(inner.retryable));
        if let Some(wait) = inner.retry_after {
            // Rounded up: a whole second early is a second failure.
            let seconds = wait.as_millis().div_ceil(1000);
            error.insert("retry_after".to_owned(), json!(seconds));
        }
        if let Some(argument) = &inner.argument {
            error.insert("argument".to_owned(), json!(argument));
        }
        if inner.may_have_happened {
            error.insert("may_have_happened".to_owned(), json!(true));
        }
        if let Some(needed) = &inner.consent {
            let services = inner
                .link
                .as_ref()
                .map_or(&needed.services, |it| &it.services);
            error.insert("services".to_owned(), json!(services));
            if let Some(account) = &needed.account {
                error.insert("account".to_owned(), json!(account.as_str()));
            }
        }
        if let Some(link) = &inner.link {
            error.insert("link".to_owned(), json!(link.url.as_str()));
            let seconds = link.expires_in.as_secs();
            error.insert("link_expires_in".to_owned(), json!(seconds));
        }
        json!({ "error": error })
    }
}

/// The kind's name in JSON.
fn kind_name(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::ConsentRequired => "consent_required",
        FailureKind::InsufficientScope => "insufficient_scope",
        FailureKind::InvalidArgument => "invalid_argument",
        FailureKind::NotFound => "not_found",
        FailureKind::PermissionDenied => "permission_denied",
        FailureKind::RateLimited => "rate_limited",
        FailureKind::Unavailable => "unavailable",
        FailureKind::ConfirmationRequired => "confirmation_required",
        FailureKind::Cancelled => "cancelled",
        _ => "internal",
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for ToolError {}

/// The guard's and the transport's errors say what they mean; this only takes it down.
impl<E: Failure> From<E> for ToolError {
    fn from(failure: E) -> Self {
        let mut error = Self::new(failure.kind(), failure.to_string());
        error.0.retryable = failure.is_retryable();
        error.0.retry_after = failure.retry_after();
        error.0.consent = failure.consent_needed().cloned();
        error
    }
}
