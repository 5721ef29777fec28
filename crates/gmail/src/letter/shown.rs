//! What a result says of a letter.

use google_gmail1::api::MessagePart;
use schemars::JsonSchema;
use serde::Serialize;
use toolgate_toolkit::sized::joined;

use super::{Letter, subject_of};
use crate::{
    compose::{Attached, Thread},
    mime::{Mailbox, header, parse_addresses},
};

/// Characters of a list of addresses in a result.
const SHOWN: usize = 1_000;

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cc: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    bcc: String,
    subject: String,
    /// The names of the files on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<String>,
    /// The header `Message-ID` of the mail that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<String>,
    /// What was looked up, or is still missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Shown {
    /// Of a draft that goes out as it is.
    pub(crate) fn of(headers: &MessagePart) -> Self {
        let list = |name| {
            people(
                &header(headers, name)
                    .map(parse_addresses)
                    .unwrap_or_default(),
            )
        };
        let from = Some(list("From")).filter(|from| !from.is_empty());
        Self {
            from,
            to: list("To"),
            cc: list("Cc"),
            bcc: list("Bcc"),
            subject: subject_of(headers),
            attachments: Vec::new(),
            in_reply_to: answered(&Thread::of(headers)),
            note: None,
        }
    }
}

fn answered(thread: &Thread) -> Option<String> {
    Some(format!("<{}>", thread.in_reply_to()?))
}

impl From<Letter> for Shown {
    fn from(letter: Letter) -> Self {
        let files = letter.attachments.iter().map(Attached::name);
        let attachments = files.map(str::to_owned).collect();
        Self {
            from: letter.from.as_ref().map(Mailbox::to_string),
            to: people(&letter.to),
            cc: people(&letter.cc),
            bcc: people(&letter.bcc),
            in_reply_to: letter.thread.as_ref().and_then(answered),
            subject: letter.subject,
            attachments,
            note: Some(letter.notes.join("; ")).filter(|note| !note.is_empty()),
        }
    }
}

fn people(list: &[Mailbox]) -> String {
    let entries: Vec<String> = list.iter().map(Mailbox::to_string).collect();
    joined(&entries, SHOWN)
}
