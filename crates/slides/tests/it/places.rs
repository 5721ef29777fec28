//! Where presentations, files and elements are: shared drives, folders, names, groups, sizes.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, Seed, SeedGrant, SeedSharedDrive};

use crate::golden::{BATCH, CREATE, Office};
use crate::seed::{DECK, PUBLIC, TEMPLATE, deck, office};
use crate::world::{ALICE, World};

fn of(mut more: Value) -> Value {
    more["presentation_id"] = json!(DECK);
    more
}

/// Bob's shared drive, in which Alice is a member who has opened nothing.
fn with_shared_drive() -> Seed {
    let mut seed = office();
    seed.accounts[1].drive.shared_drives = vec![SeedSharedDrive {
        id: Some("0ADriveOfTheTeam001".to_owned()),
        name: "Team".to_owned(),
        members: vec![SeedGrant {
            role: "fileOrganizer".to_owned(),
            email: Some(ALICE.to_owned()),
            ..SeedGrant::default()
        }],
        files: vec![deck("1DeckOfTheTeam", "Team's deck", &["Ours {{name}}"])],
    }];
    seed
}

#[tokio::test]
async fn what_is_in_a_shared_drive_is_listed_copied_and_trashed() {
    let world = World::seeded(with_shared_drive()).await;
    let list = world.done("list_presentations", json!({})).await;
    assert!(list.to_string().contains("1DeckOfTheTeam"), "{list}");
    let merge = json!({"template_id": "1DeckOfTheTeam", "title": "Copy",
        "replacements": [{"placeholder": "{{name}}", "text": "Ada"}]});
    world.done("create_from_template", merge).await;
    let gone = json!({"presentation_id": "1DeckOfTheTeam"});
    let gone = world.done("delete_presentation", gone).await;
    assert_eq!(gone["status"], "in the trash");
}

#[tokio::test]
async fn a_list_that_google_could_not_look_through_says_so() {
    let world = World::office().await;
    let body = json!({"incompleteSearch": true, "files": []});
    let answer = FaultAction::Json { status: 200, body };
    world
        .emulator
        .faults()
        .add(FaultRule::new(answer).on_method("drive.files.list"));
    let list = world.done("list_presentations", json!({})).await;
    assert_eq!(list["incomplete"], true);
}

#[tokio::test]
async fn a_copy_of_a_template_is_in_the_folder_that_is_named_or_beside_the_template() {
    let mut seed = office();
    seed.accounts[0]
        .drive
        .files
        .push(toolgate_emulator::SeedFile {
            mime_type: Some("application/vnd.google-apps.folder".to_owned()),
            ..crate::seed::file("1FolderOfOffers", "Offers")
        });
    let world = World::seeded(seed).await;
    let parents = async |folder: Option<&str>| {
        let merge = json!({"template_id": TEMPLATE, "title": "Copy", "folder_id": folder,
            "replacements": [{"placeholder": "{{name}}", "text": "Ada"}]});
        let made = world.done("create_from_template", merge).await;
        let id = made["presentation_id"].as_str().unwrap();
        world
            .google(ALICE, &format!("drive/v3/files/{id}?fields=parents"))
            .await["parents"]
            .clone()
    };
    assert_eq!(
        parents(Some("1FolderOfOffers")).await,
        json!(["1FolderOfOffers"])
    );
    let beside = format!("drive/v3/files/{TEMPLATE}?fields=parents");
    let beside = world.google(ALICE, &beside).await["parents"].clone();
    assert_eq!(parents(None).await, beside);
    let nowhere = json!({"template_id": TEMPLATE, "title": "Copy", "folder_id": "1NoSuchFolder",
        "replacements": [{"placeholder": "{{name}}", "text": "Ada"}]});
    let error = world
        .call("create_from_template", nowhere)
        .await
        .unwrap_err();
    assert!(
        error.message().contains("no folder") && error.message().contains("1NoSuchFolder"),
        "{error}"
    );
}

#[tokio::test]
async fn an_export_that_is_too_large_for_google_says_so_and_leaves_no_file() {
    let office = Office::new().await;
    let large = FaultAction::status_with_reason(403, "exportSizeLimitExceeded");
    office
        .world
        .emulator
        .faults()
        .add(FaultRule::new(large).on_method("drive.files.export"));
    let export = office
        .world
        .call_of(&office.toolkit, "export_presentation", of(json!({})));
    let error = export.await.unwrap_err();
    assert_eq!(error.argument(), Some("presentation_id"));
    assert!(error.message().contains("10 MB"), "{error}");
    assert_eq!(std::fs::read_dir(office.folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_title_with_slashes_is_one_name_and_a_name_that_climbs_stays_in_the_folder() {
    let mut seed = office();
    seed.accounts[0].drive.files[0].name = "Results 5/2027".to_owned();
    let world = World::seeded(seed).await;
    let (folder, toolkit) = crate::world::with_folder();
    for (tool, arguments, name) in [
        ("export_presentation", of(json!({})), "Results 5_2027.pdf"),
        (
            "export_presentation",
            of(json!({})),
            "Results 5_2027 (2).pdf",
        ),
        (
            "export_presentation",
            of(json!({"format": "pptx", "filename": "../../deck"})),
            "deck.pptx",
        ),
        (
            "get_slide_thumbnail",
            of(json!({"slide_id": "slide_1", "filename": "../one"})),
            "one.png",
        ),
    ] {
        world.call_of(&toolkit, tool, arguments).await.unwrap();
        assert!(folder.path().join(name).is_file(), "{name}");
    }
}

#[tokio::test]
async fn an_outline_of_no_slide_or_of_too_many_makes_nothing() {
    let world = World::office().await;
    let many = "## One more\n\n".repeat(101);
    for outline in [" \n", "---", "##", &many] {
        let call = world.call("create_from_outline", json!({"outline": outline}));
        assert_eq!(call.await.unwrap_err().argument(), Some("outline"));
    }
    assert_eq!(world.count(CREATE), 0);
}

#[tokio::test]
async fn a_group_is_moved_as_a_whole_and_no_part_of_it_as_if_it_stood_alone() {
    let world = World::office().await;
    let group = json!({"groupObjects": {"groupObjectId": "both_of_them",
        "childrenObjectIds": ["box_one", "box_two"]}});
    let text_box = |id: &str| {
        json!({"createShape": {"objectId": id, "shapeType": "TEXT_BOX",
        "elementProperties": {"pageObjectId": "slide_1",
            "size": {"width": {"magnitude": 914_400, "unit": "EMU"}, "height": {"magnitude": 914_400, "unit": "EMU"}},
            "transform": {"scaleX": 1, "scaleY": 1, "unit": "EMU"}}}})
    };
    world
        .change(DECK, &[text_box("box_one"), text_box("box_two"), group])
        .await;
    world.emulator.clear_requests();
    let part = of(json!({"element_id": "box_one", "x": 2.0}));
    let error = world.call("update_element", part).await.unwrap_err();
    assert_eq!(error.argument(), Some("element_id"));
    assert_eq!(world.count(BATCH), 0);
    let whole = of(json!({"element_id": "both_of_them", "x": 2.0}));
    let moved = world.done("update_element", whole).await;
    assert_eq!(moved["box"], json!([2.0, 0.0, 1.0, 1.0]));
    let all = world.done("get_presentation_metadata", of(json!({}))).await;
    let elements = all["slides"][0]["elements"].as_array().unwrap();
    let part = elements.iter().find(|it| it["id"] == "box_two").unwrap();
    assert_eq!(part["box"], json!([2.0, 0.0, 1.0, 1.0]));
    let larger = of(json!({"element_id": "both_of_them", "width": 2.0}));
    let error = world.call("update_element", larger).await.unwrap_err();
    assert_eq!(error.argument(), Some("width"));
}

#[tokio::test]
async fn what_is_not_asked_to_move_stays_to_the_last_unit() {
    let world = World::office().await;
    let place = json!({"updatePageElementTransform": {"objectId": "slide_2_body", "applyMode": "ABSOLUTE",
        "transform": {"scaleX": 1, "scaleY": 1, "translateX": 311_703, "translateY": 12.25, "unit": "EMU"}}});
    world.change(DECK, &[place]).await;
    let down = of(json!({"element_id": "slide_2_body", "y": 2.0}));
    world.done("update_element", down).await;
    let page = format!("v1/presentations/{DECK}/pages/slide_2");
    let page = world.google(ALICE, &page).await;
    let elements = page["pageElements"].as_array().unwrap().iter();
    let body = elements.clone().find(|it| it["objectId"] == "slide_2_body");
    assert_eq!(
        body.unwrap()["transform"]["translateX"].as_f64(),
        Some(311_703.0)
    );
}

#[tokio::test]
async fn an_image_has_its_own_size_unless_one_is_given() {
    let world = World::office().await;
    let image = format!("https://drive.google.com/file/d/{PUBLIC}/view");
    let size = async |more: Value| {
        let mut arguments = of(more);
        arguments["slide_id"] = json!("slide_2");
        arguments["image_url"] = json!(image);
        world.done("add_image", arguments).await;
        let sent = world.requests(BATCH).pop().unwrap().body;
        let sent: Value = serde_json::from_str(&sent).unwrap();
        sent["requests"][0]["createImage"]["elementProperties"]
            .get("size")
            .cloned()
    };
    assert_eq!(size(json!({})).await, None);
    let inches = |it: f64| json!({"magnitude": it * 914_400.0, "unit": "EMU"});
    let one = size(json!({"width": 2.0})).await.unwrap();
    assert_eq!(one, json!({"width": inches(2.0), "height": inches(2.0)}));
    let both = size(json!({"width": 3.0, "height": 1.0})).await.unwrap();
    assert_eq!(both, json!({"width": inches(3.0), "height": inches(1.0)}));
}
