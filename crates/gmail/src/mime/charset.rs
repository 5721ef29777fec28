//! Bytes to text.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes of HTML in which a declaration of its charset is looked for.
const DECLARATION_WITHIN: usize = 1024;

/// Decodes a text by the charset that its header declares.
///
/// Bytes that are valid UTF-8 beyond ASCII are taken as such whatever is declared: no other charset in use produces them by
/// accident, and Gmail converts some parts without changing their header. Without a usable declaration, what is not UTF-8 is
/// read as Windows-1252, as browsers do.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.is_ascii()
    {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    // UTF-16 of western text holds zeros; without one it has been converted.
    let possible = |e: &&Encoding| ![UTF_16LE, UTF_16BE].contains(e) || bytes.contains(&0);
    let declared = charset.and_then(encoding).filter(possible);
    let declared = declared.or_else(|| declared_inside(bytes));
    let fallback = if bytes.is_ascii() {
        UTF_8
    } else {
        WINDOWS_1252
    };
    declared.unwrap_or(fallback).decode(bytes).0.into_owned()
}

fn encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().trim_matches(['"', '\'']).as_bytes())
}

/// The charset that HTML declares in itself.
fn declared_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..DECLARATION_WITHIN).unwrap_or(bytes);
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let (_, label) = start.split_once("charset=")?;
    let label = label.trim_start_matches(['"', '\'']);
    let end = label
        .find(['"', '\'', '>', ';', '/', ' '])
        .unwrap_or(label.len());
    // Read as bytes so far, it cannot be UTF-16, whatever it says.
    label
        .get(..end)
        .and_then(encoding)
        .map(Encoding::output_encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_by_its_charset_unless_it_is_utf_8_beyond_ascii() {
        for (bytes, charset, text) in [
            (&b"caf\xe9"[..], Some("iso-8859-1"), "café"),
            (b"caf\xe9", Some("\"ISO-8859-1\""), "café"),
            (b"\x93hi\x94", Some("windows-1252"), "“hi”"),
            (b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), "Привет"),
            (b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp"), "こん"),
            (b"\x82\xb1\x82\xf1", Some("shift_jis"), "こん"),
            ("café".as_bytes(), Some("iso-8859-1"), "café"),
            ("café".as_bytes(), None, "café"),
            (b"\xef\xbb\xbfplain \xc3\xa9", Some("utf-8"), "plain é"),
            (b"caf\xe9", None, "café"),
            (b"caf\xe9", Some("x-unknown"), "café"),
            (
                b"<meta charset=\"koi8-r\">\xf0",
                None,
                "<meta charset=\"koi8-r\">П",
            ),
            (b"ascii", Some("utf-16"), "ascii"),
            (b"h\0i\0", Some("utf-16le"), "hi"),
            (b"bad \xff", Some("utf-8"), "bad �"),
            (b"", None, ""),
        ] {
            assert_eq!(decode(bytes, charset), text, "{charset:?}");
        }
    }
}
