//! The page for people: what the fixture lists, one line a tool.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::parity::fixture::{Difference, Entry, Fixture, SHOWN, is_of_parameters};

/// The section about Gmail of `docs/parity.md`.
pub(super) fn section(fixture: &Fixture) -> String {
    let count = fixture.tools.len();
    let version = &fixture.agno;
    let mut page = format!(
        "## Gmail\n\n\
        {count} tools of agno {version}, all here under their names.\n\n\
        | tool | its arguments | what a call does | what its result shows |\n\
        |---|---|---|---|\n"
    );
    for (tool, entry) in &fixture.tools {
        let [arguments, effects, shown] = cells(entry);
        page += &format!("| `{tool}` | {arguments} | {effects} | {shown} |\n");
    }
    page += "\nWhy:\n\n";
    for (word, reason) in &fixture.reasons {
        page += &format!("- *{word}*: {reason}\n");
    }
    page
}

fn cells(entry: &Entry) -> [String; 3] {
    let all = || entry.differences.iter();
    let is_shown = |what: &str| what.starts_with(SHOWN);
    let cell = |of: &dyn Fn(&str) -> bool| {
        let these: Vec<String> = all()
            .filter(|(what, _)| of(what))
            .map(|(what, it)| format!("{} (*{}*)", phrase(what, it), it.reason))
            .collect();
        if these.is_empty() {
            "same".to_owned()
        } else {
            these.join("; ")
        }
    };
    [
        cell(&is_of_parameters),
        cell(&|what| !is_of_parameters(what) && !is_shown(what)),
        cell(&is_shown),
    ]
}

fn phrase(what: &str, difference: &Difference) -> String {
    let Difference { agno, ours, .. } = difference;
    if is_of_parameters(what) {
        let name = what.trim_start_matches("argument ");
        let name = name.trim_end_matches(" may be missing");
        return match ours.as_str() {
            None => format!("{name} is none of ours"),
            Some("required") => format!("{name} is required"),
            Some(ours) => format!("{name} is {ours} only"),
        };
    }
    let what = what.trim_start_matches(SHOWN);
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
    format!("{what}: {how}")
}

/// A list's items.
fn words(value: &Value) -> BTreeSet<&str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}
