//! Cells written by `CellData`, merged, framed, sorted and checked.

use serde_json::{Value, json};

use super::harness::{Book, grid};

#[tokio::test]
async fn cells_are_updated_by_rows_and_the_rest_of_the_range_is_cleared() {
    let book = Book::of(json!([["a", "b"], ["c", "d"]])).await;
    let text = |text: &str| json!({ "userEnteredValue": { "stringValue": text } });
    let row = |cells: &[Value]| json!({ "values": cells });
    book.batch(json!([{ "updateCells": { "range": grid((0, 2), (0, 2)),
        "fields": "userEnteredValue", "rows": [row(&[text("new")])] } }]))
        .await;
    assert_eq!(book.shown("A1:B2").await, json!([["new"]]));
    let cells = [
        json!({ "userEnteredValue": { "numberValue": 2.5 }, "note": "half" }),
        json!({ "userEnteredValue": { "boolValue": true } }),
        json!({ "userEnteredValue": { "formulaValue": "=B2*2" } }),
    ];
    book.batch(
        json!([{ "updateCells": { "fields": "*", "rows": [row(&cells)],
        "start": { "sheetId": 0, "rowIndex": 1, "columnIndex": 1 } } }]),
    )
    .await;
    assert_eq!(book.plain("B2:D2").await, json!([[2.5, true, 5]]));
    assert_eq!(book.cell("B2").await["note"], "half");
    let refused = async |request: Value| book.batch_refused(json!([request])).await;
    let wide = json!({ "updateCells": { "range": grid((0, 1), (0, 1)),
        "fields": "userEnteredValue", "rows": [row(&[text("x"), text("y")])] } });
    assert!(
        refused(wide)
            .await
            .ends_with("Attempting to write outside of the requested range.")
    );
    let beyond = json!({ "updateCells": { "fields": "*", "rows": [row(&[text("x")])],
        "start": { "sheetId": 0, "rowIndex": 1000 } } });
    assert!(refused(beyond).await.contains("Max rows: 1000"));
    let error = json!({ "userEnteredValue": { "errorValue": { "type": "REF" } } });
    let error = json!({ "updateCells": { "range": grid((0, 1), (0, 1)), "fields": "*",
        "rows": [row(&[error])] } });
    assert!(refused(error).await.contains("read-only"));
}

#[tokio::test]
async fn a_repeated_formula_counts_on() {
    let book = Book::of(json!([["1", "2"], ["3", "4"]])).await;
    book.batch(
        json!([{ "repeatCell": { "range": grid((0, 2), (2, 4)), "fields": "userEnteredValue",
        "cell": { "userEnteredValue": { "formulaValue": "=A1*$B$2" } } } }]),
    )
    .await;
    let entered = json!([["=A1*$B$2", "=B1*$B$2"], ["=A2*$B$2", "=B2*$B$2"]]);
    assert_eq!(book.entered("C1:D2").await, entered);
    let open = json!({ "sheetId": 0, "startRowIndex": 1000 });
    let told = book
        .batch_refused(json!([{ "repeatCell": { "range": open, "fields": "note", "cell": {} } }]))
        .await;
    let limits = "exceeds grid limits. Max rows: 1000, max columns: 26";
    assert!(told.ends_with(limits), "{told}");
}

#[tokio::test]
async fn appended_cells_go_behind_the_last_row() {
    let book = Book::with(
        json!({ "tabs": [{ "name": "T", "rows": [["a"], [], ["b"]], "row_count": 3 }] }),
    )
    .await;
    book.batch(
        json!([{ "appendCells": { "sheetId": 0, "fields": "userEnteredValue", "rows": [
        { "values": [{}, { "userEnteredValue": { "stringValue": "c" } }] } ] } }]),
    )
    .await;
    assert_eq!(book.shown("T").await, json!([["a"], [], ["b"], ["", "c"]]));
}

#[tokio::test]
async fn merged_cells_keep_the_first_value() {
    let book = Book::of(json!([["a", "b"], ["c", "d"]])).await;
    let merge = |kind: &str| json!([{ "mergeCells": { "range": grid((0, 2), (0, 2)), "mergeType": kind } }]);
    book.batch(merge("MERGE_ROWS")).await;
    assert_eq!(book.shown("A1:B2").await, json!([["a"], ["c"]]));
    let merges = async || book.get("sheets.merges").await["sheets"][0]["merges"].clone();
    assert_eq!(
        merges().await,
        json!([grid((0, 1), (0, 2)), grid((1, 2), (0, 2))])
    );
    let part = json!([{ "unmergeCells": { "range": grid((0, 1), (0, 1)) } }]);
    assert!(
        book.batch_refused(part)
            .await
            .contains("select all cells in a merged range")
    );
    book.batch(merge("MERGE_ALL")).await;
    assert_eq!(book.shown("A1:B2").await, json!([["a"]]));
    assert_eq!(merges().await, json!([grid((0, 2), (0, 2))]));
    book.batch(json!([{ "unmergeCells": { "range": grid((0, 2), (0, 2)) } }]))
        .await;
    assert_eq!(merges().await, Value::Null);
}

#[tokio::test]
async fn borders_go_around_and_between() {
    let book = Book::of(json!([])).await;
    let line = json!({ "style": "SOLID" });
    book.batch(json!([{ "updateBorders": { "range": grid((0, 2), (0, 2)),
        "top": line, "left": line, "innerHorizontal": { "style": "DOTTED" } } }]))
        .await;
    let borders =
        async |range: &str| book.cell(range).await["userEnteredFormat"]["borders"].clone();
    let dotted = json!({ "style": "DOTTED" });
    assert_eq!(
        borders("A1").await,
        json!({ "top": line, "left": line, "bottom": dotted })
    );
    assert_eq!(borders("B2").await, json!({ "top": dotted }));
    book.batch(json!([{ "updateBorders": { "range": grid((1, 2), (1, 2)),
        "top": { "style": "NONE" } } }]))
        .await;
    assert_eq!(book.cell("B2").await, Value::Null);
}

#[tokio::test]
async fn rows_are_sorted_with_what_is_in_them() {
    let book = Book::of(json!([
        ["name", "n", "twice"],
        ["b", "2", "=B2*2"],
        ["", "", ""],
        ["a", "2", "=B4*2"],
        ["c", "10", "=B5*2"],
    ]))
    .await;
    book.batch(
        json!([{ "sortRange": { "range": grid((1, 5), (0, 3)), "sortSpecs": [
        { "dimensionIndex": 1, "sortOrder": "DESCENDING" },
        { "dimensionIndex": 0, "sortOrder": "ASCENDING" } ] } }]),
    )
    .await;
    let sorted = json!([["c", "10", "20"], ["a", "2", "4"], ["b", "2", "4"]]);
    assert_eq!(book.shown("A2:C5").await, sorted);
    assert_eq!(book.entered("C2").await, json!([["=B2*2"]]));
    let outside = json!([{ "sortRange": { "range": grid((1, 5), (0, 2)),
        "sortSpecs": [{ "dimensionIndex": 2 }] } }]);
    assert!(
        book.batch_refused(outside)
            .await
            .contains("within the range")
    );
}

#[tokio::test]
async fn rules_filters_and_tables_are_kept() {
    let book = Book::of(json!([["a"]])).await;
    let range = grid((0, 1), (0, 1));
    let list = json!({ "condition": { "type": "ONE_OF_LIST",
        "values": [{ "userEnteredValue": "a" }] }, "strict": true });
    let rule = json!({ "ranges": [range], "booleanRule": {
        "condition": { "type": "NOT_BLANK" }, "format": { "textFormat": { "bold": true } } } });
    let replies = book
        .batch(json!([
            { "setDataValidation": { "range": range, "rule": list } },
            { "addConditionalFormatRule": { "rule": rule } },
            { "setBasicFilter": { "filter": { "range": range } } },
            { "addTable": { "table": { "name": "Things", "range": range } } },
        ]))
        .await;
    assert!(replies[3]["addTable"]["table"]["tableId"].is_string());
    assert_eq!(book.cell("A1").await["dataValidation"], list);
    let sheet = &book
        .get("sheets(conditionalFormats,basicFilter,tables)")
        .await["sheets"][0];
    assert_eq!(sheet["conditionalFormats"], json!([rule]));
    assert_eq!(sheet["basicFilter"]["range"], range);
    assert_eq!(sheet["tables"][0]["name"], "Things");
    book.batch(json!([
        { "setDataValidation": { "range": range } },
        { "deleteConditionalFormatRule": { "sheetId": 0, "index": 0 } },
        { "clearBasicFilter": { "sheetId": 0 } },
    ]))
    .await;
    assert_eq!(book.cell("A1").await["dataValidation"], Value::Null);
    let sheet = &book.get("sheets(conditionalFormats,basicFilter)").await["sheets"][0];
    assert_eq!(sheet, &json!({}));
}
