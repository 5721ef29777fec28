//! How mails and drafts are spoken of whose end is not clear, and by what they are known again.

mod look_up;
mod mark;

use google_gmail1::api::{Draft, Message};
use toolgate_google_http::Words;

pub(crate) use self::{
    look_up::{
        IN_DRAFTS, IN_SENT, find_draft, find_sent, look_after_changed, look_after_deleted,
        look_after_sent,
    },
    mark::Mark,
};

pub(crate) const SENDING: Words = Words {
    done: "sent",
    look: "look among the sent mails (search for `in:sent`)",
};
pub(crate) const SAVING: Words = Words {
    done: "saved",
    look: "look among the drafts (search for `in:drafts`)",
};
pub(crate) const DELETING: Words = Words {
    done: "deleted",
    look: "look among the drafts (search for `in:drafts`)",
};

/// Gmail's ids of a message and its thread.
pub(crate) fn ids(message: Message) -> (String, String) {
    let Message { id, thread_id, .. } = message;
    (id.unwrap_or_default(), thread_id.unwrap_or_default())
}

/// The same of the message in a draft, behind the draft's own.
pub(crate) fn draft_ids(draft: Draft) -> (String, String, String) {
    let (message_id, thread_id) = ids(draft.message.unwrap_or_default());
    (draft.id.unwrap_or_default(), message_id, thread_id)
}
