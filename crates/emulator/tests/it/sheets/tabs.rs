//! Tabs and the spreadsheet itself.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};

use super::harness::{Book, grid};

async fn titles(book: &Book) -> Vec<String> {
    let sheets = book.get("sheets.properties(title,index)").await["sheets"].clone();
    let sheets = sheets.as_array().unwrap().iter().enumerate();
    let title = |(index, sheet): (usize, &Value)| {
        assert_eq!(sheet["properties"]["index"], index);
        sheet["properties"]["title"].as_str().unwrap().to_owned()
    };
    sheets.map(title).collect()
}

#[tokio::test]
async fn tabs_are_added_copied_moved_hidden_and_removed() {
    let book = Book::of(json!([["a", "=A1"]])).await;
    let replies = book
        .batch(json!([
            { "addSheet": { "properties": { "title": "Plan", "index": 0, "tabColor": { "red": 1 },
                "gridProperties": { "rowCount": 5, "columnCount": 4, "frozenRowCount": 1 } } } },
            { "addSheet": {} },
            { "duplicateSheet": { "sourceSheetId": 0, "insertSheetIndex": 3 } },
            { "duplicateSheet": { "sourceSheetId": 0, "newSheetId": 77, "newSheetName": "Twin" } },
        ]))
        .await;
    let plan = &replies[0]["addSheet"]["properties"];
    assert_eq!(
        plan["gridProperties"],
        json!({ "rowCount": 5, "columnCount": 4, "frozenRowCount": 1 })
    );
    assert_eq!(plan["tabColorStyle"], json!({ "rgbColor": { "red": 1 } }));
    assert_eq!(
        (&plan["index"], &plan["sheetType"]),
        (&json!(0), &json!("GRID"))
    );
    assert_eq!(replies[3]["duplicateSheet"]["properties"]["sheetId"], 77);
    let expected = ["Twin", "Plan", "Sheet1", "Sheet3", "Copy of Sheet1"];
    assert_eq!(titles(&book).await, expected);
    assert_eq!(book.entered("Twin!A1:B1").await, json!([["a", "=A1"]]));
    let change = |fields: &str, mut properties: Value| {
        properties["sheetId"] = 77.into();
        json!([{ "updateSheetProperties": { "fields": fields, "properties": properties } }])
    };
    book.batch(change(
        "title,index,hidden",
        json!({ "title": "Last", "index": 5, "hidden": true }),
    ))
    .await;
    assert_eq!(titles(&book).await[4], "Last");
    book.batch(change(
        "gridProperties(rowCount,columnCount)",
        json!({ "gridProperties": { "rowCount": 1, "columnCount": 1 } }),
    ))
    .await;
    assert_eq!(
        book.shown("Last").await,
        json!([["a"]]),
        "what is cut off is gone"
    );
    book.batch(json!([{ "deleteSheet": { "sheetId": 77 } }]))
        .await;
    assert_eq!(titles(&book).await, expected[1..]);
}

#[tokio::test]
async fn a_move_counts_places_as_they_were_before() {
    let tab = |name: &str| json!({ "name": name });
    let book = Book::with(json!({ "tabs": [tab("A"), tab("B"), tab("C")] })).await;
    let to = |index: u32| {
        json!([{ "updateSheetProperties": { "fields": "index",
            "properties": { "sheetId": 0, "index": index } } }])
    };
    for (index, order) in [
        (0, ["A", "B", "C"]),
        (1, ["A", "B", "C"]),
        (2, ["B", "A", "C"]),
        (3, ["B", "C", "A"]),
    ] {
        book.batch(to(index)).await;
        assert_eq!(titles(&book).await, order, "{index}");
    }
    assert!(book.batch_refused(to(4)).await.contains("out of bounds"));
}

#[tokio::test]
async fn a_batch_is_carried_out_whole_or_not_at_all() {
    let book = Book::of(json!([["a"]])).await;
    let requests = json!([
        { "addSheet": { "properties": { "title": "New" } } },
        { "repeatCell": { "range": grid((0, 1), (0, 1)), "fields": "userEnteredValue", "cell": {} } },
        { "deleteSheet": { "sheetId": 999 } },
    ]);
    let told = book.batch_refused(requests).await;
    assert_eq!(
        told,
        "Invalid requests[2].deleteSheet: No sheet with id: 999"
    );
    assert_eq!(titles(&book).await, ["Sheet1"]);
    assert_eq!(book.shown("A1").await, json!([["a"]]));
    let body = json!({ "requests": [{ "addChart": {} }] });
    let (status, message) = book.refused("POST :batchUpdate", body).await;
    assert_eq!(status, 501);
    assert!(message.contains("addChart"), "{message}");
    let told = book.batch_refused(json!([])).await;
    assert_eq!(told, "Must specify at least one request.");
    assert_eq!(
        book.batch_refused(json!([{}])).await,
        "Invalid requests[0]: No request set."
    );
    let two = json!([{ "addSheet": {}, "deleteSheet": { "sheetId": 0 } }]);
    assert!(book.batch_refused(two).await.contains("already set"));
}

#[tokio::test]
async fn tabs_that_cannot_be_are_refused_in_googles_words() {
    let book = Book::of(json!([])).await;
    let add = |properties: Value| json!({ "addSheet": { "properties": properties } });
    let update = |fields: &str, properties: Value| json!({ "updateSheetProperties": { "fields": fields, "properties": properties } });
    let table = [
        (
            add(json!({ "title": "sheet1" })),
            "addSheet: A sheet with the name \"sheet1\" already exists. Please enter another name.",
        ),
        (
            add(json!({ "sheetId": 0 })),
            "addSheet: A sheet with the id 0 already exists.",
        ),
        (
            json!({ "deleteSheet": { "sheetId": 0 } }),
            "deleteSheet: You can't remove all the sheets in a document.",
        ),
        (
            update("hidden", json!({ "sheetId": 0, "hidden": true })),
            "You can't hide all the sheets in a document.",
        ),
        (
            update(
                "gridProperties.frozenRowCount",
                json!({ "gridProperties": { "frozenRowCount": 1000 } }),
            ),
            "You can't freeze all visible rows on the sheet.",
        ),
        (
            update("title", json!({ "sheetId": 5, "title": "x" })),
            "No sheet with id: 5",
        ),
        (
            update("title", json!({ "title": "" })),
            "The title must not be empty.",
        ),
        (update("name", json!({})), "Invalid field: name"),
        (
            update("", json!({ "title": "x" })),
            "At least one field must be listed in 'fields'.",
        ),
    ];
    for (request, message) in table {
        let told = book.batch_refused(json!([request])).await;
        assert!(told.starts_with("Invalid requests[0]."), "{told}");
        assert!(told.contains(message), "{told:?} lacks {message:?}");
    }
}

#[tokio::test]
async fn a_spreadsheet_says_what_it_is() {
    let book = Book::of(json!([["1/15/2026"]])).await;
    let all = book.ok("GET ", Value::Null).await;
    assert_eq!(all["properties"]["title"], "Book");
    assert_eq!(all["properties"]["locale"], "en_US");
    assert_eq!(
        all["sheets"][0]["data"],
        Value::Null,
        "cells only where they are asked for"
    );
    let change = json!([{ "updateSpreadsheetProperties": { "fields": "title,locale,timeZone",
        "properties": { "title": "Buch", "locale": "de_DE", "timeZone": "Europe/Berlin" } } }]);
    let body = json!({ "requests": change, "includeSpreadsheetInResponse": true,
        "responseRanges": ["A1"], "responseIncludeGridData": true });
    let done = book.ok("POST :batchUpdate", body).await;
    let after = &done["updatedSpreadsheet"];
    assert_eq!(after["properties"]["title"], "Buch");
    assert_eq!(after["properties"]["timeZone"], "Europe/Berlin");
    let shown = &after["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"];
    assert_eq!(shown, "1/15/2026");
    assert_eq!(
        book.get("properties.title").await["properties"]["title"],
        "Buch"
    );
    for (field, value, message) in [
        ("timeZone", "Mars/Base", "Invalid time zone"),
        ("locale", "Klingon", "Unsupported locale"),
        ("title", "", "must not be empty"),
    ] {
        let told = book
            .batch_refused(json!([{ "updateSpreadsheetProperties":
                { "fields": field, "properties": { field: value } } }]))
            .await;
        assert!(told.contains(message), "{told}");
    }
}

#[tokio::test]
async fn cells_are_shown_for_ranges_and_by_masks() {
    let book = Book::with(json!({ "tabs": [
        { "name": "One", "rows": [["a", "", "c"], [], ["=1/0"]] }, { "name": "Two", "rows": [["x"]] } ] }))
    .await;
    let shown = book
        .ok(
            "GET ?includeGridData=true&ranges=One!A1:C4&ranges=One!C1",
            Value::Null,
        )
        .await;
    let sheets = shown["sheets"].as_array().unwrap();
    assert_eq!(sheets.len(), 1, "the other tab has no range");
    let data = &sheets[0]["data"];
    assert_eq!(data[0]["rowData"].as_array().unwrap().len(), 3);
    assert_eq!(data[0]["rowData"][0]["values"][1], json!({}));
    assert_eq!(data[0]["rowData"][1], json!({}));
    let error = &data[0]["rowData"][2]["values"][0];
    assert_eq!(error["userEnteredValue"], json!({ "formulaValue": "=1/0" }));
    assert_eq!(
        error["effectiveValue"]["errorValue"]["type"],
        "DIVIDE_BY_ZERO"
    );
    assert_eq!(error["formattedValue"], "#DIV/0!");
    assert_eq!(data[1]["startColumn"], 2);
    assert_eq!(data[0]["rowMetadata"].as_array().unwrap().len(), 4);
    let masked = book.get("sheets.data.rowData.values.formattedValue").await;
    let values = &masked["sheets"][1]["data"][0]["rowData"][0]["values"];
    assert_eq!(values, &json!([{ "formattedValue": "x" }]));
    let outside = book.refused("GET ?ranges=Three!A1", Value::Null).await;
    assert_eq!(outside.1, "Unable to parse range: Three!A1");
}

#[tokio::test]
async fn ranges_get_names() {
    let book = Book::of(json!([["1", "2"]])).await;
    let range = grid((0, 1), (0, 2));
    let add = |name: &str| json!([{ "addNamedRange": { "namedRange": { "name": name, "range": range } } }]);
    let replies = book.batch(add("Both")).await;
    let named = &replies[0]["addNamedRange"]["namedRange"];
    assert_eq!(book.shown("Both").await, json!([["1", "2"]]));
    for name in ["both", "A1", "two words", "1st", ""] {
        let told = book.batch_refused(add(name)).await;
        assert!(told.contains("name"), "{told}");
    }
    book.batch(json!([{ "updateNamedRange": { "fields": "name,range", "namedRange": {
        "namedRangeId": named["namedRangeId"], "name": "Last", "range": grid((0, 1), (1, 2)) } } }]))
    .await;
    assert_eq!(book.shown("Last").await, json!([["2"]]));
    let delete = json!([{ "deleteNamedRange": { "namedRangeId": named["namedRangeId"] } }]);
    book.batch(delete.clone()).await;
    assert!(
        book.batch_refused(delete)
            .await
            .contains("No named range with id")
    );
}
