//! The one canonical schema of a tool, and what providers make of it.
//!
//! Canonical: everything inline, an optional argument is simply not required, no null, no `$ref`,
//! no `const`, no title, no format that says nothing; objects are closed.

mod dialect;
mod lint;
mod normal;
mod strict;
mod subset;

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::Value;

pub use self::dialect::Dialect;
pub use self::lint::{lint, lint_openai_strict};
pub use self::strict::openai_strict;
pub use self::subset::{gemini, ollama};

/// The schema of a tool's arguments, canonical but for its examples, which only error messages use.
pub(crate) fn for_arguments<A: JsonSchema>() -> Value {
    normal::arguments(generate::<A>(Contract::Deserialize))
}

/// Parts the tool's description from the schema that a model sees.
pub(crate) fn for_model(detailed: &Value) -> (String, Value) {
    let mut schema = detailed.clone();
    let description = schema
        .as_object_mut()
        .and_then(|it| it.remove("description"))
        .and_then(|it| it.as_str().map(str::to_owned))
        .unwrap_or_default();
    normal::drop_examples(&mut schema);
    (description, schema)
}

/// The schema of a tool's result: canonical, open to members that come later.
pub(crate) fn for_result<O: JsonSchema>() -> Value {
    let mut schema = normal::result(generate::<O>(Contract::Serialize));
    normal::drop_examples(&mut schema);
    schema
}

/// The canonical form of any schema of arguments.
///
/// ```
/// use serde_json::json;
/// use toolgate_toolkit::schema;
///
/// let raw = json!({"$schema": "x", "title": "Args", "type": "object", "properties": {
///     "limit": {"type": ["integer", "null"], "format": "uint32", "description": "At most\nthis many."}}});
/// assert_eq!(schema::canonical(raw), json!({"type": "object", "additionalProperties": false,
///     "properties": {"limit": {"type": "integer", "description": "At most this many."}}}));
/// ```
pub fn canonical(schema: Value) -> Value {
    let mut schema = normal::arguments(schema);
    normal::drop_examples(&mut schema);
    schema
}

fn generate<T: JsonSchema>(contract: Contract) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        settings.contract = contract;
    });
    settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}
