//! The check of a query string against a method's parameters.

use std::collections::BTreeMap;

use super::{Document, Method, Parameter};

/// Query parameters by name, in the order given.
pub(crate) type Query = BTreeMap<String, Vec<String>>;

/// Reads a raw query string.
pub(crate) fn read(raw: &str) -> Query {
    let mut query = Query::new();
    for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        query
            .entry(name.into_owned())
            .or_default()
            .push(value.into_owned());
    }
    query
}

/// Refuses parameters that the method does not have, lacks, or has with another type.
///
/// # Errors
/// Google's message about the first one.
pub(crate) fn check(
    document: &Document,
    method: &Method,
    path: &BTreeMap<String, String>,
    query: &Query,
) -> Result<(), String> {
    for (name, values) in query {
        let own = method
            .parameters
            .get(name)
            .filter(|own| own.location == "query");
        let parameter = own
            .or_else(|| document.parameters.get(name))
            .ok_or_else(|| {
                format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query \
                 parameter. Field '{name}' could not be found in request message."
                )
            })?;
        if values.len() > 1 && !parameter.repeated {
            return Err(format!(
                "Invalid value at '{name}': Proto field is not repeating, cannot start list."
            ));
        }
        for value in values {
            check_value(name, parameter, value)?;
        }
    }
    for (name, parameter) in &method.parameters {
        if parameter.location == "query" && parameter.required && !query.contains_key(name) {
            return Err(format!("Required parameter is missing: {name}"));
        }
        if let Some(value) = path.get(name).filter(|_| parameter.location == "path") {
            check_value(name, parameter, value)?;
        }
    }
    Ok(())
}

fn check_value(name: &str, parameter: &Parameter, value: &str) -> Result<(), String> {
    let format = parameter.format.as_deref();
    let (fits, wanted) = match (parameter.kind.as_str(), format) {
        ("boolean", _) => (matches!(value, "true" | "false"), "TYPE_BOOL"),
        ("integer", Some("uint32")) => (value.parse::<u32>().is_ok(), "TYPE_UINT32"),
        ("integer", _) => (value.parse::<i32>().is_ok(), "TYPE_INT32"),
        ("number", _) => (value.parse::<f64>().is_ok(), "TYPE_DOUBLE"),
        (_, Some("int64")) => (value.parse::<i64>().is_ok(), "TYPE_INT64"),
        (_, Some("uint64")) => (value.parse::<u64>().is_ok(), "TYPE_UINT64"),
        (_, Some("date-time" | "google-datetime")) => (
            chrono::DateTime::parse_from_rfc3339(value).is_ok(),
            "RFC 3339 date-time",
        ),
        _ => (true, "TYPE_STRING"),
    };
    let listed = parameter
        .values
        .as_ref()
        .is_none_or(|values| values.iter().any(|known| known == value));
    // The one pattern of the documents keeps a slash out of an id.
    let matches_pattern = parameter.pattern.as_deref() != Some("^[^/]+$") || !value.contains('/');
    if !fits || !listed || !matches_pattern {
        let wanted = if fits { "TYPE_ENUM" } else { wanted };
        return Err(format!(
            "Invalid value at '{name}' ({wanted}), \"{}\"",
            shorten(value)
        ));
    }
    let number = value.parse::<i64>().ok();
    let bound = |bound: &Option<String>| bound.as_ref().and_then(|text| text.parse::<i64>().ok());
    if parameter.kind == "integer" || matches!(format, Some("int64" | "uint64")) {
        let below = number
            .zip(bound(&parameter.minimum))
            .is_some_and(|(n, least)| n < least);
        let above = number
            .zip(bound(&parameter.maximum))
            .is_some_and(|(n, most)| n > most);
        if below || above {
            return Err(format!(
                "Invalid value '{value}'. Values must be within the range: {name}"
            ));
        }
    }
    Ok(())
}

pub(super) fn shorten(value: &str) -> String {
    match value.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Directory;
    use super::{check, read};

    fn problem(path: &str, query: &str) -> Option<String> {
        let directory = Directory::shared().unwrap();
        let found = directory.find("GET", path).unwrap();
        let document = directory.document(found.route);
        check(document, &found.route.method, &found.path, &read(query)).err()
    }

    #[test]
    fn the_parameters_of_a_method_and_the_common_ones_pass() {
        let list = "/gmail/v1/users/me/messages";
        for query in [
            "",
            "q=is%3Aunread&maxResults=10&labelIds=INBOX&labelIds=UNREAD&includeSpamTrash=true",
            "fields=messages(id)&alt=json&prettyPrint=false&quotaUser=x&key=k&%24.xgafv=2",
        ] {
            assert_eq!(problem(list, query), None, "{query}");
        }
        assert_eq!(
            problem(
                "/calendar/v3/calendars/c/events",
                "timeMin=2026-01-01T00:00:00Z"
            ),
            None
        );
    }

    #[test]
    fn other_parameters_and_values_do_not() {
        let check = |path: &str, query: &str, expected: &str| {
            let text = problem(path, query).unwrap_or_else(|| panic!("{query} passed"));
            assert!(text.contains(expected), "{text:?} lacks {expected:?}");
        };
        let list = "/gmail/v1/users/me/messages";
        check(list, "query=x", "Unknown name \"query\"");
        check(list, "userId=me", "Unknown name \"userId\"");
        check(list, "maxResults=ten", "TYPE_UINT32");
        check(list, "maxResults=-1", "TYPE_UINT32");
        check(list, "maxResults=1&maxResults=2", "not repeating");
        check(list, "includeSpamTrash=yes", "TYPE_BOOL");
        check(list, "alt=xml", "TYPE_ENUM");
        check(
            "/gmail/v1/users/me/messages/1",
            "format=everything",
            "TYPE_ENUM",
        );
        check(
            "/calendar/v3/calendars/c/events",
            "timeMin=tomorrow",
            "RFC 3339",
        );
        check(
            "/calendar/v3/calendars/c/events",
            "maxResults=0",
            "within the range",
        );
        check(
            "/drive/v3/files/f/export",
            "",
            "Required parameter is missing: mimeType",
        );
        check(
            "/v1/presentations/a%2Fb",
            "",
            "Invalid value at 'presentationId'",
        );
    }
}
