//! Faults on demand: answers that are late, held, wrong, torn or missing.

mod apply;

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

pub(crate) use apply::Verdict;

/// Which requests go wrong, how often, and how.
///
/// ```
/// use toolgate_emulator::{FaultAction, FaultRule};
///
/// let rule = FaultRule::new(FaultAction::status(503))
///     .on_method("gmail.users.messages.get")
///     .on_account("alice@example.com")
///     .times(2);
/// assert_eq!(rule.times, Some(2));
///
/// // The third mail is sent, and whoever sent it does not learn of it.
/// let lost = FaultRule::new(FaultAction::drop_answer())
///     .on_method("gmail.users.messages.send")
///     .after(2)
///     .times(1);
/// assert_eq!(lost.after, 2);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Which requests.
    #[serde(default, rename = "match")]
    pub matching: FaultMatch,
    /// How many of them; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many matching requests pass unharmed before.
    #[serde(default)]
    pub after: u32,
    /// What happens to them.
    pub action: FaultAction,
}

/// What a request has to be like; every part that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMatch {
    /// The start of its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_prefix: Option<String>,
    /// Its method, as [`RecordedRequest::api_method`](crate::RecordedRequest::api_method) names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_method: Option<String>,
    /// The account that its token, code or refresh token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultAction {
    /// It is processed after a pause; further rules apply as well.
    Latency {
        /// The pause in milliseconds.
        millis: u64,
    },
    /// It waits until it is released; further rules apply as well.
    Hold {
        /// Whether it waits before or after it is processed.
        #[serde(default)]
        at: FaultPoint,
    },
    /// It is answered with an error in the shape of Google's APIs, unprocessed.
    Status {
        /// The HTTP status.
        code: u16,
        /// Such as `RESOURCE_EXHAUSTED`; chosen by the code when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        /// Such as `rateLimitExceeded`; chosen by the code when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The message; chosen by the code when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The value of a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<String>,
    },
    /// It is answered with an error in the shape of an OAuth endpoint, unprocessed.
    #[serde(rename = "oauth_error")]
    OAuthError {
        /// Such as `invalid_grant`.
        error: String,
        /// Google's `error_subtype`, such as `invalid_rapt`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subtype: Option<String>,
        /// The HTTP status; 400 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// The connection is cut without an answer.
    DropConnection {
        /// Whether the request was processed by then.
        #[serde(default)]
        at: FaultPoint,
    },
    /// It is processed, but the connection is cut in the middle of the answer's body.
    TornBody,
    /// It is processed, but the connection is cut behind so many bytes of the answer's body.
    BreakDownload {
        /// How many bytes of the body go out.
        after_bytes: u64,
    },
    /// The connection is cut behind so many bytes of an upload's body, and the request is not
    /// processed; but a resumable upload keeps these bytes. A shorter body is read whole.
    BreakUpload {
        /// How many bytes of the body are read.
        after_bytes: u64,
    },
    /// It is processed, but the answer's body comes in small pieces.
    SlowBody {
        /// The size of a piece in bytes.
        chunk_bytes: usize,
        /// The pause before each piece in milliseconds.
        pause_millis: u64,
    },
    /// It is answered with a page, as by a proxy in between, unprocessed.
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// It is answered with this, unprocessed.
    Json {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Value,
    },
}

/// Where in a request's life something happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultPoint {
    /// Before it is processed.
    #[default]
    Before,
    /// After it was processed and before it is answered.
    After,
}

/// A rule that was added, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultStatus {
    /// The number that adding it returned.
    pub id: u64,
    /// The rule.
    pub rule: FaultRule,
    /// How many requests matched, those passed unharmed included.
    pub matched: u32,
    /// How many requests it was applied to.
    pub applied: u32,
    /// How many requests it holds now.
    pub held: u32,
}

/// The faults of a running emulator; clones share them.
#[derive(Debug, Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rules: Mutex<Rules>,
    /// Changes whenever the number of held requests does.
    held: watch::Sender<u32>,
    /// Changes at each release.
    released: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Rules {
    next: u64,
    list: Vec<FaultStatus>,
}

impl FaultRule {
    /// A rule for every request, for ever.
    pub fn new(action: FaultAction) -> Self {
        Self {
            matching: FaultMatch::default(),
            times: None,
            after: 0,
            action,
        }
    }

    /// Only requests to this method, such as `gmail.users.messages.get` or `token`.
    #[must_use]
    pub fn on_method(mut self, api_method: impl Into<String>) -> Self {
        self.matching.api_method = Some(api_method.into());
        self
    }

    /// Only requests whose path starts so.
    #[must_use]
    pub fn on_path(mut self, prefix: impl Into<String>) -> Self {
        self.matching.path_prefix = Some(prefix.into());
        self
    }

    /// Only requests for this account.
    #[must_use]
    pub fn on_account(mut self, email: impl Into<String>) -> Self {
        self.matching.account = Some(email.into());
        self
    }

    /// Only so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn after(mut self, passes: u32) -> Self {
        self.after = passes;
        self
    }
}

impl FaultAction {
    /// An API error with the status, reason and message that Google uses with this code.
    pub fn status(code: u16) -> Self {
        Self::Status {
            code,
            status: None,
            reason: None,
            message: None,
            retry_after: None,
        }
    }

    /// An API error with a reason of your choice, such as 403 `rateLimitExceeded`.
    pub fn status_with_reason(code: u16, reason: impl Into<String>) -> Self {
        Self::Status {
            code,
            status: None,
            reason: Some(reason.into()),
            message: None,
            retry_after: None,
        }
    }

    /// An OAuth error with status 400, such as `invalid_grant`.
    pub fn oauth_error(error: impl Into<String>) -> Self {
        Self::OAuthError {
            error: error.into(),
            subtype: None,
            status: None,
        }
    }

    /// Holds requests before they are processed.
    pub fn hold() -> Self {
        Self::Hold {
            at: FaultPoint::Before,
        }
    }

    /// Processes requests and holds the answers.
    pub fn hold_answer() -> Self {
        Self::Hold {
            at: FaultPoint::After,
        }
    }

    /// Processes requests and cuts the connection before the first byte of the answer.
    pub fn drop_answer() -> Self {
        Self::DropConnection {
            at: FaultPoint::After,
        }
    }
}

impl Faults {
    pub(crate) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                rules: Mutex::default(),
                held: watch::Sender::new(0),
                released: watch::Sender::new(0),
            }),
        }
    }

    /// Adds a rule behind the others and returns its number.
    pub fn add(&self, rule: FaultRule) -> u64 {
        self.with_rules(|rules| {
            let id = rules.next;
            rules.next += 1;
            rules.list.push(FaultStatus {
                id,
                rule,
                matched: 0,
                applied: 0,
                held: 0,
            });
            id
        })
    }

    /// Removes all rules and releases what they held.
    pub fn clear(&self) {
        self.with_rules(|rules| rules.list.clear());
        self.release();
    }

    /// All rules with their counts.
    pub fn list(&self) -> Vec<FaultStatus> {
        self.with_rules(|rules| rules.list.clone())
    }

    /// How many requests a rule was applied to; 0 for a rule that is gone.
    pub fn applied(&self, id: u64) -> u32 {
        self.with_rules(|rules| {
            rules
                .list
                .iter()
                .find(|status| status.id == id)
                .map_or(0, |status| status.applied)
        })
    }

    /// Lets go every request that is held now.
    pub fn release(&self) {
        self.shared.released.send_modify(|count| *count += 1);
    }

    /// How many requests are held now.
    pub fn held(&self) -> u32 {
        *self.shared.held.borrow()
    }

    /// Waits until at least so many requests are held.
    pub async fn wait_for_held(&self, count: u32) {
        let mut held = self.shared.held.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = held.wait_for(|held| *held >= count).await;
    }

    fn with_rules<T>(&self, work: impl FnOnce(&mut Rules) -> T) -> T {
        work(
            &mut self
                .shared
                .rules
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}
