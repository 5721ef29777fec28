//! Which tab is meant: never another one than a name or a link says, and what is left out is told.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::SeedProtected;
use toolgate_toolkit::ToolError;

use crate::golden::{CHANGE, UPDATE};
use crate::seed::{book, people, tab, to};
use crate::world::{ALICE, World};

const BOOK: &str = "x-tabs";

async fn world(titles: &[&str]) -> World {
    let tabs = titles.iter().map(|it| tab(it, &[&["x"]])).collect();
    World::seeded(people(vec![book(BOOK, "Tabs", tabs)], Vec::new())).await
}

async fn refused(world: &World, tool: &str, mut arguments: Value) -> ToolError {
    if arguments.get("spreadsheet_id").is_none() {
        arguments["spreadsheet_id"] = json!(BOOK);
    }
    world.call(tool, arguments).await.unwrap_err()
}

#[tokio::test]
async fn a_link_to_a_tab_that_is_gone_means_no_other_tab() {
    let world = world(&["First", "Second"]).await;
    let link = format!("https://docs.google.com/spreadsheets/d/{BOOK}/edit#gid=12345");
    let write = json!({"spreadsheet_id": link, "range_name": "A1", "data": [["y"]]});
    let error = refused(&world, "update_sheet", write).await;
    assert_eq!(error.argument(), Some("range_name"), "{error}");
    assert!(error.message().contains("no longer there"), "{error}");
    let read = json!({"spreadsheet_id": link});
    let error = refused(&world, "read_sheet", read).await;
    assert!(error.message().contains("`First`"), "{error}");
    let named = json!({"spreadsheet_id": link, "range_name": "Second!A1", "data": [["y"]]});
    world.done("update_sheet", named).await;
    assert_eq!(world.count(UPDATE), 1);
}

#[tokio::test]
async fn of_two_tabs_that_show_alike_none_is_taken_for_the_other() {
    let world = world(&["Plan\u{200b}", "plan", "More"]).await;
    for arguments in [json!({"tab": "PLAN"}), json!({"tab": "'Plan'"})] {
        let error = refused(&world, "delete_tab", arguments).await;
        assert!(error.message().contains("two tabs show as"), "{error}");
    }
    assert_eq!(world.count(CHANGE), 0);
    // The exact name is one.
    let exact = json!({"spreadsheet_id": BOOK, "tab": "plan"});
    world.done("delete_tab", exact).await;
    assert_eq!(world.shown(BOOK, "'Plan\u{200b}'!A1").await, json!([["x"]]));
}

#[tokio::test]
async fn a_name_may_stand_in_quotes_as_it_does_in_ranges() {
    let world = world(&["It's #1", "'quoted'", "More"]).await;
    for (name, title) in [("'It''s #1'", "It's #1"), ("'quoted'", "'quoted'")] {
        let delete = json!({"spreadsheet_id": BOOK, "tab": name});
        let deleted = world.done("delete_tab", delete).await;
        assert_eq!(deleted["title"], title, "{name}");
    }
}

#[tokio::test]
async fn ranges_that_are_not_named_one_by_one_are_counted() {
    let range = |row: usize| format!("Plan!A{row}");
    let protected = (1..=23).map(|row| SeedProtected {
        range: range(row),
        ..SeedProtected::default()
    });
    let mut plan = tab("Plan", &[&["x"]]);
    plan.protected = protected.collect();
    let mut file = book(BOOK, "Tabs", vec![plan]);
    file.shared_with = vec![to(ALICE, "writer")];
    let named = (1..=25).map(|it| (format!("Name_{it}"), range(it)));
    file.named_ranges = named.collect();
    let world = World::seeded(people(Vec::new(), vec![file])).await;
    let facts = json!({"spreadsheet_id": BOOK});
    let facts = world.done("get_spreadsheet", facts).await;
    assert_eq!(facts["named_ranges_left_out"], 5, "{facts}");
    assert_eq!(facts["tabs"][0]["protected_left_out"], 3, "{facts}");
}

#[tokio::test]
async fn a_revision_of_a_row_that_was_cut_behind_empty_cells_holds() {
    let long = "word ".repeat(5_000);
    let rows: &[&[&str]] = &[&["a", "", "", &long]];
    let file = book(BOOK, "Tabs", vec![tab("Plan", rows)]);
    let world = World::seeded(people(vec![file], Vec::new())).await;
    let read = json!({"spreadsheet_id": BOOK});
    let read = world.done("read_sheet", read).await;
    assert_eq!(read["range"], "Plan!A1:C1", "{read}");
    let write = json!({"spreadsheet_id": BOOK, "range_name": "A2", "data": [["y"]],
        "expect": read["revision"]});
    world.done("update_sheet", write).await;
}

#[tokio::test]
async fn whole_rows_come_and_go_and_nothing_less_than_whole_rows() {
    let rows: &[&[&str]] = &[&["a"], &["b"], &["c"], &["=A3"]];
    let file = book(BOOK, "Tabs", vec![tab("Plan", rows)]);
    let world = World::seeded(people(vec![file], Vec::new())).await;
    let of = |rows: &str| json!({"spreadsheet_id": BOOK, "rows": rows});
    for (tool, rows) in [
        ("delete_rows", "Plan"),
        ("delete_rows", "Plan!A2:B2"),
        ("delete_rows", "Plan!A2"),
        ("delete_rows", "Plan!1:1000"),
        ("delete_rows", "Plan!1000:1001"),
        ("insert_rows", "Plan!B2:B3"),
        ("insert_rows", "Plan!1002:1003"),
        ("insert_rows", "Plan!2:20000"),
    ] {
        let error = refused(&world, tool, of(rows)).await;
        assert_eq!(error.argument(), Some("rows"), "{tool} {rows} {error}");
    }
    assert_eq!(world.count(CHANGE), 0);
    let told = world.done("insert_rows", of("Plan!2:3")).await;
    assert_eq!(
        (&told["status"], &told["rows"]),
        (&json!("inserted"), &json!("Plan!2:3"))
    );
    let column = world.shown(BOOK, "Plan!A1:A9").await;
    assert_eq!(column, json!([["a"], [], [], ["b"], ["c"], ["c"]]));
    world.done("delete_rows", of("2:4")).await;
    let column = world.shown(BOOK, "Plan!A1:A9").await;
    assert_eq!(column, json!([["a"], ["c"], ["c"]]));
    world.done("insert_rows", of("1:1")).await;
    let column = world.shown(BOOK, "Plan!A1:A9").await;
    assert_eq!(column, json!([[], ["a"], ["c"], ["c"]]));
}
