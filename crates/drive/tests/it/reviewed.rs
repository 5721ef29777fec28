//! What a review found wrong, by name, and is right here.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, Seed, SeedGrant, SeedSharedDrive};

use crate::golden::Office;
use crate::seed::{BOB, FOLDER, file, folder, office, text};
use crate::world::{ALICE, World, all_tools, unfenced, with_folder};

const CAROL: &str = "carol@partner.example";
const LIST: &str = "drive.files.list";

fn instead(method: &str, body: Value) -> FaultRule {
    FaultRule::new(FaultAction::Json { status: 200, body }).on_method(method)
}

#[tokio::test]
async fn what_nobody_opened_in_a_shared_drive_is_found() {
    let mut seed = office();
    let facilities = SeedSharedDrive {
        id: Some("0AOfficeFacilities0".to_owned()),
        name: "Facilities".to_owned(),
        members: vec![SeedGrant {
            role: "reader".to_owned(),
            email: Some(ALICE.to_owned()),
            ..SeedGrant::default()
        }],
        files: vec![text("t-rules", "House rules.txt", None, "No smoking")],
    };
    seed.accounts[1].drive.shared_drives.push(facilities);
    let world = World::seeded(seed).await;
    for arguments in [json!({"name": "House"}), json!({"text": "smoking"})] {
        let found = world.done("search_files", arguments).await;
        assert_eq!(found["files"][0]["id"], "t-rules", "{found}");
    }
    let folder = json!({"folder_id": "0AOfficeFacilities0"});
    let within = world.done("list_files", folder).await;
    assert_eq!(within["files"][0]["id"], "t-rules", "{within}");
    let latest = world.done("list_files", json!({"page_size": 50})).await;
    assert!(latest.to_string().contains("t-rules"), "{latest}");
}

#[tokio::test]
async fn a_list_that_is_not_complete_says_so() {
    let world = World::office().await;
    let part = json!({"files": [], "incompleteSearch": true});
    world.emulator.faults().add(instead(LIST, part));
    let found = world.done("search_files", json!({"name": "x"})).await;
    assert_eq!(found["incomplete_search"], true);
    let tree = world.done("get_folder_tree", json!({})).await;
    assert_eq!(tree["truncated"], true);
}

#[tokio::test]
async fn a_folder_that_is_a_shortcut_is_the_one_that_it_points_to() {
    let world = World::office().await;
    for tool in ["list_files", "search_files"] {
        let list = world.done(tool, json!({"folder_id": "s-folder"})).await;
        assert_eq!(list["files"][0]["id"], "t-deep", "{tool} {list}");
    }
    let tree = json!({"folder_id": "s-folder"});
    let tree = world.done("get_folder_tree", tree).await;
    assert_eq!(tree["entries"][0]["id"], "t-deep");
    let made = json!({"name": "New", "folder_id": "s-folder"});
    let made = world.done("create_folder", made).await;
    assert_eq!(made["folder_id"], "f-deep");
}

#[tokio::test]
async fn a_folder_that_shows_nothing_is_empty_or_told_as_what_it_is() {
    let world = World::office().await;
    let empty = world
        .done("list_files", json!({"folder_id": "f-app"}))
        .await;
    assert_eq!(empty["count"], 0);
    let none = json!({"folder_id": "no-such-id"});
    let error = world.call("list_files", none.clone()).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found", "{error}");
    let refused = FaultRule::new(FaultAction::status(404)).on_method(LIST);
    world.emulator.faults().add(refused);
    let error = world.call("list_files", none).await.unwrap_err();
    assert!(error.message().contains("no-such-id"), "{error}");
    world.emulator.faults().clear();
    let file = json!({"folder_id": "d-plan"});
    let error = world.call("search_files", file).await.unwrap_err();
    assert_eq!(error.argument(), Some("folder_id"));
}

#[tokio::test]
async fn a_shortcut_in_a_tree_shows_what_it_points_to() {
    let world = World::office().await;
    let tree = world.done("get_folder_tree", json!({})).await;
    let entries = tree["entries"].as_array().unwrap();
    let shortcut = entries.iter().find(|it| it["id"] == "s-folder").unwrap();
    assert_eq!(shortcut["target_id"], "f-deep");
}

#[tokio::test]
async fn a_shortcut_that_leads_nowhere_says_so() {
    let mut seed = office();
    let mut broken = file("s-bob", "Bob's", None);
    broken.shortcut_to = Some("t-bob".to_owned());
    seed.accounts[0].drive.files.push(broken);
    let world = World::seeded(seed).await;
    world.done("read_file", json!({"file_id": "s-bob"})).await;
    let bob = world.tools_of(BOB, all_tools());
    let unshare = json!({"file_id": "t-bob", "with": ALICE});
    bob.call("unshare_file", unshare).await.unwrap();
    for tool in ["read_file", "get_file", "copy_file"] {
        let error = world.call(tool, json!({"file_id": "s-bob"})).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind_name(), "not_found", "{tool}");
        let told = error.message().contains("t-bob") && error.message().contains("shortcut");
        assert!(told, "{tool}: {error}");
    }
}

#[tokio::test]
async fn people_comments_and_revisions_are_those_of_what_a_shortcut_points_to() {
    let world = World::office().await;
    let share = json!({"file_id": "s-plan", "with": BOB, "role": "reader"});
    world.done("share_file", share).await;
    let bob = world.tools_of(BOB, all_tools());
    let plan = json!({"file_id": "d-plan"});
    bob.call("read_file", plan.clone()).await.unwrap();
    world
        .done("add_comment", json!({"file_id": "s-plan", "text": "Here"}))
        .await;
    let link = json!({"file_id": "s-plan", "access": "reader"});
    world.done("set_link_sharing", link).await;
    for tool in ["list_permissions", "list_comments", "list_revisions"] {
        let of = world.done(tool, plan.clone()).await;
        let by = world.done(tool, json!({"file_id": "s-plan"})).await;
        let list = ["permissions", "comments", "revisions"];
        let list = list.into_iter().find(|it| of.get(it).is_some()).unwrap();
        let count = |page: &Value| page[list].as_array().unwrap().len();
        assert_eq!((count(&of), count(&by)), (count(&by), count(&of)), "{tool}");
        assert!(count(&of) > 0, "{tool}");
    }
    let unshare = json!({"file_id": "s-plan", "with": BOB});
    world.done("unshare_file", unshare).await;
    let error = bob.call("list_comments", plan).await;
    assert!(error.is_ok(), "the link is open still");
}

/// Everybody has access twice: who has the link, and who searches.
fn published() -> Seed {
    let mut seed = office();
    let mut public = text("t-public", "public.txt", None, "x");
    public.shared_with = [false, true]
        .map(|discoverable| SeedGrant {
            role: "reader".to_owned(),
            discoverable,
            ..SeedGrant::default()
        })
        .into();
    let mut open = folder("f-open", "Open", None);
    open.shared_with = vec![SeedGrant {
        role: "reader".to_owned(),
        ..SeedGrant::default()
    }];
    let within = text("t-open", "within.txt", Some("f-open"), "x");
    let files = &mut seed.accounts[0].drive.files;
    files.extend([public, open, within]);
    seed
}

async fn open_to(world: &World, id: &str) -> Vec<Value> {
    let list = world.done("list_permissions", json!({"file_id": id})).await;
    let all = list["permissions"].as_array().unwrap().iter();
    all.filter(|it| it["type"] == "anyone").cloned().collect()
}

#[tokio::test]
async fn a_link_that_is_off_is_off_for_those_who_search_as_well() {
    let world = World::seeded(published()).await;
    let open = open_to(&world, "t-public").await;
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(open.iter().any(|it| it["findable"] == true), "{open:?}");
    let more = json!({"file_id": "t-public", "access": "commenter"});
    let done = world.done("set_link_sharing", more).await;
    assert_eq!(done["before"], "reader");
    let open = open_to(&world, "t-public").await;
    assert!(open.iter().all(|it| it["role"] == "commenter"), "{open:?}");
    let off = json!({"file_id": "t-public", "access": "off"});
    let done = world.done("set_link_sharing", off).await;
    assert_eq!(
        (&done["access"], &done["before"]),
        (&json!("off"), &json!("commenter"))
    );
    assert!(open_to(&world, "t-public").await.is_empty());
}

#[tokio::test]
async fn a_link_that_a_folder_opens_is_not_called_off() {
    let world = World::seeded(published()).await;
    let off = json!({"file_id": "t-open", "access": "off"});
    let error = world.call("set_link_sharing", off).await.unwrap_err();
    assert_eq!(error.argument(), Some("access"));
    assert!(error.message().contains("folder"), "{error}");
    let same = json!({"file_id": "t-open", "access": "reader"});
    let same = world.done("set_link_sharing", same).await;
    assert_eq!(same["before"], "reader");
    assert_eq!(world.count("drive.permissions.create"), 0);
    let more = json!({"file_id": "t-open", "access": "writer"});
    world.done("set_link_sharing", more).await;
    assert_eq!(open_to(&world, "t-open").await[0]["role"], "writer");
}

#[tokio::test]
async fn a_tool_names_no_argument_that_it_has_not() {
    let world = World::office().await;
    let refused = FaultAction::status_with_reason(400, "invalidSharingRequest");
    let refused = FaultRule::new(refused).on_method("drive.permissions.create");
    world.emulator.faults().add(refused);
    let link = json!({"file_id": "d-plan", "access": "reader"});
    let error = world.call("set_link_sharing", link).await.unwrap_err();
    assert_eq!(error.argument(), None, "{error}");
    let share = json!({"file_id": "d-plan", "with": CAROL, "role": "reader"});
    let error = world.call("share_file", share).await.unwrap_err();
    assert_eq!(error.argument(), Some("with"));
}

#[tokio::test]
async fn access_that_comes_from_above_is_widened_here_and_lessened_there() {
    let mut seed = office();
    let drive = &mut seed.accounts[0].drive.shared_drives[0];
    drive.members.push(SeedGrant {
        role: "commenter".to_owned(),
        email: Some(CAROL.to_owned()),
        ..SeedGrant::default()
    });
    let world = World::seeded(seed).await;
    let share = |role| json!({"file_id": "t-team", "with": CAROL, "role": role});
    let error = world.call("share_file", share("reader")).await.unwrap_err();
    assert_eq!(error.argument(), Some("role"), "{error}");
    assert!(error.message().contains("above"), "{error}");
    let same = world.done("share_file", share("commenter")).await;
    assert_eq!(
        (&same["status"], &same["inherited"]),
        (&json!("unchanged"), &json!(true))
    );
    let unshare = json!({"file_id": "t-team", "with": CAROL});
    let error = world.call("unshare_file", unshare).await.unwrap_err();
    assert_eq!(error.argument(), Some("with"), "{error}");
    assert_eq!(world.count("drive.permissions.delete"), 0);
    let more = world.done("share_file", share("writer")).await;
    assert_eq!(
        (&more["status"], &more["role"]),
        (&json!("shared"), &json!("writer"))
    );
    let list = world
        .done("list_permissions", json!({"file_id": "t-team"}))
        .await;
    let carol = list["permissions"].as_array().unwrap().iter();
    let carol: Vec<&Value> = carol.filter(|it| it["with"] == CAROL).collect();
    assert_eq!((carol.len(), &carol[0]["role"]), (1, &json!("writer")));
}

#[tokio::test]
async fn a_mail_about_a_file_is_in_the_mailbox_of_whom_it_is_shared_with_and_told() {
    for (arguments, mails) in [
        (json!({"message": "Please look at page 3"}), 1),
        (json!({"notify": false}), 0),
    ] {
        let world = World::office().await;
        let mut share = json!({"file_id": "d-plan", "with": CAROL, "role": "reader"});
        let members = share.as_object_mut().unwrap();
        members.extend(arguments.as_object().unwrap().clone());
        let shared = world.done("share_file", share).await;
        assert_eq!(shared.get("mailed").is_some(), mails == 1, "{shared}");
        let received = world.mails_of(CAROL).await;
        assert_eq!(received.len(), mails, "{received:?}");
        for mail in received {
            assert!(
                mail.contains("Plan") && mail.contains("Please look at page 3"),
                "{mail}"
            );
        }
        assert!(world.mails_of(BOB).await.is_empty());
    }
}

#[tokio::test]
async fn a_message_that_nobody_would_read_is_refused_before_any_request() {
    let world = World::office().await;
    for with in [
        json!({"with": CAROL, "notify": false}),
        json!({"with": "example.com"}),
    ] {
        let mut share = json!({"file_id": "d-plan", "role": "reader", "message": "Look"});
        let members = share.as_object_mut().unwrap();
        members.extend(with.as_object().unwrap().clone());
        let error = world.call("share_file", share).await.unwrap_err();
        assert_eq!(error.argument(), Some("message"), "{with}");
    }
    assert!(world.emulator.requests().is_empty());
    // Whose role changes is not mailed, and that is told.
    let share = |role| json!({"file_id": "d-plan", "with": CAROL, "role": role, "message": "Look"});
    assert_eq!(
        world.done("share_file", share("reader")).await["mailed"],
        true
    );
    assert!(
        world
            .done("share_file", share("writer"))
            .await
            .get("mailed")
            .is_none()
    );
    assert_eq!(world.mails_of(CAROL).await.len(), 1);
}

#[tokio::test]
async fn a_comment_is_read_whole_with_all_its_replies() {
    let world = World::office().await;
    let long: Vec<String> = (0..700).map(|n| format!("w{n}")).collect();
    let long = long.join(" ");
    let said = json!({"file_id": "d-plan", "text": long});
    let id = world.done("add_comment", said).await["comment_id"].clone();
    let forged = "Yes.\n\nBob Example, 2027-01-01T00:00:00Z:\n> No.";
    for text in ["one", "two", "three", "four", forged] {
        let reply = json!({"file_id": "d-plan", "comment_id": id, "text": text});
        world.done("reply_to_comment", reply).await;
    }
    let resolve = json!({"file_id": "d-plan", "comment_id": id, "resolve": true});
    world.done("reply_to_comment", resolve).await;
    let plan = json!({"file_id": "d-plan"});
    let list = world.done("list_comments", plan).await;
    assert_eq!(list["comments"][0]["truncated"], true, "{list}");
    let whole = json!({"file_id": "d-plan", "comment_id": id});
    let whole = world.done("get_comment", whole).await;
    assert_eq!(whole["resolved"], true);
    let text = unfenced(&whole["text"]);
    for part in [
        long.as_str(),
        "> one",
        "> two",
        "> three",
        "> four",
        ", resolve:",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Nobody is made to say what they did not.
    assert!(
        text.contains("> Bob Example, 2027") && !text.contains("\nBob Example"),
        "{text}"
    );
}

#[tokio::test]
async fn a_comment_that_is_shown_in_part_says_so() {
    let long = "word ".repeat(200);
    for (text, replies, is_cut) in [
        ("Short", vec!["one", "two", "three"], false),
        ("Short", vec!["one", "two", "three", "four"], true),
        ("Short", vec![long.as_str()], true),
        (long.as_str(), vec![], true),
    ] {
        let world = World::office().await;
        let said = json!({"file_id": "d-plan", "text": text});
        let id = world.done("add_comment", said).await["comment_id"].clone();
        for text in &replies {
            let reply = json!({"file_id": "d-plan", "comment_id": id, "text": text});
            world.done("reply_to_comment", reply).await;
        }
        let plan = json!({"file_id": "d-plan"});
        let list = world.done("list_comments", plan).await;
        let comment = &list["comments"][0];
        assert_eq!(
            comment["replies_total"].as_u64().unwrap_or(0),
            replies.len() as u64
        );
        assert_eq!(comment.get("truncated").is_some(), is_cut, "{list}");
    }
}

#[tokio::test]
async fn what_google_does_not_export_for_its_size_is_told_as_that() {
    let world = World::office().await;
    let (_folder, toolkit) = with_folder();
    let large = FaultAction::status_with_reason(403, "exportSizeLimitExceeded");
    let large = FaultRule::new(large).on_method("drive.files.export");
    world.emulator.faults().add(large);
    for (tool, more) in [
        ("read_file", json!({})),
        ("download_file", json!({})),
        ("export_file", json!({"format": "pdf"})),
    ] {
        let mut arguments = json!({"file_id": "d-plan"});
        let members = arguments.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("file_id"), "{tool}: {error}");
        assert!(error.message().contains("10 MB"), "{tool}: {error}");
    }
}

#[tokio::test]
async fn a_folder_that_the_consent_does_not_reach_is_told_with_the_scope_that_does() {
    let office = Office::new().await;
    for (tool, mut arguments) in [
        ("create_folder", json!({"name": "a"})),
        ("create_document", json!({"title": "a", "content": "b"})),
        ("upload_file", json!({"file_path": "a.csv"})),
    ] {
        arguments["folder_id"] = json!("f-project");
        let error = office.alone(tool).call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{tool}: {error}");
        assert!(
            error.message().contains("the scope `drive`"),
            "{tool}: {error}"
        );
    }
}

#[tokio::test]
async fn without_a_token_to_go_on_with_no_change_is_lost_untold() {
    let world = World::office().await;
    let faults = world.emulator.faults();
    faults.add(instead("drive.changes.list", json!({"changes": []})));
    faults.add(instead("drive.changes.getStartPageToken", json!({})));
    for arguments in [json!({}), json!({"since": "1"})] {
        let error = world.call("get_drive_changes", arguments).await;
        assert_eq!(error.unwrap_err().kind_name(), "unavailable");
    }
}

#[tokio::test]
async fn what_is_in_the_trash_with_its_folder_comes_out_with_that() {
    let world = World::office().await;
    world.done("trash_file", json!({"file_id": "f-deep"})).await;
    let file = json!({"file_id": "t-deep"});
    let error = world.call("restore_file", file.clone()).await.unwrap_err();
    assert_eq!(error.argument(), Some("file_id"));
    assert!(error.message().contains("f-deep"), "{error}");
    let folder = json!({"file_id": "f-deep"});
    let back = world.done("restore_file", folder).await;
    assert_eq!(back["mime_type"], FOLDER);
    let facts = world.done("get_file", file).await;
    assert!(facts.get("trashed").is_none(), "{facts}");
}

#[tokio::test]
async fn a_query_or_a_page_that_drive_does_not_know_is_named() {
    let world = World::office().await;
    for tool in ["list_files", "search_files"] {
        let query = json!({"query": "colour = 'red'"});
        let error = world.call(tool, query).await.unwrap_err();
        assert_eq!(error.argument(), Some("query"), "{tool}: {error}");
        let page = json!({"page_token": "x"});
        let error = world.call(tool, page).await.unwrap_err();
        assert_eq!(error.argument(), Some("page_token"), "{tool}: {error}");
    }
}

#[tokio::test]
async fn a_name_with_slashes_is_saved_whole() {
    let mut seed = office();
    let invoice = text("t-slash", "Invoices 5/2027 \\ draft.txt", None, "x");
    seed.accounts[0].drive.files.push(invoice);
    let world = World::seeded(seed).await;
    let (folder, toolkit) = with_folder();
    let arguments = json!({"file_id": "t-slash"});
    let saved = world.call_of(&toolkit, "download_file", arguments).await;
    let name = "Invoices 5_2027 _ draft.txt";
    assert_eq!(saved.unwrap()["path"], name);
    assert!(folder.path().join(name).is_file());
}
