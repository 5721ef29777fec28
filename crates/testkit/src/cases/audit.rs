//! The contract of `AuditStore`.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use toolgate_auth::{
    Clock as _, SystemClock,
    store::{AuditEvent, AuditRecord},
};

use crate::{
    fixture::Fixture,
    sample::{event, principal},
};

/// Events come back as they were, oldest first, each with its time and a growing id.
pub async fn events_come_back_in_their_order(fixture: &Fixture) {
    let (audit, clock) = (fixture.audit(), fixture.clock());
    let whose = principal(Some("acme"), Some("alice"));
    let bare = AuditEvent {
        row_id: None,
        detail: json!({}),
        outcome: "refused: \u{1f600} 'x'".to_owned(),
        ..event(principal(None, None), "sign_in_refused")
    };
    let events = [
        event(whose.clone(), "connected"),
        bare,
        event(whose, "refreshed"),
    ];
    let mut times = Vec::new();
    for event in &events {
        clock.advance(Duration::from_secs(1));
        times.push(clock.now());
        audit.append(event).await.unwrap();
    }
    let records = audit.events(None, None, 10).await.unwrap();
    let found: Vec<_> = records.iter().map(|record| record.event.clone()).collect();
    assert_eq!(found, events);
    let at: Vec<_> = records.iter().map(|record| record.at).collect();
    assert_eq!(at, times);
    assert!(records.is_sorted_by(|a, b| a.id < b.id));
}

/// The events of one person are theirs alone; an absent tenant or user is a value.
pub async fn a_person_sees_their_own_events_only(fixture: &Fixture) {
    let audit = fixture.audit();
    let mut people = Vec::new();
    for tenant in [None, Some("acme")] {
        for user in [None, Some("alice"), Some("bob")] {
            people.push(principal(tenant, user));
        }
    }
    for round in ["connected", "refreshed"] {
        for person in &people {
            audit.append(&event(person.clone(), round)).await.unwrap();
        }
    }
    for person in &people {
        let records = audit.events(Some(person), None, 10).await.unwrap();
        let found: Vec<_> = records.into_iter().map(|record| record.event).collect();
        let expected = ["connected", "refreshed"].map(|name| event(person.clone(), name));
        assert_eq!(found, expected);
    }
    let nobody = principal(Some("other"), Some("alice"));
    let none = audit.events(Some(&nobody), None, 10).await.unwrap();
    assert_eq!(none, []);
}

/// Events come in pages, each exactly once.
pub async fn events_come_in_pages(fixture: &Fixture) {
    let audit = fixture.audit();
    let whose = principal(None, Some("alice"));
    for number in 0..10 {
        let name = format!("event-{number}");
        audit.append(&event(whose.clone(), &name)).await.unwrap();
        let other = event(principal(None, Some("bob")), "noise");
        audit.append(&other).await.unwrap();
    }
    let mut found: Vec<AuditRecord> = Vec::new();
    loop {
        let after = found.last().map(|record| record.id);
        let page = audit.events(Some(&whose), after, 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    let names: Vec<_> = found.iter().map(|record| &*record.event.event).collect();
    let expected: Vec<_> = (0..10).map(|number| format!("event-{number}")).collect();
    assert_eq!(names, expected);
    assert_eq!(audit.events(None, None, 0).await.unwrap(), []);
}

/// No event is lost when many are added at once, and no two share an id.
pub async fn events_added_at_once_are_all_kept(fixture: &Fixture) {
    let tasks = (0..50).map(|number| {
        let audit = fixture.audit();
        let event = event(principal(None, None), &format!("event-{number}"));
        tokio::spawn(async move { audit.append(&event).await.unwrap() })
    });
    for done in join_all(tasks).await {
        done.unwrap();
    }
    let records = fixture.audit().events(None, None, 100).await.unwrap();
    assert_eq!(records.len(), 50);
    assert!(records.is_sorted_by(|a, b| a.id < b.id));
}

/// Events bear the database's own time.
pub async fn events_bear_the_databases_own_time(fixture: &Fixture) {
    let audit = fixture.audit();
    let connected = event(principal(None, None), "connected");
    audit.append(&connected).await.unwrap();
    let at = audit.events(None, None, 1).await.unwrap()[0].at;
    let world = SystemClock.now();
    let off = world.since(at).max(at.since(world));
    assert!(off < Duration::from_mins(5), "{off:?}");
}
