//! What Gmail's search operators mean.

use super::{AddressField, Age, Person, Query, Term};
use crate::gmail::words;

/// The stars and signs beside the yellow star.
const STARS: &[&str] = &[
    "orange-star",
    "red-star",
    "purple-star",
    "blue-star",
    "green-star",
    "red-bang",
    "orange-guillemet",
    "yellow-bang",
    "green-check",
    "blue-info",
    "purple-question",
];

/// The condition that an operator and its value stand for; without an operator, words.
pub(super) fn term(operator: Option<&str>, text: &str) -> Query {
    let Some(operator) = operator else {
        return plain(text);
    };
    if text.trim().is_empty() {
        return Query::All;
    }
    match known_term(operator, text.trim()) {
        Some(term) => Query::Term(term),
        // An operator with a value that it does not take is text like any other.
        None => plain(&format!("{operator} {text}")),
    }
}

fn plain(text: &str) -> Query {
    let words = words::normalized(text);
    if words.trim().is_empty() {
        Query::All
    } else {
        Query::Term(Term::Text(words))
    }
}

fn known_term(operator: &str, text: &str) -> Option<Term> {
    let address = |field| Some(Term::Address(field, person(text)?));
    match operator {
        "from" => address(AddressField::From),
        "to" => address(AddressField::To),
        "cc" => address(AddressField::Cc),
        "bcc" => address(AddressField::Bcc),
        "deliveredto" => address(AddressField::DeliveredTo),
        "subject" => Some(Term::Subject(words::normalized(text))),
        "after" | "newer" => words::moment(text).map(Term::Since),
        "before" | "older" => words::moment(text).map(Term::Before),
        "newer_than" => age(text).map(Term::NewerThan),
        "older_than" => age(text).map(Term::OlderThan),
        "is" | "in" | "label" => Some(place(operator, text)),
        "has" => has(&text.to_lowercase()),
        "filename" => Some(Term::Filename(words::normalized(text))),
        "rfc822msgid" => Some(Term::MessageId(text.trim_matches(['<', '>']).to_owned())),
        "list" => Some(Term::List(words::normalized(text))),
        "larger" | "size" => size(text).map(Term::AtLeast),
        "smaller" => size(text).map(Term::Smaller),
        "category" => Some(Term::Category(text.to_lowercase())),
        _ => None,
    }
}

fn person(text: &str) -> Option<Person> {
    let lower = text.to_lowercase();
    let lower = lower.trim_end_matches('*').trim_matches(['<', '>']);
    if lower == "me" {
        return Some(Person::Me);
    }
    // `example@` is the local part alone, as in a filter's criteria.
    let lower = lower.trim_end_matches('@');
    if lower.contains('@') && !lower.contains(char::is_whitespace) {
        return Some(Person::Address(lower.to_owned()));
    }
    let words = words::normalized(lower);
    (!words.trim().is_empty()).then_some(Person::Words(words))
}

fn place(operator: &str, text: &str) -> Term {
    let name = words::label_key(text);
    match (operator, name.as_str()) {
        ("in", "anywhere") => Term::Anywhere,
        ("in", "archive") => Term::Archived,
        ("is", "read") => Term::Read,
        (_, "drafts") => Term::Label("draft".to_owned()),
        (_, "bin") => Term::Label("trash".to_owned()),
        (_, "chats") => Term::Label("chat".to_owned()),
        _ => Term::Label(name),
    }
}

fn has(what: &str) -> Option<Term> {
    Some(match what {
        "attachment" => Term::HasAttachment,
        "userlabels" => Term::HasUserLabel,
        "nouserlabels" => Term::HasNoUserLabel,
        "drive" => Term::HasLink(&["drive.google.com/", "docs.google.com/"]),
        "document" => Term::HasLink(&["docs.google.com/document/"]),
        "spreadsheet" => Term::HasLink(&["docs.google.com/spreadsheets/"]),
        "presentation" => Term::HasLink(&["docs.google.com/presentation/"]),
        // The API shows that there is a star, not which one: the first is what a star begins as.
        "yellow-star" => Term::Label("starred".to_owned()),
        star if STARS.contains(&star) => Term::Nothing,
        "youtube" => Term::HasLink(&["youtube.com/", "youtu.be/"]),
        _ => return None,
    })
}

fn age(text: &str) -> Option<Age> {
    let unit = text.chars().last()?;
    let count: u32 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    match unit {
        'h' => Some(Age::Hours(count)),
        'd' => Some(Age::Days(count)),
        'm' => Some(Age::Months(count)),
        'y' => Some(Age::Months(count.saturating_mul(12))),
        _ => None,
    }
}

fn size(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    let digits = lower.trim_end_matches('b');
    let (digits, factor) = match digits.chars().last()? {
        'k' => (&digits[..digits.len() - 1], 1024),
        'm' => (&digits[..digits.len() - 1], 1024 * 1024),
        'g' => (&digits[..digits.len() - 1], 1024 * 1024 * 1024),
        _ => (digits, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}
