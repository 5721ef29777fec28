//! Shapes, lines, videos and groups: made, moved, put before others, described.

use serde_json::{Value, json};

use super::harness::{APP_FILES, DRIVE_READONLY, FULL, Slides, at};
use crate::client::ALICE;

fn shape(id: &str, x: f64) -> Value {
    json!({ "createShape": {
        "objectId": id, "shapeType": "RECTANGLE", "elementProperties": at(x, 10.0, 20.0, 30.0),
    }})
}

#[tokio::test]
async fn a_shape_stands_where_it_is_put_and_moves_by_its_transform() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let apply = |mode: &str, transform: Value| {
        json!({ "updatePageElementTransform": {
            "objectId": "shape1", "applyMode": mode, "transform": transform,
        }})
    };
    deck.update(json!([
        shape("shape1", 100.0),
        apply(
            "RELATIVE",
            json!({ "scaleX": 2, "scaleY": 1, "translateX": 12700, "unit": "EMU" })
        ),
    ]))
    .await;
    let shown = deck.element("shape1").await;
    assert_eq!(
        shown["size"]["width"],
        json!({ "magnitude": 254_000.0, "unit": "EMU" })
    );
    assert_eq!(
        shown["transform"],
        json!({
            "scaleX": 2.0, "scaleY": 1.0,
            "translateX": 2_552_700.0, "translateY": 127_000.0, "unit": "EMU",
        })
    );
    // What scales to nothing is no transform; one that says no scales says 0.
    for wrong in [json!({ "translateX": 5 }), json!({ "scaleX": 1 })] {
        let message = deck.refused(json!([apply("ABSOLUTE", wrong)])).await;
        assert!(message.contains("invertible"), "{message}");
    }
    let message = deck
        .refused(json!([apply(
            "APPLY_MODE_UNSPECIFIED",
            json!({ "scaleX": 1, "scaleY": 1 })
        )]))
        .await;
    assert!(message.contains("apply mode"), "{message}");
}

#[tokio::test]
async fn a_shape_needs_a_type_a_page_and_an_area() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    for (body, part) in [
        (
            json!({ "elementProperties": at(0.0, 0.0, 1.0, 1.0) }),
            "The shape type",
        ),
        (
            json!({ "shapeType": "RECTANGLE" }),
            "The page () could not be found.",
        ),
        (
            json!({ "shapeType": "RECTANGLE", "elementProperties": at(0.0, 0.0, 0.0, 1.0) }),
            "size should be positive",
        ),
    ] {
        let message = deck.refused(json!([{ "createShape": body }])).await;
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn properties_change_by_their_mask_and_a_fill_that_is_set_is_shown() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let red = json!({ "color": { "rgbColor": { "red": 1 } } });
    let update = |properties: Value, fields: &str| {
        json!({ "updateShapeProperties": {
            "objectId": "box01", "shapeProperties": properties, "fields": fields,
        }})
    };
    deck.update(json!([update(
        json!({ "shapeBackgroundFill": { "solidFill": red }, "contentAlignment": "BOTTOM" }),
        "shapeBackgroundFill.solidFill.color"
    ),]))
        .await;
    let properties = deck.element("box01").await["shape"]["shapeProperties"].clone();
    assert_eq!(
        properties["shapeBackgroundFill"],
        json!({ "propertyState": "RENDERED", "solidFill": {
            "color": { "rgbColor": { "red": 1 } }, "alpha": 1,
        }})
    );
    assert_eq!(properties["contentAlignment"], "TOP");
    let hide = json!({ "shapeBackgroundFill": { "propertyState": "NOT_RENDERED" } });
    deck.update(json!([update(hide, "shapeBackgroundFill.propertyState")]))
        .await;
    let properties = deck.element("box01").await["shape"]["shapeProperties"].clone();
    assert_eq!(
        properties["shapeBackgroundFill"]["propertyState"],
        "NOT_RENDERED"
    );
    let message = deck.refused(json!([update(json!({}), "shapeFill")])).await;
    assert!(message.contains("Invalid field"), "{message}");
}

#[tokio::test]
async fn elements_come_to_the_front_and_go_to_the_back_together() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    deck.update(json!([
        { "createSlide": { "objectId": "slide1" } },
        shape("aaaaa", 0.0), shape("bbbbb", 0.0), shape("ccccc", 0.0), shape("ddddd", 0.0),
    ]))
    .await;
    for (operation, ids, expected) in [
        (
            "BRING_TO_FRONT",
            json!(["bbbbb", "aaaaa"]),
            ["ccccc", "ddddd", "aaaaa", "bbbbb"],
        ),
        (
            "SEND_TO_BACK",
            json!(["bbbbb"]),
            ["bbbbb", "ccccc", "ddddd", "aaaaa"],
        ),
        (
            "BRING_FORWARD",
            json!(["bbbbb", "ccccc"]),
            ["ddddd", "bbbbb", "ccccc", "aaaaa"],
        ),
        (
            "SEND_BACKWARD",
            json!(["aaaaa"]),
            ["ddddd", "bbbbb", "aaaaa", "ccccc"],
        ),
    ] {
        deck.update(json!([{ "updatePageElementsZOrder": {
            "pageElementObjectIds": ids, "operation": operation,
        }}]))
        .await;
        assert_eq!(deck.elements_of("slide1").await, expected, "{operation}");
    }
}

#[tokio::test]
async fn a_group_holds_its_children_until_fewer_than_two_are_left() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let replies = deck
        .update(json!([
            { "createSlide": { "objectId": "slide1" } },
            shape("aaaaa", 0.0), shape("bbbbb", 50.0), shape("ccccc", 0.0),
            { "groupObjects": { "groupObjectId": "group1", "childrenObjectIds": ["aaaaa", "bbbbb"] } },
        ]))
        .await;
    assert_eq!(
        replies[4],
        json!({ "groupObjects": { "objectId": "group1" } })
    );
    assert_eq!(deck.elements_of("slide1").await, ["group1", "ccccc"]);
    let group = deck.element("group1").await;
    assert_eq!(
        group["elementGroup"]["children"].as_array().unwrap().len(),
        2
    );
    assert_eq!(group.get("size"), None);
    let shift = json!({ "scaleX": 1, "scaleY": 1, "translateX": 127_000, "unit": "EMU" });
    deck.update(json!([
        { "updatePageElementTransform": { "objectId": "group1", "applyMode": "ABSOLUTE", "transform": shift } },
        { "deleteObject": { "objectId": "aaaaa" } },
    ]))
    .await;
    assert_eq!(deck.elements_of("slide1").await, ["bbbbb", "ccccc"]);
    let left = deck.element("bbbbb").await;
    assert_eq!(left["transform"]["translateX"], 762_000.0);
    let message = deck
        .refused(json!([{ "groupObjects": { "childrenObjectIds": ["bbbbb", "other"] } }]))
        .await;
    assert!(message.contains("(other)"), "{message}");
    let message = deck
        .refused(json!([{ "ungroupObjects": { "objectIds": ["bbbbb"] } }]))
        .await;
    assert!(message.contains("not a group"), "{message}");
}

#[tokio::test]
async fn an_alternative_text_is_kept_where_it_is_not_given() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let say = |what: Value| json!([{ "updatePageElementAltText": what }]);
    deck.update(say(
        json!({ "objectId": "box01", "title": "T", "description": "D" }),
    ))
    .await;
    deck.update(say(json!({ "objectId": "box01", "description": "" })))
        .await;
    let shown = deck.element("box01").await;
    assert_eq!(shown["title"], "T");
    assert_eq!(shown.get("description"), None);
}

#[tokio::test]
async fn a_line_and_a_video_are_what_the_request_says() {
    let slides = Slides::of(json!([
        { "id": "clip", "name": "clip.mp4", "mime_type": "video/mp4", "text": "x" },
    ]))
    .await;
    let deck = slides.deck().await.with_slide().await;
    let video = |source: &str, id: &str| {
        json!([{ "createVideo": {
            "source": source, "id": id, "objectId": "video1",
            "elementProperties": at(0.0, 0.0, 100.0, 60.0),
        }}])
    };
    deck.update(video("YOUTUBE", "7U3axjORYZ0")).await;
    let shown = deck.element("video1").await["video"].clone();
    assert_eq!(shown["url"], "https://www.youtube.com/watch?v=7U3axjORYZ0");
    deck.update(json!([{ "deleteObject": { "objectId": "video1" } }]))
        .await;
    // A video of Drive takes a scope of Drive's that shows it, whatever the batch has beside it.
    let body = |id: &str| json!({ "requests": [video("DRIVE", id)[0]] });
    let refused = deck.batch(body("clip")).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    let scope = refused.header("www-authenticate");
    assert!(scope.contains("auth/drive.readonly"), "{scope}");
    let line = format!("POST /v1/presentations/{}:batchUpdate", deck.id);
    let with = |scope| slides.user_with(ALICE, &[FULL, scope]);
    let app = with(APP_FILES);
    for (user, id) in [(&app, "clip"), (&with(DRIVE_READONLY), "nothing")] {
        let (status, message) = user.refused(&line, body(id)).await;
        assert_eq!(status, 400);
        let missing = format!("({id}) could not be found");
        assert!(message.contains(&missing), "{message}");
    }
    with(DRIVE_READONLY).ok(&line, body("clip")).await;
    deck.update(json!([{ "deleteObject": { "objectId": "video1" } }]))
        .await;
    deck.update(json!([
        { "createLine": { "objectId": "line01", "category": "BENT", "elementProperties": at(0.0, 0.0, 9.0, 9.0) } },
        { "updateLineProperties": {
            "objectId": "line01", "lineProperties": { "endArrow": "FILL_ARROW" }, "fields": "endArrow",
        }},
    ]))
    .await;
    let line = deck.element("line01").await["line"].clone();
    assert_eq!(
        (&line["lineCategory"], &line["lineType"]),
        (&json!("BENT"), &json!("BENT_CONNECTOR_3"))
    );
    assert_eq!(line["lineProperties"]["endArrow"], "FILL_ARROW");
    let message = deck
        .refused(json!([{ "insertText": { "objectId": "line01", "text": "x" } }]))
        .await;
    assert!(message.contains("does not allow text editing"), "{message}");
}

#[tokio::test]
async fn a_request_that_the_emulator_has_not_says_so() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let chart = json!({ "requests": [{ "refreshSheetsChart": { "objectId": "chart" } }] });
    let reply = deck.batch(chart).await;
    assert_eq!(reply.status, 501);
    assert!(reply.error().2.contains("refreshSheetsChart"));
    for wrong in [json!([]), json!([{}])] {
        let message = deck.refused(wrong).await;
        assert!(message.contains("request"), "{message}");
    }
}
