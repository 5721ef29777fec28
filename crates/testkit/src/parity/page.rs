//! The page for people: what a fixture lists, one line a tool.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::Value;

use super::fixture::{Difference, Entry, Fixture, Part, SHOWN};

/// A toolkit's section.
pub(super) fn section(fixture: &Fixture) -> String {
    let Fixture { agno, title, .. } = fixture;
    let count = fixture.tools.len();
    let mut page = format!(
        "## {title}\n\n\
        {count} tools of agno {agno}, all here under their names.\n\n\
        | tool | its arguments | what a call does | what its result shows |\n\
        |---|---|---|---|\n"
    );
    for (tool, entry) in &fixture.tools {
        let is_argument = |what: &str| Part::of(what) == Part::Arguments;
        let is_shown = |what: &str| what.starts_with(SHOWN);
        let arguments = cell(entry, is_argument);
        let effects = cell(entry, |what| !is_argument(what) && !is_shown(what));
        let shown = cell(entry, is_shown);
        writeln!(page, "| `{tool}` | {arguments} | {effects} | {shown} |").unwrap();
    }
    page += "\nWhy:\n\n";
    for (word, reason) in &fixture.reasons {
        writeln!(page, "- *{word}*: {reason}").unwrap();
    }
    page
}

fn cell(entry: &Entry, of: impl Fn(&str) -> bool) -> String {
    let these = entry.differences.iter().filter(|(what, _)| of(what));
    let these: Vec<String> = these
        .map(|(what, it)| format!("{} (*{}*)", phrase(what, it), it.reason))
        .collect();
    if these.is_empty() {
        return "same".to_owned();
    }
    these.join("; ")
}

fn phrase(what: &str, difference: &Difference) -> String {
    if let Some(argument) = what.strip_prefix("argument ") {
        return about_argument(argument, difference);
    }
    let Difference { agno, ours, .. } = difference;
    let (agnos, own) = (words(agno), words(ours));
    let how = if agno.is_null() {
        "ours only"
    } else if ours.is_null() {
        "agno's only"
    } else if !agnos.is_empty() && agnos.is_subset(&own) {
        "ours more"
    } else if !own.is_empty() && own.is_subset(&agnos) {
        "ours fewer"
    } else {
        "otherwise"
    };
    format!("{}: {how}", what.trim_start_matches(SHOWN))
}

fn about_argument(argument: &str, Difference { agno, ours, .. }: &Difference) -> String {
    if let Some(argument) = argument.strip_suffix(" may be missing") {
        return format!("{argument} is {}", ours.as_str().unwrap());
    }
    if argument.ends_with(" if left out") {
        return format!("{argument}: {}, agno {}", plain(ours), plain(agno));
    }
    match ours.as_str() {
        Some(ours) => format!("{argument} is {ours} only"),
        None => format!("{argument} is none of ours"),
    }
}

/// A default as people read it.
fn plain(default: &Value) -> String {
    match default {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A list's items.
fn words(value: &Value) -> BTreeSet<&str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}
