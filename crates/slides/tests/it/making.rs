//! Presentations made and changed: what stands there afterwards, as Google has it.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};

use crate::golden::{Office, outline};
use crate::seed::{DECK, PUBLIC, TEMPLATE};
use crate::world::{ALICE, World, unfenced};

async fn deck(world: &World, id: &str) -> Value {
    world
        .done("get_presentation", json!({"presentation_id": id}))
        .await
}

fn element<'a>(slide: &'a Value, kind: &str) -> &'a Value {
    let elements = slide["elements"].as_array().unwrap();
    elements.iter().find(|it| it["kind"] == kind).unwrap()
}

fn said(slide: &Value, placeholder: &str) -> String {
    let elements = slide["elements"].as_array().unwrap();
    let found = elements
        .iter()
        .find(|it| it["placeholder"] == placeholder)
        .unwrap();
    unfenced(&found["text"])
}

#[tokio::test]
async fn an_outline_becomes_a_presentation_with_lists_a_table_an_image_and_notes() {
    let world = World::office().await;
    let made = world
        .done("create_from_outline", json!({"outline": outline()}))
        .await;
    assert_eq!(
        (made["status"].clone(), made.get("warnings")),
        (json!("created"), None)
    );
    assert_eq!(made["title"], "Offsite");
    let deck = deck(&world, made["presentation_id"].as_str().unwrap()).await;
    let slides = deck["slides"].as_array().unwrap();
    let layouts: Vec<&str> = slides
        .iter()
        .map(|it| it["layout"].as_str().unwrap())
        .collect();
    assert_eq!(
        layouts,
        [
            "TITLE",
            "TITLE_AND_BODY",
            "TITLE_ONLY",
            "TITLE_AND_TWO_COLUMNS"
        ]
    );
    assert_eq!(said(&slides[0], "CENTERED_TITLE"), "Offsite");
    assert_eq!(said(&slides[0], "SUBTITLE"), "Lisbon, in May");
    assert_eq!(said(&slides[1], "BODY"), "- We meet\n  - at last");
    assert_eq!(unfenced(&slides[1]["notes"]), "say thanks");
    let table = unfenced(&element(&slides[2], "table")["text"]);
    assert_eq!(table, "| Item | Price |\n| --- | --- |\n| Train | 450 |");
    let image = element(&slides[3], "image");
    assert_eq!(image["alt_text"], "A map");
    assert!(image["source_url"].as_str().unwrap().contains(PUBLIC));
    assert_eq!(said(&slides[3], "BODY"), "Where it is");
    // No prompt of an empty column is left behind the picture.
    assert_eq!(slides[3]["elements"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn styles_of_an_outline_are_where_its_words_are() {
    let world = World::office().await;
    let outline = "## 😀\n\n- plain\n  - 😀 see **bold** and [site](https://a.example/)\n";
    let made = world
        .done("create_from_outline", json!({"outline": outline}))
        .await;
    let id = made["presentation_id"].as_str().unwrap();
    let raw = world.google(ALICE, &format!("v1/presentations/{id}")).await;
    let mut styled = Vec::new();
    for shape in raw["slides"][0]["pageElements"].as_array().unwrap() {
        for it in shape["shape"]["text"]["textElements"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let run = &it["textRun"];
            let content = run["content"].as_str().unwrap_or_default();
            if run["style"]["bold"] == true {
                styled.push(format!("bold {content}"));
            }
            if let Some(url) = run["style"]["link"]["url"].as_str() {
                styled.push(format!("{url} {content}"));
            }
        }
    }
    assert_eq!(styled, ["bold bold", "https://a.example/ site"]);
    let deck = deck(&world, id).await;
    let body = said(&deck["slides"][0], "BODY");
    assert_eq!(
        body,
        "- plain\n  - 😀 see bold and [site](https://a.example/)"
    );
}

#[tokio::test]
async fn a_template_is_filled_in_a_copy_and_what_it_does_not_have_is_told() {
    let world = World::office().await;
    let values = json!({"template_id": TEMPLATE, "title": "Offer for Ada", "replacements": [
        {"placeholder": "{{name}}", "text": "Ada"},
        {"placeholder": "{{price}}", "text": "450 {{name}}"},
        {"placeholder": "{{colour}}", "text": "red"}]});
    let made = world.done("create_from_template", values).await;
    assert_eq!(made["not_found"], json!(["{{colour}}"]));
    let times = |name: &str| {
        let all = made["replaced"].as_array().unwrap();
        all.iter().find(|it| it["placeholder"] == name).unwrap()["times"].clone()
    };
    assert_eq!(
        (times("{{name}}"), times("{{price}}")),
        (json!(2), json!(1))
    );
    let copy = deck(&world, made["presentation_id"].as_str().unwrap()).await;
    assert_eq!(copy["title"], "Offer for Ada");
    // A value that holds another placeholder stays what it is.
    assert_eq!(said(&copy["slides"][1], "TITLE"), "Dear Ada");
    assert_eq!(said(&copy["slides"][1], "BODY"), "- It costs 450 {{name}}");
    let template = deck(&world, TEMPLATE).await;
    assert_eq!(said(&template["slides"][1], "TITLE"), "Dear {{name}}");
}

#[tokio::test]
async fn a_text_is_replaced_everywhere_or_on_the_slides_named() {
    let world = World::office().await;
    let replace = |find: &str, more: Value| {
        let mut arguments = json!({"presentation_id": DECK, "find": find, "replace_with": "X"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let count = async |arguments| {
        world.done("replace_all_text", arguments).await["occurrences_changed"].clone()
    };
    assert_eq!(count(replace("train", json!({}))).await, 0);
    assert_eq!(
        count(replace("We", json!({"slide_ids": ["slide_1"]}))).await,
        0
    );
    assert_eq!(
        count(replace("train", json!({"match_case": false}))).await,
        1
    );
    assert_eq!(count(replace("We", json!({}))).await, 2);
    let nowhere = replace("x", json!({"slide_ids": ["slide_9"]}));
    let error = world.call("replace_all_text", nowhere).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    assert!(error.message().contains("slide_9"), "{error}");
}

#[tokio::test]
async fn the_text_of_elements_and_cells_is_changed_emptied_and_cut() {
    let world = World::office().await;
    let of = |mut more: Value| {
        more["presentation_id"] = json!(DECK);
        more
    };
    let body = async || {
        let deck = deck(&world, DECK).await;
        let elements = deck["slides"][1]["elements"].as_array().unwrap().clone();
        let body = elements
            .into_iter()
            .find(|it| it["id"] == "slide_2_body")
            .unwrap();
        body.get("text").map(unfenced)
    };
    let cut = |text: &str, every: bool| {
        of(json!({"element_id": "slide_2_body", "text": text, "every": every}))
    };
    world.done("delete_text", cut("😀 ", false)).await;
    assert_eq!(body().await.unwrap(), "- We meet at last\n- We meet again");
    let twice = world
        .call("delete_text", cut("We ", false))
        .await
        .unwrap_err();
    assert!(twice.message().contains("2 times"), "{twice}");
    assert_eq!(
        world.done("delete_text", cut("We ", true)).await["count"],
        2
    );
    assert_eq!(body().await.unwrap(), "- meet at last\n- meet again");
    for text in ["", "", "New\nlines"] {
        world
            .done(
                "set_element_text",
                of(json!({"element_id": "slide_2_body", "text": text})),
            )
            .await;
        assert_eq!(body().await.unwrap_or_default().replace("- ", ""), text);
    }
    let cell = json!({"element_id": "slide_3_table", "text": "Bus", "row": 1, "column": 0});
    world.done("set_element_text", of(cell)).await;
    let fill = json!({"table_id": "slide_3_table", "content": [["90"]], "start_row": 1, "start_column": 1});
    world.done("fill_table", of(fill)).await;
    let all = deck(&world, DECK).await;
    let table = unfenced(&element(&all["slides"][2], "table")["text"]);
    assert_eq!(table, "| Item | Price |\n| --- | --- |\n| Bus | 90 |");
    let wide = json!({"table_id": "slide_3_table", "content": [["a", "b"]], "start_column": 1});
    let error = world.call("fill_table", of(wide)).await.unwrap_err();
    assert_eq!(error.argument(), Some("content"));
}

#[tokio::test]
async fn notes_are_written_replaced_and_taken_away() {
    let world = World::office().await;
    for (slide, text) in [
        ("slide_1", "First"),
        ("slide_1", "Second 😀"),
        ("slide_2", ""),
        ("slide_1", ""),
    ] {
        let arguments = json!({"presentation_id": DECK, "slide_id": slide, "notes": text});
        world.done("set_speaker_notes", arguments).await;
        let read = json!({"presentation_id": DECK, "slide_id": slide});
        let read = world.done("get_speaker_notes", read).await;
        let notes = read["slides"][0].get("notes").map(unfenced);
        assert_eq!(notes.unwrap_or_default(), text, "{slide}");
    }
}

#[tokio::test]
async fn an_element_is_moved_and_resized_and_the_rest_of_it_stays() {
    let world = World::office().await;
    let made = json!({"presentation_id": DECK, "slide_id": "slide_1", "text": "here", "x": 1, "y": 2, "width": 4, "height": 1});
    let id = world.done("add_text_box", made).await["element_id"].clone();
    let place = async || {
        let all = world
            .done(
                "get_presentation_metadata",
                json!({"presentation_id": DECK}),
            )
            .await;
        let elements = all["slides"][0]["elements"].as_array().unwrap().clone();
        elements.into_iter().find(|it| it["id"] == id).unwrap()["box"].clone()
    };
    assert_eq!(place().await, json!([1.0, 2.0, 4.0, 1.0]));
    let change = json!({"presentation_id": DECK, "element_id": id, "x": 0.5, "width": 2.0});
    let changed = world.done("update_element", change).await;
    assert_eq!(changed["box"], json!([0.5, 2.0, 2.0, 1.0]));
    assert_eq!(place().await, json!([0.5, 2.0, 2.0, 1.0]));
    let table = json!({"presentation_id": DECK, "element_id": "slide_3_table", "width": 2.0});
    let error = world.call("update_element", table).await.unwrap_err();
    assert_eq!(error.argument(), Some("width"));
}

#[tokio::test]
async fn slides_are_moved_into_the_order_asked() {
    let world = World::office().await;
    let order = async || -> Vec<String> {
        let all = world
            .done(
                "get_presentation_metadata",
                json!({"presentation_id": DECK}),
            )
            .await;
        let slides = all["slides"].as_array().unwrap().iter();
        slides
            .map(|it| it["slide_id"].as_str().unwrap().to_owned())
            .collect()
    };
    for (slides, index, after) in [
        (
            json!(["slide_4", "slide_2"]),
            0,
            ["slide_4", "slide_2", "slide_1", "slide_3"],
        ),
        (
            json!(["slide_4", "slide_1"]),
            4,
            ["slide_2", "slide_3", "slide_4", "slide_1"],
        ),
    ] {
        let arguments =
            json!({"presentation_id": DECK, "slide_ids": slides, "insertion_index": index});
        world.done("move_slides", arguments).await;
        assert_eq!(order().await, after);
    }
}

#[tokio::test]
async fn a_presentation_is_exported_as_a_file_named_as_it_is() {
    let office = Office::new().await;
    let exported = office.world.call_of(
        &office.toolkit,
        "export_presentation",
        json!({"presentation_id": DECK}),
    );
    let exported = exported.await.unwrap();
    assert_eq!(exported["name"], "Spring plans.pdf");
    let path = office
        .folder
        .path()
        .join(exported["path"].as_str().unwrap());
    assert!(std::fs::read(path).unwrap().starts_with(b"%PDF"));
    let error = office
        .world
        .call("export_presentation", json!({"presentation_id": DECK}))
        .await;
    assert_eq!(error.unwrap_err().kind_name(), "permission_denied");
}
