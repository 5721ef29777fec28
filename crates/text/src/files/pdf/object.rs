//! What a PDF file is made of.

use std::collections::HashMap;
use std::ops::Range;

/// A value. Values in each other are as deep as the parser allows, so dropping one recurses no deeper.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Object {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Name(String),
    String(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    /// The number of another object.
    Reference(u32),
    Stream(Stream),
}

/// Values by their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dict(pub(super) HashMap<String, Object>);

/// A dictionary, and where the bytes are that it describes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stream {
    pub(super) dict: Dict,
    pub(super) data: Range<usize>,
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A number that counts something.
    pub(super) fn count(&self) -> Option<usize> {
        whole(self.number()?)
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The dictionary of a dictionary or of a stream.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) | Self::Stream(Stream { dict, .. }) => Some(dict),
            _ => None,
        }
    }
}

impl Dict {
    /// The value as it stands, which may be a reference.
    pub(super) fn get(&self, name: &str) -> Option<&Object> {
        self.0.get(name)
    }

    /// Whether the dictionary says that it is of this type.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.get("Type").and_then(Object::name) == Some(kind)
    }
}

/// A number without a fraction and within what a file may hold.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
pub(super) fn whole(number: f64) -> Option<usize> {
    (0.0..=9e15).contains(&number).then_some(number as usize)
}
