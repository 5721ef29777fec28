//! A real task from end to end: a folder of mixed files becomes one summary, shared with one person.

use serde_json::{Value, json};

use crate::seed::BOB;
use crate::world::{World, all_tools, unfenced};

#[expect(clippy::too_many_lines, reason = "one task from end to end")]
#[tokio::test]
async fn a_folder_of_mixed_files_is_collected_into_one_document_and_shared_with_one_person() {
    let world = World::office().await;
    let found = world
        .done("search_files", json!({"name": "Offsite", "type": "folder"}))
        .await;
    let folder = &found["files"][0]["id"];
    let tree = world
        .done("get_folder_tree", json!({"folder_id": folder}))
        .await;
    let (mut summary, mut unread) = ("# Offsite\n".to_owned(), Vec::new());
    for entry in tree["entries"].as_array().unwrap() {
        if entry["folder"] == true {
            continue;
        }
        match world
            .call("read_file", json!({"file_id": entry["id"]}))
            .await
        {
            Ok(read) => {
                let text = unfenced(&read["text"]);
                let first = text.lines().find(|line| !line.trim().is_empty()).unwrap();
                let line = format!("\n- {}: {}", read["name"], first.trim_start_matches('#'));
                summary.push_str(&line);
            }
            Err(error) => {
                assert_eq!(error.argument(), Some("file_id"), "{error}");
                unread.push(entry["name"].clone());
            }
        }
    }
    assert_eq!(unread, ["map.png"]);
    let document = json!({"title": "Offsite: summary", "content": summary, "folder_id": folder});
    let made = world.done("create_document", document).await;
    let share = json!({"file_id": made["id"], "with": BOB, "role": "commenter"});
    world.done("share_file", share).await;
    let mails = world.mails_of(BOB).await;
    assert!(
        mails.len() == 1 && mails[0].contains("Offsite: summary"),
        "{mails:?}"
    );

    // Bob, and nobody else, reads what became of ten files.
    let bob = world.tools_of(BOB, all_tools());
    let read = bob
        .call("read_file", json!({"file_id": made["id"]}))
        .await
        .unwrap();
    let text = unfenced(&read["text"]);
    for part in [
        "Plan",
        "Budget",
        "Letter.docx",
        "Rooms.xlsx",
        "Offer.pdf",
        "people.csv",
        "taxi.txt",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let comment = json!({"file_id": made["id"], "text": "Thank you"});
    bob.call("add_comment", comment).await.unwrap();
    let people = world
        .done("list_permissions", json!({"file_id": made["id"]}))
        .await;
    let with: Vec<&Value> = people["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["with"])
        .collect();
    assert_eq!(with.len(), 2, "{people}");
    let carol = world.tools_of("carol@partner.example", all_tools());
    let error = carol
        .call("read_file", json!({"file_id": made["id"]}))
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    world.assert_lawful();
}
