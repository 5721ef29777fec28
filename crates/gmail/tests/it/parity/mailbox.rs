//! A mailbox at one moment, read without either toolkit, and what a call changed in it.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use mail_parser::{MessageParser, MimeHeaders as _};
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
        for (id, mail) in &before.mails {
            let labels = self.mails.get(id).map(|now| &now.labels);
            let is_of_a_draft = before.drafts.values().any(|it| it == id);
            if labels != Some(&mail.labels) && !is_of_a_draft {
                facts.insert(format!("labels of mail {id}"), json!(labels));
            }
        }
        for id in before
            .drafts
            .keys()
            .filter(|id| !self.drafts.contains_key(*id))
        {
            facts.insert(format!("draft {id}"), "is gone".into());
        }
        for (id, mail) in &self.mails {
            let draft = self.drafts.iter().find(|(_, it)| *it == id);
            let draft_before = before.drafts.values().any(|it| it == id);
            match draft {
                Some((draft, _)) if !before.drafts.contains_key(draft) => {
                    mail.describe("new draft", before, &mut facts);
                }
                Some(_) if before.mails.get(id) != Some(mail) => {
                    mail.describe("changed draft", before, &mut facts);
                }
                None if draft_before || !before.mails.contains_key(id) => {
                    mail.describe("sent mail", before, &mut facts);
                }
                _ => {}
            }
        }
        facts
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
    /// A letter as its recipients get it, but for what is new in each.
    fn describe(&self, what: &str, before: &Mailbox, facts: &mut Facts) {
        let letter = MessageParser::default().parse(&self.bytes).unwrap();
        let known = before.mails.values().any(|mail| mail.thread == self.thread);
        let thread = if known { &self.thread } else { "its own" };
        let mut say = |name: &str, value: Value| {
            facts.insert(format!("{what}: {name}"), value);
        };
        say("thread", thread.into());
        say("labels", json!(self.labels));
        say("subject", json!(letter.subject()));
        for name in ["from", "to", "cc", "bcc"] {
            let people = addresses(letter.header(name));
            if !people.is_empty() {
                say(name, json!(people));
            }
        }
        for name in ["In-Reply-To", "References"] {
            if let Some(ids) = letter.header(name).and_then(|ids| ids.as_text_list()) {
                say(name, json!(ids));
            }
        }
        for part in &letter.parts {
            let kind = part.content_type();
            let kind = kind.map(|it| format!("{}/{}", it.ctype(), it.subtype().unwrap_or("")));
            let kind = kind.unwrap_or_else(|| "text/plain".to_owned());
            if let Some(name) = part.attachment_name() {
                let content = String::from_utf8_lossy(part.contents());
                say(&format!("file {name}"), format!("{kind}: {content}").into());
            } else if kind.starts_with("text/") {
                let content = String::from_utf8_lossy(part.contents());
                say(&kind, content.trim_end().replace("\r\n", "\n").into());
            }
        }
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

/// The files that were made in a folder, and what they hold.
pub(super) fn files_in(folder: &Path) -> BTreeMap<String, String> {
    let files = folder.read_dir().unwrap().map(Result::unwrap);
    let file = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(file.path()).unwrap())
    };
    files.map(file).collect()
}
