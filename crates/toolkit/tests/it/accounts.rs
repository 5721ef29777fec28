//! Several Google accounts of one person: which of their own a call is for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderMap;
use serde_json::{Value, json};
use toolgate_auth::FailureKind;
use toolgate_auth::store::{Database as _, DisconnectReach, ListScope, RefreshFailure, RowStatus};
use toolgate_toolkit::schema::Dialect;
use toolgate_toolkit::{CallInfo, Pipeline, Policy, ToolError};

use crate::post::{World, call};

/// The call is refused for want of a choice, with these of the person's own accounts and no others.
#[track_caller]
fn assert_asks(error: &ToolError, own: &[&str]) {
    assert_eq!(error.kind(), FailureKind::InvalidArgument, "{error}");
    assert_eq!(error.argument(), Some("account"));
    let (_, listed) = error
        .message()
        .split_once("a good value is one of ")
        .unwrap();
    assert_eq!(listed.split(", ").collect::<Vec<_>>(), own);
}

const OF_ALICE: [&str; 3] = [
    "default (alice@example.com)",
    "Club (club@example.org)",
    "work (wanda@work.example)",
];

#[tokio::test]
async fn a_call_is_of_the_persons_own_account_that_is_named() {
    let world = World::new(true);
    world.with_many().await;
    let registry = world.registry().await;
    for tool in ["look", "sort", "send"] {
        for (named, meant) in [
            ("work", "work"),
            ("WORK", "work"),
            (" club ", "Club"),
            ("wanda@work.example", "work"),
            ("Wanda@Work.Example", "work"),
            ("default", "the default account"),
            ("alice@example.com", "the default account"),
        ] {
            let arguments = json!({ "account": named });
            let told = call(&registry, "alice", tool, arguments).await;
            assert_eq!(told.unwrap(), meant, "{tool} {named}");
        }
    }
    let error = call(&registry, "alice", "look", json!({"account": 7})).await;
    let error = error.unwrap_err();
    assert_eq!(error.argument(), Some("account"), "{error}");
}

#[tokio::test]
async fn an_account_of_somebody_else_is_no_such_account() {
    let world = World::new(true);
    world.with_many().await;
    let registry = world.registry().await;
    for named in ["secret", "bob@example.com", "agent@example.net", "nobody"] {
        for tool in ["look", "send"] {
            let arguments = json!({ "account": named });
            let error = call(&registry, "alice", tool, arguments).await.unwrap_err();
            assert!(error.message().contains("no such account"), "{error}");
            assert_asks(&error, &OF_ALICE);
        }
    }
    // Whoever has none of their own hears of none.
    let error = call(&registry, "carol", "look", json!({"account": "work"})).await;
    let error = error.unwrap_err();
    assert!(error.message().contains("none yet"), "{error}");
}

#[tokio::test]
async fn without_a_choice_a_read_is_of_the_default_account_and_a_change_is_refused() {
    let world = World::new(true);
    world.with_many().await;
    let registry = world.registry().await;
    for arguments in [
        json!({}),
        Value::Null,
        json!({"account": null}),
        json!({"account": " "}),
    ] {
        let told = call(&registry, "alice", "look", arguments.clone()).await;
        assert_eq!(told.unwrap(), "the default account");
        for tool in ["sort", "send"] {
            let error = call(&registry, "alice", tool, arguments.clone()).await;
            assert_asks(&error.unwrap_err(), &OF_ALICE);
        }
    }
}

#[tokio::test]
async fn of_several_labelled_accounts_without_a_default_one_a_read_asks_too() {
    let world = World::new(true);
    world
        .connect("alice", Some("work"), "wanda@work.example")
        .await;
    world
        .connect("alice", Some("home"), "alice@example.com")
        .await;
    let registry = world.registry().await;
    let own = ["home (alice@example.com)", "work (wanda@work.example)"];
    for tool in ["look", "send"] {
        assert_asks(
            &call(&registry, "alice", tool, json!({})).await.unwrap_err(),
            &own,
        );
    }
}

#[tokio::test]
async fn the_only_account_is_meant_whatever_it_is_called() {
    let world = World::new(true);
    world
        .connect("alice", Some("work"), "wanda@work.example")
        .await;
    world.connect("bob", None, "bob@example.com").await;
    let registry = world.registry().await;
    for tool in ["look", "send"] {
        let told = call(&registry, "alice", tool, json!({})).await;
        assert_eq!(told.unwrap(), "work");
        let told = call(&registry, "bob", tool, json!({})).await;
        assert_eq!(told.unwrap(), "the default account");
        // Consent is asked for the default account of somebody who has none.
        for arguments in [json!({}), json!({"account": "default"})] {
            let told = call(&registry, "carol", tool, arguments).await;
            assert_eq!(told.unwrap(), "the default account");
        }
    }
}

#[tokio::test]
async fn an_account_that_needs_a_new_consent_is_still_one_of_several() {
    let world = World::new(true);
    world.connect("alice", None, "alice@example.com").await;
    world
        .connect("alice", Some("work"), "wanda@work.example")
        .await;
    let store = world.database.token_store().unwrap();
    let rows = store.list(&ListScope::All, None, 10).await.unwrap();
    let default = rows.iter().find(|it| it.key.account_label().is_none());
    let (key, at) = (&default.unwrap().key, default.unwrap().marker());
    let leased = store.try_lease(key, &at, "p", Duration::from_mins(1)).await;
    let failure = RefreshFailure::Condemned {
        status: RowStatus::NeedsConsent,
        reason: "revoked".to_owned(),
        error: "revoked".to_owned(),
    };
    let seq = leased.unwrap().unwrap().lease_seq;
    assert!(store.commit_failure(key, &at, seq, &failure).await.unwrap());
    // Nothing is sent from another account, since the usual one has ended.
    let error = call(&world.registry().await, "alice", "send", json!({})).await;
    let own = ["default (alice@example.com)", "work (wanda@work.example)"];
    assert_asks(&error.unwrap_err(), &own);
    // One that was disconnected is none.
    let begun = store
        .begin_disconnect(key, &at, DisconnectReach::ThisRow)
        .await;
    assert!(begun.unwrap().is_some());
    let told = call(&world.registry().await, "alice", "send", json!({})).await;
    assert_eq!(told.unwrap(), "work");
}

#[tokio::test]
async fn what_another_process_connects_counts_for_a_change_at_once_and_for_a_read_within_a_minute()
{
    let world = World::new(true);
    world
        .connect("alice", Some("home"), "alice@example.com")
        .await;
    let registry = world.registry().await;
    let ask = async |tool, arguments| call(&registry, "alice", tool, arguments).await;
    for tool in ["look", "send"] {
        assert_eq!(ask(tool, json!({})).await.unwrap(), "home");
    }
    world
        .connect("alice", Some("work"), "wanda@work.example")
        .await;
    let own = ["home (alice@example.com)", "work (wanda@work.example)"];
    assert_eq!(ask("look", json!({})).await.unwrap(), "home", "from memory");
    for tool in ["sort", "send"] {
        assert_asks(&ask(tool, json!({})).await.unwrap_err(), &own);
    }
    // What was read for the change is known from here on.
    assert_asks(&ask("look", json!({})).await.unwrap_err(), &own);
    let named = json!({"account": "work"});
    assert_eq!(ask("look", named.clone()).await.unwrap(), "work");
    assert_eq!(ask("send", named).await.unwrap(), "work");
}

#[tokio::test]
async fn a_read_hears_of_what_another_process_connects_within_a_minute_and_before_it_is_refused() {
    let world = World::new(true);
    world.connect("alice", None, "alice@example.com").await;
    let registry = world.registry().await;
    let look = async |arguments| call(&registry, "alice", "look", arguments).await;
    assert_eq!(look(json!({})).await.unwrap(), "the default account");
    world
        .connect("alice", Some("work"), "wanda@work.example")
        .await;
    assert_eq!(look(json!({"account": "work"})).await.unwrap(), "work");
    world
        .connect("alice", Some("club"), "club@example.org")
        .await;
    world.clock.advance(Duration::from_secs(61));
    let told = look(json!({"account": "club@example.org"})).await;
    assert_eq!(told.unwrap(), "club");
}

#[tokio::test]
async fn tools_that_call_google_take_an_account_and_others_do_not() {
    let world = World::new(true);
    let registry = world.registry().await;
    for spec in registry.specs() {
        let takes = spec.input_schema["properties"]["account"].is_object();
        assert_eq!(takes, spec.name != "count", "{}", spec.name);
        let required = spec.input_schema["required"].as_array();
        let needs = required.is_some_and(|it| it.contains(&json!("account")));
        assert!(!needs, "{}", spec.input_schema);
        for dialect in [
            Dialect::Canonical,
            Dialect::OpenAiStrict,
            Dialect::Gemini,
            Dialect::Ollama,
        ] {
            let lowered = dialect.lower(&spec.input_schema);
            assert_eq!(dialect.lint(&lowered), Vec::<String>::new(), "{lowered}");
        }
    }
    let error = call(&registry, "alice", "count", json!({"account": "work"})).await;
    assert!(error.unwrap_err().message().contains("no such argument"));
    let said = registry.instructions().join(" ");
    assert_eq!(said.matches("`account`").count(), 1, "{said}");
}

#[tokio::test]
async fn a_tool_with_an_argument_of_that_name_is_refused_when_the_agent_is_built() {
    let error = World::new(true).registry_with(true, Pipeline::new()).await;
    let error = error.unwrap_err();
    assert!(error.is_collision(), "{error}");
    assert!(error.to_string().contains("pay of gmail"), "{error}");
    let registry = World::new(false).registry_with(true, Pipeline::new()).await;
    let registry = registry.unwrap();
    let paid = call(&registry, "alice", "pay", json!({"account": "NL01"})).await;
    assert_eq!(paid.unwrap(), "NL01");
}

#[tokio::test]
async fn without_the_option_no_tool_takes_an_account() {
    let world = World::new(false);
    world.with_many().await;
    let registry = world.registry().await;
    let specs: Vec<_> = registry.specs().cloned().collect();
    let mut own: Vec<_> = registry.toolkits()[0]
        .tools()
        .iter()
        .map(|it| it.spec().clone())
        .collect();
    own.sort_by_key(|it| it.name);
    assert_eq!(specs, own);
    assert!(registry.instructions().is_empty());
    let told = call(&registry, "alice", "send", json!({})).await;
    assert_eq!(told.unwrap(), "the default account");
    let error = call(&registry, "alice", "send", json!({"account": "work"})).await;
    assert!(error.unwrap_err().message().contains("no such argument"));
}

/// Takes down with which account a call is made.
#[derive(Debug, Default)]
struct Hears(Mutex<Vec<Option<String>>>);

#[async_trait]
impl Policy for Hears {
    async fn decide(&self, call: &CallInfo<'_>) -> Result<(), ToolError> {
        assert!(call.arguments.get("account").is_none());
        let account = call.account.map(ToString::to_string);
        self.0.lock().unwrap().push(account);
        Ok(())
    }
}

#[tokio::test]
async fn a_policy_hears_the_account_and_nothing_of_what_is_refused_before() {
    let world = World::new(true);
    world.with_many().await;
    let hears = Arc::new(Hears::default());
    let pipeline = Pipeline::new().with_policy(Arc::clone(&hears) as _);
    let registry = world.registry_with(false, pipeline).await.unwrap();
    call(&registry, "alice", "send", json!({}))
        .await
        .unwrap_err();
    call(&registry, "alice", "look", json!({})).await.unwrap();
    let arguments = json!({"account": "wanda@work.example"});
    call(&registry, "alice", "send", arguments).await.unwrap();
    assert_eq!(*hears.0.lock().unwrap(), [None, Some("work".to_owned())]);
}

#[tokio::test]
async fn a_missing_consent_names_the_account_and_its_link_is_for_that() {
    let world = World::new(true);
    world.connect("alice", None, "alice@example.com").await;
    world
        .connect("alice", Some("work"), "wanda@work.example")
        .await;
    let registry = world.registry().await;
    let mut links = Vec::new();
    for (named, account) in [("work", json!("work")), ("default", Value::Null)] {
        let error = call(&registry, "alice", "need", json!({ "account": named })).await;
        let error = error.unwrap_err();
        // What was planted grants nothing.
        assert_eq!(error.kind(), FailureKind::InsufficientScope, "{error}");
        assert_eq!(error.to_json()["error"]["account"], account);
        assert_eq!(
            error.message().contains("(account work)"),
            named == "work",
            "{error}"
        );
        let link = error.link().unwrap().url.clone();
        let state = link
            .path_segments()
            .unwrap()
            .next_back()
            .unwrap()
            .to_owned();
        links.push((state, named));
    }
    assert_ne!(links[0].0, links[1].0);
    let sign_in = registry.toolkits()[0]
        .auth()
        .unwrap()
        .sign_in()
        .unwrap()
        .clone();
    for (state, named) in links {
        let page = sign_in.page(&state, &HeaderMap::new()).await.unwrap();
        let account = page.account.map(|it| it.to_string());
        assert_eq!(account.as_deref(), (named == "work").then_some("work"));
    }
}
