//! What a tool answered, and which of the words that are known that shows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fixture::{Facts, SHOWN};

/// How agno's tools begin a sentence that says that nothing was done.
const REFUSALS: [&str; 3] = ["Error", "HTTP Error", "Unexpected error"];
/// What either side calls the way to the next page.
const NEXT: [&str; 2] = ["nextPageToken", "next_page_token"];

/// What a tool answered.
#[derive(Debug)]
pub struct Said {
    /// The answer.
    pub result: Value,
    /// Whether it says that nothing was done.
    pub refused: bool,
}

impl Said {
    /// Agno's tools have no errors: some answer with a member `error`, some with a sentence.
    pub fn by_agno(result: Value) -> Self {
        let sentence = result.as_str().unwrap_or_default();
        let is_refusal = REFUSALS.iter().any(|start| sentence.starts_with(start));
        Self {
            refused: is_refusal || result.get("error").is_some(),
            result,
        }
    }

    /// A result of ours, or an error as a model gets it.
    pub fn by_ours(result: Result<Value, Value>) -> Self {
        let refused = result.is_err();
        let result = result.unwrap_or_else(|error| error);
        Self { result, refused }
    }

    /// Which of these words, by what they are, the answer shows, and whether there is a next page.
    pub fn shows(&self, words: BTreeMap<&'static str, Vec<String>>) -> Facts {
        let all = self.strings();
        let mut facts = Facts::new();
        for (what, mut words) in words {
            words.sort();
            words.dedup();
            words.retain(|word| all.iter().any(|text| text.contains(word.as_str())));
            if !words.is_empty() {
                facts.insert(format!("{SHOWN}{what}"), words.into());
            }
        }
        if NEXT.iter().any(|name| self.result[name].is_string()) {
            facts.insert(format!("{SHOWN}next page"), true.into());
        }
        facts
    }

    /// Which of these ids the answer shows; those that were not known before are chosen anew by each
    /// side.
    pub fn shows_ids<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a String>,
        known: impl Fn(&str) -> bool,
    ) -> Facts {
        let all = self.strings();
        let ids = ids.into_iter();
        let ids = ids.filter(|id| all.iter().any(|text| text.contains(id.as_str())));
        let mut ids: Vec<&str> = ids
            .map(|id| if known(id) { id } else { "the new one" })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let shown = (!ids.is_empty()).then(|| (format!("{SHOWN}ids"), ids.into()));
        shown.into_iter().collect()
    }

    /// All objects of the answer, the outer before the inner.
    pub fn objects(&self) -> Vec<&Map<String, Value>> {
        let mut found = Vec::new();
        each(&self.result, &mut |value| found.extend(value.as_object()));
        found
    }

    /// The texts of the answer; where an object is by names of things, these too.
    fn strings(&self) -> Vec<&str> {
        let mut found = Vec::new();
        each(&self.result, &mut |value| match value {
            Value::Object(members) => found.extend(members.keys().map(String::as_str)),
            other => found.extend(other.as_str()),
        });
        found
    }
}

fn each<'a>(value: &'a Value, seen: &mut impl FnMut(&'a Value)) {
    seen(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, seen)),
        Value::Object(members) => members.values().for_each(|member| each(member, seen)),
        _ => {}
    }
}
