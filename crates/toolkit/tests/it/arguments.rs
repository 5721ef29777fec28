//! What is said of bad arguments: which, why, and what a good value looks like.

use serde_json::{Value, json};
use toolgate_auth::FailureKind;
use toolgate_toolkit::{Pipeline, RunScope};

use crate::sample;

/// Arguments, which of them is wrong, and what is said of it.
type Case = (Value, &'static str, &'static str);

fn check(cases: &[Case]) {
    let tool = sample::tool("search");
    for (arguments, argument, message) in cases {
        let error = tool.check(arguments).unwrap_err();
        assert_eq!(error.kind(), FailureKind::InvalidArgument, "{arguments}");
        assert_eq!(error.argument(), Some(*argument), "{arguments}");
        let expected = format!("the argument `{argument}` is not usable: {message}");
        assert_eq!(error.message(), expected);
    }
}

#[test]
fn each_bad_argument_is_named_with_a_good_value() {
    let cases = [
        (
            json!({}),
            "query",
            "it is missing; a good value is text, such as \"from:ann\"",
        ),
        (
            json!({"query": 7}),
            "query",
            "it is a number; a good value is text, such as \"from:ann\"",
        ),
        (
            json!({"query": "a", "limt": 3}),
            "limt",
            "there is no such argument; a good value is one of `depth`, `labels`, `limit`, `query`, `span`",
        ),
        (
            json!({"query": "a", "limit": 900}),
            "limit",
            "it is 900; a good value is a whole number from 1 to 100",
        ),
        (
            json!({"query": "a", "limit": "10"}),
            "limit",
            "it is text; a good value is a whole number from 1 to 100",
        ),
        (
            json!({"query": "a", "limit": 1.5}),
            "limit",
            "it is a number with a fraction; a good value is a whole number from 1 to 100",
        ),
        (
            json!({"query": "a", "depth": "bottomless"}),
            "depth",
            "\"bottomless\" is not known; a good value is one of \"shallow\", \"deep\"",
        ),
    ];
    check(&cases);
}

#[test]
fn bad_arguments_inside_others_are_named_by_their_place() {
    let cases = [
        (
            json!({"query": "a", "labels": ["x", true]}),
            "labels[1]",
            "it is true or false; a good value is text",
        ),
        (
            json!({"query": "a", "labels": "x"}),
            "labels",
            "it is text; a good value is a list, each text",
        ),
        (
            json!({"query": "a", "span": {}}),
            "span.from",
            "it is missing; a good value is an RFC 3339 time such as \"2026-03-01T09:00:00+01:00\"",
        ),
        (
            json!({"query": "a", "span": {"from": "x", "to": "y"}}),
            "span.to",
            "there is no such argument; a good value is one of `from`, `until`",
        ),
        (
            json!({"query": "a", "span": "today"}),
            "span",
            "it is text; a good value is an object with members out of `from`, `until`",
        ),
    ];
    check(&cases);
}

#[test]
fn good_arguments_pass() {
    let tool = sample::tool("search");
    for arguments in [
        json!({"query": "a"}),
        json!({"query": "", "limit": 100, "depth": "deep", "labels": []}),
        json!({"query": "a", "span": {"from": "2026-03-01T09:00:00Z"}}),
    ] {
        assert!(tool.check(&arguments).is_ok(), "{arguments}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    let tool = sample::tool("search");
    for arguments in [json!([]), json!("query"), json!(7)] {
        let error = tool.check(&arguments).unwrap_err();
        assert_eq!(error.kind(), FailureKind::InvalidArgument, "{arguments}");
    }
}

async fn echo(arguments: Value) -> Value {
    let cx = sample::context(RunScope::new("r"));
    let tool = sample::tool("search");
    let found = Pipeline::new()
        .run("sample", &*tool, &cx, arguments)
        .await
        .unwrap();
    serde_json::from_str(found["echo"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn null_means_left_out_at_every_depth() {
    let plain = json!({"query": "a", "span": {"from": "x"}});
    let strict = json!({"query": "a", "limit": null, "depth": null, "labels": null,
        "span": {"from": "x", "until": null}});
    assert_eq!(echo(strict).await, echo(plain).await);
}

#[tokio::test]
async fn null_for_all_arguments_is_none_at_all() {
    let cx = sample::context(RunScope::new("r"));
    let tool = sample::tool("who");
    let done = Pipeline::new()
        .run("sample", &*tool, &cx, Value::Null)
        .await;
    assert_eq!(done.unwrap(), json!({"text": "nobody"}));
}
