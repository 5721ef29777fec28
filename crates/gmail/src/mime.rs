//! From the parts of a message, as Gmail hands them out, to one text that a model can read.
//!
//! Which part is read:
//!
//! - The tree is walked to its leaves: `mixed`, `alternative`, `related`, `signed`, `report`, in any nesting.
//! - Of a `multipart/alternative`, the HTML wins, as Markdown: plain parts are often stubs, and lose links, tables and dates.
//!   The plain part wins where the HTML shows no text, or less than a quarter of what the plain part says (a newsletter that
//!   is one picture).
//! - Of a `multipart/related` the first part is the body; the rest belongs to it and is listed.
//! - Everywhere else, all texts are joined, in their order.
//! - A calendar part is read as what it invites to, below the text beside it; it stays listed as well. So is what a delivery
//!   report says for machines.
//! - A text with a file name or marked as an attachment is an attachment. A message inside a message is one too, named by its
//!   subject.
//! - Text is decoded by the charset its part declares; but text that is valid UTF-8 beyond ASCII is UTF-8 whatever is
//!   declared, since Gmail converts some parts and leaves their headers as they were.
//! - All parts of a message share one budget of bytes read and characters made; what is left out is said.

mod address;
mod aside;
mod attachment;
mod budget;
mod calendar;
mod charset;
mod elsewhere;
mod headers;
mod lenient;
mod raw;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use google_gmail1::api::MessagePart;
use toolgate_text::{Limits, html_to_markdown, is_invisible};

pub(crate) use self::{
    address::{Mailbox, entries, parse_addresses},
    aside::aside,
    attachment::{Attachment, describe_part},
    elsewhere::{put_text, texts_elsewhere},
    headers::{boundary, decoded_header, header, visible_line},
    lenient::Lenient,
    raw::{headers as raw_headers, read_raw},
};
use self::{
    attachment::{describe, is_attachment, mark_inline, shown_ids},
    budget::Budget,
    headers::content_type,
};

/// Parts of a message that are looked at.
const MAX_PARTS: usize = 500;
/// Parts in each other.
const MAX_DEPTH: usize = 32;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// As it was sent.
    #[default]
    Plain,
    /// Made of HTML.
    Markdown,
}

/// A readable message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Body {
    /// The whole text.
    pub(crate) text: String,
    pub(crate) format: Format,
    /// Whether something of the message is missing: a limit of the conversion was met, or Gmail keeps it apart.
    pub(crate) incomplete: bool,
    pub(crate) attachments: Vec<Attachment>,
}

/// Reads a message from its payload, which is handed back.
pub(crate) async fn read_body(payload: MessagePart) -> (MessagePart, Body) {
    let mut read = read_bodies(vec![payload]).await;
    read.pop().unwrap_or_default()
}

/// Reads several messages, on another thread where they are long.
pub(crate) async fn read_bodies(payloads: Vec<MessagePart>) -> Vec<(MessagePart, Body)> {
    let bytes = payloads.iter().map(|payload| text_bytes(payload, 0)).sum();
    let work = move || {
        let read = payloads.into_iter().map(|payload| {
            let body = read_body_here(&payload);
            (payload, body)
        });
        read.collect()
    };
    aside(bytes, work).await.unwrap_or_default()
}

/// Reads a message at once, however long that takes: for those who are `aside` already.
pub(crate) fn read_body_here(payload: &MessagePart) -> Body {
    Reader::default().body(payload)
}

/// The attachments of a message, without its text.
pub(crate) fn attachments(payload: &MessagePart) -> Vec<Attachment> {
    let reader = Reader {
        budget: Budget::none(),
        ..Reader::default()
    };
    reader.body(payload).attachments
}

/// Bytes of all that may be read as text.
fn text_bytes(part: &MessagePart, depth: usize) -> usize {
    if depth > MAX_DEPTH {
        return 0;
    }
    let own = part.body.as_ref().and_then(|body| body.data.as_ref());
    let inner = part.parts.as_deref().unwrap_or_default().iter();
    let inner: usize = inner.map(|part| text_bytes(part, depth + 1)).sum();
    own.map_or(0, Vec::len) + inner
}

/// The text of a part.
#[derive(Debug, Default)]
struct Passage {
    text: String,
    format: Format,
    /// It says something of its own, and is none of several that say the same.
    aside: bool,
}

impl Passage {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

#[derive(Default)]
struct Reader {
    parts: usize,
    budget: Budget,
    attachments: Vec<Attachment>,
    /// The ids of files that HTML shows.
    shown: HashSet<String>,
    invitations: Vec<String>,
}

impl Reader {
    fn body(mut self, payload: &MessagePart) -> Body {
        let read = self.read(payload, 0, false).unwrap_or_default();
        mark_inline(&mut self.attachments, &self.shown);
        Body {
            text: read.text,
            format: read.format,
            incomplete: self.budget.cut || elsewhere::lacks_text(payload),
            attachments: self.attachments,
        }
    }

    fn read(&mut self, part: &MessagePart, depth: usize, related: bool) -> Option<Passage> {
        self.parts += 1;
        if self.parts > MAX_PARTS || depth > MAX_DEPTH {
            self.budget.cut = true;
            return None;
        }
        let mime_type = mime_type(part);
        match mime_type.split_once('/') {
            Some(("multipart", kind)) => self.read_multipart(kind, part, depth),
            Some(("text", "calendar")) => {
                self.attachments.push(describe(part, &mime_type, related));
                self.invitation(part)
            }
            Some(("message", "delivery-status" | "disposition-notification")) if has_data(part) => {
                Some(Passage {
                    aside: true,
                    ..self.read_text(part, &mime_type)
                })
            }
            _ if is_attachment(part, &mime_type) => {
                self.attachments.push(describe(part, &mime_type, related));
                None
            }
            _ => Some(self.read_text(part, &mime_type)),
        }
    }

    fn read_multipart(&mut self, kind: &str, part: &MessagePart, depth: usize) -> Option<Passage> {
        let parts = part.parts.as_deref().unwrap_or_default();
        let mut texts = Vec::new();
        for (index, child) in parts.iter().enumerate() {
            let related = kind == "related" && index > 0;
            texts.extend(
                self.read(child, depth + 1, related)
                    .filter(|text| !text.is_blank()),
            );
        }
        if kind == "alternative" {
            let (asides, same): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| text.aside);
            joined(richest(same).into_iter().chain(asides).collect())
        } else {
            joined(texts)
        }
    }

    /// What a calendar part invites to. The same invitation often comes twice in a mail.
    fn invitation(&mut self, part: &MessagePart) -> Option<Passage> {
        let text = calendar::summary(&self.decoded(part))?;
        if self.invitations.contains(&text) {
            return None;
        }
        let text = self.budget.made(text);
        self.invitations.push(text.clone());
        Some(Passage {
            text,
            format: Format::Plain,
            aside: true,
        })
    }

    fn read_text(&mut self, part: &MessagePart, mime_type: &str) -> Passage {
        let text = self.decoded(part);
        let (text, format) = if mime_type == "text/html" {
            self.shown.extend(shown_ids(&text));
            let limits = Limits::default();
            let limits = Limits {
                max_output_chars: limits.max_output_chars.min(self.budget.room()),
                ..limits
            };
            let markdown = html_to_markdown(&text, &limits);
            self.budget.cut |= markdown.truncated;
            (markdown.text, Format::Markdown)
        } else {
            (plain(&text), Format::Plain)
        };
        Passage {
            text: self.budget.made(text),
            format,
            aside: false,
        }
    }

    /// The text of a part by its charset, as much of it as may be read.
    fn decoded(&mut self, part: &MessagePart) -> String {
        let body = part.body.as_ref();
        let data = body.and_then(|body| body.data.as_deref());
        let charset = content_type(part).and_then(|c| c.attribute("charset").map(str::to_owned));
        charset::decode(
            self.budget.take(data.unwrap_or_default()),
            charset.as_deref(),
        )
    }
}

fn has_data(part: &MessagePart) -> bool {
    part.body.as_ref().is_some_and(|body| body.data.is_some())
}

/// The type of a part, in lower case, from Gmail's field or from the header.
fn mime_type(part: &MessagePart) -> String {
    let declared = part
        .mime_type
        .as_deref()
        .filter(|declared| declared.contains('/'));
    let value = declared
        .or_else(|| header(part, "Content-Type"))
        .unwrap_or("text/plain");
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// The best of several texts that say the same.
fn richest(texts: Vec<Passage>) -> Option<Passage> {
    let (markdown, plain): (Vec<_>, Vec<_>) = texts
        .into_iter()
        .partition(|text| text.format == Format::Markdown);
    // The last is the one the sender likes best.
    match (
        markdown.into_iter().next_back(),
        plain.into_iter().next_back(),
    ) {
        (Some(markdown), Some(plain)) if words(&markdown.text) * 4 < words(&plain.text) => {
            Some(plain)
        }
        (markdown, plain) => markdown.or(plain),
    }
}

/// Letters and digits outside of addresses of pages.
fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| !word.contains("://"))
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).count())
        .sum()
}

/// Several texts one after the other.
fn joined(texts: Vec<Passage>) -> Option<Passage> {
    texts.into_iter().reduce(|mut all, next| {
        all.text.push_str("\n\n");
        all.text.push_str(&next.text);
        if next.format == Format::Markdown {
            all.format = Format::Markdown;
        }
        all
    })
}

/// Plain text with line feeds only, and without what nobody sees.
pub(crate) fn plain(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut plain = String::with_capacity(unified.len());
    for line in unified.lines() {
        let line = line.trim_end();
        // Most lines are such, and quickly seen through.
        if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            plain.push_str(line);
        } else {
            plain.extend(line.chars().filter(|c| !is_invisible(*c)));
        }
        plain.push('\n');
    }
    plain.trim_matches('\n').trim_end().to_owned()
}
