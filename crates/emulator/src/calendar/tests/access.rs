//! Who sees what of whose calendar, and when somebody is busy.

use serde_json::{Value, json};

use super::harness::{ALICE, BOB, Google, all, event};

const BOBS: &str = "/calendars/bob@example.com";

/// Gives Alice a role on Bob's calendar.
async fn give(google: &Google, role: &str) {
    let body = json!({ "scope": { "type": "user", "value": ALICE }, "role": role });
    google.ok(BOB, &format!("POST {BOBS}/acl"), body).await;
}

/// An open and a private event of Bob's, on 1 June 2026, UTC.
async fn events(google: &Google) {
    for (id, hour, visibility) in [("open0", 9, "default"), ("secret", 13, "private")] {
        let (start, end) = (
            format!("2026-06-01T{hour:02}:00:00Z"),
            format!("2026-06-01T{:02}:00:00Z", hour + 1),
        );
        let mut body = event(id, &start, &end, "UTC");
        body["id"] = id.into();
        body["visibility"] = visibility.into();
        google.add(BOB, body).await;
    }
}

async fn busy(google: &Google, who: &str, id: &str) -> Value {
    let body = json!({ "timeMin": "2026-06-01T00:00:00Z", "timeMax": "2026-06-02T00:00:00Z",
        "items": [{ "id": id }] });
    google.ok(who, "POST /freeBusy", body).await["calendars"][id].clone()
}

#[tokio::test]
async fn each_role_sees_and_does_what_google_says() {
    // Role; title of the open and of the private event; statuses of list, insert and access list.
    let table = [
        ("none", None, [404, 404, 404]),
        (
            "freeBusyReader",
            Some((Value::Null, Value::Null)),
            [200, 403, 403],
        ),
        (
            "reader",
            Some((json!("open0"), Value::Null)),
            [200, 403, 403],
        ),
        (
            "writer",
            Some((json!("open0"), json!("secret"))),
            [200, 200, 403],
        ),
        (
            "owner",
            Some((json!("open0"), json!("secret"))),
            [200, 200, 200],
        ),
    ];
    for (role, titles, statuses) in table {
        let google = Google::empty().await;
        events(&google).await;
        give(&google, role).await;
        if let Some((open, secret)) = titles {
            let listed = google.get(ALICE, &format!("{BOBS}/events")).await;
            assert_eq!(listed["accessRole"], role);
            let items = listed["items"].as_array().unwrap();
            assert_eq!(
                (&items[0]["summary"], &items[1]["summary"]),
                (&open, &secret),
                "{role}"
            );
            assert_eq!(items[1]["start"]["dateTime"], "2026-06-01T09:00:00-04:00");
            let shown = google.get(ALICE, &format!("{BOBS}/events?q=secret")).await;
            let found = shown["items"].as_array().unwrap().len();
            assert_eq!(
                found == 1,
                secret.is_string(),
                "{role} must not search what is hidden"
            );
        }
        let body = event("New", "2026-06-03T09:00:00Z", "2026-06-03T10:00:00Z", "UTC");
        let calls = [
            (format!("GET {BOBS}/events"), Value::Null),
            (format!("POST {BOBS}/events"), body),
            (format!("GET {BOBS}/acl"), Value::Null),
        ];
        for ((line, body), status) in calls.iter().zip(statuses) {
            let answer = google.send(ALICE, line, body, None).await;
            assert_eq!(answer.status, status, "{role}: {line}");
        }
    }
}

#[tokio::test]
async fn a_calendar_that_cannot_be_seen_is_not_found_and_never_free() {
    let google = Google::empty().await;
    events(&google).await;
    let hidden = json!({ "busy": [], "errors": [{ "domain": "global", "reason": "notFound" }] });
    assert_eq!(busy(&google, ALICE, BOB).await, hidden);
    assert_eq!(busy(&google, ALICE, "nobody@example.com").await, hidden);
    give(&google, "freeBusyReader").await;
    let seen = json!({ "busy": [
        { "start": "2026-06-01T09:00:00Z", "end": "2026-06-01T10:00:00Z" },
        { "start": "2026-06-01T13:00:00Z", "end": "2026-06-01T14:00:00Z" },
    ] });
    assert_eq!(busy(&google, ALICE, BOB).await, seen);
    let rule = format!("DELETE {BOBS}/acl/user:{ALICE}");
    google.ok(BOB, &rule, Value::Null).await;
    assert_eq!(busy(&google, ALICE, BOB).await, hidden);
}

#[tokio::test]
async fn busy_is_what_takes_time() {
    let day = json!({ "start": { "date": "2026-06-01" }, "end": { "date": "2026-06-02" } });
    let mut free_day = day.clone();
    free_day["transparency"] = "transparent".into();
    let mut timed = event("x", "2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "UTC");
    let mut declined = timed.clone();
    declined["attendees"] = json!([{ "email": ALICE, "responseStatus": "declined" }]);
    let mut tentative = timed.clone();
    tentative["attendees"] = json!([{ "email": ALICE, "responseStatus": "tentative" }]);
    let mut cancelled = timed.clone();
    cancelled["status"] = "cancelled".into();
    let mut late = event("x", "2026-05-31T23:30:00Z", "2026-06-01T00:30:00Z", "UTC");
    late["status"] = "tentative".into();
    let nine = json!([{ "start": "2026-06-01T09:00:00Z", "end": "2026-06-01T10:00:00Z" }]);
    timed["colorId"] = "1".into();
    let table = [
        // A day of Warsaw's, cut at the window.
        (
            day,
            json!([{ "start": "2026-06-01T00:00:00Z", "end": "2026-06-01T22:00:00Z" }]),
        ),
        (free_day, json!([])),
        (timed, nine.clone()),
        (declined, json!([])),
        (tentative, nine),
        (cancelled, json!([])),
        (
            late,
            json!([{ "start": "2026-06-01T00:00:00Z", "end": "2026-06-01T00:30:00Z" }]),
        ),
    ];
    for (body, expected) in table {
        let google = Google::empty().await;
        google.add(ALICE, body.clone()).await;
        assert_eq!(
            busy(&google, ALICE, "primary").await["busy"],
            expected,
            "{body}"
        );
    }
}

#[tokio::test]
async fn busy_times_are_joined_and_series_are_busy_where_they_are() {
    let google = Google::empty().await;
    let mut series = event("x", "2026-05-25T09:00:00", "2026-05-25T10:00:00", "UTC");
    series["id"] = "series".into();
    series["recurrence"] = json!(["RRULE:FREQ=DAILY"]);
    google.add(ALICE, series).await;
    google
        .add(
            ALICE,
            event("y", "2026-06-01T09:30:00Z", "2026-06-01T11:00:00Z", "UTC"),
        )
        .await;
    google
        .add(
            ALICE,
            event("z", "2026-06-01T11:00:00Z", "2026-06-01T11:30:00Z", "UTC"),
        )
        .await;
    let joined = json!([{ "start": "2026-06-01T09:00:00Z", "end": "2026-06-01T11:30:00Z" }]);
    assert_eq!(busy(&google, ALICE, "primary").await["busy"], joined);
    let times = event("", "2026-06-01T20:00:00Z", "2026-06-01T21:00:00Z", "UTC");
    let patch = json!({ "start": times["start"], "end": times["end"] });
    let line = "PATCH /calendars/primary/events/series_20260601T090000Z";
    google.ok(ALICE, line, patch).await;
    let moved = json!([
        { "start": "2026-06-01T09:30:00Z", "end": "2026-06-01T11:30:00Z" },
        { "start": "2026-06-01T20:00:00Z", "end": "2026-06-01T21:00:00Z" },
    ]);
    assert_eq!(busy(&google, ALICE, "primary").await["busy"], moved);
}

#[tokio::test]
async fn questions_about_busy_times_have_a_range_and_a_zone() {
    let google = Google::empty().await;
    let body = |from: &str, to: &str| json!({ "timeMin": from, "timeMax": to, "items": [{ "id": "primary" }] });
    let line = "POST /freeBusy";
    let (nine, ten) = ("2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z");
    let told = google.refused(ALICE, line, body(ten, nine)).await;
    assert_eq!((told.0, told.1.as_str()), (400, "timeRangeEmpty"));
    assert_eq!(google.refused(ALICE, line, body(nine, nine)).await.0, 400);
    assert_eq!(
        google
            .refused(ALICE, line, json!({ "timeMin": nine }))
            .await
            .0,
        400
    );
    let mut many = body(nine, ten);
    many["calendarExpansionMax"] = 51.into();
    assert_eq!(google.refused(ALICE, line, many.clone()).await.0, 400);
    many["calendarExpansionMax"] = 1.into();
    many["items"] = json!([{ "id": "primary" }, { "id": "alice@example.com" }]);
    many["timeZone"] = "America/New_York".into();
    let told = google.ok(ALICE, line, many).await;
    assert_eq!(told["timeMin"], "2026-06-01T05:00:00-04:00");
    let second = &told["calendars"]["alice@example.com"]["errors"][0]["reason"];
    assert_eq!(second, "tooManyCalendarsRequested");
}

#[tokio::test]
async fn a_calendar_is_listed_by_who_puts_it_on_their_list() {
    let google = Google::empty().await;
    let list = "/users/me/calendarList";
    let bobs = json!({ "id": BOB });
    assert_eq!(
        google
            .refused(ALICE, &format!("POST {list}"), bobs.clone())
            .await
            .0,
        404
    );
    give(&google, "reader").await;
    let listed = google.get(ALICE, list).await;
    assert_eq!(all(listed["items"].as_array().unwrap(), "id"), [ALICE]);
    let added = google.ok(ALICE, &format!("POST {list}"), bobs).await;
    assert_eq!(
        (&added["accessRole"], &added["primary"]),
        (&json!("reader"), &Value::Null)
    );
    google
        .ok(
            ALICE,
            &format!("PATCH {list}/{BOB}"),
            json!({ "summaryOverride": "Bobby", "hidden": true }),
        )
        .await;
    let find = async |query: &str| {
        let listed = google.get(ALICE, &format!("{list}?{query}")).await;
        all(listed["items"].as_array().unwrap(), "id")
    };
    assert_eq!(find("").await, [ALICE]);
    assert_eq!(find("showHidden=true").await, [ALICE, BOB]);
    assert_eq!(find("showHidden=true&minAccessRole=writer").await, [ALICE]);
    let own = google.get(ALICE, &format!("{list}/primary")).await;
    assert_eq!(
        (&own["primary"], &own["timeZone"]),
        (&json!(true), &json!("Europe/Warsaw"))
    );
    google
        .ok(ALICE, &format!("DELETE {list}/{BOB}"), Value::Null)
        .await;
    assert_eq!(find("showHidden=true").await, [ALICE]);
    let line = format!("DELETE {list}/primary");
    assert_eq!(google.refused(ALICE, &line, Value::Null).await.0, 403);
}

#[tokio::test]
async fn calendars_are_made_changed_and_deleted_by_their_owners() {
    let google = Google::empty().await;
    let body = json!({ "summary": "Team", "timeZone": "Asia/Tokyo" });
    let made = google.ok(ALICE, "POST /calendars", body).await;
    let path = format!("/calendars/{}", made["id"].as_str().unwrap());
    assert_eq!(
        google
            .refused(BOB, &format!("GET {path}"), Value::Null)
            .await
            .0,
        404
    );
    let changed = google
        .ok(
            ALICE,
            &format!("PATCH {path}"),
            json!({ "timeZone": "Europe/Berlin" }),
        )
        .await;
    assert_eq!(
        (&changed["summary"], &changed["timeZone"]),
        (&json!("Team"), &json!("Europe/Berlin"))
    );
    let wrong = json!({ "timeZone": "Berlin" });
    assert_eq!(
        google
            .refused(ALICE, &format!("PATCH {path}"), wrong)
            .await
            .0,
        400
    );
    google
        .ok(ALICE, &format!("DELETE {path}"), Value::Null)
        .await;
    assert_eq!(
        google
            .refused(ALICE, &format!("GET {path}"), Value::Null)
            .await
            .0,
        404
    );
    let own = google
        .refused(ALICE, "DELETE /calendars/primary", Value::Null)
        .await;
    assert_eq!(own.0, 403);
    let rule = format!("DELETE {BOBS}/acl/user:{BOB}");
    assert_eq!(google.refused(BOB, &rule, Value::Null).await.0, 403);
}

#[tokio::test]
async fn working_hours_belong_to_primary_calendars_of_workspace() {
    let google = Google::empty().await;
    let hours = json!({ "workingHours": { "workingHoursEnabled": true, "availableTimes": [
        { "dayOfWeek": "monday", "periodStart": 540, "periodEnd": 1020 } ] } });
    let changed = google
        .ok(ALICE, "PATCH /calendars/primary", hours.clone())
        .await;
    assert_eq!(changed["workingHours"], hours["workingHours"]);
    let carol = "carol@partner.example";
    assert_eq!(
        google
            .refused(carol, "PATCH /calendars/primary", hours)
            .await
            .0,
        400
    );
    let empty = json!({ "workingHours": { "workingHoursEnabled": true, "availableTimes": [] } });
    assert_eq!(
        google
            .refused(ALICE, "PATCH /calendars/primary", empty)
            .await
            .0,
        400
    );
    google
        .ok(
            ALICE,
            "PATCH /calendars/primary",
            json!({ "workingHours": {} }),
        )
        .await;
    let now = google.get(ALICE, "/calendars/primary").await;
    assert_eq!(
        now["workingHours"], changed["workingHours"],
        "an empty object changes nothing"
    );
}
