//! What becomes of a write to which Google gives no clear answer: told, and never guessed.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::world::{PEOPLE, World};

/// Writes, and the methods by which they leave.
fn writes() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let new =
        json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T10:00", "title": "New"});
    let answer = json!({"event_id": "fest0000", "response": "accepted"});
    let team = "team@group.calendar.google.com";
    let moved = json!({"event_id": "recap000", "destination_calendar_id": team});
    let book = json!({"title": "Plan", "attendees": ["bob@example.com"], "start_date": "2027-03-29T16:00",
        "timezone": "Europe/Warsaw"});
    vec![
        ("create_event", new, "calendar.events.insert", "created"),
        ("book_meeting", book, "calendar.events.insert", "created"),
        (
            "update_event",
            json!({"event_id": "recap000", "title": "Re"}),
            "calendar.events.patch",
            "updated",
        ),
        (
            "respond_to_event",
            answer,
            "calendar.events.patch",
            "updated",
        ),
        (
            "delete_event",
            json!({"event_id": "recap000"}),
            "calendar.events.delete",
            "deleted",
        ),
        ("move_event", moved, "calendar.events.move", "moved"),
    ]
}

fn cut(at: FaultPoint, method: &str) -> FaultRule {
    FaultRule::new(FaultAction::DropConnection { at }).on_method(method)
}

#[tokio::test]
async fn what_was_done_and_not_answered_is_confirmed_by_a_look_up() {
    for (tool, arguments, method, done) in writes() {
        let world = World::people().await;
        world
            .emulator
            .faults()
            .add(cut(FaultPoint::After, method).times(1));
        let said = world.call(tool, arguments).await.unwrap();
        let told = said
            .get("status")
            .unwrap_or(&said["message"])
            .as_str()
            .unwrap();
        let confirmed = format!("{done} (confirmed by look-up)");
        assert_eq!(told, confirmed, "{tool}");
    }
}

#[tokio::test]
async fn what_never_arrived_is_told_as_not_done() {
    for (tool, arguments, method, done) in writes() {
        let world = World::people().await;
        world.emulator.faults().add(cut(FaultPoint::Before, method));
        let error = world.call_soon(tool, arguments).await.unwrap_err();
        assert!(
            error.message().contains(&format!("not {done}")),
            "{tool}: {error}"
        );
        assert!(!error.may_have_happened(), "{tool}: {error}");
    }
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_unknown() {
    for (tool, arguments, method, done) in writes() {
        let world = World::people().await;
        // Those that read first may do so.
        let makes = ["create_event", "book_meeting", "move_event"];
        let reads = u32::from(!makes.contains(&tool));
        let faults = world.emulator.faults();
        faults.add(cut(FaultPoint::After, method));
        faults.add(
            FaultRule::new(FaultAction::status(403))
                .on_method("calendar.events.get")
                .after(reads),
        );
        let error = world.call_soon(tool, arguments).await.unwrap_err();
        let unknown = format!("unknown: it may have been {done}");
        assert!(error.message().contains(&unknown), "{tool}: {error}");
        assert!(error.may_have_happened(), "{tool}: {error}");
    }
}

#[tokio::test]
async fn one_look_up_alone_denies_nothing() {
    for (tool, arguments, method, done) in writes() {
        let world = World::people().await;
        let makes = ["create_event", "book_meeting", "move_event"];
        let reads = u32::from(!makes.contains(&tool));
        let faults = world.emulator.faults();
        faults.add(cut(FaultPoint::Before, method));
        // Three look-ups fail, and the last one finds nothing: too little to deny it by.
        let unseen = FaultRule::new(FaultAction::status(403)).on_method("calendar.events.get");
        faults.add(unseen.after(reads).times(3));
        let error = world.call_soon(tool, arguments).await.unwrap_err();
        let said = error.message();
        assert!(!said.contains(&format!("not {done}")), "{tool}: {said}");
        assert!(error.may_have_happened(), "{tool}: {said}");
    }
}

#[tokio::test]
async fn an_event_whose_id_is_taken_is_never_denied_though_it_cannot_be_looked_up() {
    let new =
        json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T10:00", "title": "New"});
    for code in [403, 404, 500] {
        let world = World::people().await;
        let faults = world.emulator.faults();
        // The first answer is lost, and the repeat meets what it made.
        faults.add(cut(FaultPoint::After, "calendar.events.insert").times(1));
        faults.add(FaultRule::new(FaultAction::status(code)).on_method("calendar.events.get"));
        let error = world
            .call_soon("create_event", new.clone())
            .await
            .unwrap_err();
        let said = error.message();
        assert!(
            said.contains("unknown: it may have been created"),
            "{code}: {said}"
        );
        assert!(!said.contains("not created"), "{code}: {said}");
        assert!(error.may_have_happened(), "{code}: {said}");
        faults.clear();
        let found = json!({"query": "New", "start_date": "2027-05-01"});
        assert_eq!(
            world.call("search_events", found).await.unwrap()["count"],
            1
        );
    }
}

#[tokio::test]
async fn a_sentence_whose_answer_is_lost_is_unknown_and_said_to_be() {
    let world = World::people().await;
    let faults = world.emulator.faults();
    faults.add(cut(FaultPoint::After, "calendar.events.quickAdd"));
    let ask = json!({"text": "Lunch tomorrow 12:30"});
    let error = world.call_soon("quick_add_event", ask).await.unwrap_err();
    let said = error.message();
    assert!(said.contains("unknown: it may have been created"), "{said}");
    assert!(said.contains("look for it with list_events"), "{said}");
    assert!(error.may_have_happened(), "{said}");
    assert_eq!(world.count("calendar.events.quickAdd"), 1);
}

#[tokio::test]
async fn an_event_is_denied_only_where_the_last_look_up_found_none() {
    let world = World::people().await;
    let faults = world.emulator.faults();
    faults.add(cut(FaultPoint::Before, "calendar.events.insert"));
    // Two look-ups find nothing; what comes later is not seen.
    let late = FaultRule::new(FaultAction::status(403)).on_method("calendar.events.get");
    faults.add(late.after(2));
    let new = json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T10:00"});
    let error = world.call_soon("create_event", new).await.unwrap_err();
    let said = error.message();
    assert!(said.contains("looking for it failed as well"), "{error}");
    assert!(error.may_have_happened(), "{error}");
}

#[tokio::test]
async fn an_event_is_created_once_though_its_answers_are_lost() {
    let world = World::people().await;
    world
        .emulator
        .faults()
        .add(cut(FaultPoint::After, "calendar.events.insert").times(2));
    let new = json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T10:00", "title": "Only once"});
    let made = world.call("create_event", new).await.unwrap();
    assert!(
        made["status"].as_str().unwrap().starts_with("created"),
        "{made}"
    );
    let found = world
        .call("search_events", json!({"query": "Only once"}))
        .await
        .unwrap();
    assert_eq!(found["count"], 1);
    let ids: Vec<Value> = world
        .requests("calendar.events.insert")
        .iter()
        .map(|it| serde_json::from_str::<Value>(&it.body).unwrap()["id"].clone())
        .collect();
    assert!(
        ids.len() > 1 && ids.iter().all(|id| *id == made["event"]["id"]),
        "{ids:?}"
    );
}

#[tokio::test]
async fn a_version_that_changed_is_refused_and_nothing_is_done() {
    let world = World::people().await;
    let seen = world
        .call("get_event", json!({"event_id": "recap000"}))
        .await
        .unwrap();
    let change = json!({"event_id": "recap000", "title": "Mine"});
    world.call("update_event", change).await.unwrap();
    let stale = json!({"event_id": "recap000", "title": "Theirs", "etag": seen["etag"]});
    let error = world.call("update_event", stale).await.unwrap_err();
    assert_eq!(error.argument(), Some("etag"), "{error}");
    assert_eq!(world.event("primary", "recap000").await["summary"], "Mine");

    // Changed between our reading and our writing.
    let precondition = FaultRule::new(FaultAction::status(412)).on_method("calendar.events.patch");
    world.emulator.faults().add(precondition);
    let change = json!({"event_id": "recap000", "title": "Late"});
    let error = world.call("update_event", change).await.unwrap_err();
    assert!(error.message().contains("read it again"), "{error}");
    for method in ["calendar.events.patch", "calendar.events.delete"] {
        let sent = world.requests(method);
        assert!(
            sent.iter().all(|it| it.headers.contains_key("if-match")),
            "{sent:?}"
        );
    }
}

#[tokio::test]
async fn a_copy_that_another_calendar_had_anyhow_confirms_no_move() {
    let team = "team@group.calendar.google.com";
    let copy = "    - id: recap000\n      summary: Review\n      start: '2027-03-23T10:00'\n      \
        organizer: alice@example.com\n    - id: planning0\n";
    let world = World::seeded(&PEOPLE.replace("    - id: planning0\n", copy)).await;
    let faults = world.emulator.faults();
    faults.add(cut(FaultPoint::Before, "calendar.events.move"));
    let moved = json!({"event_id": "recap000", "destination_calendar_id": team});
    let error = world.call_soon("move_event", moved).await.unwrap_err();
    let said = error.message();
    assert!(said.contains("unknown: it may have been moved"), "{said}");
    assert!(error.may_have_happened(), "{said}");
}

#[tokio::test]
async fn an_event_that_was_deleted_is_neither_answered_nor_changed() {
    let world = World::people().await;
    let gone = json!({"event_id": "fest0000"});
    world.call("delete_event", gone).await.unwrap();
    let answer = json!({"event_id": "fest0000", "response": "accepted"});
    let change = json!({"event_id": "fest0000", "title": "Still there"});
    for (tool, ask) in [("respond_to_event", answer), ("update_event", change)] {
        let error = world.call(tool, ask).await.unwrap_err();
        assert_eq!(error.kind_name(), "not_found", "{tool}: {error}");
        assert!(error.message().contains("was deleted"), "{tool}: {error}");
    }
    assert_eq!(world.count("calendar.events.patch"), 0);
}
