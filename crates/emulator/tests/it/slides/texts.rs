//! Text in shapes: indices, paragraphs, lists and styles.

use serde_json::{Value, json};

use super::harness::{Deck, Slides, text_of};

async fn texts(deck: &Deck<'_>, id: &str) -> Value {
    deck.element(id).await["shape"]["text"].clone()
}

#[tokio::test]
async fn indices_count_utf_16_and_elements_hold_together() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    deck.update(json!([
        { "insertText": { "objectId": "box01", "text": "a🙂b\nsecond" } },
        // Between the halves of a letter is behind it.
        { "insertText": { "objectId": "box01", "insertionIndex": 2, "text": "X" } },
        { "deleteText": { "objectId": "box01", "textRange":
            { "type": "FIXED_RANGE", "startIndex": 0, "endIndex": 1 } } },
    ]))
    .await;
    let shown = texts(&deck, "box01").await;
    let elements = shown["textElements"].as_array().unwrap();
    // The first index is 0, which Google leaves out.
    assert_eq!(elements[0].get("startIndex"), None);
    assert_eq!(elements[0]["endIndex"], 5);
    assert_eq!(elements[1]["textRun"]["content"], "🙂Xb\n");
    assert_eq!(elements[2]["startIndex"], 5);
    assert_eq!(elements[3]["textRun"]["content"], "second\n");
    assert_eq!(elements[3]["endIndex"], 12);
}

#[tokio::test]
async fn what_lies_outside_a_text_is_refused_in_googles_words() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let all = json!({ "type": "ALL" });
    let fixed = |start: u32, end: u32| json!({ "type": "FIXED_RANGE", "startIndex": start, "endIndex": end });
    let delete =
        |range: &Value| json!([{ "deleteText": { "objectId": "box01", "textRange": range } }]);
    let nothing = deck.refused(delete(&all)).await;
    assert_eq!(
        nothing,
        "Invalid requests[0].deleteText: The object (box01) has no text."
    );
    deck.update(json!([{ "insertText": { "objectId": "box01", "text": "abc" } }]))
        .await;
    for (range, end) in [
        (
            fixed(1, 4),
            "The end index (4) should not be greater than the existing text length (3).",
        ),
        (
            fixed(2, 2),
            "The startIndex 2 must be less than the endIndex 2.",
        ),
        (json!({}), "The range type should be specified."),
    ] {
        let message = deck.refused(delete(&range)).await;
        assert_eq!(message, format!("Invalid requests[0].deleteText: {end}"));
    }
    let insert =
        json!([{ "insertText": { "objectId": "box01", "insertionIndex": 4, "text": "x" } }]);
    let message = deck.refused(insert).await;
    assert_eq!(
        message,
        "Invalid requests[0].insertText: The insertion index (4) should not be greater than the \
         existing text length (3)."
    );
    for nothing in [json!({ "text": "" }), json!({})] {
        let mut insert = nothing;
        insert["objectId"] = "box01".into();
        let message = deck.refused(json!([{ "insertText": insert }])).await;
        assert!(message.ends_with("must not be empty."), "{message}");
    }
    deck.update(delete(&all)).await;
    assert_eq!(texts(&deck, "box01").await, Value::Null);
}

#[tokio::test]
async fn tabs_before_paragraphs_become_levels_of_a_list() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    deck.update(json!([
        { "insertText": { "objectId": "box01", "text": "one\n\tinner\n\tother\ntwo\nend" } },
        { "createParagraphBullets": {
            "objectId": "box01",
            "bulletPreset": "NUMBERED_DIGIT_ALPHA_ROMAN",
            "textRange": { "type": "FIXED_RANGE", "startIndex": 0, "endIndex": 20 },
        }},
    ]))
    .await;
    let shown = texts(&deck, "box01").await;
    let markers = shown["textElements"].as_array().unwrap().iter();
    let markers: Vec<&Value> = markers
        .map(|it| &it["paragraphMarker"])
        .filter(|it| it.is_object())
        .collect();
    let glyphs: Vec<&Value> = markers.iter().map(|it| &it["bullet"]["glyph"]).collect();
    assert_eq!(
        glyphs,
        [
            &json!("1."),
            &json!("a."),
            &json!("b."),
            &json!("2."),
            &Value::Null
        ]
    );
    assert_eq!(markers[1]["bullet"]["nestingLevel"], 1);
    let list = markers[0]["bullet"]["listId"].as_str().unwrap();
    assert_eq!(shown["lists"][list]["listId"], list);
    assert_eq!(
        text_of(&deck.element("box01").await["shape"]),
        "one\ninner\nother\ntwo\nend\n"
    );
    // A paragraph behind them joins their list where the preset is the same.
    deck.update(json!([
        { "createParagraphBullets": {
            "objectId": "box01",
            "bulletPreset": "NUMBERED_DIGIT_ALPHA_ROMAN",
            "textRange": { "type": "FROM_START_INDEX", "startIndex": 20 },
        }},
        { "deleteParagraphBullets": { "objectId": "box01", "textRange":
            { "type": "FIXED_RANGE", "startIndex": 0, "endIndex": 1 } } },
    ]))
    .await;
    let shown = texts(&deck, "box01").await;
    let elements = shown["textElements"].as_array().unwrap();
    assert_eq!(elements[0]["paragraphMarker"].get("bullet"), None);
    let end = &elements[elements.len() - 2]["paragraphMarker"]["bullet"];
    assert_eq!(
        (end["listId"].as_str(), end["glyph"].as_str()),
        (Some(list), Some("2."))
    );
}

#[tokio::test]
async fn the_text_of_a_body_is_made_of_items_and_that_of_a_title_is_not() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    deck.update(json!([
        { "insertText": { "objectId": "title1", "text": "T" } },
        { "insertText": { "objectId": "body01", "text": "one\ntwo" } },
    ]))
    .await;
    let body = texts(&deck, "body01").await;
    let elements = body["textElements"].as_array().unwrap();
    assert_eq!(elements[2]["paragraphMarker"]["bullet"]["glyph"], "●");
    let title = texts(&deck, "title1").await;
    assert_eq!(
        title["textElements"][0]["paragraphMarker"].get("bullet"),
        None
    );
}

#[tokio::test]
async fn a_style_changes_the_fields_of_its_mask_and_no_others() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let style = |style: Value, fields: &str| {
        json!({ "updateTextStyle": {
            "objectId": "box01",
            "style": style,
            "textRange": { "type": "FIXED_RANGE", "startIndex": 0, "endIndex": 3 },
            "fields": fields,
        }})
    };
    deck.update(json!([
        { "insertText": { "objectId": "box01", "text": "one two" } },
        style(json!({ "bold": true, "italic": true, "fontSize": { "magnitude": 20, "unit": "PT" } }),
            "bold,font_size"),
        style(json!({ "fontFamily": "Georgia" }), "fontFamily,bold"),
        { "updateParagraphStyle": {
            "objectId": "box01",
            "style": { "alignment": "CENTER", "lineSpacing": 150 },
            "textRange": { "type": "ALL" },
            "fields": "alignment",
        }},
    ]))
    .await;
    let shown = texts(&deck, "box01").await;
    let elements = shown["textElements"].as_array().unwrap();
    assert_eq!(
        elements[0]["paragraphMarker"]["style"],
        json!({ "alignment": "CENTER" })
    );
    let run = &elements[1]["textRun"];
    assert_eq!(run["content"], "one");
    assert_eq!(
        run["style"],
        json!({
            "fontSize": { "magnitude": 20, "unit": "PT" },
            "fontFamily": "Georgia",
            "weightedFontFamily": { "fontFamily": "Georgia", "weight": 400 },
        })
    );
    assert_eq!(elements[2]["textRun"]["style"], json!({}));
    let message = deck.refused(json!([style(json!({}), "colour")])).await;
    assert_eq!(
        message,
        "Invalid requests[0].updateTextStyle: Invalid field: colour"
    );
    let message = deck.refused(json!([style(json!({}), "")])).await;
    assert!(
        message.contains("At least one field must be listed"),
        "{message}"
    );
}

#[tokio::test]
async fn a_link_looks_like_one_unless_the_request_says_otherwise() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let all = json!({ "type": "ALL" });
    let link = json!({ "link": { "url": "https://example.com" } });
    deck.update(json!([
        { "insertText": { "objectId": "box01", "text": "one" } },
        { "updateTextStyle": { "objectId": "box01", "style": link, "textRange": all, "fields": "link" } },
    ]))
    .await;
    let shown = texts(&deck, "box01").await;
    let style = &shown["textElements"][1]["textRun"]["style"];
    assert_eq!(style["underline"], true);
    assert_eq!(
        style["foregroundColor"]["opaqueColor"]["themeColor"],
        "HYPERLINK"
    );
    assert_eq!(style["link"]["url"], "https://example.com");
}

#[tokio::test]
async fn a_replacement_takes_the_style_of_what_it_stands_for_and_counts_everywhere() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let speaker = deck.page("slide1").await["slideProperties"]["notesPage"]["notesProperties"]
        ["speakerNotesObjectId"]
        .clone();
    deck.update(json!([
        { "insertText": { "objectId": "box01", "text": "Dear {{Name}}, dear {{name}}" } },
        { "insertText": { "objectId": "title1", "text": "{{name}}" } },
        { "insertText": { "objectId": speaker, "text": "Greet {{name}}" } },
        { "updateTextStyle": { "objectId": "box01", "style": { "bold": true }, "fields": "bold",
            "textRange": { "type": "FIXED_RANGE", "startIndex": 5, "endIndex": 13 } } },
    ]))
    .await;
    let replace = |text: &str, case: bool, pages: Value| {
        json!([{ "replaceAllText": {
            "containsText": { "text": text, "matchCase": case },
            "replaceText": "Zoë",
            "pageObjectIds": pages,
        }}])
    };
    let none = deck.update(replace("{{name}}", true, json!(["p"]))).await;
    // A count of 0 is left out, as by Google.
    assert_eq!(none, json!([{ "replaceAllText": {} }]));
    let some = deck.update(replace("{{name}}", true, json!([]))).await;
    assert_eq!(some[0]["replaceAllText"]["occurrencesChanged"], 3);
    let rest = deck.update(replace("{{NAME}}", false, json!([]))).await;
    assert_eq!(rest[0]["replaceAllText"]["occurrencesChanged"], 1);
    let runs = texts(&deck, "box01").await;
    assert_eq!(runs["textElements"][2]["textRun"]["content"], "Zoë");
    assert_eq!(
        runs["textElements"][2]["textRun"]["style"],
        json!({ "bold": true })
    );
    assert_eq!(
        runs["textElements"][3]["textRun"]["content"],
        ", dear Zoë\n"
    );
    let message = deck.refused(replace("x", true, json!(["nopage"]))).await;
    assert_eq!(
        message,
        "Invalid requests[0].replaceAllText: The page (nopage) could not be found."
    );
    let regex = json!([{ "replaceAllText": {
        "containsText": { "text": "[dD]ear Zo.", "searchByRegex": true, "matchCase": true },
        "replaceText": "Hi",
    }}]);
    let found = deck.update(regex).await;
    assert_eq!(found[0]["replaceAllText"]["occurrencesChanged"], 2);
}

#[tokio::test]
async fn control_letters_are_stripped_and_a_soft_break_stays() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    deck.update(json!([
        { "insertText": { "objectId": "box01", "text": "a\u{7}\u{e000}b\r\nc\u{b}d" } },
    ]))
    .await;
    assert_eq!(
        text_of(&deck.element("box01").await["shape"]),
        "ab\nc\u{b}d\n"
    );
}
