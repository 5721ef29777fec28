//! What a model gets of cells: kinds, windows, tabs, records.

use serde_json::{Value, json};

use crate::golden::of;
use crate::seed::{OTHER, TRACKER};
use crate::world::{World, unfenced};

fn rows_of(read: &Value, member: &str) -> Vec<String> {
    unfenced(&read[member]).lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn cells_are_read_with_their_kinds_dates_by_the_zone_and_texts_told_from_numbers() {
    let world = World::office().await;
    let read = world
        .done("read_sheet", of(json!({"spreadsheet_range": "Tracker"})))
        .await;
    assert_eq!(
        rows_of(&read, "cells"),
        [
            "Item,Owner,Status,Due,Amount,Double",
            "Venue,Ann,open,2027-03-01,1200.5,2401",
            "Catering,Bob,done,2027-02-10,300,600",
            "\"Bus, big\",Ann,open,,,#DIV/0!",
        ]
    );
    assert_eq!(read["time_zone"], "Europe/Berlin");
    assert_eq!(read["range"], "Tracker!A1:Z4");
    assert_eq!(read.get("next"), None);
    let quoted = of(json!({"spreadsheet_range": "'Q1! ''#2'''!A1:C1"}));
    let read = world.done("read_sheet", quoted).await;
    assert_eq!(rows_of(&read, "cells"), ["\"Say \"\"hi\"\"\",\"007\",TRUE"]);
    assert_eq!(read.get("time_zone"), None);
}

#[tokio::test]
async fn cells_are_shown_formatted_or_as_formulas_where_it_is_asked_for() {
    let world = World::office().await;
    let range = "Tracker!D2:F2";
    let show = |show: &str| of(json!({"spreadsheet_range": range, "show": show}));
    let read = world.done("read_sheet", show("formulas")).await;
    assert_eq!(rows_of(&read, "cells"), ["2027-03-01,1200.5,=E2*2 → 2401"]);
    let read = world.done("read_sheet", show("formatted")).await;
    let google = world.shown(TRACKER, range).await;
    let shown: Vec<&str> = google[0]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert_eq!(rows_of(&read, "cells"), [shown.join(",")]);
}

#[tokio::test]
async fn a_range_is_that_of_the_call_then_of_the_link_then_of_the_first_tab() {
    let world = World::office().await;
    let facts = world.done("get_spreadsheet", of(json!({}))).await;
    let notes = facts["tabs"][1]["tab_id"].as_i64().unwrap();
    let link = format!("https://docs.google.com/spreadsheets/d/{TRACKER}/edit#gid={notes}");
    for (id, range, expected) in [
        (TRACKER, None, "Tracker!A1:Z4"),
        (&link, None, "'Q1! ''#2'''!A1:Z1"),
        (&link, Some("Tracker!A1"), "Tracker!A1"),
        (TRACKER, Some("amounts"), "Tracker!E2:E3"),
        (TRACKER, Some("tracker"), "Tracker!A1:Z4"),
        (TRACKER, Some("A1:B2"), "Tracker!A1:B2"),
    ] {
        let mut arguments = json!({"spreadsheet_id": id});
        if let Some(range) = range {
            arguments["spreadsheet_range"] = json!(range);
        }
        let read = world.done("read_sheet", arguments).await;
        assert_eq!(read["range"], expected, "{id} {range:?}");
    }
}

#[tokio::test]
async fn a_spreadsheet_tells_its_tabs_and_the_cells_that_are_used() {
    let world = World::office().await;
    let facts = world.done("get_spreadsheet", of(json!({}))).await;
    let tabs = facts["tabs"].as_array().unwrap();
    let used: Vec<&Value> = tabs.iter().map(|it| &it["used"]).collect();
    assert_eq!(used, [&json!("A1:F4"), &json!("A1:C1"), &Value::Null]);
    assert_eq!(
        (&tabs[0]["title"], &tabs[0]["frozen_rows"]),
        (&json!("Tracker"), &json!(1))
    );
    assert_eq!(
        (&tabs[2]["rows"], &tabs[2]["columns"]),
        (&json!(1000), &json!(26))
    );
    assert_eq!(facts["named_ranges"][0]["range"], "Tracker!E2:E4");
    assert_eq!(
        (&facts["locale"], &facts["time_zone"]),
        (&json!("en_US"), &json!("Europe/Berlin"))
    );
}

#[tokio::test]
async fn what_the_person_may_not_change_is_told() {
    let world = World::office().await;
    let bobs = json!({"spreadsheet_id": crate::seed::BOBS});
    let facts = world.done("get_spreadsheet", bobs).await;
    assert_eq!(facts["tabs"][0]["protected"], json!(["A1:B2"]));
    assert_eq!(facts["tabs"][0]["warned"], json!(["C1:C9"]));
    assert_eq!(facts["tabs"][1].get("protected"), None);
    assert_eq!(facts["tabs"][1].get("warned"), None);
}

#[tokio::test]
async fn rows_are_found_by_the_names_in_their_header() {
    let world = World::office().await;
    for (filter, expected) in [
        (
            json!(["Status = open"]),
            vec!["2,Venue,1200.5", "4,\"Bus, big\""],
        ),
        (
            json!(["status = OPEN", "Amount > 1000"]),
            vec!["2,Venue,1200.5"],
        ),
        (json!(["Item ~ cat"]), vec!["3,Catering,300"]),
        (json!(["Due < 2027-03-01"]), vec!["3,Catering,300"]),
        (json!(["Double = #DIV/0!"]), vec!["4,\"Bus, big\""]),
        (json!(["Owner = nobody"]), vec![]),
    ] {
        let arguments = of(json!({"filter": filter, "columns": ["Item", "Amount"]}));
        let found = world.done("read_records", arguments).await;
        let rows = rows_of(&found, "rows");
        assert_eq!(rows[0], "row,Item,Amount");
        assert_eq!(rows[1..], expected, "{filter}");
        assert_eq!(found["count"], expected.len());
    }
}

#[tokio::test]
async fn a_table_may_begin_anywhere() {
    let world = World::office().await;
    let rows = json!([
        ["", "", ""],
        ["", "Name", "N"],
        ["", "Ann", 1],
        ["", "Bob", 2]
    ]);
    let write = json!({"spreadsheet_id": OTHER, "range_name": "D10", "data": rows});
    world.done("update_sheet", write).await;
    let find = json!({"spreadsheet_id": OTHER, "table": "D10:F20", "filter": ["N = 2"],
        "columns": ["Name"]});
    let found = world.done("read_records", find).await;
    assert_eq!(rows_of(&found, "rows"), ["row,Name", "13,Bob"]);
}

#[tokio::test]
async fn several_ranges_are_read_and_one_that_fails_loses_no_other() {
    let world = World::office().await;
    let ranges = json!({"ranges": ["Tracker!A2", "Nowhere!A1", "R1C1", "Tracker!B2"]});
    let read = world.done("read_ranges", of(ranges)).await;
    let read = read["ranges"].as_array().unwrap();
    assert_eq!(unfenced(&read[0]["cells"]), "Venue");
    assert_eq!(unfenced(&read[3]["cells"]), "Ann");
    assert!(
        read[1]["error"].as_str().unwrap().contains("no tab"),
        "{read:?}"
    );
    assert!(
        read[2]["error"].as_str().unwrap().contains("R1C1"),
        "{read:?}"
    );
    assert_eq!(read[2]["asked"], "R1C1");
}

#[tokio::test]
async fn records_that_are_wider_than_their_header_say_so() {
    let world = World::office().await;
    let read = json!({"spreadsheet_id": OTHER});
    let found = world.done("read_records", read.clone()).await;
    assert!(found.get("note").is_none(), "{found}");
    let wide = json!({"spreadsheet_id": OTHER, "range_name": "Sheet1!D2", "data": [["stray"]]});
    world.done("update_sheet", wide).await;
    let found = world.done("read_records", read).await;
    let note = found["note"].as_str().unwrap();
    assert!(
        note.contains("right of the last column with a name"),
        "{note}"
    );
}
