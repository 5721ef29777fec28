//! Whose run it is, and how long it may take.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use toolgate_auth::{Principal, Random as _, SessionId, SystemRandom};
use toolgate_toolkit::{Cancellation, RunScope};

use crate::agent::AgentName;
use crate::error::Error;

/// Whose run it is, what it is called, and when it has to end. It comes from the program; nothing a
/// model says can change it.
///
/// ```
/// use std::time::Duration;
/// use toolgate_framework::RunContext;
///
/// let run = RunContext::for_user("alice")?.with_time_limit(Duration::from_secs(60));
/// assert_eq!(run.principal().to_string(), "alice");
/// # Ok::<(), toolgate_framework::Error>(())
/// ```
#[derive(Clone)]
pub struct RunContext {
    principal: Principal,
    run_id: Arc<str>,
    session: Option<SessionId>,
    cancellation: Cancellation,
    deadline: Option<Instant>,
    /// The agent whose run it is, once it has begun.
    agent: AgentName,
}

impl RunContext {
    /// A run for this person.
    pub fn new(principal: Principal) -> Self {
        let mut id = [0; 8];
        SystemRandom.fill(&mut id);
        let run_id = format!("{:016x}", u64::from_be_bytes(id));
        Self {
            principal,
            run_id: run_id.into(),
            session: None,
            cancellation: Cancellation::new(),
            deadline: None,
            agent: AgentName::default(),
        }
    }

    /// A run for a person by the application's own id of them.
    ///
    /// # Errors
    /// When the id is empty or malformed.
    pub fn for_user(user: impl Into<String>) -> Result<Self, Error> {
        Ok(Self::new(Principal::for_user(user)?))
    }

    /// A run of a program that does not tell people apart.
    pub fn anonymous() -> Self {
        Self::new(Principal::anonymous())
    }

    /// The same person as one of a tenant's.
    ///
    /// # Errors
    /// When the id is empty or malformed.
    pub fn with_tenant(self, tenant: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            principal: self.principal.with_tenant(tenant)?,
            ..self
        })
    }

    /// The application's own name for the run, for its logs.
    #[must_use]
    pub fn with_run_id(self, run_id: impl Into<String>) -> Self {
        Self {
            run_id: run_id.into().into(),
            ..self
        }
    }

    /// The run goes on a conversation that the agent's database keeps under this name: what this
    /// person and the agent said there comes first, and what is said now is added at the end. Another
    /// person's session of the same name is another one, and so is that of an agent of another
    /// [`name`](crate::AgentBuilder::name).
    ///
    /// The name has 256 bytes at most; where the agent has a name, that and a slash count as well.
    /// A session holds 8 MiB at most: before a model is asked with more, the run ends in an error that
    /// says so ([`is_session_full`](crate::Error::is_session_full)).
    ///
    /// ```
    /// use toolgate_auth::MemoryDatabase;
    /// use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), toolgate_framework::Error> {
    /// let agent = Agent::builder()
    ///     .model(ScriptedModel::new("counts", |it| {
    ///         ModelReply::text(it.request().messages.len().to_string())
    ///     }))
    ///     .database(MemoryDatabase::new())
    ///     .build()
    ///     .await?;
    /// let chat = || RunContext::for_user("alice")?.with_session("chat-42");
    /// assert_eq!(agent.run(chat()?, "Hello").await?.answer(), Some("1"));
    /// assert_eq!(agent.run(chat()?, "Hello again").await?.answer(), Some("3"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the name is empty or malformed, see [`SessionId::parse`].
    pub fn with_session(self, session: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            session: Some(SessionId::parse(session)?),
            ..self
        })
    }

    /// The run ends after this time at the latest, counted from now. The time that a person takes to
    /// give their consent does not count: it stands still while the run is paused.
    #[must_use]
    pub fn with_time_limit(self, limit: Duration) -> Self {
        Self {
            deadline: now().checked_add(limit),
            ..self
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

    /// Whose run it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The run's name.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// The conversation that it goes on, if any.
    pub fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    pub(crate) fn of_session(self, session: SessionId) -> Self {
        Self {
            session: Some(session),
            ..self
        }
    }

    pub(crate) fn of_agent(self, agent: &AgentName) -> Self {
        Self {
            agent: agent.clone(),
            ..self
        }
    }

    pub(crate) fn agent(&self) -> &AgentName {
        &self.agent
    }

    /// What stops the run.
    pub fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// Whether the run's time is over.
    pub(crate) fn is_over(&self) -> bool {
        self.time_left().is_some_and(|left| left.is_zero())
    }

    /// How much of its time the run has left, where that is limited.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let deadline = self.deadline?;
        Some(deadline.saturating_duration_since(now()))
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(crate) fn scope(&self) -> RunScope {
        RunScope::new(Arc::clone(&self.run_id))
            .with_cancellation(self.cancellation.clone())
            .with_deadline(self.deadline)
    }
}

/// The moment by the clock that ends runs: tokio's own.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl fmt::Debug for RunContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunContext")
            .field("principal", &self.principal)
            .field("run_id", &self.run_id)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
