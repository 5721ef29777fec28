//! The check of a JSON body against a schema of the documents.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::params::shorten;
use super::{Document, Schema};

/// Base64 as Google documents it for bytes: the URL-safe alphabet, padding as one likes.
const BYTES: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Refuses a body that does not have the shape of the schema `name`.
///
/// # Errors
/// Google's message about the first value that does not fit.
pub(crate) fn check(document: &Document, name: &str, body: &Value) -> Result<(), String> {
    check_for(document, name, body, "")
}

/// As [`check`], and refuses a body that lacks what the method's requests must have.
///
/// # Errors
/// Google's message about the first value that does not fit.
pub(crate) fn check_for(
    document: &Document,
    name: &str,
    body: &Value,
    method: &str,
) -> Result<(), String> {
    let Some(schema) = document.schemas.get(name) else {
        return Err(format!("the schema {name} is not in the document"));
    };
    Check {
        document,
        method,
        path: Vec::new(),
    }
    .value(schema, body)
}

struct Check<'a> {
    document: &'a Document,
    method: &'a str,
    path: Vec<String>,
}

impl<'a> Check<'a> {
    fn value(&mut self, schema: &'a Schema, value: &Value) -> Result<(), String> {
        let schema = self.document.schema(schema);
        match (schema.kind.as_deref(), value) {
            (Some("object"), Value::Object(map)) => self.object(schema, map),
            (Some("array"), Value::Array(items)) => self.array(schema, items),
            (Some("string"), value) => self.string(schema, value),
            (Some("any") | None, _)
            | (Some("boolean"), Value::Bool(_))
            | (Some("number"), Value::Number(_)) => Ok(()),
            (Some("integer"), Value::Number(number)) => {
                let fits = number
                    .as_i64()
                    .is_some_and(|number| match schema.format.as_deref() {
                        Some("uint32") => u32::try_from(number).is_ok(),
                        _ => i32::try_from(number).is_ok(),
                    });
                if fits {
                    Ok(())
                } else {
                    Err(self.invalid("TYPE_INT32", value))
                }
            }
            (Some("number"), Value::String(text))
                if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") =>
            {
                Ok(())
            }
            (Some(kind), value) => Err(self.invalid(type_name(kind), value)),
        }
    }

    fn object(
        &mut self,
        schema: &'a Schema,
        map: &serde_json::Map<String, Value>,
    ) -> Result<(), String> {
        for (name, value) in map {
            let property = schema
                .properties
                .get(name)
                .or(schema.additional_properties.as_deref());
            let Some(property) = property else {
                return Err(self.unknown(name));
            };
            // Null means "not set" to some APIs and "clear" to others; all take it.
            if value.is_null() {
                continue;
            }
            self.path.push(format!(".{name}"));
            self.value(property, value)?;
            self.path.pop();
        }
        let is_missing = |(name, property): &(&String, &Schema)| {
            let required = &property.annotations.required;
            required.iter().any(|method| method == self.method) && !map.contains_key(*name)
        };
        if let Some((name, _)) = schema.properties.iter().find(is_missing) {
            return Err(format!("Required field is missing: {name}"));
        }
        Ok(())
    }

    fn array(&mut self, schema: &'a Schema, items: &[Value]) -> Result<(), String> {
        let Some(item_schema) = schema.items.as_deref() else {
            return Ok(());
        };
        for (index, item) in items.iter().enumerate() {
            self.path.push(format!("[{index}]"));
            self.value(item_schema, item)?;
            self.path.pop();
        }
        Ok(())
    }

    fn string(&self, schema: &Schema, value: &Value) -> Result<(), String> {
        let format = schema.format.as_deref();
        if let (Some("int64" | "uint64"), Value::Number(number)) = (format, value) {
            let fits = number.is_u64() || (format == Some("int64") && number.is_i64());
            return if fits {
                Ok(())
            } else {
                Err(self.invalid("TYPE_INT64", value))
            };
        }
        let Value::String(text) = value else {
            return Err(self.invalid("TYPE_STRING", value));
        };
        let (fits, wanted) = match format {
            Some("int64") => (text.parse::<i64>().is_ok(), "TYPE_INT64"),
            Some("uint64") => (text.parse::<u64>().is_ok(), "TYPE_UINT64"),
            Some("byte") => (BYTES.decode(text).is_ok(), "TYPE_BYTES"),
            Some("date-time" | "google-datetime") => (self.is_time(text), "RFC 3339 date-time"),
            Some("date") => (
                chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
                "YYYY-MM-DD date",
            ),
            Some("google-fieldmask") => {
                let lawful = |c: char| c.is_ascii_alphanumeric() || "_.,*()/ ".contains(c);
                (text.chars().all(lawful), "FieldMask")
            }
            _ => (true, ""),
        };
        if !fits {
            return Err(self.invalid(wanted, value));
        }
        let listed = schema
            .values
            .as_ref()
            .is_none_or(|values| values.iter().any(|known| known == text));
        if listed {
            Ok(())
        } else {
            Err(self.invalid("TYPE_ENUM", value))
        }
    }

    /// Calendar's events may have a wall-clock time, with a zone beside it; all else has an offset.
    fn is_time(&self, text: &str) -> bool {
        let is_event = matches!(self.path.last().map(String::as_str), Some(".dateTime"));
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
        (is_event && local.is_ok()) || chrono::DateTime::parse_from_rfc3339(text).is_ok()
    }

    fn at(&self) -> String {
        self.path.concat().trim_start_matches('.').to_owned()
    }

    fn unknown(&self, name: &str) -> String {
        let at = self.at();
        let place = if at.is_empty() {
            String::new()
        } else {
            format!(" at '{at}'")
        };
        format!("Invalid JSON payload received. Unknown name \"{name}\"{place}: Cannot find field.")
    }

    fn invalid(&self, wanted: &str, value: &Value) -> String {
        let at = self.at();
        format!(
            "Invalid value at '{at}' ({wanted}), {}",
            shorten(&value.to_string())
        )
    }
}

fn type_name(kind: &str) -> &'static str {
    match kind {
        "boolean" => "TYPE_BOOL",
        "integer" => "TYPE_INT32",
        "number" => "TYPE_DOUBLE",
        "array" => "a list",
        _ => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Directory;
    use super::check;

    fn problem(api: &str, schema: &str, body: &Value) -> Option<String> {
        let directory = Directory::shared().unwrap();
        let document = directory
            .documents
            .iter()
            .find(|document| document.name == api)
            .unwrap();
        check(document, schema, body).err()
    }

    #[test]
    fn bodies_of_the_right_shape_pass() {
        let check = |api: &str, schema: &str, body: Value| {
            assert_eq!(problem(api, schema, &body), None, "{body}");
        };
        check("gmail", "Message", json!({}));
        check(
            "gmail",
            "Message",
            json!({"raw": "aGk_Pg==", "threadId": "t", "labelIds": ["A"]}),
        );
        check(
            "gmail",
            "Message",
            json!({"raw": "aGk_Pg", "historyId": "17", "internalDate": 17}),
        );
        check(
            "gmail",
            "Message",
            json!({"threadId": null, "sizeEstimate": 5}),
        );
        check(
            "gmail",
            "Draft",
            json!({"message": {"payload": {"headers": [{"name": "To"}]}}}),
        );
        check(
            "calendar",
            "Event",
            json!({"start": {"dateTime": "2026-05-01T10:00:00+02:00"}}),
        );
        check(
            "calendar",
            "Event",
            json!({"extendedProperties": {"private": {"any": "thing"}}}),
        );
        check(
            "sheets",
            "ValueRange",
            json!({"values": [[1, "two", null, true]]}),
        );
    }

    #[test]
    fn what_a_method_requires_must_be_there() {
        let directory = Directory::shared().unwrap();
        let calendar = &directory.documents[1];
        let check =
            |method: &str, body: Value| super::check_for(calendar, "Event", &body, method).err();
        let start = json!({"start": {"date": "2026-05-01"}});
        let missing = "Required field is missing: end".to_owned();
        assert_eq!(
            check("calendar.events.insert", start.clone()),
            Some(missing)
        );
        assert_eq!(check("calendar.events.patch", start), None);
        let whole = json!({"start": {"date": "2026-05-01"}, "end": {"date": "2026-05-02"}});
        assert_eq!(check("calendar.events.insert", whole), None);
    }

    #[test]
    fn other_bodies_are_refused_by_the_name_of_the_field() {
        // Schema, body, what the message says.
        let table = r#"
            Draft   | {"mesage": {}}                 | Unknown name "mesage": Cannot find field.
            Draft   | {"message": {"x": 1}}          | Unknown name "x" at 'message'
            Draft   | {"message": 5}                 | Invalid value at 'message' (an object), 5
            Draft   | []                             | (an object)
            Message | {"labelIds": "INBOX"}          | 'labelIds' (a list)
            Message | {"labelIds": ["A", 5]}         | 'labelIds[1]' (TYPE_STRING), 5
            Message | {"labelIds": [null]}           | 'labelIds[0]' (TYPE_STRING)
            Message | {"raw": "a+b/"}                | 'raw' (TYPE_BYTES)
            Message | {"historyId": "x"}             | 'historyId' (TYPE_UINT64)
            Message | {"historyId": -1}              | 'historyId' (TYPE_INT64)
            Message | {"sizeEstimate": "5"}          | 'sizeEstimate' (TYPE_INT32)
            Message | {"sizeEstimate": 5000000000}   | 'sizeEstimate' (TYPE_INT32)
            Label   | {"type": "mine"}               | 'type' (TYPE_ENUM), "mine"
            Event   | {"start": {"dateTime": "now"}} | 'start.dateTime'
            Event   | {"start": {"date": "1 May"}}   | 'start.date'
            Event   | {"locked": "no"}               | 'locked' (TYPE_BOOL)
        "#;
        let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
        for line in lines {
            let [schema, body, expected] = line.splitn(3, '|').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let body: Value = serde_json::from_str(body).unwrap();
            let api = if schema.trim() == "Event" {
                "calendar"
            } else {
                "gmail"
            };
            let text =
                problem(api, schema.trim(), &body).unwrap_or_else(|| panic!("{body} passed"));
            assert!(
                text.contains(expected.trim()),
                "{text:?} lacks {expected:?}"
            );
        }
    }
}
