//! Parity with agno's Gmail tools: the same names, agno's arguments, the same effects; and what
//! differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod mailbox;
mod said;
mod sides;

use std::collections::BTreeMap;

use toolgate_testkit::parity::{Agno, Entry, Facts, Parity, SHOWN, differences};
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::world::all_tools;
use sides::Side;

fn gmail() -> Parity {
    let fixture = include_str!("../parity/gmail.json");
    Parity::new("gmail", fixture, env!("CARGO_TARGET_TMPDIR"))
}

fn agno() -> Option<Agno> {
    Agno::started("parity with agno's tools")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixture_holds_what_agno_shows_a_model_of_its_tools() {
    if let Some(mut agno) = agno() {
        gmail().check_parameters(&mut agno);
    }
}

#[test]
fn every_argument_of_agnos_tools_is_taken_under_its_name_or_listed() {
    assert_eq!(gmail().tools().len(), 33);
    let tools = all_tools().tools();
    let specs = tools.iter().map(|tool| tool.spec());
    let schemas = specs.map(|spec| (spec.name, &spec.input_schema)).collect();
    gmail().check_arguments(&schemas);
}

#[test]
fn our_call_is_agnos_wherever_the_listed_differences_leave_that() {
    gmail().check_golden_calls();
}

#[test]
fn every_difference_has_a_reason_and_every_reason_a_difference() {
    gmail().check_reasons();
}

#[test]
fn the_page_of_parity_says_what_the_fixture_holds() {
    gmail().check_page(include_str!("../../../../docs/parity.md"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_golden_call_does_and_shows_the_same_or_it_is_listed() {
    let Some(mut agno) = agno() else { return };
    let gmail = gmail();
    let tools = all_tools().tools();
    let mut found = BTreeMap::new();
    for (tool, entry) in gmail.tools() {
        let (agnos, ours) = called(&mut agno, tool, entry, gmail.texts()).await;
        let spec = tools.iter().map(|it| it.spec()).find(|it| it.name == tool);
        let writes = spec.unwrap().risk != Risk::Read;
        let changed = agnos.keys().any(|fact| !fact.starts_with(SHOWN));
        assert_eq!(changed, writes, "{tool} of agno: {agnos:?}");
        found.insert(tool.clone(), differences(&agnos, &ours));
    }
    gmail.check_calls(&found);
}

/// What is known after agno's call, and after ours.
async fn called(agno: &mut Agno, tool: &str, entry: &Entry, texts: &[String]) -> (Facts, Facts) {
    let (theirs, own) = (Side::fresh().await, Side::fresh().await);
    let said = theirs.agnos(agno, tool, &entry.call);
    assert!(!said.refused, "{tool} of agno: {}", said.result);
    let agnos = theirs.facts(&said, texts).await;
    let said = own.ours(tool, entry.ours()).await;
    assert!(!said.refused, "{tool}: {}", said.result);
    (agnos, own.facts(&said, texts).await)
}
