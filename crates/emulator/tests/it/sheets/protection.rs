//! Who may read a spreadsheet, who may write it, and which cells.

use serde_json::{Value, json};

use super::harness::{Book, READONLY, SHEETS, grid};
use crate::client::{ALICE, BOB};

const EDIT: &str = "You are trying to edit a protected cell or object. Please contact the \
                    spreadsheet owner to remove protection if you need to edit.";

async fn shared(role: &str) -> Book {
    Book::with(json!({ "tabs": [{ "name": "T", "rows": [["a"]] }],
        "shared_with": [{ "role": role, "email": BOB }] }))
    .await
}

#[tokio::test]
async fn readers_read_and_strangers_do_not() {
    let write = "PUT /values/A1?valueInputOption=RAW";
    let body = json!({ "values": [["x"]] });
    let forbidden = (
        403,
        "forbidden".to_owned(),
        "The caller does not have permission".to_owned(),
    );
    let book = shared("reader").await;
    assert_eq!(
        book.send(&book.bob(), "GET /values/A1", Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(
        book.send(&book.bob(), write, body.clone()).await.error(),
        forbidden
    );
    let batch = json!({ "requests": [{ "addSheet": {} }] });
    assert_eq!(
        book.send(&book.bob(), "POST :batchUpdate", batch)
            .await
            .error(),
        forbidden
    );
    let writer = shared("writer").await;
    assert_eq!(writer.send(&writer.bob(), write, body).await.status, 200);
    let own = Book::with(json!({ "tabs": [{ "name": "T" }], "shared_with": [] })).await;
    let told = own
        .send(&own.bob(), "GET /values/A1", Value::Null)
        .await
        .error();
    assert_eq!(told, forbidden);
    let told = own
        .raw(&own.bob(), "GET /v4/spreadsheets/1Nothing", Value::Null)
        .await
        .error();
    let missing = "Requested entity was not found.".to_owned();
    assert_eq!(told, (404, "notFound".to_owned(), missing));
}

#[tokio::test]
async fn scopes_show_what_they_are_for() {
    let book = shared("writer").await;
    let token = |scopes: &[&str]| book.drive.emulator.issue_token(ALICE, scopes);
    let file = "https://www.googleapis.com/auth/drive.file";
    let status =
        async |token: &str, line: &str, body: Value| book.send(token, line, body).await.status;
    let write = "PUT /values/A1?valueInputOption=RAW";
    let body = json!({ "values": [["x"]] });
    assert_eq!(
        status(&token(&[READONLY]), "GET /values/A1", Value::Null).await,
        200
    );
    assert_eq!(status(&token(&[READONLY]), write, body.clone()).await, 403);
    assert_eq!(
        status(&token(&[file]), "GET /values/A1", Value::Null).await,
        404
    );
    assert_eq!(
        status(&token(&[READONLY, file]), write, body.clone()).await,
        403
    );
    assert_eq!(status(&token(&[SHEETS]), write, body).await, 200);
    let made = book
        .raw(&token(&[file]), "POST /v4/spreadsheets", json!({}))
        .await
        .json();
    let line = format!(
        "GET /v4/spreadsheets/{}",
        made["spreadsheetId"].as_str().unwrap()
    );
    assert_eq!(
        book.raw(&token(&[file]), &line, Value::Null).await.status,
        200
    );
}

#[tokio::test]
async fn protected_cells_are_edited_by_who_may() {
    let book = Book::with(json!({ "tabs": [
        { "name": "T", "rows": [["h", "i"], ["1", "2"]], "protected": [
            { "range": "A1:B1", "description": "Head" },
            { "range": "A2", "editors": [BOB] },
            { "range": "B2", "warning_only": true } ] },
        { "name": "Closed", "rows": [["x"]], "protected": [{}] } ] }))
    .await;
    let bob = book.bob();
    let enter = async |token: &str, range: &str| {
        let line = format!("PUT /values/{range}?valueInputOption=RAW");
        book.send(token, &line, json!({ "values": [["new"]] }))
            .await
    };
    let told = enter(&bob, "A1").await.error();
    assert_eq!(told, (400, "badRequest".to_owned(), EDIT.to_owned()));
    assert_eq!(enter(&bob, "Closed!C3").await.error().2, EDIT);
    for range in ["A2", "B2", "C1"] {
        assert_eq!(enter(&bob, range).await.status, 200, "{range}");
    }
    assert_eq!(
        enter(&book.alice(), "A1").await.status,
        200,
        "the owner may"
    );
}

#[tokio::test]
async fn every_kind_of_change_respects_protection() {
    let book = Book::with(json!({ "tabs": [
        { "name": "T", "rows": [["h", "i"], ["1", "2"]], "protected": [{ "range": "A1:B1" }] },
        { "name": "Closed", "rows": [["x"]], "protected": [{}] } ] }))
    .await;
    let bob = book.bob();
    let refused = async |request: Value| {
        let body = json!({ "requests": [request] });
        book.send(&bob, "POST :batchUpdate", body).await.error().2
    };
    let closed =
        book.get("sheets.properties.sheetId").await["sheets"][1]["properties"]["sheetId"].clone();
    let rows = |start: u32, end: u32| {
        json!({ "sheetId": 0, "dimension": "ROWS",
        "startIndex": start, "endIndex": end })
    };
    for (kind, body) in [
        (
            "repeatCell",
            json!({ "range": grid((0, 9), (0, 9)), "fields": "note", "cell": {} }),
        ),
        (
            "sortRange",
            json!({ "range": grid((0, 2), (0, 2)), "sortSpecs": [{}] }),
        ),
        ("deleteDimension", json!({ "range": rows(0, 1) })),
        (
            "findReplace",
            json!({ "find": "i", "replacement": "j", "sheetId": 0 }),
        ),
        ("mergeCells", json!({ "range": grid((0, 1), (0, 2)) })),
        ("deleteSheet", json!({ "sheetId": closed })),
        (
            "updateSheetProperties",
            json!({ "fields": "title",
            "properties": { "sheetId": closed, "title": "Open" } }),
        ),
    ] {
        let told = refused(json!({ kind: body })).await;
        assert_eq!(told, format!("Invalid requests[0].{kind}: {EDIT}"));
    }
    let clear = book.send(&bob, "POST /values/T:clear", json!({})).await;
    assert_eq!(clear.error().2, EDIT);
}

#[tokio::test]
async fn protected_ranges_are_made_changed_and_removed() {
    let book = Book::of(json!([["a"]])).await;
    let range = grid((0, 1), (0, 1));
    let replies = book
        .batch(json!([{ "addProtectedRange": { "protectedRange":
            { "range": range, "description": "Mine" } } }]))
        .await;
    let made = &replies[0]["addProtectedRange"]["protectedRange"];
    assert_eq!(made["editors"], json!({ "users": [ALICE] }));
    assert_eq!(made["requestingUserCanEdit"], true);
    let id = made["protectedRangeId"].clone();
    let seen = book
        .send(
            &book.bob(),
            "GET ?fields=sheets.protectedRanges",
            Value::Null,
        )
        .await;
    let seen = &seen.json()["sheets"][0]["protectedRanges"][0];
    let expected = json!({ "protectedRangeId": id, "range": range, "description": "Mine" });
    assert_eq!(seen, &expected, "who may edit is for those who may");
    let bobs = async |request: Value| {
        let body = json!({ "requests": [request] });
        book.send(&book.bob(), "POST :batchUpdate", body).await
    };
    let delete = json!({ "deleteProtectedRange": { "protectedRangeId": id } });
    assert_eq!(bobs(delete.clone()).await.status, 400);
    book.batch(json!([{ "updateProtectedRange": { "fields": "editors",
        "protectedRange": { "protectedRangeId": id, "editors": { "users": [BOB] } } } }]))
        .await;
    assert_eq!(bobs(delete.clone()).await.status, 200);
    let told = book.batch_refused(json!([delete])).await;
    assert!(told.contains("No protected range with id"), "{told}");
    let nowhere =
        json!([{ "addProtectedRange": { "protectedRange": { "range": { "sheetId": 8 } } } }]);
    assert!(
        book.batch_refused(nowhere)
            .await
            .contains("No sheet with id: 8")
    );
}

#[tokio::test]
async fn a_named_range_is_protected_wherever_it_is() {
    let book = Book::with(json!({ "tabs": [{ "name": "T", "rows": [["a"]] }],
        "named_ranges": { "Top": "T!A1" } }))
    .await;
    let id = book.get("namedRanges").await["namedRanges"][0]["namedRangeId"].clone();
    book.batch(json!([{ "addProtectedRange": { "protectedRange": { "namedRangeId": id } } }]))
        .await;
    book.batch(json!([{ "updateNamedRange": { "fields": "range",
        "namedRange": { "namedRangeId": id, "range": grid((4, 5), (0, 1)) } } }]))
        .await;
    let enter = async |range: &str| {
        let line = format!("PUT /values/{range}?valueInputOption=RAW");
        book.send(&book.bob(), &line, json!({ "values": [["x"]] }))
            .await
            .status
    };
    assert_eq!((enter("A1").await, enter("A5").await), (200, 400));
    let closed = json!({ "range": { "sheetId": 0 }, "unprotectedRanges": [grid((8, 9), (0, 9))] });
    book.batch(json!([{ "addProtectedRange": { "protectedRange": closed } }]))
        .await;
    assert_eq!((enter("A1").await, enter("A9").await), (400, 200));
}

#[tokio::test]
async fn no_row_is_inserted_through_protection_though_its_cells_are_free() {
    let book = Book::with(json!({ "tabs": [{ "name": "T", "rows": [["a"], ["b"]] }] })).await;
    let closed = json!({ "range": { "sheetId": 0 }, "unprotectedRanges": [grid((2, 9), (0, 9))] });
    book.batch(json!([{ "addProtectedRange": { "protectedRange": closed } }]))
        .await;
    let append = async |how: &str| {
        let line = format!("POST /values/A1:append?valueInputOption=RAW&insertDataOption={how}");
        let body = json!({ "values": [["c"]] });
        book.send(&book.bob(), &line, body).await.status
    };
    assert_eq!(append("INSERT_ROWS").await, 400);
    assert_eq!(append("OVERWRITE").await, 200);
}
