//! What becomes of texts that read like formulas, numbers and dates, and of numbers that are too long.

use serde_json::{Value, json};

use crate::golden::{APPEND, UPDATE, UPDATES, of};
use crate::seed::TRACKER;
use crate::world::{World, unfenced};

async fn entered(world: &World, range: &str) -> Value {
    let read = of(json!({"spreadsheet_range": range, "show": "formulas"}));
    json!(unfenced(&world.done("read_sheet", read).await["cells"]))
}

/// What others may have written, a date and an amount.
const ROW: [&str; 6] = [
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+49 171 5550",
    "007",
    "'tis",
    "2027-04-01",
    "-12.5",
];
const KEPT: &str = "\"=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",+49 171 5550,\"007\",'tis,2027-04-01,-12.5";

#[tokio::test]
async fn a_row_of_others_keeps_its_texts_unless_it_is_said_otherwise() {
    let columns = json!(["Item", "Owner", "Status", "Due", "Amount", "Double"]);
    for (tool, arguments, row) in [
        ("append_rows", json!({"rows": [ROW]}), 5),
        (
            "append_records",
            json!({"columns": columns, "rows": [ROW]}),
            5,
        ),
        (
            "update_record",
            json!({"key_column": "Item", "key": "Catering", "columns": columns, "values": ROW}),
            3,
        ),
    ] {
        let world = World::office().await;
        let told = world.done(tool, of(arguments.clone())).await;
        assert_eq!(told["kept_as_text"], 4, "{tool} {told}");
        let range = format!("Tracker!A{row}:F{row}");
        assert_eq!(entered(&world, &range).await, KEPT, "{tool}");
        let world = World::office().await;
        let mut typed = of(arguments);
        typed["value_input"] = json!("user_entered");
        let told = world.done(tool, typed).await;
        assert_eq!(told.get("kept_as_text"), None, "{tool}");
        let cells = entered(&world, &range).await;
        assert!(
            cells.as_str().unwrap_or_default().contains(" → "),
            "{tool} {cells}"
        );
    }
}

#[tokio::test]
async fn a_write_says_how_many_cells_became_formulas() {
    let world = World::office().await;
    let data = json!([["=1+1", "a", "= A1"]]);
    let write =
        |input: &str| of(json!({"range_name": "Empty!A1", "data": data, "value_input": input}));
    let told = world.done("update_sheet", write("user_entered")).await;
    assert_eq!(told["formulas"], 2, "{told}");
    let told = world.done("update_sheet", write("raw")).await;
    assert_eq!(told.get("formulas"), None, "{told}");
}

#[tokio::test]
async fn a_number_that_would_lose_its_last_digits_is_refused_before_anything_is_written() {
    let world = World::office().await;
    let long = 1_234_567_890_123_456_u64;
    for (tool, arguments, argument) in [
        (
            "update_sheet",
            json!({"range_name": "Empty!A1", "data": [[long]]}),
            "data",
        ),
        (
            "update_ranges",
            json!({"updates": [{"range": "Empty!A1", "data": [[long]]}]}),
            "updates",
        ),
        ("append_rows", json!({"rows": [[long]]}), "rows"),
        (
            "append_records",
            json!({"columns": ["Item"], "rows": [[long]]}),
            "rows",
        ),
        (
            "update_record",
            json!({"key_column": "Item", "key": "Venue", "columns": ["Owner"], "values": [long]}),
            "values",
        ),
    ] {
        let error = world.call(tool, of(arguments)).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{tool} {error}");
    }
    for method in [APPEND, UPDATE, UPDATES] {
        assert_eq!(world.count(method), 0, "{method}");
    }
    let text =
        json!({"range_name": "Empty!A1", "data": [[long.to_string()]], "value_input": "raw"});
    world.done("update_sheet", of(text)).await;
    assert_eq!(entered(&world, "Empty!A1").await, format!("\"{long}\""));
    assert_eq!(
        world.shown(TRACKER, "Empty!A1").await,
        json!([[long.to_string()]])
    );
}
