//! `create_draft_email`: a new mail, or an answer in its thread, for the person to look at and send.

mod parent;

use chrono::{DateTime, Utc};
use google_gmail1::api::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Outcome};
use toolgate_toolkit::{ToolContext, ToolError, sized::joined};

use self::parent::{Answered, Parent};
use crate::{
    compose::{
        MessageId, Outgoing, Thread, compose, header_value, recipients, reply_recipients,
        reply_subject,
    },
    mime::{Mailbox, decoded_header},
    wire::{CREATE_DRAFT, GET, Gmail, PROFILE, THREAD},
};

/// Everything that an answer may take.
pub(crate) const METHODS: &[&str] = &[CREATE_DRAFT.id(), GET.id(), THREAD.id(), PROFILE.id()];
/// What a new mail takes: a person who allowed no reading can still have one drafted.
const NEW_MAIL: &[&str] = &[CREATE_DRAFT.id()];

/// Characters of a list of addresses in a result.
const SHOWN: usize = 1_000;

/// Saves a draft for the person to check and send. For an answer give `message_id` (or `thread_id`, to answer its latest mail):
/// thread, recipients and subject are looked up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDraft {
    /// `Name <name@example.org>`, several separated by commas.
    to: Option<String>,
    /// As `to`.
    cc: Option<String>,
    /// As `to`.
    bcc: Option<String>,
    /// Required unless it is an answer.
    subject: Option<String>,
    /// Plain text or Markdown.
    body: String,
    /// The mail to answer.
    #[schemars(length(min = 1))]
    message_id: Option<String>,
    /// The thread to answer.
    #[schemars(length(min = 1))]
    thread_id: Option<String>,
    /// Answer all recipients, not only the sender.
    reply_all: Option<bool>,
}

/// What was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Saved {
    draft_id: String,
    /// The draft as a mail.
    message_id: String,
    thread_id: String,
    to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cc: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    bcc: String,
    subject: String,
    /// The header `Message-ID` of the mail that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<String>,
    /// What was looked up, or is still missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Arguments that were checked before anything was asked of Google.
struct Checked {
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    bcc: Vec<Mailbox>,
    subject: Option<String>,
    body: String,
    reply_all: bool,
}

/// Saves a draft.
pub(crate) async fn create_draft_email(
    cx: ToolContext,
    args: CreateDraft,
) -> Result<Saved, ToolError> {
    let answered = Answered::of(args.message_id.as_deref(), args.thread_id.as_deref());
    let checked = check(&args, answered.is_some())?;
    let (gmail, parent) = match answered {
        None => (Gmail::new(&cx, NEW_MAIL), None),
        Some(answered) => {
            let gmail = Gmail::new(&cx, METHODS);
            let parent = answered.look_up(&gmail).await?;
            (gmail, Some(parent))
        }
    };
    let letter = Letter::new(checked, parent.as_ref());
    let raw = letter.compose(&cx, parent.as_ref())?;
    let thread_id = parent.map(|parent| parent.thread_id);
    let draft = save(&cx, &gmail, raw, thread_id).await?;
    Ok(letter.saved(draft))
}

fn check(args: &CreateDraft, is_answer: bool) -> Result<Checked, ToolError> {
    let list = |argument, value: &Option<String>| match value {
        Some(value) => recipients(argument, &[value]).map_err(ToolError::from),
        None => Ok(Vec::new()),
    };
    let to = list("to", &args.to)?;
    let cc = list("cc", &args.cc)?;
    let bcc = list("bcc", &args.bcc)?;
    let reply_all = args.reply_all.unwrap_or(false);
    if reply_all && !is_answer {
        return Err(ToolError::invalid_argument(
            "reply_all",
            "there is no mail to answer",
            "false, or true beside a message_id",
        ));
    }
    let subject = args.subject.as_deref().map(str::trim);
    let subject = subject.filter(|subject| !subject.is_empty());
    if subject.is_none() && !is_answer {
        return Err(ToolError::invalid_argument(
            "subject",
            "it is missing, and this is no answer to a mail",
            "one line that says what the mail is about",
        ));
    }
    if let Some(subject) = subject {
        header_value("subject", subject)?;
    }
    Ok(Checked {
        to,
        cc,
        bcc,
        subject: subject.map(str::to_owned),
        body: args.body.clone(),
        reply_all,
    })
}

/// A mail, with what was looked up filled in.
struct Letter {
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    bcc: Vec<Mailbox>,
    subject: String,
    body: String,
    thread: Option<Thread>,
    note: Option<String>,
}

impl Letter {
    fn new(checked: Checked, parent: Option<&Parent>) -> Self {
        let Checked {
            mut to,
            mut cc,
            mut bcc,
            subject,
            body,
            reply_all,
        } = checked;
        let mut notes = Vec::new();
        if let Some(parent) = parent {
            let found = reply_recipients(&parent.headers, &parent.own, reply_all);
            if to.is_empty() {
                to = found.to;
                notes.push("recipients were taken from the mail that it answers");
            }
            if reply_all {
                cc.extend(found.cc);
            }
        }
        without_repeats(&to, &mut cc);
        let named: Vec<Mailbox> = to.iter().chain(&cc).cloned().collect();
        without_repeats(&named, &mut bcc);
        if named.is_empty() && bcc.is_empty() {
            notes.push("it has no recipient yet");
        }
        let thread = parent.map(|parent| Thread::answering(&parent.headers));
        if thread
            .as_ref()
            .is_some_and(|thread| thread.in_reply_to().is_none())
        {
            notes.push("the mail that it answers has no Message-ID: only Gmail shows the answer in its thread");
        }
        let theirs = |parent: &Parent| decoded_header(&parent.headers, "Subject");
        let subject = match parent {
            None => subject.unwrap_or_default(),
            Some(parent) => reply_subject(&subject.or_else(|| theirs(parent)).unwrap_or_default()),
        };
        Self {
            to,
            cc,
            bcc,
            subject,
            body,
            thread,
            note: Some(notes.join("; ")).filter(|note| !note.is_empty()),
        }
    }

    fn compose(&self, cx: &ToolContext, parent: Option<&Parent>) -> Result<Vec<u8>, ToolError> {
        let sender = parent.and_then(|parent| parent.own.first());
        let sender = sender.map(|email| Mailbox {
            name: None,
            email: email.clone(),
        });
        let mut random = [0; 16];
        cx.access().random().fill(&mut random);
        let now = cx.access().clock().now().as_millis();
        let outgoing = Outgoing {
            from: None,
            to: self.to.clone(),
            cc: self.cc.clone(),
            bcc: self.bcc.clone(),
            subject: &self.subject,
            body: &self.body,
            thread: self.thread.clone(),
            date: DateTime::<Utc>::from_timestamp_millis(now).unwrap_or_default(),
            message_id: MessageId::new(random, sender.as_ref()),
        };
        Ok(compose(&outgoing)?)
    }

    fn saved(self, draft: Draft) -> Saved {
        let message = draft.message.unwrap_or_default();
        let in_reply_to = self.thread.as_ref().and_then(Thread::in_reply_to);
        Saved {
            draft_id: draft.id.unwrap_or_default(),
            message_id: message.id.unwrap_or_default(),
            thread_id: message.thread_id.unwrap_or_default(),
            to: shown(&self.to),
            cc: shown(&self.cc),
            bcc: shown(&self.bcc),
            subject: self.subject,
            in_reply_to: in_reply_to.map(|id| format!("<{id}>")),
            note: self.note,
        }
    }
}

/// Leaves out who is there already, and who is there twice.
fn without_repeats(known: &[Mailbox], list: &mut Vec<Mailbox>) {
    let mut kept: Vec<Mailbox> = Vec::new();
    for mailbox in list.drain(..) {
        let mut seen = known.iter().chain(&kept);
        if !seen.any(|other| other.is_same_address(&mailbox)) {
            kept.push(mailbox);
        }
    }
    *list = kept;
}

fn shown(list: &[Mailbox]) -> String {
    let entries: Vec<String> = list.iter().map(Mailbox::to_string).collect();
    joined(&entries, SHOWN)
}

/// Saving twice makes two drafts: from the moment it leaves, an unclear end is told as one.
async fn save(
    cx: &ToolContext,
    gmail: &Gmail,
    raw: Vec<u8>,
    thread_id: Option<String>,
) -> Result<Draft, ToolError> {
    cx.mark_sent();
    match gmail.drafts_create(raw, thread_id).await {
        Ok(draft) => {
            cx.mark_settled();
            Ok(draft)
        }
        Err(error) if error.outcome() == Outcome::Unclear => Err(unclear(error)),
        Err(error) => {
            cx.mark_settled();
            Err(ToolError::from(error))
        }
    }
}

fn unclear(error: Error) -> ToolError {
    ToolError::from(error)
        .with_note("the draft may have been saved all the same: search for `in:drafts` before saving it again")
        .with_may_have_happened()
}
