//! Every argument of every tool, given wrongly in each way that its schema knows: it is named, before any request.

#![expect(clippy::panic, reason = "test helpers fail the test")]

use serde_json::{Map, Value, json};
use toolgate_toolkit::ToolError;

use super::specs;
use crate::golden::Office;

/// Values that an argument of this schema does not take.
fn wrong(schema: &Map<String, Value>) -> Vec<Value> {
    let number = |word: &str| schema.get(word).and_then(Value::as_f64);
    let length = |word: &str| schema.get(word).and_then(Value::as_u64);
    let long = |most: u64| "x".repeat(usize::try_from(most).unwrap_or(0) + 1);
    let mut values = match schema["type"].as_str() {
        Some("string") => vec![json!(1), json!(["x"])],
        Some("integer") => vec![json!("1"), json!(1.5)],
        Some("number") => vec![json!("1"), json!(true)],
        Some("array") => vec![json!("x"), json!(1)],
        Some("boolean") => vec![json!("true"), json!(1)],
        other => panic!("an argument of type {other:?}"),
    };
    values.extend(number("minimum").map(|least| json!(least - 1.0)));
    values.extend(number("maximum").map(|most| json!(most + 1.0)));
    values.extend(length("minLength").map(|_| json!("")));
    values.extend(length("maxLength").map(|most| json!(long(most))));
    values.extend(length("minItems").map(|_| json!([])));
    values
}

fn assert_named(error: &ToolError, name: &str, case: &str) {
    assert_eq!(error.kind_name(), "invalid_argument", "{case}: {error}");
    let argument = error.argument().unwrap_or_default();
    let named = argument == name || argument.starts_with(&format!("{name}["));
    assert!(named, "{case}: {error}");
    let (_, good) = error.message().split_once("; a good value is ").unwrap();
    assert!(!good.trim().is_empty(), "{case}: {error}");
}

#[tokio::test]
async fn each_argument_that_is_wrong_is_named_with_a_good_value_before_any_request() {
    let office = Office::new().await;
    let golden = Office::golden();
    for spec in specs() {
        let good = golden.iter().find(|it| it.tool == spec.name).unwrap();
        let good = &good.good[0].arguments;
        let properties = spec.input_schema["properties"].as_object().unwrap();
        for (name, schema) in properties {
            for value in wrong(schema.as_object().unwrap()) {
                let mut arguments = good.clone();
                arguments[name] = value;
                let case = format!("{} {arguments}", spec.name);
                let error = office.call(spec.name, arguments).await.unwrap_err();
                assert_named(&error, name, &case);
            }
        }
    }
    assert!(office.world.emulator.requests().is_empty());
}

#[tokio::test]
async fn each_argument_that_is_missing_is_named_with_a_good_value_before_any_request() {
    let office = Office::new().await;
    let golden = Office::golden();
    for spec in specs() {
        let good = golden.iter().find(|it| it.tool == spec.name).unwrap();
        let required = spec.input_schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let mut arguments = good.good[0].arguments.clone();
            arguments.as_object_mut().unwrap().remove(name);
            let case = format!("{} without {name}", spec.name);
            let error = office.call(spec.name, arguments).await.unwrap_err();
            assert_named(&error, name, &case);
        }
    }
    assert!(office.world.emulator.requests().is_empty());
}

#[tokio::test]
async fn an_argument_that_no_tool_has_is_refused_by_name_before_any_request() {
    let office = Office::new().await;
    for golden in Office::golden() {
        let mut arguments = golden.good[0].arguments.clone();
        arguments["user_id"] = json!("bob@example.com");
        let error = office.call(golden.tool, arguments).await.unwrap_err();
        assert_named(&error, "user_id", golden.tool);
    }
    assert!(office.world.emulator.requests().is_empty());
}
