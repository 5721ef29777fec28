//! What became of a write where Google's answer is not clear: a repeat where that changes nothing, and look-ups.

use std::{future::Future, time::Duration};

use toolgate_auth::Failure as _;
use toolgate_google_http::{Error, Outcome, Seen, Verdict, look_up};
use toolgate_toolkit::{ToolContext, ToolError};

/// What is not there may be tried again, as soon as Google's answer says.
fn denied(words: &str, error: Error) -> ToolError {
    if error.is_retryable() {
        let note = format!("{words}: look-ups do not find it");
        return ToolError::from(error).with_note(&note);
    }
    ToolError::unavailable(format!("{words}: {error}; look-ups do not find it"))
}

/// How a write is called that was not done, and what to do where that is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// Such as `not written`.
    pub(crate) denied: &'static str,
    /// Such as `unknown whether it was written: look with read_sheet`.
    pub(crate) unknown: &'static str,
}

/// Waits for a write that carries no id, and looks for what it did where Google's answer is not clear. What it
/// made comes with whether only a look-up knows; a clear refusal is handed on.
pub(crate) async fn settled<T, F>(
    (cx, time): (&ToolContext, Duration),
    words: Words,
    write: impl Future<Output = Result<T, Error>> + Send,
    look: impl Fn() -> F + Send,
) -> Result<Result<(T, bool), Error>, ToolError>
where
    F: Future<Output = Result<Seen<T>, Error>> + Send,
{
    cx.mark_sent();
    let error = match write.await {
        Ok(made) => {
            cx.mark_settled();
            return Ok(Ok((made, false)));
        }
        Err(error) if error.outcome() != Outcome::Unclear => {
            cx.mark_settled();
            return Ok(Err(error));
        }
        Err(error) => error,
    };
    let verdict = look_up(time, || cx.remaining(), look).await;
    let made = decided(cx, words, error, verdict)?;
    Ok(Ok((made, true)))
}

/// Writes, and once more at once where the end is not clear and Google asks for no pause: the second time changes
/// nothing. Whatever the second try ends with, the first may have done it, so that only a look-up knows.
pub(crate) async fn repeated<T, F>(write: impl Fn() -> F + Send) -> Result<T, Error>
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

/// What the look-ups after an unclear end come to.
fn decided<T>(
    cx: &ToolContext,
    words: Words,
    error: Error,
    verdict: Verdict<T>,
) -> Result<T, ToolError> {
    let why = match verdict {
        Verdict::Done(made) => {
            cx.mark_settled();
            return Ok(made);
        }
        Verdict::NotDone => {
            cx.mark_settled();
            return Err(denied(words.denied, error));
        }
        Verdict::Unknown(why) => why,
        _ => "nothing is known of it".to_owned(),
    };
    let note = format!("{}; {why}", words.unknown);
    let error = ToolError::from(error).with_note(&note);
    Err(error.with_may_have_happened())
}

/// How a result says that a write was done.
pub(crate) fn said(done: &str, is_confirmed: bool) -> String {
    if is_confirmed {
        return format!("{done} (confirmed by look-up)");
    }
    done.to_owned()
}
