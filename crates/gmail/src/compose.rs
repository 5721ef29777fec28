//! Outgoing messages: RFC 5322 bytes from checked parts.
//!
//! Every value that ends up in a header is refused if it holds a control character, with the name of the argument in the
//! error. The body goes out twice: as written, and as HTML made of its Markdown, in which nothing of it is markup.

mod attached;
mod body;
mod error;
mod html;
mod recipients;
mod reply;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use mail_builder::{
    MessageBuilder,
    headers::{
        address::Address, content_type::ContentType, date::Date, message_id::MessageId as IdList,
        raw::Raw, text::Text,
    },
    mime::MimePart,
};

pub(crate) use self::{
    attached::Attached,
    body::{Quoted, Signature, Written},
    error::ComposeError,
    html::render as markdown_to_html,
    recipients::{check_count, recipients},
    reply::{Recipients, Thread, forward_subject, reply_recipients, reply_subject},
};
use crate::mime::Mailbox;

/// Characters of a subject.
const MAX_SUBJECT: usize = 998;

/// A message to send or to keep as a draft.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing<'a> {
    /// Gmail fills it in where it is missing.
    pub(crate) from: Option<Mailbox>,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) bcc: Vec<Mailbox>,
    pub(crate) subject: &'a str,
    pub(crate) content: Content<'a>,
    pub(crate) attachments: &'a [Attached],
    /// The message that this one answers.
    pub(crate) thread: Option<Thread>,
    /// Headers of a draft that are none of the others, by name and value.
    pub(crate) kept: &'a [(String, String)],
    pub(crate) date: DateTime<Utc>,
    pub(crate) message_id: MessageId,
}

impl Outgoing<'_> {
    /// Whether a header stays as the draft has it.
    fn keeps(&self, name: &str) -> bool {
        self.kept
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
    }
}

/// What a message says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    /// What was written now.
    Written(Written<'a>),
    /// Parts of a draft, each with its own MIME headers, byte for byte.
    Kept(&'a [Vec<u8>]),
}

/// The id of a message of our own, without angle brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MessageId(String);

impl MessageId {
    /// An id from random bytes, in the domain of the sender where it is known.
    pub(crate) fn new(random: [u8; 16], sender: Option<&Mailbox>) -> Self {
        let domain = sender
            .and_then(|sender| sender.email.rsplit_once('@'))
            .map(|(_, domain)| domain);
        let domain = domain
            .filter(|domain| recipients::is_domain(domain))
            .unwrap_or("toolgate.invalid");
        Self(format!("{:032x}@{domain}", u128::from_be_bytes(random)))
    }

    /// A boundary of our own: it keeps the bytes a function of the input, and is a mark by which the message is known again.
    pub(crate) fn boundary(&self, kind: &str) -> String {
        let random = self.0.split('@').next().unwrap_or_default();
        format!("=_{kind}_{random}")
    }

    /// As it stands in a header and in a search for `rfc822msgid:`, without angle brackets.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Builds the message.
///
/// # Errors
///
/// Refuses control characters in what becomes a header, and too long a subject or body.
pub(crate) fn compose(outgoing: &Outgoing<'_>) -> Result<Vec<u8>, ComposeError> {
    let subject = header_value("subject", outgoing.subject)?;
    if subject.chars().count() > MAX_SUBJECT {
        return Err(ComposeError::too_long("subject", MAX_SUBJECT));
    }
    let mut message = addressed(outgoing)?;
    if !outgoing.keeps("Subject") {
        message = message.header("Subject", Text::new(subject));
    }
    message = message
        .date(Date::new(outgoing.date.timestamp()))
        .message_id(IdList::new(outgoing.message_id.as_str()));
    if let Some(thread) = &outgoing.thread
        && !outgoing.keeps("In-Reply-To")
        && !outgoing.keeps("References")
    {
        message = threaded(message, thread);
    }
    for (name, value) in outgoing.kept {
        header_value("draft_id", name)?;
        header_value("draft_id", value)?;
        message = message.header(name.as_str(), Raw::new(value.as_str()));
    }
    let mut bytes = Vec::new();
    message.body(entity(outgoing)?).serialize(&mut bytes);
    Ok(bytes)
}

fn addressed<'a>(outgoing: &'a Outgoing<'_>) -> Result<MessageBuilder<'a>, ComposeError> {
    let mut message = MessageBuilder::new();
    if let Some(from) = &outgoing.from
        && !outgoing.keeps("From")
    {
        recipients::check("from", from)?;
        message = message.from(address(from));
    }
    for (name, header, list) in [
        ("to", "To", &outgoing.to),
        ("cc", "Cc", &outgoing.cc),
        ("bcc", "Bcc", &outgoing.bcc),
    ] {
        if outgoing.keeps(header) {
            continue;
        }
        for mailbox in list {
            recipients::check(name, mailbox)?;
        }
        if !list.is_empty() {
            let list = list.iter().map(address).collect();
            message = message.header(header, Address::new_list(list));
        }
    }
    Ok(message)
}

fn address(mailbox: &Mailbox) -> Address<'_> {
    Address::new_address(mailbox.name.as_deref(), recipients::written(&mailbox.email))
}

fn threaded<'a>(message: MessageBuilder<'a>, thread: &'a Thread) -> MessageBuilder<'a> {
    let message = match thread.in_reply_to() {
        Some(id) => message.in_reply_to(IdList::new(id)),
        None => message,
    };
    if thread.references().is_empty() {
        return message;
    }
    message.references(IdList::new_list(
        thread.references().iter().map(String::as_str),
    ))
}

/// What stands below the headers: the content, with the attachments around it where there are any.
fn entity<'a>(outgoing: &'a Outgoing<'_>) -> Result<MimePart<'a>, ComposeError> {
    let mut parts = match outgoing.content {
        Content::Written(written) => {
            written.check()?;
            vec![alternative(outgoing, &written)]
        }
        Content::Kept(kept) => kept.iter().map(|raw| MimePart::raw(&raw[..])).collect(),
    };
    parts.extend(outgoing.attachments.iter().map(Attached::part));
    Ok(match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            multipart("mixed", outgoing, parts)
        }
        (None, _) => MimePart::new("text/plain", "\n"),
    })
}

/// The body as written, and as HTML.
fn alternative(outgoing: &Outgoing<'_>, written: &Written<'_>) -> MimePart<'static> {
    let texts = vec![
        MimePart::new("text/plain", written.text()),
        MimePart::new("text/html", written.html()),
    ];
    multipart("alternative", outgoing, texts)
}

fn multipart<'a>(
    kind: &'static str,
    outgoing: &Outgoing<'_>,
    parts: Vec<MimePart<'a>>,
) -> MimePart<'a> {
    let boundary = outgoing.message_id.boundary(&kind[..1]);
    let kind = ContentType::new(format!("multipart/{kind}"));
    MimePart::new(kind.attribute("boundary", boundary), parts)
}

/// A value that may stand in a header.
///
/// # Errors
///
/// Refuses control characters.
pub(crate) fn header_value<'a>(
    argument: &'static str,
    value: &'a str,
) -> Result<&'a str, ComposeError> {
    if value.chars().any(char::is_control) {
        return Err(ComposeError::control(argument));
    }
    Ok(value)
}
