//! Times of events: days and times, zones, gaps and folds, and what cannot be.

use serde_json::{Value, json};

use super::harness::{ALICE, Google, event};

/// Wall-clock times in gaps and folds, and the instants that they are.
#[tokio::test]
async fn gaps_and_folds_are_read_as_rfc_5545_says() {
    let google = Google::empty().await;
    // Zone, what the clock is said to show, the instant in UTC, what the clock shows in truth.
    let table = "
        Europe/Warsaw       2026-03-29T01:59:59 2026-03-29T00:59:59Z 2026-03-29T01:59:59+01:00
        Europe/Warsaw       2026-03-29T02:30:00 2026-03-29T01:30:00Z 2026-03-29T03:30:00+02:00
        Europe/Warsaw       2026-03-29T03:00:00 2026-03-29T01:00:00Z 2026-03-29T03:00:00+02:00
        Europe/Warsaw       2026-10-25T02:30:00 2026-10-25T00:30:00Z 2026-10-25T02:30:00+02:00
        Europe/Warsaw       2026-10-25T03:00:00 2026-10-25T02:00:00Z 2026-10-25T03:00:00+01:00
        America/New_York    2026-03-08T02:30:00 2026-03-08T07:30:00Z 2026-03-08T03:30:00-04:00
        America/New_York    2026-11-01T01:30:00 2026-11-01T05:30:00Z 2026-11-01T01:30:00-04:00
        Australia/Lord_Howe 2026-10-04T02:10:00 2026-10-03T15:40:00Z 2026-10-04T02:40:00+11:00
        Australia/Lord_Howe 2026-04-05T01:45:00 2026-04-04T14:45:00Z 2026-04-05T01:45:00+11:00
        Africa/Cairo        2026-04-24T00:30:00 2026-04-23T22:30:00Z 2026-04-24T01:30:00+03:00
        Pacific/Apia        2011-12-30T12:00:00 2011-12-30T22:00:00Z 2011-12-31T12:00:00+14:00
        Asia/Kathmandu      2026-06-01T09:00:00 2026-06-01T03:15:00Z 2026-06-01T09:00:00+05:45
    ";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [zone, wall, instant, shown] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let made = google.add(ALICE, event("Table", wall, wall, zone)).await;
        let id = made["id"].as_str().unwrap();
        for (response, expected) in [("UTC", instant), (zone, shown)] {
            let target = format!("/calendars/primary/events/{id}?timeZone={response}");
            let start = google.get(ALICE, &target).await["start"].clone();
            assert_eq!(
                start,
                json!({ "dateTime": expected, "timeZone": zone }),
                "{wall} in {zone}"
            );
        }
    }
}

#[tokio::test]
async fn an_offset_is_an_instant_and_the_zone_is_kept_beside_it() {
    let google = Google::empty().await;
    let body = event(
        "Call",
        "2026-06-01T09:00:00-04:00",
        "2026-06-01T10:00:00-04:00",
        "America/New_York",
    );
    let made = google.add(ALICE, body).await;
    let expected =
        json!({ "dateTime": "2026-06-01T15:00:00+02:00", "timeZone": "America/New_York" });
    assert_eq!(
        made["start"], expected,
        "the offset is that of Alice's calendar"
    );
    let bare = json!({ "start": { "dateTime": "2026-06-01T09:00:00Z" },
        "end": { "dateTime": "2026-06-01T09:00:00Z" } });
    let made = google.add(ALICE, bare).await;
    let expected = json!({ "dateTime": "2026-06-01T11:00:00+02:00", "timeZone": "Europe/Warsaw" });
    assert_eq!(made["start"], expected);
    assert_eq!(made["end"], expected, "a meeting may take no time");
}

#[tokio::test]
async fn times_that_cannot_be_are_refused_in_googles_words() {
    let google = Google::empty().await;
    let refused = async |start: Value, end: Value| {
        let body = json!({ "start": start, "end": end });
        google
            .refused(ALICE, "POST /calendars/primary/events", body)
            .await
    };
    let day = |day: &str| json!({ "date": day });
    let time = |time: &str| json!({ "dateTime": time });
    let both = json!({ "date": "2026-06-01", "dateTime": "2026-06-01T09:00:00Z" });
    let nine = "2026-06-01T09:00:00Z";
    let table = [
        (both, time(nine), "Invalid start time."),
        (
            time(nine),
            json!({ "timeZone": "UTC" }),
            "Missing end time.",
        ),
        (
            day("2026-06-01"),
            time(nine),
            "Start and end times must either both be date or both be dateTime.",
        ),
        (
            time(nine),
            time("2026-06-01T08:59:59Z"),
            "The specified time range is empty.",
        ),
        (
            day("2026-06-01"),
            day("2026-06-01"),
            "The specified time range is empty.",
        ),
        (
            time("2026-06-01T09:00:00"),
            time(nine),
            "Missing time zone definition for start time.",
        ),
        (
            json!({ "dateTime": nine, "timeZone": "CEST/Warsaw" }),
            time(nine),
            "Invalid time zone definition for start time.",
        ),
    ];
    for (start, end, message) in table {
        let told = refused(start.clone(), end.clone()).await;
        assert_eq!((told.0, told.2.as_str()), (400, message), "{start} {end}");
    }
    let mut recurring = json!({ "start": time(nine), "end": time("2026-06-01T10:00:00Z") });
    recurring["recurrence"] = json!(["RRULE:FREQ=DAILY"]);
    let line = "POST /calendars/primary/events";
    let told = google.refused(ALICE, line, recurring).await;
    assert_eq!(told.2, "Missing time zone definition for start time.");
}

#[tokio::test]
async fn a_patch_that_leaves_the_old_kind_of_time_beside_the_new_is_refused() {
    let google = Google::empty().await;
    let made = google
        .add(ALICE, json!({ "id": "fulldate", "start": { "date": "2026-06-01" }, "end": { "date": "2026-06-02" } }))
        .await;
    assert_eq!(made["start"], json!({ "date": "2026-06-01" }));
    let line = "PATCH /calendars/primary/events/fulldate";
    let (start, end) = ("2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z");
    let mixed = json!({ "start": { "dateTime": start }, "end": { "dateTime": end } });
    let told = google.refused(ALICE, line, mixed).await;
    assert_eq!((told.0, told.2.as_str()), (400, "Invalid start time."));
    let clean = json!({ "start": { "dateTime": start, "date": null },
        "end": { "dateTime": end, "date": null } });
    let made = google.ok(ALICE, line, clean).await;
    assert_eq!(made["end"]["dateTime"], "2026-06-01T12:00:00+02:00");
    let back = json!({ "start": { "date": "2026-06-03", "dateTime": null },
        "end": { "date": "2026-06-05", "dateTime": null } });
    let made = google.ok(ALICE, line, back).await;
    assert_eq!(made["end"], json!({ "date": "2026-06-05" }));
}

#[tokio::test]
async fn other_fields_that_cannot_be_are_refused() {
    let google = Google::empty().await;
    let table = [
        (json!({ "id": "abcd" }), 400),
        (json!({ "id": "wednesday" }), 400),
        (json!({ "id": "abcde" }), 200),
        (json!({ "visibility": "hidden" }), 400),
        (json!({ "transparency": "free" }), 400),
        (json!({ "status": "maybe" }), 400),
        (json!({ "colorId": "12" }), 400),
        (json!({ "colorId": "11" }), 200),
        (json!({ "attendees": [{ "email": "bob" }] }), 400),
        (json!({ "attendees": [{ "displayName": "Bob" }] }), 400),
        (
            json!({ "attendees": [{ "email": "bob@example.com", "responseStatus": "yes" }] }),
            400,
        ),
        (
            json!({ "reminders": { "useDefault": true, "overrides": [{ "method": "popup", "minutes": 5 }] } }),
            400,
        ),
        (
            json!({ "reminders": { "useDefault": false, "overrides": [{ "method": "sms", "minutes": 5 }] } }),
            400,
        ),
        (
            json!({ "reminders": { "useDefault": false, "overrides": [{ "method": "email", "minutes": 40_321 }] } }),
            400,
        ),
        (
            json!({ "reminders": { "useDefault": false, "overrides": [{ "method": "email", "minutes": 40_320 }] } }),
            200,
        ),
        (json!({ "recurrence": ["DTSTART:20260601T090000Z"] }), 400),
        (json!({ "recurrence": ["RRULE:FREQ=SOMETIMES"] }), 400),
        (json!({ "recurrence": ["RRULE:FREQ=DAILY;COUNT=2"] }), 200),
    ];
    for (fields, status) in table {
        let mut body = event(
            "x",
            "2026-06-01T09:00:00",
            "2026-06-01T10:00:00",
            "Europe/Warsaw",
        );
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = google
            .send(ALICE, "POST /calendars/primary/events", &body, None)
            .await;
        assert_eq!(answer.status, status, "{fields}");
    }
}

#[tokio::test]
async fn simple_sentences_become_events() {
    let google = Google::empty().await;
    // Today is Sunday, 15 March 2026. Sentence, title, start, end.
    let table = [
        (
            "Tea with Bob tomorrow at 10am",
            "Tea with Bob",
            "2026-03-16T10:00:00+01:00",
            "2026-03-16T11:00:00+01:00",
        ),
        (
            "Standup Friday 9:30-9:45",
            "Standup",
            "2026-03-20T09:30:00+01:00",
            "2026-03-20T09:45:00+01:00",
        ),
        (
            "Review on April 3rd 10am-11:30am",
            "Review",
            "2026-04-03T10:00:00+02:00",
            "2026-04-03T11:30:00+02:00",
        ),
        (
            "Call 2026-06-01 from 12pm for 45 minutes",
            "Call",
            "2026-06-01T12:00:00+02:00",
            "2026-06-01T12:45:00+02:00",
        ),
        (
            "Walk for 2 hours at 5pm today",
            "Walk",
            "2026-03-15T17:00:00+01:00",
            "2026-03-15T19:00:00+01:00",
        ),
    ];
    for (text, title, start, end) in table {
        let text = text.replace(' ', "%20");
        let line = format!("POST /calendars/primary/events/quickAdd?text={text}");
        let made = google.ok(ALICE, &line, Value::Null).await;
        let shown = (
            &made["summary"],
            &made["start"]["dateTime"],
            &made["end"]["dateTime"],
        );
        assert_eq!(shown, (&json!(title), &json!(start), &json!(end)), "{text}");
    }
    let line = "POST /calendars/primary/events/quickAdd?text=Holiday%20January%202";
    let made = google.ok(ALICE, line, Value::Null).await;
    assert_eq!(made["start"]["date"], "2027-01-02");
    assert_eq!(made["end"]["date"], "2027-01-03");
}
