//! How a model sees mail: short headers, dates with a zone, and a fence around what others wrote.

use chrono::{DateTime, SecondsFormat};
use google_gmail1::api::{Message, MessagePart};
use schemars::JsonSchema;
use serde::Serialize;
use toolgate_toolkit::sized::{joined, shortened};

use crate::mime::{self, Attachment, Body, Mailbox, parse_addresses};

/// A file on a message.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct File {
    /// Its place in the message, by which it is fetched.
    pub(crate) attachment_id: String,
    pub(crate) filename: String,
    pub(crate) mime_type: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Shown within the text.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) inline: bool,
}

/// The labels of a mail.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Worn {
    /// Ids of its labels.
    labels: Vec<String>,
    /// Labels that are left out; `get_message` shows more.
    #[serde(skip_serializing_if = "is_zero")]
    more_labels: usize,
}

impl From<Attachment> for File {
    fn from(attachment: Attachment) -> Self {
        Self {
            attachment_id: attachment.part_id,
            filename: attachment.filename,
            mime_type: shortened(&attachment.mime_type, 100),
            size: attachment.size,
            inline: attachment.inline,
        }
    }
}

/// For `skip_serializing_if`.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_zero(value: &usize) -> bool {
    *value == 0
}

/// A moment in milliseconds, in UTC.
pub(crate) fn date_of(sent_at: Option<i64>) -> String {
    sent_at
        .and_then(DateTime::from_timestamp_millis)
        .map(|date| date.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}

/// A message, read.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    pub(crate) id: String,
    pub(crate) thread_id: String,
    labels: Vec<String>,
    sent_at: Option<i64>,
    snippet: String,
    payload: MessagePart,
    pub(crate) body: Body,
}

impl Mail {
    /// A message with its text.
    pub(crate) async fn read(message: Message) -> Self {
        let mut read = Self::read_all(vec![message]).await;
        read.pop().unwrap_or_default()
    }

    /// Messages with their texts.
    pub(crate) async fn read_all(messages: Vec<Message>) -> Vec<Self> {
        let mut mails: Vec<Self> = messages.into_iter().map(Self::head).collect();
        let payloads = mails
            .iter_mut()
            .map(|mail| std::mem::take(&mut mail.payload));
        let read = mime::read_bodies(payloads.collect()).await;
        for (mail, (payload, body)) in mails.iter_mut().zip(read) {
            mail.payload = payload;
            mail.body = body;
        }
        mails
    }

    /// A message of which only the headers matter.
    pub(crate) fn head(message: Message) -> Self {
        Self {
            id: message.id.unwrap_or_default(),
            thread_id: message.thread_id.unwrap_or_default(),
            labels: message.label_ids.unwrap_or_default(),
            sent_at: message.internal_date,
            snippet: message.snippet.unwrap_or_default(),
            payload: message.payload.unwrap_or_default(),
            body: Body::default(),
        }
    }

    /// In milliseconds, to sort by.
    pub(crate) fn sent_at(&self) -> i64 {
        self.sent_at.unwrap_or_default()
    }

    /// When Gmail took it, in UTC.
    pub(crate) fn date(&self) -> String {
        date_of(self.sent_at)
    }

    pub(crate) fn is_unread(&self) -> bool {
        self.labels.iter().any(|label| label == "UNREAD")
    }

    /// The ids of its labels but `UNREAD`, which has a field of its own.
    pub(crate) fn labels(&self, room: usize) -> Worn {
        let mut used = 0;
        let worn = self.labels.iter().filter(|label| *label != "UNREAD");
        let all = worn.clone().count();
        let labels = worn.take_while(|label| {
            used += label.len() + 3;
            used <= room
        });
        let labels: Vec<String> = labels.cloned().collect();
        Worn {
            more_labels: all - labels.len(),
            labels,
        }
    }

    /// The whole subject.
    pub(crate) fn full_subject(&self) -> String {
        mime::decoded_header(&self.payload, "Subject").unwrap_or_default()
    }

    pub(crate) fn subject(&self, room: usize) -> String {
        shortened(&self.full_subject(), room)
    }

    /// The people in a header such as `To`; none where it is missing.
    pub(crate) fn people(&self, header: &str, room: usize) -> Option<String> {
        let value = mime::header(&self.payload, header)?;
        let people = parse_addresses(value);
        if people.is_empty() {
            let text = mime::decoded_header(&self.payload, header)?;
            return Some(shortened(&text, room)).filter(|text| !text.is_empty());
        }
        let people: Vec<String> = people.iter().map(Mailbox::to_string).collect();
        Some(joined(&people, room))
    }

    /// Another header, on one line; none where it is missing.
    pub(crate) fn header(&self, name: &str, room: usize) -> Option<String> {
        let text = mime::decoded_header(&self.payload, name)?;
        Some(shortened(&text, room)).filter(|text| !text.is_empty())
    }

    /// A header as it is, however long; none where it is missing.
    pub(crate) fn whole_header(&self, name: &str) -> Option<String> {
        mime::header(&self.payload, name).map(str::to_owned)
    }

    /// Gmail's own short text, for a mail whose text is kept apart from it. Where the text is here it
    /// is not asked: it shows what the mail hides.
    pub(crate) fn snippet(&self) -> String {
        if mime::texts_elsewhere(&self.payload).is_empty() {
            return String::new();
        }
        let limits = toolgate_text::Limits::default();
        toolgate_text::html_to_markdown(&self.snippet, &limits).text
    }
}
