//! Reading multipart bodies: uploads and batches.

use std::collections::BTreeMap;

/// One part of a multipart body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// Header fields by lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: &'a [u8],
}

/// The parts of a body; `None` when the content type names no boundary, or the body lacks its end.
pub(crate) fn read<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = boundary(content_type)?;
    let delimiter = format!("--{boundary}");
    let mut rest = after_line(&body[delimiter_at(body, delimiter.as_bytes())?..]);
    let mut parts = Vec::new();
    loop {
        let at = delimiter_at(rest, delimiter.as_bytes())?;
        parts.push(part(without_line_end(&rest[..at]))?);
        let behind = &rest[at + delimiter.len()..];
        if behind.starts_with(b"--") {
            return Some(parts);
        }
        rest = after_line(behind);
    }
}

/// Splits a header block from what stands behind its empty line.
pub(crate) fn split_head(text: &[u8]) -> Option<(BTreeMap<String, String>, &[u8])> {
    let mut headers = BTreeMap::new();
    let mut rest = text;
    loop {
        let line = first_line(rest);
        rest = after_line(rest);
        if line.is_empty() {
            return Some((headers, rest));
        }
        let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
    }
}

/// The text up to the first line end.
pub(crate) fn first_line(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |at| at + 1);
    without_line_end(&text[..end])
}

/// The text behind the first line end.
pub(crate) fn after_line(text: &[u8]) -> &[u8] {
    text.iter()
        .position(|byte| *byte == b'\n')
        .map_or(&[], |at| &text[at + 1..])
}

fn part(text: &[u8]) -> Option<Part<'_>> {
    let (headers, body) = split_head(text)?;
    Some(Part { headers, body })
}

fn boundary(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("boundary") && !value.is_empty()).then_some(value)
    })
}

/// Where the delimiter stands at the start of a line.
fn delimiter_at(text: &[u8], delimiter: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        if text[from..].starts_with(delimiter) {
            return Some(from);
        }
        from += text[from..].iter().position(|byte| *byte == b'\n')? + 1;
    }
}

fn without_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn parts_are_split_at_their_boundary() {
        let body = b"preamble\r\n--b1\r\nContent-Type: text/plain\r\nX: 1\r\n\r\none\r\n\
                     --not-it\r\n--b1\n\ntwo\n--b1--\r\nepilogue";
        let parts = read("multipart/mixed; charset=x; boundary=\"b1\"", body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].headers["content-type"], "text/plain");
        assert_eq!(parts[0].body, b"one\r\n--not-it");
        assert!(parts[1].headers.is_empty());
        assert_eq!(parts[1].body, b"two");
    }

    #[test]
    fn what_has_no_boundary_or_no_end_is_refused() {
        assert_eq!(read("multipart/mixed", b"--b\r\n\r\nx\r\n--b--"), None);
        assert_eq!(read("multipart/mixed; boundary=b", b"--b\r\n\r\nx"), None);
        assert_eq!(
            read("multipart/mixed; boundary=b", b"--b\r\nno header\r\n--b--"),
            None
        );
        assert_eq!(read("multipart/mixed; boundary=b", b""), None);
    }
}
