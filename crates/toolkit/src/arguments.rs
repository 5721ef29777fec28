//! Checking a model's arguments: what is wrong, where, and what a good value looks like.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::ToolError;

/// Takes out null members of objects, at every depth: null means "left out". Nulls in lists stay,
/// since there they have a place.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    take_nulls(&mut value);
    value
}

fn take_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(take_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(take_nulls),
        _ => {}
    }
}

/// Checks arguments against a canonical schema, examples allowed.
pub(crate) fn check(schema: &Value, arguments: &Value) -> Result<(), ToolError> {
    let Some(schema) = schema.as_object() else {
        return Ok(());
    };
    if !arguments.is_object() {
        return Err(ToolError::invalid_arguments(format!(
            "the arguments are not an object; give {}",
            good(schema)
        )));
    }
    check_value(schema, arguments, "").map_err(Problem::into_error)
}

/// Reads checked arguments into their type; what the type refuses beyond the schema is said with
/// the argument's name.
pub(crate) fn parse<A: DeserializeOwned>(arguments: Value) -> Result<A, ToolError> {
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner().to_string();
        if path == "." {
            return ToolError::invalid_arguments(format!(
                "the arguments are not usable: {problem}"
            ));
        }
        ToolError::invalid_argument(&path, &problem, "one that the description of it allows")
    })
}

struct Problem {
    path: String,
    what: String,
    good: String,
}

impl Problem {
    fn at(path: &str, what: impl Into<String>, schema: &Map<String, Value>) -> Self {
        Self {
            path: path.to_owned(),
            what: what.into(),
            good: good(schema),
        }
    }

    fn into_error(self) -> ToolError {
        ToolError::invalid_argument(&self.path, &self.what, &self.good)
    }
}

fn check_value(schema: &Map<String, Value>, value: &Value, path: &str) -> Result<(), Problem> {
    if let Some(Value::Array(variants)) = schema.get("anyOf") {
        let fits = |variant: &Value| {
            let variant = variant.as_object();
            variant.is_none_or(|variant| check_value(variant, value, path).is_ok())
        };
        if !variants.iter().any(fits) {
            let what = format!("it is {}", kind_of(value));
            return Err(Problem::at(path, what, schema));
        }
    }
    if !has_type(schema, value) {
        let what = format!("it is {}", kind_of(value));
        return Err(Problem::at(path, what, schema));
    }
    if let Some(Value::Array(known)) = schema.get("enum")
        && !known.contains(value)
    {
        return Err(Problem::at(path, format!("{value} is not known"), schema));
    }
    match value {
        Value::Object(members) => check_members(schema, members, path),
        Value::Array(items) => check_items(schema, items, path),
        Value::Number(number) => check_range(schema, number, path),
        Value::String(text) => {
            check_length(schema, text.chars().count(), path, "Length", "characters")
        }
        _ => Ok(()),
    }
}

fn has_type(schema: &Map<String, Value>, value: &Value) -> bool {
    let is = |kind: &Value| match (kind.as_str(), value) {
        (Some("string"), Value::String(_))
        | (Some("number"), Value::Number(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_))
        | (Some("null"), Value::Null) => true,
        (Some("integer"), Value::Number(number)) => !number.is_f64(),
        _ => false,
    };
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => true,
    }
}

fn check_members(
    schema: &Map<String, Value>,
    members: &Map<String, Value>,
    path: &str,
) -> Result<(), Problem> {
    let empty = Map::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let extra = schema.get("additionalProperties");
    for (name, member) in members {
        let place = join(path, name);
        match (properties.get(name), extra) {
            (Some(Value::Object(property)), _) | (None, Some(Value::Object(property))) => {
                check_value(property, member, &place)?;
            }
            (None, Some(Value::Bool(false))) => {
                return Err(Problem {
                    path: place,
                    what: "there is no such argument".to_owned(),
                    good: known_names(properties),
                });
            }
            _ => {}
        }
    }
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            let property = properties
                .get(name)
                .and_then(Value::as_object)
                .unwrap_or(&empty);
            return Err(Problem::at(&join(path, name), "it is missing", property));
        }
    }
    Ok(())
}

fn known_names(properties: &Map<String, Value>) -> String {
    if properties.is_empty() {
        return "none at all: this takes no arguments".to_owned();
    }
    format!("one of {}", quoted(properties.keys().map(String::as_str)))
}

/// In the order of the alphabet: that of the schema depends on how `serde_json` is built.
fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.sort();
    names.join(", ")
}

fn check_items(schema: &Map<String, Value>, items: &[Value], path: &str) -> Result<(), Problem> {
    check_length(schema, items.len(), path, "Items", "items")?;
    let Some(Value::Object(of)) = schema.get("items") else {
        return Ok(());
    };
    for (index, item) in items.iter().enumerate() {
        check_value(of, item, &format!("{path}[{index}]"))?;
    }
    Ok(())
}

fn check_length(
    schema: &Map<String, Value>,
    length: usize,
    path: &str,
    suffix: &str,
    of: &str,
) -> Result<(), Problem> {
    let limit = |bound: &str| {
        let limit = schema
            .get(&format!("{bound}{suffix}"))
            .and_then(Value::as_u64)?;
        usize::try_from(limit).ok()
    };
    let too_short = limit("min").is_some_and(|least| length < least);
    let too_long = limit("max").is_some_and(|most| length > most);
    if too_short || too_long {
        return Err(Problem::at(path, format!("it has {length} {of}"), schema));
    }
    Ok(())
}

fn check_range(
    schema: &Map<String, Value>,
    number: &serde_json::Number,
    path: &str,
) -> Result<(), Problem> {
    let value = number.as_f64().unwrap_or(f64::NAN);
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let too_small = bound("minimum").is_some_and(|least| value < least);
    let too_large = bound("maximum").is_some_and(|most| value > most);
    if too_small || too_large {
        return Err(Problem::at(path, format!("it is {number}"), schema));
    }
    Ok(())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What a good value looks like.
fn good(schema: &Map<String, Value>) -> String {
    if let Some(example) = schema.get("examples").and_then(|it| it.get(0)) {
        return format!("{}, such as {example}", shape(schema));
    }
    if let Some(Value::Array(known)) = schema.get("enum") {
        let known: Vec<String> = known.iter().map(Value::to_string).collect();
        return format!("one of {}", known.join(", "));
    }
    shape(schema)
}

fn shape(schema: &Map<String, Value>) -> String {
    if let Some(Value::Array(variants)) = schema.get("anyOf") {
        let shapes: Vec<String> = variants
            .iter()
            .filter_map(Value::as_object)
            .map(good)
            .collect();
        return shapes.join(", or ");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => text_shape(schema),
        Some("integer") => format!("a whole number{}", bounds(schema, "minimum", "maximum", "")),
        Some("number") => format!("a number{}", bounds(schema, "minimum", "maximum", "")),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => {
            let of = schema.get("items").and_then(Value::as_object).map(good);
            let of = of.map(|of| format!(", each {of}")).unwrap_or_default();
            format!(
                "a list{}{of}",
                bounds(schema, "minItems", "maxItems", " items")
            )
        }
        Some("object") => match schema.get("properties").and_then(Value::as_object) {
            Some(properties) if !properties.is_empty() => {
                let names = quoted(properties.keys().map(String::as_str));
                format!("an object with members out of {names}")
            }
            _ => "an object".to_owned(),
        },
        _ => "any value".to_owned(),
    }
}

fn text_shape(schema: &Map<String, Value>) -> String {
    let shape = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "an RFC 3339 time such as \"2026-03-01T09:00:00+01:00\"",
        Some("date") => "a date such as \"2026-03-01\"",
        Some("time") => "a time such as \"09:00:00\"",
        Some("duration") => "a duration such as \"PT30M\"",
        Some("email") => "an e-mail address such as \"ann@example.com\"",
        Some("uri") => "a link such as \"https://example.com/\"",
        _ => {
            return format!(
                "text{}",
                bounds(schema, "minLength", "maxLength", " characters")
            );
        }
    };
    shape.to_owned()
}

fn bounds(schema: &Map<String, Value>, least: &str, most: &str, of: &str) -> String {
    match (schema.get(least), schema.get(most)) {
        (Some(least), Some(most)) => format!(" from {least} to {most}{of}"),
        (Some(least), None) => format!(" from {least}{of} up"),
        (None, Some(most)) => format!(" of at most {most}{of}"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nulls_go_from_objects_at_every_depth_and_stay_in_lists() {
        let given = json!({"a": null, "b": {"c": null, "d": [null, {"e": null, "f": 1}, [null]]}});
        let kept = json!({"b": {"d": [null, {"f": 1}, [null]]}});
        assert_eq!(without_nulls(given), kept);
        assert_eq!(without_nulls(Value::Null), Value::Null);
    }
}
