//! Files are made once: each carries an id or a mark of ours, and a look-up decides where Google's
//! answer is not clear.

use std::{future::Future, time::Duration};

use google_drive3::api::File;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome, Seen, Verdict, look_up};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::out_of_reach,
    query::quoted,
    wire::{Drive, Mark, NewFileBody, Place, Which},
};

/// By what a new file is known again.
#[derive(Debug)]
pub(crate) enum Identity {
    /// An id that Drive gave beforehand.
    Own(String),
    /// A property, where Drive takes no id: for documents of Google's own kinds.
    Marked(String),
}

impl Identity {
    /// An id for a file or a folder.
    pub(crate) async fn own(drive: &Drive) -> Result<Self, ToolError> {
        let id = drive.generate_id().await?;
        let none = || ToolError::unavailable("Google gave no id for the new file");
        Ok(Self::Own(id.ok_or_else(none)?))
    }

    pub(crate) fn marked(cx: &ToolContext) -> Self {
        let mut bytes = [0; 16];
        cx.access().random().fill(&mut bytes);
        Self::Marked(format!("{:032x}", u128::from_be_bytes(bytes)))
    }

    /// The description of a new file that carries it.
    pub(crate) fn on(&self, body: NewFileBody) -> NewFileBody {
        match self {
            Self::Own(id) => NewFileBody {
                id: Some(id.clone()),
                ..body
            },
            Self::Marked(mark) => NewFileBody {
                app_properties: Some(Mark {
                    toolgate: mark.clone(),
                }),
                ..body
            },
        }
    }

    /// The file that carries it, if there is one.
    async fn look_up(&self, drive: &Drive) -> Result<Seen<File>, Error> {
        let found = match self {
            Self::Own(id) => match drive.files_get(id).await {
                Ok(file) => Some(file),
                Err(error) if error.kind() == FailureKind::NotFound => None,
                Err(error) => return Err(error),
            },
            Self::Marked(mark) => {
                let mark = quoted(mark);
                let q = format!("appProperties has {{ key='toolgate' and value={mark} }}");
                let which = Which {
                    q: &q,
                    count: 1,
                    place: Place::Everywhere,
                    ..Which::default()
                };
                let page = drive.files_list(which).await?;
                let found = page.files.unwrap_or_default().into_iter().next();
                // A search may show what is new late, so that it confirms and never denies.
                let Some(found) = found else {
                    let why = "Drive's search does not find it, or not yet".to_owned();
                    return Ok(Seen::Doubtful(why));
                };
                Some(found)
            }
        };
        Ok(found.map_or(Seen::NotDone, Seen::Done))
    }
}

/// Whether the file was made at once, or is known by a look-up.
pub(crate) const MADE: &str = "created";
pub(crate) const CONFIRMED: &str = "created (confirmed by look-up)";

/// Waits for a file to be made, and finds out whether it was where that is not clear.
pub(crate) async fn made(
    (cx, drive): (&ToolContext, &Drive),
    identity: &Identity,
    time: Duration,
    making: impl Future<Output = Result<File, Error>> + Send,
) -> Result<(File, &'static str), ToolError> {
    cx.mark_sent();
    let error = match making.await {
        Ok(file) => {
            cx.mark_settled();
            return Ok((file, MADE));
        }
        Err(error) => error,
    };
    // An id of ours that is taken was taken by an earlier try.
    let is_ours = error.is_conflict() && matches!(identity, Identity::Own(_));
    if error.outcome() != Outcome::Unclear && !is_ours {
        cx.mark_settled();
        return Err(out_of_reach(error));
    }
    let look = || async {
        let seen = identity.look_up(drive).await?;
        Ok::<_, Error>(if is_ours { taken(seen) } else { seen })
    };
    let verdict = look_up(time, || cx.remaining(), look).await;
    let file = decided(cx, CREATING, error, verdict)?;
    Ok((file, CONFIRMED))
}

/// What is there for certain: that a look-up does not see it says nothing.
fn taken<T>(seen: Seen<T>) -> Seen<T> {
    match seen {
        Seen::NotDone => Seen::Doubtful("a look-up does not show it yet".to_owned()),
        seen => seen,
    }
}

const CREATING: Words = Words {
    denied: "not created",
    unknown: "unknown whether it was created: look with search_files before repeating",
};

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
    /// Such as `not shared`.
    pub(crate) denied: &'static str,
    /// Such as `unknown whether it was shared: look with list_permissions`.
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
