//! Tables filled, grown, shrunk, merged and styled.

use serde_json::{Value, json};

use super::harness::{Slides, at, text_of};

fn cell(row: u32, column: u32) -> Value {
    json!({ "rowIndex": row, "columnIndex": column })
}

fn put(row: u32, column: u32, text: &str) -> Value {
    json!({ "insertText": {
        "objectId": "table1", "cellLocation": cell(row, column), "text": text,
    }})
}

#[tokio::test]
async fn a_table_is_filled_cell_by_cell_and_grows_and_shrinks() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    deck.update(json!([
        { "createTable": {
            "objectId": "table1", "rows": 2, "columns": 2,
            "elementProperties": at(10.0, 10.0, 400.0, 100.0),
        }},
        put(0, 0, "a"), put(1, 1, "d"),
        { "insertTableRows": {
            "tableObjectId": "table1", "cellLocation": cell(0, 0), "insertBelow": true, "number": 2,
        }},
        { "insertTableColumns": { "tableObjectId": "table1", "cellLocation": cell(0, 1), "number": 1 } },
        put(3, 1, "new"),
        { "deleteTableRow": { "tableObjectId": "table1", "cellLocation": cell(1, 0) } },
    ]))
    .await;
    let shown = deck.element("table1").await;
    let table = &shown["table"];
    assert_eq!((&table["rows"], &table["columns"]), (&json!(3), &json!(3)));
    let rows = table["tableRows"].as_array().unwrap();
    let texts: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            row["tableCells"]
                .as_array()
                .unwrap()
                .iter()
                .map(text_of)
                .collect()
        })
        .collect();
    assert_eq!(texts, [["a\n", "", ""], ["", "", ""], ["", "new\n", "d\n"]]);
    assert_eq!(rows[0]["tableCells"][0]["location"], json!({}));
    assert_eq!(
        rows[2]["tableCells"][1]["location"],
        json!({ "rowIndex": 2, "columnIndex": 1 })
    );
    // Columns are resized to fit where they were.
    let widths = table["tableColumns"].as_array().unwrap().iter();
    let width: f64 = widths
        .map(|it| it["columnWidth"]["magnitude"].as_f64().unwrap())
        .sum();
    assert!((width - 400.0 * 12_700.0).abs() < 1.0, "{width}");
    let row =
        json!({ "deleteTableRow": { "tableObjectId": "table1", "cellLocation": cell(0, 0) } });
    deck.update(json!([row, row, row])).await;
    assert!(
        !deck
            .elements_of("slide1")
            .await
            .contains(&"table1".to_owned())
    );
}

#[tokio::test]
async fn cells_merge_with_their_texts_and_are_styled_in_a_range() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    let range = json!({ "location": {}, "rowSpan": 1, "columnSpan": 2 });
    let blue = json!({ "tableCellBackgroundFill": { "solidFill": { "color": { "themeColor": "ACCENT1" } } } });
    deck.update(json!([
        { "createTable": {
            "objectId": "table1", "rows": 2, "columns": 2,
            "elementProperties": { "pageObjectId": "slide1" },
        }},
        { "insertText": { "objectId": "table1", "cellLocation": {}, "text": "a" } },
        { "insertText": { "objectId": "table1", "cellLocation": { "columnIndex": 1 }, "text": "b" } },
        { "updateTableCellProperties": {
            "objectId": "table1", "tableRange": range, "tableCellProperties": blue,
            "fields": "tableCellBackgroundFill.solidFill.color",
        }},
        { "mergeTableCells": { "objectId": "table1", "tableRange": range } },
        { "updateTableBorderProperties": {
            "objectId": "table1", "fields": "weight",
            "tableBorderProperties": { "weight": { "magnitude": 3, "unit": "PT" } },
        }},
        { "updateTableColumnProperties": {
            "objectId": "table1", "columnIndices": [1], "fields": "columnWidth",
            "tableColumnProperties": { "columnWidth": { "magnitude": 50, "unit": "PT" } },
        }},
    ]))
    .await;
    let table = deck.element("table1").await["table"].clone();
    let first = table["tableRows"][0]["tableCells"].as_array().unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(
        (text_of(&first[0]).as_str(), &first[0]["columnSpan"]),
        ("a\nb\n", &json!(2))
    );
    let fill = |row: usize| {
        table["tableRows"][row]["tableCells"][0]["tableCellProperties"]["tableCellBackgroundFill"]
            ["propertyState"]
            .clone()
    };
    assert_eq!(
        (fill(0), fill(1)),
        (json!("RENDERED"), json!("NOT_RENDERED"))
    );
    let lines = table["horizontalBorderRows"].as_array().unwrap();
    let border = &lines[2]["tableBorderCells"][1]["tableBorderProperties"];
    assert_eq!(lines.len(), 3);
    assert_eq!(border["weight"]["magnitude"], 3);
    assert_eq!(border["dashStyle"], "SOLID");
    assert_eq!(
        table["tableColumns"][1]["columnWidth"]["magnitude"],
        635_000.0
    );
}

#[tokio::test]
async fn what_is_outside_a_table_or_no_table_is_refused() {
    let slides = Slides::of(json!([])).await;
    let deck = slides.deck().await.with_slide().await;
    deck.update(json!([{ "createTable": {
        "objectId": "table1", "rows": 3, "columns": 2,
        "elementProperties": { "pageObjectId": "slide1" },
    }}]))
    .await;
    for (request, part) in [
        (put(3, 0, "x"), "outside the table"),
        (
            json!({ "insertText": { "objectId": "table1", "text": "x" } }),
            "cell location is needed",
        ),
        (
            json!({ "insertTableRows": { "tableObjectId": "table1", "cellLocation": cell(0, 0), "number": 21 } }),
            "between 1 and 20",
        ),
        (
            json!({ "deleteTableRow": { "tableObjectId": "box01" } }),
            "not a table",
        ),
    ] {
        let message = deck.refused(json!([request])).await;
        assert!(message.contains(part), "{message}");
    }
}
