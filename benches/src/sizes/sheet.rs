//! A sheet of 500 orders and eight columns, in two tasks:
//!
//! - *What a task asks for*: the open orders of one customer, by `read_records` with filters. Agno has to read
//!   all for that, by `read_sheet`. Each row that agno's has of them is looked for, cell by cell.
//! - *Reading all of it*, by `read_sheet` on both sides, window by window to the end. Every cell is looked for.
//!   The bar is the same, and out of reach: CSV spares the quotes and brackets of agno's JSON and nothing else.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use toolgate_emulator::{Emulator, Seed};
use toolgate_sheets::SheetsToolkit;
use toolgate_toolkit::RunTools;

use crate::sides::{self, Agno};
use crate::turns::Lane;

use super::{against, characters, lane, lines};

const OWNER: &str = "alice@example.com";
const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets.readonly";
const ID: &str = "1OfficeSheetOrders000000000000001";
const CUSTOMER: &str = "Northwind";

pub(super) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let google = Emulator::builder()
        .with_seed(Seed::office())
        .start()
        .await?;
    let token = google.issue_token(OWNER, &[SCOPE]);
    let base = google.base_url();
    let tools = sides::tools(Arc::new(SheetsToolkit::new()), base.as_str(), &token)?;
    let mut agno = Agno::start(python, "sheets", (&google, &token), &json!({})).await?;
    let whole = json!({"spreadsheet_id": ID, "spreadsheet_range": "Orders"});
    let theirs = agno.call("read_sheet", whole.clone()).await?;
    agno.end().await?;
    let cells = theirs.done()?;
    let cells = cells.as_array().context("agno has no rows")?;
    ensure!(cells.len() == 501, "agno has {} rows", cells.len());
    let theirs = characters(&[theirs.text]);
    let some = characters(&[some(&tools, cells).await?]);
    let all = characters(&all(&tools, whole, cells).await?);
    Ok(vec![
        against(
            "500 rows, those that a task asks for",
            "read_sheet of agno 3.1.10, which has no filter",
            some,
            theirs,
        ),
        lane("500 rows, all of them", all, theirs),
    ])
}

async fn some(tools: &RunTools, cells: &[Value]) -> anyhow::Result<String> {
    let arguments = json!({"spreadsheet_id": ID, "table": "Orders",
        "filter": [format!("Customer = {CUSTOMER}"), "Status = open"]});
    let found = sides::call(tools, "read_records", arguments).await?;
    ensure!(found["next_row"].is_null(), "there is more");
    let rows = lines(&found["rows"]);
    let asked = |row: &&Value| row[2] == CUSTOMER && row[7] == "open";
    let wanted: Vec<&Value> = cells.iter().filter(asked).collect();
    ensure!(!wanted.is_empty() && rows.len() == wanted.len() + 1);
    for (row, wanted) in rows.iter().skip(1).zip(wanted) {
        // The number of the row stands first.
        let (_, row) = row.split_once(',').context("a row without a number")?;
        check(row, wanted)?;
    }
    Ok(found.to_string())
}

async fn all(
    tools: &RunTools,
    mut arguments: Value,
    cells: &[Value],
) -> anyhow::Result<Vec<String>> {
    let (mut results, mut rows) = (Vec::new(), Vec::new());
    loop {
        let read = sides::call(tools, "read_sheet", arguments.clone()).await?;
        rows.extend(lines(&read["cells"]));
        results.push(read.to_string());
        if read["next"].is_null() {
            break;
        }
        arguments["next"] = read["next"].clone();
    }
    ensure!(rows.len() == cells.len(), "there are {} rows", rows.len());
    for (row, wanted) in rows.iter().zip(cells) {
        check(row, wanted)?;
    }
    Ok(results)
}

/// Every cell is there: agno shows amounts as people see them, `1,490.00`. No cell of ours holds a comma.
fn check(row: &str, wanted: &Value) -> anyhow::Result<()> {
    let cells: Vec<&str> = row.split(',').collect();
    let wanted = wanted.as_array().into_iter().flatten();
    let wanted: Vec<&str> = wanted.filter_map(Value::as_str).collect();
    ensure!(
        cells.len() == wanted.len(),
        "{row} has not the cells of {wanted:?}"
    );
    for (cell, wanted) in cells.into_iter().zip(wanted) {
        let amount = wanted.replace(',', "").parse::<f64>();
        let is_same = match (cell.parse::<f64>(), amount) {
            (Ok(cell), Ok(amount)) => (cell - amount).abs() < 0.005,
            _ => cell.trim_matches('"') == wanted,
        };
        ensure!(is_same, "{cell} is not {wanted} in {row}");
    }
    Ok(())
}
