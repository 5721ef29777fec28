//! Every argument of every tool, given wrongly in each way that its schema knows: it is named, before any request.

#![expect(clippy::panic, reason = "test helpers fail the test")]

use serde_json::{Map, Value, json};
use toolgate_toolkit::ToolError;

use super::{Office, specs};

/// Values that an argument of this schema does not take.
fn wrong(schema: &Map<String, Value>) -> Vec<Value> {
    let number = |word: &str| schema.get(word).and_then(Value::as_i64);
    let length = |word: &str| schema.get(word).and_then(Value::as_u64);
    let long = |most: u64| "x".repeat(usize::try_from(most).unwrap_or(0) + 1);
    let mut values = match schema["type"].as_str() {
        Some("string") => vec![json!(1), json!(["x"])],
        Some("integer") => vec![json!("1"), json!(1.5)],
        Some("number") => vec![json!("1"), json!([1])],
        Some("boolean") => vec![json!("true"), json!(1)],
        Some("array") => vec![json!("x"), wrong_items(&schema["items"])],
        Some("object") => vec![json!("x"), json!(["x"])],
        other => panic!("an argument of type {other:?}"),
    };
    values.extend(number("minimum").map(|least| json!(least - 1)));
    values.extend(number("maximum").map(|most| json!(most + 1)));
    values.extend(length("minLength").map(|_| json!("")));
    values.extend(length("maxLength").map(|most| json!(long(most))));
    values.extend(length("minItems").map(|_| json!([])));
    values.extend(schema.get("enum").map(|_| json!("nothing of this")));
    values
}

/// A list of what its items are not.
fn wrong_items(items: &Value) -> Value {
    match items["type"].as_str() {
        Some("string") => json!([1]),
        _ => json!(["x"]),
    }
}

fn assert_named(error: &ToolError, name: &str, case: &str) {
    assert_eq!(error.kind_name(), "invalid_argument", "{case}: {error}");
    let argument = error.argument().unwrap_or_default();
    let named = argument == name || argument.starts_with(&format!("{name}["));
    assert!(named, "{case}: {error}");
    let (_, good) = error.message().split_once("; a good value is ").unwrap();
    assert!(!good.trim().is_empty(), "{case}: {error}");
}

/// Each tool with its first good arguments and the schema of all.
fn cases<O: Office>(office: &O) -> Vec<(&'static str, Value, Value)> {
    let golden = office.golden();
    let specs = specs(O::toolkit().as_ref()).into_iter();
    let case = specs.map(|spec| {
        let good = golden.iter().find(|it| it.tool == spec.name).unwrap();
        (spec.name, good.good[0].arguments.clone(), spec.input_schema)
    });
    case.collect()
}

/// Wrong by the schema, or well-formed and still none.
pub async fn each_argument_that_is_wrong_is_named_with_a_good_value_before_any_request<
    O: Office,
>() {
    let office = O::opened().await;
    for (tool, good, schema) in cases(&office) {
        for (name, schema) in schema["properties"].as_object().unwrap() {
            let mut values = wrong(schema.as_object().unwrap());
            values.extend(O::nonsense(name));
            for value in values {
                let mut arguments = good.clone();
                arguments[name] = value;
                let case = format!("{tool} {arguments}");
                let result = office.call(tool, arguments).await;
                assert!(result.is_err(), "{case}");
                assert_named(&result.unwrap_err(), name, &case);
                if O::is_judged_by_google(tool, name) {
                    office.emulator().clear_requests();
                }
                assert!(office.emulator().requests().is_empty(), "{case}");
            }
        }
    }
}

/// What a schema requires.
pub async fn each_argument_that_is_missing_is_named_with_a_good_value_before_any_request<
    O: Office,
>() {
    let office = O::opened().await;
    for (tool, good, schema) in cases(&office) {
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let mut arguments = good.clone();
            arguments.as_object_mut().unwrap().remove(name);
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_named(&error, name, &format!("{tool} without {name}"));
        }
    }
    assert!(office.emulator().requests().is_empty());
}

/// Nobody names a person to a tool, nor anything else that it does not have.
pub async fn an_argument_that_no_tool_has_is_refused_by_name_before_any_request<O: Office>() {
    let office = O::opened().await;
    for (tool, mut arguments, _) in cases(&office) {
        arguments["user_id"] = json!("bob@example.com");
        let error = office.call(tool, arguments).await.unwrap_err();
        assert_named(&error, "user_id", tool);
    }
    assert!(office.emulator().requests().is_empty());
}
