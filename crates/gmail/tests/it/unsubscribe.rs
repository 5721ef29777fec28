//! `get_unsubscribe_options`.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::SeedMessage;

use crate::world::{World, id, mail, size};

fn newsletter(number: u64, list: &str, post: Option<&str>) -> SeedMessage {
    let mut message = mail(number, "News", "text");
    message
        .headers
        .insert("List-Id".to_owned(), "Weekly <weekly.example>".to_owned());
    message
        .headers
        .insert("List-Unsubscribe".to_owned(), list.to_owned());
    if let Some(post) = post {
        message
            .headers
            .insert("List-Unsubscribe-Post".to_owned(), post.to_owned());
    }
    message
}

async fn options(world: &World, number: u64) -> Value {
    let arguments = json!({"message_id": id(number)});
    world
        .call("get_unsubscribe_options", arguments)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_ways_to_leave_are_told_and_nothing_is_opened() {
    let one_click = Some("List-Unsubscribe=One-Click");
    let both = "<mailto:leave@weekly.example?subject=out>, <https://weekly.example/u/1>";
    let world = World::with([
        newsletter(1, both, one_click),
        newsletter(2, both, None),
        newsletter(3, "<mailto:leave@weekly.example>", one_click),
        newsletter(4, "<http://weekly.example/u>", one_click),
        mail(5, "No list", "text"),
    ])
    .await;
    let first = options(&world, 1).await;
    assert_eq!(
        first["ways"],
        json!([
            {"kind": "mailto", "url": "mailto:leave@weekly.example?subject=out"},
            {"kind": "https", "url": "https://weekly.example/u/1"},
        ])
    );
    assert_eq!(
        (&first["list_id"], &first["from"], &first["one_click"]),
        (
            &json!("Weekly <weekly.example>"),
            &json!("Carol Reyes <carol@partner.example>"),
            &json!(true)
        )
    );
    assert!(
        first["untrusted"]
            .as_str()
            .unwrap()
            .contains("nothing was opened")
    );
    for number in [2, 3, 4, 5] {
        assert_eq!(
            options(&world, number).await["one_click"],
            false,
            "{number}"
        );
    }
    let none = options(&world, 5).await;
    assert_eq!((&none["ways"], none.get("list_id")), (&json!([]), None));
    let methods = world.emulator.requests();
    assert!(
        methods
            .iter()
            .all(|it| it.api_method.as_deref() == Some("gmail.users.messages.get"))
    );
    world.assert_lawful();
}

#[tokio::test]
async fn links_are_whole_or_left_out_and_so_many_at_most() {
    let long = format!("<https://weekly.example/{}>", "x".repeat(2_000));
    let many: Vec<String> = (0..30)
        .map(|n| format!("<https://weekly.example/{n}>"))
        .collect();
    let world = World::with([
        newsletter(1, &long, None),
        newsletter(2, &many.join(", "), None),
    ])
    .await;
    let first = options(&world, 1).await;
    assert_eq!(
        (&first["ways"], &first["truncated"]),
        (&json!([]), &json!(true))
    );
    let second = options(&world, 2).await;
    assert_eq!(
        (
            second["ways"].as_array().unwrap().len(),
            &second["truncated"]
        ),
        (10, &json!(true))
    );
    assert!(size(&second) < 4_000);
}

#[tokio::test]
async fn a_mail_that_is_none_is_not_found() {
    let world = World::with([mail(1, "Hi", "text")]).await;
    let error = world
        .call("get_unsubscribe_options", json!({"message_id": id(9)}))
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    let error = world
        .call("get_unsubscribe_options", json!({}))
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("message_id"));
}
