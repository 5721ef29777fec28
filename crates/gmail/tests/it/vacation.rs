//! The vacation responder, turned on, changed and turned off.

use serde_json::json;

use crate::world::{World, size};

#[tokio::test]
async fn the_vacation_responder_is_turned_on_and_off_and_keeps_its_text() {
    let world = World::with([]).await;
    let off = world
        .call("get_vacation_responder", json!({}))
        .await
        .unwrap();
    assert_eq!(off, json!({"enabled": false}));
    let wanted = json!({
        "enabled": true,
        "subject": "Away",
        "body": "I am **away** until Monday.",
        "start": "2998-08-01T00:00:00+02:00",
        "end": "2998-08-31T00:00:00+02:00",
        "contacts_only": true,
    });
    let on = json!({
        "enabled": true,
        "subject": "Away",
        "body": "I am **away** until Monday.",
        "start": "2998-07-31T22:00:00Z",
        "end": "2998-08-30T22:00:00Z",
        "contacts_only": true,
    });
    assert_eq!(
        world.call("set_vacation_responder", wanted).await.unwrap(),
        on
    );
    assert_eq!(
        world
            .call("get_vacation_responder", json!({}))
            .await
            .unwrap(),
        on
    );
    let kept = json!({
        "enabled": false,
        "subject": "Away",
        "body": "I am **away** until Monday.",
        "start": "2998-07-31T22:00:00Z",
        "end": "2998-08-30T22:00:00Z",
        "contacts_only": true,
    });
    assert_eq!(
        world
            .call("set_vacation_responder", json!({"enabled": false}))
            .await
            .unwrap(),
        kept
    );
    let text = json!({"enabled": true, "body": "a < b"});
    let other = world.call("set_vacation_responder", text).await.unwrap();
    assert_eq!(
        (&other["body"], &other["subject"], &other["end"]),
        (&json!("a < b"), &json!("Away"), &on["end"])
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_time_that_is_given_as_empty_is_cleared() {
    let world = World::with([]).await;
    let times = json!({
        "enabled": true, "body": "x", "start": "2998-08-01T00:00:00Z", "end": "2998-08-31T00:00:00Z",
    });
    let set = world.call("set_vacation_responder", times).await.unwrap();
    assert!(set.get("start").is_some() && set.get("end").is_some());
    let cleared = json!({"enabled": true, "start": "", "end": ""});
    let cleared = world.call("set_vacation_responder", cleared).await.unwrap();
    assert!(
        cleared.get("start").is_none() && cleared.get("end").is_none(),
        "{cleared}"
    );
}

#[tokio::test]
async fn a_responder_without_words_or_with_wrong_times_is_refused_before_it_answers_anybody() {
    let world = World::with([]).await;
    for (arguments, argument) in [
        (json!({}), "enabled"),
        (json!({"enabled": true}), "body"),
        (json!({"enabled": true, "body": " "}), "body"),
        (
            json!({"enabled": true, "body": "x", "start": "tomorrow"}),
            "start",
        ),
        (
            json!({"enabled": true, "body": "x", "start": "2998-08-02T00:00:00Z", "end": "2998-08-01T00:00:00Z"}),
            "end",
        ),
        (
            json!({"enabled": true, "body": "x", "end": "2020-08-01T00:00:00Z"}),
            "end",
        ),
        (
            json!({"enabled": true, "body": "x", "subject": "a\r\nBcc: eve@evil.example"}),
            "subject",
        ),
    ] {
        let error = world
            .call("set_vacation_responder", arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some(argument), "invalid_argument"),
            "{arguments}"
        );
    }
    assert_eq!(world.count("gmail.users.settings.updateVacation"), 0);
    let long = json!({"enabled": true, "body": "word ".repeat(3_000)});
    let shown = world
        .call_within(4_000, "set_vacation_responder", long)
        .await
        .unwrap();
    assert!(
        size(&shown) <= 4_000 && shown["truncated"] == true,
        "{}",
        size(&shown)
    );
}

#[tokio::test]
async fn a_responder_whose_kept_end_is_over_or_before_the_start_is_not_turned_on() {
    let world = World::with([]).await;
    let set = |arguments| world.call("set_vacation_responder", arguments);
    let past = json!({"enabled": false, "body": "x", "end": "2020-08-01T00:00:00Z"});
    set(past).await.unwrap();
    for arguments in [
        json!({"enabled": true}),
        json!({"enabled": true, "start": "2998-08-01T00:00:00Z"}),
    ] {
        let error = set(arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("end"), "{error}");
    }
    assert_eq!(
        set(json!({"enabled": true, "end": ""})).await.unwrap()["enabled"],
        true
    );
}
