//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod arguments;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_toolkit::{Risk, ToolSpec, Toolkit as _};

use crate::{
    golden::golden,
    world::{World, all_tools},
};
use toolgate_testkit::violations;

fn spec(name: &str) -> ToolSpec {
    let tools = all_tools().tools();
    let tool = tools.iter().find(|it| it.spec().name == name);
    tool.unwrap().spec().clone()
}

#[test]
fn every_tool_of_the_catalogue_has_its_cases() {
    let mut cases: Vec<&str> = golden().iter().map(|it| it.tool).collect();
    cases.sort_unstable();
    let tools = all_tools().tools();
    let mut names: Vec<&str> = tools.iter().map(|it| it.spec().name).collect();
    names.sort_unstable();
    assert_eq!(cases, names);
}

#[tokio::test]
async fn every_tool_succeeds_with_the_least_consent_and_answers_as_its_schema_says() {
    for golden in golden() {
        let spec = spec(golden.tool);
        let mut used = BTreeSet::new();
        for arguments in golden.good {
            let world = World::people().await;
            let result = world.call_alone(golden.tool, arguments.clone()).await;
            let result =
                result.unwrap_or_else(|error| panic!("{} {arguments}: {error}", golden.tool));
            let wrong = violations(&spec.output_schema, &result);
            assert!(
                wrong.is_empty(),
                "{} {arguments}: {wrong:?}\n{result}",
                golden.tool
            );
            let requests = world.emulator.requests();
            assert!(
                requests.iter().all(|it| it.status != Some(400)),
                "{}: {requests:#?}",
                golden.tool
            );
            used.extend(requests.into_iter().filter_map(|it| it.api_method));
        }
        let declared: BTreeSet<String> = spec.requirement.methods().map(str::to_owned).collect();
        // What looks into unclear ends has tests of its own.
        let left: Vec<&String> = declared
            .difference(&used)
            .filter(|it| *it != "calendar.events.get")
            .collect();
        assert!(left.is_empty(), "{}: {left:?}", golden.tool);
        assert!(used.is_subset(&declared), "{}: {used:?}", golden.tool);
    }
}

#[tokio::test]
async fn every_tool_names_an_argument_that_is_wrong_and_shows_a_good_value() {
    let world = World::people().await;
    for golden in golden() {
        let (arguments, name) = golden.bad;
        let error = world
            .call(golden.tool, arguments.clone())
            .await
            .unwrap_err();
        let case = format!("{} {arguments}: {error}", golden.tool);
        assert_eq!(
            (error.kind_name(), error.argument()),
            ("invalid_argument", Some(name)),
            "{case}"
        );
        let (_, good) = error.message().split_once("; a good value is ").unwrap();
        assert!(
            !good.is_empty() && !error.is_retryable() && !error.may_have_happened(),
            "{case}"
        );
    }
}

/// Google's refusals, and what they are to a model.
const REFUSALS: [(u16, &str, &str); 4] = [
    (403, "forbidden", "permission_denied"),
    (404, "notFound", "not_found"),
    (429, "rateLimitExceeded", "rate_limited"),
    (500, "backendError", "unavailable"),
];

fn refusal(code: u16, reason: &str) -> FaultAction {
    FaultAction::Status {
        code,
        status: None,
        reason: Some(reason.to_owned()),
        message: None,
        // Nobody waits for that long: it is told at once.
        retry_after: (code == 429 || code == 500).then(|| "600".to_owned()),
    }
}

#[tokio::test]
async fn every_tool_tells_what_google_refuses_and_nothing_is_done() {
    let world = World::people().await;
    let faults = world.emulator.faults();
    let before = everything(&world).await;
    for golden in golden() {
        for (code, reason, kind) in REFUSALS {
            let rule = FaultRule::new(refusal(code, reason)).on_method(golden.at);
            let rule = faults.add(rule);
            let result = world.call(golden.tool, golden.good[0].clone()).await;
            assert!(faults.applied(rule) > 0, "{} {code}", golden.tool);
            faults.clear();
            let error = result.unwrap_err();
            assert_eq!(error.kind_name(), kind, "{} {code}: {error}", golden.tool);
            // Only what may have been done and cannot be looked up is told as that.
            let unclear = code == 500 && golden.tool == "quick_add_event";
            assert_eq!(
                error.may_have_happened(),
                unclear,
                "{} {code}: {error}",
                golden.tool
            );
            if code == 500 && spec(golden.tool).risk != Risk::Read && !unclear {
                assert!(
                    error.message().contains("looked for"),
                    "{}: {error}",
                    golden.tool
                );
            }
        }
    }
    assert_eq!(everything(&world).await, before);
}

async fn everything(world: &World) -> Value {
    let all = json!({"start_date": "2027-01-01", "end_date": "2027-12-31"});
    let mut all = world.call("fetch_all_events", all).await.unwrap();
    all.as_object_mut().unwrap().remove("untrusted");
    for event in all["events"].as_array_mut().unwrap() {
        event.as_object_mut().unwrap().remove("description");
    }
    all
}
