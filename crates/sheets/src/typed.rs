//! What is written, as Google takes it: typed, kept a text, and never a number that loses digits.

use serde_json::{Number, Value};
use toolgate_toolkit::ToolError;

use crate::{cell::Entry, wire::Input};

/// Digits that a number in a cell keeps.
const DIGITS: usize = 15;

/// Rows for Google, and what it makes of them.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) input: Input,
    /// Cells whose texts stay texts although they read like something else.
    pub(crate) kept: usize,
}

impl Typed {
    /// Rows of which nobody said how they are meant: their dates and amounts count as typed, and what a text
    /// would lose by that stays.
    pub(crate) fn guarded(rows: Vec<Vec<Value>>, input: Option<Input>) -> Self {
        let Some(input) = input else {
            return Self::kept(rows);
        };
        Self {
            rows,
            input,
            kept: 0,
        }
    }

    fn kept(mut rows: Vec<Vec<Value>>) -> Self {
        let mut kept = 0;
        for cell in rows.iter_mut().flatten() {
            let Value::String(text) = cell else { continue };
            if loses(text) {
                *text = format!("'{text}");
                kept += 1;
            }
        }
        Self {
            rows,
            input: Input::UserEntered,
            kept,
        }
    }
}

/// Rows as Google takes them.
pub(crate) fn values(
    argument: &'static str,
    rows: &[Vec<Entry>],
) -> Result<Vec<Vec<Value>>, ToolError> {
    let row = |row: &Vec<Entry>| row.iter().map(|it| value(argument, it)).collect();
    rows.iter().map(row).collect()
}

/// A cell as Google takes it. A spreadsheet would show other digits than were given, and nobody would notice.
pub(crate) fn value(argument: &'static str, entry: &Entry) -> Result<Value, ToolError> {
    match entry {
        Entry::Number(number) if is_too_long(number) => {
            let problem = format!("{number} has more digits than a number in a cell keeps");
            let good = format!("the text \"{number}\" with `value_input`: `raw`");
            Err(ToolError::invalid_argument(argument, &problem, &good))
        }
        entry => Ok(entry.to_json()),
    }
}

fn is_too_long(number: &Number) -> bool {
    let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    size.is_some_and(|it| it.to_string().len() > DIGITS)
}

/// Whether a text would be something else if it were typed: a formula, or a number without its zeros, its sign
/// or its last digits. Typing takes an apostrophe in front for a mark of texts.
pub(crate) fn loses(text: &str) -> bool {
    let text = text.trim_start();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_amount = |it: &str| {
        it.contains(|c: char| c.is_ascii_digit())
            && it
                .chars()
                .all(|c| c.is_ascii_digit() || ".,:/%$€£¥ \u{a0}".contains(c))
    };
    match text.chars().next() {
        Some('=' | '+' | '@' | '\'') => true,
        Some('-') => !is_amount(text.get(1..).unwrap_or_default()),
        Some('0') => text.len() > 1 && text.bytes().all(|it| it.is_ascii_digit()),
        _ => digits > DIGITS && is_amount(text),
    }
}

/// Whether a text is a formula where texts are typed.
pub(crate) fn is_formula(text: &str) -> bool {
    text.trim_start().starts_with('=')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_typing_would_change_stays_one_as_a_table() {
        for (text, stays) in [
            ("=SUM(A1:A3)", true),
            (" =1+1", true),
            ("+49 171 5550", true),
            ("+A1", true),
            ("@name", true),
            ("-A1", true),
            ("-1+HYPERLINK(\"http://x\")", true),
            ("- a point", true),
            ("'tis", true),
            ("007", true),
            ("12345678901234567", true),
            ("1234 5678 9012 3456", true),
            ("-5", false),
            ("-$1,200.50", false),
            ("0", false),
            ("0.5", false),
            ("12", false),
            ("12%", false),
            ("2027-03-01", false),
            ("2027-03-01 09:30:00", false),
            ("09:30", false),
            ("TRUE", false),
            ("Ann", false),
            ("", false),
        ] {
            assert_eq!(loses(text), stays, "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_it_is_typed_or_as_it_is_stays_so() {
        let rows = vec![vec![json!("=A1"), json!("Ann"), json!(7)]];
        let kept = Typed::guarded(rows.clone(), None);
        assert_eq!(kept.rows, [[json!("'=A1"), json!("Ann"), json!(7)]]);
        assert_eq!((kept.kept, kept.input), (1, Input::UserEntered));
        for input in [Input::UserEntered, Input::Raw] {
            let as_said = Typed::guarded(rows.clone(), Some(input));
            assert_eq!((&as_said.rows, as_said.kept), (&rows, 0));
            assert_eq!(as_said.input, input);
        }
    }

    #[test]
    fn a_number_that_would_lose_digits_is_refused_with_a_way_out() {
        for (number, is_fine) in [
            (json!(999_999_999_999_999_u64), true),
            (json!(-999_999_999_999_999_i64), true),
            (json!(1_000_000_000_000_000_u64), false),
            (json!(-1_000_000_000_000_000_i64), false),
            (json!(u64::MAX), false),
            (json!(0.1), true),
            (json!(1e300), true),
        ] {
            let entry: Entry = serde_json::from_value(number.clone()).unwrap();
            let value = value("rows", &entry);
            assert_eq!(value.is_ok(), is_fine, "{number}");
            if let Err(error) = value {
                assert_eq!(error.argument(), Some("rows"));
                assert!(error.message().contains("raw"), "{error}");
            }
        }
    }
}
