//! What a person's own presentations hold beside the usual: other layouts, merged cells, hidden slides, elements of
//! layouts, things that Google adds later.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::golden::{BATCH, GET};
use crate::seed::DECK;
use crate::world::{ALICE, World, unfenced};

fn of(mut more: Value) -> Value {
    more["presentation_id"] = json!(DECK);
    more
}

const LAYOUTS: [&str; 11] = [
    "BLANK",
    "CAPTION_ONLY",
    "TITLE",
    "TITLE_AND_BODY",
    "TITLE_AND_TWO_COLUMNS",
    "TITLE_ONLY",
    "SECTION_HEADER",
    "SECTION_TITLE_AND_DESCRIPTION",
    "ONE_COLUMN_TEXT",
    "MAIN_POINT",
    "BIG_NUMBER",
];
const TEXTS: [&str; 4] = ["title", "subtitle", "body", "body_2"];

#[tokio::test]
async fn in_every_layout_each_text_is_placed_where_it_is_told_or_told_as_not_placed() {
    let world = World::office().await;
    for layout in LAYOUTS {
        let mut placed_alone = Vec::new();
        for given in 1..16_u32 {
            let is_given = |at: usize| given & (1 << at) != 0;
            let given: Vec<&str> = (0..4)
                .filter(|at| is_given(*at))
                .map(|at| TEXTS[at])
                .collect();
            let mut slide = json!({"layout": layout});
            for name in &given {
                slide[name] = json!(format!("The {name} 😀"));
            }
            let made = world.done("add_slide", of(slide)).await;
            let path = format!(
                "v1/presentations/{DECK}/pages/{}",
                made["slide_id"].as_str().unwrap()
            );
            let page = world.google(ALICE, &path).await;
            let mut told = Vec::new();
            for placed in made["placed"].as_array().unwrap() {
                let elements = page["pageElements"].as_array().unwrap();
                let element = elements
                    .iter()
                    .find(|it| it["objectId"] == placed["element_id"]);
                let text = element.unwrap()["shape"]["text"].to_string();
                let name = placed["text"].as_str().unwrap();
                assert!(
                    text.contains(&format!("The {name} 😀")),
                    "{layout} {given:?} {text}"
                );
                told.push(name);
            }
            if let [alone] = given[..] {
                placed_alone.extend(told.first().map(|_| alone));
            }
            // Whether a text has a place does not depend on the others.
            told.extend(
                made["not_placed"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|it| it.as_str().unwrap()),
            );
            told.sort_unstable();
            let mut expected = given.clone();
            expected.sort_unstable();
            assert_eq!(told, expected, "{layout}");
            let said = page.to_string().matches("The ").count();
            assert_eq!(
                said,
                made["placed"].as_array().unwrap().len(),
                "{layout} {given:?}"
            );
        }
        let has_two = layout == "TITLE_AND_TWO_COLUMNS";
        assert_eq!(placed_alone.contains(&"body_2"), has_two, "{layout}");
        assert_eq!(placed_alone.is_empty(), layout == "BLANK", "{layout}");
    }
}

#[tokio::test]
async fn a_slide_holds_its_texts_as_google_keeps_them() {
    let world = World::office().await;
    let slide = of(json!({"title": "A\u{7}\u{e000}b", "body": "one\r\ntwo", "subtitle": "\u{1}"}));
    let made = world.done("add_slide", slide).await;
    assert_eq!(made.get("not_placed"), None, "{made}");
    let sent = world.requests(BATCH).pop().unwrap().body;
    let said = sent.contains(r#""text":"Ab""#) && sent.contains(r#""text":"one\ntwo""#);
    assert!(said, "{sent}");
}

#[tokio::test]
async fn a_replacement_that_names_no_slide_changes_none() {
    let world = World::office().await;
    for slides in [json!([]), json!([" "]), json!(["slide_1", ""])] {
        let replace = of(json!({"find": "We", "replace_with": "X", "slide_ids": slides}));
        let error = world.call("replace_all_text", replace).await.unwrap_err();
        assert_eq!(error.argument(), Some("slide_ids"), "{error}");
    }
    assert_eq!(world.count(BATCH), 0);
}

#[tokio::test]
async fn a_replacement_in_notes_alone_is_confirmed_only_where_it_was_made() {
    for (at, there) in [(FaultPoint::After, true), (FaultPoint::Before, false)] {
        let world = World::office().await;
        let cut = FaultRule::new(FaultAction::DropConnection { at }).on_method(BATCH);
        world.emulator.faults().add(cut);
        let replace = of(json!({"find": "thanks", "replace_with": "hello"}));
        let result = world.call("replace_all_text", replace).await;
        if there {
            assert_eq!(result.unwrap()["status"], "changed (confirmed by look-up)");
        } else {
            let error = result.unwrap_err();
            assert!(error.message().contains("not changed"), "{error}");
        }
    }
}

#[tokio::test]
async fn what_no_look_up_sees_is_unknown_and_not_denied() {
    let world = World::office().await;
    let deck = world
        .google(ALICE, &format!("v1/presentations/{DECK}?fields=layouts"))
        .await;
    let on_layout = deck["layouts"][0]["pageElements"][0]["objectId"].clone();
    let cut = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(cut).on_method(BATCH));
    let change = of(json!({"element_id": on_layout, "text": "On a layout"}));
    let error = world.call("set_element_text", change).await.unwrap_err();
    assert!(
        error.may_have_happened() && error.message().contains("unknown"),
        "{error}"
    );
}

#[tokio::test]
async fn a_table_is_filled_around_its_merged_cells() {
    let world = World::office().await;
    let table = of(json!({"slide_id": "slide_1", "rows": 3, "columns": 3}));
    let id = world.done("add_table", table).await["element_id"].clone();
    let merge = json!({"mergeTableCells": {"objectId": id, "tableRange": {
        "location": {"rowIndex": 0, "columnIndex": 0}, "rowSpan": 2, "columnSpan": 2}}});
    world.change(DECK, &[merge]).await;
    let fill = |content: Value| of(json!({"table_id": id, "content": content}));
    let rows = json!([["Both", "", "c"], ["", "", "f"], ["g", "h", "i"]]);
    let done = world.done("fill_table", fill(rows)).await;
    assert_eq!(done["count"], 6, "{done}");
    let page = of(json!({"page_object_id": "slide_1"}));
    let page = world.done("get_page", page).await;
    let elements = page["slides"][0]["elements"].as_array().unwrap();
    let shown = elements.iter().find(|it| it["id"] == id).unwrap();
    assert_eq!(
        unfenced(&shown["text"]),
        "| Both |  | c |\n| --- | --- | --- |\n|  |  | f |\n| g | h | i |"
    );
    let covered = fill(json!([["a", "b"]]));
    let error = world.call("fill_table", covered).await.unwrap_err();
    assert_eq!(error.argument(), Some("content"));
    assert!(error.message().contains("merged"), "{error}");
}

#[tokio::test]
async fn hidden_slides_are_told_as_that() {
    let world = World::office().await;
    let skip = json!({"updateSlideProperties": {"objectId": "slide_2", "fields": "isSkipped",
        "slideProperties": {"isSkipped": true}}});
    world.change(DECK, &[skip]).await;
    for tool in [
        "get_presentation",
        "read_all_text",
        "get_presentation_metadata",
    ] {
        let all = world.done(tool, of(json!({}))).await;
        let skipped = |at: usize| all["slides"][at].get("skipped").cloned();
        assert_eq!(
            (skipped(0), skipped(1)),
            (None, Some(json!(true))),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn what_google_adds_later_fails_no_reply() {
    let world = World::office().await;
    let body = json!({"presentationId": DECK, "title": "Later", "mood": "GLAD", "slides": [{
        "objectId": "p1", "pageType": "HOLOGRAM", "slideProperties": {"depth": 3}, "pageElements": [
            {"objectId": "shape_1", "shape": {"shapeType": "SPIRAL", "placeholder": {"type": "MOOD"},
             "text": {"textElements": [{"scent": {}}, {"endIndex": 4, "textRun": {"content": "said"}},
                {"autoText": {"type": "WEATHER", "content": "sun"}}]}}},
            {"objectId": "holo_1", "hologram": {"depth": 3}}]}]});
    let later = FaultAction::Json { status: 200, body };
    world
        .emulator
        .faults()
        .add(FaultRule::new(later).on_method(GET));
    for tool in [
        "get_presentation",
        "read_all_text",
        "get_presentation_metadata",
    ] {
        let read = world.done(tool, of(json!({}))).await;
        assert_eq!(read["slides"][0]["slide_id"], "p1", "{tool}");
        assert_eq!(
            read.to_string().contains("saidsun"),
            tool != "get_presentation_metadata"
        );
    }
}

#[tokio::test]
async fn a_thumbnail_that_cannot_be_fetched_or_is_no_picture_leaves_no_file() {
    for fault in [
        FaultAction::status(403),
        FaultAction::Html { status: 200 },
        FaultAction::DropConnection {
            at: FaultPoint::Before,
        },
    ] {
        let office = crate::golden::Office::new().await;
        let faults = office.world.emulator.faults();
        faults.add(FaultRule::new(fault).on_path("/slides-content"));
        let slide = of(json!({"slide_id": "slide_1"}));
        let call = office
            .world
            .call_of(&office.toolkit, "get_slide_thumbnail", slide);
        let error = call.await.unwrap_err();
        assert!(
            error.message().contains("the picture could not be fetched"),
            "{error}"
        );
        assert_eq!(std::fs::read_dir(office.folder.path()).unwrap().count(), 0);
    }
}
