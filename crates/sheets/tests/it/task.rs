//! The real task: a tracker is kept. A row is found by the header, changed, another one appended, and all is totalled.

use serde_json::json;

use crate::golden::of;
use crate::seed::TRACKER;
use crate::world::{World, unfenced};

#[tokio::test]
async fn a_tracker_is_kept_from_finding_a_row_to_the_total() {
    let world = World::office().await;
    let facts = world.done("get_spreadsheet", of(json!({}))).await;
    assert_eq!(facts["tabs"][0]["used"], "A1:F4");
    let find = of(json!({"table": "Tracker", "filter": ["Item ~ venue", "Status = open"]}));
    let found = world.done("read_records", find).await;
    assert!(unfenced(&found["rows"]).ends_with("2,Venue,Ann,open,2027-03-01,1200.5,2401"));
    let update = json!({"table": "Tracker", "key_column": "Item", "key": "Venue",
        "columns": ["Status", "Amount"], "values": ["done", 1100]});
    let wrote = world.done("update_record", of(update)).await;
    assert_eq!(wrote["ranges"], json!(["Tracker!C2", "Tracker!E2"]));
    let append = json!({"table": "Tracker", "columns": ["Item", "Owner", "Status", "Amount"],
        "rows": [["Music", "Eve", "open", 80]]});
    let appended = world.done("append_records", of(append)).await;
    assert_eq!(appended["range"], "Tracker!A5:E5");
    let total = json!({"range_name": "Tracker!D7", "data": [["Total", "=SUM(E2:E5)"]],
        "show_values": true});
    let total = world.done("update_sheet", of(total)).await;
    assert_eq!(unfenced(&total["values"]), "Total,1480");
    let format = json!({"range": "Tracker!E2:E7", "number_format": "$#,##0.00"});
    world.done("format_range", of(format)).await;
    assert_eq!(
        world.shown(TRACKER, "Tracker!D7:E7").await,
        json!([["Total", "$1,480.00"]])
    );
    world.assert_lawful();
}
