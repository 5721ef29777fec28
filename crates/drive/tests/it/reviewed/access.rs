//! Who has access to a file, and who is told of it.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, Seed, SeedGrant};

use super::CAROL;
use crate::seed::{BOB, folder, office, text};
use crate::world::World;

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
    // A stranger who searches still finds it, and that is told.
    assert_eq!(
        (&done["before"], &done["findable"]),
        (&json!("reader"), &json!(true))
    );
    let open = open_to(&world, "t-public").await;
    assert!(open.iter().all(|it| it["role"] == "commenter"), "{open:?}");
    let off = json!({"file_id": "t-public", "access": "off"});
    let done = world.done("set_link_sharing", off).await;
    assert_eq!(
        (&done["access"], &done["before"]),
        (&json!("off"), &json!("commenter"))
    );
    assert!(done.get("findable").is_none(), "{done}");
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
