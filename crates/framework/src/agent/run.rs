//! The run loop: model, calls, results, until an answer or a pause.

use std::collections::BTreeSet;

use toolgate_auth::sign_in::SignInLink;
use tracing::{debug, info};

use super::Agent;
use super::calls::Calls;
use super::keeper::Keeper;
use super::sessions::Start;
use super::stream::Events;
use crate::context::RunContext;
use crate::error::{Error, ErrorKind};
use crate::event::RunEvent;
use crate::model::{Message, ModelReply, ModelRequest, ToolCall};
use crate::outcome::{Answer, Paused, PausedRun, Progress, RunOutcome};

/// Where the turns of a run ended.
pub(crate) enum End {
    /// In the model's answer.
    Answer(String),
    /// In calls that wait for the person's consent.
    Pause(SignInLink),
}

impl Agent {
    /// Runs a run to its end, and keeps what comes of it.
    pub(super) async fn drive(&self, start: Start, events: &Events) -> Result<RunOutcome, Error> {
        let Start {
            context,
            mut progress,
            mut keeper,
        } = start;
        let turns = self.turns(&context, &mut progress, &mut keeper, events);
        match turns.await {
            Ok(End::Answer(text)) => {
                // What a run of no session never does takes no room in its future.
                Box::pin(keeper.complete(&context, &mut progress)).await?;
                Ok(RunOutcome::Completed(Answer {
                    text,
                    messages: progress.messages,
                    usage: progress.usage,
                }))
            }
            Ok(End::Pause(link)) => Box::pin(self.pause(context, progress, keeper, link)).await,
            Err(error) => {
                Box::pin(keeper.failed(&context, &mut progress, &error)).await;
                Err(error)
            }
        }
    }

    /// Goes on with a run that is part of another one, which keeps it. What came of it stands in
    /// `progress`, also where it fails.
    pub(crate) async fn advance(
        &self,
        context: &RunContext,
        progress: &mut Progress,
        events: &Events,
    ) -> Result<End, Error> {
        let mut keeper = Keeper::Nowhere;
        self.turns(context, progress, &mut keeper, events).await
    }

    /// Runs what waits first, then the model, by turns.
    async fn turns(
        &self,
        context: &RunContext,
        progress: &mut Progress,
        keeper: &mut Keeper,
        events: &Events,
    ) -> Result<End, Error> {
        let calls = Calls {
            tools: self
                .registry
                .for_run(context.principal().clone(), context.scope()),
            members: self.members(),
            context,
            events,
        };
        loop {
            let outward = self.outward(&progress.waiting);
            Box::pin(keeper.before_calls(context, progress, outward)).await?;
            if let Some(link) = calls.call_all(progress).await {
                // What waits has not left, in a member's run either.
                progress.under_way.clear();
                // Nobody is asked for a consent that cannot help.
                keeper.has_room(context, progress)?;
                return Ok(End::Pause(link));
            }
            Box::pin(keeper.after_calls(context, progress)).await?;
            if progress.turns == self.turn_limit {
                let limit = progress.turns;
                return Err(ErrorKind::TurnLimit { limit }.into());
            }
            let reply = self.ask(context, &progress.messages, events).await?;
            if let Some(text) = progress.add(reply) {
                return Ok(End::Answer(text));
            }
        }
    }

    /// The calls among these that do more than look, by their ids.
    fn outward(&self, calls: &[ToolCall]) -> BTreeSet<String> {
        let outward = |call: &&ToolCall| match self.asked_by(call) {
            Some(member) => member.does_more_than_look(),
            None => self.risk(&call.name).is_some_and(|it| !it.is_read_only()),
        };
        let calls = calls.iter().filter(outward);
        calls.map(|call| call.id.clone()).collect()
    }

    async fn pause(
        &self,
        context: RunContext,
        mut progress: Progress,
        keeper: Keeper,
        link: SignInLink,
    ) -> Result<RunOutcome, Error> {
        info!(target: "toolgate_framework", run = context.run_id(), "run pauses for consent");
        let services = link.services.clone();
        self.note_consents(&context, &mut progress, &link).await;
        let time_left = context.time_left();
        let stored = keeper.pause(&context, &mut progress, &services).await?;
        let run = PausedRun(Box::new(Paused {
            time_left,
            context,
            progress,
            services: services.clone(),
            stored,
        }));
        Ok(RunOutcome::ConsentRequired {
            link,
            services,
            run,
        })
    }

    /// Notes which consents stand now, so that the next one is known when it comes.
    async fn note_consents(
        &self,
        context: &RunContext,
        progress: &mut Progress,
        link: &SignInLink,
    ) {
        let Progress { needs, members, .. } = progress;
        // The link is that of the first.
        let links = std::iter::once(Some(link)).chain(std::iter::repeat(None));
        for (need, link) in needs.iter_mut().zip(links) {
            let Some(auth) = self.auth_of(need, members) else {
                continue;
            };
            let noted = auth.awaited(context.principal(), &need.consent.needed, link);
            match noted.await {
                Ok(noted) => need.consent = noted,
                Err(error) => {
                    debug!(target: "toolgate_framework", %error, "the standing consent is not known");
                }
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
