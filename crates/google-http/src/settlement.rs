//! The one way in which a write leaves that must not be done twice: once, and what became of it is told and never guessed.
//!
//! From the moment that a request leaves, an end without a clear answer is looked into: several look-ups, spread over a
//! time, within the time of the call. They find what was done; or all that got an answer, two at least and the last of all
//! among them, find that it is not there; or the end stays unknown, and the error says so and where to look. Nothing is
//! sent again.

#[cfg(test)]
mod tests;

use std::{future::Future, time::Duration};

use toolgate_auth::Failure as _;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{Error, Outcome, Seen, Verdict, look_up};

/// How a write is spoken of.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Such as `created`.
    pub done: &'static str,
    /// Where a person or a model would look for it, such as `look for it with list_events`.
    pub look: &'static str,
}

/// What was done, and how that is known.
#[derive(Debug)]
pub struct Settled<T> {
    /// What Google or a look-up says that was made.
    pub made: T,
    /// Such as `created`, or `created (confirmed by look-up)`.
    pub status: String,
}

/// Why a write has no result.
#[derive(Debug)]
pub struct Refusal(Kind);

#[derive(Debug)]
enum Kind {
    /// It was not done: Google says so, or it never left.
    Clear(Error, String),
    /// What became of it had to be looked into.
    Unclear(ToolError),
}

impl Refusal {
    /// As the tool says it, which knows what a clear refusal means.
    pub fn explained(self, explain: impl FnOnce(Error) -> ToolError) -> ToolError {
        match self.0 {
            Kind::Clear(error, note) => explain(error).with_note(&note),
            Kind::Unclear(error) => error,
        }
    }
}

impl From<Refusal> for ToolError {
    fn from(refusal: Refusal) -> Self {
        refusal.explained(Self::from)
    }
}

/// One write that must not be done twice.
#[derive(Debug)]
pub struct Settlement<'a> {
    cx: &'a ToolContext,
    time: Duration,
    words: Words,
    has_own_id: bool,
    is_retried: bool,
}

impl<'a> Settlement<'a> {
    /// How long an unclear end is looked into, unless a program says otherwise.
    pub const TIME: Duration = Duration::from_secs(10);

    /// A write whose unclear end is looked into for this long.
    pub fn new(cx: &'a ToolContext, time: Duration, words: Words) -> Self {
        Self {
            cx,
            time,
            words,
            has_own_id: false,
            is_retried: false,
        }
    }

    /// What is made has an id that nobody else has: where Google says that it is taken, an earlier try took it.
    #[must_use]
    pub fn with_own_id(self) -> Self {
        Self {
            has_own_id: true,
            ..self
        }
    }

    /// What the look-ups deny may be tried again, even where the error would not say so of itself.
    #[must_use]
    pub fn with_retry(self) -> Self {
        Self {
            is_retried: true,
            ..self
        }
    }

    /// Lets it leave, once, and finds out what became of it.
    ///
    /// # Errors
    ///
    /// Says that it was not done, or that this is not known, and then that it may have happened.
    pub async fn settle<T, F>(
        &self,
        leaving: impl Future<Output = Result<T, Error>> + Send,
        look: impl Fn() -> F + Send,
    ) -> Result<Settled<T>, Refusal>
    where
        F: Future<Output = Result<Seen<T>, Error>> + Send,
    {
        let Words { done, .. } = self.words;
        self.cx.mark_sent();
        let error = match leaving.await {
            Ok(made) => {
                self.cx.mark_settled();
                let status = done.to_owned();
                return Ok(Settled { made, status });
            }
            Err(error) => error,
        };
        if self.has_own_id && error.is_conflict() {
            return Box::pin(self.look_into(error, move || taken(look()))).await;
        }
        let why = match error.outcome() {
            Outcome::Unclear => return Box::pin(self.look_into(error, look)).await,
            Outcome::NotSent => "it certainly did not leave",
            Outcome::Answered => "google refused it",
        };
        self.cx.mark_settled();
        Err(Refusal(Kind::Clear(error, format!("not {done}: {why}"))))
    }

    async fn look_into<T, F>(
        &self,
        error: Error,
        look: impl Fn() -> F + Send,
    ) -> Result<Settled<T>, Refusal>
    where
        F: Future<Output = Result<Seen<T>, Error>> + Send,
    {
        tracing::info!(%error, "no clear answer to a write: looking it up");
        let error = match look_up(self.time, || self.cx.remaining(), look).await {
            Verdict::Done(made) => {
                self.cx.mark_settled();
                let status = format!("{} (confirmed by look-up)", self.words.done);
                return Ok(Settled { made, status });
            }
            Verdict::NotDone => self.not_done(error),
            Verdict::Unknown(why) => self.unknown(error, &why),
        };
        Err(Refusal(Kind::Unclear(error)))
    }

    fn not_done(&self, error: Error) -> ToolError {
        self.cx.mark_settled();
        let done = self.words.done;
        let note = format!("not {done}: it was looked for several times and is not there");
        let error = if self.is_retried && !error.is_retryable() {
            ToolError::unavailable(error.to_string())
        } else {
            ToolError::from(error)
        };
        error.with_note(&note)
    }

    fn unknown(&self, error: Error, why: &str) -> ToolError {
        let Words { done, look } = self.words;
        ToolError::from(error)
            .with_note(&format!(
                "unknown: it may have been {done} all the same, and {why}; {look} before repeating it"
            ))
            .with_may_have_happened()
    }
}

/// A look-up of what is there for certain: that it does not see it says nothing.
async fn taken<T>(look: impl Future<Output = Result<Seen<T>, Error>>) -> Result<Seen<T>, Error> {
    Ok(match look.await? {
        Seen::NotDone => Seen::Doubtful("a look-up does not show it yet".to_owned()),
        seen => seen,
    })
}

/// Writes, and once more at once where the end is not clear and Google asks for no pause: the second time changes
/// nothing. Whatever the second try ends with, the first may have done it, so that only a look-up knows.
///
/// # Errors
/// Of the two tries, the first one's, which a [`Settlement`] then looks into.
pub async fn repeated<T, F>(write: impl Fn() -> F + Send) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>> + Send,
{
    let first = match write().await {
        Err(error) if error.outcome() == Outcome::Unclear => error,
        ended => return ended,
    };
    if first.retry_after().is_some() {
        return Err(first);
    }
    write().await.map_err(|_| first)
}
