//! Decides whether a message matches a search.

use std::collections::BTreeSet;

use super::labels::is_user_label;
use super::mime::{Parsed, addresses, message_ids};
use super::query::{AddressField, Person, Query, Term};
use super::words;

/// What a search compares of one message, made once.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    subject: String,
    from: Field,
    to: Field,
    cc: Field,
    bcc: Field,
    delivered_to: Field,
    list: String,
    body: String,
    filenames: Vec<String>,
    has_attachment: bool,
    message_id: Option<String>,
    /// The text with its markup, for links.
    source: String,
    size: u64,
}

#[derive(Debug, Clone, Default)]
struct Field {
    words: String,
    addresses: Vec<String>,
}

/// What a search needs to know beside the message's own content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) now_ms: i64,
    /// The account's address in lower case.
    pub(crate) me: &'a str,
    /// The labels of the mailbox: name in search form, and id.
    pub(crate) labels: &'a [(String, String)],
}

/// A message as a search sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) index: &'a Index,
    pub(crate) labels: &'a BTreeSet<String>,
    pub(crate) date_ms: i64,
}

impl Index {
    /// The index of a message of `size` bytes.
    pub(crate) fn new(parsed: &Parsed, size: usize) -> Self {
        let root = &parsed.root;
        let joined = |name: &str| root.all_headers(name).collect::<Vec<_>>().join(", ");
        let field = |name: &str| {
            let value = joined(name);
            Field {
                words: words::normalized(&value),
                addresses: addresses(&value),
            }
        };
        let attachments: Vec<_> = root
            .walk()
            .into_iter()
            .filter(|part| part.is_attachment)
            .collect();
        let text = format!("{}\n{}", parsed.plain, parsed.html);
        Self {
            subject: words::normalized(root.header("Subject").unwrap_or_default()),
            from: field("From"),
            to: field("To"),
            cc: field("Cc"),
            bcc: field("Bcc"),
            delivered_to: field("Delivered-To"),
            list: words::normalized(&format!("{} {}", joined("List-Id"), joined("List-Post"))),
            body: words::normalized(&text),
            has_attachment: attachments
                .iter()
                .any(|part| !part.filename.is_empty() || part.mime_type == "message/rfc822"),
            filenames: attachments
                .iter()
                .map(|part| words::normalized(&part.filename))
                .collect(),
            message_id: root
                .header("Message-ID")
                .and_then(|id| message_ids(id).pop()),
            source: parsed.source.clone(),
            size: size as u64,
        }
    }

    /// The `Message-ID`, without angle brackets.
    pub(crate) fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    fn address_fields(&self, field: AddressField) -> Vec<&Field> {
        match field {
            AddressField::From => vec![&self.from],
            // As Gmail does, the operator finds every visible recipient.
            AddressField::To => vec![&self.to, &self.cc, &self.bcc],
            AddressField::Cc => vec![&self.cc],
            AddressField::Bcc => vec![&self.bcc],
            AddressField::DeliveredTo => vec![&self.delivered_to],
        }
    }

    /// All that a word without an operator is looked for in.
    fn texts(&self) -> impl Iterator<Item = &String> {
        [
            &self.subject,
            &self.body,
            &self.from.words,
            &self.to.words,
            &self.cc.words,
        ]
        .into_iter()
        .chain([&self.bcc.words])
        .chain(&self.filenames)
    }
}

impl Field {
    fn names(&self, person: &Person, me: &str) -> bool {
        match person {
            Person::Me => self.addresses.iter().any(|address| address == me),
            Person::Address(wanted) if wanted.starts_with('@') => self
                .addresses
                .iter()
                .any(|address| address.ends_with(wanted.as_str())),
            Person::Address(wanted) => self.addresses.contains(wanted),
            Person::Words(wanted) => self.words.contains(wanted.as_str()),
        }
    }
}

impl Query {
    /// Whether the message matches.
    pub(crate) fn matches(&self, message: Candidate<'_>, scope: Scope<'_>) -> bool {
        match self {
            Self::All => true,
            Self::And(list) => list.iter().all(|query| query.matches(message, scope)),
            Self::Or(list) => list.iter().any(|query| query.matches(message, scope)),
            Self::Not(query) => !query.matches(message, scope),
            Self::Term(term) => term.matches(message, scope),
        }
    }
}

impl Term {
    fn matches(&self, message: Candidate<'_>, scope: Scope<'_>) -> bool {
        let index = message.index;
        let wears = |id: &str| message.labels.contains(id);
        match self {
            Self::Text(words) => index.texts().any(|text| text.contains(words)),
            Self::Near(near) if near.subject_only => near.is_in(&index.subject),
            Self::Near(near) => index.texts().any(|text| near.is_in(text)),
            Self::Subject(words) => index.subject.contains(words.as_str()),
            Self::Address(field, person) => index
                .address_fields(*field)
                .iter()
                .any(|field| field.names(person, scope.me)),
            Self::Since(moment) => message.date_ms >= *moment,
            Self::Before(moment) => message.date_ms < *moment,
            Self::NewerThan(age) => message.date_ms >= words::before_now(*age, scope.now_ms),
            Self::OlderThan(age) => message.date_ms < words::before_now(*age, scope.now_ms),
            Self::Label(name) => scope
                .labels
                .iter()
                .any(|(key, id)| key == name && wears(id)),
            Self::Read => !wears("UNREAD"),
            Self::Archived => !["INBOX", "SENT", "DRAFT", "TRASH", "SPAM"]
                .into_iter()
                .any(wears),
            Self::Anywhere => true,
            Self::Nothing => false,
            Self::HasAttachment => index.has_attachment,
            Self::HasUserLabel => message.labels.iter().any(|id| is_user_label(id)),
            Self::HasNoUserLabel => !message.labels.iter().any(|id| is_user_label(id)),
            Self::HasLink(places) => places.iter().any(|place| index.source.contains(place)),
            Self::Filename(words) => index.filenames.iter().any(|name| name.contains(words)),
            Self::MessageId(id) => index.message_id() == Some(id),
            Self::List(words) => index.list.contains(words.as_str()),
            Self::AtLeast(size) => index.size >= *size,
            Self::Smaller(size) => index.size < *size,
            Self::Category(name) => is_in_category(message.labels, name),
        }
    }
}

fn is_in_category(labels: &BTreeSet<String>, name: &str) -> bool {
    let id = |name: &str| format!("CATEGORY_{}", name.to_uppercase());
    match name {
        "primary" | "personal" => {
            labels.contains(&id("personal"))
                || (labels.contains("INBOX")
                    && !labels.iter().any(|label| label.starts_with("CATEGORY_")))
        }
        other => labels.contains(&id(other)),
    }
}

#[cfg(test)]
mod tests;
