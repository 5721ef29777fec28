//! A mailbox at one moment, read without either toolkit, and what a call changed in it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};
use serde_json::{Value, json};
use toolgate_testkit::parity::Facts;

use crate::world::World;

/// Everything in a mailbox.
pub(super) struct Mailbox {
    /// Names by ids.
    pub(super) labels: BTreeMap<String, String>,
    pub(super) mails: BTreeMap<String, Mail>,
    /// Mails by the ids of drafts.
    pub(super) drafts: BTreeMap<String, String>,
}

#[derive(PartialEq)]
pub(super) struct Mail {
    pub(super) thread: String,
    /// Names, in order.
    pub(super) labels: Vec<String>,
    bytes: Vec<u8>,
}

impl Mailbox {
    pub(super) async fn of(world: &World) -> Self {
        let mut mailbox = Self {
            labels: BTreeMap::new(),
            mails: BTreeMap::new(),
            drafts: BTreeMap::new(),
        };
        for label in listed(world, "labels").await {
            mailbox
                .labels
                .insert(text(&label["id"]), text(&label["name"]));
        }
        for draft in listed(world, "drafts").await {
            let mail = text(&draft["message"]["id"]);
            mailbox.drafts.insert(text(&draft["id"]), mail);
        }
        for mail in listed(world, "messages").await {
            let id = text(&mail["id"]);
            let path = format!("users/me/messages/{id}?format=raw");
            let mail = mailbox.mail(&world.google(&path).await);
            mailbox.mails.insert(id, mail);
        }
        mailbox
    }

    fn mail(&self, message: &Value) -> Mail {
        let ids = message["labelIds"].as_array().into_iter().flatten();
        let mut labels: Vec<String> = ids.map(|id| self.labels[&text(id)].clone()).collect();
        labels.sort();
        Mail {
            thread: text(&message["threadId"]),
            labels,
            bytes: URL_SAFE.decode(text(&message["raw"])).unwrap(),
        }
    }

    /// What changed since then.
    pub(super) fn changes_since(&self, before: &Self) -> Facts {
        let mut facts = Facts::new();
        self.label_changes(before, &mut facts);
        for (id, mail) in before.mails.iter().filter(|(id, _)| !before.is_draft(id)) {
            let labels = self.mails.get(id).map(|now| &now.labels);
            if labels != Some(&mail.labels) {
                facts.insert(format!("labels of mail {id}"), json!(labels));
            }
        }
        for id in before.drafts.keys() {
            if !self.drafts.contains_key(id) {
                facts.insert(format!("draft {id}"), "is gone".into());
            }
        }
        for (id, mail) in &self.mails {
            if let Some(what) = self.written_since(before, id) {
                facts.extend(mail.described(what, before, &facts));
            }
        }
        facts
    }

    fn is_draft(&self, mail: &str) -> bool {
        self.drafts.values().any(|it| it == mail)
    }

    /// What a mail is that was not so before.
    fn written_since(&self, before: &Self, id: &str) -> Option<&'static str> {
        match self.drafts.iter().find(|(_, mail)| *mail == id) {
            Some((draft, _)) if !before.drafts.contains_key(draft) => Some("new draft"),
            Some(_) => (before.mails.get(id) != self.mails.get(id)).then_some("changed draft"),
            None if before.is_draft(id) || !before.mails.contains_key(id) => Some("sent mail"),
            None => None,
        }
    }

    fn label_changes(&self, before: &Self, facts: &mut Facts) {
        let only = |these: &Self, those: &Self| {
            let names = these.labels.values();
            let names = names.filter(|name| !those.labels.values().any(|it| it == *name));
            names.cloned().collect::<Vec<_>>()
        };
        for (what, names) in [
            ("new labels", only(self, before)),
            ("labels that are gone", only(before, self)),
        ] {
            if !names.is_empty() {
                facts.insert(what.to_owned(), json!(names));
            }
        }
    }

    /// The words that a result may show, by what they are.
    pub(super) fn words(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut words: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for mail in self.mails.values() {
            let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
            words
                .entry("subjects")
                .or_default()
                .extend(parsed.subject().map(str::to_owned));
            for part in parsed.attachments() {
                let name = part.attachment_name().map(str::to_owned);
                words.entry("files").or_default().extend(name);
            }
            for name in ["from", "to", "cc"] {
                let people = addresses(parsed.header(name));
                words.entry("people").or_default().extend(people);
            }
        }
        words.insert("labels", self.labels.values().cloned().collect());
        words
    }
}

impl Mail {
    /// A letter as its recipients get it, but for what is new in each; one more of a kind that is
    /// known already has names of its own.
    fn described(&self, what: &str, before: &Mailbox, known: &Facts) -> Facts {
        let letter = MessageParser::default().parse(&self.bytes).unwrap();
        let mut facts = self.place(before);
        facts.insert("subject".to_owned(), json!(letter.subject()));
        for name in ["from", "to", "cc", "bcc"] {
            let people = addresses(letter.header(name));
            if !people.is_empty() {
                facts.insert(name.to_owned(), people.into());
            }
        }
        for name in ["In-Reply-To", "References"] {
            if let Some(ids) = letter.header(name).and_then(|ids| ids.as_text_list()) {
                facts.insert(name.to_owned(), json!(ids));
            }
        }
        facts.extend(letter.parts.iter().filter_map(content));
        let is_first = !known.keys().any(|fact| fact.starts_with(what));
        let what = if is_first {
            what.to_owned()
        } else {
            format!("another {what}")
        };
        let named = facts.into_iter();
        named
            .map(|(name, it)| (format!("{what}: {name}"), it))
            .collect()
    }

    fn place(&self, before: &Mailbox) -> Facts {
        let known = before.mails.values().any(|mail| mail.thread == self.thread);
        let thread = if known { &self.thread } else { "its own" };
        [("thread", json!(thread)), ("labels", json!(self.labels))]
            .map(|(name, it)| (name.to_owned(), it))
            .into()
    }
}

/// A file or a text of a letter.
fn content(part: &MessagePart<'_>) -> Option<(String, Value)> {
    let kind = part.content_type().map_or_else(
        || "text/plain".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()),
    );
    let content = String::from_utf8_lossy(part.contents());
    match part.attachment_name() {
        Some(name) => Some((format!("file {name}"), format!("{kind}: {content}").into())),
        None if kind.starts_with("text/") => {
            Some((kind, content.trim_end().replace("\r\n", "\n").into()))
        }
        None => None,
    }
}

fn addresses(header: Option<&mail_parser::HeaderValue<'_>>) -> Vec<String> {
    let list = header.and_then(|it| it.as_address());
    let list = list.into_iter().flat_map(|list| list.iter());
    list.filter_map(|one| one.address())
        .map(str::to_owned)
        .collect()
}

async fn listed(world: &World, what: &str) -> Vec<Value> {
    let more = if what == "messages" {
        "?includeSpamTrash=true"
    } else {
        ""
    };
    let list = world.google(&format!("users/me/{what}{more}")).await;
    list[what].as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
