//! The requests of a batch, by what they change.

pub(super) mod elements;
pub(super) mod groups;
pub(super) mod pages;
pub(super) mod pictures;
pub(super) mod properties;
pub(super) mod tables;
pub(super) mod words;

use serde_json::Value;

use super::text::Paragraph;

/// A member that is a text; "" when absent.
fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// A member that counts; `None` when absent, and when negative.
fn count(body: &Value, name: &str) -> Option<usize> {
    body[name].as_u64().and_then(|it| usize::try_from(it).ok())
}

/// The texts of a list.
fn texts<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a str> {
    let items = body[name].as_array().into_iter().flatten();
    items.filter_map(Value::as_str)
}

/// A paragraph that nothing was said of.
fn plain_paragraph() -> Paragraph {
    Paragraph {
        style: serde_json::json!({}),
        bullet: None,
    }
}
