//! The forms in which a secret can stand in a log.

use std::fmt;
use std::fmt::Write as _;

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How a secret was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// As it is.
    Clear,
    /// Base64, in either alphabet, with this many bytes of other text before it in its group of
    /// three.
    Base64(usize),
    /// Hexadecimal digits, as `%02x` or as `%02X`.
    Hex,
    /// Each byte percent-encoded.
    Percent,
    /// A list of numbers, as `{:?}` shows a byte vector.
    Numbers,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear => f.write_str("in clear"),
            Self::Base64(offset) => write!(f, "as base64 at offset {offset}"),
            Self::Hex => f.write_str("in hexadecimal"),
            Self::Percent => f.write_str("percent-encoded"),
            Self::Numbers => f.write_str("as a list of numbers"),
        }
    }
}

/// Every form that must be told from clean output.
pub(crate) const ALL_FORMS: [Form; 7] = [
    Form::Clear,
    Form::Base64(0),
    Form::Base64(1),
    Form::Base64(2),
    Form::Hex,
    Form::Percent,
    Form::Numbers,
];

/// The texts to look for, each with its form. A percent-encoder that leaves letters alone shows
/// the secret in clear, so only the full encoding needs a pattern of its own.
pub(super) fn patterns(secret: &[u8]) -> Vec<(Form, Vec<u8>)> {
    let mut patterns = vec![
        (Form::Clear, secret.to_vec()),
        (Form::Hex, joined(secret, "", |byte| format!("{byte:02x}"))),
        (Form::Hex, joined(secret, "", |byte| format!("{byte:02X}"))),
        (
            Form::Percent,
            joined(secret, "", |byte| format!("%{byte:02x}")),
        ),
        (
            Form::Percent,
            joined(secret, "", |byte| format!("%{byte:02X}")),
        ),
        (Form::Numbers, joined(secret, ", ", ToString::to_string)),
        (Form::Numbers, joined(secret, ",", ToString::to_string)),
    ];
    for offset in 0..3 {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            patterns.push((Form::Base64(offset), base64_core(secret, offset, &engine)));
        }
    }
    patterns.sort();
    patterns.dedup();
    patterns
}

fn joined(secret: &[u8], between: &str, one: impl Fn(&u8) -> String) -> Vec<u8> {
    let mut text = String::new();
    for (index, byte) in secret.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        let _ = write!(text, "{}", one(byte));
    }
    text.into_bytes()
}

/// The characters that are the same whatever stands around the secret: those whose six bits all
/// come from it.
fn base64_core(secret: &[u8], offset: usize, engine: &impl base64::Engine) -> Vec<u8> {
    let padded = [&b"\0\0"[..offset], secret].concat();
    let encoded = engine.encode(&padded).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded[first..last].to_vec()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::super::{CANARY, Scanner};
    use super::*;

    fn check(content: &str, expected: Form) {
        let findings = Scanner::new()
            .unwrap()
            .scan(Path::new("run.log"), content.as_bytes());
        let forms: Vec<_> = findings.iter().map(|finding| finding.form).collect();
        assert_eq!(forms, [expected], "{content}");
    }

    #[test]
    fn base64_is_found_at_every_offset_in_every_alphabet() {
        for before in ["", "1", "4/", "1//", "ya29.", "\u{fb}\u{ff}~?>"] {
            let offset = before.len() % 3;
            for after in ["", "-", "-a", "-xyz", "~~~???>>>"] {
                let secret = format!("{before}{CANARY}{after}");
                for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
                    check(
                        &format!("token: {}\n", engine.encode(&secret)),
                        Form::Base64(offset),
                    );
                }
            }
        }
    }

    #[test]
    fn both_alphabets_are_looked_for_where_they_differ() {
        let texts: Vec<_> = patterns(b"\xfb\xef\xff")
            .into_iter()
            .filter(|(form, _)| *form == Form::Base64(0))
            .map(|(_, text)| String::from_utf8(text).unwrap())
            .collect();
        assert_eq!(texts, ["++//", "--__"]);
    }

    #[test]
    fn hex_percent_and_number_forms_are_found() {
        let lower = |between: &str, form: fn(u8) -> String| {
            CANARY.bytes().map(form).collect::<Vec<_>>().join(between)
        };
        check(&lower("", |byte| format!("{byte:02x}")), Form::Hex);
        check(&lower("", |byte| format!("{byte:02X}")), Form::Hex);
        check(&lower("", |byte| format!("%{byte:02x}")), Form::Percent);
        check(&lower("", |byte| format!("%{byte:02X}")), Form::Percent);
        check(&format!("{:?}", CANARY.as_bytes()), Form::Numbers);
        check(&lower(",", |byte| byte.to_string()), Form::Numbers);
    }

    #[test]
    fn every_form_has_a_pattern() {
        let mut forms: Vec<_> = patterns(CANARY.as_bytes())
            .into_iter()
            .map(|(form, _)| form)
            .collect();
        forms.dedup();
        assert_eq!(forms, ALL_FORMS);
    }
}
