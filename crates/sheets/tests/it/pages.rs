//! What does not fit into a result goes on at that exact place, and its pages together are the whole.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{SeedFile, SeedTab};
use toolgate_sheets::{LEAST_RESULT_BUDGET, SheetsToolkit};
use toolgate_toolkit::Pipeline;

use crate::seed::{book, people, tab};
use crate::world::{World, all_tools, size, unfenced};

const LARGE: &str = "x-large";

/// Five hundred rows, some of them empty, with cells of all lengths.
fn large() -> SeedFile {
    let row = |number: usize| -> Vec<String> {
        match number % 7 {
            0 => Vec::new(),
            1 => vec![
                format!("Item {number}"),
                "x, \"y\"\n".repeat(number % 5),
                number.to_string(),
            ],
            2 => vec![String::new(), "é".repeat(number * 9)],
            _ => vec![
                format!("Item {number}"),
                String::new(),
                "open".to_owned(),
                format!("'{number}"),
            ],
        }
    };
    let head = vec![
        "Item".to_owned(),
        "Text".to_owned(),
        "State".to_owned(),
        "Key".to_owned(),
    ];
    let rows = std::iter::once(head).chain((1..500).map(row));
    let rows = SeedTab {
        name: "It's large, #1!".to_owned(),
        rows: rows.collect(),
        row_count: Some(5_000),
        ..SeedTab::default()
    };
    let mut tabs = vec![rows];
    tabs.extend((0..120).map(|it| tab(&format!("Tab number {it}"), &[&["x"]])));
    book(LARGE, "Large", tabs)
}

async fn world() -> World {
    World::seeded(people(vec![large()], Vec::new())).await
}

fn small() -> SheetsToolkit {
    all_tools().with_result_budget(LEAST_RESULT_BUDGET)
}

async fn called(world: &World, tool: &str, arguments: Value) -> Value {
    let result = world.call_of(&small(), tool, arguments).await.unwrap();
    assert!(
        size(&result) <= LEAST_RESULT_BUDGET,
        "{tool}: {}",
        size(&result)
    );
    result
}

/// All fields of CSV, by the places of their cells.
fn fields(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut letters = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(letter) = letters.next() {
        let last = rows.last_mut().unwrap();
        match letter {
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => {
                last.last_mut().unwrap().push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => last.push(String::new()),
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            other => last.last_mut().unwrap().push(other),
        }
    }
    rows
}

#[tokio::test]
async fn the_windows_of_a_sheet_together_are_the_whole() {
    let world = world().await;
    let mut text = String::new();
    let mut row = 1;
    let mut arguments = json!({"spreadsheet_id": LARGE, "spreadsheet_range": "A:D"});
    let mut windows = 0;
    loop {
        let read = called(&world, "read_sheet", arguments.clone()).await;
        let range = read["range"].as_str().unwrap();
        let (_, cells) = range.rsplit_once('!').unwrap();
        let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
        let number = |cell: &str| -> usize {
            cell.trim_start_matches(char::is_alphabetic)
                .parse()
                .unwrap()
        };
        let goes_on = !first.starts_with('A') || read.get("from_character").is_some();
        if read.get("from_character").is_none() {
            let breaks = if goes_on { 0 } else { number(first) + 1 - row };
            text.push_str(&"\n".repeat(breaks));
            text.push_str(if goes_on { "," } else { "" });
        }
        text.push_str(&unfenced(&read["cells"]));
        row = number(last) + 1;
        windows += 1;
        let Some(next) = read.get("next") else { break };
        arguments = json!({"spreadsheet_id": LARGE, "next": next});
    }
    assert!(windows > 20, "{windows}");
    let whole = world.shown(LARGE, "A1:D500").await;
    let mut seen = fields(text.strip_prefix('\n').unwrap());
    for line in &mut seen {
        while line.last().is_some_and(String::is_empty) {
            line.pop();
        }
    }
    while seen.last().is_some_and(Vec::is_empty) {
        seen.pop();
    }
    assert_eq!(json!(seen), whole);
}

#[tokio::test]
async fn the_pages_of_records_together_are_all_rows_that_fit_the_filter() {
    let world = world().await;
    let mut numbers = Vec::new();
    let mut arguments = json!({"spreadsheet_id": LARGE, "filter": ["State = open"]});
    let mut pages = 0;
    loop {
        let found = called(&world, "read_records", arguments.clone()).await;
        let rows = unfenced(&found["rows"]);
        let lines: Vec<&str> = rows.lines().skip(1).collect();
        assert_eq!(found["count"], lines.len());
        numbers.extend(
            lines
                .iter()
                .map(|it| it.split(',').next().unwrap().parse::<usize>().unwrap()),
        );
        pages += 1;
        let Some(next) = found.get("next_row") else {
            break;
        };
        arguments["from_row"] = next.clone();
    }
    let expected: Vec<usize> = (1..500).filter(|it| it % 7 > 2).map(|it| it + 1).collect();
    assert_eq!(numbers, expected);
    assert!(pages > 1);
}

#[tokio::test]
async fn a_record_that_is_too_long_is_shortened_and_that_is_said() {
    let world = world().await;
    // Row 500 holds some four thousand letters.
    let arguments = json!({"spreadsheet_id": LARGE, "from_row": 500, "columns": ["Text"]});
    let found = called(&world, "read_records", arguments).await;
    assert_eq!(
        (&found["shortened_rows"], &found["count"]),
        (&json!([500]), &json!(1)),
        "{found}"
    );
    assert!(unfenced(&found["rows"]).ends_with("…\""), "{found}");
}

#[tokio::test]
async fn the_tabs_of_a_spreadsheet_together_are_all() {
    let world = world().await;
    let mut titles = Vec::new();
    let mut arguments = json!({"spreadsheet_id": LARGE});
    loop {
        let facts = called(&world, "get_spreadsheet", arguments.clone()).await;
        let tabs = facts["tabs"].as_array().unwrap().iter();
        titles.extend(tabs.map(|it| it["title"].as_str().unwrap().to_owned()));
        let Some(next) = facts.get("next_tab") else {
            break;
        };
        arguments["from_tab"] = next.clone();
    }
    assert_eq!(titles.len(), 121);
    assert_eq!(
        (titles[0].as_str(), titles[120].as_str()),
        ("It's large, #1!", "Tab number 119")
    );
}

#[tokio::test]
async fn several_ranges_share_one_budget_and_each_goes_on_by_itself() {
    let world = world().await;
    let ranges = json!({"spreadsheet_id": LARGE, "ranges": ["A1:D300", "A1:B1", "A300:D500"]});
    let read = called(&world, "read_ranges", ranges).await;
    let read = read["ranges"].as_array().unwrap();
    assert_eq!(unfenced(&read[1]["cells"]), "Item,Text");
    assert_eq!(read[1].get("next"), None);
    for place in [0, 2] {
        let next = json!({"spreadsheet_id": LARGE, "next": read[place]["next"]});
        called(&world, "read_sheet", next).await;
    }
}

#[tokio::test]
async fn what_a_write_shows_keeps_to_the_budget_as_well() {
    let world = world().await;
    let data: Vec<Vec<String>> = (0..300).map(|it| vec![format!("Something {it}")]).collect();
    let write =
        json!({"spreadsheet_id": LARGE, "range_name": "F1", "data": data, "show_values": true});
    let told = called(&world, "update_sheet", write).await;
    assert!(
        told["next"].as_str().unwrap().contains("!F1:F300@F"),
        "{told}"
    );
}

#[tokio::test]
async fn the_budget_of_a_run_holds_where_it_is_smaller_than_that_of_the_toolkit() {
    let world = world().await;
    let pipeline = Pipeline::new().with_result_budget(5_000);
    let read = json!({"spreadsheet_id": LARGE});
    let read = world
        .call_under(pipeline, all_tools(), "read_sheet", read)
        .await
        .unwrap();
    assert!(
        size(&read) <= 5_000 && read.get("truncated").is_none(),
        "{}",
        size(&read)
    );
    assert!(read.get("next").is_some());
}

#[tokio::test]
async fn a_place_to_go_on_that_no_result_gave_is_refused() {
    let world = world().await;
    for next in [
        "",
        "A1",
        "A1:D4@E1",
        "A1:D4@A5",
        "Nowhere!A1@A1",
        "A1:D4@A1:B2",
    ] {
        let read = json!({"spreadsheet_id": LARGE, "next": next});
        let error = world.call("read_sheet", read).await.unwrap_err();
        assert_eq!(error.argument(), Some("next"), "{next}: {error}");
    }
}
