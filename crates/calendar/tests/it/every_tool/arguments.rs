//! Every argument of every tool, given wrongly in each way that its schema knows: it is named, before any request.

#![expect(clippy::panic, reason = "test helpers fail the test")]

use serde_json::{Map, Value, json};
use toolgate_toolkit::{ToolError, Toolkit as _};

use super::spec;
use crate::{
    golden::golden,
    world::{World, all_tools},
};

/// Values that an argument of this schema does not take.
fn wrong(schema: &Map<String, Value>) -> Vec<Value> {
    let number = |word: &str| schema.get(word).and_then(Value::as_i64);
    let mut values = match schema["type"].as_str() {
        Some("string") => vec![json!(1), json!(["x"])],
        Some("integer") => vec![json!("1"), json!(1.5)],
        Some("boolean") => vec![json!("true"), json!(1)],
        Some("array") => vec![json!("ada@example.com"), json!([1])],
        other => panic!("an argument of type {other:?}"),
    };
    values.extend(number("minimum").map(|least| json!(least - 1)));
    values.extend(number("maximum").map(|most| json!(most + 1)));
    values.extend(schema.get("enum").map(|_| json!("nothing of this")));
    values
}

/// What is well-formed and still none, by the name of the argument.
fn nonsense(name: &str) -> &'static [&'static str] {
    match name {
        "start_date" | "end_date" => &[
            "tomorrow",
            "2027-02-30",
            "2027-03-29T25:00",
            "2027-03-29T9:00",
        ],
        "timezone" => &["CEST", "+02:00"],
        "color_id" => &["12", "red"],
        "working_hours" => &["nine to five", "17:00-09:00"],
        "page_token" => &["nonsense"],
        _ => &[],
    }
}

/// The same for lists.
fn nonsense_of_lists(name: &str) -> &'static [&'static str] {
    match name {
        "attendees" | "add_attendees" | "remove_attendees" => {
            &["ada", "a@b.de, c@d.de", "a@b.de\r\nBcc: x"]
        }
        "attendee_emails" => &["ada"],
        "days" => &["noday"],
        "reminders" => &["sms 10", "popup -1"],
        "recurrence" => &[
            "every monday",
            "RRULE:FREQ=HOURLY",
            "RRULE:FREQ=DAILY\nATTENDEE:x",
        ],
        _ => &[],
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

fn names() -> Vec<&'static str> {
    let tools = all_tools().tools();
    tools.iter().map(|tool| tool.spec().name).collect()
}

fn good(tool: &str) -> Value {
    let golden = golden().into_iter().find(|it| it.tool == tool).unwrap();
    golden.good.into_iter().next().unwrap()
}

#[tokio::test]
async fn each_argument_that_is_wrong_is_named_with_a_good_value_before_any_request() {
    let world = World::people().await;
    for tool in names() {
        let schema = spec(tool).input_schema;
        for (name, schema) in schema["properties"].as_object().unwrap() {
            let mut values = wrong(schema.as_object().unwrap());
            values.extend(nonsense(name).iter().map(|text| json!(text)));
            values.extend(nonsense_of_lists(name).iter().map(|text| json!([text])));
            for value in values {
                let mut arguments = good(tool);
                arguments[name] = value;
                let case = format!("{tool} {arguments}");
                let error = world.call(tool, arguments).await.unwrap_err();
                assert_named(&error, name, &case);
                // Only Google knows the pages of a list of its own.
                if (tool, name.as_str()) == ("list_calendars", "page_token") {
                    world.emulator.clear_requests();
                }
                assert!(world.emulator.requests().is_empty(), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn each_argument_that_is_missing_is_named_with_a_good_value_before_any_request() {
    let world = World::people().await;
    for tool in names() {
        let schema = spec(tool).input_schema;
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let mut arguments = good(tool);
            arguments.as_object_mut().unwrap().remove(name);
            let error = world.call(tool, arguments).await.unwrap_err();
            assert_named(&error, name, &format!("{tool} without {name}"));
        }
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn an_argument_that_no_tool_has_is_refused_by_name_before_any_request() {
    let world = World::people().await;
    for tool in names() {
        let mut arguments = good(tool);
        arguments["user_id"] = json!("bob@example.com");
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_named(&error, "user_id", tool);
    }
    assert!(world.emulator.requests().is_empty());
}
