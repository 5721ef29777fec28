//! Lists of events: windows, orders, searches, small pages.

use serde_json::{Value, json};

use super::harness::{ALICE, Google, all, event};

/// Five events on 1 June 2026, UTC: at 8, 9, 10 and 11 for an hour, and the whole day.
async fn day(google: &Google) {
    for (id, hour) in [("eight", 8), ("nine0", 9), ("ten00", 10), ("eleven", 11)] {
        let (start, end) = (
            format!("2026-06-01T{hour:02}:00:00Z"),
            format!("2026-06-01T{:02}:00:00Z", hour + 1),
        );
        let mut body = event(id, &start, &end, "UTC");
        body["id"] = id.into();
        google.add(ALICE, body).await;
    }
    let body = json!({ "id": "fulldate", "summary": "fulldate",
        "start": { "date": "2026-06-01" }, "end": { "date": "2026-06-02" } });
    google.add(ALICE, body).await;
}

#[tokio::test]
async fn a_window_takes_what_ends_after_its_start_and_starts_before_its_end() {
    let google = Google::empty().await;
    day(&google).await;
    // From, to, what is found in order.
    let table: [(&str, &str, &[&str]); 5] = [
        (
            "2026-06-01T09:00:00Z",
            "2026-06-01T10:00:00Z",
            &["fulldate", "nine0"],
        ),
        (
            "2026-06-01T08:59:59Z",
            "2026-06-01T10:00:01Z",
            &["fulldate", "eight", "nine0", "ten00"],
        ),
        (
            "2026-06-01T09:30:00Z",
            "2026-06-01T09:31:00Z",
            &["fulldate", "nine0"],
        ),
        // The day is one of Warsaw's.
        ("2026-05-31T21:00:00Z", "2026-05-31T22:00:00Z", &[]),
        (
            "2026-05-31T22:00:00Z",
            "2026-05-31T22:00:01Z",
            &["fulldate"],
        ),
    ];
    for (from, to, expected) in table {
        for order in ["&orderBy=startTime&singleEvents=true", ""] {
            let query = format!("timeMin={from}&timeMax={to}{order}");
            let mut found = all(&google.list(ALICE, &query).await, "id");
            if order.is_empty() {
                found.sort_unstable();
                let mut expected = expected.to_vec();
                expected.sort_unstable();
                assert_eq!(found, expected, "{query}");
            } else {
                assert_eq!(found, expected, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn the_edges_of_a_window_are_the_same_for_a_series() {
    let google = Google::empty().await;
    let mut body = event("x", "2026-06-01T09:00:00", "2026-06-01T10:00:00", "UTC");
    body["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=3"]);
    google.add(ALICE, body).await;
    let table = [
        ("2026-06-01T10:00:00Z", "2026-06-02T09:00:00Z", 0),
        ("2026-06-01T09:59:59Z", "2026-06-02T09:00:00Z", 1),
        ("2026-06-01T10:00:00Z", "2026-06-02T09:00:01Z", 1),
        ("2026-06-01T00:00:00Z", "2026-06-09T00:00:00Z", 3),
    ];
    for (from, to, count) in table {
        let query = format!("timeMin={from}&timeMax={to}");
        let singles = format!("{query}&singleEvents=true");
        assert_eq!(google.list(ALICE, &singles).await.len(), count, "{query}");
        let series = google.list(ALICE, &query).await.len();
        assert_eq!(series, count.min(1), "{query}: the series itself");
    }
}

#[tokio::test]
async fn windows_and_orders_that_cannot_be_are_refused() {
    let google = Google::empty().await;
    let table = [
        (
            "timeMin=2026-06-01T09:00:00Z&timeMax=2026-06-01T09:00:00Z",
            "The specified time range is empty.",
        ),
        (
            "timeMin=2026-06-01T09:00:00Z&timeMax=2026-06-01T10:00:00%2B02:00",
            "The specified time range is empty.",
        ),
        (
            "orderBy=startTime",
            "The requested ordering is not available for the particular query.",
        ),
        ("timeZone=Mars/Phobos", "Invalid time zone definition."),
        ("pageToken=abc", "Invalid page token value."),
    ];
    for (query, message) in table {
        let line = format!("GET /calendars/primary/events?{query}");
        let told = google.refused(ALICE, &line, Value::Null).await;
        assert_eq!((told.0, told.2.as_str()), (400, message), "{query}");
    }
    let line = "GET /calendars/primary/events?timeMin=2026-06-01T09:00:00";
    assert_eq!(google.refused(ALICE, line, Value::Null).await.0, 400);
}

#[tokio::test]
async fn small_pages_together_are_the_whole_list() {
    let google = Google::empty().await;
    day(&google).await;
    let mut series = event(
        "daily",
        "2026-06-01T06:00:00",
        "2026-06-01T06:30:00",
        "Europe/Warsaw",
    );
    series["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=7"]);
    google.add(ALICE, series).await;
    for query in [
        "singleEvents=true&orderBy=startTime",
        "singleEvents=true",
        "orderBy=updated",
        "",
    ] {
        google.emulator.limit_pages(None);
        let whole = all(&google.list(ALICE, query).await, "id");
        google.emulator.limit_pages(Some(2));
        let (mut found, mut token) = (Vec::new(), String::new());
        loop {
            let page = google
                .get(ALICE, &format!("/calendars/primary/events?{query}{token}"))
                .await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            found.extend(all(items, "id"));
            match page["nextPageToken"].as_str() {
                Some(next) => {
                    assert!(page["nextSyncToken"].is_null());
                    token = format!("&pageToken={next}");
                }
                None => break,
            }
        }
        assert_eq!(found, whole, "{query}");
        let other = format!("GET /calendars/primary/events?q=x{token}");
        assert_eq!(google.refused(ALICE, &other, Value::Null).await.0, 400);
    }
}

#[tokio::test]
async fn a_search_finds_words_in_the_fields_that_google_names() {
    let google = Google::empty().await;
    let mut body = event(
        "Budget review",
        "2026-06-01T09:00:00Z",
        "2026-06-01T10:00:00Z",
        "UTC",
    );
    body["description"] = "Numbers of the quarter".into();
    body["location"] = "Kraków".into();
    body["attendees"] = json!([{ "email": "dan@partner.example", "displayName": "Dan Osei" }]);
    body["extendedProperties"] = json!({ "private": { "key": "a" }, "shared": { "key": "b" } });
    google.add(ALICE, body).await;
    let table = [
        ("q=budget", 1),
        ("q=REVIEW%20quarter", 1),
        ("q=kraków", 1),
        ("q=osei", 1),
        ("q=partner.example", 1),
        ("q=alice", 1),
        ("q=budget%20nothing", 0),
        ("eventTypes=default", 1),
        ("eventTypes=focusTime", 0),
        ("privateExtendedProperty=key=a", 1),
        ("privateExtendedProperty=key=b", 0),
        (
            "sharedExtendedProperty=key=b&privateExtendedProperty=key=a",
            1,
        ),
        ("iCalUID=other@google.com", 0),
    ];
    for (query, count) in table {
        let query = query.replace('ó', "%C3%B3");
        assert_eq!(google.list(ALICE, &query).await.len(), count, "{query}");
    }
}

#[tokio::test]
async fn most_attendees_can_be_left_out() {
    let google = Google::empty().await;
    let mut body = event("Big", "2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "UTC");
    body["attendees"] = json!([{ "email": "alice@example.com" }, { "email": "dan@partner.example" },
        { "email": "eve@partner.example" }]);
    google.add(ALICE, body).await;
    let some = &google.list(ALICE, "maxAttendees=2").await[0];
    assert_eq!(some["attendeesOmitted"], true);
    assert_eq!(some["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(some["attendees"][0]["self"], true);
    let whole = &google.list(ALICE, "maxAttendees=3").await[0];
    assert_eq!(whole["attendees"].as_array().unwrap().len(), 3);
    assert!(whole["attendeesOmitted"].is_null());
}

#[tokio::test]
async fn the_list_tells_of_its_calendar() {
    let google = Google::empty().await;
    let listed = google
        .get(ALICE, "/calendars/primary/events?timeZone=Asia/Tokyo")
        .await;
    assert_eq!(listed["kind"], "calendar#events");
    assert_eq!(listed["summary"], "Alice");
    assert_eq!(listed["timeZone"], "Asia/Tokyo");
    assert_eq!(listed["accessRole"], "owner");
    assert_eq!(listed["defaultReminders"][0]["minutes"], 10);
    assert_eq!(
        google
            .get(ALICE, "/calendars/alice@example.com/events")
            .await["timeZone"],
        "Europe/Warsaw"
    );
}
