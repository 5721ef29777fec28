//! A letter: what a tool's arguments say, with what was looked up filled in, and the bytes that go out. Every tool that
//! writes mail makes one, and only this makes the bytes.

mod files;
mod kept;
mod order;
mod parent;
mod sender;
mod shown;
mod written;

use chrono::{DateTime, Utc};
use google_gmail1::api::MessagePart;
use toolgate_toolkit::{ToolContext, ToolError};

pub(crate) use self::{
    files::{MAX_ATTACHED, check_size, read_files, too_large},
    kept::Kept,
    order::{Checked, Kind, Order, no_recipient},
    parent::{ANSWER, Answered, Parent},
    sender::Sender,
    shown::{OTHERS_WORDS, Shown, shown_subject},
    written::{Compose, Ready, Use, written},
};
use crate::{
    compose::{
        Attached, Content, MessageId, Outgoing, Quoted, Recipients, Signature, Thread, Written,
        check_count, compose, reply_recipients, reply_subject,
    },
    mime::{Mailbox, decoded_header},
    settlement::Mark,
};

/// The largest message that Gmail takes in, in bytes (`mediaUpload.maxSize` of `users.messages.send`).
const MAX_MESSAGE: usize = 36_700_160;

/// A mail, complete but for its bytes.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) from: Option<Mailbox>,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) bcc: Vec<Mailbox>,
    pub(crate) subject: String,
    pub(crate) text: Text,
    pub(crate) attachments: Vec<Attached>,
    /// Its place among the mails that it answers.
    pub(crate) thread: Option<Thread>,
    /// Gmail's thread.
    pub(crate) thread_id: Option<String>,
    /// Headers of a draft that stay as they are.
    pub(crate) kept: Vec<(String, String)>,
    /// What was looked up, or is still missing.
    pub(crate) notes: Vec<String>,
    /// In whose domain its Message-ID is made.
    pub(crate) domain: Option<Mailbox>,
    /// Whether its subject or recipients may come from another mail.
    pub(crate) borrows: bool,
}

/// What a letter says.
#[derive(Debug)]
pub(crate) enum Text {
    /// What was written now.
    Written {
        body: String,
        signature: Option<Signature>,
        quoted: Option<Quoted>,
    },
    /// What stands in the draft already, byte for byte.
    Kept(Vec<Vec<u8>>),
}

/// A message, ready to leave.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) raw: Vec<u8>,
    /// By which it is known again.
    pub(crate) mark: Mark,
    /// A boundary that does not stand in it.
    pub(crate) boundary: String,
}

impl Letter {
    /// A new letter, or an answer where there is a mail to answer.
    pub(crate) fn new(checked: Checked, parent: Option<Parent>, sender: Sender) -> Self {
        let mut letter = Self {
            from: sender.from,
            to: checked.to.unwrap_or_default(),
            cc: checked.cc.unwrap_or_default(),
            bcc: checked.bcc.unwrap_or_default(),
            subject: checked.subject.unwrap_or_default(),
            text: Text::Written {
                body: checked.body.unwrap_or_default(),
                signature: sender.signature,
                quoted: None,
            },
            attachments: Vec::new(),
            thread: None,
            thread_id: None,
            kept: Vec::new(),
            notes: sender.notes,
            domain: None,
            borrows: false,
        };
        if let Some(parent) = parent {
            letter.answer(parent, checked.reply_all);
        }
        letter.without_repeats();
        letter
    }

    /// Makes it an answer: thread, and recipients and subject where none were given.
    pub(crate) fn answer(&mut self, parent: Parent, reply_all: bool) {
        let found = reply_recipients(&parent.headers, &parent.own, reply_all);
        self.address(found, reply_all);
        if reply_all && !parent.knows_aliases {
            self.note("other own addresses could not be looked up and may be among the recipients");
        }
        let thread = Thread::answering(&parent.headers);
        if thread.in_reply_to().is_none() {
            self.note("the mail that it answers has no Message-ID: only Gmail shows the answer in its thread");
        }
        if self.subject.is_empty() {
            self.subject = subject_of(&parent.headers);
        }
        self.subject = reply_subject(&self.subject);
        self.borrows = true;
        self.thread = Some(thread);
        self.thread_id = Some(parent.thread_id);
        self.domain = parent
            .own
            .into_iter()
            .next()
            .map(|email| Mailbox { name: None, email });
    }

    /// To whom it goes: those of the answered mail where none were given, and beside them in an answer to all.
    fn address(&mut self, found: Recipients, reply_all: bool) {
        if !self.to.is_empty() && !reply_all {
            return;
        }
        if self.to.is_empty() {
            self.to = found.to;
            self.note("recipients were taken from the mail that it answers");
        } else {
            for mailbox in found.to {
                if !self.to.iter().any(|known| known.is_same_address(&mailbox)) {
                    self.to.push(mailbox);
                }
            }
            self.note("beside `to`, it goes to all recipients of the mail that it answers");
        }
        if reply_all {
            self.cc.extend(found.cc);
        }
        if found.odd > 0 {
            let plural = if found.odd == 1 { "" } else { "es" };
            self.note(format!("{} odd address{plural} left out", found.odd));
        }
    }

    /// Nobody gets it twice.
    pub(crate) fn without_repeats(&mut self) {
        let mut known = self.to.clone();
        for list in [&mut self.cc, &mut self.bcc] {
            list.retain(|mailbox| {
                let is_new = !known.iter().any(|other| other.is_same_address(mailbox));
                if is_new {
                    known.push(mailbox.clone());
                }
                is_new
            });
        }
    }

    /// Whether nobody would get it.
    pub(crate) fn has_no_recipient(&self) -> bool {
        self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty()
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The bytes, under a Message-ID of their own.
    pub(crate) fn compose(&self, cx: &ToolContext) -> Result<Composed, ToolError> {
        check_count("to", self.to.len() + self.cc.len() + self.bcc.len())?;
        let mut random = [0; 16];
        cx.access().random().fill(&mut random);
        let now = cx.access().clock().now().as_millis();
        let message_id = MessageId::new(random, self.from.as_ref().or(self.domain.as_ref()));
        let boundary = message_id.boundary("u");
        let mark = Mark::new(&message_id, &self.subject, &self.to, now);
        let raw = compose(&Outgoing {
            from: self.from.clone(),
            to: self.to.clone(),
            cc: self.cc.clone(),
            bcc: self.bcc.clone(),
            subject: &self.subject,
            content: self.content(),
            attachments: &self.attachments,
            thread: self.thread.clone(),
            kept: &self.kept,
            date: DateTime::<Utc>::from_timestamp_millis(now).unwrap_or_default(),
            message_id,
        })?;
        if raw.len() > MAX_MESSAGE {
            return Err(too_large("the whole mail", raw.len(), MAX_MESSAGE));
        }
        Ok(Composed {
            raw,
            mark,
            boundary,
        })
    }

    fn content(&self) -> Content<'_> {
        match &self.text {
            Text::Kept(parts) => Content::Kept(parts),
            Text::Written {
                body,
                signature,
                quoted,
            } => Content::Written(Written {
                body,
                signature: signature.as_ref(),
                quoted: quoted.as_ref(),
            }),
        }
    }
}

/// The subject of a mail, decoded.
pub(crate) fn subject_of(headers: &MessagePart) -> String {
    decoded_header(headers, "Subject").unwrap_or_default()
}
