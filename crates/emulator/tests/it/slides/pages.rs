//! Slides made, ordered, copied and deleted, and their notes.

use serde_json::{Value, json};

use super::harness::{Slides, text_of};

fn notes_of(slide: &Value) -> Value {
    slide["slideProperties"]["notesPage"].clone()
}

#[tokio::test]
async fn a_slide_of_a_layout_has_its_placeholders_under_the_ids_that_are_given() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let replies = deck
        .update(json!([{ "createSlide": {
            "objectId": "columns",
            "insertionIndex": 0,
            "slideLayoutReference": { "predefinedLayout": "TITLE_AND_TWO_COLUMNS" },
            "placeholderIdMappings": [
                { "layoutPlaceholder": { "type": "BODY", "index": 2 }, "objectId": "right" },
                { "layoutPlaceholder": { "type": "BODY", "index": 1 }, "objectId": "left1" },
            ],
        }}]))
        .await;
    assert_eq!(
        replies,
        json!([{ "createSlide": { "objectId": "columns" } }])
    );
    assert_eq!(deck.order().await, ["columns", "p"]);
    let slide = deck.page("columns").await;
    let elements = slide["pageElements"].as_array().unwrap();
    let placeholders: Vec<(&str, u64)> = elements
        .iter()
        .map(|it| &it["shape"]["placeholder"])
        .map(|it| {
            (
                it["type"].as_str().unwrap(),
                it["index"].as_u64().unwrap_or(0),
            )
        })
        .collect();
    assert_eq!(placeholders, [("TITLE", 0), ("BODY", 1), ("BODY", 2)]);
    assert_eq!(elements[1]["objectId"], "left1");
    assert_eq!(elements[2]["objectId"], "right");
    let left = elements[1]["transform"]["translateX"].as_f64().unwrap();
    let right = elements[2]["transform"]["translateX"].as_f64().unwrap();
    assert!(left < right, "{left} {right}");
    let parent = elements[2]["shape"]["placeholder"]["parentObjectId"]
        .as_str()
        .unwrap();
    let layout = slide["slideProperties"]["layoutObjectId"].as_str().unwrap();
    let layout = deck.page(layout).await;
    assert_eq!(layout["pageType"], "LAYOUT");
    let known = layout["pageElements"].as_array().unwrap().iter();
    assert_eq!(known.filter(|it| it["objectId"] == parent).count(), 1);
}

#[tokio::test]
async fn ids_are_checked_and_layouts_must_be_there() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let create = |id: &str| json!([{ "createSlide": { "objectId": id } }]);
    for (id, part) in [
        ("abcd", "between 5 and 50 characters"),
        (&"a".repeat(51), "between 5 and 50 characters"),
        ("-abcde", "should start with"),
        ("abc.de", "should start with"),
        ("slide1", "should be unique"),
        ("box01", "should be unique"),
    ] {
        let message = deck.refused(create(id)).await;
        assert!(
            message.starts_with("Invalid requests[0].createSlide: The object ID"),
            "{message}"
        );
        assert!(message.contains(part), "{id}: {message}");
    }
    deck.update(create("abc-d:e")).await;
    for reference in [
        json!({ "layoutId": "nothing" }),
        json!({ "predefinedLayout": "TITLE" }),
    ] {
        let body = json!([{ "createSlide": {
            "slideLayoutReference": reference,
            "placeholderIdMappings": [
                { "layoutPlaceholder": { "type": "BODY" }, "objectId": "nobody" },
            ],
        }}]);
        let message = deck.refused(body).await;
        assert!(message.contains("could not be found"), "{message}");
    }
    let far = deck
        .refused(json!([{ "createSlide": { "insertionIndex": 9 } }]))
        .await;
    assert!(far.contains("The insertion index (9)"), "{far}");
}

#[tokio::test]
async fn slides_move_together_and_in_their_order() {
    let slides = Slides::of(json!([
        { "id": "deck-a", "name": "D", "slides": ["A", "B", "C", "D"] },
    ]))
    .await;
    let deck = super::harness::Deck {
        user: slides.alice(),
        id: "deck-a".to_owned(),
    };
    let shift = |ids: Value, at: u32| json!([{ "updateSlidesPosition": { "slideObjectIds": ids, "insertionIndex": at } }]);
    deck.update(shift(json!(["slide_1", "slide_3"]), 4)).await;
    assert_eq!(
        deck.order().await,
        ["slide_2", "slide_4", "slide_1", "slide_3"]
    );
    let wrong = deck.refused(shift(json!(["slide_3", "slide_2"]), 0)).await;
    assert!(wrong.contains("existing presentation order"), "{wrong}");
    deck.update(json!([{ "deleteObject": { "objectId": "slide_4" } }]))
        .await;
    assert_eq!(deck.order().await, ["slide_2", "slide_1", "slide_3"]);
}

#[tokio::test]
async fn a_duplicate_stands_behind_its_original_with_ids_of_its_own() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let speaker =
        notes_of(&deck.page("slide1").await)["notesProperties"]["speakerNotesObjectId"].clone();
    let replies = deck
        .update(json!([
            { "insertText": { "objectId": "title1", "text": "Same" } },
            { "insertText": { "objectId": speaker, "text": "Say it" } },
            { "duplicateObject": {
                "objectId": "slide1",
                "objectIds": { "slide1": "slide2", "title1": "title2" },
            }},
            { "duplicateObject": { "objectId": "box01" } },
        ]))
        .await;
    assert_eq!(replies[2]["duplicateObject"]["objectId"], "slide2");
    assert_eq!(deck.order().await, ["p", "slide1", "slide2"]);
    let copy = deck.page("slide2").await;
    let elements = copy["pageElements"].as_array().unwrap();
    assert_eq!(elements.len(), 3);
    assert_eq!(elements[0]["objectId"], "title2");
    assert_eq!(text_of(&elements[0]["shape"]), "Same\n");
    let notes = notes_of(&copy);
    let copied = notes["notesProperties"]["speakerNotesObjectId"].clone();
    assert_ne!(copied, speaker);
    let shapes = notes["pageElements"].as_array().unwrap();
    let shape = shapes.iter().find(|it| it["objectId"] == copied).unwrap();
    assert_eq!(text_of(&shape["shape"]), "Say it\n");
    assert_eq!(
        deck.page("slide1").await["pageElements"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let taken = deck
        .refused(json!([{ "duplicateObject": { "objectId": "box01", "objectIds": { "box01": "title1" } } }]))
        .await;
    assert!(taken.contains("should be unique"), "{taken}");
}

#[tokio::test]
async fn the_shape_for_notes_comes_with_their_first_text() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let notes = notes_of(&deck.page("slide1").await);
    assert_eq!(notes["pageType"], "NOTES");
    let speaker = notes["notesProperties"]["speakerNotesObjectId"]
        .as_str()
        .unwrap()
        .to_owned();
    let has = |notes: &Value, id: &str| {
        let elements = notes["pageElements"].as_array().unwrap().iter();
        elements.filter(|it| it["objectId"] == id).count()
    };
    assert_eq!(has(&notes, &speaker), 0);
    let clear =
        |id: &str| json!([{ "deleteText": { "objectId": id, "textRange": { "type": "ALL" } } }]);
    let message = deck.refused(clear(&speaker)).await;
    assert!(message.ends_with("could not be found."), "{message}");
    deck.update(json!([{ "insertText": { "objectId": speaker, "text": "Smile." } }]))
        .await;
    let notes = notes_of(&deck.page("slide1").await);
    // It has another id, and the notes tell which.
    let now = notes["notesProperties"]["speakerNotesObjectId"].as_str();
    let now = now.unwrap();
    assert_ne!(now, speaker);
    assert_eq!((has(&notes, now), has(&notes, &speaker)), (1, 0));
    let page = deck.page(notes["objectId"].as_str().unwrap()).await;
    assert_eq!(page["pageElements"], notes["pageElements"]);
    deck.refused(clear(&speaker)).await;
    deck.update(clear(now)).await;
    let notes = notes_of(&deck.page("slide1").await);
    assert_eq!(notes["notesProperties"]["speakerNotesObjectId"], now);
}

#[tokio::test]
async fn a_background_is_a_colour_and_a_slide_may_be_skipped() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let fill = json!({ "solidFill": { "color": { "themeColor": "ACCENT1" } } });
    deck.update(json!([
        { "updatePageProperties": {
            "objectId": "slide1",
            "pageProperties": { "pageBackgroundFill": fill },
            "fields": "pageBackgroundFill.solidFill.color",
        }},
        { "updateSlideProperties": {
            "objectId": "slide1", "slideProperties": { "isSkipped": true }, "fields": "isSkipped",
        }},
    ]))
    .await;
    let slide = deck.page("slide1").await;
    assert_eq!(
        slide["pageProperties"]["pageBackgroundFill"],
        json!({
            "propertyState": "RENDERED",
            "solidFill": { "color": { "themeColor": "ACCENT1" }, "alpha": 1 },
        })
    );
    assert_eq!(slide["slideProperties"]["isSkipped"], true);
}

#[tokio::test]
async fn the_office_has_a_deck_of_twenty_slides_and_a_template() {
    let slides = Slides::with(toolgate_emulator::Seed::office()).await;
    let user = slides.alice();
    let deck = user
        .ok(
            "GET /v1/presentations/1OfficeSlidesReview00000000000001",
            Value::Null,
        )
        .await;
    let pages = deck["slides"].as_array().unwrap();
    assert_eq!(pages.len(), 20);
    let with_notes = pages.iter().filter(|it| {
        notes_of(it)["pageElements"]
            .as_array()
            .is_some_and(|it| it.len() == 2)
    });
    assert_eq!(with_notes.count(), 7);
    let has = |kind: &str| {
        let elements = pages
            .iter()
            .flat_map(|it| it["pageElements"].as_array().unwrap());
        elements.filter(|it| it.get(kind).is_some()).count()
    };
    assert_eq!((has("table"), has("image")), (2, 1));
    let template = user
        .ok(
            "GET /v1/presentations/1OfficeSlidesOfferTemplate0000001",
            Value::Null,
        )
        .await;
    let text = template["slides"].to_string();
    for name in [
        "customer", "date", "product", "address", "price", "contact", "phone",
    ] {
        assert!(text.contains(&format!("{{{{{name}}}}}")), "{name}");
    }
}
