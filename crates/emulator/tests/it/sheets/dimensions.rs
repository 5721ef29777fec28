//! Rows and columns that come, go and change.

use serde_json::{Value, json};

use super::harness::{Book, grid};

fn lines(kind: &str, dimension: &str, start: u32, end: u32) -> Value {
    json!([{ kind: { "range": { "sheetId": 0, "dimension": dimension,
        "startIndex": start, "endIndex": end } } }])
}

#[tokio::test]
async fn what_is_behind_moves_and_ranges_move_with_it() {
    let book = Book::with(json!({
        "tabs": [{ "name": "T", "rows": [["h", "i"], ["1", "2"], ["3", "4"]],
            "protected": [{ "range": "A1:B1" }], "row_count": 10, "column_count": 5 }],
        "named_ranges": { "Numbers": "T!A2:B3", "Second": "T!B:B" },
    }))
    .await;
    book.batch(json!([{ "mergeCells": { "range": grid((2, 3), (0, 2)) } }]))
        .await;
    book.batch(lines("insertDimension", "ROWS", 1, 3)).await;
    assert_eq!(
        book.shown("T").await,
        json!([["h", "i"], [], [], ["1", "2"], ["3"]])
    );
    let named = async |index: usize| {
        let all = book.get("namedRanges(name,range)").await["namedRanges"].clone();
        all[index]["range"].clone()
    };
    assert_eq!(named(0).await, grid((3, 5), (0, 2)));
    let second = json!({ "sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2 });
    assert_eq!(named(1).await, second, "an open range has no rows to move");
    book.batch(lines("insertDimension", "COLUMNS", 0, 1)).await;
    assert_eq!(named(0).await, grid((3, 5), (1, 3)));
    let sheet = book
        .get("sheets(properties.gridProperties,merges,protectedRanges.range)")
        .await;
    let sheet = &sheet["sheets"][0];
    assert_eq!(
        sheet["properties"]["gridProperties"],
        json!({ "rowCount": 12, "columnCount": 6 })
    );
    assert_eq!(sheet["merges"], json!([grid((4, 5), (1, 3))]));
    assert_eq!(sheet["protectedRanges"][0]["range"], grid((0, 1), (1, 3)));
    book.batch(lines("deleteDimension", "ROWS", 4, 5)).await;
    assert_eq!(named(0).await, grid((3, 4), (1, 3)));
    book.batch(lines("deleteDimension", "ROWS", 3, 4)).await;
    let left = book.get("namedRanges.name").await;
    assert_eq!(left["namedRanges"], json!([{ "name": "Second" }]));
    assert_eq!(book.shown("T").await, json!([["", "h", "i"]]));
}

#[tokio::test]
async fn new_rows_take_the_formats_of_a_neighbour() {
    let book = Book::with(json!({ "tabs": [{ "name": "T", "rows": [["h"], ["$1"]],
        "formats": { "A1": { "textFormat": { "bold": true } } } }] }))
    .await;
    let insert = |before: bool| {
        json!([{ "insertDimension": { "inheritFromBefore": before, "range":
            { "sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2 } } }])
    };
    book.batch(insert(true)).await;
    assert_eq!(
        book.cell("A2").await["userEnteredFormat"]["textFormat"]["bold"],
        true
    );
    book.batch(json!([{ "deleteDimension": { "range":
        { "sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2 } } }]))
        .await;
    book.batch(insert(false)).await;
    assert_eq!(
        book.cell("A2").await["userEnteredFormat"]["numberFormat"]["type"],
        "CURRENCY"
    );
}

#[tokio::test]
async fn rows_that_cannot_be_are_refused() {
    let book = Book::of(json!([])).await;
    let check = async |requests: Value, message: &str| {
        let told = book.batch_refused(requests).await;
        assert!(told.contains(message), "{told:?} lacks {message:?}");
    };
    check(
        lines("deleteDimension", "COLUMNS", 0, 27),
        "Tried to delete column index 26 but there are only 26 columns.",
    )
    .await;
    check(
        lines("deleteDimension", "ROWS", 0, 1000),
        "You can't delete all the rows on the sheet.",
    )
    .await;
    check(
        lines("insertDimension", "ROWS", 1001, 1002),
        "only 1000 rows",
    )
    .await;
    check(
        lines("insertDimension", "ROWS", 5, 5),
        "must be greater than startIndex",
    )
    .await;
    check(
        lines("insertDimension", "DIMENSION_UNSPECIFIED", 0, 1),
        "dimension is required",
    )
    .await;
    let first = json!([{ "insertDimension": { "inheritFromBefore": true, "range":
        { "sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1 } } }]);
    check(first, "inheritFromBefore cannot be true").await;
    let none = json!([{ "appendDimension": { "sheetId": 0, "dimension": "ROWS", "length": 0 } }]);
    check(none, "length must be greater than zero").await;
    let nowhere =
        json!([{ "appendDimension": { "sheetId": 7, "dimension": "ROWS", "length": 1 } }]);
    check(
        nowhere,
        "Invalid requests[0].appendDimension: No sheet with id: 7",
    )
    .await;
}

#[tokio::test]
async fn sizes_are_set_and_found() {
    let book = Book::of(json!([["x", "a much longer text"]])).await;
    let columns = |start: u32, end: u32| json!({ "sheetId": 0, "dimension": "COLUMNS", "startIndex": start, "endIndex": end });
    book.batch(json!([
        { "updateDimensionProperties": { "range": columns(0, 1), "fields": "pixelSize,hiddenByUser",
            "properties": { "pixelSize": 42, "hiddenByUser": true } } },
        { "autoResizeDimensions": { "dimensions": columns(1, 2) } },
        { "appendDimension": { "sheetId": 0, "dimension": "ROWS", "length": 5 } },
    ]))
    .await;
    let data = book
        .get("sheets(properties.gridProperties.rowCount,data.columnMetadata)")
        .await;
    let sheet = &data["sheets"][0];
    let columns = &sheet["data"][0]["columnMetadata"];
    assert_eq!(columns[0], json!({ "pixelSize": 42, "hiddenByUser": true }));
    assert!(columns[1]["pixelSize"].as_u64().unwrap() > 100);
    assert_eq!(columns[2], json!({ "pixelSize": 100 }));
    assert_eq!(sheet["properties"]["gridProperties"]["rowCount"], 1005);
}
