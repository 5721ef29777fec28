//! What Google refuses, as each tool tells it; and ids that try to leave their place.

use serde_json::{Value, json};
use toolgate_auth::ScopeSet;
use toolgate_testkit::tools::Office as _;
use toolgate_toolkit::Toolkit as _;

use crate::golden::Office;
use crate::world::all_tools;

/// Each tool with its first good arguments.
fn cases(office: &Office) -> Vec<(&'static str, Value)> {
    let golden = office.golden().into_iter();
    golden
        .map(|it| (it.tool, it.good[0].arguments.clone()))
        .collect()
}

#[tokio::test]
async fn ids_that_do_not_exist_are_not_found() {
    let office = Office::new().await;
    for (tool, mut arguments) in cases(&office) {
        let argument = ["file_id", "folder_id"]
            .into_iter()
            .find(|it| arguments.get(it).is_some());
        let Some(argument) = argument else { continue };
        arguments[argument] = json!("no-such-id");
        let error = office.call(tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.is_retryable()),
            ("not_found", false),
            "{tool}"
        );
        let told = error.message();
        assert!(
            told.contains("no-such-id") && told.contains("take ids from"),
            "{tool} {error}"
        );
    }
}

#[tokio::test]
async fn ids_that_try_to_leave_their_place_stay_one_segment_of_it() {
    let office = Office::new().await;
    for (evil, encoded) in [
        ("c-people/../../about", "c-people%2F..%2F..%2Fabout"),
        ("c-people?alt=media", "c-people%3Falt%3Dmedia"),
        ("c-people#x", "c-people%23x"),
        ("%2e%2e", "%252e%252e"),
    ] {
        for (tool, mut arguments) in cases(&office) {
            if arguments.get("file_id").is_none() {
                continue;
            }
            arguments["file_id"] = json!(evil);
            office.world.emulator.clear_requests();
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{tool} {evil}");
            for request in office.world.emulator.requests() {
                let whole = format!("/drive/v3/files/{encoded}");
                assert!(request.path.starts_with(&whole), "{tool} {}", request.path);
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_id_at_all_is_named_before_any_request() {
    let office = Office::new().await;
    for evil in ["", " ", ".", ".."] {
        for (tool, mut arguments) in cases(&office) {
            if arguments.get("file_id").is_none() {
                continue;
            }
            arguments["file_id"] = json!(evil);
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "invalid_argument", "{tool} {error}");
            assert_eq!(error.argument(), Some("file_id"), "{tool}");
        }
    }
    assert!(office.world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_scope_that_is_missing_is_told_with_those_to_ask_for() {
    let office = Office::new().await;
    let other = "https://www.googleapis.com/auth/gmail.readonly";
    for (tool, arguments) in cases(&office) {
        if tool == "upload_file" || tool.ends_with("load_file") || tool == "export_file" {
            continue;
        }
        let error = office
            .world
            .call_as(&[other], tool, arguments)
            .await
            .unwrap_err();
        assert_eq!(error.kind_name(), "insufficient_scope", "{tool}");
        let needed: ScopeSet = error
            .consent_needed()
            .unwrap()
            .scopes
            .iter()
            .map(String::as_str)
            .collect();
        let tools = all_tools().tools();
        let spec = tools
            .iter()
            .find(|it| it.spec().name == tool)
            .unwrap()
            .spec();
        assert_eq!(needed, spec.requirement.least_scopes(), "{tool}");
    }
}
