//! From what schemars writes to the canonical form.

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// Which way the values go that a schema describes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// From a model: objects are closed.
    Arguments,
    /// To a model: null members are left out before it sees them.
    Result,
}

/// Annotations that say nothing to a model.
const NOISE: [&str; 7] = [
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "writeOnly",
];
/// String formats that mean something to a model and to providers.
const FORMATS: [&str; 6] = ["date-time", "date", "time", "duration", "email", "uri"];

/// Carries what the names of an `enum` mean to the description that stands at last.
const MEANINGS: &str = "x-meanings";

pub(super) fn arguments(schema: Value) -> Value {
    whole(schema, Side::Arguments)
}

pub(super) fn result(schema: Value) -> Value {
    whole(schema, Side::Result)
}

fn whole(schema: Value, side: Side) -> Value {
    let mut schema = Value::Object(node(schema, side));
    say_meanings(&mut schema);
    schema
}

fn say_meanings(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    if let Some(Value::String(meanings)) = object.remove(MEANINGS) {
        let own = object.get("description").and_then(Value::as_str);
        let words = own.map_or_else(|| meanings.clone(), |own| format!("{own} {meanings}"));
        object.insert("description".to_owned(), json!(words));
    }
    for_each_child(object, say_meanings);
}

/// Takes `examples` away, everywhere.
pub(super) fn drop_examples(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    object.remove("examples");
    for_each_child(object, drop_examples);
}

fn for_each_child(object: &mut Object, visit: fn(&mut Value)) {
    for key in ["items", "additionalProperties"] {
        if let Some(child) = object.get_mut(key) {
            visit(child);
        }
    }
    for key in ["anyOf", "allOf", "oneOf"] {
        if let Some(Value::Array(children)) = object.get_mut(key) {
            children.iter_mut().for_each(visit);
        }
    }
    if let Some(Value::Object(children)) = object.get_mut("properties") {
        children.values_mut().for_each(visit);
    }
}

/// One schema; `true`, which takes anything, is the empty one.
fn node(schema: Value, side: Side) -> Object {
    let Value::Object(mut object) = schema else {
        return Object::new();
    };
    for key in NOISE {
        object.remove(key);
    }
    tidy_words(&mut object);
    drop_null_type(&mut object);
    merge_all_of(&mut object, side);
    merge_variants(&mut object, side);
    const_to_enum(&mut object);
    children(&mut object, side);
    close(&mut object, side);
    object
}

/// Descriptions on one line for each paragraph; formats that say something; defaults that are some.
fn tidy_words(object: &mut Object) {
    if let Some(Value::String(text)) = object.get_mut("description") {
        let paragraphs = text
            .split("\n\n")
            .map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
        *text = paragraphs.collect::<Vec<_>>().join("\n");
    }
    let keeps = |format: &Value| format.as_str().is_some_and(|it| FORMATS.contains(&it));
    if object.get("format").is_some_and(|format| !keeps(format)) {
        object.remove("format");
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
}

fn drop_null_type(object: &mut Object) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
}

/// What the schema says of itself goes before what a part says.
fn merge(object: &mut Object, part: Object) {
    for (key, value) in part {
        object.entry(key).or_insert(value);
    }
}

fn merge_all_of(object: &mut Object, side: Side) {
    match object.remove("allOf") {
        Some(Value::Array(mut parts)) if parts.len() == 1 => {
            let part = node(parts.remove(0), side);
            merge(object, part);
        }
        Some(parts) => {
            object.insert("allOf".to_owned(), parts);
        }
        None => {}
    }
}

/// `oneOf` and `anyOf`: null goes; one that is left stands for the whole; names become one `enum`.
fn merge_variants(object: &mut Object, side: Side) {
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(variants)) = object.remove(key) else {
            continue;
        };
        let is_null = |it: &Value| it.get("type").is_some_and(|it| it == "null");
        let variants = variants.into_iter().filter(|it| !is_null(it));
        let mut variants: Vec<Object> = variants.map(|it| node(it, side)).collect();
        if variants.len() == 1 {
            merge(object, variants.remove(0));
        } else if variants.iter().all(is_names) && !variants.is_empty() {
            merge_names(object, &variants);
        } else {
            let variants = variants.into_iter().map(Value::Object).collect();
            object.insert("anyOf".to_owned(), Value::Array(variants));
        }
    }
}

fn is_names(variant: &Object) -> bool {
    variant.get("type").is_some_and(|it| it == "string") && variant.contains_key("enum")
}

fn merge_names(object: &mut Object, variants: &[Object]) {
    let mut names = Vec::new();
    let mut meanings = Vec::new();
    for variant in variants {
        let values = variant
            .get("enum")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if let (Some(meaning), [Value::String(name)]) = (variant.get("description"), &values[..]) {
            let meaning = meaning.as_str().unwrap_or_default().trim_end_matches('.');
            meanings.push(format!("{name}: {meaning}"));
        }
        names.extend(values);
    }
    if !meanings.is_empty() {
        object.insert(
            MEANINGS.to_owned(),
            json!(format!("{}.", meanings.join("; "))),
        );
    }
    object.insert("type".to_owned(), json!("string"));
    object.insert("enum".to_owned(), Value::Array(names));
}

fn const_to_enum(object: &mut Object) {
    let Some(value) = object.remove("const") else {
        return;
    };
    let kind = match &value {
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        _ => "integer",
    };
    object.entry("type").or_insert(json!(kind));
    object.insert("enum".to_owned(), json!([value]));
}

fn children(object: &mut Object, side: Side) {
    if side == Side::Result {
        require_only_what_is_never_null(object);
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for property in properties.values_mut() {
            *property = Value::Object(node(property.take(), side));
        }
    }
    if let Some(items) = object.get_mut("items") {
        *items = Value::Object(node(items.take(), side));
    }
    if let Some(extra @ Value::Object(_)) = object.get_mut("additionalProperties") {
        *extra = Value::Object(node(extra.take(), side));
    }
}

fn require_only_what_is_never_null(object: &mut Object) {
    let nullable: Vec<String> = match object.get("properties") {
        Some(Value::Object(properties)) => properties
            .iter()
            .filter(|(_, schema)| takes_null(schema))
            .map(|(name, _)| name.clone())
            .collect(),
        _ => return,
    };
    if let Some(Value::Array(required)) = object.get_mut("required") {
        required.retain(|it| !nullable.iter().any(|name| it == name));
    }
}

fn takes_null(schema: &Value) -> bool {
    let in_type = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|it| it == "null"),
        Some(kind) => kind == "null",
        None => false,
    };
    let in_variants = ["anyOf", "oneOf"].iter().any(|key| {
        let variants = schema.get(key).and_then(Value::as_array);
        variants.is_some_and(|variants| variants.iter().any(takes_null))
    });
    in_type || in_variants
}

/// Objects with named members take no others; what is empty is left out.
fn close(object: &mut Object, side: Side) {
    if object
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty)
    {
        object.remove("required");
    }
    if object.get("type").is_none_or(|it| it != "object") {
        return;
    }
    let is_map = object
        .get("additionalProperties")
        .is_some_and(Value::is_object);
    match side {
        Side::Arguments if !is_map => {
            object.entry("properties").or_insert_with(|| json!({}));
            object.insert("additionalProperties".to_owned(), json!(false));
        }
        Side::Result if !is_map => {
            object.remove("additionalProperties");
        }
        _ => {}
    }
}
