//! Answers: to whom, under which subject, in which thread.

use google_gmail1::api::MessagePart;

use super::recipients::usable;
use crate::mime::{Mailbox, header, parse_addresses};

/// Ids kept in `References`: the first, which names the thread, and the latest.
const MAX_REFERENCES: usize = 30;
/// Characters of one id; a longer one fits no line.
const MAX_ID: usize = 900;

/// The place of an answer in its thread, after RFC 5322, 3.6.4.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Thread {
    in_reply_to: Option<String>,
    references: Vec<String>,
}

impl Thread {
    /// The place of an answer to a message, from that message's headers (never from Gmail's own id of it).
    pub(crate) fn answering(parent: &MessagePart) -> Self {
        let ids = |name| header(parent, name).map(message_ids).unwrap_or_default();
        let in_reply_to = ids("Message-ID").into_iter().next();
        let mut references = ids("References");
        if references.is_empty() {
            // RFC 5322: an In-Reply-To stands in for missing References, if it names one message.
            references = Some(ids("In-Reply-To"))
                .filter(|ids| ids.len() == 1)
                .unwrap_or_default();
        }
        if let Some(id) = &in_reply_to {
            references.retain(|known| known != id);
            references.push(id.clone());
        }
        if references.len() > MAX_REFERENCES {
            references.drain(1..=references.len() - MAX_REFERENCES);
        }
        Self {
            in_reply_to,
            references,
        }
    }

    /// The place that a message has already, such as a draft.
    pub(crate) fn of(message: &MessagePart) -> Self {
        let ids = |name| header(message, name).map(message_ids).unwrap_or_default();
        Self {
            in_reply_to: ids("In-Reply-To").into_iter().next(),
            references: ids("References"),
        }
    }

    /// The id of the message that is answered, without angle brackets.
    pub(crate) fn in_reply_to(&self) -> Option<&str> {
        self.in_reply_to.as_deref()
    }

    /// The ids of the thread, oldest first, without angle brackets.
    pub(crate) fn references(&self) -> &[String] {
        &self.references
    }
}

/// The ids in angle brackets in a header.
fn message_ids(value: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for part in value.split('<').skip(1) {
        let Some((id, _)) = part.split_once('>') else {
            continue;
        };
        // A header that was folded within an id leaves white space in it.
        let id: String = id.split_whitespace().collect();
        let usable =
            id.contains('@') && id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_graphic());
        if usable && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// To whom an answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Recipients {
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    /// Entries that no header takes, and no mail goes to.
    pub(crate) odd: usize,
}

/// To whom an answer to a message goes, after RFC 5322, 3.6.2 and 3.6.3: `Reply-To` before `From`; to all, also to the others
/// that it was sent to, except the person answering. An answer to a message of one's own goes to whom that one went.
pub(crate) fn reply_recipients(
    parent: &MessagePart,
    own: &[String],
    reply_all: bool,
) -> Recipients {
    let list = |name| {
        header(parent, name)
            .map(parse_addresses)
            .unwrap_or_default()
    };
    let from = list("From");
    let is_own = |mailbox: &Mailbox| own.iter().any(|own| is_own_address(&mailbox.email, own));
    let wrote_it = from.first().is_some_and(is_own);
    let mut to = Vec::new();
    if wrote_it {
        add(&mut to, list("To"), &[], |_| true);
    } else {
        let reply_to = list("Reply-To");
        add(
            &mut to,
            if reply_to.is_empty() {
                from.clone()
            } else {
                reply_to
            },
            &[],
            |_| true,
        );
    }
    let mut cc = Vec::new();
    if reply_all {
        add(&mut to, list("To"), &[], |mailbox| !is_own(mailbox));
        add(&mut cc, list("Cc"), &to, |mailbox| !is_own(mailbox));
    }
    if to.is_empty() {
        add(&mut to, from, &cc, |_| true);
    }
    let before = to.len() + cc.len();
    let [to, cc] = [to, cc].map(|list| list.into_iter().filter_map(usable).collect::<Vec<_>>());
    let odd = before - to.len() - cc.len();
    Recipients { to, cc, odd }
}

fn add(
    to: &mut Vec<Mailbox>,
    more: Vec<Mailbox>,
    beside: &[Mailbox],
    wanted: impl Fn(&Mailbox) -> bool,
) {
    for mailbox in more {
        let known = to
            .iter()
            .chain(beside)
            .any(|known| known.is_same_address(&mailbox));
        if !known && wanted(&mailbox) {
            to.push(mailbox);
        }
    }
}

/// Whether an address is one's own, with or without a `+tag`.
fn is_own_address(email: &str, own: &str) -> bool {
    mailbox_of(email).is_some_and(|email| Some(email) == mailbox_of(own))
}

/// The mailbox behind an address: Gmail's own have no dots and two domains.
fn mailbox_of(email: &str) -> Option<(String, String)> {
    let (local, domain) = email.trim().rsplit_once('@')?;
    let local = local.split('+').next().unwrap_or_default();
    let (local, domain) = (local.to_ascii_lowercase(), domain.to_ascii_lowercase());
    Some(match &*domain {
        "gmail.com" | "googlemail.com" => (local.replace('.', ""), "gmail.com".to_owned()),
        _ => (local, domain),
    })
}

/// The subject of an answer: `Re: ` once, on one line.
pub(crate) fn reply_subject(subject: &str) -> String {
    prefixed("Re:", &["re:"], subject)
}

/// The subject of a mail that is passed on: `Fwd: ` once, on one line.
pub(crate) fn forward_subject(subject: &str) -> String {
    prefixed("Fwd:", &["fwd:", "fw:"], subject)
}

fn prefixed(prefix: &str, known: &[&str], subject: &str) -> String {
    let line: String = subject
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    let is_there = known.iter().any(|known| {
        line.get(..known.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(known))
    });
    if is_there {
        line.to_owned()
    } else {
        format!("{prefix} {line}").trim_end().to_owned()
    }
}
