//! What Google refuses, as each tool tells it; and ids that try to leave their place.

use serde_json::{Value, json};
use toolgate_testkit::tools::Office as _;

use crate::golden::Office;
use crate::world::World;

/// The arguments that are part of a path.
const IDS: [&str; 2] = ["presentation_id", "template_id"];

/// Each tool with its first good arguments and the one that names a presentation.
fn cases(office: &Office) -> Vec<(&'static str, Value, &'static str)> {
    let golden = office.golden().into_iter();
    let case = golden.filter_map(|it| {
        let arguments = it.good[0].arguments.clone();
        let id = IDS.into_iter().find(|id| arguments.get(id).is_some())?;
        Some((it.tool, arguments, id))
    });
    case.collect()
}

#[tokio::test]
async fn presentations_that_do_not_exist_are_not_found() {
    let office = Office::opened().await;
    let all = cases(&office);
    assert_eq!(all.len(), 27);
    for (tool, mut arguments, id) in all {
        arguments[id] = json!("no-such-id");
        let error = office.call(tool, arguments).await.unwrap_err();
        let told = (error.kind_name(), error.is_retryable());
        assert_eq!(told, ("not_found", false), "{tool} {error}");
        let told = error.message();
        let is_named = told.contains("no-such-id") || tool == "insert_drive_video";
        assert!(is_named && told.contains("take ids from"), "{tool} {error}");
    }
}

#[tokio::test]
async fn slides_pages_and_elements_that_do_not_exist_are_named() {
    let office = Office::opened().await;
    for golden in office.golden() {
        for id in ["slide_id", "page_object_id", "element_id", "table_id"] {
            let mut arguments = golden.good[0].arguments.clone();
            if arguments.get(id).is_none() {
                continue;
            }
            arguments[id] = json!("nowhere_at_all");
            let error = office.call(golden.tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{} {error}", golden.tool);
            let told = error.message();
            let is_named = told.contains("nowhere_at_all") && told.contains("get_presentation");
            assert!(is_named, "{} {error}", golden.tool);
        }
    }
}

#[tokio::test]
async fn ids_that_try_to_leave_their_place_stay_one_segment_of_it() {
    let office = Office::opened().await;
    for (evil, encoded) in [
        ("1Deck/../../drive", "1Deck%2F..%2F..%2Fdrive"),
        ("1Deck?fields=x", "1Deck%3Ffields%3Dx"),
        ("1Deck#x", "1Deck%23x"),
        ("1Deck:batchUpdate", "1Deck%3AbatchUpdate"),
        ("%2e%2e", "%252e%252e"),
    ] {
        for (tool, mut arguments, id) in cases(&office) {
            arguments[id] = json!(evil);
            office.emulator().clear_requests();
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{tool} {evil} {error}");
            for request in office.emulator().requests() {
                // A video is looked at first.
                let own = ["/v1/presentations/", "/drive/v3/files/"];
                let is_own = own.iter().any(|it| {
                    request.path.starts_with(&format!("{it}{encoded}"))
                        || request
                            .path
                            .starts_with(&format!("{it}{}", crate::seed::VIDEO))
                });
                assert!(is_own, "{tool} {}", request.path);
            }
        }
    }
}

#[tokio::test]
async fn pages_that_try_to_leave_their_place_stay_one_segment_of_it() {
    let world = World::office().await;
    for (evil, encoded) in [
        ("slide_1/thumbnail", "slide_1%2Fthumbnail"),
        ("slide_1?x", "slide_1%3Fx"),
    ] {
        for (tool, id) in [
            ("get_page", "page_object_id"),
            ("get_slide_thumbnail", "slide_id"),
        ] {
            world.emulator.clear_requests();
            let arguments = json!({"presentation_id": crate::seed::DECK, id: evil});
            let error = world.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{tool} {error}");
            let requests = world.emulator.requests();
            assert!(requests[0].path.contains(encoded), "{}", requests[0].path);
        }
    }
}

#[tokio::test]
async fn what_is_no_id_at_all_is_named_before_any_request() {
    let office = Office::opened().await;
    for evil in ["", " ", ".", ".."] {
        for (tool, mut arguments, id) in cases(&office) {
            if tool == "insert_drive_video" {
                continue;
            }
            arguments[id] = json!(evil);
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "invalid_argument", "{tool} {error}");
            assert_eq!(error.argument(), Some(id), "{tool}");
        }
    }
    assert!(office.emulator().requests().is_empty());
}

#[tokio::test]
async fn a_presentation_that_may_only_be_read_is_read_and_not_changed() {
    let world = World::office().await;
    let read = json!({"presentation_id": "1DeckOfBob"});
    world.done("read_all_text", read).await;
    let change = json!({"presentation_id": "1DeckOfBob", "find": "Bob", "replace_with": "Al"});
    let error = world.call("replace_all_text", change).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied", "{error}");
}
