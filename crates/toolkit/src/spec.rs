//! What a tool says of itself.

use serde_json::{Value, json};
use toolgate_auth::Requirement;

use crate::risk::Risk;

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
