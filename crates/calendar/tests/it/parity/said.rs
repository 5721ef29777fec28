//! What of the calendars an answer shows.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use toolgate_testkit::parity::{Facts, SHOWN, Said};

use crate::parity::agenda::Agenda;

/// Members that are no times of an event.
const OTHER_TIMES: [&str; 3] = ["created", "updated", "originalStartTime"];

/// What of the calendars, and which of these texts, the answer shows.
pub(super) fn shown(said: &Said, before: &Agenda, after: &Agenda, texts: &[String]) -> Facts {
    let mut words = after.words();
    for (what, before) in before.words() {
        words.get_mut(what).unwrap().extend(before);
    }
    words.insert("texts", texts.to_vec());
    let mut facts = said.shows(words);
    let ids = before.ids.iter().chain(&after.ids);
    facts.extend(said.shows_ids(ids, |id| before.ids.iter().any(|it| it == id)));
    let has_meet = |text: &str| text.starts_with("https://meet.google.com/");
    let meet = said.objects().into_iter().flat_map(Map::values);
    let meet = meet.filter_map(Value::as_str).any(has_meet);
    facts.extend(availability(said));
    for (what, it) in [
        ("times", times(said)),
        ("answers", answers(said)),
        ("Meet link", meet.into()),
    ] {
        if it != json!(false) && it != json!([]) {
            facts.insert(format!("{SHOWN}{what}"), it);
        }
    }
    facts
}

/// Moments in UTC, and days.
fn times(said: &Said) -> Value {
    let mut times = Vec::new();
    let objects = said.objects().into_iter();
    for (name, value) in objects.flatten() {
        let text = value.as_str().unwrap_or_default();
        if OTHER_TIMES.contains(&name.as_str()) {
            continue;
        }
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            let moment = moment.with_timezone(&Utc);
            times.push(moment.to_rfc3339_opts(SecondsFormat::Secs, true));
        } else if text.parse::<NaiveDate>().is_ok() {
            times.push(text.to_owned());
        }
    }
    times.sort();
    times.dedup();
    times.into()
}

/// Who answered an invitation how.
fn answers(said: &Said) -> Value {
    let objects = said.objects().into_iter();
    let mut answers: Vec<String> = objects
        .filter_map(|guest| {
            let answer = guest.get("responseStatus").or(guest.get("response_status"));
            let (who, answer) = (guest.get("email")?.as_str()?, answer?.as_str()?);
            Some(format!("{who} {answer}"))
        })
        .collect();
    answers.sort();
    answers.dedup();
    answers.into()
}

/// Whose time is said to be what.
fn availability(said: &Said) -> Facts {
    let all: Vec<(&str, String)> = match &said.result["availability"] {
        Value::Object(people) => people.iter().map(by_agno).collect(),
        Value::Array(people) => people.iter().map(by_ours).collect(),
        _ => Vec::new(),
    };
    let all = all.into_iter();
    all.map(|(who, is)| (format!("{SHOWN}time of {who}"), is.into()))
        .collect()
}

fn by_agno<'a>((who, it): (&'a String, &Value)) -> (&'a str, String) {
    let is = match (&it["is_free"], &it["errors"][0]["reason"]) {
        (Value::Bool(true), _) => "free".to_owned(),
        (_, Value::String(reason)) => format!("not free ({reason})"),
        _ => "busy".to_owned(),
    };
    (who, is)
}

fn by_ours(it: &Value) -> (&str, String) {
    let word = |name: &str| it[name].as_str().unwrap();
    (word("who"), word("status").to_owned())
}
