//! What a tool answered, and what of the mailbox that shows.

use serde_json::{Map, Value};
use toolgate_testkit::parity::{Facts, SHOWN};
use toolgate_toolkit::ToolError;

use crate::parity::mailbox::Mailbox;

/// How agno's tools begin a sentence that says that nothing was done.
const REFUSALS: [&str; 3] = ["Error", "HTTP Error", "Unexpected error"];
/// What either side calls the way to the next page.
const NEXT: [&str; 2] = ["nextPageToken", "next_page_token"];

/// What a tool answered.
pub(super) struct Said {
    pub(super) result: Value,
    pub(super) refused: bool,
}

impl Said {
    /// Agno's tools have no errors: some answer with a member `error`, some with a sentence.
    pub(super) fn by_agno(result: Value) -> Self {
        let sentence = result.as_str().unwrap_or_default();
        let is_refusal = REFUSALS.iter().any(|start| sentence.starts_with(start));
        Self {
            refused: is_refusal || result.get("error").is_some(),
            result,
        }
    }

    pub(super) fn by_ours(result: Result<Value, ToolError>) -> Self {
        let refused = result.is_err();
        let result = result.unwrap_or_else(|error| error.to_json());
        Self { result, refused }
    }

    /// What of the mailbox, and which of these texts, the answer shows.
    pub(super) fn shows(&self, before: &Mailbox, after: &Mailbox, texts: &[String]) -> Facts {
        let mut all = Vec::new();
        strings(&self.result, &mut all);
        let seen = |word: &String| all.iter().any(|text| text.contains(word.as_str()));
        let mut shown = after.words();
        shown.insert("texts", texts.to_vec());
        for words in shown.values_mut() {
            words.sort();
            words.dedup();
            words.retain(&seen);
        }
        let known = |id: &String| before.mails.contains_key(id) || before.drafts.contains_key(id);
        let ids = after
            .mails
            .keys()
            .chain(after.drafts.keys())
            .filter(|id| seen(id));
        let ids = ids.map(|id| {
            if known(id) {
                id.clone()
            } else {
                "the new one".to_owned()
            }
        });
        shown.insert("ids", ids.collect());

        let mut facts = Facts::new();
        for (what, words) in shown.into_iter().filter(|(_, words)| !words.is_empty()) {
            facts.insert(format!("{SHOWN}{what}"), words.into());
        }
        if NEXT.iter().any(|name| self.result[name].is_string()) {
            facts.insert(format!("{SHOWN}next page"), true.into());
        }
        let mut counts = Map::new();
        label_counts(&self.result, after, &mut counts);
        if !counts.is_empty() {
            facts.insert(format!("{SHOWN}counts"), counts.into());
        }
        facts
    }
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        _ => {}
    }
}

/// The numbers beside a label's name, in order of their size: each side has its own words for them.
fn label_counts(value: &Value, mailbox: &Mailbox, found: &mut Map<String, Value>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| label_counts(item, mailbox, found)),
        Value::Object(members) => {
            let mut numbers: Vec<u64> = members.values().filter_map(Value::as_u64).collect();
            numbers.sort_unstable();
            match members.get("name").and_then(Value::as_str) {
                Some(name) if mailbox.labels.values().any(|label| label == name) => {
                    if !numbers.is_empty() {
                        found.insert(name.to_owned(), numbers.into());
                    }
                }
                _ => members
                    .values()
                    .for_each(|member| label_counts(member, mailbox, found)),
            }
        }
        _ => {}
    }
}
