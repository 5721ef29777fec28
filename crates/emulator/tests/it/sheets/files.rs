//! Spreadsheets among the files of Drive.

use serde_json::{Value, json};

use super::harness::{Book, ID, SHEETS, grid};
use crate::client::ALICE;
use crate::drive::harness::{FULL, SHEET};

#[tokio::test]
async fn a_new_spreadsheet_is_a_file_of_its_maker() {
    let book = Book::of(json!([])).await;
    let body = json!({ "properties": { "title": "Trip", "locale": "en_GB", "timeZone": "Europe/London" },
        "namedRanges": [{ "name": "Top", "range": grid((0, 1), (0, 1)) }],
        "sheets": [
            { "properties": { "title": "Plan", "gridProperties": { "rowCount": 3 } },
              "data": [{ "startRow": 1, "rowData": [{ "values": [
                { "userEnteredValue": { "numberValue": 5 } } ] }] }] },
            { "properties": { "title": "Costs" } } ] });
    let made = book
        .raw(&book.alice(), "POST /v4/spreadsheets", body)
        .await
        .json();
    let id = made["spreadsheetId"].as_str().unwrap();
    assert_eq!(
        made["spreadsheetUrl"],
        format!("https://docs.google.com/spreadsheets/d/{id}/edit")
    );
    assert_eq!(made["properties"]["locale"], "en_GB");
    assert_eq!(made["sheets"][1]["properties"]["title"], "Costs");
    assert_eq!(
        made["sheets"][0]["properties"]["gridProperties"]["rowCount"],
        3
    );
    assert_eq!(made["namedRanges"][0]["name"], "Top");
    let line = format!("GET /v4/spreadsheets/{id}/values/Plan");
    let values = book.raw(&book.alice(), &line, Value::Null).await.json();
    assert_eq!(values["values"], json!([[], ["5"]]));
    let file = book.drive.alice().file(id).await;
    assert_eq!(
        (&file["name"], &file["mimeType"]),
        (&json!("Trip"), &json!(SHEET))
    );
    assert_eq!(file["owners"][0]["emailAddress"], ALICE);
    let plain = book
        .raw(&book.alice(), "POST /v4/spreadsheets", json!({}))
        .await
        .json();
    assert_eq!(plain["properties"]["title"], "Untitled spreadsheet");
    assert_eq!(plain["sheets"][0]["properties"]["title"], "Sheet1");
    assert_eq!(plain["sheets"][0]["properties"]["sheetId"], 0);
}

#[tokio::test]
async fn a_write_shows_in_drive_and_a_read_does_not() {
    let book = Book::of(json!([["a"]])).await;
    let drive = book.drive.alice();
    let before = drive.file(ID).await;
    book.drive.pass(60_000);
    book.shown("A1").await;
    assert_eq!(drive.file(ID).await["version"], before["version"]);
    book.enter("A1", json!([["b"]])).await;
    let after = drive.file(ID).await;
    assert_ne!(after["version"], before["version"]);
    assert_ne!(after["modifiedTime"], before["modifiedTime"]);
    let revisions = async || {
        let list = drive
            .ok(&format!("GET files/{ID}/revisions"), Value::Null)
            .await;
        list["revisions"].as_array().unwrap().len()
    };
    let count = revisions().await;
    book.enter("A1", json!([["c"]])).await;
    assert_eq!(
        revisions().await,
        count,
        "soon after it is the same revision"
    );
    book.drive.pass(11 * 60_000);
    book.enter("A1", json!([["d"]])).await;
    assert_eq!(revisions().await, count + 1);
    let refused = json!([{ "deleteSheet": { "sheetId": 0 } }]);
    let version = drive.file(ID).await["version"].clone();
    book.batch_refused(refused).await;
    assert_eq!(
        drive.file(ID).await["version"],
        version,
        "what is refused changes nothing"
    );
}

#[tokio::test]
async fn names_go_both_ways_and_the_trash_stays_readable() {
    let book = Book::of(json!([["a"]])).await;
    let drive = book.drive.alice();
    book.batch(json!([{ "updateSpreadsheetProperties":
        { "fields": "title", "properties": { "title": "From Sheets" } } }]))
        .await;
    assert_eq!(drive.file(ID).await["name"], "From Sheets");
    let line = format!("PATCH files/{ID}");
    drive
        .ok(&line, json!({ "name": "From Drive", "trashed": true }))
        .await;
    assert_eq!(
        book.get("properties.title").await["properties"]["title"],
        "From Drive"
    );
    drive.ok(&format!("DELETE files/{ID}"), Value::Null).await;
    assert_eq!(book.refused("GET /values/A1", Value::Null).await.0, 404);
}

#[tokio::test]
async fn copies_are_whole_and_apart() {
    let book = Book::with(json!({ "tabs": [
        { "name": "T", "rows": [["$1", "=A1*2"]], "protected": [{ "range": "A1" }] } ],
        "named_ranges": { "Top": "T!A1" } }))
    .await;
    let copy = book
        .drive
        .alice()
        .ok(&format!("POST files/{ID}/copy"), json!({}))
        .await;
    book.enter("A1", json!([["9"]])).await;
    let id = copy["id"].as_str().unwrap();
    let line = format!("GET /v4/spreadsheets/{id}/values/T");
    let values = book.raw(&book.alice(), &line, Value::Null).await.json();
    assert_eq!(values["values"], json!([["$1", "$2"]]));
    let all = book
        .raw(
            &book.alice(),
            &format!("GET /v4/spreadsheets/{id}"),
            Value::Null,
        )
        .await
        .json();
    assert_eq!(all["namedRanges"][0]["name"], "Top");
    assert_eq!(
        all["sheets"][0]["protectedRanges"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_tab_is_copied_into_another_spreadsheet() {
    let book = Book::of(json!([["a", "=A1"]])).await;
    let made = book
        .raw(&book.alice(), "POST /v4/spreadsheets", json!({}))
        .await
        .json();
    let to = made["spreadsheetId"].as_str().unwrap();
    let body = json!({ "destinationSpreadsheetId": to });
    let copied = book.ok("POST /sheets/0:copyTo", body.clone()).await;
    assert_eq!(copied["title"], "Copy of Sheet1");
    assert_eq!(copied["index"], 1);
    let line =
        format!("GET /v4/spreadsheets/{to}/values/'Copy%20of%20Sheet1'?valueRenderOption=FORMULA");
    let values = book.raw(&book.alice(), &line, Value::Null).await.json();
    assert_eq!(values["values"], json!([["a", "=A1"]]));
    let told = book.send(&book.bob(), "POST /sheets/0:copyTo", body).await;
    assert_eq!(told.error().0, 403, "Bob may not write there");
    let told = book
        .refused(
            "POST /sheets/5:copyTo",
            json!({ "destinationSpreadsheetId": to }),
        )
        .await;
    assert_eq!(told, (400, "No sheet with id: 5".to_owned()));
}

#[tokio::test]
async fn drive_exports_what_the_cells_show() {
    let book = Book::of(json!([
        ["name", "n", "when"],
        ["a, b", "$2", "1/15/2026"],
        ["", "=SUM(B2:B2)"]
    ]))
    .await;
    let drive = book.drive.alice();
    let csv = drive.export(ID, "text/csv").await.text();
    assert_eq!(csv, "name,n,when\r\n\"a, b\",$2,1/15/2026\r\n,$2,");
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let book_file = drive.export(ID, xlsx).await.body;
    let text = String::from_utf8_lossy(&book_file);
    assert!(
        text.contains("<c r=\"B2\" s=\"0\"><v>2</v></c>"),
        "a number"
    );
    assert!(
        text.contains("<c r=\"C2\" s=\"1\"><v>46037</v></c>"),
        "a date, styled as one"
    );
    assert!(text.contains("<xf numFmtId=\"14\""));
    let found = drive.search("fullText contains 'a, b'", "").await;
    assert_eq!(found, ["Book"], "what cells show is searched");
}

#[tokio::test]
async fn an_uploaded_table_becomes_cells_with_values() {
    let book = Book::of(json!([])).await;
    let drive = book.drive.alice();
    let meta = json!({ "name": "T", "mimeType": SHEET });
    let made = drive
        .upload("POST files", &meta, "text/csv", "n,p\n1,50%\n=A2,x\n")
        .await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let read = async |query: &str| {
        let line = format!("GET /v4/spreadsheets/{id}/values/Sheet1?valueRenderOption={query}");
        book.raw(&book.alice(), &line, Value::Null).await.json()["values"].clone()
    };
    assert_eq!(
        read("UNFORMATTED_VALUE").await,
        json!([["n", "p"], [1, 0.5], [1, "x"]])
    );
    assert_eq!(read("FORMULA").await[2][0], "=A2");
    let made = drive.ok("POST files", meta).await;
    let line = format!("GET /v4/spreadsheets/{}", made["id"].as_str().unwrap());
    assert_eq!(
        book.raw(&book.alice(), &line, Value::Null).await.status,
        200
    );
}

#[tokio::test]
async fn a_file_that_is_no_spreadsheet_is_refused() {
    let book = Book::of(json!([])).await;
    let token = book.drive.emulator.issue_token(ALICE, &[SHEETS, FULL]);
    let doc = json!({ "name": "D", "mimeType": "application/vnd.google-apps.document" });
    let id = book.drive.alice().make(doc).await;
    let told = book
        .raw(&token, &format!("GET /v4/spreadsheets/{id}"), Value::Null)
        .await
        .error();
    let message = "This operation is not supported for this document";
    assert_eq!(
        told,
        (400, "failedPrecondition".to_owned(), message.to_owned())
    );
    let line = "GET /developerMetadata/1";
    assert_eq!(book.refused(line, Value::Null).await.0, 501);
}
