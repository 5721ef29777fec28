//! What agno's Sheets tools do wrongly, each right here.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::FaultRule;
use toolgate_sheets::SheetsToolkit;
use toolgate_testkit::tools::lost;
use toolgate_toolkit::{Selection, Toolkit as _};

use crate::golden::{PERMIT, of};
use crate::seed::{BOB, OTHER, TRACKER, book, people, tab, to};
use crate::world::{ALICE, World, all_tools, unfenced};

fn scopes(toolkit: &SheetsToolkit) -> Vec<String> {
    let scopes = toolkit.requirement().least_scopes().to_vec().into_iter();
    scopes
        .map(|it| it.rsplit('/').next().unwrap_or_default().to_owned())
        .collect()
}

/// agno: with `all=True` the writers are there and consent asks for reading alone.
#[tokio::test]
async fn consent_follows_the_tools_that_are_chosen_whatever_way_they_are() {
    for (selection, expected) in [
        (Selection::read_only(), "spreadsheets.readonly"),
        (Selection::only(["update_sheet"]), "spreadsheets"),
        (
            Selection::except(["create_duplicate_sheet"]),
            "spreadsheets",
        ),
        (Selection::all(), "drive"),
    ] {
        let toolkit = SheetsToolkit::new().with_tools(selection).unwrap();
        assert_eq!(scopes(&toolkit), [expected]);
    }
}

/// agno: `create_duplicate_sheet` adds its scope behind the back of the consent, which never asks for it.
#[test]
fn the_scope_of_a_copy_is_asked_for_with_all_the_others() {
    let toolkit = SheetsToolkit::new();
    let selection = Selection::only(["read_sheet", "create_duplicate_sheet"]);
    assert_eq!(scopes(&toolkit.with_tools(selection).unwrap()), ["drive"]);
}

/// agno: the spreadsheet of the toolkit wins over the one that a call names, and writers ignore it.
#[tokio::test]
async fn the_spreadsheet_of_a_call_wins_over_that_of_the_toolkit_for_every_tool() {
    let world = World::office().await;
    let toolkit = all_tools().with_spreadsheet(OTHER).with_range("Sheet1!A2");
    let read = world
        .call_of(&toolkit, "read_sheet", json!({}))
        .await
        .unwrap();
    assert_eq!(
        (&read["range"], unfenced(&read["cells"]).as_str()),
        (&json!("Sheet1!A2"), "Ann")
    );
    let range = of(json!({"spreadsheet_range": "A2"}));
    let read = world.call_of(&toolkit, "read_sheet", range).await.unwrap();
    assert_eq!(unfenced(&read["cells"]), "Venue");
    let write = json!({"range_name": "A2", "data": [["Zoe"]]});
    let told = world
        .call_of(&toolkit, "update_sheet", write.clone())
        .await
        .unwrap();
    assert_eq!(told["spreadsheet_id"], OTHER);
    let told = world
        .call_of(&toolkit, "update_sheet", of(write))
        .await
        .unwrap();
    assert_eq!(told["spreadsheet_id"], TRACKER);
    let rows = json!({"rows": [["Eve", 4]]});
    let appended = world.call_of(&toolkit, "append_rows", rows).await.unwrap();
    assert_eq!(appended["spreadsheet_id"], OTHER);
}

/// agno: without an id it sends `None`, and reports "updated successfully: None".
#[tokio::test]
async fn a_spreadsheet_that_nobody_names_is_an_error_that_names_the_argument() {
    let world = World::office().await;
    let write = json!({"range_name": "A1", "data": [["x"]]});
    for (tool, arguments) in [("update_sheet", write), ("read_sheet", json!({}))] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("spreadsheet_id"), "{error}");
    }
    assert!(world.emulator.requests().is_empty());
}

/// agno: formulas stay text, since all is written as it is.
#[tokio::test]
async fn a_formula_is_one_unless_it_is_said_that_texts_stay_texts() {
    let world = World::office().await;
    for (input, expected) in [(None, "5"), (Some("raw"), "=2+3")] {
        let mut write = of(json!({"range_name": "Empty!A1", "data": [["=2+3"]]}));
        if let Some(input) = input {
            write["value_input"] = json!(input);
        }
        world.done("update_sheet", write).await;
        assert_eq!(world.shown(TRACKER, "Empty!A1").await, json!([[expected]]));
    }
}

/// agno: the whole range comes at once, however large.
#[tokio::test]
async fn a_large_range_comes_in_windows() {
    let rows: Vec<Vec<String>> = (0..400)
        .map(|it| vec!["x".repeat(200), it.to_string()])
        .collect();
    let mut large = tab("Large", &[]);
    large.rows = rows;
    let seed = people(vec![book(TRACKER, "Large", vec![large])], Vec::new());
    let world = World::seeded(seed).await;
    let read = world.done("read_sheet", of(json!({}))).await;
    assert!(
        read.to_string().len() < 20_100,
        "{}",
        read.to_string().len()
    );
    assert!(
        read["next"]
            .as_str()
            .unwrap()
            .starts_with("Large!A1:Z1000@A"),
        "{}",
        read["next"]
    );
}

async fn people_of(world: &World, id: &Value) -> Vec<String> {
    let id = id.as_str().unwrap();
    let path =
        format!("drive/v3/files/{id}/permissions?fields=permissions(type,role,emailAddress)");
    let all = world.google(ALICE, &path).await;
    let all = all["permissions"].as_array().unwrap().iter();
    let mut all: Vec<String> = all
        .map(|it| {
            let who = it["emailAddress"].as_str().or(it["type"].as_str());
            format!("{} {}", it["role"].as_str().unwrap(), who.unwrap())
        })
        .collect();
    all.sort_unstable();
    all
}

async fn mails_of(world: &World, person: &str) -> usize {
    let mails = world.google(person, "gmail/v1/users/me/messages").await;
    mails["messages"].as_array().map_or(0, Vec::len)
}

/// A spreadsheet that Bob may read and everybody with the link comment.
async fn shared() -> World {
    let mut file = book(TRACKER, "Shared", vec![tab("One", &[&["x"]])]);
    let link = toolgate_emulator::SeedGrant {
        role: "commenter".to_owned(),
        ..toolgate_emulator::SeedGrant::default()
    };
    file.shared_with = vec![to(BOB, "reader"), link];
    World::seeded(people(vec![file], Vec::new())).await
}

/// agno: copying mails everybody, and sends an address of null for links.
#[tokio::test]
async fn a_copy_is_shared_as_its_source_is_and_nobody_is_mailed_unasked() {
    let expected = [
        "commenter anyone",
        "owner alice@example.com",
        "reader bob@example.com",
    ];
    for (notify, mails) in [(false, 0), (true, 1)] {
        let world = shared().await;
        let copy = json!({"source_id": TRACKER, "new_title": "Copy", "notify": notify});
        let made = world.done("create_duplicate_sheet", copy).await;
        assert_eq!(people_of(&world, &made["spreadsheet_id"]).await, expected);
        assert_eq!(made["shared_with"].as_array().unwrap().len(), 2, "{made}");
        assert_eq!(mails_of(&world, BOB).await, mails);
        world.assert_lawful();
    }
}

#[tokio::test]
async fn whoever_copies_what_is_anothers_owns_the_copy_and_gets_no_lesser_access() {
    let mut file = book(TRACKER, "Bob's", vec![tab("One", &[&["x"]])]);
    let link = toolgate_emulator::SeedGrant {
        role: "commenter".to_owned(),
        ..toolgate_emulator::SeedGrant::default()
    };
    file.shared_with = vec![to(ALICE, "writer"), link];
    let world = World::seeded(people(Vec::new(), vec![file])).await;
    let copy = json!({"source_id": TRACKER, "new_title": "Copy"});
    let made = world.done("create_duplicate_sheet", copy).await;
    assert_eq!(made["shared_with"], json!(["anyone"]), "{made}");
    assert_eq!(made.get("failed"), None, "{made}");
    let people = people_of(&world, &made["spreadsheet_id"]).await;
    assert_eq!(people, ["commenter anyone", "owner alice@example.com"]);
}

#[tokio::test]
async fn access_that_ends_or_is_to_a_published_page_becomes_no_more_on_a_copy() {
    let world = shared().await;
    let ends = "2027-05-01T10:00:00.000Z";
    let all = json!({"permissions": [
        {"type": "user", "role": "reader", "emailAddress": BOB, "expirationTime": ends},
        {"type": "anyone", "role": "reader", "view": "published"},
    ]});
    let all = toolgate_emulator::FaultAction::Json {
        status: 200,
        body: all,
    };
    let rule = FaultRule::new(all).on_method("drive.permissions.list");
    world.emulator.faults().add(rule.times(1));
    let copy = json!({"source_id": TRACKER, "new_title": "Copy"});
    let made = world.done("create_duplicate_sheet", copy).await;
    assert_eq!(made["shared_with"], json!([BOB]), "{made}");
    let requests = world.emulator.requests();
    let given = requests.iter().find(|it| it.body.contains(BOB)).unwrap();
    let given: Value = serde_json::from_str(&given.body).unwrap();
    assert!(
        given["expirationTime"]
            .as_str()
            .unwrap()
            .starts_with("2027-05-01T10:00:00"),
        "{given}"
    );
    assert_eq!(world.count(PERMIT), 1);
}

#[tokio::test]
async fn a_copy_for_oneself_is_shared_with_nobody() {
    let world = shared().await;
    let copy = json!({"source_id": TRACKER, "copy_permissions": false});
    let made = world.done("create_duplicate_sheet", copy).await;
    let people = people_of(&world, &made["spreadsheet_id"]).await;
    assert_eq!(people, ["owner alice@example.com"]);
    assert_eq!(world.count(PERMIT), 0);
}

#[tokio::test]
async fn who_cannot_get_a_copy_is_named_and_costs_nobody_else_it() {
    let world = shared().await;
    let down = toolgate_emulator::FaultAction::status_with_reason(403, "domainPolicy");
    world
        .emulator
        .faults()
        .add(FaultRule::new(down).on_method(PERMIT).times(1));
    let copy = json!({"source_id": TRACKER, "new_title": "Copy"});
    let made = world.done("create_duplicate_sheet", copy).await;
    let count = |member: &str| made[member].as_array().unwrap().len();
    assert_eq!((count("shared_with"), count("failed")), (1, 1), "{made}");
    assert!(
        made["failed"][0]["why"]
            .as_str()
            .unwrap()
            .contains("domainPolicy"),
        "{made}"
    );
}

#[tokio::test]
async fn who_got_a_copy_though_the_answer_was_lost_is_found_by_a_look() {
    let world = shared().await;
    world.emulator.faults().add(lost(PERMIT));
    let copy = json!({"source_id": TRACKER, "new_title": "Copy"});
    let made = world.done("create_duplicate_sheet", copy).await;
    assert_eq!(made["shared_with"].as_array().unwrap().len(), 2, "{made}");
    assert_eq!(made.get("failed"), None);
    assert_eq!(world.count(PERMIT), 2);
}
