//! What agno's Drive tools get wrong, by name, and is right here.

use std::fs;

use serde_json::json;
use toolgate_toolkit::Folders;

use crate::world::{World, all_tools, unfenced, with_folder};

#[tokio::test]
async fn a_search_for_text_is_not_sorted_which_drive_refuses() {
    let world = World::office().await;
    for arguments in [
        json!({"text": "hotel"}),
        json!({"query": "fullText contains 'hotel'"}),
    ] {
        let found = world.done("search_files", arguments).await;
        assert!(found["count"].as_u64().unwrap() >= 2, "{found}");
    }
    let list = world.requests("drive.files.list");
    assert!(list.iter().all(|it| !it.query.contains("orderBy")));
    world
        .done("search_files", json!({"query": "name contains 'fullText'"}))
        .await;
    let list = world.requests("drive.files.list");
    assert!(
        list.last()
            .unwrap()
            .query
            .contains("orderBy=modifiedTime+desc")
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_document_is_read_as_markdown_from_an_offset_to_a_limit() {
    let world = World::office().await;
    let read = world
        .done("read_file", json!({"file_id": "d-plan", "limit": 6}))
        .await;
    assert_eq!(
        (unfenced(&read["text"]).as_str(), &read["next_offset"]),
        ("# Plan", &json!(6))
    );
    let rest = world
        .done("read_file", json!({"file_id": "d-plan", "offset": 6}))
        .await;
    assert!(unfenced(&rest["text"]).contains("**Lisbon**"), "{rest}");
}

#[tokio::test]
async fn office_files_keep_their_tables() {
    let world = World::office().await;
    let read = world.done("read_file", json!({"file_id": "x-rooms"})).await;
    let text = unfenced(&read["text"]);
    assert!(
        text.contains("First") && text.contains("Second") && text.contains("450"),
        "{text}"
    );
}

#[tokio::test]
async fn a_script_is_read_as_the_json_that_google_offers() {
    let mut seed = crate::seed::office();
    let json = r#"{"files":[{"name":"Code","type":"server_js","source":"function go() {}"}]}"#;
    seed.accounts[0]
        .drive
        .files
        .push(toolgate_emulator::SeedFile {
            mime_type: Some("application/vnd.google-apps.script".to_owned()),
            ..crate::seed::text("g-script", "Robot", None, json)
        });
    let world = World::seeded(seed).await;
    let read = world
        .done("read_file", json!({"file_id": "g-script"}))
        .await;
    assert!(unfenced(&read["text"]).contains("function go()"), "{read}");
    assert_eq!(read["mime_type"], "application/vnd.google-apps.script");
    // What agno asks for is refused.
    let export = &world.requests("drive.files.export")[0].query;
    assert!(export.contains("google-apps.script%2Bjson"), "{export}");
    world.assert_lawful();
}

#[tokio::test]
async fn a_word_file_keeps_its_tables() {
    let mut seed = crate::seed::office();
    let docx = include_bytes!("../fixtures/table.docx");
    seed.accounts[0]
        .drive
        .files
        .push(toolgate_emulator::SeedFile {
            mime_type: Some(crate::seed::DOCX.to_owned()),
            ..crate::seed::bytes("w-table", "Prices.docx", None, docx)
        });
    let world = World::seeded(seed).await;
    let read = world.done("read_file", json!({"file_id": "w-table"})).await;
    let text = unfenced(&read["text"]);
    assert!(text.contains("Prices of May"), "{text}");
    let row = text.lines().find(|line| line.contains("Hotel"));
    assert!(row.unwrap().contains("450"), "{text}");
    assert!(
        text.contains("Item") && text.contains("Train") && text.contains("120"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_in_a_shared_drive_is_reached_by_every_tool() {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    let found = world.done("search_files", json!({"name": "team"})).await;
    assert_eq!(found["files"][0]["shared_drive_id"], "0ATeamDriveOfTheTea");
    world.done("read_file", json!({"file_id": "t-team"})).await;
    world
        .done("rename_file", json!({"file_id": "t-team", "name": "notes"}))
        .await;
    world
        .done("list_permissions", json!({"file_id": "t-team"}))
        .await;
    world
        .done("copy_file", json!({"file_id": "t-team", "name": "copy"}))
        .await;
    world
        .call_of(&toolkit, "download_file", json!({"file_id": "t-team"}))
        .await
        .unwrap();
    fs::write(folder.path().join("a.txt"), "a").unwrap();
    let into = json!({"file_path": "a.txt", "folder_id": "0ATeamDriveOfTheTea"});
    let up = world.call_of(&toolkit, "upload_file", into).await.unwrap();
    assert_eq!(up["shared_drive_id"], "0ATeamDriveOfTheTea");
    for request in world.emulator.requests() {
        let method = request.api_method.as_deref().unwrap_or_default();
        let is_of_files =
            method.starts_with("drive.files.") || method.starts_with("drive.permissions.");
        if is_of_files && method != "drive.files.generateIds" {
            assert!(
                request.query.contains("supportsAllDrives=true"),
                "{request:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_upload_leaves_the_allowed_folder_alone_and_goes_where_it_is_told() {
    let world = World::office().await;
    let error = world
        .call("upload_file", json!({"file_path": "/etc/passwd"}))
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("notes.md"), "# Notes").unwrap();
    let arguments =
        json!({"file_path": "notes.md", "folder_id": "f-deep", "name": "N", "convert": true});
    let up = world
        .call_of(&toolkit, "upload_file", arguments)
        .await
        .unwrap();
    assert_eq!(
        (&up["folder_id"], &up["name"]),
        (&json!("f-deep"), &json!("N"))
    );
    assert_eq!(up["mime_type"], "application/vnd.google-apps.document");
}

#[tokio::test]
async fn a_download_is_capped_overwrites_nothing_and_has_its_extension() {
    let world = World::office().await;
    world
        .done(
            "rename_file",
            json!({"file_id": "d-plan", "name": "Report v1.2"}),
        )
        .await;
    let (folder, toolkit) = with_folder();
    for expected in ["Report v1.2.docx", "Report v1.2 (2).docx"] {
        let saved = world
            .call_of(&toolkit, "download_file", json!({"file_id": "d-plan"}))
            .await;
        assert_eq!(saved.unwrap()["name"], expected);
    }
    let folders = Folders::new()
        .with_write(folder.path())
        .unwrap()
        .with_max_file(3);
    let small = all_tools().with_folders(folders);
    let error = world
        .call_of(&small, "download_file", json!({"file_id": "c-people"}))
        .await;
    assert_eq!(error.unwrap_err().kind_name(), "invalid_argument");
}

#[tokio::test]
async fn required_arguments_are_required() {
    let world = World::office().await;
    for (tool, argument) in [
        ("read_file", "file_id"),
        ("upload_file", "file_path"),
        ("download_file", "file_id"),
        ("share_file", "role"),
    ] {
        let arguments = match tool {
            "share_file" => json!({"file_id": "d-plan", "with": "a@b.example"}),
            _ => json!({}),
        };
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{tool}");
    }
    let error = world
        .call("search_files", json!({"max_results": 0}))
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("max_results"));
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn names_hide_nothing_and_turn_no_text() {
    let mut seed = crate::seed::office();
    let name = "annual\u{202e}fdp.exe\u{200b}";
    let evil = crate::seed::text("t-evil", name, Some("f-deep"), "x");
    seed.accounts[0].drive.files.push(evil);
    let world = World::seeded(seed).await;
    for (tool, arguments) in [
        ("search_files", json!({"name": "annual"})),
        ("get_file", json!({"file_id": "t-evil"})),
        ("read_file", json!({"file_id": "t-evil"})),
        ("get_folder_tree", json!({"folder_id": "f-deep"})),
    ] {
        let told = world.done(tool, arguments).await.to_string();
        assert!(
            told.contains("annualfdp.exe") && !told.contains('\u{202e}'),
            "{tool} {told}"
        );
    }
}

#[tokio::test]
async fn a_transfer_has_more_time_than_other_calls_and_a_run_has_the_last_word() {
    use toolgate_toolkit::Toolkit as _;

    let long = all_tools()
        .tools()
        .into_iter()
        .filter(|tool| tool.call_time().is_some());
    let names: Vec<&str> = long.map(|tool| tool.spec().name).collect();
    assert_eq!(names, ["upload_file", "download_file", "export_file"]);
}
