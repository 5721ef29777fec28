//! What Google refuses, as each tool tells it; and ids that try to leave their place.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;

use serde_json::{Value, json};
use toolgate_auth::ScopeSet;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_toolkit::Toolkit as _;

use crate::seed::BOB;
use crate::world::{World, all_tools, with_folder};
use toolgate_testkit::violations;

const GET: &str = "drive.files.get";
const LIST: &str = "drive.files.list";
const PERMISSIONS: &str = "drive.permissions.list";

/// A tool, good arguments, and the method that it begins with.
type Case = (&'static str, Value, &'static str);

#[expect(clippy::too_many_lines, reason = "one table of all tools")]
fn cases() -> Vec<Case> {
    let file = json!({"file_id": "c-people"});
    let id = |more: Value| {
        let mut all = json!({"file_id": "c-people"});
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    vec![
        ("list_files", json!({}), LIST),
        ("search_files", json!({"name": "Plan"}), LIST),
        ("read_file", file.clone(), GET),
        ("get_file", file.clone(), GET),
        ("get_folder_tree", json!({"folder_id": "f-project"}), GET),
        (
            "create_folder",
            json!({"name": "a"}),
            "drive.files.generateIds",
        ),
        (
            "create_document",
            json!({"title": "a", "content": "b", "folder_id": "f-project"}),
            GET,
        ),
        ("copy_file", file.clone(), GET),
        (
            "upload_file",
            json!({"file_path": "a.txt"}),
            "drive.files.generateIds",
        ),
        ("download_file", file.clone(), GET),
        (
            "export_file",
            json!({"file_id": "d-plan", "format": "pdf"}),
            GET,
        ),
        ("move_file", id(json!({"folder_id": "f-deep"})), GET),
        ("rename_file", id(json!({"name": "b"})), GET),
        ("trash_file", file.clone(), "drive.files.update"),
        ("restore_file", file.clone(), "drive.files.update"),
        ("list_permissions", file.clone(), PERMISSIONS),
        (
            "share_file",
            id(json!({"with": "eve@example.com", "role": "reader"})),
            PERMISSIONS,
        ),
        (
            "unshare_file",
            json!({"file_id": "d-plan", "with": BOB}),
            PERMISSIONS,
        ),
        (
            "set_link_sharing",
            id(json!({"access": "reader"})),
            PERMISSIONS,
        ),
        ("list_comments", file.clone(), "drive.comments.list"),
        (
            "add_comment",
            id(json!({"text": "a"})),
            "drive.comments.create",
        ),
        (
            "reply_to_comment",
            id(json!({"comment_id": "none", "text": "a"})),
            "drive.replies.create",
        ),
        ("list_revisions", file, "drive.revisions.list"),
        ("list_shared_drives", json!({}), "drive.drives.list"),
        (
            "get_drive_changes",
            json!({}),
            "drive.changes.getStartPageToken",
        ),
        ("get_drive_quota", json!({}), "drive.about.get"),
    ]
}

/// An office whose plan Bob may read, and the toolkit with a folder in which a file is.
async fn place() -> (World, tempfile::TempDir, toolgate_drive::DriveToolkit) {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.txt"), "a").unwrap();
    let share = json!({"file_id": "d-plan", "with": BOB, "role": "reader"});
    world.done("share_file", share).await;
    world.emulator.clear_requests();
    (world, folder, toolkit)
}

#[tokio::test]
async fn every_tool_keeps_to_googles_documents_and_only_what_is_used_travels() {
    let (world, _folder, toolkit) = place().await;
    assert_eq!(cases().len(), all_tools().tools().len());
    for (tool, arguments, method) in cases() {
        let arguments = match tool {
            "reply_to_comment" => {
                let said = json!({"file_id": "c-people", "text": "a"});
                let made = world.done("add_comment", said).await;
                json!({"file_id": "c-people", "comment_id": made["comment_id"], "text": "b"})
            }
            _ => arguments,
        };
        let done = world.call_of(&toolkit, tool, arguments).await;
        assert!(done.is_ok(), "{tool}: {}", done.unwrap_err());
        let tools = all_tools().tools();
        let spec = tools
            .iter()
            .find(|it| it.spec().name == tool)
            .unwrap()
            .spec();
        let wrong = violations(&spec.output_schema, &done.unwrap());
        assert_eq!(wrong, [""; 0], "{tool}");
        assert!(world.count(method) > 0, "{tool} {method}");
    }
    for request in world.emulator.requests() {
        let is_content = request.query.contains("alt=media") || request.path.ends_with("/export");
        let is_piece = request.query.contains("upload_id") || request.method == "DELETE";
        assert!(
            is_content || is_piece || request.query.contains("fields="),
            "{request:?}"
        );
    }
    world.assert_lawful();
}

#[tokio::test]
async fn ids_that_do_not_exist_are_not_found() {
    let (world, _folder, toolkit) = place().await;
    for (tool, mut arguments, _) in cases() {
        let argument = ["file_id", "folder_id"]
            .into_iter()
            .find(|it| arguments.get(it).is_some());
        let Some(argument) = argument else { continue };
        arguments[argument] = json!("no-such-id");
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.is_retryable()),
            ("not_found", false),
            "{tool}"
        );
        let named = error.message().contains("no-such-id") || tool == "reply_to_comment";
        assert!(named, "{tool} {error}");
    }
}

#[tokio::test]
async fn ids_that_try_to_leave_their_place_stay_one_segment_of_it() {
    let (world, _folder, toolkit) = place().await;
    for (evil, encoded) in [
        ("c-people/../../about", "c-people%2F..%2F..%2Fabout"),
        ("c-people?alt=media", "c-people%3Falt%3Dmedia"),
        ("c-people#x", "c-people%23x"),
        ("%2e%2e", "%252e%252e"),
    ] {
        for (tool, mut arguments, _) in cases() {
            if arguments.get("file_id").is_none() {
                continue;
            }
            arguments["file_id"] = json!(evil);
            world.emulator.clear_requests();
            let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{tool} {evil}");
            for request in world.emulator.requests() {
                let whole = format!("/drive/v3/files/{encoded}");
                assert!(request.path.starts_with(&whole), "{tool} {}", request.path);
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_id_at_all_is_named_before_any_request() {
    let (world, _folder, toolkit) = place().await;
    for evil in ["", " ", ".", ".."] {
        for (tool, mut arguments, _) in cases() {
            if arguments.get("file_id").is_none() {
                continue;
            }
            arguments["file_id"] = json!(evil);
            let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
            assert_eq!(error.kind_name(), "invalid_argument", "{tool} {error}");
            let expected = if tool == "reply_to_comment" {
                "comment_id"
            } else {
                "file_id"
            };
            assert!(
                [Some("file_id"), Some(expected)].contains(&error.argument()),
                "{tool}"
            );
        }
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_scope_that_is_missing_is_told_with_those_to_ask_for() {
    let (world, _folder, _) = place().await;
    let other = "https://www.googleapis.com/auth/gmail.readonly";
    for (tool, arguments, _) in cases() {
        if tool == "upload_file" || tool.ends_with("load_file") || tool == "export_file" {
            continue;
        }
        let error = world.call_as(&[other], tool, arguments).await.unwrap_err();
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

#[tokio::test]
async fn what_google_forbids_is_told_as_that() {
    let (world, _folder, toolkit) = place().await;
    for (tool, arguments, method) in cases() {
        world.emulator.faults().clear();
        let fault = FaultAction::status_with_reason(403, "insufficientFilePermissions");
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault).on_method(method));
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.is_retryable()),
            ("permission_denied", false),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn a_server_that_stays_down_is_unavailable_and_says_when_to_try_again() {
    let (world, _folder, toolkit) = place().await;
    for (tool, arguments, method) in cases() {
        world.emulator.faults().clear();
        let fault = FaultAction::Status {
            code: 500,
            status: None,
            reason: None,
            message: None,
            retry_after: Some("600".to_owned()),
        };
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault).on_method(method));
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "unavailable", "{tool}");
        // What may have been said and must not be said twice is not tried again.
        let once = ["add_comment", "reply_to_comment"].contains(&tool);
        assert_eq!(
            (error.is_retryable(), error.may_have_happened()),
            (!once, once),
            "{tool}"
        );
        assert!(
            error.retry_after().map(|wait| wait.as_secs()) >= Some(600),
            "{tool}"
        );
    }
}
