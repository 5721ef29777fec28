//! Calendars of others: what little of them may be seen is shown as that, and what may not be done is refused as that.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};

use crate::world::{PEOPLE, World};

const BOB: &str = "bob@example.com";

/// The same people; Bob lets Alice do this, and one event of his is private.
async fn with_role(role: &str) -> World {
    let people = PEOPLE.replace("role: freeBusyReader", &format!("role: {role}"));
    let private = "    - id: dentist0\n      summary: Dentist\n      more: {visibility: private, description: Molar}\n";
    let people = people.replace("    - id: dentist0\n      summary: Dentist\n", private);
    assert!(people.contains("Molar"));
    World::seeded(&people).await
}

/// The titles of Bob's events in a week, and the whole answer.
async fn listed(world: &World) -> (Vec<Value>, Value) {
    let ask = json!({"calendar_ids": [BOB], "start_date": "2027-03-22", "end_date": "2027-03-31"});
    let page = world.call("list_events", ask).await.unwrap();
    let events = page["events"].as_array().unwrap();
    let titles = events
        .iter()
        .map(|it| it.get("title").cloned().unwrap_or_default());
    (titles.collect(), page.clone())
}

#[tokio::test]
async fn of_a_calendar_that_shows_busy_times_alone_nothing_else_is_shown() {
    let world = with_role("freeBusyReader").await;
    let (titles, page) = listed(&world).await;
    assert!(
        titles.len() > 2 && titles.iter().all(Value::is_null),
        "{page}"
    );
    let said = page.to_string();
    assert!(
        !said.contains("Dentist") && !said.contains("Molar"),
        "{said}"
    );
    let ask = json!({"event_id": "dentist0", "calendar_id": BOB});
    let shown = world.call("get_event", ask).await.unwrap();
    assert_eq!(shown["event"].get("title"), None, "{shown}");
    assert_eq!(shown["event"]["start_utc"], "2027-03-29T13:00:00Z");
}

#[tokio::test]
async fn a_private_event_is_busy_time_to_those_who_read_the_rest() {
    let world = with_role("reader").await;
    let (titles, page) = listed(&world).await;
    assert!(titles.contains(&json!("Party")), "{page}");
    assert!(titles.contains(&Value::Null), "{page}");
    assert!(!page.to_string().contains("Dentist"), "{page}");
    let ask = json!({"calendar_id": BOB, "start_date": "2027-03-29T15:00", "end_date": "2027-03-29T16:00"});
    let found = world.call("check_availability", ask).await.unwrap();
    assert_eq!(found["availability"][0]["status"], "busy", "{found}");
}

#[tokio::test]
async fn what_the_person_may_not_change_stays_and_that_is_said() {
    for (role, id, calendar) in [
        ("freeBusyReader", "dentist0", BOB),
        ("reader", "dentist0", BOB),
        // In the person's own calendar, but of Bob's making.
        ("reader", "fest0000", "primary"),
    ] {
        let world = with_role(role).await;
        let before = world
            .google(BOB, &format!("calendar/v3/calendars/primary/events/{id}"))
            .await;
        let change = json!({"event_id": id, "calendar_id": calendar, "title": "Mine", "start_date": "2027-03-30T09:00"});
        let error = world.call("update_event", change).await.unwrap_err();
        assert_eq!(
            error.kind_name(),
            "permission_denied",
            "{role} {id}: {error}"
        );
        assert!(!error.may_have_happened(), "{error}");
        let after = world
            .google(BOB, &format!("calendar/v3/calendars/primary/events/{id}"))
            .await;
        assert_eq!(after, before, "{role} {id}");
    }
    let world = with_role("reader").await;
    let new = json!({"calendar_id": BOB, "start_date": "2027-06-01", "end_date": "2027-06-01", "title": "x"});
    let error = world.call("create_event", new).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied", "{error}");
    assert!(error.message().contains("not created"), "{error}");
}

#[tokio::test]
async fn what_is_the_persons_own_of_an_invitation_can_be_changed() {
    let world = with_role("reader").await;
    let change = json!({"event_id": "fest0000", "color_id": "5", "reminders": ["popup 5"], "show_as": "free"});
    let said = world.call("update_event", change).await.unwrap();
    assert_eq!(said["event"]["color_id"], "5");
    assert_eq!(said["event"]["free"], true);
    let bobs = world
        .google(BOB, "calendar/v3/calendars/primary/events/fest0000")
        .await;
    assert_eq!(bobs.get("colorId"), None, "{bobs}");
}
