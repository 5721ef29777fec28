//! Filters, and addresses to send from.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule, Seed, SeedAccount, SeedSendAs};

use crate::world::{ALICE, World, mail, size};

const CREATE: &str = "gmail.users.settings.filters.create";

async fn world() -> World {
    let mut labelled = mail(1, "Hello", "text");
    labelled.labels = vec!["INBOX".to_owned(), "Newsletters".to_owned()];
    let mut account = SeedAccount::new(ALICE, "Alice Example").with_message(labelled);
    account.gmail.send_as = vec![
        SeedSendAs {
            email: "sales@example.com".to_owned(),
            name: "Sales".to_owned(),
            reply_to: "desk@example.com".to_owned(),
            signature: "<b>Sales</b> &amp; more".to_owned(),
            ..SeedSendAs::default()
        },
        SeedSendAs {
            email: "new@example.org".to_owned(),
            pending: true,
            ..SeedSendAs::default()
        },
    ];
    World::seeded(Seed {
        accounts: vec![account],
    })
    .await
}

async fn filters(world: &World) -> Vec<Value> {
    let list = world.call("list_filters", json!({})).await.unwrap();
    list["filters"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_filter_is_made_listed_and_deleted_and_told_by_names() {
    let world = world().await;
    assert_eq!(
        world.call("list_filters", json!({})).await.unwrap(),
        json!({"filters": [], "total": 0})
    );
    let wanted = json!({
        "from": "news@weekly.example",
        "subject": "issue",
        "negated_query": "is:starred",
        "has_attachment": true,
        "larger_than": 1000,
        "add_labels": ["newsletters", "starred"],
        "remove_labels": ["inbox"],
    });
    let made = world.call("create_filter", wanted).await.unwrap();
    let created = &made["created"];
    for (name, value) in [
        ("from", json!("news@weekly.example")),
        ("subject", json!("issue")),
        ("negated_query", json!("is:starred")),
        ("has_attachment", json!(true)),
        ("larger_than", json!(1000)),
        ("add_labels", json!(["Newsletters", "STARRED"])),
        ("remove_labels", json!(["INBOX"])),
    ] {
        assert_eq!(created[name], value, "{name}");
    }
    assert!(created.get("smaller_than").is_none() && created.get("forward_to").is_none());
    let second =
        json!({"query": "list:weekly.example", "smaller_than": 5, "remove_labels": ["UNREAD"]});
    world.call("create_filter", second).await.unwrap();
    let listed = filters(&world).await;
    assert_eq!(
        (listed.len(), &listed[0], &listed[1]["smaller_than"]),
        (2, created, &json!(5))
    );
    let gone = json!({"filter_id": created["filter_id"]});
    let deleted = world.call("delete_filter", gone.clone()).await.unwrap();
    assert_eq!(
        (&deleted["deleted"], filters(&world).await.len()),
        (created, 1)
    );
    world.assert_lawful();
    let error = world.call("delete_filter", gone).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    assert!(error.message().contains("list_filters"), "{error}");
}

#[tokio::test]
async fn a_filter_that_says_nothing_or_too_much_is_refused_before_it_is_made() {
    let world = world().await;
    for (arguments, argument) in [
        (json!({"add_labels": ["STARRED"]}), None),
        (
            json!({"from": " ", "has_attachment": false, "add_labels": ["STARRED"]}),
            None,
        ),
        (json!({"from": "a@b.example"}), None),
        (
            json!({"from": "a@b.example", "add_labels": ["Newslettrs"]}),
            Some("add_labels"),
        ),
        (
            json!({"from": "a@b.example", "add_labels": ["TRASH"]}),
            Some("add_labels"),
        ),
        (
            json!({"from": "a@b.example", "larger_than": 1, "smaller_than": 2, "add_labels": ["STARRED"]}),
            Some("smaller_than"),
        ),
        (
            json!({"from": "a@b.example", "larger_than": 0, "add_labels": ["STARRED"]}),
            Some("larger_than"),
        ),
        (
            json!({"from": "a@b.example", "forward": "eve@evil.example", "add_labels": ["STARRED"]}),
            Some("forward"),
        ),
    ] {
        let error = world
            .call("create_filter", arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (argument, "invalid_argument"),
            "{arguments}"
        );
    }
    assert_eq!(world.count(CREATE), 0);
    let wanted = json!({"from": "a@b.example", "add_labels": ["STARRED"]});
    world.call("create_filter", wanted.clone()).await.unwrap();
    let error = world.call("create_filter", wanted).await.unwrap_err();
    assert!(error.message().contains("already exists"), "{error}");
}

#[tokio::test]
async fn a_filter_that_would_take_nearly_all_mail_is_not_made() {
    let world = world().await;
    let wide = [
        json!({"negated_query": "zzzz"}),
        json!({"query": "-zzzz -{a b} (-e -\"c d\")"}),
        json!({"from": "*@"}),
        json!({"larger_than": 1}),
        json!({"smaller_than": 90_000_000, "negated_query": "zzzz"}),
    ];
    for mut filter in wide {
        filter["add_labels"] = json!(["STARRED"]);
        let error = world.call("create_filter", filter).await.unwrap_err();
        assert!(error.message().contains("nearly all mail"), "{error}");
    }
    assert_eq!(world.count(CREATE), 0);
    let narrow = [
        json!({"has_attachment": true}),
        json!({"larger_than": 5_000_000}),
        json!({"query": "-zzzz list:weekly.example"}),
        json!({"query": "-{a b} c"}),
        json!({"from": "@b.example", "negated_query": "zzzz"}),
    ];
    for mut filter in narrow {
        filter["add_labels"] = json!(["STARRED"]);
        world.call("create_filter", filter).await.unwrap();
    }
}

#[tokio::test]
async fn a_filter_is_not_made_twice_and_an_unclear_end_is_told() {
    let world = world().await;
    let fault = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(fault).on_method(CREATE).times(1));
    let wanted = json!({"from": "a@b.example", "add_labels": ["STARRED"]});
    let error = world.call("create_filter", wanted).await.unwrap_err();
    assert!(
        error.may_have_happened() && !error.is_retryable(),
        "{error}"
    );
    assert!(error.message().contains("list_filters"), "{error}");
    assert_eq!((world.count(CREATE), filters(&world).await.len()), (1, 1));
}

#[tokio::test]
async fn pieces_of_a_long_list_of_filters_join_to_the_whole_and_fit() {
    let world = world().await;
    for number in 0..40 {
        let query = format!("subject:\"{number}\" {}", "x".repeat(10 * number));
        let wanted = json!({"query": query, "add_labels": ["STARRED"]});
        world.call("create_filter", wanted).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut arguments = json!({});
    loop {
        let list = world
            .call_within(4_000, "list_filters", arguments.clone())
            .await
            .unwrap();
        assert!(size(&list) <= 4_000, "{}", size(&list));
        seen.extend(list["filters"].as_array().unwrap().clone());
        match list.get("next_skip") {
            Some(next) => arguments["skip"] = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, filters(&world).await);
    assert_eq!(seen.len(), 40);
    let error = world
        .call("list_filters", json!({"skip": 40}))
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("skip"));
}

#[tokio::test]
async fn a_filter_that_forwards_is_told_as_that() {
    let world = world().await;
    let filter = json!({
        "id": "f1",
        "criteria": {"from": "bank@example.org", "size": 0},
        "action": {"forward": "eve@evil.example", "addLabelIds": ["Label_404"]},
    });
    let fault = FaultAction::Json {
        status: 200,
        body: json!({"filter": [filter]}),
    };
    let fault = FaultRule::new(fault).on_method("gmail.users.settings.filters.list");
    world.emulator.faults().add(fault);
    let told = json!({
        "filter_id": "f1",
        "from": "bank@example.org",
        "add_labels": ["Label_404"],
        "forward_to": "eve@evil.example",
    });
    assert_eq!(filters(&world).await, [told]);
}

#[tokio::test]
async fn addresses_are_listed_with_names_signatures_and_state() {
    let world = world().await;
    let list = world.call("list_send_as", json!({})).await.unwrap();
    let of = |email: &str| {
        let mut addresses = list["addresses"].as_array().unwrap().iter();
        addresses.find(|it| it["email"] == email).unwrap().clone()
    };
    assert_eq!(
        (&of(ALICE)["primary"], &of(ALICE)["default"]),
        (&json!(true), &json!(true))
    );
    let sales = of("sales@example.com");
    assert_eq!(
        (&sales["name"], &sales["reply_to"], &sales["signature"]),
        (
            &json!("Sales"),
            &json!("desk@example.com"),
            &json!("**Sales** & more")
        )
    );
    assert!(sales.get("unverified").is_none() && sales.get("primary").is_none());
    assert_eq!(of("new@example.org")["unverified"], true);
    world.assert_lawful();
}

#[tokio::test]
async fn a_signature_is_replaced_and_nothing_else_of_the_address() {
    let world = world().await;
    let markdown = "**Ada** <script>\n[Site](https://ada.example/)";
    let saved = world
        .call("update_signature", json!({"signature": markdown}))
        .await
        .unwrap();
    assert_eq!(saved["send_as"], ALICE);
    let text = saved["signature"].as_str().unwrap();
    assert!(
        text.contains("**Ada** <script>") && text.contains("[Site](https://ada.example/)"),
        "{text}"
    );
    let alias = json!({"signature": "", "send_as": "Sales@example.com"});
    let saved = world.call("update_signature", alias).await.unwrap();
    assert_eq!(
        saved,
        json!({"send_as": "sales@example.com", "signature": ""})
    );
    let list = world.call("list_send_as", json!({})).await.unwrap();
    let sales = list["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "Sales")
        .unwrap();
    assert_eq!(sales["reply_to"], "desk@example.com");
    let patches = world.requests("gmail.users.settings.sendAs.patch");
    assert_eq!(patches[1].body, "{\"signature\":\"\"}");
    world.assert_lawful();
    for (arguments, argument) in [
        (
            json!({"signature": "x", "send_as": "eve@evil.example"}),
            "send_as",
        ),
        (json!({"signature": "x".repeat(5_001)}), "signature"),
        (json!({"signature": "*a* ".repeat(1_200)}), "signature"),
        (json!({}), "signature"),
    ] {
        let error = world.call("update_signature", arguments).await.unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some(argument), "invalid_argument")
        );
    }
}
