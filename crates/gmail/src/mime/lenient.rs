//! Replies whose bytes are written in other ways than the generated types read.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use serde_json::{Value, value::RawValue};

/// A reply of Gmail's that holds bytes (`data` of a part or an attachment, `raw` of a message).
///
/// The generated types take base64url with padding only, and refuse the whole message otherwise; this takes it without
/// padding, and in the standard alphabet, too.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lenient<T>(pub(crate) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a rule bytes are written as the types read them, and a tree of values costs more than all the rest.
        let text = Box::<RawValue>::deserialize(deserializer)?;
        if let Ok(read) = serde_json::from_str(text.get()) {
            return Ok(Self(read));
        }
        let mut value: Value = serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        normalize(&mut value);
        serde_json::from_value(value)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

/// Writes every run of bytes as base64url with padding. The depth is bounded by the parser that made the value.
fn normalize(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(normalize),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "data" || name == "raw" => *text = padded(text),
                    _ => normalize(field),
                }
            }
        }
        _ => {}
    }
}

fn padded(text: &str) -> String {
    let mut text = text
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
