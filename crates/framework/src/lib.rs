//! Agents that run Toolgate's tools for many people: binding, the run loop, pauses for consent.
//!
//! An [`Agent`] is a [`Model`], toolkits bound to a database, and nothing of any person. A run is
//! for one person; when a tool needs their consent it pauses with a link, and goes on when they
//! have signed in:
//!
//! ```
//! use toolgate_framework::{Agent, ModelReply, RunContext, RunOutcome, ScriptedModel};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), toolgate_framework::Error> {
//! let agent = Agent::builder()
//!     .model(ScriptedModel::new("polite", |_| ModelReply::text("Good morning.")))
//!     .build()
//!     .await?;
//! match agent.run(RunContext::for_user("alice")?, "Hello").await? {
//!     RunOutcome::Completed(answer) => assert_eq!(answer.text, "Good morning."),
//!     // Hand the link to the person; `agent.resume(run)` when they are back.
//!     RunOutcome::ConsentRequired { link, run, .. } => drop((link, run)),
//!     other => panic!("{other}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A run that pauses is kept in the agent's database, sealed, and so is a conversation that the
//! application names. Any process of the application goes on with either, one at a time, and when
//! the person has signed in it does so by itself:
//!
//! ```no_run
//! # use std::time::Duration;
//! # use toolgate_framework::{Agent, Error, RunContext, RunOutcome};
//! # async fn chat(agent: Agent, send: impl Fn(String)) -> Result<(), Error> {
//! let run = RunContext::for_user("alice")?.with_session("chat-42")?;
//! let mut outcome = agent.run(run, "Any news?").await?;
//! while let RunOutcome::ConsentRequired { link, run, .. } = outcome {
//!     send(format!("Please connect your account: {}", link.url));
//!     outcome = agent.resume_when_connected(run, Duration::from_secs(600)).await?;
//! }
//! send(outcome.to_string());
//! // After a restart, or in another replica: what still waits.
//! for run in agent.paused_runs(RunContext::for_user("alice")?.principal()).await? {
//!     agent.resume_when_connected(run, Duration::from_secs(600)).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A [`Team`] is an agent that leads others: it asks its members by tools, and pauses where one of
//! them needs the person's consent.
//!
//! [`Agent::run_stream`] tells of the same run as it goes. A [`Model`] that is implemented elsewhere
//! finds here what it needs of the crates below: an [`ApiKey`] from an [`Environment`], and the
//! dialects of a tool's [`schema`].
//!
//! What it does not do: it names no toolkit and no database, and speaks to no model provider;
//! `toolgate-gmail`, `toolgate-store-sqlite` and `toolgate-model-rig` bring those.

mod agent;
mod context;
mod document;
mod error;
mod event;
mod model;
mod outcome;
mod scripted;
mod team;

pub use agent::{Agent, AgentBuilder, RunStream};
pub use async_trait::async_trait;
pub use context::RunContext;
pub use error::Error;
pub use event::RunEvent;
pub use model::{
    Carried, Message, Model, ModelError, ModelErrorKind, ModelReply, ModelRequest, TextSink,
    ToolCall, ToolDescription, Usage,
};
pub use outcome::{Answer, NotConnectedReason, PausedRun, RunOutcome};
pub use scripted::{Conversation, ScriptedModel};
pub use team::{Team, TeamBinding, TeamBuilder, TeamMember};
pub use toolgate_auth::{ApiKey, Environment};
pub use toolgate_toolkit::{Cancellation, schema};
