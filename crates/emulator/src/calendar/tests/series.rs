//! Series: their occurrences in their zones, changed and cancelled instances, this and following.

use serde_json::{Value, json};

use super::harness::{ALICE, Google, all, event};

const SERIES: &str = "/calendars/primary/events/series";

/// A series of Alice's; its id is `series`.
async fn series(google: &Google, start: &str, end: &str, lines: Value) -> Value {
    let mut body = event("Series", start, end, "Europe/Warsaw");
    body["id"] = "series".into();
    body["recurrence"] = lines;
    google.add(ALICE, body).await
}

/// Mondays at nine, from 16 March 2026, four times; the second is in the week of the gap.
async fn mondays(google: &Google) -> Value {
    let lines = json!(["RRULE:FREQ=WEEKLY;COUNT=4"]);
    series(google, "2026-03-16T09:00:00", "2026-03-16T10:00:00", lines).await
}

/// The field of each instance of the series.
async fn instances(google: &Google, query: &str, field: &str) -> Vec<String> {
    let listed = google
        .get(ALICE, &format!("{SERIES}/instances?{query}"))
        .await;
    let items = listed["items"].as_array().unwrap();
    let value = |item: &Value| match field {
        "start" | "end" | "originalStartTime" => item[field]["dateTime"].clone(),
        _ => item[field].clone(),
    };
    let values: Vec<Value> = items
        .iter()
        .map(|item| json!({ "it": value(item) }))
        .collect();
    all(&values, "it")
}

#[tokio::test]
async fn an_hour_of_the_clock_stays_over_the_changes_of_the_offset() {
    let google = Google::empty().await;
    let lines = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
    series(&google, "2026-03-22T09:00:00", "2026-03-22T10:00:00", lines).await;
    let expected = [
        "2026-03-22T09:00:00+01:00",
        "2026-03-29T09:00:00+02:00",
        "2026-04-05T09:00:00+02:00",
    ];
    assert_eq!(instances(&google, "", "start").await, expected);
    let listed = google
        .list(ALICE, "singleEvents=true&orderBy=startTime")
        .await;
    let ids = [
        "series_20260322T080000Z",
        "series_20260329T070000Z",
        "series_20260405T070000Z",
    ];
    assert_eq!(all(&listed, "id"), ids);
    assert_eq!(all(&listed, "recurringEventId"), ["series"; 3]);
    assert_eq!(listed[1]["originalStartTime"], listed[1]["start"]);
    assert!(listed.iter().all(|item| item["recurrence"].is_null()));
}

#[tokio::test]
async fn occurrences_in_a_gap_or_a_fold_are_placed_and_as_long_as_the_others() {
    // First day and rule, then starts and ends of the day that matters.
    let table = [
        (
            "2026-03-28",
            "2026-03-29T03:30:00+02:00",
            "2026-03-29T04:00:00+02:00",
        ),
        (
            "2026-10-24",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:00:00+01:00",
        ),
    ];
    for (first, start, end) in table {
        let google = Google::empty().await;
        let lines = json!(["RRULE:FREQ=DAILY;COUNT=3"]);
        let times = (format!("{first}T02:30:00"), format!("{first}T03:00:00"));
        series(&google, &times.0, &times.1, lines).await;
        assert_eq!(instances(&google, "", "start").await[1], start);
        assert_eq!(instances(&google, "", "end").await[1], end);
    }
}

#[tokio::test]
async fn rules_and_dates_make_the_occurrences_that_rfc_5545_says() {
    // Lines, then the days of March and April on which there is one.
    let table = "
        RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4 = 03-16 03-18 03-23 03-25
        RRULE:FREQ=MONTHLY;BYDAY=3MO;COUNT=2 = 03-16 04-20
        RRULE:FREQ=DAILY;UNTIL=20260318T080000Z = 03-16 03-17 03-18
        RRULE:FREQ=DAILY;UNTIL=20260318T075959Z = 03-16 03-17
        RRULE:FREQ=DAILY;UNTIL=20260318 = 03-16 03-17 03-18
        RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260325 = 03-16 03-17 03-24
        RRULE:FREQ=DAILY;COUNT=3 EXDATE;TZID=Europe/Warsaw:20260317T090000 = 03-16 03-18
        RRULE:FREQ=DAILY;COUNT=3 EXDATE:20260317T080000Z,20260316T080000Z = 03-18
        RRULE:FREQ=DAILY;COUNT=2 RDATE;TZID=America/New_York:20260320T040000 = 03-16 03-17 03-20
        RRULE:FREQ=DAILY;COUNT=4 EXRULE:FREQ=DAILY;INTERVAL=2;COUNT=2 = 03-17 03-19
    ";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (lines, days) = line.split_once(" = ").unwrap();
        let days: Vec<&str> = days.split_whitespace().collect();
        let lines: Vec<&str> = lines.split_whitespace().collect();
        let google = Google::empty().await;
        let (start, end) = ("2026-03-16T09:00:00", "2026-03-16T10:00:00");
        series(&google, start, end, json!(lines)).await;
        let starts = instances(&google, "", "start").await;
        let found: Vec<&str> = starts.iter().map(|start| &start[5..10]).collect();
        assert_eq!(found, days, "{line}");
        assert!(
            starts.iter().all(|start| start.contains("T09:00:00")),
            "{starts:?}"
        );
    }
}

#[tokio::test]
async fn a_series_of_days_has_days_in_its_ids() {
    let google = Google::empty().await;
    let body = json!({ "id": "series", "start": { "date": "2026-03-28" },
        "end": { "date": "2026-03-30" }, "recurrence": ["RRULE:FREQ=WEEKLY;UNTIL=20260404"] });
    google.add(ALICE, body).await;
    let listed = google.list(ALICE, "singleEvents=true").await;
    assert_eq!(all(&listed, "id"), ["series_20260328", "series_20260404"]);
    assert_eq!(listed[1]["end"], json!({ "date": "2026-04-06" }));
    assert_eq!(
        listed[1]["originalStartTime"],
        json!({ "date": "2026-04-04" })
    );
}

#[tokio::test]
async fn one_instance_is_moved_and_goes_on_taking_the_rest_from_its_series() {
    let google = Google::empty().await;
    mondays(&google).await;
    let third = format!("{SERIES}_20260330T070000Z");
    let times = event(
        "",
        "2026-03-31T15:00:00",
        "2026-03-31T16:00:00",
        "Europe/Warsaw",
    );
    let patch = json!({ "start": times["start"], "end": times["end"] });
    let moved = google.ok(ALICE, &format!("PATCH {third}"), patch).await;
    assert_eq!(
        moved["originalStartTime"]["dateTime"],
        "2026-03-30T09:00:00+02:00"
    );
    google
        .ok(
            ALICE,
            &format!("PATCH {SERIES}"),
            json!({ "summary": "Renamed" }),
        )
        .await;
    assert_eq!(instances(&google, "", "summary").await, ["Renamed"; 4]);
    let starts = instances(&google, "", "start").await;
    assert_eq!(starts[2], "2026-03-31T15:00:00+02:00");
    assert_eq!(starts[3], "2026-04-06T09:00:00+02:00");
    let beside = google.list(ALICE, "").await;
    assert_eq!(all(&beside, "id"), ["series", "series_20260330T070000Z"]);
    // Where it was there is nothing now, and where it is there is it.
    let window =
        |day: &str| format!("singleEvents=true&timeMin={day}T00:00:00Z&timeMax={day}T23:00:00Z");
    assert!(google.list(ALICE, &window("2026-03-30")).await.is_empty());
    assert_eq!(google.list(ALICE, &window("2026-03-31")).await.len(), 1);
    let original = "originalStart=2026-03-30T07:00:00Z";
    assert_eq!(
        instances(&google, original, "start").await,
        [starts[2].as_str()]
    );
}

#[tokio::test]
async fn what_is_taken_off_one_instance_stays_on_the_others() {
    let google = Google::empty().await;
    mondays(&google).await;
    let second = format!("{SERIES}_20260323T080000Z");
    google
        .ok(
            ALICE,
            &format!("PATCH {SERIES}"),
            json!({ "location": "Room" }),
        )
        .await;
    let off = json!({ "location": null });
    google.ok(ALICE, &format!("PATCH {second}"), off).await;
    let places = instances(&google, "", "location").await;
    assert_eq!(places, ["Room", "null", "Room", "Room"]);
    let again = json!({ "location": "Other" });
    google.ok(ALICE, &format!("PATCH {SERIES}"), again).await;
    let places = instances(&google, "", "location").await;
    assert_eq!(places, ["Other", "null", "Other", "Other"]);
}

#[tokio::test]
async fn one_instance_is_cancelled_and_told_of_beside_its_series() {
    let google = Google::empty().await;
    mondays(&google).await;
    let second = format!("{SERIES}_20260323T080000Z");
    google
        .ok(ALICE, &format!("DELETE {second}"), Value::Null)
        .await;
    assert_eq!(instances(&google, "", "start").await.len(), 3);
    assert_eq!(
        instances(&google, "showDeleted=true", "status").await[1],
        "cancelled"
    );
    let beside = google.list(ALICE, "").await;
    assert_eq!(all(&beside, "status"), ["confirmed", "cancelled"]);
    assert_eq!(google.list(ALICE, "singleEvents=true").await.len(), 3);
    assert_eq!(google.get(ALICE, &second).await["status"], "cancelled");
    let told = google
        .refused(ALICE, &format!("DELETE {second}"), Value::Null)
        .await;
    assert_eq!((told.0, told.1.as_str()), (410, "deleted"));
    google
        .ok(
            ALICE,
            &format!("PATCH {second}"),
            json!({ "status": "confirmed" }),
        )
        .await;
    assert_eq!(instances(&google, "", "start").await.len(), 4);
}

#[tokio::test]
async fn this_and_following_are_a_shorter_series_and_a_new_one() {
    let google = Google::empty().await;
    mondays(&google).await;
    let third = format!("{SERIES}_20260330T070000Z");
    google
        .ok(
            ALICE,
            &format!("PATCH {third}"),
            json!({ "summary": "Exception" }),
        )
        .await;
    let rule = json!(["RRULE:FREQ=WEEKLY;UNTIL=20260330T065959Z"]);
    google
        .ok(
            ALICE,
            &format!("PATCH {SERIES}"),
            json!({ "recurrence": rule }),
        )
        .await;
    let mut later = event(
        "Later",
        "2026-03-30T11:00:00",
        "2026-03-30T12:00:00",
        "Europe/Warsaw",
    );
    later["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=2"]);
    google.add(ALICE, later).await;
    let listed = google
        .list(ALICE, "singleEvents=true&orderBy=startTime")
        .await;
    assert_eq!(
        all(&listed, "summary"),
        ["Series", "Series", "Later", "Later"]
    );
    let told = google
        .refused(ALICE, &format!("GET {third}"), Value::Null)
        .await;
    assert_eq!(told.0, 404, "the series has no such instance any more");
}

#[tokio::test]
async fn a_new_title_leaves_attendees_answers_and_rules_as_they_were() {
    let google = Google::empty().await;
    let mut body = event(
        "Series",
        "2026-03-16T09:00:00",
        "2026-03-16T10:00:00",
        "Europe/Warsaw",
    );
    body["id"] = "series".into();
    body["recurrence"] = json!([
        "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO",
        "EXDATE;TZID=Europe/Warsaw:20260323T090000"
    ]);
    body["attendees"] = json!([
        { "email": "Bob@Example.com", "displayName": "B.", "responseStatus": "tentative", "comment": "late" },
        { "email": "room@example.com", "resource": true, "responseStatus": "accepted" },
    ]);
    let before = google.add(ALICE, body).await;
    google.pass(60_000);
    let after = google
        .ok(
            ALICE,
            &format!("PATCH {SERIES}"),
            json!({ "summary": "Title" }),
        )
        .await;
    for field in [
        "attendees",
        "recurrence",
        "start",
        "end",
        "sequence",
        "iCalUID",
    ] {
        assert_eq!(
            before[field].to_string(),
            after[field].to_string(),
            "{field}"
        );
    }
    assert_ne!(before["updated"], after["updated"]);
    // Entries that are only addresses are answers that are gone.
    let bare = json!({ "attendees": [{ "email": "bob@example.com" }] });
    let wiped = google.ok(ALICE, &format!("PATCH {SERIES}"), bare).await;
    assert_eq!(
        wiped["attendees"],
        json!([{ "email": "bob@example.com", "responseStatus": "needsAction" }])
    );
}

#[tokio::test]
async fn what_is_no_series_or_instance_has_no_instances() {
    let google = Google::empty().await;
    let made = google
        .add(
            ALICE,
            event("One", "2026-03-16T09:00:00Z", "2026-03-16T10:00:00Z", "UTC"),
        )
        .await;
    let id = made["id"].as_str().unwrap();
    mondays(&google).await;
    for (path, status) in [
        (format!("/calendars/primary/events/{id}/instances"), 400),
        (
            "/calendars/primary/events/nothing/instances".to_owned(),
            404,
        ),
        (format!("{SERIES}_20260331T070000Z"), 404),
        (format!("{SERIES}_20260330T080000Z"), 404),
        (format!("{SERIES}_soon"), 404),
        (
            format!("/calendars/primary/events/{id}_20260316T090000Z"),
            404,
        ),
    ] {
        let told = google
            .refused(ALICE, &format!("GET {path}"), Value::Null)
            .await;
        assert_eq!(told.0, status, "{path}");
    }
}
