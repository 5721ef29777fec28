//! What a tool knows of the call it serves: whose it is, how long it may take, whether to stop.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use toolgate_auth::{Access, AccountLabel, Principal};

use crate::error::ToolError;
use crate::pipeline::{Pipeline, within};
use crate::policy::HubInfo;
use crate::untrusted::Fence;

/// How long a call may take when its run sets no deadline.
const DEFAULT_CALL_TIME: Duration = Duration::from_mins(2);

/// The moment by the clock that ends calls: tokio's own.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Stops a run: every call that is under way, and every one that would follow.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(CancellationToken);

impl Cancellation {
    /// A run that goes on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the run, and all that were derived from it.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether the run was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until the run is stopped.
    pub async fn cancelled(&self) {
        self.0.cancelled().await;
    }

    /// One that stops with this one, and can be stopped alone.
    #[must_use]
    pub fn child(&self) -> Self {
        Self(self.0.child_token())
    }
}

/// The frame of one run: its name, its end, and the way to stop it.
#[derive(Clone, Debug)]
pub struct RunScope {
    run_id: Arc<str>,
    cancellation: Cancellation,
    deadline: Option<Instant>,
}

impl RunScope {
    /// A run without a deadline of its own.
    pub fn new(run_id: impl Into<Arc<str>>) -> Self {
        Self {
            run_id: run_id.into(),
            cancellation: Cancellation::new(),
            deadline: None,
        }
    }

    /// The run ends when this is cancelled.
    #[must_use]
    pub fn with_cancellation(self, cancellation: Cancellation) -> Self {
        Self {
            cancellation,
            ..self
        }
    }

    /// The run ends at this moment.
    #[must_use]
    pub fn with_deadline(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// The run's name.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// What stops the run.
    pub fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// When the run ends.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

/// What a tool gets with each call. It is made fresh for the call and names one person, whom no
/// argument can change.
#[derive(Clone)]
pub struct ToolContext {
    access: Access,
    principal: Option<Principal>,
    run: RunScope,
    ends: Instant,
    sent: Arc<AtomicBool>,
    /// What decides and takes down in this run; a context that was made by hand has none.
    pipeline: Option<Pipeline>,
}

impl ToolContext {
    /// A call within `run`, for the person behind `access`.
    pub fn new(access: Access, run: RunScope) -> Self {
        let timeout = access.api_timeout().unwrap_or_default();
        let latest = now() + DEFAULT_CALL_TIME.max(timeout);
        let ends = run.deadline.map_or(latest, |deadline| deadline.min(latest));
        Self {
            principal: access.principal().cloned(),
            access,
            run,
            ends,
            sent: Arc::new(AtomicBool::new(false)),
            pipeline: None,
        }
    }

    /// The same call with this much time from now on, as far as the run has it.
    pub(crate) fn lasting(&self, time: Duration) -> Self {
        let latest = now() + time;
        let ends = self.run.deadline.map_or(latest, |it| it.min(latest));
        Self {
            ends,
            ..self.clone()
        }
    }

    /// The same under the policy and the audit of this pipeline.
    pub(crate) fn under(&self, pipeline: &Pipeline) -> Self {
        Self {
            pipeline: Some(pipeline.clone()),
            ..self.clone()
        }
    }

    /// Whether program code may have a hub of Google's generated crates, which passes the pipeline
    /// by. It is taken down in the log, and by the audit of the run.
    ///
    /// # Errors
    /// When the policy or the audit of the run does not allow it.
    pub async fn open_hub(&self, toolkit: &'static str) -> Result<(), ToolError> {
        let hub = HubInfo {
            toolkit,
            principal: self.principal(),
            run: &self.run,
        };
        if self.run.cancellation().is_cancelled() {
            return Err(ToolError::cancelled("the run was cancelled"));
        }
        if let Some(pipeline) = &self.pipeline {
            within(self, "the hub was not allowed in time", pipeline.open(&hub)).await?;
        }
        tracing::info!(
            toolkit,
            run = self.run.run_id(),
            "a hub is handed to program code"
        );
        Ok(())
    }

    /// The most characters of compact JSON that the run takes as the result of a call; none where a context was made by
    /// hand. A tool that can be read on has to keep to it: what is cut behind its back is not where it says that it goes on.
    pub fn result_budget(&self) -> Option<usize> {
        self.pipeline.as_ref().map(Pipeline::result_budget)
    }

    /// What the result of this call may take where its toolkit would let it take `budget`: no more than the run allows as
    /// well, but `least` in any case, so that nothing is cut behind a handle to read on.
    pub fn bounded(&self, budget: usize, least: usize) -> usize {
        let most = self.result_budget().unwrap_or(budget);
        budget.min(most).max(least)
    }

    /// Says whose run it is where the access does not: an explicit credential names nobody.
    #[must_use]
    pub fn with_principal(self, principal: Principal) -> Self {
        Self {
            principal: Some(principal),
            ..self
        }
    }

    /// The way to Google, as the person whose run this is.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The same, with another of the person's own accounts; none is the default one.
    pub fn access_with_account(&self, label: Option<AccountLabel>) -> Access {
        self.access.clone().with_account(label)
    }

    /// Whose run this is, where that is known.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Marks for what others wrote, of this call only; `what` is a short word such as `mail`.
    pub fn fence(&self, what: &'static str) -> Fence {
        Fence::new(what, &**self.access.random())
    }

    /// The run that the call is part of.
    pub fn run(&self) -> &RunScope {
        &self.run
    }

    /// When the call has to be over.
    pub fn ends(&self) -> Instant {
        self.ends
    }

    /// How much time is left.
    pub fn remaining(&self) -> Duration {
        self.ends.saturating_duration_since(now())
    }

    /// A write that must not be repeated is leaving now. From here on a failure says that it may
    /// have happened, and nobody repeats the call.
    pub fn mark_sent(&self) {
        self.sent.store(true, Ordering::SeqCst);
    }

    /// What was sent is settled: Google answered, or it certainly never left. A failure after this
    /// means what it says.
    pub fn mark_settled(&self) {
        self.sent.store(false, Ordering::SeqCst);
    }

    /// Whether a write that must not be repeated left, and its outcome is not known.
    pub fn has_sent(&self) -> bool {
        self.sent.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for ToolContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolContext")
            .field("access", &self.access)
            .field("run_id", &self.run.run_id)
            .field("sent", &self.has_sent())
            .finish_non_exhaustive()
    }
}
