//! The canonical schema in the dialect of `OpenAI`'s strict mode.

use serde_json::{Map, Value, json};

/// What strict mode understands, beside `properties` and `required`.
const KEPT: [&str; 14] = [
    "type",
    "description",
    "enum",
    "items",
    "anyOf",
    "additionalProperties",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "properties",
];
const FORMATS: [&str; 5] = ["date-time", "date", "time", "duration", "email"];

/// Lowers a canonical schema to `OpenAI`'s strict mode: every property is required, optional ones
/// take null, objects are closed, and what the mode does not know goes into the description.
///
/// The pipeline takes nulls out of arguments, so that a tool never sees the difference.
///
/// ```
/// use serde_json::json;
/// use toolgate_toolkit::schema;
///
/// let canonical = json!({"type": "object", "additionalProperties": false, "properties": {
///     "limit": {"type": "integer", "default": 10, "description": "How many."}}});
/// assert_eq!(schema::openai_strict(&canonical), json!({
///     "type": "object", "additionalProperties": false, "required": ["limit"],
///     "properties": {"limit": {
///         "type": ["integer", "null"], "description": "How many. Default: 10."}}}));
/// ```
pub fn openai_strict(schema: &Value) -> Value {
    let Value::Object(object) = schema else {
        return schema.clone();
    };
    let mut out: Map<String, Value> = object
        .iter()
        .filter(|(key, value)| KEPT.contains(&key.as_str()) && is_known_format(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    say_the_rest(object, &mut out);
    if let Some(items) = object.get("items") {
        out.insert("items".to_owned(), openai_strict(items));
    }
    if let Some(Value::Array(variants)) = object.get("anyOf") {
        let variants = variants.iter().map(openai_strict).collect();
        out.insert("anyOf".to_owned(), Value::Array(variants));
    }
    if let Some(Value::Object(properties)) = object.get("properties") {
        members(object, properties, &mut out);
    }
    Value::Object(out)
}

fn is_known_format(key: &str, value: &Value) -> bool {
    key != "format" || value.as_str().is_some_and(|it| FORMATS.contains(&it))
}

/// A default and the lengths of a text are said in words.
fn say_the_rest(object: &Map<String, Value>, out: &mut Map<String, Value>) {
    let says = [
        ("default", "Default"),
        ("minLength", "Shortest"),
        ("maxLength", "Longest"),
    ];
    let notes = says.iter().filter_map(|(key, word)| {
        let value = object.get(*key)?;
        Some(format!("{word}: {value}."))
    });
    let own = object
        .get("description")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let words: Vec<String> = own.into_iter().chain(notes).collect();
    if !words.is_empty() {
        out.insert("description".to_owned(), json!(words.join(" ")));
    }
}

fn members(
    object: &Map<String, Value>,
    properties: &Map<String, Value>,
    out: &mut Map<String, Value>,
) {
    let required = object.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|it| it.iter().any(|it| it == name));
    let lowered: Map<String, Value> = properties
        .iter()
        .map(|(name, schema)| {
            let lowered = openai_strict(schema);
            let lowered = if is_required(name) {
                lowered
            } else {
                nullable(lowered)
            };
            (name.clone(), lowered)
        })
        .collect();
    let names: Vec<&String> = lowered.keys().collect();
    out.insert("required".to_owned(), json!(names));
    out.insert("properties".to_owned(), Value::Object(lowered));
    out.insert("additionalProperties".to_owned(), json!(false));
}

fn nullable(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(Value::Array(variants)) = object.get_mut("anyOf") {
        variants.push(json!({"type": "null"}));
        return schema;
    }
    if let Some(kind) = object.get("type").cloned() {
        let mut kinds = match kind {
            Value::Array(kinds) => kinds,
            kind => vec![kind],
        };
        kinds.push(json!("null"));
        object.insert("type".to_owned(), Value::Array(kinds));
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.push(Value::Null);
    }
    schema
}
