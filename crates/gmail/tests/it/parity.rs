//! Parity with agno's Gmail tools: the same names, what agno's arguments say, the same effects; and
//! what differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod agno;
mod fixture;
mod mailbox;
mod page;
mod said;
mod sides;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toolgate_toolkit::Toolkit as _;

use crate::world::all_tools;
use agno::Agno;
use fixture::{Difference, Entry, Fixture, differences};
use sides::Side;

/// By the names of tools.
type Found = BTreeMap<String, BTreeMap<String, Difference>>;

fn agno() -> Option<Agno> {
    let python = toolgate_testkit::agno_python("parity with agno's tools")?;
    Some(Agno::started(&python))
}

/// Fails where what was found is not what is listed, and leaves the fixture as it would have to be.
fn compare(fixture: Fixture, found: &Found, of_parameters: bool) {
    let mut wrong = Vec::new();
    for (tool, entry) in &fixture.tools {
        let listed = entry.listed(of_parameters);
        for (what, found) in &found[tool] {
            if listed.get(what) != Some(found) {
                wrong.push(format!(
                    "{tool}: not listed: {what}: agno {}, ours {}",
                    found.agno, found.ours
                ));
            }
        }
        let gone = listed
            .keys()
            .filter(|what| !found[tool].contains_key(*what));
        wrong.extend(gone.map(|what| format!("{tool}: listed, and no more so: {what}")));
    }
    if !wrong.is_empty() {
        let draft = left_as_found(fixture, found, of_parameters);
        let wrong = wrong.join("\n");
        panic!(
            "{wrong}\nthe fixture as it would have to be, without reasons: {}",
            draft.display()
        );
    }
}

fn left_as_found(mut fixture: Fixture, found: &Found, of_parameters: bool) -> PathBuf {
    for (tool, entry) in &mut fixture.tools {
        let old = std::mem::take(&mut entry.differences);
        let (kept, mut replaced): (BTreeMap<_, _>, _) = old
            .into_iter()
            .partition(|(what, _)| fixture::is_of_parameters(what) != of_parameters);
        entry.differences = kept;
        for (what, found) in &found[tool] {
            let reason = replaced
                .remove(what)
                .map(|it| it.reason)
                .unwrap_or_default();
            let (agno, ours) = (found.agno.clone(), found.ours.clone());
            entry
                .differences
                .insert(what.clone(), Difference { agno, ours, reason });
        }
    }
    let draft = Path::new(env!("CARGO_TARGET_TMPDIR")).join(if of_parameters {
        "parity-gmail-arguments.json"
    } else {
        "parity-gmail-calls.json"
    });
    std::fs::write(&draft, serde_json::to_string_pretty(&fixture).unwrap()).unwrap();
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixture_holds_what_agno_shows_a_model_of_its_tools() {
    let Some(mut agno) = agno() else { return };
    let fixture = Fixture::gmail();
    let told = agno.parameters();
    assert_eq!(told["version"], fixture.agno);
    let held = fixture.tools.iter();
    let held: BTreeMap<_, _> = held
        .map(|(name, entry)| (name, &entry.parameters))
        .collect();
    assert_eq!(told["tools"], serde_json::to_value(held).unwrap());
}

#[test]
fn every_argument_of_agnos_tools_is_taken_under_its_name_or_listed() {
    let fixture = Fixture::gmail();
    assert_eq!(fixture.tools.len(), 33);
    let ours = all_tools().tools();
    let mut found = Found::new();
    for (tool, entry) in &fixture.tools {
        let same = ours.iter().find(|it| it.spec().name == tool);
        let same = same.unwrap_or_else(|| panic!("there is no {tool}"));
        found.insert(tool.clone(), entry.differing_parameters(same.spec()));
    }
    compare(fixture, &found, true);
}

#[test]
fn our_call_is_agnos_wherever_the_listed_differences_leave_it() {
    for (tool, entry) in &Fixture::gmail().tools {
        let (agnos, ours) = (entry.call.as_object().unwrap(), entry.ours());
        for (name, value) in agnos {
            assert!(
                entry.parameters.contains_key(name),
                "{tool} of agno has no {name}"
            );
            if entry.is_shared(name) {
                assert_eq!(&ours[name], value, "{tool}: {name}");
            }
        }
        let others = agnos.keys().any(|name| !entry.is_shared(name));
        assert_eq!(entry.ours.is_some(), others, "{tool}");
    }
}

#[test]
fn every_difference_has_a_reason_and_every_reason_a_difference() {
    let fixture = Fixture::gmail();
    let tools = fixture.tools.iter();
    let named: BTreeSet<&String> = tools
        .flat_map(|(_, entry)| entry.differences.values().map(|it| &it.reason))
        .collect();
    let known: BTreeSet<&String> = fixture.reasons.keys().collect();
    assert_eq!(named, known);
}

#[test]
fn the_page_of_parity_says_what_the_fixture_holds() {
    let page = include_str!("../../../../docs/parity.md");
    let section = page::section(&Fixture::gmail());
    if !page.contains(&section) {
        let draft = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parity-gmail.md");
        std::fs::write(&draft, section).unwrap();
        panic!(
            "docs/parity.md is stale; its section as it has to be: {}",
            draft.display()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_golden_call_does_and_shows_the_same_or_it_is_listed() {
    let Some(mut agno) = agno() else { return };
    let fixture = Fixture::gmail();
    let mut found = Found::new();
    for (tool, entry) in &fixture.tools {
        found.insert(
            tool.clone(),
            called(&mut agno, tool, entry, &fixture.texts).await,
        );
    }
    compare(fixture, &found, false);
}

async fn called(
    agno: &mut Agno,
    tool: &str,
    entry: &Entry,
    texts: &[String],
) -> BTreeMap<String, Difference> {
    let (theirs, own) = (Side::fresh().await, Side::fresh().await);
    let said = theirs.agnos(agno, tool, &entry.call).await;
    assert!(!said.refused, "{tool}: {}", said.result);
    let agnos = theirs.facts(&said, texts).await;
    let said = own.ours(tool, entry.ours()).await;
    assert!(!said.refused, "{tool}: {}", said.result);
    let ours = own.facts(&said, texts).await;
    assert!(
        !agnos.is_empty(),
        "{tool}: agno's call is not seen to do anything"
    );
    differences(&agnos, &ours)
}
