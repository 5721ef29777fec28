//! A run as a stream of its events.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;

use crate::error::Error;
use crate::event::RunEvent;
use crate::outcome::RunOutcome;

/// A run, told as it goes. Nothing runs while nobody asks for the next event, and dropping it stops
/// the run: calls that are under way are dropped with it.
///
/// ```
/// use toolgate_framework::{Agent, ModelReply, RunContext, RunEvent, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), toolgate_framework::Error> {
/// let agent = Agent::builder()
///     .model(ScriptedModel::new("polite", |_| ModelReply::text("Good morning.")))
///     .build()
///     .await?;
/// let mut run = agent.run_stream(RunContext::for_user("alice")?, "Hello");
/// let mut said = String::new();
/// while let Some(event) = run.next().await {
///     match event? {
///         RunEvent::Text(text) => said.push_str(&text),
///         RunEvent::ToolStart { call } => println!("{} ..", call.name),
///         // Hand the link to the person; `agent.resume_stream(run)` when they are back.
///         RunEvent::ConsentRequired { link, run, .. } => drop((link, run)),
///         RunEvent::Completed(answer) => assert_eq!(answer.text, said),
///         _ => {}
///     }
/// }
/// assert_eq!(said, "Good morning.");
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing runs while nobody asks for the next event"]
pub struct RunStream {
    events: Queue,
    run: Option<Run>,
    last: Option<Result<RunEvent, Error>>,
}

type Run = Pin<Box<dyn Future<Output = Result<RunOutcome, Error>> + Send>>;
type Queue = Arc<Mutex<VecDeque<RunEvent>>>;

impl RunStream {
    pub(super) fn new<R>(run: impl FnOnce(Events) -> R) -> Self
    where
        R: Future<Output = Result<RunOutcome, Error>> + Send + 'static,
    {
        let queue = Queue::default();
        let events = Events::into_queue(Arc::clone(&queue));
        Self {
            events: queue,
            run: Some(Box::pin(run(events))),
            last: None,
        }
    }

    /// The next event, or `None` after the last.
    ///
    /// # Errors
    /// As [`Agent::run`](crate::Agent::run); an error is the last item.
    pub async fn next(&mut self) -> Option<Result<RunEvent, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn told(&self) -> Option<Result<RunEvent, Error>> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.pop_front().map(Ok)
    }
}

impl Stream for RunStream {
    type Item = Result<RunEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(event) = self.told() {
            return Poll::Ready(Some(event));
        }
        if let Some(run) = &mut self.run {
            match run.as_mut().poll(cx) {
                Poll::Pending => {
                    return self
                        .told()
                        .map_or(Poll::Pending, |it| Poll::Ready(Some(it)));
                }
                Poll::Ready(outcome) => {
                    self.run = None;
                    self.last = Some(outcome.map(RunEvent::from));
                }
            }
        }
        let next = self.told().or_else(|| self.last.take());
        Poll::Ready(next)
    }
}

impl fmt::Debug for RunStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunStream")
            .field("ended", &self.run.is_none())
            .finish_non_exhaustive()
    }
}

/// Where a run tells its events, if anybody listens.
pub(crate) struct Events {
    queue: Option<Queue>,
    /// The member whose events they are, and the call that asked it.
    member: Option<(String, String)>,
}

impl Events {
    pub(crate) fn unwanted() -> Self {
        Self {
            queue: None,
            member: None,
        }
    }

    fn into_queue(queue: Queue) -> Self {
        Self {
            queue: Some(queue),
            member: None,
        }
    }

    /// The same place, for the events of a member.
    pub(crate) fn of_member(&self, member: &str, call_id: &str) -> Self {
        Self {
            queue: self.queue.clone(),
            member: Some((member.to_owned(), call_id.to_owned())),
        }
    }

    pub(crate) fn are_wanted(&self) -> bool {
        self.queue.is_some()
    }

    pub(crate) fn emit(&self, event: impl FnOnce() -> RunEvent) {
        let Some(queue) = &self.queue else { return };
        let event = match &self.member {
            Some((member, call_id)) => RunEvent::Member {
                member: member.clone(),
                call_id: call_id.clone(),
                event: Box::new(event()),
            },
            None => event(),
        };
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(event);
    }
}
