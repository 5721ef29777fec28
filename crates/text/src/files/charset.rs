//! Which charset bytes are in, and the text that they hold.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes are looked at to tell UTF-16 by where its zero bytes are.
const SAMPLE: usize = 4096;

/// Decodes text: by its mark, as UTF-8 where it is that, by what it declares, and else by what is likely.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0;
    }
    if let Some(encoding) = utf16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let encoding = declared(bytes).unwrap_or_else(|| likely(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

/// Whether bytes look like text in some charset.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if Encoding::for_bom(bytes).is_some() || utf16(bytes).is_some() {
        return true;
    }
    let odd = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
    let odd_bytes = sample.iter().filter(odd).count();
    !sample.contains(&0) && odd_bytes * 50 <= sample.len()
}

/// UTF-16 without a mark: a zero byte in every other place, and hardly one in the others.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.len() < 4 || bytes.len() % 2 == 1 {
        return None;
    }
    let zeros = |first: usize| {
        let every_other = sample.iter().skip(first).step_by(2);
        every_other.filter(|byte| **byte == 0).count()
    };
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    match () {
        () if odd * 2 >= pairs && even * 50 <= pairs => Some(UTF_16LE),
        () if even * 2 >= pairs && odd * 50 <= pairs => Some(UTF_16BE),
        () => None,
    }
}

/// What an XML or HTML file says of itself near its start.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: String = bytes
        .iter()
        .take(1024)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let start = head
        .find("encoding=")
        .map(|at| at + 9)
        .filter(|_| head.trim_start().starts_with("<?xml"))
        .or_else(|| {
            let meta = head.find("<meta")?;
            Some(meta + head.get(meta..)?.find("charset=")? + 8)
        })?;
    let value = head.get(start..)?.trim_start_matches(['"', '\'', ' ']);
    let label = value.split(['"', '\'', ' ', '>', ';', '?', '/']).next()?;
    // These two would have been seen by their bytes.
    Encoding::for_label(label.as_bytes())
        .filter(|encoding| ![UTF_8, UTF_16LE, UTF_16BE].contains(encoding))
}

fn likely(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_whatever_its_charset() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(Vec<u8>, &str); 9] = [
            (b"plain".to_vec(), "plain"),
            ("é €".into(), "é €"),
            (b"\xef\xbb\xbfmarked".to_vec(), "marked"),
            (utf16("without mark é"), "without mark é"),
            (utf16("\u{feff}with mark"), "with mark"),
            (b"\0b\0i\0g\0!".to_vec(), "big!"),
            (b"caf\xe9 \x80 5".to_vec(), "café € 5"),
            (
                b"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xb1</a>".to_vec(),
                "<?xml version='1.0' encoding='ISO-8859-2'?><a>ą</a>",
            ),
            (
                b"<head><meta charset=\"windows-1251\"><p>\xcf\xf0".to_vec(),
                "<head><meta charset=\"windows-1251\"><p>Пр",
            ),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode(&bytes), text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told() {
        for text in [
            &b"a\tb\n"[..],
            b"",
            b"\x1b[1mbold",
            b"caf\xe9",
            b"a\0b\0c\0d\0",
        ] {
            assert!(is_text(text), "{text:?}");
        }
        for binary in [&b"\0\0\0\0\x01\x02"[..], b"abc\0def", &[1, 2, 3, 4, 5]] {
            assert!(!is_text(binary), "{binary:?}");
        }
    }
}
