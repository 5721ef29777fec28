//! `get_thread`.

use proptest::prelude::*;
use serde_json::json;

use crate::world::{World, bounded, id, mail, size, unfenced};

#[tokio::test]
async fn a_conversation_is_read_oldest_first_with_quoted_history_folded() {
    let world = World::sample().await;
    let found = world
        .call("search_emails", json!({"query": "from:carol", "count": 1}))
        .await;
    let thread_id = found.unwrap()["emails"][0]["thread_id"].clone();
    let read = world
        .call("get_thread", json!({"thread_id": thread_id}))
        .await
        .unwrap();
    assert_eq!(
        (&read["thread_id"], &read["count"]),
        (&thread_id, &json!(3))
    );
    assert_eq!(read["subject"], "Offsite in Lisbon: dates");
    let messages = read["messages"].as_array().unwrap();
    let ids: Vec<&str> = messages
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        ["18c0a11ce0000001", "18c0a11ce0000002", "18c0a11ce0000003"]
    );
    let answer = &messages[1];
    assert!(unfenced(&answer["body"]).ends_with("Alice"), "{answer}");
    assert!(
        answer["quoted_chars_omitted"].as_u64().unwrap() > 60,
        "{answer}"
    );
    assert!(answer.get("subject").is_none(), "{answer}");
    assert_eq!(answer["cc"], "Dan Osei <dan@partner.example>");
    assert!(
        read.get("truncated").is_none() && read.get("next_skip").is_none(),
        "{read}"
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_long_mail_does_not_hide_those_that_follow() {
    let long = mail(1, "Plans", &"word ".repeat(10_000)).with_thread("t");
    let short = mail(2, "Re: Plans", "The answer.").with_thread("t");
    let world = World::with([long, short]).await;
    let found = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let arguments = json!({"thread_id": found["thread_id"]});
    let read = world.call("get_thread", arguments).await.unwrap();
    assert_eq!(read["truncated"], true);
    assert_eq!(unfenced(&read["messages"][1]["body"]), "The answer.");
    let first = &read["messages"][0];
    assert_eq!(first["truncated"], true);
    let on = json!({"message_id": id(1), "offset": first["next_offset"]});
    let on = world.call("get_message", on).await.unwrap();
    let joined = format!("{}{}", unfenced(&first["body"]), unfenced(&on["body"]));
    assert!("word ".repeat(10_000).starts_with(&joined));
}

#[tokio::test]
async fn names_of_files_that_do_not_fit_are_counted() {
    let mut message = mail(1, "Files", "text");
    message.attachments = (0..20)
        .map(|n| toolgate_emulator::SeedAttachment {
            filename: format!("{}-{n}.txt", "long".repeat(20)),
            mime_type: "text/plain".to_owned(),
            text: Some("x".to_owned()),
            base64: None,
        })
        .collect();
    let world = World::with([message]).await;
    let read = world
        .call_within(4_000, "get_thread", json!({"thread_id": id(1)}))
        .await
        .unwrap();
    let turn = &read["messages"][0];
    let shown = turn["attachments"].as_array().unwrap().len();
    assert!((1..20).contains(&shown), "{turn}");
    assert_eq!(turn["attachments_left_out"], json!(20 - shown));
}

#[tokio::test]
async fn a_skip_beyond_the_end_is_named() {
    let world = World::with([mail(1, "Hi", "Text")]).await;
    let found = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let arguments = json!({"thread_id": found["thread_id"], "skip": 1});
    let error = world.call("get_thread", arguments).await.unwrap_err();
    assert_eq!(
        (error.argument(), error.kind_name()),
        (Some("skip"), "invalid_argument")
    );
}

proptest! {
    #![proptest_config(bounded(10))]

    #[test]
    fn a_reading_is_never_over_budget_and_reading_on_joins_to_the_whole(
        texts in prop::collection::vec(
            prop_oneof!["[a-z]{1,9}( [a-z\"😀]{1,9}){0,40}", "[a-z]{1,9}([ \n][a-z\"\\\\]{1,9}){300,900}"],
            1..12,
        ),
        people in 0..60_usize,
        budget in 4_000..20_000_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let seen = runtime.block_on(async {
            let messages = texts.iter().zip(0..).map(|(text, n)| {
                let mut message = mail(n, &format!("Plan {}", n / 3), text).with_thread("t");
                message.to = (0..people).map(|n| format!("Somebody <s{n}@example.org>")).collect();
                message.cc.clone_from(&message.to);
                message
            });
            let world = World::with(messages).await;
            let first = world.call("get_message", json!({"message_id": id(0)})).await.unwrap();
            let mut arguments = json!({"thread_id": first["thread_id"]});
            let mut seen = Vec::new();
            loop {
                let read = world.call_within(budget, "get_thread", arguments.clone()).await.unwrap();
                assert!(size(&read) <= budget, "{} > {budget}", size(&read));
                for turn in read["messages"].as_array().unwrap() {
                    let mut text = unfenced(&turn["body"]).to_owned();
                    if let Some(offset) = turn.get("next_offset") {
                        let on = json!({"message_id": turn["id"], "offset": offset});
                        let on = world.call_within(20_000, "get_message", on).await.unwrap();
                        text.push_str(unfenced(&on["body"]));
                    }
                    seen.push(text);
                }
                match read.get("next_skip") {
                    Some(next) => arguments["skip"] = next.clone(),
                    None => break,
                }
            }
            seen
        });
        prop_assert_eq!(seen, texts);
    }
}
