//! The canonical schema in the dialects of Gemini and Ollama, which take fewer words.

use serde_json::{Map, Value, json};

/// Which words a provider understands.
#[derive(Debug)]
pub(super) struct Subset {
    /// Words with a plain value that are kept.
    pub(super) kept: &'static [&'static str],
    /// String formats that are kept, where `format` is.
    pub(super) formats: &'static [&'static str],
}

/// What `parametersJsonSchema` and the older `parameters` both understand.
pub(super) const GEMINI: Subset = Subset {
    kept: &["type", "minimum", "maximum", "minItems", "maxItems"],
    formats: &["date-time"],
};

/// What a tool's property may hold in Ollama's API; it drops the rest unread.
pub(super) const OLLAMA: Subset = Subset {
    kept: &["type"],
    formats: &[],
};

/// What has no word in a subset is said in the description, in this order.
const SAID: [(&str, &str); 11] = [
    ("format", "Format"),
    ("pattern", "Pattern"),
    ("default", "Default"),
    ("minimum", "Least"),
    ("maximum", "Greatest"),
    ("multipleOf", "Multiple of"),
    ("minLength", "Shortest"),
    ("maxLength", "Longest"),
    ("minItems", "Fewest items"),
    ("maxItems", "Most items"),
    ("enum", "One of"),
];

/// Lowers a canonical schema to Gemini's subset: objects are not marked as closed, names alone are
/// an `enum`, and what has no word of its own goes into the description.
///
/// ```
/// use serde_json::json;
/// use toolgate_toolkit::schema;
///
/// let canonical = json!({"type": "object", "additionalProperties": false, "properties": {
///     "limit": {"type": "integer", "default": 10, "maximum": 50, "description": "How many."}}});
/// assert_eq!(schema::gemini(&canonical), json!({"type": "object", "properties": {
///     "limit": {"type": "integer", "maximum": 50, "description": "How many. Default: 10."}}}));
/// ```
pub fn gemini(schema: &Value) -> Value {
    lower(schema, &GEMINI)
}

/// Lowers a canonical schema to what Ollama hands on to a model: types, names, and all else in the
/// description.
///
/// ```
/// use serde_json::json;
/// use toolgate_toolkit::schema;
///
/// let canonical = json!({"type": "object", "additionalProperties": false, "properties": {
///     "limit": {"type": "integer", "default": 10, "maximum": 50, "description": "How many."}}});
/// assert_eq!(schema::ollama(&canonical), json!({"type": "object", "properties": {"limit": {
///     "type": "integer", "description": "How many. Default: 10. Greatest: 50."}}}));
/// ```
pub fn ollama(schema: &Value) -> Value {
    lower(schema, &OLLAMA)
}

fn lower(schema: &Value, subset: &Subset) -> Value {
    let Value::Object(object) = schema else {
        return schema.clone();
    };
    let mut out = Map::new();
    for (key, value) in object {
        let lowered = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                let lowered = properties
                    .iter()
                    .map(|(name, schema)| (name.clone(), lower(schema, subset)));
                Value::Object(lowered.collect())
            }
            ("items", items) => lower(items, subset),
            ("anyOf", Value::Array(variants)) => {
                variants.iter().map(|it| lower(it, subset)).collect()
            }
            ("required", _) => value.clone(),
            (key, value) if subset.keeps(key, value) => value.clone(),
            _ => continue,
        };
        out.insert(key.clone(), lowered);
    }
    describe(object, &mut out, subset);
    Value::Object(out)
}

impl Subset {
    pub(super) fn keeps(&self, key: &str, value: &Value) -> bool {
        match key {
            "format" => value.as_str().is_some_and(|it| self.formats.contains(&it)),
            "enum" => is_names(value),
            _ => self.kept.contains(&key),
        }
    }
}

/// Both providers take an `enum` of texts only.
fn is_names(value: &Value) -> bool {
    let names = value.as_array();
    names.is_some_and(|names| names.iter().all(Value::is_string))
}

fn describe(object: &Map<String, Value>, out: &mut Map<String, Value>, subset: &Subset) {
    let own = object.get("description").and_then(Value::as_str);
    let mut words: Vec<String> = own.map(str::to_owned).into_iter().collect();
    for (key, word) in SAID {
        match object.get(key) {
            Some(value) if !subset.keeps(key, value) => words.push(say(word, value)),
            _ => {}
        }
    }
    if let Some(each @ Value::Object(_)) = object.get("additionalProperties") {
        words.push(format!("Any names; each holds {}.", lower(each, subset)));
    }
    if !words.is_empty() {
        out.insert("description".to_owned(), json!(words.join(" ")));
    }
}

fn say(word: &str, value: &Value) -> String {
    match value {
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(Value::to_string).collect();
            format!("{word}: {}.", values.join(", "))
        }
        Value::String(text) => format!("{word}: {text}."),
        value => format!("{word}: {value}."),
    }
}
