//! Partial replies: the `fields` parameter, read, checked and applied.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Document, Schema};

/// The selected fields; a field with an empty mask is taken whole.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Mask(BTreeMap<String, Mask>);

impl Mask {
    /// Reads a mask such as `items(id,labels/name),nextPageToken`.
    ///
    /// # Errors
    /// Google's message when the text is not a mask.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, rest: text };
        let mask = reader.list(0)?;
        if reader.rest.is_empty() {
            Ok(mask)
        } else {
            Err(reader.invalid())
        }
    }

    /// Refuses names that the schema does not have.
    ///
    /// # Errors
    /// Google's message about the first one.
    pub(crate) fn check(&self, document: &Document, schema: &Schema) -> Result<(), String> {
        let mut schema = document.schema(schema);
        while let Some(items) = schema.items.as_deref() {
            schema = document.schema(items);
        }
        for (name, mask) in &self.0 {
            if name == "*" || schema.kind.as_deref() == Some("any") {
                continue;
            }
            let inner = schema
                .properties
                .get(name)
                .or(schema.additional_properties.as_deref());
            let inner = inner.ok_or_else(|| format!("Invalid field selection {name}"))?;
            mask.check(document, inner)?;
        }
        Ok(())
    }

    /// What the mask leaves of a value.
    pub(crate) fn apply(&self, value: Value) -> Value {
        if self.0.is_empty() {
            return value;
        }
        match value {
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.apply(item)).collect())
            }
            Value::Object(map) => Value::Object(
                map.into_iter()
                    .filter_map(|(name, value)| {
                        let mask = self.0.get(&name).or_else(|| self.0.get("*"))?;
                        Some((name, mask.apply(value)))
                    })
                    .collect(),
            ),
            other => other,
        }
    }

    fn merge(&mut self, name: String, mask: Self) {
        match self.0.get_mut(&name) {
            // `a,a/b` is `a`: the whole contains the part.
            Some(known) if known.0.is_empty() || mask.0.is_empty() => known.0.clear(),
            Some(known) => {
                for (name, mask) in mask.0 {
                    known.merge(name, mask);
                }
            }
            None => {
                self.0.insert(name, mask);
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn list(&mut self, depth: usize) -> Result<Mask, String> {
        let mut mask = Mask::default();
        loop {
            let (name, inner) = self.item(depth)?;
            mask.merge(name, inner);
            if !self.take(',') {
                return Ok(mask);
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<(String, Mask), String> {
        // Google's own samples write `nextPageToken, files(id, name)`.
        self.rest = self.rest.trim_start_matches(' ');
        let lawful = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '-' | '$');
        let end = self.rest.find(|c| !lawful(c)).unwrap_or(self.rest.len());
        if end == 0 || depth > 20 {
            return Err(self.invalid());
        }
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut mask = Mask::default();
        // Sheets and Slides document dots, the older APIs slashes; all take both.
        if self.take('/') || self.take('.') {
            let (inner, inner_mask) = self.item(depth + 1)?;
            mask.merge(inner, inner_mask);
        } else if self.take('(') {
            mask = self.list(depth + 1)?;
            if !self.take(')') {
                return Err(self.invalid());
            }
        }
        Ok((name.to_owned(), mask))
    }

    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn invalid(&self) -> String {
        format!(
            "Invalid field selection {}",
            super::params::shorten(self.text)
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Directory;
    use super::Mask;

    #[test]
    fn a_mask_leaves_what_it_names() {
        let value = json!({"a": {"b": 1, "c": 2}, "items": [{"id": 1, "x": {"y": 2}}], "n": 3});
        let check = |mask: &str, expected: Value| {
            assert_eq!(
                Mask::read(mask).unwrap().apply(value.clone()),
                expected,
                "{mask}"
            );
        };
        check("*", value.clone());
        check("n", json!({"n": 3}));
        check("a/b", json!({"a": {"b": 1}}));
        check("items.x.y", json!({"items": [{"x": {"y": 2}}]}));
        check("a/b,a/c", json!({"a": {"b": 1, "c": 2}}));
        check("a,a/b", json!({"a": {"b": 1, "c": 2}}));
        check(
            "items(id,x/y),n",
            json!({"items": [{"id": 1, "x": {"y": 2}}], "n": 3}),
        );
        check("items/id", json!({"items": [{"id": 1}]}));
        check(
            "n, items(id, x)",
            json!({"items": [{"id": 1, "x": {"y": 2}}], "n": 3}),
        );
        check("*/b", json!({"a": {"b": 1}, "items": [{}], "n": 3}));
        check("missing", json!({}));
    }

    #[test]
    fn text_that_is_no_mask_is_refused() {
        for text in [
            "", ",", "a,", "a(", "a(b", "a)", "a/", "a(b))", "a b", "a;b",
        ] {
            assert!(Mask::read(text).is_err(), "{text:?} passed");
        }
    }

    #[test]
    fn a_mask_names_fields_of_the_reply() {
        let directory = Directory::shared().unwrap();
        let gmail = &directory.documents[0];
        let schema = &gmail.schemas["ListMessagesResponse"];
        let check = |mask: &str| Mask::read(mask).unwrap().check(gmail, schema);
        assert_eq!(
            check("messages(id,payload/headers(name,value)),nextPageToken"),
            Ok(())
        );
        assert_eq!(check("*"), Ok(()));
        assert_eq!(
            check("message"),
            Err("Invalid field selection message".to_owned())
        );
        assert_eq!(
            check("messages/idd"),
            Err("Invalid field selection idd".to_owned())
        );
    }
}
