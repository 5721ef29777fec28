//! Words: numbers, names, and what ends them.

use crate::files::pdf::object::Object;

pub(in crate::files::pdf) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

pub(in crate::files::pdf) fn hex(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

pub(super) fn constant(word: &[u8]) -> Option<Object> {
    match word {
        b"true" => Some(Object::Bool(true)),
        b"false" => Some(Object::Bool(false)),
        b"null" => Some(Object::Null),
        _ => None,
    }
}

pub(super) fn number(word: &[u8]) -> Option<f64> {
    let first = word.first()?;
    if !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') || word.len() > 64 {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    // Neither exponents nor names of numbers are PDF's, but Rust's parser takes them.
    if text.contains(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.')) {
        return None;
    }
    // Some programs write "--5" and "5-3".
    let text = text.trim_start_matches("--");
    let text = text
        .split_once('-')
        .filter(|(head, _)| !head.is_empty())
        .map_or(text, |(head, _)| head);
    text.parse()
        .ok()
        .or(Some(0.0))
        .filter(|_| text.contains(|c: char| c.is_ascii_digit()))
}

/// A name's `#41` stands for a letter.
pub(super) fn unescaped(word: &[u8]) -> String {
    let mut name = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if let (b'#', [high, low, after @ ..]) = (byte, tail)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            name.push(high << 4 | low);
            rest = after;
        } else {
            name.push(byte);
        }
    }
    String::from_utf8_lossy(&name).into_owned()
}
