//! Applying the rules to one request.

use std::time::Duration;

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::json;

use super::{FaultAction, FaultPoint, FaultStatus, Faults};
use crate::exchange::{Answer, Delivery};

/// What the rules say about a request that is to be processed.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is answered so, and not processed.
    Instead(Box<Answer>),
    /// It is processed, and then what is planned happens.
    Process(Afterwards),
}

/// What happens to a request once it is processed.
#[derive(Debug, Default)]
pub(crate) struct Afterwards {
    holds: Vec<u64>,
    delivery: Option<Delivery>,
}

/// Counts a held request down when it goes on, or when its client goes away.
struct Held<'a> {
    faults: &'a Faults,
    id: u64,
}

impl Faults {
    /// Applies the rules before a request is processed.
    pub(crate) async fn before(
        &self,
        path: &str,
        api_method: Option<&str>,
        account: Option<&str>,
    ) -> Verdict {
        let mut afterwards = Afterwards::default();
        let is_ours = |action: &FaultAction| !matches!(action, FaultAction::BreakUpload { .. });
        for (id, action) in self.matching(path, api_method, account, is_ours) {
            match action {
                FaultAction::Latency { millis } => {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
                FaultAction::Hold {
                    at: FaultPoint::Before,
                } => self.hold(id).await,
                FaultAction::Hold {
                    at: FaultPoint::After,
                } => afterwards.holds.push(id),
                FaultAction::DropConnection {
                    at: FaultPoint::After,
                } => {
                    afterwards.delivery = Some(Delivery::Dropped);
                }
                FaultAction::TornBody => afterwards.delivery = Some(Delivery::Torn),
                FaultAction::BreakDownload { after_bytes } => {
                    afterwards.delivery = Some(Delivery::Broken { after: after_bytes });
                }
                FaultAction::SlowBody {
                    chunk_bytes,
                    pause_millis,
                } => {
                    afterwards.delivery = Some(Delivery::Slow {
                        chunk: chunk_bytes.max(1),
                        pause: Duration::from_millis(pause_millis),
                    });
                }
                other => return Verdict::Instead(Box::new(answer_of(&other))),
            }
        }
        Verdict::Process(afterwards)
    }

    /// How many bytes of an upload's body are read before the connection is cut, if it is to be.
    pub(crate) fn upload_cut(
        &self,
        path: &str,
        api_method: Option<&str>,
        account: Option<&str>,
    ) -> Option<u64> {
        let is_ours = |action: &FaultAction| matches!(action, FaultAction::BreakUpload { .. });
        let actions = self.matching(path, api_method, account, is_ours);
        actions.into_iter().find_map(|(_, action)| match action {
            FaultAction::BreakUpload { after_bytes } => Some(after_bytes),
            _ => None,
        })
    }

    /// Applies what was planned after a request was processed.
    pub(crate) async fn after(&self, plan: Afterwards, mut answer: Answer) -> Answer {
        for id in plan.holds {
            self.hold(id).await;
        }
        answer.delivery = plan.delivery.unwrap_or(answer.delivery);
        answer
    }

    /// The actions of these kinds for a request, up to the first that answers it; counts each rule
    /// that matched.
    fn matching(
        &self,
        path: &str,
        api_method: Option<&str>,
        account: Option<&str>,
        is_wanted: impl Fn(&FaultAction) -> bool,
    ) -> Vec<(u64, FaultAction)> {
        self.with_rules(|rules| {
            let mut actions = Vec::new();
            for status in &mut rules.list {
                let is_wanted = is_wanted(&status.rule.action);
                if !is_wanted || !status.matches(path, api_method, account) {
                    continue;
                }
                status.matched += 1;
                let spent = status
                    .rule
                    .times
                    .is_some_and(|times| status.applied >= times);
                if status.matched <= status.rule.after || spent {
                    continue;
                }
                status.applied += 1;
                let last = status.rule.action.ends_the_search();
                actions.push((status.id, status.rule.action.clone()));
                if last {
                    break;
                }
            }
            actions
        })
    }

    async fn hold(&self, id: u64) {
        let mut released = self.shared.released.subscribe();
        let _held = Held::new(self, id);
        let _ = released.changed().await;
    }
}

impl FaultStatus {
    fn matches(&self, path: &str, api_method: Option<&str>, account: Option<&str>) -> bool {
        let wanted = &self.rule.matching;
        wanted
            .path_prefix
            .as_ref()
            .is_none_or(|prefix| path.starts_with(prefix.as_str()))
            && wanted
                .api_method
                .as_ref()
                .is_none_or(|name| api_method == Some(name))
            && wanted.account.as_ref().is_none_or(|email| {
                account.is_some_and(|account| account.eq_ignore_ascii_case(email))
            })
    }
}

impl FaultAction {
    fn ends_the_search(&self) -> bool {
        !matches!(self, Self::Latency { .. } | Self::Hold { .. })
    }
}

impl<'a> Held<'a> {
    fn new(faults: &'a Faults, id: u64) -> Self {
        let held = Self { faults, id };
        held.count(1);
        held
    }

    fn count(&self, change: i32) {
        self.faults.with_rules(|rules| {
            if let Some(status) = rules.list.iter_mut().find(|status| status.id == self.id) {
                status.held = status.held.saturating_add_signed(change);
            }
        });
        self.faults
            .shared
            .held
            .send_modify(|held| *held = held.saturating_add_signed(change));
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.count(-1);
    }
}

fn answer_of(action: &FaultAction) -> Answer {
    match action {
        FaultAction::Status {
            code,
            status,
            reason,
            message,
            retry_after,
        } => {
            let (usual_status, usual_reason, usual_message) = usual(*code);
            let reason = reason.as_deref().unwrap_or(usual_reason);
            let message = message.as_deref().unwrap_or(usual_message);
            let body = json!({ "error": {
                "code": code,
                "message": message,
                "errors": [{ "message": message, "domain": domain_of(reason), "reason": reason }],
                "status": status.as_deref().unwrap_or(usual_status),
            }});
            let answer = Answer::json(status_of(*code), &body);
            match retry_after {
                Some(value) => answer.with(RETRY_AFTER, value),
                None => answer,
            }
        }
        FaultAction::OAuthError {
            error,
            subtype,
            status,
        } => {
            let mut body = json!({ "error": error, "error_description": "Bad Request" });
            if let Some(subtype) = subtype {
                body["error_subtype"] = subtype.as_str().into();
            }
            Answer::json(status_of(status.unwrap_or(400)), &body).never_stored()
        }
        FaultAction::Html { status } => Answer::no_such_page(status_of(*status)),
        FaultAction::Json { status, body } => Answer::json(status_of(*status), body),
        _ => {
            let mut answer = Answer::empty(StatusCode::OK);
            answer.delivery = Delivery::Dropped;
            answer
        }
    }
}

fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn domain_of(reason: &str) -> &'static str {
    if reason.to_ascii_lowercase().contains("limitexceeded") {
        "usageLimits"
    } else {
        "global"
    }
}

fn usual(code: u16) -> (&'static str, &'static str, &'static str) {
    match code {
        401 => ("UNAUTHENTICATED", "authError", "Invalid Credentials"),
        403 => (
            "PERMISSION_DENIED",
            "forbidden",
            "The caller does not have permission",
        ),
        404 => ("NOT_FOUND", "notFound", "Requested entity was not found."),
        409 => (
            "ALREADY_EXISTS",
            "duplicate",
            "The requested identifier already exists.",
        ),
        412 => (
            "FAILED_PRECONDITION",
            "conditionNotMet",
            "Precondition Failed",
        ),
        429 => (
            "RESOURCE_EXHAUSTED",
            "rateLimitExceeded",
            "Too many concurrent requests for user.",
        ),
        500 => ("INTERNAL", "backendError", "Internal error encountered."),
        503 => (
            "UNAVAILABLE",
            "backendError",
            "The service is currently unavailable.",
        ),
        504 => (
            "DEADLINE_EXCEEDED",
            "backendError",
            "The request timed out.",
        ),
        400..=499 => (
            "FAILED_PRECONDITION",
            "failedPrecondition",
            "Precondition check failed.",
        ),
        _ => ("UNKNOWN", "backendError", "Backend Error"),
    }
}
