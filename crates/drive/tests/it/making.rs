//! New files and folders, each made once; files moved, renamed, trashed and restored.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::seed::FOLDER;
use crate::world::{World, unfenced};

const CREATE: &str = "drive.files.create";

/// Each tool that makes a file, with good arguments.
fn makers() -> [(&'static str, Value, &'static str); 4] {
    let copied = "drive.files.copy";
    [
        (
            "create_folder",
            json!({"name": "New", "folder_id": "f-project"}),
            CREATE,
        ),
        (
            "create_document",
            json!({"title": "New", "content": "# New\n\nText", "folder_id": "f-project"}),
            CREATE,
        ),
        (
            "copy_file",
            json!({"file_id": "c-people", "name": "New"}),
            copied,
        ),
        (
            "copy_file",
            json!({"file_id": "d-plan", "name": "New"}),
            copied,
        ),
    ]
}

async fn count(world: &World) -> Value {
    world
        .done("search_files", json!({"query": "name = 'New'"}))
        .await["count"]
        .clone()
}

#[tokio::test]
async fn each_maker_makes_one_file_where_it_is_wanted() {
    let world = World::office().await;
    for (number, (tool, arguments, _)) in makers().into_iter().enumerate() {
        let made = world.done(tool, arguments).await;
        assert_eq!(
            (&made["status"], &made["name"]),
            (&json!("created"), &json!("New"))
        );
        assert_eq!(made["folder_id"], "f-project", "{tool}");
        assert_eq!(count(&world).await, number + 1);
    }
    world.assert_lawful();
}

#[tokio::test]
async fn a_document_of_markdown_is_read_back_as_what_was_written() {
    let world = World::office().await;
    let content = "# Summary\n\n- one\n- two\n\nSee [there](https://example.com/).";
    let made = world
        .done("create_document", json!({"title": "S", "content": content}))
        .await;
    assert_eq!(made["mime_type"], "application/vnd.google-apps.document");
    let read = world
        .done("read_file", json!({"file_id": made["id"]}))
        .await;
    let text = unfenced(&read["text"]);
    assert!(
        text.starts_with("# Summary") && text.contains("(https://example.com/)"),
        "{text}"
    );
}

#[tokio::test]
async fn a_file_whose_answer_is_lost_is_found_and_not_made_again() {
    for (tool, arguments, method) in makers() {
        let world = World::office().await;
        let lost = FaultRule::new(FaultAction::drop_answer())
            .on_method(method)
            .times(1);
        world.emulator.faults().add(lost);
        let made = world.done(tool, arguments.clone()).await;
        assert!(
            made["status"].as_str().unwrap().starts_with("created"),
            "{made}"
        );
        assert_eq!(count(&world).await, 1, "{tool} {arguments}");
        let again = if arguments["file_id"] == "d-plan" || tool == "create_document" {
            1
        } else {
            2
        };
        assert_eq!(world.count(method), again, "{tool}");
    }
}

#[tokio::test]
async fn a_file_that_was_not_made_is_told_as_that() {
    for (tool, arguments, method) in makers() {
        let world = World::office().await;
        let lost = FaultAction::DropConnection {
            at: toolgate_emulator::FaultPoint::Before,
        };
        world
            .emulator
            .faults()
            .add(FaultRule::new(lost).on_method(method));
        // Google's own kinds are looked for by a search, which denies nothing.
        let is_searched = arguments["file_id"] == "d-plan" || tool == "create_document";
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(
            error.message().contains("not created"),
            !is_searched,
            "{tool} {error}"
        );
        assert_eq!(
            (error.is_retryable(), error.may_have_happened()),
            (!is_searched, is_searched),
            "{tool}"
        );
        assert_eq!(count(&world).await, 0);
    }
}

#[tokio::test]
async fn what_no_look_up_can_tell_stays_unknown() {
    for (tool, arguments, method) in makers() {
        let world = World::office().await;
        let faults = world.emulator.faults();
        // Both ways to look are closed from there on.
        let passes = u32::from(tool == "copy_file" || arguments.get("folder_id").is_some());
        faults.add(FaultRule::new(FaultAction::drop_answer()).on_method(method));
        for look in ["drive.files.get", "drive.files.list"] {
            let passes = if look == "drive.files.get" { passes } else { 0 };
            let down = FaultAction::status_with_reason(403, "domainPolicy");
            faults.add(FaultRule::new(down).on_method(look).after(passes));
        }
        let error = world.call(tool, arguments).await.unwrap_err();
        assert!(
            error
                .message()
                .contains("unknown: it may have been created"),
            "{tool} {error}"
        );
        assert_eq!(
            (error.is_retryable(), error.may_have_happened()),
            (false, true),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn a_file_is_denied_only_where_the_last_look_up_found_none() {
    let world = World::office().await;
    let faults = world.emulator.faults();
    let lost = FaultAction::DropConnection {
        at: toolgate_emulator::FaultPoint::Before,
    };
    faults.add(FaultRule::new(lost).on_method("drive.files.create"));
    // Two look-ups find nothing; what comes later is not seen.
    let down = FaultAction::status_with_reason(403, "domainPolicy");
    faults.add(FaultRule::new(down).on_method("drive.files.get").after(2));
    let folder = json!({"name": "Once"});
    let error = world.call("create_folder", folder).await.unwrap_err();
    assert!(
        error
            .message()
            .contains("unknown: it may have been created"),
        "{error}"
    );
    assert!(error.may_have_happened(), "{error}");
}

#[tokio::test]
async fn a_file_is_moved_renamed_trashed_and_restored() {
    let world = World::office().await;
    let id = json!({"file_id": "c-people"});
    let moved = world
        .done(
            "move_file",
            json!({"file_id": "c-people", "folder_id": "f-deep"}),
        )
        .await;
    assert_eq!(
        (&moved["folder_id"], &moved["old_folder_id"]),
        (&json!("f-deep"), &json!("f-project"))
    );
    let again = world
        .done(
            "move_file",
            json!({"file_id": "c-people", "folder_id": "f-deep"}),
        )
        .await;
    assert_eq!(again["folder_id"], "f-deep");
    let renamed = world
        .done(
            "rename_file",
            json!({"file_id": "c-people", "name": "guests.csv"}),
        )
        .await;
    assert_eq!(
        (&renamed["name"], &renamed["old_name"]),
        (&json!("guests.csv"), &json!("people.csv"))
    );
    let gone = world.done("trash_file", id.clone()).await;
    assert_eq!(gone["trashed"], true);
    let back = world.done("restore_file", id.clone()).await;
    assert!(back.get("trashed").is_none(), "{back}");
    let facts = world.done("get_file", id).await;
    assert_eq!(
        (&facts["folder_id"], &facts["name"]),
        (&json!("f-deep"), &json!("guests.csv"))
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_move_whose_answer_is_lost_is_found_done() {
    let world = World::office().await;
    let lost = FaultRule::new(FaultAction::drop_answer())
        .on_method("drive.files.update")
        .times(1);
    world.emulator.faults().add(lost);
    let arguments = json!({"file_id": "c-people", "folder_id": "f-deep"});
    let moved = world.done("move_file", arguments).await;
    assert_eq!(moved["folder_id"], "f-deep");
    assert_eq!(world.count("drive.files.update"), 1);
}

#[tokio::test]
async fn a_shortcut_is_moved_and_trashed_itself() {
    let world = World::office().await;
    world
        .done(
            "move_file",
            json!({"file_id": "s-plan", "folder_id": "f-deep"}),
        )
        .await;
    world.done("trash_file", json!({"file_id": "s-plan"})).await;
    let facts = world.done("get_file", json!({"file_id": "d-plan"})).await;
    assert_eq!(facts["folder_id"], "f-project");
    assert!(facts.get("trashed").is_none());
}

#[tokio::test]
async fn bad_arguments_are_named_before_anything_is_made() {
    let world = World::office().await;
    for (tool, arguments, argument) in [
        ("create_folder", json!({"name": " "}), "name"),
        (
            "create_folder",
            json!({"name": "a", "folder_id": "d-plan"}),
            "folder_id",
        ),
        ("create_document", json!({"title": "a"}), "content"),
        ("copy_file", json!({"file_id": "f-project"}), "file_id"),
        (
            "move_file",
            json!({"file_id": "d-plan", "folder_id": "c-people"}),
            "folder_id",
        ),
        (
            "rename_file",
            json!({"file_id": "d-plan", "name": ""}),
            "name",
        ),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{tool} {error}");
    }
    assert_eq!(world.count(CREATE) + world.count("drive.files.update"), 0);
    assert_eq!(
        world
            .done("get_file", json!({"file_id": "f-project"}))
            .await["mime_type"],
        FOLDER
    );
}
