//! Which form of a schema a provider of models takes.

use serde_json::Value;

use super::lint::{lint, lint_openai_strict, lint_subset};
use super::strict::openai_strict;
use super::subset::{GEMINI, OLLAMA, gemini, ollama};

/// What a provider of language models understands of a tool's schema.
///
/// ```
/// use serde_json::json;
/// use toolgate_toolkit::schema::Dialect;
///
/// let canonical = json!({"type": "object", "additionalProperties": false, "properties": {
///     "limit": {"type": "integer", "description": "How many."}}});
/// let strict = Dialect::OpenAiStrict.lower(&canonical);
/// assert_eq!(strict["required"], json!(["limit"]));
/// assert!(Dialect::OpenAiStrict.lint(&strict).is_empty());
/// assert_eq!(Dialect::Anthropic.lower(&canonical), canonical);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// The canonical form: JSON Schema, for those who take any.
    Canonical,
    /// `OpenAI`'s strict mode.
    OpenAiStrict,
    /// Anthropic's `input_schema`: the canonical form.
    Anthropic,
    /// Gemini's function declarations.
    Gemini,
    /// Ollama's own chat API.
    Ollama,
}

impl Dialect {
    /// A canonical schema in this dialect.
    pub fn lower(self, canonical: &Value) -> Value {
        match self {
            Self::Canonical | Self::Anthropic => canonical.clone(),
            Self::OpenAiStrict => openai_strict(canonical),
            Self::Gemini => gemini(canonical),
            Self::Ollama => ollama(canonical),
        }
    }

    /// What is wrong with a schema in this dialect; empty when nothing is.
    pub fn lint(self, schema: &Value) -> Vec<String> {
        match self {
            Self::Canonical | Self::Anthropic => lint(schema),
            Self::OpenAiStrict => lint_openai_strict(schema),
            Self::Gemini => lint_subset(schema, &GEMINI),
            Self::Ollama => lint_subset(schema, &OLLAMA),
        }
    }
}
