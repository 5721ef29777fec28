//! What agno's Slides toolkit does wrong, done right: one test for each, named by what holds.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_toolkit::Selection;

use crate::golden::Office;
use crate::seed::DECK;
use crate::world::{ALICE, World, all_tools, unfenced};

async fn texts_of(world: &World, slide: &str) -> Vec<(String, String)> {
    let page = json!({"presentation_id": DECK, "page_object_id": slide});
    let page = world.done("get_page", page).await;
    let elements = page["slides"][0]["elements"].as_array().unwrap().iter();
    let said = elements.filter(|it| it.get("text").is_some());
    said.map(|it| (it["id"].as_str().unwrap().to_owned(), unfenced(&it["text"])))
        .collect()
}

#[tokio::test]
async fn body_2_is_placed_where_there_is_no_body() {
    let world = World::office().await;
    let slide = json!({"presentation_id": DECK, "layout": "TITLE_AND_TWO_COLUMNS", "title": "Both", "body_2": "Right"});
    let made = world.done("add_slide", slide).await;
    assert_eq!(made.get("not_placed"), None, "{made}");
    let placed = made["placed"].as_array().unwrap();
    let right = placed.iter().find(|it| it["text"] == "body_2").unwrap();
    let texts = texts_of(&world, made["slide_id"].as_str().unwrap()).await;
    let id = right["element_id"].as_str().unwrap().to_owned();
    assert!(texts.contains(&(id, "- Right".to_owned())), "{texts:?}");
}

#[tokio::test]
async fn a_text_for_which_the_layout_has_no_place_is_reported_and_the_others_are_placed() {
    let world = World::office().await;
    let slide = json!({"presentation_id": DECK, "layout": "TITLE_ONLY", "title": "Alone", "subtitle": "s", "body": "b", "body_2": "c"});
    let made = world.done("add_slide", slide).await;
    assert_eq!(made["not_placed"], json!(["subtitle", "body", "body_2"]));
    let texts = texts_of(&world, made["slide_id"].as_str().unwrap()).await;
    let texts: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["Alone"]);
}

#[tokio::test]
async fn a_presentation_goes_to_the_trash_and_is_destroyed_only_where_that_is_asked() {
    let world = World::office().await;
    let removed = world
        .done("delete_presentation", json!({"presentation_id": DECK}))
        .await;
    assert_eq!(removed["status"], "in the trash");
    let line = format!("drive/v3/files/{DECK}?fields=trashed");
    assert_eq!(world.google(ALICE, &line).await, json!({"trashed": true}));
    assert_eq!(world.count("drive.files.delete"), 0);
    let forever = json!({"presentation_id": DECK, "permanently": true});
    let removed = world.done("delete_presentation", forever).await;
    assert_eq!(removed["status"], "deleted for good");
    assert_eq!(world.google(ALICE, &line).await["error"]["code"], 404);
}

#[tokio::test]
async fn a_file_that_is_no_presentation_is_neither_trashed_nor_destroyed() {
    let world = World::office().await;
    for permanently in [false, true] {
        let file = json!({"presentation_id": crate::seed::PUBLIC, "permanently": permanently});
        let error = world.call("delete_presentation", file).await.unwrap_err();
        assert_eq!(error.argument(), Some("presentation_id"));
    }
    assert_eq!(
        world.count("drive.files.update") + world.count("drive.files.delete"),
        0
    );
}

#[tokio::test]
async fn presentations_in_the_trash_are_not_listed() {
    let world = World::office().await;
    let ids = async || -> Vec<Value> {
        let list = world.done("list_presentations", json!({})).await;
        let all = list["presentations"].as_array().unwrap().iter();
        all.map(|it| it["id"].clone()).collect()
    };
    assert!(ids().await.contains(&json!(DECK)));
    world
        .done("delete_presentation", json!({"presentation_id": DECK}))
        .await;
    let left = ids().await;
    assert!(!left.contains(&json!(DECK)) && !left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn speaker_notes_are_read_with_the_text_of_all_slides_and_of_one() {
    let world = World::office().await;
    let all = world
        .done("read_all_text", json!({"presentation_id": DECK}))
        .await;
    let one = json!({"presentation_id": DECK, "page_object_id": "slide_2"});
    let one = world.done("get_slide_text", one).await;
    for slide in [&all["slides"][1], &one["slides"][0]] {
        assert_eq!(slide["slide_id"], "slide_2");
        assert_eq!(unfenced(&slide["notes"]), "Say thanks to all");
        let text = unfenced(&slide["text"]);
        assert!(text.contains("Why\n\n- We meet 😀 at last"), "{text}");
    }
    assert_eq!(all["slides"][0].get("notes"), None);
    // What it looks like is for other tools to tell.
    assert_eq!(all.get("page_size"), None);
    let slides = all["slides"].as_array().unwrap();
    assert!(slides.iter().all(|it| it.get("layout").is_none()));
}

#[tokio::test]
async fn what_is_in_groups_within_groups_is_read() {
    let world = World::office().await;
    let group = |id: &str, children: [&str; 2]| json!({"groupObjects": {"groupObjectId": id, "childrenObjectIds": children}});
    for text in ["one", "two", "three"] {
        let text_box = json!({"presentation_id": DECK, "slide_id": "slide_1", "text": text});
        world.done("add_text_box", text_box).await;
    }
    let boxes = texts_of(&world, "slide_1").await;
    let ids: Vec<&str> = boxes[2..].iter().map(|(id, _)| id.as_str()).collect();
    let requests = [
        group("inner_group", [ids[0], ids[1]]),
        group("outer_group", ["inner_group", ids[2]]),
    ];
    for request in requests {
        world.change(DECK, &[request]).await;
    }
    let all = world
        .done("read_all_text", json!({"presentation_id": DECK}))
        .await;
    let text = unfenced(&all["slides"][0]["text"]);
    for word in ["one", "two", "three"] {
        assert!(text.contains(word), "{text}");
    }
    let deck = world
        .done("get_presentation", json!({"presentation_id": DECK}))
        .await;
    let elements = deck["slides"][0]["elements"].as_array().unwrap();
    let inner = elements.iter().find(|it| it["id"] == ids[0]).unwrap();
    assert_eq!(inner["group"], "inner_group");
}

#[tokio::test]
async fn a_thumbnail_is_a_picture_of_the_size_asked_in_the_allowed_folder() {
    let office = Office::new().await;
    for (size, width) in [("small", 200_u32), ("large", 1600)] {
        let slide =
            json!({"presentation_id": DECK, "slide_id": "slide_1", "size": size, "filename": size});
        let made = office
            .world
            .call_of(&office.toolkit, "get_slide_thumbnail", slide)
            .await;
        let made = made.unwrap();
        assert_eq!(made["width"], width);
        let path = office
            .folder
            .path()
            .join(made["file"]["path"].as_str().unwrap());
        let png = std::fs::read(path).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert_eq!(png[16..20], width.to_be_bytes());
        assert_eq!(made["file"]["size"], png.len());
    }
    // The address is another's, who is told no token.
    let fetched = office.world.emulator.requests().into_iter();
    let fetched: Vec<_> = fetched
        .filter(|it| it.path.contains("slides-content"))
        .collect();
    assert_eq!(fetched.len(), 2);
    assert!(fetched.iter().all(|it| it.bearer.is_none()), "{fetched:?}");
}

#[tokio::test]
async fn without_a_folder_a_thumbnail_is_its_address_alone() {
    let world = World::office().await;
    let slide = json!({"presentation_id": DECK, "slide_id": "slide_1"});
    let made = world.done("get_slide_thumbnail", slide).await;
    assert!(made["thumbnail_url"].as_str().unwrap().starts_with("http"));
    assert_eq!(
        (made["width"].clone(), made.get("file")),
        (json!(800), None)
    );
}

#[tokio::test]
async fn delete_slide_deletes_no_element_and_delete_element_no_slide() {
    let world = World::office().await;
    let element = json!({"presentation_id": DECK, "slide_id": "slide_2_body"});
    let error = world.call("delete_slide", element).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found", "{error}");
    let slide = json!({"presentation_id": DECK, "element_id": "slide_2"});
    let error = world.call("delete_element", slide).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found", "{error}");
    let copied = json!({"presentation_id": DECK, "slide_id": "slide_2_body"});
    let error = world.call("duplicate_slide", copied).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found", "{error}");
    assert_eq!(world.count("slides.presentations.batchUpdate"), 0);
}

#[tokio::test]
async fn a_slide_fails_whole_and_leaves_nothing_behind() {
    let world = World::office().await;
    let before = world
        .done("get_presentation", json!({"presentation_id": DECK}))
        .await;
    let image = json!({"presentation_id": DECK, "slide_id": "slide_1", "image_url": "https://drive.google.com/file/d/1PictureForNobody/view"});
    let error = world.call("add_image", image).await.unwrap_err();
    assert_eq!(error.argument(), Some("image_url"), "{error}");
    assert!(
        error.message().contains("nothing is ever shared"),
        "{error}"
    );
    let after = world
        .done("get_presentation", json!({"presentation_id": DECK}))
        .await;
    assert_eq!(
        before["slides"].as_array().unwrap().len(),
        after["slides"].as_array().unwrap().len()
    );
    let shared = format!(
        "drive/v3/files/{}/permissions?fields=permissions(type)",
        crate::seed::PRIVATE
    );
    let permissions = world.google(ALICE, &shared).await;
    assert_eq!(permissions["permissions"], json!([{"type": "user"}]));
}

#[tokio::test]
async fn consent_follows_the_tools_that_are_chosen() {
    use toolgate_toolkit::Toolkit as _;
    let readers = all_tools()
        .with_tools(Selection::only(["read_all_text"]))
        .unwrap();
    let scopes = readers.requirement().least_scopes().to_vec();
    assert_eq!(
        scopes,
        ["https://www.googleapis.com/auth/presentations.readonly"]
    );
}

#[tokio::test]
async fn links_stand_for_the_ids_that_they_name() {
    let world = World::office().await;
    let link = format!("https://docs.google.com/presentation/d/{DECK}/edit#slide=id.slide_2");
    let read = json!({"presentation_id": link, "page_object_id": link});
    let read = world.done("get_slide_text", read).await;
    assert_eq!(read["slides"][0]["slide_id"], "slide_2");
    let added = json!({"presentation_id": link, "slide_id": link, "text": "here"});
    assert_eq!(
        world.done("add_text_box", added).await["slide_id"],
        "slide_2"
    );
}
