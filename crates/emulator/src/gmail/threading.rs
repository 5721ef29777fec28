//! Decides which thread a message belongs to.

use mail_parser::parsers::fields::thread::thread_name;

use super::mime::{Parsed, message_ids};
use super::store::{Message, Store};
use super::unknown_id;
use crate::call::ApiError;

/// The thread that a message is wanted in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    New,
    /// That one, if the message is a reply within it.
    Asked(&'a str),
    /// That one, since what the message takes the place of is there.
    Kept(&'a str),
}

impl<'a> Wanted<'a> {
    /// What a request's `threadId` asks for.
    pub(crate) fn new(asked: Option<&'a str>) -> Self {
        asked.map_or(Self::New, Self::Asked)
    }

    /// What it asks for of a message that takes the place of one in the thread `current`.
    pub(crate) fn instead_of(current: &'a str, asked: Option<&'a str>) -> Self {
        match asked {
            Some(asked) if asked != current => Self::Asked(asked),
            _ => Self::Kept(current),
        }
    }
}

/// The thread of a message that a request brings: the one asked for when the message is a reply
/// within it, by Google's three criteria, and otherwise a new one (`None`).
///
/// # Errors
/// When the thread asked for does not exist.
pub(crate) fn requested(
    store: &Store,
    wanted: Wanted<'_>,
    parsed: &Parsed,
) -> Result<Option<String>, ApiError> {
    let thread_id = match wanted {
        Wanted::New => return Ok(None),
        Wanted::Kept(thread_id) => return Ok(Some(thread_id.to_owned())),
        Wanted::Asked(thread_id) => thread_id,
    };
    let thread = store.thread(thread_id);
    if thread.is_empty() {
        return Err(unknown_id(thread_id, "Invalid thread_id value"));
    }
    let names_thread = |field| {
        let ids = field_ids(parsed, field);
        thread.iter().any(|message| is_named(message, &ids))
    };
    let belongs = names_thread("References")
        && names_thread("In-Reply-To")
        && thread.iter().any(|message| same_subject(message, parsed));
    Ok(belongs.then(|| thread_id.to_owned()))
}

/// The thread of a message that arrives from elsewhere: that of a message which it answers, when
/// the subject is the same.
pub(crate) fn arriving(store: &Store, parsed: &Parsed) -> Option<String> {
    let mut ids = field_ids(parsed, "References");
    ids.extend(field_ids(parsed, "In-Reply-To"));
    store
        .messages()
        .filter(|message| is_named(message, &ids) && same_subject(message, parsed))
        .max_by_key(|message| message.position())
        .map(|message| message.thread_id.clone())
}

fn field_ids(parsed: &Parsed, field: &str) -> Vec<String> {
    parsed
        .root
        .all_headers(field)
        .flat_map(message_ids)
        .collect()
}

fn is_named(message: &Message, ids: &[String]) -> bool {
    message
        .index
        .message_id()
        .is_some_and(|own| ids.iter().any(|id| id == own))
}

fn same_subject(message: &Message, parsed: &Parsed) -> bool {
    let subject = |parsed: &Parsed| {
        let subject = parsed.root.header("Subject").unwrap_or_default();
        thread_name(subject).trim().to_lowercase()
    };
    subject(&message.parsed) == subject(parsed)
}
