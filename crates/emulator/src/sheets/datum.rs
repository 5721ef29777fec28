//! What a cell shows once its formula is computed.

use serde_json::{Value, json};

use super::locale::Locale;
use super::{numbers, pattern};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    Empty,
    Number(f64),
    Text(String),
    Bool(bool),
    Fault(Fault),
}

/// An error that a formula has for its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) message: String,
}

/// Google's kinds of errors in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Parse,
    Div,
    Value,
    Ref,
    Name,
    Num,
    NotAvailable,
}

impl FaultKind {
    const ALL: [(Self, &str, &str); 7] = [
        (Self::Parse, "ERROR", "#ERROR!"),
        (Self::Div, "DIVIDE_BY_ZERO", "#DIV/0!"),
        (Self::Value, "VALUE", "#VALUE!"),
        (Self::Ref, "REF", "#REF!"),
        (Self::Name, "NAME", "#NAME?"),
        (Self::Num, "NUM", "#NUM!"),
        (Self::NotAvailable, "N_A", "#N/A"),
    ];

    /// The kind that a text such as `#REF!` begins with, and what it is written as.
    pub(super) fn at_start(text: &str) -> Option<(Self, &'static str)> {
        let found = Self::ALL
            .iter()
            .find(|(_, _, shown)| text.starts_with(shown));
        found.map(|(kind, _, shown)| (*kind, *shown))
    }

    fn entry(self) -> (&'static str, &'static str) {
        let found = Self::ALL.iter().find(|(kind, ..)| *kind == self);
        found.map_or(("ERROR", "#ERROR!"), |(_, name, shown)| (name, shown))
    }

    pub(crate) fn shown(self) -> &'static str {
        self.entry().1
    }
}

impl Datum {
    pub(super) fn fault(kind: FaultKind, message: impl Into<String>) -> Self {
        Self::Fault(Fault {
            kind,
            message: message.into(),
        })
    }

    /// As a cell shows it.
    pub(crate) fn formatted(&self, format: Option<&Value>, locale: &Locale) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Number(number) => pattern::show(*number, format, locale),
            Self::Text(text) => pattern::show_text(text, format),
            Self::Bool(truth) => locale.truth[usize::from(!truth)].to_owned(),
            Self::Fault(fault) => fault.kind.shown().to_owned(),
        }
    }

    /// As JSON, without a format.
    pub(crate) fn plain(&self) -> Value {
        match self {
            Self::Empty => "".into(),
            Self::Number(number) => numbers::json(*number),
            Self::Text(text) => text.as_str().into(),
            Self::Bool(truth) => (*truth).into(),
            Self::Fault(fault) => fault.kind.shown().into(),
        }
    }

    /// Google's `ExtendedValue`; nothing for an empty one.
    pub(crate) fn extended(&self) -> Option<Value> {
        match self {
            Self::Empty => None,
            Self::Number(number) => Some(json!({ "numberValue": numbers::json(*number) })),
            Self::Text(text) => Some(json!({ "stringValue": text })),
            Self::Bool(truth) => Some(json!({ "boolValue": truth })),
            Self::Fault(fault) => Some(json!({
                "errorValue": { "type": fault.kind.entry().0, "message": fault.message },
            })),
        }
    }
}
