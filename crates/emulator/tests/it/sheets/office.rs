//! The spreadsheets of the built-in office.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{Emulator, Seed};

use super::harness::SHEETS;
use crate::client::{ALICE, BOB, Client};

const TRACKER: &str = "1OfficeSheetTracker00000000000001";
const ORDERS: &str = "1OfficeSheetOrders000000000000001";

async fn get(who: &str, path: &str) -> Value {
    let builder = Emulator::builder().with_seed(Seed::office());
    let emulator = builder.start().await.unwrap();
    let token = emulator.issue_token(who, &[SHEETS]);
    let reply = Client::of(&emulator)
        .get(&token, &format!("/v4/spreadsheets/{path}"))
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn the_tracker_has_a_head_a_total_and_protection() {
    let all = get(BOB, TRACKER).await;
    assert_eq!(all["properties"]["timeZone"], "Europe/Warsaw");
    let sheet = &all["sheets"][0];
    assert_eq!(sheet["properties"]["gridProperties"]["frozenRowCount"], 1);
    assert_eq!(
        sheet["protectedRanges"][0]["requestingUserCanEdit"],
        Value::Null
    );
    assert_eq!(all["namedRanges"][0]["name"], "Costs");
    let values = get(ALICE, &format!("{TRACKER}/values/Tasks!A1:F3")).await["values"].clone();
    assert_eq!(
        values[0],
        json!(["Task", "Owner", "Status", "Due", "Cost", "Done"])
    );
    assert_eq!(values[1][4], "€1,240.00");
    assert_eq!(values[1][5], "TRUE");
    let total = get(ALICE, &format!("{TRACKER}/values/Summary!B2")).await;
    assert_eq!(total["values"], json!([["€4,970.00"]]));
}

#[tokio::test]
async fn the_orders_are_five_hundred_rows() {
    let path = format!("{ORDERS}/values/Orders?valueRenderOption=UNFORMATTED_VALUE");
    let values = get(ALICE, &path).await["values"].clone();
    let rows = values.as_array().unwrap();
    assert_eq!(rows.len(), 501, "with the head");
    assert!(rows.iter().all(|row| row.as_array().unwrap().len() == 8));
    let sum: f64 = rows[1..].iter().map(|row| row[6].as_f64().unwrap()).sum();
    let total = get(
        ALICE,
        &format!("{ORDERS}/values/Totals!B1?valueRenderOption=UNFORMATTED_VALUE"),
    )
    .await;
    assert!((total["values"][0][0].as_f64().unwrap() - sum).abs() < 0.001);
}

#[test]
fn spreadsheets_that_cannot_be_are_refused_by_name() {
    let refused = |file: Value| {
        let mut file = file;
        file["name"] = "Plan".into();
        let seed = json!({ "accounts": [{ "email": ALICE, "drive": { "files": [file] } }] });
        Seed::from_json(&seed.to_string()).unwrap_err().to_string()
    };
    let tab = |more: &[(&str, Value)]| {
        let mut tab = json!({ "name": "T", "rows": [["a"]] });
        for (name, value) in more {
            tab[*name] = value.clone();
        }
        json!({ "tabs": [tab] })
    };
    for (file, problem) in [
        (
            json!({ "tabs": [{ "name": "T" }, { "name": "t" }] }),
            "already exists",
        ),
        (
            json!({ "locale": "Klingon", "tabs": [{ "name": "T" }] }),
            "Unsupported locale",
        ),
        (
            json!({ "time_zone": "Mars", "tabs": [{ "name": "T" }] }),
            "Invalid time zone",
        ),
        (
            json!({ "named_ranges": { "N": "U!A1" }, "tabs": [{ "name": "T" }] }),
            "parse range: U!A1",
        ),
        (
            json!({ "named_ranges": { "A1": "T!A1" }, "tabs": [{ "name": "T" }] }),
            "not a valid named range",
        ),
        (
            tab(&[("formats", json!({ "A1": "bold" }))]),
            "not one of Google's CellFormat",
        ),
        (
            tab(&[("formats", json!({ "ZZ1": { "note": "x" } }))]),
            "exceeds grid limits",
        ),
        (
            tab(&[("protected", json!([{ "range": "Other!A1" }]))]),
            "Unable to parse range: Other!A1",
        ),
    ] {
        let told = refused(file);
        assert!(told.contains("Plan") && told.contains(problem), "{told}");
    }
}
