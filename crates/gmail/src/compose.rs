//! Outgoing messages: RFC 5322 bytes from checked parts.
//!
//! Every value that ends up in a header is refused if it holds a control character, with the name of the argument in the
//! error. The body goes out twice: as written, and as HTML made of its Markdown, in which nothing of it is markup.

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
        text::Text,
    },
    mime::MimePart,
};

pub(crate) use self::{
    error::ComposeError,
    html::render as markdown_to_html,
    recipients::recipients,
    reply::{Thread, reply_recipients, reply_subject},
};
use crate::mime::Mailbox;

/// Characters of a subject.
const MAX_SUBJECT: usize = 998;
/// Characters of a body.
const MAX_BODY: usize = 1_000_000;

/// A message to send or to keep as a draft.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing<'a> {
    /// Gmail fills it in where it is missing.
    pub(crate) from: Option<Mailbox>,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) bcc: Vec<Mailbox>,
    pub(crate) subject: &'a str,
    /// Plain text, which may use Markdown.
    pub(crate) body: &'a str,
    /// The message that this one answers.
    pub(crate) thread: Option<Thread>,
    pub(crate) date: DateTime<Utc>,
    pub(crate) message_id: MessageId,
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
    if outgoing.body.chars().count() > MAX_BODY {
        return Err(ComposeError::too_long("body", MAX_BODY));
    }
    let mut message = MessageBuilder::new();
    if let Some(from) = &outgoing.from {
        recipients::check("from", from)?;
        message = message.from(address(from));
    }
    for (name, header, list) in [
        ("to", "To", &outgoing.to),
        ("cc", "Cc", &outgoing.cc),
        ("bcc", "Bcc", &outgoing.bcc),
    ] {
        for mailbox in list {
            recipients::check(name, mailbox)?;
        }
        if !list.is_empty() {
            message = message.header(
                header,
                Address::new_list(list.iter().map(address).collect()),
            );
        }
    }
    message = message
        .header("Subject", Text::new(subject))
        .date(Date::new(outgoing.date.timestamp()))
        .message_id(IdList::new(outgoing.message_id.as_str()));
    if let Some(thread) = &outgoing.thread {
        message = threaded(message, thread);
    }
    let mut bytes = Vec::new();
    message.body(alternative(outgoing)).serialize(&mut bytes);
    Ok(bytes)
}

fn address(mailbox: &Mailbox) -> Address<'_> {
    Address::new_address(mailbox.name.as_deref(), mailbox.email.as_str())
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

/// The body as written, and as HTML. Attachments will go around it, in a `multipart/mixed`.
fn alternative(outgoing: &Outgoing<'_>) -> MimePart<'static> {
    let text = normalized(outgoing.body);
    let html = html::render(&text);
    // A boundary of our own keeps the bytes a function of the input.
    let boundary = format!(
        "=_{}",
        outgoing
            .message_id
            .as_str()
            .split('@')
            .next()
            .unwrap_or_default()
    );
    MimePart::new(
        ContentType::new("multipart/alternative").attribute("boundary", boundary),
        vec![
            MimePart::new("text/plain", text),
            MimePart::new("text/html", html),
        ],
    )
}

/// A body with line feeds only, and without control characters, ending in one line feed.
fn normalized(body: &str) -> String {
    let unified = body.replace("\r\n", "\n").replace('\r', "\n");
    let mut text: String = unified
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect();
    text.truncate(text.trim_end_matches('\n').len());
    text.push('\n');
    text
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
