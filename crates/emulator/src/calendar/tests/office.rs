//! The samples hold what they promise, and seeds that cannot be are refused.

use serde_json::{Value, json};

use super::harness::{ALICE, BOB, Google, all};
use crate::Seed;

/// The week after the one in which the emulator starts, which is on Sunday, 15 March 2026.
const NEXT: &str = "timeMin=2026-03-16T00:00:00Z&timeMax=2026-03-21T00:00:00Z";

#[tokio::test]
async fn the_office_has_a_week_of_every_kind() {
    let google = Google::of(Seed::office()).await;
    let week = google
        .list(
            ALICE,
            &format!("{NEXT}&singleEvents=true&orderBy=startTime"),
        )
        .await;
    let titles = [
        "Weekly planning",
        "Dentist",
        "Pitch of the new desks",
        "Reading",
        "Lunch with Carol",
        "Moving day",
    ];
    assert_eq!(all(&week, "summary"), titles);
    let planning = &week[0];
    assert_eq!(planning["start"]["dateTime"], "2026-03-17T14:00:00+01:00");
    assert_eq!(
        planning["originalStartTime"]["dateTime"],
        "2026-03-16T10:00:00+01:00"
    );
    let answers = all(planning["attendees"].as_array().unwrap(), "responseStatus");
    assert_eq!(
        answers,
        ["accepted", "tentative", "accepted", "needsAction"]
    );
    assert_eq!(week[2]["attendees"][1]["responseStatus"], "declined");
    assert_eq!(week[3]["transparency"], "transparent");
    assert_eq!(week[5]["start"], json!({ "date": "2026-03-20" }));
    let hours = google.get(ALICE, "/calendars/primary").await["workingHours"].clone();
    assert_eq!(hours["availableTimes"][4]["periodEnd"], 15 * 60);
    let copy = google
        .list(BOB, &format!("{NEXT}&q=planning&singleEvents=true"))
        .await;
    assert_eq!(copy[0]["start"]["dateTime"], "2026-03-17T09:00:00-04:00");
    assert_eq!(copy[0]["attendees"][1]["self"], true);
}

#[tokio::test]
async fn the_office_knows_who_may_see_whom() {
    let google = Google::of(Seed::office()).await;
    let team = "team-desks@group.calendar.google.com";
    let ids = [ALICE, BOB, "dana@example.com", team].map(|id| json!({ "id": id }));
    let body = json!({ "timeMin": "2026-03-16T00:00:00Z", "timeMax": "2026-03-21T00:00:00Z", "items": ids });
    let told = google.ok(ALICE, "POST /freeBusy", body).await;
    let calendars = &told["calendars"];
    assert_eq!(
        calendars["dana@example.com"]["errors"][0]["reason"],
        "notFound"
    );
    // Five standups, one of them within the planning, and the review.
    assert_eq!(calendars[BOB]["busy"].as_array().unwrap().len(), 6);
    // The declined and the transparent event take none of Alice's time.
    assert_eq!(calendars[ALICE]["busy"].as_array().unwrap().len(), 4);
    let listed = google.get(BOB, "/users/me/calendarList").await;
    let items = listed["items"].as_array().unwrap();
    assert_eq!(all(items, "id"), [ALICE, BOB, team]);
    assert_eq!(all(items, "accessRole"), ["reader", "owner", "writer"]);
    let setting = google.get(ALICE, "/users/me/settings/weekStart").await;
    assert_eq!(setting["value"], "1");
    let setting = google.get(ALICE, "/users/me/settings/timezone").await;
    assert_eq!(setting["value"], "Europe/Warsaw");
    let line = "GET /users/me/settings/nothing";
    assert_eq!(google.refused(ALICE, line, Value::Null).await.0, 404);
}

#[test]
fn seeds_whose_calendars_cannot_be_are_refused() {
    let check = |calendar: &str, expected: &str| {
        let yaml = format!("accounts: [{{email: a@b.c, calendars: [{calendar}]}}]");
        let text = Seed::from_yaml(&yaml).unwrap_err().to_string();
        assert!(text.contains(expected), "{text:?} lacks {expected:?}");
    };
    check("{time_zone: Warsaw}", "\"Warsaw\" is not an IANA time zone");
    check(
        "{access: [{who: anyone, role: king}]}",
        "\"king\" is not a role",
    );
    check(
        "{working_hours: [{day: someday, start: '09:00', end: '10:00'}]}",
        "not a day of the week",
    );
    check(
        "{working_hours: [{day: monday, start: nine, end: '10:00'}]}",
        "not a time like 09:00",
    );
    check(
        "{events: [{start: soon}]}",
        "\"soon\" is not a time that a seed can have",
    );
    check(
        "{events: [{start: mon+1wT09:00, end: mon+1wT08:00}]}",
        "time range is empty",
    );
    check("{events: [{id: xyz, start: +1d}]}", "\"xyz\" is not an id");
    check(
        "{events: [{start: +1d, recurrence: ['RRULE:FREQ=NEVER']}]}",
        "Invalid recurrence",
    );
    check(
        "{events: [{start: +1d, recurrence: ['RRULE:FREQ=DAILY;COUNT=2'], instances: [{original: +5d}]}]}",
        "\"+5d\" is none of its instances",
    );
}
