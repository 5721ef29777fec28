//! The run loop: model, calls, results, until an answer or a pause.

use toolgate_auth::sign_in::SignInLink;
use tracing::{debug, info};

use super::Agent;
use super::calls::Calls;
use super::stream::Events;
use crate::context::RunContext;
use crate::error::{Error, ErrorKind};
use crate::event::RunEvent;
use crate::model::{Message, ModelReply, ModelRequest};
use crate::outcome::{Answer, Paused, PausedRun, Progress, RunOutcome};

/// How far a run came.
pub(crate) enum Step {
    /// To the model's answer.
    Answer(String),
    /// To a call that waits for the person's consent.
    Waits(SignInLink),
}

impl Agent {
    /// Runs to the answer, or to a pause.
    pub(super) async fn drive(
        &self,
        context: RunContext,
        mut progress: Progress,
        events: &Events,
    ) -> Result<RunOutcome, Error> {
        match self.advance(&context, &mut progress, events).await? {
            Step::Waits(link) => Ok(pause(context, progress, link)),
            Step::Answer(text) => Ok(RunOutcome::Completed(Answer {
                text,
                messages: progress.messages,
                usage: progress.usage,
            })),
        }
    }

    /// Runs what waits first, then the model, by turns. What came of it stands in `progress`, also
    /// where it fails.
    pub(crate) async fn advance(
        &self,
        context: &RunContext,
        progress: &mut Progress,
        events: &Events,
    ) -> Result<Step, Error> {
        let calls = Calls {
            tools: self
                .registry
                .for_run(context.principal().clone(), context.scope()),
            members: self.members(),
            context,
            events,
        };
        loop {
            if let Some(link) = calls.call_all(progress).await {
                return Ok(Step::Waits(link));
            }
            if progress.turns == self.turn_limit {
                let limit = progress.turns;
                return Err(ErrorKind::TurnLimit { limit }.into());
            }
            let reply = self.ask(context, &progress.messages, events).await?;
            if let Some(text) = progress.add(reply) {
                return Ok(Step::Answer(text));
            }
        }
    }

    async fn ask(
        &self,
        context: &RunContext,
        messages: &[Message],
        events: &Events,
    ) -> Result<ModelReply, Error> {
        if context.cancellation().is_cancelled() {
            return Err(ErrorKind::Cancelled.into());
        }
        if context.is_over() {
            return Err(ErrorKind::OutOfTime.into());
        }
        debug!(target: "toolgate_framework", run = context.run_id(), model = self.model.name(), "model is asked");
        let request = ModelRequest {
            instructions: &self.instructions,
            messages,
            tools: &self.tools,
        };
        let mut text = |text: &str| events.emit(|| RunEvent::Text(text.to_owned()));
        let asking = async {
            if events.are_wanted() {
                self.model.stream(&request, &mut text).await
            } else {
                self.model.complete(&request).await
            }
        };
        tokio::select! {
            biased;
            () = context.cancellation().cancelled() => Err(ErrorKind::Cancelled.into()),
            () = until(context) => Err(ErrorKind::OutOfTime.into()),
            reply = asking => Ok(reply.map_err(ErrorKind::Model)?),
        }
    }
}

async fn until(context: &RunContext) {
    match context.deadline() {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn pause(context: RunContext, progress: Progress, link: SignInLink) -> RunOutcome {
    info!(target: "toolgate_framework", run = context.run_id(), "run pauses for consent");
    let services = link.services.clone();
    let run = PausedRun(Box::new(Paused {
        time_left: context.time_left(),
        context,
        progress,
    }));
    RunOutcome::ConsentRequired {
        link,
        services,
        run,
    }
}
