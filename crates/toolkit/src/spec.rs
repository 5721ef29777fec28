//! What a tool says of itself.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use toolgate_auth::Requirement;

use crate::risk::Risk;
use crate::schema;

/// What a tool is: for the model, for policies, and for the consent that it needs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToolSpec {
    /// The name that a model calls it by.
    pub name: &'static str,
    /// The name for people.
    pub title: String,
    /// What it does, for the model.
    pub description: String,
    /// The worst that it can do.
    pub risk: Risk,
    /// Whether it belongs to the small set that most tasks need.
    pub core: bool,
    /// Google's methods that it calls.
    pub requirement: Requirement,
    /// The canonical schema of its arguments.
    pub input_schema: Value,
    /// The canonical schema of its result.
    pub output_schema: Value,
}

impl ToolSpec {
    /// A tool with these arguments and this result, for a [`Tool`](crate::Tool) written by hand; it
    /// calls no method of Google's. The doc comments of `A` describe it, as they do a
    /// [`typed_tool`](crate::typed_tool).
    pub fn new<A: JsonSchema, O: Serialize + JsonSchema>(name: &'static str, risk: Risk) -> Self {
        Self::described::<O>(name, risk, &schema::for_arguments::<A>())
    }

    pub(crate) fn described<O: Serialize + JsonSchema>(
        name: &'static str,
        risk: Risk,
        arguments: &Value,
    ) -> Self {
        let (description, input_schema) = schema::for_model(arguments);
        Self {
            name,
            title: title_of(name),
            description,
            risk,
            core: false,
            requirement: Requirement::none(),
            input_schema,
            output_schema: schema::for_result::<O>(),
        }
    }

    /// With this description, where it is known at run time only.
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..self
        }
    }

    /// What a model pays for on every turn: name, description and input schema.
    pub fn to_model_json(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "input_schema": self.input_schema,
        })
    }

    /// How many characters of compact JSON that is.
    pub fn model_size(&self) -> usize {
        self.to_model_json().to_string().chars().count()
    }
}

/// `search_emails` in words: `Search emails`.
fn title_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}
