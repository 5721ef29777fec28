//! What is written, and what the result says of it.

use serde_json::{Value, json};
use toolgate_emulator::FaultRule;

use crate::golden::{APPEND, CHANGE, CLEAR, UPDATE, UPDATES, of};
use crate::seed::{BOBS, OTHER, TRACKER};
use crate::world::{World, unfenced};

async fn entered(world: &World, range: &str) -> Value {
    let read = of(json!({"spreadsheet_range": range, "show": "formulas"}));
    json!(unfenced(&world.done("read_sheet", read).await["cells"]))
}

#[tokio::test]
async fn a_write_says_where_it_went_and_what_the_cells_come_to() {
    let world = World::office().await;
    let data = json!([["Music", "Ann", "open", "2027-04-01", 80, "=E5*2"]]);
    let write = json!({"range_name": "Tracker!A5", "data": data, "show_values": true});
    let told = world.done("update_sheet", of(write)).await;
    assert_eq!(told["status"], "written");
    assert_eq!(
        (&told["ranges"], &told["cells"]),
        (&json!(["Tracker!A5:F5"]), &json!(6))
    );
    assert_eq!(
        unfenced(&told["values"]),
        "Music,Ann,open,2027-04-01,80,160"
    );
}

#[tokio::test]
async fn texts_are_typed_or_stay_texts_by_choice() {
    let world = World::office().await;
    let data = json!([["=1+1", "2027-04-01", "12%", "007", true, 5]]);
    for (input, expected) in [
        ("user_entered", "=1+1 → 2,2027-04-01,0.12,7,TRUE,5"),
        ("raw", "\"=1+1\",\"2027-04-01\",12%,\"007\",TRUE,5"),
    ] {
        let write = json!({"range_name": "Empty!A1", "data": data, "value_input": input});
        world.done("update_sheet", of(write)).await;
        assert_eq!(entered(&world, "Empty!A1:F1").await, expected, "{input}");
    }
}

#[tokio::test]
async fn rows_that_do_not_fit_are_refused_before_anything_is_written() {
    let world = World::office().await;
    let before = world.cells(TRACKER).await;
    for (range, data, named) in [
        ("Tracker!A1:B1", json!([["a", "b", "c"]]), "data"),
        ("Tracker!A1:B1", json!([["a"], ["b"]]), "data"),
        ("Tracker!Z1000", json!([["a", "b"]]), "data"),
        ("Tracker!A1001", json!([["a"]]), "range_name"),
        ("Nowhere!A1", json!([["a"]]), "range_name"),
        ("R1C1", json!([["a"]]), "range_name"),
        ("A1", json!([[]]), "data"),
    ] {
        let write = of(json!({"range_name": range, "data": data}));
        let error = world.call("update_sheet", write).await.unwrap_err();
        assert_eq!(error.argument(), Some(named), "{range}: {error}");
    }
    assert_eq!(world.cells(TRACKER).await, before);
    assert_eq!(world.count(UPDATE), 0);
}

#[tokio::test]
async fn a_write_for_cells_that_changed_since_is_refused_and_says_so() {
    let world = World::office().await;
    let read = of(json!({"spreadsheet_range": "Tracker!A1:F4"}));
    let revision = world.done("read_sheet", read.clone()).await["revision"].clone();
    assert_eq!(world.done("read_sheet", read).await["revision"], revision);
    let first = of(json!({"range_name": "Tracker!C2", "data": [["done"]], "expect": revision}));
    world.done("update_sheet", first.clone()).await;
    for (tool, arguments, method) in [
        ("update_sheet", first, UPDATE),
        (
            "update_ranges",
            of(json!({"updates": [{"range": "Tracker!C3", "data": [["x"]]}], "expect": revision})),
            UPDATES,
        ),
        (
            "clear_range",
            of(json!({"range": "Tracker!C3", "expect": revision})),
            CLEAR,
        ),
    ] {
        let before = world.count(method);
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("expect"), "{tool} {error}");
        assert!(error.message().contains("nothing was written"), "{error}");
        assert_eq!(world.count(method), before, "{tool}");
    }
    // Elsewhere in the spreadsheet others may do what they like.
    let read = of(json!({"spreadsheet_range": "Tracker!A1:F4"}));
    let revision = world.done("read_sheet", read).await["revision"].clone();
    let other = of(json!({"range_name": "Empty!A1", "data": [["x"]]}));
    world.done("update_sheet", other).await;
    let then = of(json!({"range_name": "Tracker!C2", "data": [["x"]], "expect": revision}));
    world.done("update_sheet", then).await;
    for no_revision in ["", "Tracker!A1", "R1C1#000000000000"] {
        let write = of(json!({"range_name": "A1", "data": [["x"]], "expect": no_revision}));
        let error = world.call("update_sheet", write).await.unwrap_err();
        assert_eq!(error.argument(), Some("expect"), "{no_revision} {error}");
    }
}

#[tokio::test]
async fn what_is_protected_from_the_person_is_refused_by_name_before_it_is_tried() {
    let world = World::office().await;
    let bobs = |mut arguments: Value| {
        arguments["spreadsheet_id"] = json!(BOBS);
        arguments
    };
    for (tool, arguments) in [
        (
            "update_sheet",
            json!({"range_name": "Plan!B2", "data": [["5"]]}),
        ),
        (
            "update_ranges",
            json!({"updates": [{"range": "Plan!B1:B3", "data": [["5"]]},
            {"range": "Plan!A1", "data": [["5"]]}]}),
        ),
        ("clear_range", json!({"range": "Plan"})),
        (
            "find_replace",
            json!({"find": "Ann", "replacement": "Eve", "range": "Plan!A:A"}),
        ),
        ("format_range", json!({"range": "Plan!A1:A9", "bold": true})),
        (
            "update_record",
            json!({"key_column": "Name", "key": "Ann", "columns": ["N"], "values": [5]}),
        ),
        ("delete_tab", json!({"tab": "Plan"})),
        ("delete_rows", json!({"rows": "Plan!2:9"})),
    ] {
        let error = world.call(tool, bobs(arguments)).await.unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{tool}: {error}");
        assert!(
            error
                .message()
                .contains("`Plan!A1:B2` is protected (`Bob's head`)"),
            "{error}"
        );
    }
    for method in [UPDATE, UPDATES, CLEAR, CHANGE] {
        assert_eq!(world.count(method), 0, "{method}");
    }
    let free = json!({"range_name": "Plan!B3", "data": [[5]]});
    world.done("update_sheet", bobs(free)).await;
    assert_eq!(world.shown(BOBS, "Plan!B3").await, json!([["5"]]));
}

#[tokio::test]
async fn rows_are_appended_behind_the_table_and_move_nothing_over() {
    let world = World::office().await;
    let total = of(json!({"range_name": "Tracker!A6", "data": [["Total"]]}));
    world.done("update_sheet", total).await;
    let rows = json!({"rows": [["Music", "Ann"], ["Tent", "Bob"]], "range": "Tracker!A1"});
    let appended = world.done("append_rows", of(rows)).await;
    assert_eq!(
        (&appended["range"], &appended["rows"]),
        (&json!("Tracker!A5:B6"), &json!(2))
    );
    let column = world.shown(TRACKER, "Tracker!A1:A9").await;
    let expected = json!([
        ["Item"],
        ["Venue"],
        ["Catering"],
        ["Bus, big"],
        ["Music"],
        ["Tent"],
        [],
        ["Total"]
    ]);
    assert_eq!(column, expected);
}

#[tokio::test]
async fn records_are_appended_to_the_columns_of_their_names() {
    let world = World::office().await;
    let records = json!({"columns": ["amount", "Item"], "rows": [[80, "Music"], [9, "Tent"]]});
    world.done("append_records", of(records)).await;
    let rows = world.shown(TRACKER, "Tracker!A5:F6").await;
    assert_eq!(
        rows,
        json!([["Music", "", "", "", "80"], ["Tent", "", "", "", "9"]])
    );
    assert_eq!(world.count(APPEND), 1);
}

#[tokio::test]
async fn a_record_is_changed_where_one_row_has_the_key() {
    let world = World::office().await;
    let update = |column: &str, key: &str| {
        of(
            json!({"key_column": column, "key": key, "columns": ["Status", "Amount"], "values": ["done", 7]}),
        )
    };
    let told = world
        .done("update_record", update("item", "bus, BIG"))
        .await;
    assert_eq!(told["ranges"], json!(["Tracker!C4", "Tracker!E4"]));
    assert_eq!(
        world.shown(TRACKER, "Tracker!C4:E4").await,
        json!([["done", "", "7"]])
    );
    let error = world
        .call("update_record", update("Owner", "Ann"))
        .await
        .unwrap_err();
    assert!(
        error.message().contains("2 rows have `Ann`: 2, 4"),
        "{error}"
    );
    let error = world
        .call("update_record", update("Owner", "Zoe"))
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    let error = world
        .call("update_record", update("Colour", "red"))
        .await
        .unwrap_err();
    assert!(error.message().contains("`Item`"), "{error}");
}

#[tokio::test]
async fn words_are_replaced_where_it_is_said_and_counted() {
    let world = World::office().await;
    for (arguments, count) in [
        (
            json!({"find": "ann", "replacement": "Zoe", "match_case": true}),
            0,
        ),
        (
            json!({"find": "ann", "replacement": "Zoe", "range": "Tracker!B2:B3"}),
            1,
        ),
        (
            json!({"find": "Cater", "replacement": "x", "whole_cell": true}),
            0,
        ),
        (json!({"find": "Ann", "replacement": "Zoe"}), 1),
    ] {
        let replaced = world.done("find_replace", of(arguments.clone())).await;
        assert_eq!(replaced["occurrences"], count, "{arguments}");
    }
    assert_eq!(
        world.shown(TRACKER, "Tracker!B2:B4").await,
        json!([["Zoe"], ["Bob"], ["Zoe"]])
    );
}

#[tokio::test]
async fn tabs_are_added_renamed_copied_and_deleted() {
    let world = World::office().await;
    let titles = |facts: &Value| -> Vec<String> {
        let tabs = facts["tabs"].as_array().unwrap().iter();
        tabs.map(|it| it["title"].as_str().unwrap().to_owned())
            .collect()
    };
    world
        .done("add_tab", of(json!({"title": "More", "index": 0})))
        .await;
    world
        .done(
            "rename_tab",
            of(json!({"tab": "Empty", "title": "It's #1!"})),
        )
        .await;
    world.done("copy_tab", of(json!({"tab": "Tracker"}))).await;
    world
        .done("copy_tab", of(json!({"tab": "Tracker", "title": "Old"})))
        .await;
    world.done("delete_tab", of(json!({"tab": "more"}))).await;
    let facts = world.done("get_spreadsheet", of(json!({}))).await;
    assert_eq!(
        titles(&facts),
        ["Tracker", "Q1! '#2'", "It's #1!", "Tracker (1)", "Old"]
    );
    let away = json!({"tab": "Old", "to_spreadsheet_id": OTHER, "title": "Theirs"});
    world.done("copy_tab", of(away)).await;
    let facts = world
        .done("get_spreadsheet", json!({"spreadsheet_id": OTHER}))
        .await;
    assert_eq!(titles(&facts), ["Sheet1", "Theirs"]);
    assert_eq!(world.shown(OTHER, "Theirs!A2").await, json!([["Venue"]]));
    for (tool, arguments) in [
        ("add_tab", json!({"title": "OLD"})),
        ("rename_tab", json!({"tab": "Old", "title": "tracker"})),
        ("copy_tab", json!({"tab": "Old", "title": "Tracker"})),
    ] {
        let error = world.call(tool, of(arguments)).await.unwrap_err();
        assert_eq!(error.argument(), Some("title"), "{tool} {error}");
    }
}

#[tokio::test]
async fn the_only_tab_that_is_shown_is_not_deleted() {
    let world = World::office().await;
    let only = json!({"spreadsheet_id": OTHER, "tab": "Sheet1"});
    let error = world.call("delete_tab", only).await.unwrap_err();
    assert_eq!(error.argument(), Some("tab"), "{error}");
    assert_eq!(world.count(CHANGE), 0);
}

#[tokio::test]
async fn an_amount_with_words_in_its_format_is_read_as_the_number_that_it_is() {
    let world = World::office().await;
    for format in [
        "#,##0.0;[Red]-#,##0.0",
        "#,##0.0 \"USD\"",
        "[$USD] #,##0.0",
        "0.0 \"hours\"",
    ] {
        let amount = json!({"range_name": "Tracker!H2", "data": [[1234.5]]});
        world.done("update_sheet", of(amount)).await;
        let look = json!({"range": "Tracker!H2", "number_format": format});
        world.done("format_range", of(look)).await;
        let read = of(json!({"spreadsheet_range": "Tracker!H2"}));
        let read = world.done("read_sheet", read).await.to_string();
        assert!(read.contains("1234.5"), "{format}: {read}");
    }
}

#[tokio::test]
async fn a_format_changes_what_is_given_and_nothing_else() {
    let world = World::office().await;
    let format = |format: Value| {
        let mut arguments = of(format);
        arguments["range"] = json!("Tracker!E2:E3");
        arguments
    };
    world
        .done(
            "format_range",
            format(json!({"number_format": "$#,##0.00", "bold": true})),
        )
        .await;
    world
        .done(
            "format_range",
            format(json!({"italic": true, "borders": true, "column_width": 150})),
        )
        .await;
    world
        .done(
            "format_range",
            format(json!({"freeze_rows": 2, "freeze_columns": 1})),
        )
        .await;
    assert_eq!(
        world.shown(TRACKER, "Tracker!E2:E3").await,
        json!([["$1,200.50"], ["$300.00"]])
    );
    let path = format!(
        "v4/spreadsheets/{TRACKER}?ranges=Tracker%21E2&fields=sheets(properties(gridProperties),\
        data(columnMetadata(pixelSize),rowData(values(userEnteredFormat))))"
    );
    let google = world.google(crate::world::ALICE, &path).await;
    let cell = &google["sheets"][0]["data"][0]["rowData"][0]["values"][0]["userEnteredFormat"];
    let text = &cell["textFormat"];
    assert_eq!(
        (&text["bold"], &text["italic"]),
        (&json!(true), &json!(true)),
        "{google}"
    );
    assert_eq!(cell["borders"]["top"]["style"], "SOLID", "{google}");
    let grid = &google["sheets"][0]["properties"]["gridProperties"];
    assert_eq!(
        (&grid["frozenRowCount"], &grid["frozenColumnCount"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        google["sheets"][0]["data"][0]["columnMetadata"][0]["pixelSize"], 150,
        "{google}"
    );
    let nothing = world
        .call("format_range", format(json!({})))
        .await
        .unwrap_err();
    assert!(
        nothing.message().contains("no format is given"),
        "{nothing}"
    );
}

#[tokio::test]
async fn what_was_written_stays_so_where_it_cannot_be_shown() {
    let world = World::office().await;
    let down = toolgate_emulator::FaultAction::status_with_reason(403, "domainPolicy");
    let down = FaultRule::new(down).on_method(crate::golden::GET).after(1);
    world.emulator.faults().add(down);
    let write = json!({"range_name": "Tracker!A9", "data": [["x"]], "show_values": true});
    let told = world.done("update_sheet", of(write)).await;
    assert_eq!(
        (&told["status"], told.get("values")),
        (&json!("written"), None)
    );
}
