//! What a folder does to what is put into it, and to a tree that it is in.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, Seed, SeedGrant};
use toolgate_testkit::tools::Office as _;

use super::{CAROL, LIST};
use crate::golden::Office;
use crate::seed::{BOB, folder, office, text};
use crate::world::{World, all_tools, size};

/// A folder that Bob may write to and that whoever has its link may read, and a file that Bob has anyway.
fn shared() -> Seed {
    let grant = |role: &str, email: Option<&str>| SeedGrant {
        role: role.to_owned(),
        email: email.map(str::to_owned),
        ..SeedGrant::default()
    };
    let mut seed = office();
    let mut open = folder("f-open", "Open", None);
    open.shared_with = vec![grant("writer", Some(BOB)), grant("reader", None)];
    let mut bobs = folder("f-bobs", "Bobs", None);
    bobs.shared_with = vec![grant("reader", Some(BOB))];
    let mut known = text("t-known", "known.txt", None, "x");
    known.shared_with = vec![grant("writer", Some(BOB))];
    seed.accounts[0].drive.files.extend([open, bobs, known]);
    seed
}

#[tokio::test]
async fn a_move_that_would_let_others_in_waits_for_a_word() {
    let world = World::seeded(shared()).await;
    let mut into = json!({"file_id": "c-people", "folder_id": "f-open"});
    for no in [json!(null), json!(false)] {
        if no == false {
            into["allow_wider_access"] = no;
        }
        let error = world.call("move_file", into.clone()).await.unwrap_err();
        assert_eq!(error.argument(), Some("allow_wider_access"), "{error}");
        let told = error.message();
        assert!(told.contains("a user as writer"), "{told}");
        assert!(told.contains("anyone who has the link as reader"), "{told}");
        assert!(!told.contains("owner"), "{told}");
    }
    assert_eq!(world.count("drive.files.update"), 0);
    into["allow_wider_access"] = json!(true);
    let moved = world.done("move_file", into).await;
    assert_eq!(moved["folder_id"], "f-open");
    assert!(
        moved["opened_to"].as_str().unwrap().contains("anyone"),
        "{moved}"
    );
}

#[tokio::test]
async fn a_move_into_a_shared_drive_waits_for_a_word_as_well() {
    let world = World::seeded(shared()).await;
    let into = json!({"file_id": "c-people", "folder_id": "0ATeamDriveOfTheTea"});
    let error = world.call("move_file", into).await.unwrap_err();
    assert_eq!(error.argument(), Some("allow_wider_access"), "{error}");
    assert_eq!(world.count("drive.files.update"), 0);
}

#[tokio::test]
async fn a_move_that_lets_nobody_new_in_needs_no_word() {
    let world = World::seeded(shared()).await;
    for (file, into) in [
        ("t-known", "f-bobs"),
        ("c-people", "f-deep"),
        ("t-known", "root"),
    ] {
        let moved = json!({"file_id": file, "folder_id": into});
        let moved = world.done("move_file", moved).await;
        assert!(moved.get("opened_to").is_none(), "{moved}");
    }
}

#[tokio::test]
async fn who_has_a_folder_and_cannot_be_listed_counts_as_somebody() {
    let world = World::seeded(shared()).await;
    let down = FaultAction::status_with_reason(403, "domainPolicy");
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(down).on_method("drive.permissions.list"));
    let into = json!({"file_id": "t-known", "folder_id": "f-bobs"});
    let error = world.call("move_file", into).await.unwrap_err();
    assert_eq!(error.argument(), Some("allow_wider_access"), "{error}");
}

#[tokio::test]
async fn what_is_made_has_a_link_and_says_where_others_have_its_folder() {
    let office = Office::new().await;
    let share = json!({"file_id": "f-app", "with": CAROL, "role": "reader"});
    for is_shared in [false, true] {
        if is_shared {
            office.call("share_file", share.clone()).await.unwrap();
        }
        for (tool, mut arguments) in [
            ("create_folder", json!({"name": "a"})),
            ("create_document", json!({"title": "a", "content": "b"})),
            ("upload_file", json!({"file_path": "a.csv"})),
            ("copy_file", json!({"file_id": "c-people"})),
        ] {
            arguments["folder_id"] = json!("f-app");
            let made = office.call(tool, arguments).await.unwrap();
            assert_eq!(
                made.get("folder_shared").is_some(),
                is_shared,
                "{tool} {made}"
            );
            let facts = json!({"file_id": made["id"]});
            let facts = office.call("get_file", facts).await.unwrap();
            assert!(made["link"].is_string(), "{tool} {made}");
            assert_eq!(made["link"], facts["link"], "{tool}");
        }
    }
}

#[tokio::test]
async fn a_folder_that_fails_costs_a_tree_nothing_of_the_others() {
    let world = World::office().await;
    let whole = world.done("get_folder_tree", json!({})).await;
    let refused = FaultAction::status_with_reason(403, "domainPolicy");
    let faults = world.emulator.faults();
    // The root and the first folder are listed, the second one is refused.
    faults.add(FaultRule::new(refused).on_method(LIST).after(2).times(1));
    let tree = world.done("get_folder_tree", json!({})).await;
    faults.clear();
    let left = tree["not_opened"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{tree}");
    assert!(left[0]["why"].as_str().unwrap().len() > 10, "{tree}");
    assert_eq!(tree["truncated"], true);
    let of = |tree: &Value| tree["entries"].as_array().unwrap().len();
    let missing = whole["entries"].as_array().unwrap().iter();
    let missing = missing.filter(|it| it["parent_id"] == left[0]["folder_id"]);
    assert_eq!(of(&tree) + missing.count(), of(&whole), "{tree}");
    // Without its root there is no tree.
    let refused = FaultAction::status_with_reason(403, "domainPolicy");
    faults.add(FaultRule::new(refused).on_method(LIST));
    let error = world.call("get_folder_tree", json!({})).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
}

#[tokio::test]
async fn folders_that_all_fail_leave_a_tree_within_its_budget() {
    let mut seed = office();
    let files = &mut seed.accounts[0].drive.files;
    for n in 0..30 {
        files.push(folder(&format!("g-{n:031}"), &"\"x\"".repeat(8), None));
    }
    let world = World::seeded(seed).await;
    let refused = FaultAction::status_with_reason(403, "domainPolicy");
    world
        .emulator
        .faults()
        .add(FaultRule::new(refused).on_method(LIST).after(1));
    let toolkit = all_tools().with_result_budget(5_500);
    let tree = world.call_of(&toolkit, "get_folder_tree", json!({})).await;
    let tree = tree.unwrap();
    assert!(size(&tree) <= 5_500, "{}", size(&tree));
    assert!(tree.get("items_left_out").is_none(), "{tree}");
}
