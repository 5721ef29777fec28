//! Formulas as text: their words, the references in them, and how these move with the cells.

use std::fmt::Write as _;
use std::ops::Range;

use super::a1::{self, Corner};
use super::datum::FaultKind;
use super::grid::GridRange;
use super::locale::Locale;

/// A word of a formula.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Reference(Reference),
    Name(String),
    Fault(FaultKind),
    Op(&'static str),
}

/// Cells that a formula names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(super) tab: Option<String>,
    pub(super) first: Corner,
    pub(super) last: Option<Corner>,
}

const OPERATORS: [&str; 19] = [
    "<=", ">=", "<>", "<", ">", "=", "+", "-", "*", "/", "^", "&", "%", "(", ")", ",", ";", "{",
    "}",
];

/// The words of a formula behind its equals sign, each with its place; `None` where it has none.
pub(super) fn words(formula: &str, locale: &Locale) -> Option<Vec<(Token, Range<usize>)>> {
    let mut words = Vec::new();
    let mut at = usize::from(formula.starts_with('='));
    while let Some(letter) = formula[at..].chars().next() {
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        let (token, length) = word(&formula[at..], locale)?;
        words.push((token, at..at + length));
        at += length;
    }
    Some(words)
}

fn word(rest: &str, locale: &Locale) -> Option<(Token, usize)> {
    if let Some(inner) = rest.strip_prefix('"') {
        return text(inner);
    }
    if let Some((kind, shown)) = FaultKind::at_start(rest) {
        return Some((Token::Fault(kind), shown.len()));
    }
    if let Some((reference, length)) = Reference::read(rest) {
        return Some((Token::Reference(reference), length));
    }
    let letter = rest.chars().next()?;
    if letter.is_ascii_digit() || letter == locale.decimal {
        return number(rest, locale);
    }
    if letter.is_alphabetic() || letter == '_' {
        let is_word = |it: &char| it.is_alphanumeric() || matches!(it, '_' | '.');
        let name: String = rest.chars().take_while(is_word).collect();
        let length = name.len();
        return Some((Token::Name(name), length));
    }
    let operator = OPERATORS.iter().find(|it| rest.starts_with(**it))?;
    Some((Token::Op(operator), operator.len()))
}

/// A text in quotes, whose own quotes stand twice.
fn text(inner: &str) -> Option<(Token, usize)> {
    let (mut text, mut at) = (String::new(), 0);
    loop {
        let end = inner[at..].find('"')? + at;
        text.push_str(&inner[at..end]);
        if inner[end + 1..].starts_with('"') {
            text.push('"');
            at = end + 2;
        } else {
            return Some((Token::Text(text), end + 2));
        }
    }
}

fn number(rest: &str, locale: &Locale) -> Option<(Token, usize)> {
    let is_part = |(at, letter): &(usize, char)| {
        let before = rest[..*at].chars().next_back();
        letter.is_ascii_digit()
            || *letter == locale.decimal
            || matches!(letter, 'e' | 'E')
            || (matches!(letter, '+' | '-') && matches!(before, Some('e' | 'E')))
    };
    let length: usize = rest
        .char_indices()
        .take_while(is_part)
        .map(|(_, letter)| letter.len_utf8())
        .sum();
    let digits = rest[..length].replace(locale.decimal, ".");
    Some((Token::Number(digits.parse().ok()?), length))
}

impl Reference {
    /// Reads a reference at the start of a text, and how long it is.
    fn read(text: &str) -> Option<(Self, usize)> {
        let (tab, behind) = tab_of(text);
        let cells = &text[behind..];
        let first_length = corner_length(cells);
        let first = a1::corner(&cells[..first_length])?;
        let rest = &cells[first_length..];
        let last = rest.strip_prefix(':').and_then(|rest| {
            let length = corner_length(rest);
            Some((a1::corner(&rest[..length])?, length))
        });
        let length = match last {
            Some((_, length)) => first_length + 1 + length,
            None if first.row.is_some() && first.column.is_some() => first_length,
            None => return None,
        };
        // `LOG10(` is a function, and `A1B` a name.
        let next = cells[length..].chars().next();
        if next.is_some_and(|it| it.is_alphanumeric() || matches!(it, '(' | '_' | '!')) {
            return None;
        }
        let reference = Self {
            tab,
            first,
            last: last.map(|(corner, _)| corner),
        };
        Some((reference, behind + length))
    }

    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        if let Some(tab) = &self.tab {
            let _ = write!(text, "{}!", a1::tab_name(tab));
        }
        push_corner(&mut text, self.first);
        if let Some(last) = self.last {
            text.push(':');
            push_corner(&mut text, last);
        }
        text
    }

    /// The cells on the tab with this id.
    pub(super) fn on(&self, tab: i64) -> GridRange {
        let last = self.last.unwrap_or(self.first);
        GridRange {
            tab,
            rows: a1::between(self.first.row, last.row),
            columns: a1::between(self.first.column, last.column),
        }
    }

    /// Moves what is not fixed by so many rows and columns; whether it is still there.
    fn shift(&mut self, rows: isize, columns: isize) -> bool {
        let mut corners = vec![&mut self.first];
        corners.extend(self.last.as_mut());
        corners.into_iter().all(|corner| {
            let (is_column_fixed, is_row_fixed) = corner.is_fixed;
            let moved = |part: &mut Option<usize>, by: isize, is_fixed: bool| {
                let Some(index) = part.filter(|_| !is_fixed) else {
                    return true;
                };
                *part = index.checked_add_signed(by);
                part.is_some()
            };
            moved(&mut corner.row, rows, is_row_fixed)
                && moved(&mut corner.column, columns, is_column_fixed)
        })
    }
}

/// The tab's name before the `!`, and where what is behind it begins.
fn tab_of(text: &str) -> (Option<String>, usize) {
    if let Some((name, rest)) = a1::quoted(text) {
        return match rest.strip_prefix('!') {
            Some(rest) => (Some(name), text.len() - rest.len()),
            None => (None, 0),
        };
    }
    let is_word = |it: &char| it.is_alphanumeric() || *it == '_';
    let length: usize = text.chars().take_while(is_word).map(char::len_utf8).sum();
    if length > 0 && text[length..].starts_with('!') {
        (Some(text[..length].to_owned()), length + 1)
    } else {
        (None, 0)
    }
}

fn corner_length(text: &str) -> usize {
    let bytes = text.bytes();
    bytes
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'$')
        .count()
}

fn push_corner(text: &mut String, corner: Corner) {
    if let Some(column) = corner.column {
        text.push_str(if corner.is_fixed.0 { "$" } else { "" });
        text.push_str(&a1::column_name(column));
    }
    if let Some(row) = corner.row {
        text.push_str(if corner.is_fixed.1 { "$" } else { "" });
        let _ = write!(text, "{}", row + 1);
    }
}

/// A formula whose references are changed; one that `change` says is gone becomes an error.
pub(crate) fn rewrite(
    formula: &str,
    locale: &Locale,
    mut change: impl FnMut(&mut Reference) -> bool,
) -> String {
    let Some(words) = words(formula, locale) else {
        return formula.to_owned();
    };
    let (mut written, mut end) = (String::new(), 0);
    for (token, place) in words {
        if let Token::Reference(mut reference) = token {
            let before = reference.clone();
            let is_there = change(&mut reference);
            if is_there && reference == before {
                continue;
            }
            written.push_str(&formula[end..place.start]);
            written.push_str(&if is_there {
                reference.write()
            } else {
                "#REF!".to_owned()
            });
            end = place.end;
        }
    }
    written + &formula[end..]
}

/// A formula as it stands so many rows and columns further on.
pub(crate) fn shifted(formula: &str, locale: &Locale, rows: isize, columns: isize) -> String {
    rewrite(formula, locale, |reference| reference.shift(rows, columns))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{rewrite, shifted, words};
    use crate::sheets::locale::Locale;

    #[test]
    fn references_move_and_the_rest_stays() {
        let locale = Locale::of("en_US");
        let check = |formula: &str, expected: &str| {
            assert_eq!(shifted(formula, locale, 1, 2), expected, "{formula}");
        };
        check("=A1 + $A$1 & \"A1\"", "=C2 + $A$1 & \"A1\"");
        check(
            "=SUM('My tab'!A1:B$2, LOG10(3))",
            "=SUM('My tab'!C2:D$2, LOG10(3))",
        );
        check("=A:A+1:1", "=C:C+2:2");
        check("= a1", "= C2");
        let gone = shifted("=A1+B2", locale, -1, 0);
        assert_eq!(gone, "=#REF!+B1");
    }

    #[test]
    fn what_is_no_formula_has_no_words() {
        let locale = Locale::of("en_US");
        for text in ["=\"open", "=A1 ~ 2", "=1.2.3"] {
            assert!(words(text, locale).is_none(), "{text}");
        }
        let german = Locale::of("de_DE");
        assert_eq!(words("=SUMME(1,5;2)", german).unwrap().len(), 6);
    }

    proptest! {
        #[test]
        fn any_text_can_be_rewritten(text in "=.{0,20}") {
            let locale = Locale::of("de_DE");
            prop_assert_eq!(rewrite(&text, locale, |_| true), text);
        }
    }
}
