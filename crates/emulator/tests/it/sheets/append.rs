//! Rows appended behind tables.

use serde_json::{Value, json};

use super::harness::Book;

/// The two tables of Google's guide: A1:C2 and B4:D6.
async fn guide() -> Book {
    Book::of(json!([
        ["x", "y", "z"],
        ["x", "y", "z"],
        [],
        ["", "x", "y", "z"],
        ["", "", "y", "z"],
        ["", "x", "y", "z"],
    ]))
    .await
}

async fn append(book: &Book, range: &str, query: &str, values: Value) -> Value {
    let line = format!("POST /values/{range}:append?valueInputOption=USER_ENTERED{query}");
    book.ok(&line, json!({ "values": values })).await
}

#[tokio::test]
async fn the_table_is_found_as_google_documents() {
    for (range, table, place) in [
        ("Sheet1", Some("Sheet1!B4:D6"), "Sheet1!B7:C7"),
        ("B4", Some("Sheet1!B4:D6"), "Sheet1!B7:C7"),
        ("C5:D5", Some("Sheet1!B4:D6"), "Sheet1!B7:C7"),
        ("B2:D4", Some("Sheet1!B4:D6"), "Sheet1!B7:C7"),
        ("A1", Some("Sheet1!A1:C2"), "Sheet1!A3:B3"),
        ("E4", None, "Sheet1!E4:F4"),
        ("A4", None, "Sheet1!A4:B4"),
    ] {
        let book = guide().await;
        let done = append(&book, range, "", json!([["new", "=1+1"]])).await;
        assert_eq!(done["tableRange"].as_str(), table, "{range}");
        assert_eq!(done["updates"]["updatedRange"], place, "{range}");
        assert_eq!(done["updates"]["updatedCells"], 2);
        let place = place.trim_start_matches("Sheet1!");
        assert_eq!(book.shown(place).await, json!([["new", "2"]]), "{range}");
    }
    let empty = Book::of(json!([])).await;
    let done = append(&empty, "Sheet1", "", json!([[1]])).await;
    assert_eq!(done["updates"]["updatedRange"], "Sheet1!A1");
}

#[tokio::test]
async fn rows_overwrite_what_is_below_or_move_it_down() {
    let rows = json!([["h"], ["1"], [], ["below"]]);
    let book = Book::of(rows.clone()).await;
    append(&book, "A1", "", json!([[2], [3]])).await;
    assert_eq!(book.shown("A:A").await, json!([["h"], ["1"], ["2"], ["3"]]));
    let book = Book::of(rows).await;
    let done = append(
        &book,
        "A1",
        "&insertDataOption=INSERT_ROWS",
        json!([[2], [3]]),
    )
    .await;
    assert_eq!(done["updates"]["updatedRange"], "Sheet1!A3:A4");
    let shown = json!([["h"], ["1"], ["2"], ["3"], [], ["below"]]);
    assert_eq!(book.shown("A:A").await, shown);
}

#[tokio::test]
async fn the_grid_grows_for_what_is_appended_and_for_nothing_else() {
    let book = Book::with(json!({ "tabs": [
        { "name": "T", "rows": [["a", "b"], ["c", "d"]], "row_count": 2, "column_count": 2 } ] }))
    .await;
    let line = "PUT /values/A3?valueInputOption=RAW";
    let told = book.refused(line, json!({ "values": [[1]] })).await;
    assert_eq!(
        told.1,
        "Range (T!A3) exceeds grid limits. Max rows: 2, max columns: 2"
    );
    append(&book, "T", "", json!([[1, 2, 3], [4]])).await;
    let grid = &book.get("sheets.properties").await["sheets"][0]["properties"]["gridProperties"];
    assert_eq!(grid, &json!({ "rowCount": 4, "columnCount": 3 }));
    assert_eq!(book.shown("A3:C4").await, json!([["1", "2", "3"], ["4"]]));
}

#[tokio::test]
async fn more_than_ten_million_cells_are_refused() {
    let book = Book::of(json!([])).await;
    let large = json!([{ "addSheet": { "properties": { "title": "Large",
        "gridProperties": { "rowCount": 400_000, "columnCount": 25 } } } }]);
    let message = book.batch_refused(large).await;
    let limit = "This action would increase the number of cells in the workbook above the limit of \
                 10000000 cells.";
    assert_eq!(message, format!("Invalid requests[0].addSheet: {limit}"));
    let length = json!([{ "appendDimension":
        { "sheetId": 0, "dimension": "ROWS", "length": 400_000 } }]);
    assert!(book.batch_refused(length).await.ends_with(limit));
}
