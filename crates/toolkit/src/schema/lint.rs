//! Whether a schema keeps to the canonical form, or to a provider's dialect of it.

use serde_json::{Map, Value};

use super::subset::Subset;

/// The words of the canonical form.
const CANONICAL: [&str; 18] = [
    "type",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "anyOf",
    "format",
    "pattern",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "multipleOf",
];
const STRICT: [&str; 15] = [
    "type",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "anyOf",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
];

/// What is wrong with a schema of arguments as the canonical form; empty when nothing is. Each
/// line begins with the place.
pub fn lint(schema: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    root_is_object(schema, &mut findings);
    walk(schema, "(root)", &mut findings, &canonical_node);
    findings
}

/// What is wrong with a schema as `OpenAI`'s strict mode; empty when nothing is.
pub fn lint_openai_strict(schema: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    root_is_object(schema, &mut findings);
    walk(schema, "(root)", &mut findings, &strict_node);
    findings
}

/// What is wrong with a schema as one of a subset's words only; empty when nothing is.
pub(super) fn lint_subset(schema: &Value, subset: &Subset) -> Vec<String> {
    let mut findings = Vec::new();
    root_is_object(schema, &mut findings);
    let check = |object: &Map<String, Value>, report: &mut dyn FnMut(String)| {
        subset_node(object, subset, report);
    };
    walk(schema, "(root)", &mut findings, &check);
    findings
}

fn root_is_object(schema: &Value, findings: &mut Vec<String>) {
    if schema.get("type").is_none_or(|it| it != "object") {
        findings.push("(root): is not an object".to_owned());
    }
}

type Check<'a> = &'a dyn Fn(&Map<String, Value>, &mut dyn FnMut(String));

fn walk(schema: &Value, place: &str, findings: &mut Vec<String>, check: Check<'_>) {
    let Value::Object(object) = schema else {
        findings.push(format!("{place}: is not a schema object"));
        return;
    };
    check(object, &mut |finding| {
        findings.push(format!("{place}: {finding}"));
    });
    if let Some(Value::Object(properties)) = object.get("properties") {
        for (name, property) in properties {
            walk(property, &format!("{place}.{name}"), findings, check);
        }
    }
    if let Some(items) = object.get("items") {
        walk(items, &format!("{place}[]"), findings, check);
    }
    if let Some(extra @ Value::Object(_)) = object.get("additionalProperties") {
        walk(extra, &format!("{place}.*"), findings, check);
    }
    if let Some(Value::Array(variants)) = object.get("anyOf") {
        for (index, variant) in variants.iter().enumerate() {
            walk(variant, &format!("{place}|{index}"), findings, check);
        }
    }
}

fn canonical_node(object: &Map<String, Value>, report: &mut dyn FnMut(String)) {
    unknown_words(object, &CANONICAL, report);
    match object.get("type") {
        Some(Value::String(kind)) if kind == "null" => report("takes null".to_owned()),
        Some(Value::String(_)) => {}
        Some(_) => report("has several types".to_owned()),
        None if object.contains_key("anyOf") => {}
        None => report("has no type".to_owned()),
    }
    let has_null = |key| {
        let values = object.get(key).and_then(Value::as_array);
        values.is_some_and(|it| it.iter().any(Value::is_null))
    };
    if has_null("enum") {
        report("has null in its enum".to_owned());
    }
    if is_object(object)
        && object
            .get("additionalProperties")
            .is_none_or(|it| it == true)
    {
        report("is an open object".to_owned());
    }
    array_has_items(object, report);
    if let Some(Value::Object(properties)) = object.get("properties") {
        for (name, property) in properties {
            if property.get("description").is_none() {
                report(format!("says nothing of {name}"));
            }
        }
        let required = object.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !properties.contains_key(name) {
                report(format!("requires {name}, which it does not have"));
            }
        }
    }
}

fn strict_node(object: &Map<String, Value>, report: &mut dyn FnMut(String)) {
    unknown_words(object, &STRICT, report);
    array_has_items(object, report);
    if !is_object(object) {
        return;
    }
    if object
        .get("additionalProperties")
        .is_none_or(|it| it != false)
    {
        report("is an open object".to_owned());
    }
    let empty = Map::new();
    let properties = object
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let required = object.get("required").and_then(Value::as_array);
    for name in properties.keys() {
        if !required.is_some_and(|it| it.iter().any(|it| it == name)) {
            report(format!("does not require {name}"));
        }
    }
}

fn subset_node(object: &Map<String, Value>, subset: &Subset, report: &mut dyn FnMut(String)) {
    const ALWAYS: [&str; 5] = ["description", "properties", "required", "items", "anyOf"];
    for (key, value) in object {
        if !ALWAYS.contains(&key.as_str()) && !subset.keeps(key, value) {
            report(format!("uses {key}"));
        }
    }
    if object.get("type").is_some_and(Value::is_array) {
        report("has several types".to_owned());
    }
    array_has_items(object, report);
}

fn unknown_words(object: &Map<String, Value>, known: &[&str], report: &mut dyn FnMut(String)) {
    for key in object.keys() {
        if !known.contains(&key.as_str()) {
            report(format!("uses {key}"));
        }
    }
}

fn is_object(object: &Map<String, Value>) -> bool {
    match object.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == "object"),
        Some(kind) => kind == "object",
        None => false,
    }
}

fn array_has_items(object: &Map<String, Value>, report: &mut dyn FnMut(String)) {
    let is_array = match object.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == "array"),
        Some(kind) => kind == "array",
        None => false,
    };
    if is_array && !object.contains_key("items") {
        report("is a list of it does not say what".to_owned());
    }
}
