//! A letter from a draft that is there already: what is not mentioned stays as it is, byte for byte.

use google_gmail1::api::MessagePart;
use mail_parser::{Message, MessageParser, MessagePart as Part, MimeHeaders as _, PartType};

use super::{Checked, Letter, Parent, Sender, Text, subject_of};
use crate::{
    compose::{Attached, Thread},
    mime::{Mailbox, header, parse_addresses, raw_headers},
};

/// Headers that are written anew, or are Gmail's own and none of a draft's.
const ANEW: &[&str] = &[
    "date",
    "message-id",
    "mime-version",
    "received",
    "return-path",
];
/// The beginnings of such headers.
const ANEW_ALL: &[&str] = &["content-", "x-gm-", "x-google-", "x-received", "arc-"];

/// A draft, taken apart.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Its headers, for reading.
    head: MessagePart,
    /// The parts that hold its text.
    texts: Vec<Vec<u8>>,
    attachments: Vec<Attached>,
    /// Pictures and the like within the text.
    inline: usize,
}

impl Kept {
    /// Takes a draft apart; none where the bytes are no message.
    pub(crate) fn read(raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        let root = message.parts.first()?;
        let mut kept = Self {
            head: MessagePart {
                headers: Some(raw_headers(&message, 0)),
                ..MessagePart::default()
            },
            texts: Vec::new(),
            attachments: Vec::new(),
            inline: 0,
        };
        let is_mixed = root
            .content_type()
            .and_then(|kind| kind.subtype())
            .is_some_and(|subtype| subtype.eq_ignore_ascii_case("mixed"));
        match &root.body {
            PartType::Multipart(children) if is_mixed => {
                let children = children
                    .iter()
                    .filter_map(|id| message.parts.get(*id as usize));
                for child in children {
                    kept.take(&message, child);
                }
            }
            _ => {
                kept.inline = files_within(&message, root);
                kept.texts.push(root_entity(&message, root));
            }
        }
        Some(kept)
    }

    /// The headers of a message; none where the bytes are no message.
    pub(crate) fn head_of(raw: &[u8]) -> Option<MessagePart> {
        Some(Self::read(raw)?.head)
    }

    fn take(&mut self, message: &Message<'_>, part: &Part<'_>) {
        let raw = message
            .raw_message
            .get(part.offset_header as usize..part.offset_end as usize)
            .unwrap_or_default();
        if is_file(part) {
            let name = part.attachment_name().unwrap_or("unnamed").to_owned();
            self.attachments
                .push(Attached::part_of_draft(name, raw.to_vec()));
        } else {
            self.inline += files_within(message, part);
            self.texts.push(raw.to_vec());
        }
    }

    /// The letter with what was mentioned in the place of what was there.
    pub(crate) fn letter(self, checked: Checked, sender: Sender, parent: Option<Parent>) -> Letter {
        let mut gone = mentioned(&checked, &sender);
        let subject = match (checked.subject, &parent) {
            (Some(subject), _) => subject,
            // Gmail keeps an answer in its thread only under that thread's subject.
            (None, Some(_)) => String::new(),
            (None, None) => subject_of(&self.head),
        };
        let mut letter = Letter {
            domain: self.people("From").into_iter().next(),
            borrows: true,
            from: sender.from,
            to: checked.to.unwrap_or_else(|| self.people("To")),
            cc: checked.cc.unwrap_or_else(|| self.people("Cc")),
            bcc: checked.bcc.unwrap_or_else(|| self.people("Bcc")),
            subject,
            text: Text::Kept(self.texts),
            attachments: self.attachments,
            thread: Some(Thread::of(&self.head)),
            thread_id: None,
            kept: Vec::new(),
            notes: sender.notes,
        };
        if let Some(body) = checked.body {
            letter.text = Text::Written {
                body,
                signature: sender.signature,
                quoted: None,
            };
            if self.inline > 0 {
                let lost = format!("{} pictures within the old text went with it", self.inline);
                letter.note(lost);
            }
        }
        if let Some(parent) = parent {
            gone.extend(["In-Reply-To", "References", "Subject"]);
            gone.extend(letter.to.is_empty().then_some("To"));
            letter.answer(parent, false);
        }
        letter.kept = stay(&self.head, &gone);
        letter
    }

    fn people(&self, name: &str) -> Vec<Mailbox> {
        header(&self.head, name)
            .map(parse_addresses)
            .unwrap_or_default()
    }
}

/// The headers in whose place others were mentioned.
fn mentioned(checked: &Checked, sender: &Sender) -> Vec<&'static str> {
    let headers = [
        ("To", checked.to.is_some()),
        ("Cc", checked.cc.is_some()),
        ("Bcc", checked.bcc.is_some()),
        ("Subject", checked.subject.is_some()),
        ("From", sender.from.is_some()),
    ];
    let headers = headers.into_iter().filter(|(_, mentioned)| *mentioned);
    headers.map(|(name, _)| name).collect()
}

/// The headers that stay.
fn stay(head: &MessagePart, gone: &[&str]) -> Vec<(String, String)> {
    let headers = head.headers.as_deref().unwrap_or_default();
    let pairs = headers
        .iter()
        .filter_map(|it| Some((it.name.clone()?, it.value.clone()?)));
    pairs
        .filter(|(name, _)| {
            let lower = name.to_ascii_lowercase();
            !gone.iter().any(|gone| gone.eq_ignore_ascii_case(name))
                && !ANEW.contains(&lower.as_str())
                && !ANEW_ALL.iter().any(|start| lower.starts_with(start))
        })
        .collect()
}

/// Whether a part of a `multipart/mixed` is a file, and not text.
fn is_file(part: &Part<'_>) -> bool {
    let is_text = matches!(
        part.body,
        PartType::Text(_) | PartType::Html(_) | PartType::Multipart(_)
    );
    let marked = part
        .content_disposition()
        .is_some_and(|disposition| disposition.ctype().eq_ignore_ascii_case("attachment"));
    !is_text || marked || part.attachment_name().is_some()
}

/// How many files stand within a part that holds text.
fn files_within(message: &Message<'_>, part: &Part<'_>) -> usize {
    let mut found = 0;
    let mut open = vec![part];
    // Each part stands in one other, so this ends.
    while let Some(part) = open.pop() {
        match &part.body {
            PartType::Multipart(children) => {
                open.extend(
                    children
                        .iter()
                        .filter_map(|id| message.parts.get(*id as usize)),
                );
            }
            PartType::Text(_) | PartType::Html(_) => {}
            _ => found += 1,
        }
    }
    found
}

/// The whole message as one part: its own MIME headers, and its body.
fn root_entity(message: &Message<'_>, root: &Part<'_>) -> Vec<u8> {
    let slice = |start: u32, end: u32| message.raw_message.get(start as usize..end as usize);
    let mut entity = Vec::new();
    for header in &root.headers {
        let name = header.name.as_str();
        if name.to_ascii_lowercase().starts_with("content-") {
            let field = slice(header.offset_field, header.offset_end).unwrap_or_default();
            entity.extend_from_slice(field.trim_ascii_end());
            entity.extend_from_slice(b"\r\n");
        }
    }
    entity.extend_from_slice(b"\r\n");
    entity.extend_from_slice(slice(root.offset_body, root.offset_end).unwrap_or_default());
    entity
}
