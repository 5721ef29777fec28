//! Pictures from links, and pictures of pages.

use serde_json::{Value, json};
use tiny_skia::Pixmap;

use super::harness::{CHART, DRIVE, Deck, Slides, decoded, serve};

const UNREACHED: &str = "There was a problem retrieving the image. The provided image should be \
                         publicly accessible, within size limit, and in supported formats.";

fn create(url: &str, properties: Value) -> Value {
    json!([{ "createImage": { "objectId": "image1", "url": url, "elementProperties": properties } }])
}

fn size(width: u32, height: u32) -> Value {
    let side = |magnitude: u32| json!({ "magnitude": magnitude, "unit": "PT" });
    json!({ "width": side(width), "height": side(height) })
}

async fn thumbnail(deck: &Deck<'_>, page: &str, more: &str) -> Value {
    let line = format!(
        "GET /v1/presentations/{}/pages/{page}/thumbnail{more}",
        deck.id
    );
    deck.user.ok(&line, Value::Null).await
}

/// The pixels of a page's picture.
async fn pixels(deck: &Deck<'_>, page: &str) -> Pixmap {
    let shown = thumbnail(deck, page, "").await;
    let link = shown["contentUrl"].as_str().unwrap();
    let reply = deck.user.slides.open(link).await;
    assert_eq!(reply.header("content-type"), "image/png");
    Pixmap::decode_png(&reply.body).unwrap()
}

/// The colour at a place in points.
fn color(pixels: &Pixmap, x: u32, y: u32) -> [u8; 3] {
    let at = |points: u32| points * pixels.width() / 720;
    let pixel = pixels.pixel(at(x), at(y)).unwrap();
    [pixel.red(), pixel.green(), pixel.blue()]
}

/// How many pixels of a box in points are darker than grey.
fn dark(pixels: &Pixmap, x: std::ops::Range<u32>, y: std::ops::Range<u32>) -> usize {
    let places = y.flat_map(|y| x.clone().map(move |x| (x, y)));
    places
        .filter(|(x, y)| color(pixels, *x, *y)[0] < 128)
        .count()
}

#[tokio::test]
async fn a_picture_is_fetched_once_kept_and_shown_for_a_time() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let url = serve(decoded(CHART)).await;
    let properties = json!({ "pageObjectId": "slide1", "size": size(100, 100) });
    deck.update(create(&url, properties)).await;
    let shown = deck.element("image1").await;
    assert_eq!(shown["image"]["sourceUrl"], url.as_str());
    // 320 by 200 pixels in a square of 100 points: as wide, centred from top to bottom.
    assert_eq!(shown["size"]["width"]["magnitude"], 1_270_000.0);
    assert_eq!(shown["size"]["height"]["magnitude"], 793_750.0);
    assert_eq!(shown["transform"]["translateY"], 238_125.0);
    let link = shown["image"]["contentUrl"].as_str().unwrap().to_owned();
    let reply = slides.open(&link).await;
    assert_eq!(reply.header("content-type"), "image/png");
    assert_eq!(reply.body, decoded(CHART));
    // The link can be taken as the source of another picture, while it lives.
    let again = json!([{ "createImage": { "url": link, "elementProperties": { "pageObjectId": "slide1" } } }]);
    deck.update(again.clone()).await;
    slides.pass(31 * 60 * 1000);
    assert_eq!(slides.open(&link).await.status, 403);
    let alice = slides.alice();
    let line = format!("POST /v1/presentations/{}:batchUpdate", deck.id);
    let refused = alice.refused(&line, json!({ "requests": again })).await;
    assert_eq!(refused.0, 400);
}

#[tokio::test]
async fn a_link_that_leads_to_no_picture_is_refused_in_googles_words() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let page = || json!({ "pageObjectId": "slide1" });
    let text = serve(b"not a picture".to_vec()).await;
    let broken = serve(decoded(CHART)[..100].to_vec()).await;
    let long = format!("{text}?{}", "a".repeat(2048));
    for url in [
        text.as_str(),
        &broken,
        &long,
        "https://example.com/logo.png",
        "data:image/png;base64,AAAA",
        "nothing",
    ] {
        let message = deck.refused(create(url, page())).await;
        assert_eq!(
            message,
            format!("Invalid requests[0].createImage: {UNREACHED}")
        );
    }
}

#[tokio::test]
async fn a_file_of_drive_is_a_picture_for_slides_once_everybody_may_see_it() {
    let slides = Slides::of(json!([
        { "id": "chart", "name": "chart.png", "mime_type": "image/png", "base64": CHART },
    ]))
    .await;
    let deck = slides.deck().await.with_slide().await;
    let drive = slides.user("alice@example.com", DRIVE);
    let file = drive
        .ok(
            "GET /drive/v3/files/chart?fields=webContentLink",
            Value::Null,
        )
        .await;
    let url = file["webContentLink"].as_str().unwrap();
    let page = || json!({ "pageObjectId": "slide1" });
    let message = deck.refused(create(url, page())).await;
    assert!(message.ends_with(UNREACHED), "{message}");
    drive
        .ok(
            "POST /drive/v3/files/chart/permissions",
            json!({ "role": "reader", "type": "anyone" }),
        )
        .await;
    deck.update(create(url, page())).await;
    let shown = deck.element("image1").await;
    assert_eq!(shown["size"]["width"]["magnitude"], 3_048_000.0);
}

#[tokio::test]
async fn a_picture_takes_the_place_of_a_shape_or_of_another_picture() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let url = serve(decoded(CHART)).await;
    let replies = deck
        .update(json!([
            { "insertText": { "objectId": "box01", "text": "{{chart}}" } },
            { "replaceAllShapesWithImage": {
                "imageUrl": url, "containsText": { "text": "{{CHART}}" }, "replaceMethod": "CENTER_CROP",
            }},
            { "replaceAllShapesWithImage": { "imageUrl": url, "containsText": { "text": "{{chart}}" } } },
        ]))
        .await;
    assert_eq!(
        replies[1]["replaceAllShapesWithImage"]["occurrencesChanged"],
        1
    );
    assert_eq!(replies[2], json!({ "replaceAllShapesWithImage": {} }));
    let shown = deck.element("box01").await;
    // As large as the shape was, and cut off on the left and the right.
    assert_eq!(shown["size"]["width"]["magnitude"], 3_000_000.0);
    let crop = &shown["image"]["imageProperties"]["cropProperties"];
    assert!(
        (crop["leftOffset"].as_f64().unwrap() - 0.1875).abs() < 1e-9,
        "{crop}"
    );
    assert_eq!(crop.get("topOffset"), None);
    deck.update(json!([{ "replaceImage": { "imageObjectId": "box01", "url": url } }]))
        .await;
    let shown = deck.element("box01").await;
    assert_eq!(shown["size"]["height"]["magnitude"], 1_875_000.0);
    assert_eq!(
        shown["image"]["imageProperties"]["cropProperties"],
        json!({})
    );
    let message = deck
        .refused(json!([{ "replaceImage": { "imageObjectId": "title1", "url": url } }]))
        .await;
    assert!(message.contains("is not an image"), "{message}");
}

#[tokio::test]
async fn a_thumbnail_has_the_size_that_is_asked_for_and_shows_the_page_as_it_was() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    for (asked, width, height) in [
        ("", 800, 450),
        ("?thumbnailProperties.thumbnailSize=SMALL", 200, 113),
        (
            "?thumbnailProperties.thumbnailSize=MEDIUM&thumbnailProperties.mimeType=PNG",
            800,
            450,
        ),
        ("?thumbnailProperties.thumbnailSize=LARGE", 1600, 900),
    ] {
        let shown = thumbnail(&deck, "p", asked).await;
        assert_eq!(
            (&shown["width"], &shown["height"]),
            (&json!(width), &json!(height))
        );
        let reply = slides.open(shown["contentUrl"].as_str().unwrap()).await;
        let picture = Pixmap::decode_png(&reply.body).unwrap();
        assert_eq!((picture.width(), picture.height()), (width, height));
    }
    let before = thumbnail(&deck, "p", "").await;
    deck.update(json!([{ "insertText": { "objectId": "i0", "text": "Hello" } }]))
        .await;
    let link = before["contentUrl"].as_str().unwrap();
    let old = Pixmap::decode_png(&slides.open(link).await.body).unwrap();
    let title = (100..620, 100..220);
    assert_eq!(dark(&old, title.0.clone(), title.1.clone()), 0);
    assert!(dark(&pixels(&deck, "p").await, title.0, title.1) > 500);
    slides.pass(31 * 60 * 1000);
    assert_eq!(slides.open(link).await.status, 403);
    let line = format!("GET /v1/presentations/{}/pages/none/thumbnail", deck.id);
    let gone = slides.alice().refused(&line, Value::Null).await;
    assert_eq!(
        gone,
        (404, "The page (none) could not be found.".to_owned())
    );
}

#[tokio::test]
async fn a_thumbnail_shows_backgrounds_shapes_pictures_tables_and_text_where_they_stand() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let url = serve(decoded(CHART)).await;
    let at = |x: u32, y: u32, width: u32, height: u32| {
        json!({
            "pageObjectId": "slide1",
            "size": size(width, height),
            "transform": { "scaleX": 1, "scaleY": 1, "translateX": x, "translateY": y, "unit": "PT" },
        })
    };
    let fill = |theme: &str| json!({ "solidFill": { "color": { "themeColor": theme } } });
    deck.update(json!([
        { "deleteObject": { "objectId": "box01" } },
        { "updatePageProperties": {
            "objectId": "slide1", "fields": "pageBackgroundFill.solidFill.color",
            "pageProperties": { "pageBackgroundFill": fill("ACCENT6") },
        }},
        { "createShape": { "objectId": "ellipse", "shapeType": "ELLIPSE", "elementProperties": at(100, 200, 100, 100) } },
        { "updateShapeProperties": {
            "objectId": "ellipse", "fields": "shapeBackgroundFill.solidFill.color",
            "shapeProperties": { "shapeBackgroundFill": fill("ACCENT1") },
        }},
        { "createImage": { "objectId": "image1", "url": url, "elementProperties": at(400, 200, 160, 100) } },
        { "createTable": { "objectId": "table1", "rows": 1, "columns": 1, "elementProperties": at(50, 330, 100, 40) } },
        { "createVideo": { "source": "YOUTUBE", "id": "x", "elementProperties": at(600, 330, 100, 60) } },
        { "insertText": { "objectId": "title1", "text": "Words" } },
        { "insertText": { "objectId": "table1", "cellLocation": {}, "text": "Cell" } },
    ]))
    .await;
    let picture = pixels(&deck, "slide1").await;
    let yellow = [238, 255, 65];
    assert_eq!(color(&picture, 700, 10), yellow);
    assert_eq!(color(&picture, 150, 250), [66, 133, 244]);
    // The corner of an ellipse's box is not the ellipse's.
    assert_eq!(color(&picture, 103, 203), yellow);
    // The chart's paper, and its first bar.
    assert_eq!(color(&picture, 412, 210), [255, 255, 255]);
    assert_eq!(color(&picture, 420, 285), [66, 133, 244]);
    assert_eq!(color(&picture, 610, 340), [64, 64, 64]);
    assert_eq!(color(&picture, 650, 360), [255, 255, 255]);
    assert!(dark(&picture, 30..150, 40..75) > 100);
    assert!(dark(&picture, 55..100, 335..360) > 30);
    assert_eq!(dark(&picture, 300..380, 100..320), 0);
}

#[tokio::test]
async fn an_export_has_a_page_for_each_slide_that_is_not_skipped() {
    let slides = Slides::with(toolgate_emulator::Seed::office()).await;
    let id = "1OfficeSlidesReview00000000000001";
    let deck = Deck {
        user: slides.alice(),
        id: id.to_owned(),
    };
    deck.update(json!([{ "updateSlideProperties": {
        "objectId": "slide_2", "slideProperties": { "isSkipped": true }, "fields": "isSkipped",
    }}]))
    .await;
    let drive = slides.user("alice@example.com", DRIVE);
    let export = async |kind: &str| {
        let line = format!("GET /drive/v3/files/{id}/export?mimeType={kind}");
        let reply = drive.call(&line, Value::Null).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.body
    };
    let pdf = String::from_utf8_lossy(&export("application/pdf").await).into_owned();
    assert_eq!(pdf.matches("/Type /Page ").count(), 19);
    assert_eq!(pdf.matches("/Subtype /Image").count(), 1);
    assert!(pdf.contains("(Office ) Tj") && pdf.contains("(monitors ) Tj"));
    assert!(!pdf.contains("(Agenda) Tj"));
    let office = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    let pptx = export(office).await;
    let pptx = String::from_utf8_lossy(&pptx);
    assert_eq!(pptx.matches("<p:sld ").count(), 20);
    assert!(pptx.contains("<a:t>The date was fixed by the lift"));
}
