//! Mail that arrives: filters sort it, some is forwarded, and the responder may answer.

use std::collections::BTreeSet;

use super::labels::LabelChange;
use super::mime::{Parsed, message_ids};
use super::rfc822::with_crlf;
use super::search::{Candidate, Index, Scope};
use super::settings::vacation;
use super::store::NewMessage;
use super::{Mailbox, Outgoing, threading};

/// The field that tells who has forwarded a message.
const FORWARDED_FOR: &str = "X-Forwarded-For";

/// What the filters make of a message.
#[derive(Debug)]
pub(crate) struct Sorted {
    pub(crate) labels: BTreeSet<String>,
    /// Addresses that it is forwarded to.
    pub(crate) forward: Vec<String>,
}

impl Mailbox {
    /// Takes in a message as from another mail server.
    pub(crate) fn deliver(&mut self, raw: &[u8], now_ms: i64) {
        let mut received = format!("Delivered-To: {}\r\n", self.address).into_bytes();
        received.extend_from_slice(&with_crlf(raw));
        let parsed = Parsed::new(&received);
        let labels = BTreeSet::from(["INBOX".to_owned(), "UNREAD".to_owned()]);
        let sorted = self.sorted(&parsed, received.len(), labels, now_ms);
        self.forward(&received, &parsed, &sorted.forward);
        let answer = vacation::answer(self, &parsed, now_ms);
        self.outgoing.extend(answer);
        let thread_id = threading::arriving(&self.store, &parsed);
        self.store.add(NewMessage {
            id: None,
            thread_id,
            labels: sorted.labels,
            internal_date: now_ms,
            raw: received,
        });
    }

    /// What the filters make of a message of `size` bytes that arrives with these labels.
    pub(crate) fn sorted(
        &self,
        parsed: &Parsed,
        size: usize,
        labels: BTreeSet<String>,
        now_ms: i64,
    ) -> Sorted {
        let index = Index::new(parsed, size);
        let (label_keys, me) = (self.label_keys(), self.address.to_lowercase());
        let candidate = Candidate {
            index: &index,
            labels: &labels,
            date_ms: now_ms,
        };
        let scope = Scope {
            now_ms,
            me: &me,
            labels: &label_keys,
        };
        let mut change = LabelChange::default();
        let mut forward = Vec::new();
        for filter in &self.settings.filters {
            if filter.matches(candidate, scope) {
                change.add.extend_from_slice(&filter.add);
                change.remove.extend_from_slice(&filter.remove);
                forward.extend(filter.forward.clone());
            }
        }
        Sorted {
            labels: self.relabelled(labels, change.with_moves()),
            forward,
        }
    }

    /// The labels after a change; those that were deleted meanwhile are not put on.
    fn relabelled(&self, mut labels: BTreeSet<String>, change: LabelChange) -> BTreeSet<String> {
        let exists = |id: &String| self.store.labels.iter().any(|label| label.id == *id);
        labels.extend(change.add.into_iter().filter(exists));
        labels.retain(|id| !change.remove.contains(id));
        labels
    }

    /// Sends a message on as it is; one that came from here already goes nowhere.
    pub(crate) fn forward(&mut self, raw: &[u8], parsed: &Parsed, to: &[String]) {
        let me = self.address.to_lowercase();
        let went_through = parsed
            .root
            .all_headers(FORWARDED_FOR)
            .any(|hops| hops.to_lowercase().split_whitespace().any(|hop| hop == me));
        if went_through {
            return;
        }
        for target in to {
            let mut forwarded =
                format!("X-Forwarded-To: {target}\r\n{FORWARDED_FOR}: {me} {target}\r\n")
                    .into_bytes();
            forwarded.extend_from_slice(raw);
            self.outgoing.push(Outgoing {
                raw: forwarded,
                recipients: vec![target.to_lowercase()],
            });
        }
    }
}

/// The id by which a message is answered, without angle brackets.
pub(crate) fn own_id(parsed: &Parsed) -> Option<String> {
    message_ids(parsed.root.header("Message-ID")?).pop()
}
