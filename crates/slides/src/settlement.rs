//! The one way in which a write leaves that must not be done twice: once, and what became of it is told and never guessed.
//!
//! From the moment that a request leaves, an end without a clear answer is looked into: several look-ups, spread over a
//! time, within the time of the call. They find what was done; or all that got an answer, two at least, find that it is
//! not there; or the end stays unknown, and the error says so and where to look. Nothing is sent again.

use std::{future::Future, time::Duration};

use toolgate_auth::Failure as _;
pub(crate) use toolgate_google_http::Seen;
use toolgate_google_http::{Error, Outcome, Verdict, look_up};
use toolgate_toolkit::{ToolContext, ToolError};

/// How a write is spoken of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// Such as `created`.
    pub(crate) done: &'static str,
    /// Where a person or a model would look for it.
    pub(crate) look: &'static str,
}

/// A look with a tool that shows all of a presentation.
const LOOK: &str = "look at it with get_presentation";

pub(crate) const ADDING: Words = Words {
    done: "added",
    look: LOOK,
};
pub(crate) const CHANGING: Words = Words {
    done: "changed",
    look: LOOK,
};
pub(crate) const MOVING: Words = Words {
    done: "moved",
    look: LOOK,
};
pub(crate) const DELETING: Words = Words {
    done: "deleted",
    look: LOOK,
};
pub(crate) const CREATING: Words = Words {
    done: "created",
    look: "look for it with list_presentations",
};
pub(crate) const REMOVING: Words = Words {
    done: "deleted for good",
    look: "look for it with list_presentations",
};

/// What was done, and how that is known.
#[derive(Debug)]
pub(crate) struct Settled<T> {
    pub(crate) made: T,
    /// Such as `created`, or `created (confirmed by look-up)`.
    pub(crate) status: String,
}

/// Why a write has no result.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It was not done: Google says so, or it never left.
    Clear(Error, String),
    /// What became of it had to be looked into.
    Unclear(ToolError),
}

impl Refusal {
    /// As the tool says it.
    pub(crate) fn explained(self, explain: impl FnOnce(Error) -> ToolError) -> ToolError {
        match self {
            Self::Clear(error, note) => explain(error).with_note(&note),
            Self::Unclear(error) => error,
        }
    }
}

/// One write that must not be done twice.
#[derive(Debug)]
pub(crate) struct Settlement<'a> {
    cx: &'a ToolContext,
    time: Duration,
    words: Words,
}

impl<'a> Settlement<'a> {
    /// A write whose unclear end is looked into for this long.
    pub(crate) fn new(cx: &'a ToolContext, time: Duration, words: Words) -> Self {
        Self { cx, time, words }
    }

    /// Lets it leave, once, and finds out what became of it.
    ///
    /// # Errors
    ///
    /// Says that it was not done, or that this is not known, and then that it may have happened.
    pub(crate) async fn settle<T, F>(
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
        let why = match error.outcome() {
            Outcome::Unclear => {
                let looked = Box::pin(self.look_into(error, look));
                return looked.await.map_err(Refusal::Unclear);
            }
            Outcome::NotSent => "it certainly did not leave",
            _ => "google refused it",
        };
        self.cx.mark_settled();
        Err(Refusal::Clear(error, format!("not {done}: {why}")))
    }

    async fn look_into<T, F>(
        &self,
        error: Error,
        look: impl Fn() -> F + Send,
    ) -> Result<Settled<T>, ToolError>
    where
        F: Future<Output = Result<Seen<T>, Error>> + Send,
    {
        tracing::info!(%error, "no clear answer to a write: looking it up");
        Err(
            match look_up(self.time, || self.cx.remaining(), look).await {
                Verdict::Done(made) => {
                    self.cx.mark_settled();
                    let status = format!("{} (confirmed by look-up)", self.words.done);
                    return Ok(Settled { made, status });
                }
                Verdict::NotDone => self.not_done(error),
                Verdict::Unknown(why) => self.unknown(error, &why),
                _ => self.unknown(error, "what was found is not understood"),
            },
        )
    }

    fn not_done(&self, error: Error) -> ToolError {
        self.cx.mark_settled();
        let done = self.words.done;
        let note = format!("not {done}: look-ups, several times, do not find it");
        // What certainly was not done may be tried again, whatever its answer was like.
        if error.is_retryable() {
            return ToolError::from(error).with_note(&note);
        }
        ToolError::unavailable(format!("{error}; {note}"))
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
