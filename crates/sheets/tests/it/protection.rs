//! What is protected from the person: what Google says of it, and rows in the free cells of a protected tab.

use serde_json::{Value, json};

use crate::seed::{BOB, BOBS};
use crate::world::World;

const APPEND: &str = "sheets.spreadsheets.values.append";

/// Bob protects his first tab but for cells from the third row on, or for a column of it.
async fn protected(range: Value, free: Value) -> World {
    let world = World::office().await;
    let shown = world.google(BOB, &format!("v4/spreadsheets/{BOBS}")).await;
    let tab = &shown["sheets"][0]["properties"]["sheetId"];
    let on = |mut range: Value| {
        range["sheetId"] = tab.clone();
        range
    };
    let protection = json!({"range": on(range), "unprotectedRanges": [on(free)],
        "description": "all of it"});
    let protect = json!([{"addProtectedRange": {"protectedRange": protection}}]);
    world.change(BOB, BOBS, protect).await;
    world
}

fn rows(range: &str) -> Value {
    json!({"spreadsheet_id": BOBS, "range": range, "rows": [["Joe", 5]]})
}

#[tokio::test]
async fn what_google_says_of_protection_is_told_as_that_and_nothing_is_written() {
    let world = protected(json!({}), json!({"startRowIndex": 90})).await;
    let before = world.cells(BOBS).await;
    for (tool, arguments) in [
        ("find_replace", json!({"find": "Ann", "replacement": "Eva"})),
        ("rename_tab", json!({"tab": "Plan", "title": "Mine"})),
    ] {
        let mut arguments = arguments;
        arguments["spreadsheet_id"] = json!(BOBS);
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{tool}: {error}");
        let said = error.message();
        assert!(
            said.contains("is protected, and this person may not"),
            "{said}"
        );
        assert!(said.contains("an owner of the spreadsheet can"), "{said}");
    }
    assert_eq!(world.cells(BOBS).await, before);
}

#[tokio::test]
async fn rows_are_appended_to_free_cells_of_a_protected_tab_without_inserting_any() {
    let world = protected(json!({}), json!({"startRowIndex": 2})).await;
    world.done("append_rows", rows("Plan")).await;
    let shown = world.shown(BOBS, "Plan!A3:B5").await;
    assert_eq!(shown, json!([["Eve", "4"], ["Joe", "5"]]));
    let asked = &world.requests(APPEND)[0];
    assert!(format!("{asked:?}").contains("OVERWRITE"), "{asked:?}");
}

#[tokio::test]
async fn rows_that_would_have_to_be_inserted_through_protection_are_refused_by_name() {
    let world = protected(json!({}), json!({"startRowIndex": 2})).await;
    let total = json!({"spreadsheet_id": BOBS, "range_name": "Plan!A6", "data": [["Total"]]});
    world.done("update_sheet", total).await;
    let inserted = json!({"spreadsheet_id": BOBS, "rows": "Plan!4:5"});
    for (tool, arguments) in [
        ("append_rows", rows("Plan!A1:B3")),
        ("insert_rows", inserted),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{tool}: {error}");
        assert!(error.message().contains("(`all of it`)"), "{tool}: {error}");
    }
    assert_eq!(world.count(APPEND), 0);
}
