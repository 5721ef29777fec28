//! The run loop: model, tool calls at once, results, until an answer or a pause.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::Value;
use toolgate_auth::sign_in::SignInLink;
use toolgate_auth::{AwaitedConsent, ConsentNeeded, FailureKind};
use toolgate_toolkit::{RunTools, ToolError};
use tracing::{debug, info};

use super::Agent;
use super::keeper::Keeper;
use super::sessions::Start;
use super::stream::Events;
use crate::context::RunContext;
use crate::error::{Error, ErrorKind};
use crate::event::RunEvent;
use crate::model::{Message, ModelReply, ModelRequest, ToolCall};
use crate::outcome::{Answer, Need, Paused, PausedRun, Progress, RunOutcome};

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

    /// Runs what waits first, then the model, by turns.
    async fn turns(
        &self,
        context: &RunContext,
        progress: &mut Progress,
        keeper: &mut Keeper,
        events: &Events,
    ) -> Result<End, Error> {
        let tools = self
            .registry
            .for_run(context.principal().clone(), context.scope());
        loop {
            let outward = self.outward(&progress.waiting);
            Box::pin(keeper.before_calls(context, progress, outward)).await?;
            if let Some(link) = call_all(&tools, progress, events).await {
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
        let outward = |call: &&ToolCall| {
            let mut specs = self.registry.specs();
            specs.any(|spec| spec.name == call.name && !spec.risk.is_read_only())
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
        progress.under_way.clear();
        self.note_consents(&context, &mut progress).await;
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
    async fn note_consents(&self, context: &RunContext, progress: &mut Progress) {
        for need in &mut progress.needs {
            let Some(auth) = self.auth_of(&need.tool) else {
                continue;
            };
            let AwaitedConsent {
                account, needed, ..
            } = &need.consent;
            let noted = auth.awaited(context.principal(), account.as_ref(), needed);
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

/// Where the turns of a run ended.
enum End {
    Answer(String),
    Pause(SignInLink),
}

/// Runs the calls that wait at once. Results are added in the calls' order; calls that wait for
/// consent go on waiting, and a link comes back.
async fn call_all(
    tools: &RunTools,
    progress: &mut Progress,
    events: &Events,
) -> Option<SignInLink> {
    let calls = std::mem::take(&mut progress.waiting);
    let answered = std::mem::take(&mut progress.answered);
    progress.needs.clear();
    for call in &calls {
        events.emit(|| RunEvent::ToolStart { call: call.clone() });
    }
    let outcomes = calls.iter().map(|call| {
        let may_wait = !answered.contains(&call.id);
        call_one(tools, call, may_wait, events)
    });
    let outcomes = join_all(outcomes).await;
    let mut link = None;
    for (call, outcome) in calls.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Result { content, is_error } => {
                progress.messages.push(Message::ToolResult {
                    call_id: call.id,
                    name: call.name,
                    content,
                    is_error,
                });
            }
            Outcome::Waits { needed, at } => {
                link = link.or(at);
                progress.needs.extend(needed.map(|needed| Need {
                    call_id: call.id.clone(),
                    tool: call.name.clone(),
                    consent: AwaitedConsent {
                        account: None,
                        needed,
                        before: None,
                    },
                }));
                progress.waiting.push(call);
            }
        }
    }
    link
}

/// What came of a call.
enum Outcome {
    Result {
        content: Value,
        is_error: bool,
    },
    Waits {
        needed: Option<ConsentNeeded>,
        at: Option<SignInLink>,
    },
}

async fn call_one(tools: &RunTools, call: &ToolCall, may_wait: bool, events: &Events) -> Outcome {
    let (content, is_error) = match tools.call(&call.name, call.arguments.clone()).await {
        Err(error) if may_wait && waits_for_consent(&error) => {
            return Outcome::Waits {
                needed: error.consent_needed().cloned(),
                at: error.link().cloned(),
            };
        }
        Err(error) => (error.to_json(), true),
        Ok(value) => (value, false),
    };
    events.emit(|| RunEvent::ToolEnd {
        call_id: call.id.clone(),
        name: call.name.clone(),
        content: content.clone(),
        is_error,
    });
    Outcome::Result { content, is_error }
}

/// Only a call that never left can be made again, and only where there is a link to hand out.
fn waits_for_consent(error: &ToolError) -> bool {
    let consent = matches!(
        error.kind(),
        FailureKind::ConsentRequired | FailureKind::InsufficientScope
    );
    consent && error.link().is_some() && !error.may_have_happened()
}
