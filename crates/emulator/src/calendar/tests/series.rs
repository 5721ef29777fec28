//! Series: their occurrences in their zones, changed and cancelled instances, this and following.

use serde_json::{Value, json};

use super::harness::{ALICE, Google, all, event};

/// A series of Alice's; its id is `series`.
async fn series(google: &Google, start: &str, end: &str, zone: &str, lines: Value) -> Value {
    let mut body = event("Series", start, end, zone);
    body["id"] = "series".into();
    body["recurrence"] = lines;
    google.add(ALICE, body).await
}

/// When the instances of the series start, in the response's zone.
async fn starts(google: &Google, query: &str) -> Vec<String> {
    let target = format!("/calendars/primary/events/series/instances?{query}");
    let listed = google.get(ALICE, &target).await;
    let items = listed["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["start"]["dateTime"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_hour_of_the_clock_stays_over_the_changes_of_the_offset() {
    let google = Google::empty().await;
    let lines = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
    let (start, end) = ("2026-03-22T09:00:00", "2026-03-22T10:00:00");
    series(&google, start, end, "Europe/Warsaw", lines).await;
    let expected = [
        "2026-03-22T09:00:00+01:00",
        "2026-03-29T09:00:00+02:00",
        "2026-04-05T09:00:00+02:00",
    ];
    assert_eq!(starts(&google, "").await, expected);
    let listed = google
        .list(ALICE, "singleEvents=true&orderBy=startTime")
        .await;
    assert_eq!(
        all(&listed, "id"),
        [
            "series_20260322T080000Z",
            "series_20260329T070000Z",
            "series_20260405T070000Z"
        ]
    );
}
