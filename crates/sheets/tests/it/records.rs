//! Rows by the names of columns, where tables are not as tidy as one would like.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::golden::{APPEND, UPDATES};
use crate::seed::{book, people, tab};
use crate::world::World;

type Rows = &'static [&'static [&'static str]];

const BOOK: &str = "x-untidy";

fn of(mut arguments: Value) -> Value {
    arguments["spreadsheet_id"] = json!(BOOK);
    arguments
}

/// A spreadsheet with one tab of these rows.
async fn untidy(rows: Rows) -> World {
    let file = book(BOOK, "Untidy", vec![tab("Plan", rows)]);
    World::seeded(people(vec![file], Vec::new())).await
}

#[tokio::test]
async fn a_record_stands_under_its_names_wherever_the_table_begins() {
    let columns = json!({"columns": ["N", "Name"], "rows": [[3, "Eve"]]});
    let tables: [(Rows, Option<&str>, Value); 5] = [
        // An empty column before the table.
        (
            &[&["", "Name", "N"], &["", "Ann", "1"]],
            None,
            json!([["", "Eve", "3"]]),
        ),
        // One without a name that has cells.
        (
            &[&["", "Name", "N"], &["a", "Ann", "1"]],
            None,
            json!([["", "Eve", "3"]]),
        ),
        // A range that begins within the table.
        (
            &[&["Id", "Name", "N"], &["1", "Ann", "1"]],
            Some("Plan!B1:C"),
            json!([["", "Eve", "3"]]),
        ),
        // A column without a name between those that have one, and a title above.
        (
            &[&["Plan"], &[], &["Name", "", "N"], &["Ann", "x", "1"]],
            Some("Plan!A3:C"),
            json!([["Eve", "", "3"]]),
        ),
        // Another table in the way.
        (
            &[
                &["Name", "N", "", "Key"],
                &["Ann", "1", "", "k"],
                &["", "", "", "l"],
            ],
            None,
            json!([["Eve", "3"]]),
        ),
    ];
    for (rows, table, expected) in tables {
        let world = untidy(rows).await;
        let mut append = of(columns.clone());
        if let Some(table) = table {
            append["table"] = json!(table);
        }
        let told = world.done("append_records", append).await;
        let row = rows.iter().rposition(|row| row.contains(&"Ann"));
        let row = row.map_or(0, |it| it + 2);
        let range = format!("Plan!A{row}:C{row}");
        assert_eq!(world.shown(BOOK, &range).await, expected, "{rows:?} {told}");
        assert_eq!(told.get("note"), None, "{told}");
    }
}

#[tokio::test]
async fn a_record_that_google_put_elsewhere_is_told() {
    let world = untidy(&[&["Name", "N"], &["Ann", "1"]]).await;
    let elsewhere = json!({"tableRange": "Plan!C1:D2", "updates": {"updatedRange": "Plan!C3:D3"}});
    let elsewhere = FaultAction::Json {
        status: 200,
        body: elsewhere,
    };
    let rule = FaultRule::new(elsewhere).on_method(APPEND);
    world.emulator.faults().add(rule);
    let append = of(json!({"columns": ["Name"], "rows": [["Eve"]]}));
    let told = world.done("append_records", append).await;
    let note = told["note"].as_str().unwrap_or_default();
    assert!(note.contains("begin in column C and not in A"), "{told}");
}

#[tokio::test]
async fn a_key_that_says_nothing_changes_no_row() {
    let world = untidy(&[&["Name", "N"], &["Ann", "1"], &["", "2"]]).await;
    for key in [" ", "\u{200b}"] {
        let update = of(json!({"key_column": "Name", "key": key, "columns": ["N"], "values": [5]}));
        let error = world.call("update_record", update).await.unwrap_err();
        assert_eq!(error.argument(), Some("key"), "{error}");
    }
    assert_eq!(world.count(UPDATES), 0);
}

#[tokio::test]
async fn a_key_is_a_number_or_a_text_and_both_are_two_rows() {
    let world = untidy(&[
        &["Id", "N"],
        &["7", "1"],
        &["'007", "2"],
        &["'7", "3"],
        &["8", "4"],
    ])
    .await;
    let update =
        |key: &str| of(json!({"key_column": "Id", "key": key, "columns": ["N"], "values": [9]}));
    let told = world.done("update_record", update("8.0")).await;
    assert_eq!(told["ranges"], json!(["Plan!B5"]));
    for (key, rows) in [("7", "2, 4"), ("007", "2, 3")] {
        let error = world.call("update_record", update(key)).await.unwrap_err();
        let said = format!("2 rows have `{key}`: {rows}");
        assert!(error.message().contains(&said), "{error}");
    }
}

#[tokio::test]
async fn a_record_that_expects_what_is_no_longer_there_is_not_changed() {
    let world = untidy(&[&["Name", "N"], &["Ann", "1"]]).await;
    let read = of(json!({"spreadsheet_range": "Plan!A1:B2"}));
    let revision = world.done("read_sheet", read).await["revision"].clone();
    let update = of(
        json!({"key_column": "Name", "key": "Ann", "columns": ["N"], "values": [5], "expect": revision}),
    );
    world.done("update_record", update.clone()).await;
    let error = world.call("update_record", update).await.unwrap_err();
    assert_eq!(error.argument(), Some("expect"), "{error}");
    assert_eq!(world.count(UPDATES), 1);
}
