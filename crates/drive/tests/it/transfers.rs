//! Files between Drive and the allowed folder.

use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_toolkit::Folders;

use crate::seed::{DOCX, HOSTILE, XLSX};
use crate::world::{World, all_tools, unfenced, with_folder};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_file_is_uploaded_into_a_folder_under_a_name() {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.csv"), "x,y\n1,2\n").unwrap();
    let arguments = json!({"file_path": "a.csv", "name": "b.csv", "folder_id": "f-project"});
    let up = world
        .call_of(&toolkit, "upload_file", arguments)
        .await
        .unwrap();
    assert_eq!(
        (&up["status"], &up["name"]),
        (&json!("created"), &json!("b.csv"))
    );
    assert_eq!(
        (&up["folder_id"], &up["size"]),
        (&json!("f-project"), &json!(8))
    );
    assert_eq!(
        (&up["mime_type"], &up["sent"]),
        (&json!("text/csv"), &json!(8))
    );
    let convert = json!({"file_path": "a.csv", "convert": true});
    let up = world
        .call_of(&toolkit, "upload_file", convert)
        .await
        .unwrap();
    assert_eq!(up["mime_type"], "application/vnd.google-apps.spreadsheet");
    assert_eq!(up["name"], "a");
    let read = world.done("read_file", json!({"file_id": up["id"]})).await;
    assert_eq!(unfenced(&read["text"]), "x,y\n1,2");
    world.assert_lawful();
}

#[tokio::test]
async fn a_large_upload_that_breaks_inside_a_piece_goes_on_and_tells_how_far_it_is() {
    let world = World::office().await;
    breaks_and_goes_on(&world).await;
    assert!(!speaks_http_2(&world));
}

#[tokio::test]
async fn what_breaks_over_http_2_goes_on_as_well() {
    let world = World::over_tls(crate::seed::office()).await;
    breaks_and_goes_on(&world).await;
    assert!(speaks_http_2(&world));
}

/// There the host has another place than a header.
fn speaks_http_2(world: &World) -> bool {
    let requests = world.emulator.requests();
    requests.iter().all(|it| !it.headers.contains_key("host"))
}

/// 21 MB up and down again, each broken once.
#[expect(clippy::unwrap_used, reason = "what the tests share fails the test")]
async fn breaks_and_goes_on(world: &World) {
    let (folder, toolkit) = with_folder();
    let bytes: Vec<u8> = (0..20 * MIB)
        .map(|at| (at / 251 + at).to_le_bytes()[0])
        .collect();
    fs::write(folder.path().join("big.bin"), &bytes).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let toolkit = toolkit.with_progress(move |done, all| notes.lock().unwrap().push((done, all)));
    let broken = FaultAction::BreakUpload {
        after_bytes: 3_000_000,
    };
    world.emulator.faults().add(
        FaultRule::new(broken)
            .on_method("drive.files.create")
            .after(2)
            .times(1),
    );
    let arguments = json!({"file_path": "big.bin"});
    let up = world
        .call_of(&toolkit, "upload_file", arguments)
        .await
        .unwrap();
    assert_eq!(up["size"], bytes.len());
    {
        let told = told.lock().unwrap();
        assert!(told.is_sorted() && told.len() >= 3, "{told:?}");
        assert_eq!(
            told.last(),
            Some(&(bytes.len() as u64, Some(bytes.len() as u64)))
        );
    }
    let down = json!({"file_id": up["id"], "filename": "back.bin"});
    let broken = FaultAction::BreakDownload {
        after_bytes: 7_000_001,
    };
    let media = FaultRule::new(broken)
        .on_path("/drive/v3/files/")
        .after(1)
        .times(1);
    world.emulator.faults().add(media);
    let saved = world
        .call_of(&toolkit, "download_file", down)
        .await
        .unwrap();
    assert_eq!(
        (&saved["name"], &saved["status"]),
        (&json!("back.bin"), &json!("downloaded"))
    );
    assert!(fs::read(folder.path().join("back.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn an_upload_whose_last_answer_is_lost_makes_one_file() {
    for convert in [false, true] {
        let world = World::office().await;
        let (folder, toolkit) = with_folder();
        fs::write(folder.path().join("once.csv"), "x,y\n1,2\n").unwrap();
        let lost = FaultRule::new(FaultAction::drop_answer())
            .on_method("drive.files.create")
            .times(1);
        world.emulator.faults().add(lost);
        let arguments = json!({"file_path": "once.csv", "name": "once", "convert": convert});
        let up = world
            .call_of(&toolkit, "upload_file", arguments)
            .await
            .unwrap();
        assert_eq!(up["status"], "created (confirmed by look-up)", "{convert}");
        let found = world
            .done("search_files", json!({"query": "name = 'once'"}))
            .await;
        assert_eq!(
            (&found["count"], &found["files"][0]["id"]),
            (&json!(1), &up["id"])
        );
    }
}

#[tokio::test]
async fn nothing_is_uploaded_from_outside_of_the_folder() {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    fs::create_dir(folder.path().join("within")).unwrap();
    for (path, kind) in [
        ("/etc/hostname", "invalid_argument"),
        ("../x", "invalid_argument"),
        ("within", "invalid_argument"),
        ("none.txt", "not_found"),
    ] {
        let call = world
            .call_of(&toolkit, "upload_file", json!({"file_path": path}))
            .await;
        assert_eq!(call.unwrap_err().kind_name(), kind, "{path}");
    }
    let none = world
        .call("upload_file", json!({"file_path": "a"}))
        .await
        .unwrap_err();
    assert_eq!(none.kind_name(), "permission_denied");
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_file_is_saved_under_a_safe_name_and_overwrites_nothing() {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    let saved = world
        .call_of(&toolkit, "download_file", json!({"file_id": "t-hostile"}))
        .await
        .unwrap();
    let name = saved["name"].as_str().unwrap();
    assert!(
        !name.contains(['\\', '/']) && HOSTILE.len() >= name.len(),
        "{name}"
    );
    let arguments = json!({"file_id": "c-people", "filename": "../../list.csv"});
    for expected in ["list.csv", "list (2).csv"] {
        let saved = world
            .call_of(&toolkit, "download_file", arguments.clone())
            .await
            .unwrap();
        assert_eq!(
            (&saved["name"], &saved["path"]),
            (&json!(expected), &json!(expected))
        );
        let text = fs::read_to_string(folder.path().join(expected)).unwrap();
        assert_eq!(text, "name;town\nEmília;Porto\n");
    }
    world.assert_lawful();
}

#[tokio::test]
async fn files_of_googles_own_kinds_are_exported() {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    for (tool, arguments, name, kind) in [
        (
            "download_file",
            json!({"file_id": "d-plan"}),
            "Plan.docx",
            DOCX,
        ),
        (
            "download_file",
            json!({"file_id": "d-budget"}),
            "Budget.xlsx",
            XLSX,
        ),
        (
            "download_file",
            json!({"file_id": "s-plan", "export_format": "application/pdf"}),
            "Plan.pdf",
            "application/pdf",
        ),
        (
            "export_file",
            json!({"file_id": "d-plan", "format": "md"}),
            "Plan.md",
            "text/markdown",
        ),
        (
            "export_file",
            json!({"file_id": "d-slides", "format": "pdf", "filename": "Slides v1.2"}),
            "Slides v1.2.pdf",
            "application/pdf",
        ),
    ] {
        let saved = world
            .call_of(&toolkit, tool, arguments.clone())
            .await
            .unwrap();
        assert_eq!(
            (&saved["name"], &saved["mime_type"]),
            (&json!(name), &json!(kind)),
            "{arguments}"
        );
        assert_eq!(saved["status"], "exported");
        let bytes = fs::read(folder.path().join(name)).unwrap();
        assert_eq!(json!(bytes.len()), saved["size"]);
        if kind == "application/pdf" {
            assert!(bytes.starts_with(b"%PDF"));
        }
    }
    world.assert_lawful();
}

#[tokio::test]
async fn a_format_that_google_does_not_offer_is_told_with_those_that_it_does() {
    let world = World::office().await;
    let (folder, toolkit) = with_folder();
    for (tool, arguments, argument, says) in [
        (
            "export_file",
            json!({"file_id": "d-plan", "format": "mp4"}),
            "format",
            "text/markdown",
        ),
        (
            "export_file",
            json!({"file_id": "d-plan", "format": "vellum"}),
            "format",
            "pdf",
        ),
        (
            "export_file",
            json!({"file_id": "c-people", "format": "pdf"}),
            "format",
            "text/csv",
        ),
        (
            "download_file",
            json!({"file_id": "c-people", "export_format": "pdf"}),
            "export_format",
            "text/csv",
        ),
        (
            "download_file",
            json!({"file_id": "f-project"}),
            "file_id",
            "list_files",
        ),
    ] {
        let error = world
            .call_of(&toolkit, tool, arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{arguments} {error}");
        assert!(error.message().contains(says), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_too_large_is_not_fetched_and_nothing_is_left_of_what_breaks() {
    let world = World::office().await;
    let (folder, _) = with_folder();
    let folders = Folders::new().with_write(folder.path()).unwrap();
    let toolkit = all_tools().with_folders(folders.with_max_file(10));
    let arguments = json!({"file_id": "c-people"});
    let error = world
        .call_of(&toolkit, "download_file", arguments.clone())
        .await
        .unwrap_err();
    assert!(error.message().contains("10 bytes"), "{error}");
    assert_eq!(world.emulator.requests().len(), 1);
    let (folder, toolkit) = with_folder();
    let torn = FaultRule::new(FaultAction::status_with_reason(403, "cannotDownloadFile"));
    world
        .emulator
        .faults()
        .add(torn.on_path("/drive/v3/files/c-people").after(1));
    let error = world
        .call_of(&toolkit, "download_file", arguments)
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let none = world
        .call("download_file", json!({"file_id": "d-plan"}))
        .await
        .unwrap_err();
    assert_eq!(none.kind_name(), "permission_denied");
}
