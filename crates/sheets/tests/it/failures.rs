//! What Google refuses, as each tool tells it; and ids that try to leave their place.

use serde_json::{Value, json};
use toolgate_auth::ScopeSet;
use toolgate_testkit::tools::Office as _;
use toolgate_toolkit::Toolkit as _;

use crate::golden::Office;
use crate::seed::TRACKER;
use crate::world::all_tools;

/// Each tool with its first good arguments, and the argument that names the spreadsheet.
fn cases(office: &Office) -> Vec<(&'static str, Value, &'static str)> {
    let golden = office.golden().into_iter().filter_map(|it| {
        let arguments = it.good[0].arguments.clone();
        let mut names = ["spreadsheet_id", "source_id"].into_iter();
        let name = names.find(|name| arguments.get(name).is_some())?;
        Some((it.tool, arguments, name))
    });
    golden.collect()
}

#[tokio::test]
async fn a_spreadsheet_that_does_not_exist_is_not_found() {
    let office = Office::opened().await;
    for (tool, mut arguments, name) in cases(&office) {
        arguments[name] = json!("no-such-id");
        let error = office.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "not_found", "{tool} {error}");
        let told = error.message();
        assert!(
            told.contains("no-such-id") && told.contains("take ids from"),
            "{tool} {error}"
        );
    }
}

#[tokio::test]
async fn what_is_no_spreadsheet_is_told_as_that() {
    let office = Office::opened().await;
    for (tool, mut arguments, name) in cases(&office) {
        arguments[name] = json!("d-plan");
        let error = office.call(tool, arguments).await.unwrap_err();
        let is_told = error.argument() == Some(name) || error.kind_name() == "not_found";
        assert!(is_told, "{tool} {error:?}");
    }
}

#[tokio::test]
async fn ids_that_try_to_leave_their_place_stay_one_segment_of_it() {
    let office = Office::opened().await;
    for (evil, encoded) in [
        ("x-tracker/../../about", "x-tracker%2F..%2F..%2Fabout"),
        ("x-tracker?alt=media", "x-tracker%3Falt%3Dmedia"),
        ("x-tracker#x", "x-tracker%23x"),
        ("x-tracker:batchUpdate", "x-tracker%3AbatchUpdate"),
        ("%2e%2e", "%252e%252e"),
    ] {
        for (tool, mut arguments, name) in cases(&office) {
            arguments[name] = json!(evil);
            office.world.emulator.clear_requests();
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{tool} {evil}");
            for request in office.world.emulator.requests() {
                let path = request.path.as_str();
                let rest = path.strip_prefix("/v4/spreadsheets/");
                let rest = rest.or_else(|| path.strip_prefix("/drive/v3/files/"));
                assert!(
                    rest.is_some_and(|it| it.starts_with(encoded)),
                    "{tool} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_id_at_all_is_named_before_any_request() {
    let office = Office::opened().await;
    for evil in ["", " ", ".", ".."] {
        for (tool, mut arguments, name) in cases(&office) {
            arguments[name] = json!(evil);
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "invalid_argument", "{tool} {error}");
            assert_eq!(error.argument(), Some(name), "{tool}");
        }
    }
    assert!(office.world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_link_stands_for_the_spreadsheet_that_it_names() {
    let link = format!("https://docs.google.com/spreadsheets/d/{TRACKER}/edit?gid=0#gid=0");
    let count = cases(&Office::opened().await).len();
    for place in 0..count {
        let office = Office::opened().await;
        let (tool, mut arguments, name) = cases(&office).swap_remove(place);
        arguments[name] = json!(link);
        let done = office.call(tool, arguments).await;
        assert!(done.is_ok(), "{tool}: {done:?}");
    }
}

#[tokio::test]
async fn a_scope_that_is_missing_is_told_with_those_to_ask_for() {
    let office = Office::opened().await;
    let other = "https://www.googleapis.com/auth/gmail.readonly";
    for golden in office.golden() {
        let arguments = golden.good[0].arguments.clone();
        let error = office.world.call_as(&[other], golden.tool, arguments).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind_name(), "insufficient_scope", "{}", golden.tool);
        let needed = &error.consent_needed().unwrap().scopes;
        let needed: ScopeSet = needed.iter().map(String::as_str).collect();
        let tools = all_tools().tools();
        let mut specs = tools.iter().map(|it| it.spec());
        let spec = specs.find(|it| it.name == golden.tool).unwrap();
        assert_eq!(needed, spec.requirement.least_scopes(), "{}", golden.tool);
    }
}

#[tokio::test]
async fn who_may_only_read_is_told_so_and_changes_nothing() {
    let office = Office::opened().await;
    let bob = office.world.tools_of(crate::seed::BOB, all_tools());
    let before = office.world.cells(TRACKER).await;
    for (tool, arguments, _) in cases(&office) {
        let tools = all_tools().tools();
        let reads = tools
            .iter()
            .any(|it| it.spec().name == tool && it.spec().risk.is_read_only());
        if reads || tool == "create_duplicate_sheet" {
            continue;
        }
        let error = bob.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{tool} {error}");
    }
    assert_eq!(office.world.cells(TRACKER).await, before);
}
