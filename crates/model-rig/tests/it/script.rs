//! What each provider answers, in its documented format: a turn of two calls, and a text in two
//! pieces; whole, and in pieces.

pub(crate) mod anthropic;
pub(crate) mod chat;
pub(crate) mod gemini;
pub(crate) mod ollama;
pub(crate) mod openai;

use serde_json::{Value, json};

use crate::server::Scripted;
use crate::wire::How;

/// A provider's way to say a turn of calls, by name and arguments, and a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format {
    pub(crate) calls: fn(How, &[(&str, Value)]) -> Scripted,
    pub(crate) text: fn(How, &[&str]) -> Scripted,
}

impl Format {
    /// The two answers of the conversation in `wire`.
    pub(crate) fn dialogue(self, how: How) -> [Scripted; 2] {
        let calls = [
            ("find", json!({"query": "a"})),
            ("find", json!({"query": "b"})),
        ];
        [
            (self.calls)(how, &calls),
            (self.text)(how, &["Two ", "mails."]),
        ]
    }
}
