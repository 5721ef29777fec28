//! The calls of one turn: tools, and members of a team, at once.

use futures_util::future::join_all;
use serde_json::Value;
use toolgate_auth::sign_in::SignInLink;
use toolgate_auth::{AwaitedConsent, ConsentNeeded, FailureKind};
use toolgate_toolkit::{RunTools, ToolError};

use super::stream::Events;
use crate::context::RunContext;
use crate::event::RunEvent;
use crate::model::{Message, ToolCall, Usage};
use crate::outcome::{Need, Progress};
use crate::team::Members;

/// What the calls of one run are made with.
pub(super) struct Calls<'a> {
    pub(super) tools: RunTools,
    pub(super) members: Option<&'a Members>,
    pub(super) context: &'a RunContext,
    pub(super) events: &'a Events,
}

/// What came of a call.
enum Outcome {
    Result {
        content: Value,
        is_error: bool,
        /// What a member used, where the call asked one.
        used: Usage,
    },
    Waits {
        link: SignInLink,
        needed: Vec<ConsentNeeded>,
        /// How far the member is whom the call asked, if it asked one.
        member: Option<Box<Progress>>,
    },
}

impl Calls<'_> {
    /// Runs the calls that wait at once. Results are added in the calls' order; calls that wait for
    /// consent go on waiting, and a link comes back.
    pub(super) async fn call_all(&self, progress: &mut Progress) -> Option<SignInLink> {
        let calls = std::mem::take(&mut progress.waiting);
        let answered = std::mem::take(&mut progress.answered);
        progress.needs.clear();
        for call in &calls {
            self.events
                .emit(|| RunEvent::ToolStart { call: call.clone() });
        }
        let outcomes = calls.iter().map(|call| {
            let may_wait = !answered.contains(&call.id);
            self.call_one(call, progress.members.remove(&call.id), may_wait)
        });
        let outcomes = join_all(outcomes).await;
        let mut first = None;
        for (call, outcome) in calls.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Result {
                    content,
                    is_error,
                    used,
                } => {
                    progress.usage += used;
                    progress.messages.push(Message::ToolResult {
                        call_id: call.id,
                        name: call.name,
                        content,
                        is_error,
                    });
                }
                Outcome::Waits {
                    link,
                    needed,
                    member,
                } => {
                    first = first.or(Some(link));
                    wait(progress, call, needed, member);
                }
            }
        }
        first
    }

    async fn call_one(&self, call: &ToolCall, begun: Option<Progress>, may_wait: bool) -> Outcome {
        let (ended, member) = self.carry_out(call, begun).await;
        let (content, is_error) = match ended {
            Err(error) => match waits_for_consent(&error).filter(|_| may_wait) {
                Some(link) => {
                    return Outcome::Waits {
                        link: link.clone(),
                        needed: needed(&error, member.as_ref()),
                        member: member.map(Box::new),
                    };
                }
                None => (error.to_json(), true),
            },
            Ok(value) => (value, false),
        };
        self.events.emit(|| RunEvent::ToolEnd {
            call_id: call.id.clone(),
            name: call.name.clone(),
            content: content.clone(),
            is_error,
        });
        Outcome::Result {
            content,
            is_error,
            used: member.map(|it| it.usage).unwrap_or_default(),
        }
    }

    /// Asks the member that the call names, or calls the tool. How far a member came is told as well.
    async fn carry_out(
        &self,
        call: &ToolCall,
        begun: Option<Progress>,
    ) -> (Result<Value, ToolError>, Option<Progress>) {
        if let Some(asked) = self.members.and_then(|members| members.asked_by(call)) {
            return asked.ask(self.context, self.events, begun).await;
        }
        let calling = self.tools.call(&call.name, call.arguments.clone());
        (calling.await, None)
    }
}

/// What a call waits for: what it needs itself, or what the calls of its member do.
fn needed(error: &ToolError, member: Option<&Progress>) -> Vec<ConsentNeeded> {
    let of_member = member.into_iter().flat_map(|it| &it.needs);
    let of_member = of_member.map(|need| &need.consent.needed);
    let needed = error.consent_needed().into_iter().chain(of_member);
    needed.cloned().collect()
}

fn wait(
    progress: &mut Progress,
    call: ToolCall,
    needed: Vec<ConsentNeeded>,
    member: Option<Box<Progress>>,
) {
    progress.needs.extend(needed.into_iter().map(|needed| Need {
        call_id: call.id.clone(),
        tool: call.name.clone(),
        consent: AwaitedConsent {
            needed,
            before: None,
            sign_in: None,
        },
    }));
    progress
        .members
        .extend(member.map(|member| (call.id.clone(), *member)));
    progress.waiting.push(call);
}

/// Only a call that never left can be made again, and only where there is a link to hand out.
fn waits_for_consent(error: &ToolError) -> Option<&SignInLink> {
    let consent = matches!(
        error.kind(),
        FailureKind::ConsentRequired | FailureKind::InsufficientScope
    );
    error
        .link()
        .filter(|_| consent && !error.may_have_happened())
}
