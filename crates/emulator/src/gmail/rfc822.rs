//! Takes apart the bytes of a message: header fields, multipart bodies, transfer encodings.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, ContentType, HeaderValue};

/// Reads base64 as mail programs write it, with or without the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// One header field as it stands in the message.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// What follows the colon, with a line end.
    value: Vec<u8>,
    /// The field's lines within the message.
    pub(crate) span: Range<usize>,
}

/// An address with the name that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: Option<String>,
    /// In the spelling of the message.
    pub(crate) address: String,
}

impl Field {
    /// A field that stands in no message.
    pub(crate) fn new(name: &str, value: &str) -> Self {
        let name = name.to_owned();
        Self {
            name,
            value: format!("{value}\n").into_bytes(),
            span: 0..0,
        }
    }

    /// Whether encoded words may stand in the value.
    pub(crate) fn is_encoded(&self) -> bool {
        self.value.windows(2).any(|pair| pair == b"=?")
    }

    /// The value unfolded, with encoded words decoded.
    pub(crate) fn text(&self) -> String {
        match MessageStream::new(&self.value).parse_unstructured() {
            HeaderValue::Text(text) => text.into_owned(),
            _ => String::new(),
        }
    }

    /// The value as a media type or a disposition, with its parameters.
    pub(crate) fn content_type(&self) -> Option<ContentType<'_>> {
        MessageStream::new(&self.value)
            .parse_content_type()
            .into_content_type()
    }

    /// The addresses of the value, and whether some stand in named groups.
    pub(crate) fn people(&self) -> (Vec<Person>, bool) {
        let person = |addr: &Addr<'_>| Person {
            name: addr.name().map(ToOwned::to_owned),
            address: addr.address().unwrap_or_default().to_owned(),
        };
        match MessageStream::new(&self.value).parse_address() {
            HeaderValue::Address(Address::List(list)) => (list.iter().map(person).collect(), false),
            HeaderValue::Address(Address::Group(groups)) => {
                let members = groups.iter().flat_map(|group| &group.addresses);
                (members.map(person).collect(), true)
            }
            _ => (Vec::new(), false),
        }
    }

    /// The message ids of the value, without angle brackets.
    pub(crate) fn message_ids(&self) -> Vec<String> {
        match MessageStream::new(&self.value).parse_id() {
            HeaderValue::Text(id) => vec![id.into_owned()],
            HeaderValue::TextList(ids) => {
                ids.into_iter().map(std::borrow::Cow::into_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The value as a moment, in milliseconds since the epoch.
    pub(crate) fn date_ms(&self) -> Option<i64> {
        let date = MessageStream::new(&self.value)
            .parse_date()
            .into_datetime()?;
        date.is_valid()
            .then(|| date.to_timestamp().checked_mul(1000))?
    }
}

/// The header fields, and where the body begins.
pub(crate) fn fields(raw: &[u8]) -> (Vec<Field>, usize) {
    let mut found: Vec<Field> = Vec::new();
    for line in lines(raw, 0) {
        let text = trim_end(&raw[line.clone()]);
        if text.is_empty() {
            return (found, line.end);
        }
        if text.starts_with(b" ") || text.starts_with(b"\t") {
            if let Some(field) = found.last_mut() {
                field.span.end = line.end;
                field.value.truncate(trim_end(&field.value).len());
                field.value.extend_from_slice(b"\r\n");
                field.value.extend_from_slice(text);
                field.value.extend_from_slice(b"\r\n");
            }
        } else if let Some(colon) = colon_of(text) {
            let mut value = text[colon + 1..].to_vec();
            value.extend_from_slice(b"\r\n");
            let name = String::from_utf8_lossy(&text[..colon])
                .trim_end()
                .to_owned();
            found.push(Field {
                name,
                value,
                span: line,
            });
        } else if found.is_empty() {
            // Not a message with a header: all of it is text.
            return (found, 0);
        }
    }
    let end = if found.is_empty() { 0 } else { raw.len() };
    (found, end)
}

/// Where the name of a header field ends, if the line is one.
fn colon_of(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

/// The parts of a multipart body; `None` when the boundary does not occur in it.
pub(crate) fn multipart<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<&'a [u8]>> {
    let mut parts = Vec::new();
    let mut start = None;
    for line in lines(body, 0) {
        let Some(is_last) = delimiter(trim_end(&body[line.clone()]), boundary) else {
            continue;
        };
        if let Some(start) = start {
            // The line end before a delimiter belongs to the delimiter.
            let part: &[u8] = body.get(start..line.start).unwrap_or_default();
            parts.push(trim_end(part));
        }
        start = Some(line.end);
        if is_last {
            return Some(parts);
        }
    }
    parts.push(&body[start?..]);
    Some(parts)
}

/// Whether the line parts the body, and if so, whether it is the last that does.
fn delimiter(line: &[u8], boundary: &str) -> Option<bool> {
    let rest = line
        .strip_prefix(b"--")?
        .strip_prefix(boundary.as_bytes())?;
    match rest.trim_ascii() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The bytes that were encoded for transfer.
pub(crate) fn transfer_decoded(body: &[u8], encoding: &str) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => {
            let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
            let mut digits: Vec<u8> = body.iter().copied().filter(is_digit).collect();
            if digits.len() % 4 == 1 {
                digits.pop();
            }
            BASE64.decode(digits).unwrap_or_default()
        }
        "quoted-printable" => quoted_printable_decode(body).unwrap_or_else(|| body.to_vec()),
        _ => body.to_vec(),
    }
}

/// The message with CRLF line ends, as it travels.
pub(crate) fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut last = 0;
    for &byte in raw {
        if byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        last = byte;
    }
    out
}

/// The message without any field of that name.
pub(crate) fn without_field(raw: &[u8], name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut kept = 0;
    for field in fields(raw).0 {
        if field.name.eq_ignore_ascii_case(name) {
            out.extend_from_slice(raw.get(kept..field.span.start).unwrap_or_default());
            kept = field.span.end;
        }
    }
    out.extend_from_slice(raw.get(kept..).unwrap_or_default());
    out
}

/// The lines from `start`, each with its line end.
fn lines(raw: &[u8], start: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
        let len = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |end| end + 1);
        let line = at..at + len;
        at = line.end;
        Some(line)
    })
}

/// The bytes without one line end.
fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
