//! Whether a value is as a schema says, by a reader of schemas of its own: what it does not know fails.

#![expect(clippy::panic, reason = "test helpers fail the test")]

use serde_json::{Map, Value};

/// Words that say nothing of a value.
const REMARKS: [&str; 6] = [
    "$schema",
    "title",
    "description",
    "examples",
    "default",
    "format",
];

/// What of a value is not as the schema says. A member that the schema does not have is one of them.
///
/// # Panics
/// When the schema says something that this does not know.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(schema, value, "$", &mut wrong);
    wrong
}

fn check(schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else {
        panic!("no schema at {place}: {schema}");
    };
    for (word, rule) in schema {
        match word.as_str() {
            "type" => check_type(rule, value, place, wrong),
            "enum" => {
                if !rule.as_array().is_some_and(|known| known.contains(value)) {
                    wrong.push(format!("{place}: {value} is none of {rule}"));
                }
            }
            "properties" | "required" | "additionalProperties" => {}
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{place}[{index}]"), wrong);
                }
            }
            "minimum" => {
                if value.as_f64() < rule.as_f64() {
                    wrong.push(format!("{place}: {value} is less than {rule}"));
                }
            }
            known if REMARKS.contains(&known) => {}
            other => panic!("the schema at {place} says {other}, which this does not know"),
        }
    }
    if let Some(members) = value.as_object() {
        check_members(schema, members, place, wrong);
    }
}

fn check_type(rule: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    let fits = match (rule.as_str(), value) {
        (Some("integer"), Value::Number(number)) => !number.is_f64(),
        (Some("number"), Value::Number(_))
        | (Some("string"), Value::String(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_)) => true,
        _ => false,
    };
    if !fits {
        wrong.push(format!("{place}: {value} is no {rule}"));
    }
}

fn check_members(
    schema: &Map<String, Value>,
    members: &Map<String, Value>,
    place: &str,
    wrong: &mut Vec<String>,
) {
    let none = Map::new();
    let known = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    for (name, member) in members {
        match known.get(name) {
            Some(rule) => check(rule, member, &format!("{place}.{name}"), wrong),
            None => wrong.push(format!("{place}: nothing is said of {name}")),
        }
    }
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            wrong.push(format!("{place}: {name} is missing"));
        }
    }
}

#[test]
fn what_is_not_as_the_schema_says_is_found() {
    let schema = serde_json::json!({
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 0}, "l": {"type": "array", "items": {"enum": ["a"]}}},
        "required": ["n"],
    });
    for (value, count) in [
        (serde_json::json!({"n": 1, "l": ["a"]}), 0),
        (serde_json::json!({"l": []}), 1),
        (serde_json::json!({"n": -1, "l": ["b", "a", 1]}), 3),
        (serde_json::json!({"n": "1", "x": null}), 3),
        (serde_json::json!([]), 1),
    ] {
        let found = violations(&schema, &value);
        assert_eq!(found.len(), count, "{value}: {found:?}");
    }
}
