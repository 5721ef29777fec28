//! What stays open after access was taken away is told.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, Seed, SeedGrant};

use super::CAROL;
use crate::seed::{BOB, folder, office, text};
use crate::world::World;

const LIST: &str = "drive.permissions.list";

fn grant(role: &str, email: Option<&str>) -> SeedGrant {
    SeedGrant {
        role: role.to_owned(),
        email: email.map(str::to_owned),
        ..SeedGrant::default()
    }
}

fn domain(role: &str) -> SeedGrant {
    SeedGrant {
        domain: Some("example.com".to_owned()),
        ..grant(role, None)
    }
}

/// A file open to Bob, to his domain and by its link; and a folder of Bob's with a file that he has as well.
fn opened() -> Seed {
    let mut seed = office();
    let mut wide = text("t-wide", "wide.txt", None, "x");
    wide.shared_with = vec![
        grant("reader", Some(BOB)),
        domain("reader"),
        grant("reader", None),
    ];
    let mut bobs = folder("f-bobs", "Bobs", None);
    bobs.shared_with = vec![grant("reader", Some(BOB))];
    let mut twice = text("t-twice", "twice.txt", Some("f-bobs"), "x");
    twice.shared_with = vec![grant("writer", Some(BOB))];
    let files = &mut seed.accounts[0].drive.files;
    files.extend([wide, bobs, twice]);
    seed
}

fn kinds(told: &Value) -> Vec<&str> {
    let all = told["still_open_by"].as_array().into_iter().flatten();
    let mut all: Vec<&str> = all.map(|it| it["type"].as_str().unwrap()).collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn what_still_lets_somebody_in_whose_access_was_taken_away_is_told() {
    let world = World::seeded(opened()).await;
    let gone = json!({"file_id": "t-wide", "with": BOB});
    let gone = world.done("unshare_file", gone).await;
    assert_eq!(gone["status"], "removed");
    assert_eq!(kinds(&gone), ["anyone", "domain"], "{gone}");
    // Carol had nothing but her own.
    let share = json!({"file_id": "d-plan", "with": CAROL, "role": "reader"});
    world.done("share_file", share).await;
    let gone = json!({"file_id": "d-plan", "with": CAROL});
    let gone = world.done("unshare_file", gone).await;
    assert_eq!(gone["status"], "removed");
    assert!(
        gone.get("still_open_by").is_none() && gone.get("not_checked").is_none(),
        "{gone}"
    );
}

#[tokio::test]
async fn access_that_a_folder_gives_as_well_stays_and_is_not_called_removed() {
    let world = World::seeded(opened()).await;
    let list = json!({"file_id": "t-twice"});
    let had = world.done("list_permissions", list.clone()).await;
    let bob = |list: &Value| {
        let mut all = list["permissions"].as_array().unwrap().iter();
        all.find(|it| it["with"] == BOB).unwrap().clone()
    };
    assert_eq!(bob(&had)["role"], "writer");
    assert!(bob(&had).get("inherited").is_none(), "{had}");
    let gone = json!({"file_id": "t-twice", "with": BOB});
    let gone = world.done("unshare_file", gone).await;
    assert_eq!(
        (&gone["status"], &gone["role"], &gone["inherited"]),
        (&json!("stays"), &json!("reader"), &json!(true))
    );
    assert_eq!(
        bob(&world.done("list_permissions", list).await)["role"],
        "reader"
    );
}

#[tokio::test]
async fn a_role_is_not_called_lessened_below_what_a_folder_gives() {
    let mut seed = opened();
    let files = &mut seed.accounts[0].drive.files;
    let folder = files
        .iter_mut()
        .find(|it| it.id.as_deref() == Some("f-bobs"));
    folder.unwrap().shared_with = vec![grant("commenter", Some(BOB))];
    let world = World::seeded(seed).await;
    let share = |role| json!({"file_id": "t-twice", "with": BOB, "role": role});
    let error = world.call("share_file", share("reader")).await.unwrap_err();
    assert_eq!(error.argument(), Some("role"), "{error}");
    let less = world.done("share_file", share("commenter")).await;
    assert_eq!(
        (&less["status"], &less["role"]),
        (&json!("changed"), &json!("commenter"))
    );
}

#[tokio::test]
async fn a_domain_that_opens_a_file_whose_link_is_off_is_told() {
    let world = World::seeded(opened()).await;
    let off = json!({"file_id": "t-wide", "access": "off"});
    let off = world.done("set_link_sharing", off).await;
    assert_eq!(off["access"], "off");
    assert_eq!(kinds(&off), ["domain"], "{off}");
    assert_eq!(off["still_open_by"][0]["with"], "example.com");
    assert!(off.get("untrusted").is_some());
}

#[tokio::test]
async fn what_stays_open_and_cannot_be_listed_is_said_and_no_failure() {
    let world = World::seeded(opened()).await;
    for (tool, arguments) in [
        ("unshare_file", json!({"file_id": "t-wide", "with": BOB})),
        (
            "set_link_sharing",
            json!({"file_id": "t-wide", "access": "off"}),
        ),
    ] {
        let down = FaultAction::status_with_reason(403, "domainPolicy");
        let down = FaultRule::new(down).on_method(LIST).after(1);
        world.emulator.faults().add(down);
        let done = world.done(tool, arguments).await;
        world.emulator.faults().clear();
        assert_eq!(done["not_checked"], true, "{tool} {done}");
    }
}
