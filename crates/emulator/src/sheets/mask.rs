//! Field masks of changes: which fields of what is sent count.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::errors::{self, Wrong};

/// What counts of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mask {
    All,
    Some(BTreeMap<String, Mask>),
}

impl Mask {
    /// Reads a request's `fields`.
    ///
    /// # Errors
    /// When it names none, or is not written as masks are.
    pub(crate) fn read(fields: &Value) -> Result<Self, Wrong> {
        let text: String = fields
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        if text.is_empty() {
            return Err(errors::no_fields());
        }
        let mut rest = text.as_str();
        let mask = list(&mut rest, 0);
        match mask {
            Some(mask) if rest.is_empty() => Ok(mask),
            _ => Err(Wrong::new(format!("Invalid field mask: {text}"))),
        }
    }

    /// What counts of a field; `None` when nothing does.
    pub(crate) fn of(&self, field: &str) -> Option<&Self> {
        match self {
            Self::All => Some(self),
            Self::Some(fields) => fields.get(field),
        }
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.of(field).is_some()
    }

    /// Refuses fields that are not among these.
    ///
    /// # Errors
    /// Google's word about the first.
    pub(crate) fn check(&self, known: &[&str]) -> Result<(), Wrong> {
        match self {
            Self::All => Ok(()),
            Self::Some(fields) => {
                match fields.keys().find(|field| !known.contains(&field.as_str())) {
                    Some(field) => Err(Wrong::new(format!("Invalid field: {field}"))),
                    None => Ok(()),
                }
            }
        }
    }

    /// Copies what counts; what counts and is not sent is cleared.
    pub(crate) fn copy(&self, target: &mut Value, source: &Value) {
        match self {
            Self::All => *target = source.clone(),
            Self::Some(fields) => {
                if !target.is_object() {
                    *target = json!({});
                }
                for (name, mask) in fields {
                    let mut own = target[name].take();
                    mask.copy(&mut own, &source[name]);
                    match own {
                        Value::Null => drop(target.as_object_mut().and_then(|it| it.remove(name))),
                        own => target[name] = own,
                    }
                }
            }
        }
    }

    fn add(&mut self, path: &[String], inner: Self) {
        let Some((first, rest)) = path.split_first() else {
            *self = match (std::mem::replace(self, Self::All), inner) {
                (Self::Some(mut mine), Self::Some(more)) => {
                    for (name, mask) in more {
                        match mine.get_mut(&name) {
                            Some(known) => known.add(&[], mask),
                            None => drop(mine.insert(name, mask)),
                        }
                    }
                    Self::Some(mine)
                }
                _ => Self::All,
            };
            return;
        };
        let Self::Some(fields) = self else { return };
        if let Some(known) = fields.get_mut(first) {
            known.add(rest, inner);
            return;
        }
        let mut new = Self::Some(BTreeMap::new());
        if rest.is_empty() {
            new = inner;
        } else {
            new.add(rest, inner);
        }
        fields.insert(first.clone(), new);
    }
}

/// Reads fields that commas part, up to the end or a closing parenthesis.
fn list(rest: &mut &str, depth: usize) -> Option<Mask> {
    if depth > 20 {
        return None;
    }
    let mut mask = Mask::Some(BTreeMap::new());
    loop {
        let length = rest.find([',', '(', ')']).unwrap_or(rest.len());
        let (path, behind) = rest.split_at(length);
        *rest = behind;
        if path.is_empty() {
            return None;
        }
        let mut inner = Mask::All;
        if let Some(behind) = rest.strip_prefix('(') {
            *rest = behind;
            inner = list(rest, depth + 1)?;
            *rest = rest.strip_prefix(')')?;
        }
        if path == "*" {
            mask = Mask::All;
        } else {
            let path: Vec<String> = path.split(['.', '/']).map(camel).collect();
            let path = match path.split_last() {
                Some((last, before)) if last == "*" => before.to_vec(),
                _ => path,
            };
            mask.add(&path, inner);
        }
        match rest.strip_prefix(',') {
            Some(behind) => *rest = behind,
            None => return Some(mask),
        }
    }
}

/// A field's name as JSON has it; masks may have it with underscores.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::Mask;

    #[test]
    fn what_a_mask_names_is_copied_and_cleared() {
        let check = |fields: &str, expected: Value| {
            let mut target = json!({ "a": { "b": 1, "c": 2 }, "d": 3 });
            let source = json!({ "a": { "b": 9 } });
            Mask::read(&fields.into())
                .unwrap()
                .copy(&mut target, &source);
            assert_eq!(target, expected, "{fields}");
        };
        check("a.b", json!({ "a": { "b": 9, "c": 2 }, "d": 3 }));
        check("a(b,c)", json!({ "a": { "b": 9 }, "d": 3 }));
        check("a, d", json!({ "a": { "b": 9 } }));
        check("a.b,a.c", json!({ "a": { "b": 9 }, "d": 3 }));
        check("*", json!({ "a": { "b": 9 } }));
        for fields in ["", " ", "a(", "a)", "a,,b", "(a)"] {
            assert!(Mask::read(&fields.into()).is_err(), "{fields}");
        }
        let snake = Mask::read(&"user_entered_format.bold".into()).unwrap();
        assert!(snake.has("userEnteredFormat"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_mask_or_refused(text in "[a-c.,()* ]{0,20}") {
            let _ = Mask::read(&text.into());
        }
    }
}
