//! Headers of a part: by name, decoded, taken apart.

use google_gmail1::api::MessagePart;
use mail_parser::{ContentType, HeaderValue, parsers::MessageStream};

/// The first header of a name, in any case.
pub(crate) fn header<'a>(part: &'a MessagePart, name: &str) -> Option<&'a str> {
    let headers = part.headers.as_deref().unwrap_or_default();
    headers
        .iter()
        .find(|header| {
            header
                .name
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        })
        .and_then(|header| header.value.as_deref())
}

/// A header of free text, on one line, with the words of RFC 2047 decoded.
pub(crate) fn decoded_header(part: &MessagePart, name: &str) -> Option<String> {
    let value = unfolded(header(part, name)?);
    let text = match MessageStream::new(value.as_bytes()).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => String::new(),
    };
    Some(visible_line(&text))
}

/// The content type of a part, from its header.
pub(super) fn content_type(part: &MessagePart) -> Option<ContentType<'static>> {
    structured(header(part, "Content-Type")?)
}

/// The boundary of its parts.
pub(crate) fn boundary(part: &MessagePart) -> Option<String> {
    content_type(part)?.attribute("boundary").map(str::to_owned)
}

/// The content disposition of a part.
pub(super) fn disposition(part: &MessagePart) -> Option<ContentType<'static>> {
    structured(header(part, "Content-Disposition")?)
}

fn structured(value: &str) -> Option<ContentType<'static>> {
    match MessageStream::new(unfolded(value).as_bytes())
        .parse_content_type()
        .into_owned()
    {
        HeaderValue::ContentType(value) => Some(value),
        _ => None,
    }
}

/// A header's value on one line, with the line end that the parser waits for.
pub(super) fn unfolded(value: &str) -> String {
    let mut line = value.replace(['\r', '\n', '\0'], " ");
    line.push('\n');
    line
}

/// Text on one line, without characters that nobody sees.
pub(crate) fn visible_line(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain && text.trim() == text && !text.contains("  ") {
        return text.to_owned();
    }
    let visible: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !toolgate_text::is_invisible(*c))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_single_spaces_and_nothing_that_nobody_sees() {
        for (text, line) in [
            ("Lunch on Friday?", "Lunch on Friday?"),
            ("two  spaces", "two spaces"),
            (" around ", "around"),
            ("a\ttab", "a tab"),
            ("a\u{7}bell", "abell"),
            ("zero\u{200b}width", "zerowidth"),
            ("Grüße  an\u{a0}alle", "Grüße an alle"),
            ("", ""),
        ] {
            assert_eq!(visible_line(text), line, "{text:?}");
        }
    }
}
