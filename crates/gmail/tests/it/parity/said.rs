//! What of the mailbox an answer shows.

use serde_json::{Map, Value};
use toolgate_testkit::parity::{Facts, SHOWN, Said};

use crate::parity::mailbox::Mailbox;

/// What of the mailbox, and which of these texts, the answer shows.
pub(super) fn shown(said: &Said, before: &Mailbox, after: &Mailbox, texts: &[String]) -> Facts {
    let mut words = after.words();
    words.insert("texts", texts.to_vec());
    let mut facts = said.shows(words);
    let ids = after.mails.keys().chain(after.drafts.keys());
    let known = |id: &str| before.mails.contains_key(id) || before.drafts.contains_key(id);
    facts.extend(said.shows_ids(ids, known));
    let counts = label_counts(said, after);
    if !counts.is_empty() {
        facts.insert(format!("{SHOWN}counts"), counts.into());
    }
    facts
}

/// The numbers beside a label's name, in order of their size: each side has its own words for them.
fn label_counts(said: &Said, mailbox: &Mailbox) -> Map<String, Value> {
    let mut counts = Map::new();
    for members in said.objects() {
        let mut numbers: Vec<u64> = members.values().filter_map(Value::as_u64).collect();
        numbers.sort_unstable();
        let name = members.get("name").and_then(Value::as_str);
        let name = name.filter(|name| mailbox.labels.values().any(|label| label == name));
        if let (Some(name), false) = (name, numbers.is_empty()) {
            counts.insert(name.to_owned(), numbers.into());
        }
    }
    counts
}
