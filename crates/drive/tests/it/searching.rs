//! Lists, searches and trees of files.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::seed::{HOSTILE, folder, office, text};
use crate::world::{World, all_tools, size};

fn names(page: &Value) -> Vec<&str> {
    let files = page["files"].as_array().unwrap().iter();
    files.map(|file| file["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn files_are_found_by_each_argument_and_all_of_them_have_to_fit() {
    let world = World::office().await;
    for (arguments, expected) in [
        (json!({"name": "Plan"}), &["Plan (shortcut)", "Plan"][..]),
        (json!({"name": "Plan", "type": "document"}), &["Plan"]),
        (json!({"type": "pdf"}), &["Offer.pdf"]),
        (
            json!({"type": "folder", "folder_id": "f-project"}),
            &["Receipts"],
        ),
        (json!({"type": "image"}), &["map.png"]),
        (json!({"type": "presentation"}), &["Kick-off"]),
        (
            json!({"owner": crate::seed::BOB, "name": "bobs"}),
            &["bobs list.txt"],
        ),
        (json!({"owner": "me", "name": "bobs"}), &[]),
        (json!({"text": "twelve"}), &["Letter.docx"]),
        (json!({"name": HOSTILE}), &[HOSTILE]),
        (
            json!({"shared_drive_id": "0ATeamDriveOfTheTea"}),
            &["team notes.txt"],
        ),
        (json!({"modified_after": "2099-01-01"}), &[]),
        (
            json!({"query": "name = 'Plan' or name = 'Budget'"}),
            &["Plan", "Budget"],
        ),
    ] {
        let page = world.done("search_files", arguments.clone()).await;
        let found: BTreeSet<&str> = names(&page).into_iter().collect();
        assert_eq!(
            found,
            expected.iter().copied().collect(),
            "{arguments} {page}"
        );
    }
    world.assert_lawful();
}

/// The `q` of a request without what stands in quotes, and that as Drive reads it.
fn framed(query: &str) -> (String, String) {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut q = pairs
        .filter(|(name, _)| name == "q")
        .map(|(_, q)| q.into_owned());
    let (q, mut frame, mut text) = (q.next().unwrap(), String::new(), String::new());
    let (mut is_within, mut chars) = (false, q.chars());
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                is_within = !is_within;
                frame.push(c);
            }
            '\\' if is_within => text.extend(chars.next()),
            c if is_within => text.push(c),
            c => frame.push(c),
        }
    }
    (frame, text)
}

#[tokio::test]
async fn no_search_gets_out_of_what_it_is_for() {
    let world = World::office().await;
    world.done("trash_file", json!({"file_id": "t-deep"})).await;
    for evil in [
        "x' or trashed = true or name contains 'taxi",
        "\\' or trashed = true or name = \\'",
    ] {
        for (argument, kind, term) in [
            ("name", None, "name contains ''"),
            ("text", None, "fullText contains ''"),
            ("folder_id", Some("not_found"), "'' in parents"),
            ("owner", None, "'' in owners"),
        ] {
            world.emulator.clear_requests();
            let page = world.call("search_files", json!({argument: evil})).await;
            match (page, kind) {
                (Ok(page), None) => assert_eq!(page["count"], 0, "{argument} {evil}"),
                (Err(error), Some(kind)) => assert_eq!(error.kind_name(), kind, "{error}"),
                (other, _) => assert!(other.is_err() && kind.is_some(), "{argument} {other:?}"),
            }
            let asked = world.requests("drive.files.list");
            let (frame, text) = framed(&asked[0].query);
            assert_eq!(
                frame,
                format!("{term} and trashed = false"),
                "{argument} {evil}"
            );
            assert_eq!(text, evil, "{argument}");
        }
    }
    let query = json!({"query": "name = 'x') or (name contains 'taxi'"});
    let error = world.call("search_files", query).await.unwrap_err();
    assert_eq!(error.argument(), Some("query"));
}

#[tokio::test]
async fn a_list_goes_on_to_its_end_on_pages_of_any_size() {
    let mut seed = office();
    let files = &mut seed.accounts[0].drive.files;
    files.push(folder("f-many", "Many", None));
    for n in 0..45 {
        let name = format!("{n} {}", "\"ü\\".repeat(80));
        files.push(text(&format!("m-{n}"), &name, Some("f-many"), "x"));
    }
    let world = World::seeded(seed).await;
    for (tool, argument) in [("search_files", "max_results"), ("list_files", "page_size")] {
        let toolkit = all_tools().with_result_budget(4_000);
        let mut arguments = json!({"folder_id": "f-many", argument: 100});
        let mut got = Vec::new();
        loop {
            let page = world
                .call_of(&toolkit, tool, arguments.clone())
                .await
                .unwrap();
            assert!(size(&page) <= 4_000, "{}", size(&page));
            for file in page["files"].as_array().unwrap() {
                got.push(file["id"].as_str().unwrap().to_owned());
            }
            match page.get("next_page_token") {
                Some(token) => arguments["page_token"] = token.clone(),
                None => break,
            }
        }
        let all: BTreeSet<String> = (0..45).map(|n| format!("m-{n}")).collect();
        assert_eq!(got.len(), 45, "{tool}");
        assert_eq!(got.into_iter().collect::<BTreeSet<_>>(), all);
    }
}

#[tokio::test]
async fn what_is_in_the_trash_is_found_only_where_that_is_asked_for() {
    let world = World::office().await;
    world.done("trash_file", json!({"file_id": "t-deep"})).await;
    let found = world.done("search_files", json!({"name": "taxi"})).await;
    assert_eq!(found["count"], 0);
    let found = world
        .done("search_files", json!({"name": "taxi", "trashed": true}))
        .await;
    assert_eq!(names(&found), ["taxi.txt"]);
    let not = json!({"name": "taxi", "trashed": false});
    assert_eq!(world.done("search_files", not).await["count"], 0);
    assert_eq!(found["files"][0]["trashed"], true);
}

#[tokio::test]
async fn a_tree_shows_folders_within_folders_and_where_it_did_not_look() {
    let world = World::office().await;
    let tree = world
        .done("get_folder_tree", json!({"folder_id": "f-project"}))
        .await;
    let entries = tree["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 12, "{tree}");
    let taxi = entries.iter().find(|it| it["id"] == "t-deep").unwrap();
    assert_eq!(
        (&taxi["parent_id"], &taxi["name"]),
        (&json!("f-deep"), &json!("taxi.txt"))
    );
    assert!(tree.get("truncated").is_none());
    let shallow = json!({"folder_id": "f-project", "depth": 1, "folders_only": true});
    let tree = world.done("get_folder_tree", shallow).await;
    assert_eq!(tree["entries"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&tree["not_opened"], &tree["truncated"]),
        (&json!([{"folder_id": "f-deep"}]), &json!(true))
    );
    // Without a folder it is My Drive.
    let tree = world.done("get_folder_tree", json!({})).await;
    assert_eq!(tree["entries"][0]["id"], "f-project");
    let error = world
        .call("get_folder_tree", json!({"folder_id": "d-plan"}))
        .await;
    assert_eq!(error.unwrap_err().argument(), Some("folder_id"));
    world.assert_lawful();
}

#[tokio::test]
async fn a_tree_fits_its_budget_and_names_every_folder_that_it_left() {
    let mut seed = office();
    let files = &mut seed.accounts[0].drive.files;
    for n in 0..60 {
        // Half of them have names so short that their ids weigh more.
        let id = format!("g-{n:031}");
        let name = format!("{n}{}", "\"x\"".repeat(60 * (n / 30)));
        files.push(folder(&id, &name, None));
        files.push(text(&format!("h-{n}"), "in it.txt", Some(&id), "x"));
    }
    let world = World::seeded(seed).await;
    let toolkit = all_tools().with_result_budget(4_000);
    for depth in [1, 3] {
        let arguments = json!({"depth": depth});
        let tree = world.call_of(&toolkit, "get_folder_tree", arguments);
        let tree = tree.await.unwrap();
        assert!(size(&tree) <= 4_000, "{}", size(&tree));
        assert_eq!(tree["truncated"], true);
        assert!(!tree["not_opened"].as_array().unwrap().is_empty(), "{tree}");
    }
}

#[tokio::test]
async fn what_is_walked_to_its_end_follows_every_small_page() {
    let whole = World::office().await;
    let paged = World::paged(office(), 2).await;
    for (tool, arguments, list) in [
        (
            "get_folder_tree",
            json!({"folder_id": "f-project"}),
            "entries",
        ),
        (
            "list_permissions",
            json!({"file_id": "t-team"}),
            "permissions",
        ),
    ] {
        let expected = whole.done(tool, arguments.clone()).await[list].clone();
        let got = paged.done(tool, arguments).await;
        assert_eq!(
            got[list].as_array().unwrap().len(),
            expected.as_array().unwrap().len(),
            "{tool}"
        );
        assert!(got.get("truncated").is_none());
    }
    assert!(paged.count("drive.files.list") > whole.count("drive.files.list"));
    for who in [
        "carol@partner.example",
        "dan@partner.example",
        crate::seed::BOB,
    ] {
        let share = json!({"file_id": "d-plan", "with": who, "role": "reader", "notify": true});
        paged.done("share_file", share).await;
    }
    let people = paged
        .done("list_permissions", json!({"file_id": "d-plan"}))
        .await;
    assert_eq!(people["total"], 4);
    let last = json!({"file_id": "d-plan", "with": crate::seed::BOB});
    assert_eq!(paged.done("unshare_file", last).await["status"], "removed");
    let mut arguments = json!({"folder_id": "f-project", "max_results": 50});
    let mut seen = 0;
    loop {
        let page = paged.done("search_files", arguments.clone()).await;
        seen += page["count"].as_u64().unwrap();
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(seen, 11);
}
