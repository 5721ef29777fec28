//! What a mailbox holds: messages, labels, drafts, and the history of their changes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::history::{Change, Record};
use super::labels::{Label, USER_LABEL_PREFIX};
use super::mime::Parsed;
use super::search::Index;

/// How many changes a mailbox remembers.
const HISTORY_KEPT: usize = 10_000;

/// A message with all that is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) thread_id: String,
    pub(crate) labels: BTreeSet<String>,
    /// Milliseconds since the epoch.
    pub(crate) internal_date: i64,
    /// The order of arrival, which decides between messages of one moment.
    pub(crate) arrival: u64,
    pub(crate) history_id: u64,
    pub(crate) raw: Vec<u8>,
    pub(crate) parsed: Parsed,
    pub(crate) index: Index,
}

impl Message {
    /// The place in a list that is sorted by time.
    pub(crate) fn position(&self) -> Position {
        Position {
            date_ms: self.internal_date,
            arrival: self.arrival,
        }
    }
}

/// A place in a mailbox by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) date_ms: i64,
    pub(crate) arrival: u64,
}

/// A message that is about to be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    /// A free id is made up when there is none, or when it is taken.
    pub(crate) id: Option<String>,
    /// An existing thread, or `None` for a new one.
    pub(crate) thread_id: Option<String>,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) internal_date: i64,
    pub(crate) raw: Vec<u8>,
}

/// The state of one mailbox.
#[derive(Debug)]
pub(crate) struct Store {
    messages: BTreeMap<String, Message>,
    pub(crate) labels: Vec<Label>,
    /// Message ids by draft id.
    pub(crate) drafts: BTreeMap<String, String>,
    history: VecDeque<Record>,
    history_id: u64,
    /// Changes up to this one are forgotten.
    forgotten: u64,
    made: u64,
    labels_made: u32,
    salt: u64,
}

impl Store {
    /// An empty mailbox; `salt` makes its ids unlike those of others.
    pub(crate) fn new(salt: &str) -> Self {
        let salt = salt.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let start = 100_000 + salt % 900_000;
        Self {
            messages: BTreeMap::new(),
            labels: Label::system(),
            drafts: BTreeMap::new(),
            history: VecDeque::new(),
            history_id: start,
            forgotten: start,
            made: 0,
            labels_made: 0,
            salt,
        }
    }

    /// A number that this mailbox has not had before, the same in every run.
    pub(crate) fn fresh(&mut self) -> u64 {
        self.made += 1;
        scramble(self.salt ^ self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// An id that no message has: 16 hexadecimal digits.
    pub(crate) fn fresh_id(&mut self) -> String {
        loop {
            let id = format!("{:016x}", (self.fresh() >> 4) | (1 << 60));
            if !self.messages.contains_key(&id) {
                return id;
            }
        }
    }

    /// An id that no user's label has had.
    pub(crate) fn fresh_label_id(&mut self) -> String {
        self.labels_made += 1;
        format!("{USER_LABEL_PREFIX}{}", self.labels_made)
    }

    pub(crate) fn message(&self, id: &str) -> Option<&Message> {
        self.messages.get(id)
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }

    /// The messages of a thread, oldest first.
    pub(crate) fn thread(&self, id: &str) -> Vec<&Message> {
        let mut found: Vec<_> = self
            .messages
            .values()
            .filter(|message| message.thread_id == id)
            .collect();
        found.sort_by_key(|message| message.position());
        found
    }

    /// Stores a message and returns its id.
    pub(crate) fn add(&mut self, new: NewMessage) -> String {
        let id = match new.id {
            Some(id) if !self.messages.contains_key(&id) => id,
            _ => self.fresh_id(),
        };
        let parsed = Parsed::new(&new.raw);
        let message = Message {
            thread_id: new.thread_id.unwrap_or_else(|| id.clone()),
            labels: new.labels,
            internal_date: new.internal_date,
            arrival: self.history_id,
            history_id: 0,
            index: Index::new(&parsed, new.raw.len()),
            raw: new.raw,
            parsed,
            id: id.clone(),
        };
        self.messages.insert(id.clone(), message);
        self.record(&id, Change::Added);
        id
    }

    /// Removes a message for good, with the draft that it was.
    pub(crate) fn remove(&mut self, id: &str) {
        if self.messages.contains_key(id) {
            self.record(id, Change::Deleted);
            self.messages.remove(id);
            self.drafts.retain(|_, message_id| message_id != id);
        }
    }

    /// Puts labels on a message and takes others off.
    pub(crate) fn relabel(&mut self, id: &str, add: &[String], remove: &[String]) {
        let Some(message) = self.messages.get_mut(id) else {
            return;
        };
        let gone: Vec<String> = remove
            .iter()
            .filter(|label| message.labels.remove(*label))
            .cloned()
            .collect();
        let come: Vec<String> = add
            .iter()
            .filter(|label| message.labels.insert((*label).clone()))
            .cloned()
            .collect();
        if !come.is_empty() {
            self.record(id, Change::LabelsAdded(come));
        }
        if !gone.is_empty() {
            self.record(id, Change::LabelsRemoved(gone));
        }
    }

    fn record(&mut self, id: &str, change: Change) {
        // Google leaves gaps between the ids.
        self.history_id += 3 + scramble(self.history_id) % 20;
        let Some(message) = self.messages.get_mut(id) else {
            return;
        };
        message.history_id = self.history_id;
        self.history.push_back(Record {
            id: self.history_id,
            message_id: message.id.clone(),
            thread_id: message.thread_id.clone(),
            labels: message.labels.clone(),
            change,
        });
        if self.history.len() > HISTORY_KEPT
            && let Some(oldest) = self.history.pop_front()
        {
            self.forgotten = oldest.id;
        }
    }

    /// The id of the latest change.
    pub(crate) fn history_id(&self) -> u64 {
        self.history_id
    }

    /// The changes after that one, oldest first; `None` when they are not all known.
    pub(crate) fn history_since(&self, id: u64) -> Option<impl Iterator<Item = &Record>> {
        (self.forgotten..=self.history_id)
            .contains(&id)
            .then(|| self.history.iter().filter(move |record| record.id > id))
    }
}

/// A bijection of the numbers that leaves no pattern to see.
fn scramble(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
