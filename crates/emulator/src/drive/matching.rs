//! Whether a file, or a shared drive, is what a query asks for.

use super::node::{File, Grantee, Role, SharedDrive};
use super::query::{Op, Query, Term, Value};
use super::world::Drives;

/// Whose eyes a file is seen with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eyes<'a> {
    pub(crate) drives: &'a Drives,
    pub(crate) user: &'a str,
}

impl Eyes<'_> {
    /// Whether a file is what the query asks for.
    pub(crate) fn finds(self, query: &Query, file: &File) -> bool {
        match query {
            Query::And(left, right) => self.finds(left, file) && self.finds(right, file),
            Query::Or(left, right) => self.finds(left, file) || self.finds(right, file),
            Query::Not(inner) => !self.finds(inner, file),
            Query::Term(term) => self.holds(term, file),
        }
    }

    /// Whether a shared drive is what the query asks for.
    pub(crate) fn finds_drive(self, query: &Query, drive: &SharedDrive) -> bool {
        match query {
            Query::And(left, right) => {
                self.finds_drive(left, drive) && self.finds_drive(right, drive)
            }
            Query::Or(left, right) => {
                self.finds_drive(left, drive) || self.finds_drive(right, drive)
            }
            Query::Not(inner) => !self.finds_drive(inner, drive),
            Query::Term(term) => self.holds_for_drive(term, drive),
        }
    }

    fn holds(self, term: &Term, file: &File) -> bool {
        match &term.value {
            Value::Text(text) => self.text_holds(term, text, file),
            Value::Flag(wanted) => {
                let is = match term.field {
                    "trashed" => self.drives.is_trashed(file),
                    "starred" => file.starred_by.contains(self.user),
                    _ => {
                        let is_mine = file.owner.as_deref() == Some(self.user);
                        !is_mine && file.shared_with.contains_key(self.user)
                    }
                };
                (is == *wanted) == (term.op == Op::Equal)
            }
            Value::Time(wanted) => {
                let time = match term.field {
                    "modifiedTime" => Some(file.modified_ms),
                    "createdTime" => Some(file.created_ms),
                    _ => file.viewed.get(self.user).copied(),
                };
                time.is_some_and(|time| compares(term.op, time, *wanted))
            }
            Value::Pair(key, value) => {
                let pairs = if term.field == "properties" {
                    &file.properties
                } else {
                    &file.app_properties
                };
                pairs.get(key) == Some(value)
            }
            Value::Number(_) => false,
        }
    }

    fn text_holds(self, term: &Term, text: &str, file: &File) -> bool {
        let equality = |is: bool| is == (term.op == Op::Equal);
        match (term.field, term.op) {
            ("name", Op::Contains) => begins_words(&file.name, text),
            ("name", _) => equality(file.name == text),
            ("fullText", _) => says(&indexed(file), text) > 0,
            ("mimeType", Op::Contains) => file.mime_type.contains(text),
            ("mimeType", _) => equality(file.mime_type == text),
            ("visibility", _) => equality(visibility(file) == text),
            ("shortcutDetails.targetId", _) => {
                equality(file.shortcut.as_ref().is_some_and(|(id, _)| id == text))
            }
            ("parents", _) => {
                let wanted = Drives::folder_id(text, self.user);
                file.parent.as_deref() == Some(&wanted)
            }
            (people, _) => self.is_among(people, text, file),
        }
    }

    /// Whether somebody is an owner, a writer or a reader.
    fn is_among(self, people: &str, who: &str, file: &File) -> bool {
        let who = if who == "me" { self.user } else { who };
        let who = who.to_lowercase();
        let least = match people {
            "owners" => return file.owner.as_deref() == Some(&who),
            "writers" => Role::Writer,
            _ => Role::Reader,
        };
        let is_group = |grantee: &Grantee| matches!(grantee, Grantee::Group(name) if *name == who);
        let mut groups = file.permissions.iter();
        let by_name = self.drives.access(file, &who);
        by_name.is_some_and(|access| access.is_personal && access.role >= least)
            || groups.any(|it| is_group(&it.grantee) && it.role >= least)
    }

    fn holds_for_drive(self, term: &Term, drive: &SharedDrive) -> bool {
        match &term.value {
            Value::Text(text) if term.op == Op::Contains => begins_words(&drive.name, text),
            Value::Text(text) => (drive.name == *text) == (term.op == Op::Equal),
            Value::Flag(wanted) => {
                let is = drive.hidden_for.contains(self.user);
                (is == *wanted) == (term.op == Op::Equal)
            }
            Value::Time(wanted) => compares(term.op, drive.created_ms, *wanted),
            Value::Number(wanted) => {
                let all = drive.members.iter();
                let counted = all
                    .filter(|member| term.field == "memberCount" || member.role == Role::Organizer);
                let count = i64::try_from(counted.count()).unwrap_or(i64::MAX);
                compares(term.op, count, *wanted)
            }
            Value::Pair(..) => false,
        }
    }
}

fn compares(op: Op, value: i64, wanted: i64) -> bool {
    match op {
        Op::Equal => value == wanted,
        Op::Unequal => value != wanted,
        Op::Less => value < wanted,
        Op::LessOrEqual => value <= wanted,
        Op::Greater => value > wanted,
        _ => value >= wanted,
    }
}

/// Who can find a file beside those whom it is shared with.
pub(crate) fn visibility(file: &File) -> &'static str {
    let has = |kind: &str, discoverable: bool| {
        let mut all = file.permissions.iter();
        all.any(|it| it.grantee.kind() == kind && it.discoverable == discoverable)
    };
    let (anyone, domain) = ("anyone", "domain");
    if has(anyone, true) {
        "anyoneCanFind"
    } else if has(anyone, false) {
        "anyoneWithLink"
    } else if has(domain, true) {
        "domainCanFind"
    } else if has(domain, false) {
        "domainWithLink"
    } else {
        "limited"
    }
}

/// How often a text says what is asked for: each word, and each phrase in double quotes; 0 when
/// one of them is missing.
pub(crate) fn says(text: &[String], wanted: &str) -> usize {
    let mut phrases: Vec<Vec<String>> = Vec::new();
    for (at, part) in wanted.split('"').enumerate() {
        if at % 2 == 1 {
            phrases.push(words(part));
        } else {
            phrases.extend(words(part).into_iter().map(|word| vec![word]));
        }
    }
    phrases.retain(|phrase| !phrase.is_empty());
    let counts = phrases.iter().map(|phrase| {
        let places = text.windows(phrase.len());
        places.filter(|place| place == phrase).count()
    });
    let counts: Vec<usize> = counts.collect();
    if counts.contains(&0) {
        0
    } else {
        counts.iter().sum()
    }
}

/// The words that a search in the full text looks into.
pub(crate) fn indexed(file: &File) -> Vec<String> {
    let mut text = format!("{}\n", file.name);
    text.push_str(file.description.as_deref().unwrap_or_default());
    text.push('\n');
    text.push_str(&file.indexable_text);
    text.push('\n');
    text.push_str(&file.readable_text());
    words(&text)
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether some words of a name are these in a row, where the last one may go on.
fn begins_words(name: &str, wanted: &str) -> bool {
    let wanted = words(wanted);
    let Some((last, first)) = wanted.split_last() else {
        return false;
    };
    words(name).windows(wanted.len()).any(|place| {
        place[..first.len()] == *first && place[first.len()].starts_with(last.as_str())
    })
}
