//! One field of an update: set it, leave it, or clear it.

use serde::{Serialize, Serializer};

/// What an update does to one field. Clearing sends null, which is how Google's PATCH removes a
/// value; leaving sends nothing.
///
/// ```
/// use serde::Serialize;
/// use toolgate_google_http::Patch;
///
/// #[derive(Default, Serialize)]
/// struct EventPatch {
///     #[serde(skip_serializing_if = "Patch::is_leave")]
///     summary: Patch<String>,
///     #[serde(skip_serializing_if = "Patch::is_leave")]
///     location: Patch<String>,
///     #[serde(skip_serializing_if = "Patch::is_leave")]
///     description: Patch<String>,
/// }
///
/// let patch = EventPatch {
///     summary: Patch::Set("Lunch".to_owned()),
///     location: Patch::Clear,
///     ..EventPatch::default()
/// };
/// assert_eq!(serde_json::to_string(&patch)?, r#"{"summary":"Lunch","location":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "there is no fourth thing to do to a field"
)]
pub enum Patch<T> {
    /// Sends nothing.
    #[default]
    Leave,
    /// Sends the value.
    Set(T),
    /// Sends null.
    Clear,
}

impl<T> Patch<T> {
    /// Whether nothing is sent: for `skip_serializing_if`, which every such field needs.
    pub fn is_leave(&self) -> bool {
        matches!(self, Self::Leave)
    }

    /// The value, where one is set.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Leave | Self::Clear => None,
        }
    }

    /// The same of another type.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Leave => Patch::Leave,
            Self::Set(value) => Patch::Set(f(value)),
            Self::Clear => Patch::Clear,
        }
    }
}

/// Nothing given is nothing changed.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Leave, Self::Set)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Clear => serializer.serialize_none(),
            // A null here would clear what was to be left.
            Self::Leave => Err(serde::ser::Error::custom(
                "a field to leave must be skipped: add skip_serializing_if = \"Patch::is_leave\"",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Careless {
        field: Patch<u8>,
    }

    #[test]
    fn a_field_to_leave_is_never_sent_as_null() {
        let careless = Careless {
            field: Patch::Leave,
        };
        assert!(serde_json::to_string(&careless).is_err());
    }

    #[test]
    fn an_option_sets_or_leaves_and_never_clears() {
        assert_eq!(Patch::from(Some(1)), Patch::Set(1));
        assert_eq!(Patch::<u8>::from(None), Patch::Leave);
        assert_eq!(Patch::Set(1).map(|it| it + 1).as_set(), Some(&2));
    }
}
