//! Files are made once: each carries an id or a mark of ours, and a look-up decides where Google's
//! answer is not clear.

use std::{future::Future, time::Duration};

use google_drive3::api::File;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Seen, Settled, Settlement, Words};
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

const CREATING: Words = Words {
    done: "created",
    look: "look for it with search_files",
};

/// Waits for a file to be made, and finds out whether it was where that is not clear.
pub(crate) async fn made(
    (cx, drive): (&ToolContext, &Drive),
    identity: &Identity,
    time: Duration,
    making: impl Future<Output = Result<File, Error>> + Send,
) -> Result<Settled<File>, ToolError> {
    let settlement = match identity {
        Identity::Own(_) => settlement(cx, time, CREATING).with_own_id(),
        Identity::Marked(_) => settlement(cx, time, CREATING),
    };
    let made = settlement.settle(making, || identity.look_up(drive)).await;
    made.map_err(|refusal| refusal.explained(out_of_reach))
}

/// A write of which look-ups tell for certain that it was not done, so that it may be tried again.
pub(crate) fn settlement(cx: &ToolContext, time: Duration, words: Words) -> Settlement<'_> {
    Settlement::new(cx, time, words).with_retry()
}
