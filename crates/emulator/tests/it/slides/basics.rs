//! Presentations made, read, copied, exported, and who may.

use serde_json::{Value, json};

use super::harness::{APP_FILES, DRIVE, READONLY, Slides, text_of};
use crate::client::{ALICE, BOB};

#[tokio::test]
async fn a_new_presentation_has_a_title_slide_and_every_predefined_layout() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let shown = deck.get().await;
    assert_eq!(shown["title"], "Plan");
    assert_eq!(shown["pageSize"]["width"]["magnitude"], 9_144_000.0);
    let slide = &shown["slides"][0];
    assert_eq!(slide["objectId"], "p");
    assert_eq!(slide.get("pageType"), None);
    let kinds: Vec<&Value> = slide["pageElements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["shape"]["placeholder"]["type"])
        .collect();
    assert_eq!(kinds, ["CENTERED_TITLE", "SUBTITLE"]);
    let names: Vec<&str> = shown["layouts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["layoutProperties"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "TITLE",
            "SECTION_HEADER",
            "TITLE_AND_BODY",
            "TITLE_AND_TWO_COLUMNS",
            "TITLE_ONLY",
            "ONE_COLUMN_TEXT",
            "MAIN_POINT",
            "SECTION_TITLE_AND_DESCRIPTION",
            "CAPTION_ONLY",
            "BIG_NUMBER",
            "BLANK",
        ]
    );
    let parent = &slide["pageElements"][0]["shape"]["placeholder"]["parentObjectId"];
    let layout = shown["layouts"][0]["pageElements"].as_array().unwrap();
    assert!(
        layout.iter().any(|it| it["objectId"] == *parent),
        "{parent}"
    );
}

#[tokio::test]
async fn a_presentation_is_a_file_of_drive_with_its_name_trash_and_permissions() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let drive = slides.user("alice@example.com", DRIVE);
    let line = format!("/drive/v3/files/{}", deck.id);
    let file = drive.ok(&format!("GET {line}?fields=*"), Value::Null).await;
    assert_eq!(file["mimeType"], "application/vnd.google-apps.presentation");
    assert_eq!(file["owners"][0]["emailAddress"], "alice@example.com");
    drive
        .ok(
            &format!("PATCH {line}"),
            json!({ "name": "Other", "trashed": true }),
        )
        .await;
    assert_eq!(deck.get().await["title"], "Other");
    let bob = slides.user(BOB, READONLY);
    let get = format!("GET /v1/presentations/{}", deck.id);
    assert_eq!(bob.refused(&get, Value::Null).await.0, 403);
    let share = json!({ "role": "reader", "type": "user", "emailAddress": BOB });
    drive.ok(&format!("POST {line}/permissions"), share).await;
    let seen = bob.ok(&get, Value::Null).await;
    assert_eq!(seen["title"], "Other");
    // Only who may change it is told of its revision, and only they may change it.
    assert_eq!(seen.get("revisionId"), None);
    let bob = slides.user(BOB, super::harness::FULL);
    let update = format!("POST /v1/presentations/{}:batchUpdate", deck.id);
    let requests = json!({ "requests": [{ "createSlide": {} }] });
    assert_eq!(bob.refused(&update, requests).await.0, 403);
    drive.ok(&format!("DELETE {line}"), Value::Null).await;
    let gone = deck.user.refused(&get, Value::Null).await;
    assert_eq!(gone, (404, "Requested entity was not found.".to_owned()));
}

#[tokio::test]
async fn a_change_takes_a_scope_that_may_change() {
    let google = |name: &str| format!("https://www.googleapis.com/auth/{name}");
    let slides = Slides::of(json!([
        { "id": "deck-of-hers", "name": "Hers", "slides": ["One"] },
    ]))
    .await;
    let of_app = slides.deck().await.id;
    // The scopes, and whether they change hers and one that an application made.
    for (names, hers, apps) in [
        (&["drive.readonly"][..], false, false),
        (&["spreadsheets"], false, false),
        (
            &["spreadsheets.readonly", "presentations.readonly"],
            false,
            false,
        ),
        (&["drive.file", "presentations.readonly"], false, true),
        (&["drive.file", "drive.readonly"], false, true),
        (&["presentations"], true, true),
        (&["drive"], true, true),
    ] {
        let scopes: Vec<String> = names.iter().copied().map(google).collect();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let user = slides.user_with(ALICE, &scopes);
        for (id, is_allowed) in [("deck-of-hers", hers), (of_app.as_str(), apps)] {
            let line = format!("POST /v1/presentations/{id}:batchUpdate");
            let change = json!({ "requests": [{ "createSlide": {} }] });
            let reply = user.call(&line, change).await;
            if is_allowed {
                assert_eq!(reply.status, 200, "{names:?} {id}: {}", reply.text());
            } else if names == ["spreadsheets"] && id == "deck-of-hers" {
                // It does not even show that there is one.
                assert_eq!(reply.status, 404, "{}", reply.text());
            } else {
                assert_eq!(reply.status, 403, "{names:?} {id}: {}", reply.text());
                let body = reply.text();
                assert!(body.contains("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn what_no_application_made_is_hidden_from_the_scope_for_its_files() {
    let slides = Slides::of(json!([
        { "id": "deck-of-hers", "name": "Hers", "slides": ["One"] },
        { "id": "doc-of-hers", "name": "Doc", "markdown": "x" },
    ]))
    .await;
    let app = slides.user("alice@example.com", APP_FILES);
    let get = "GET /v1/presentations/deck-of-hers";
    assert_eq!(app.refused(get, Value::Null).await.0, 404);
    let alice = slides.alice();
    assert_eq!(alice.ok(get, Value::Null).await["title"], "Hers");
    let doc = alice
        .refused("GET /v1/presentations/doc-of-hers", Value::Null)
        .await;
    assert_eq!(doc.0, 400);
}

#[tokio::test]
async fn a_copy_of_drives_keeps_object_ids_and_goes_its_own_way() {
    let slides = Slides::of(json!([
        { "id": "template", "name": "T", "slides": ["Hello {{name}}\nDear {{name}}"] },
    ]))
    .await;
    let drive = slides.user("alice@example.com", DRIVE);
    let copy = drive
        .ok(
            "POST /drive/v3/files/template/copy",
            json!({ "name": "For Bob" }),
        )
        .await;
    let id = copy["id"].as_str().unwrap().to_owned();
    let deck = super::harness::Deck {
        user: slides.alice(),
        id,
    };
    assert_eq!(deck.get().await["title"], "For Bob");
    let replies = deck
        .update(json!([{ "replaceAllText": {
            "containsText": { "text": "{{NAME}}" },
            "replaceText": "Bob",
        }}]))
        .await;
    assert_eq!(
        replies,
        json!([{ "replaceAllText": { "occurrencesChanged": 2 } }])
    );
    let title = deck.element("slide_1_title").await;
    assert_eq!(text_of(&title["shape"]), "Hello Bob\n");
    let line = format!("GET /drive/v3/files/{}/export?mimeType=text/plain", deck.id);
    let text = drive.call(&line, Value::Null).await.text();
    assert_eq!(text, "Hello Bob\r\nDear Bob\r\n");
    let line = "GET /drive/v3/files/template/export?mimeType=text/plain";
    let text = drive.call(line, Value::Null).await.text();
    assert_eq!(text, "Hello {{name}}\r\nDear {{name}}\r\n");
}

#[tokio::test]
async fn a_fault_in_one_request_leaves_nothing_of_the_others() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let before = deck.get().await;
    let message = deck
        .refused(json!([
            { "insertText": { "objectId": "box01", "text": "one" } },
            { "createSlide": { "objectId": "slide2" } },
            { "insertText": { "objectId": "nothing", "text": "two" } },
        ]))
        .await;
    assert_eq!(
        message,
        "Invalid requests[2].insertText: The object (nothing) could not be found."
    );
    assert_eq!(deck.get().await, before);
}

#[tokio::test]
async fn a_write_for_another_revision_is_refused() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let revision = deck.get().await["revisionId"].clone();
    let body = json!({
        "requests": [{ "createSlide": {} }],
        "writeControl": { "requiredRevisionId": revision },
    });
    let done = deck.batch(body.clone()).await.json();
    let next = &done["writeControl"]["requiredRevisionId"];
    assert_ne!(*next, revision);
    assert_eq!(deck.get().await["revisionId"], *next);
    let again = deck.batch(body).await;
    assert_eq!(again.status, 400);
    assert_eq!(deck.order().await.len(), 2);
}

#[tokio::test]
async fn what_one_person_changes_within_ten_minutes_is_one_revision_of_the_file() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await;
    let drive = slides.user("alice@example.com", DRIVE);
    let file = format!("GET /drive/v3/files/{}", deck.id);
    let revisions = async || {
        let list = drive.ok(&format!("{file}/revisions"), Value::Null).await;
        list["revisions"].as_array().unwrap().len()
    };
    let version = async || {
        let shown = drive
            .ok(&format!("{file}?fields=version,modifiedTime"), Value::Null)
            .await;
        shown["version"].as_str().unwrap().parse::<u64>().unwrap()
    };
    let before = version().await;
    let slide = json!([{ "createSlide": {} }]);
    deck.update(slide.clone()).await;
    slides.pass(5 * 60 * 1000);
    deck.update(slide.clone()).await;
    assert_eq!(revisions().await, 1);
    assert_eq!(version().await, before + 2);
    slides.pass(11 * 60 * 1000);
    deck.update(slide).await;
    assert_eq!(revisions().await, 2);
}
