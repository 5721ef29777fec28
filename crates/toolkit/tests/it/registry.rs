//! All tools of an agent, and one person's in a run.

use std::sync::Arc;

use serde_json::json;
use toolgate_auth::{FailureKind, Principal};
use toolgate_toolkit::{BoundToolkit, Error, Pipeline, Registry, RunScope, Tool};

use crate::sample::{self, Sample};

fn bound(name: &'static str, tools: Vec<Arc<dyn Tool>>) -> BoundToolkit {
    BoundToolkit::with_access(Arc::new(Sample { name, tools }), sample::access())
}

fn registry(toolkits: Vec<BoundToolkit>) -> Result<Registry, Error> {
    Registry::new(toolkits, Pipeline::new())
}

#[test]
fn two_tools_with_one_name_are_an_error_that_names_both_toolkits() {
    let one = bound("one", vec![sample::tool("who")]);
    let two = bound("two", vec![sample::tool("long"), sample::tool("who")]);
    let error = registry(vec![one.clone(), two]).unwrap_err();
    assert!(error.is_collision());
    let text = error.to_string();
    assert!(
        text.contains("one") && text.contains("two") && text.contains("who"),
        "{text}"
    );
    assert!(registry(vec![one.clone(), one]).unwrap_err().is_collision());
}

#[test]
fn specs_and_instructions_are_those_of_all_toolkits() {
    let toolkits = vec![
        bound("one", vec![sample::tool("who")]),
        bound("two", vec![sample::tool("long")]),
    ];
    let registry = registry(toolkits).unwrap();
    let names: Vec<&str> = registry.specs().map(|it| it.name).collect();
    assert_eq!(names, ["long", "who"]);
    assert_eq!(registry.instructions(), ["About one.", "About two."]);
    assert_eq!(registry.reports().count(), 2);
}

#[tokio::test]
async fn an_unknown_tool_is_answered_with_those_there_are() {
    let registry = registry(vec![bound("one", sample::tools())]).unwrap();
    let tools = registry.for_run(Principal::anonymous(), RunScope::new("r"));
    let error = tools.call("serch", json!({})).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::NotFound);
    assert!(error.message().contains("`serch`") && error.message().contains("search"));
}

#[tokio::test]
async fn a_call_goes_through_the_pipeline() {
    let registry = registry(vec![bound("one", sample::tools())]).unwrap();
    let tools = registry.for_run(Principal::anonymous(), RunScope::new("r"));
    assert_eq!(
        tools.call("who", json!({})).await.unwrap(),
        json!({"text": "the anonymous user"})
    );
    let error = tools.call("who", json!({"x": 1})).await.unwrap_err();
    assert_eq!(error.argument(), Some("x"));
    let long = tools.call("long", json!({})).await.unwrap();
    assert_eq!(long["truncated"], true);
}

#[tokio::test]
async fn each_run_is_of_its_own_person_whatever_the_credential() {
    let registry = registry(vec![bound("one", sample::tools())]).unwrap();
    let run = |user: &str| {
        let principal = Principal::for_user(user).unwrap();
        registry.for_run(principal, RunScope::new(user))
    };
    let (alice, bob) = (run("alice"), run("bob"));
    for (tools, name) in [(&alice, "alice"), (&bob, "bob"), (&alice, "alice")] {
        let told = tools.call("who", json!({})).await.unwrap();
        assert_eq!(told["text"], name);
    }
}
