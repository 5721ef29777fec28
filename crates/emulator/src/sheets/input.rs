//! What becomes of a value that is entered, raw or as if it were typed.

use chrono::NaiveDate;
use serde_json::Value;

use super::book::{Book, Cell, Entry};
use super::dates;
use super::errors::Wrong;
use super::locale::Locale;
use super::numbers;
use super::pattern;

/// Google's limit of a cell's letters.
const LONGEST: usize = 50_000;

/// How values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) is_typed: bool,
    pub(crate) locale: &'static Locale,
    /// The day that it is where the spreadsheet is.
    pub(crate) today: NaiveDate,
}

impl Input {
    /// Reads a request's option.
    ///
    /// # Errors
    /// When it is not said.
    pub(crate) fn read(option: Option<&str>, book: &Book, today: NaiveDate) -> Result<Self, Wrong> {
        let is_typed = match option {
            Some("RAW") => false,
            Some("USER_ENTERED") => true,
            _ => {
                return Err(Wrong::new(
                    "'valueInputOption' is required but not specified",
                ));
            }
        };
        Ok(Self::new(is_typed, book, today))
    }

    pub(crate) fn new(is_typed: bool, book: &Book, today: NaiveDate) -> Self {
        Self {
            is_typed,
            locale: book.rules_of_place(),
            today,
        }
    }

    /// Enters a value into a cell; `place` says where it stood in the request.
    ///
    /// # Errors
    /// When it is none that a cell takes.
    pub(crate) fn enter(self, cell: &mut Cell, value: &Value, place: &str) -> Result<(), Wrong> {
        match value {
            Value::Null => {}
            Value::Bool(value) => cell.entry = Entry::Bool(*value),
            Value::Number(number) => {
                cell.entry = Entry::Number(number.as_f64().unwrap_or_default());
            }
            Value::String(text) => {
                if text.chars().count() > LONGEST {
                    return Err(Wrong::new(
                        "Your input contains more than the maximum of 50000 characters in a \
                         single cell.",
                    ));
                }
                self.enter_text(cell, text);
            }
            Value::Array(_) => {
                return Err(Wrong::new(format!("Invalid {place}: list_value {value}")));
            }
            Value::Object(_) => {
                return Err(Wrong::new(format!("Invalid {place}: struct_value {value}")));
            }
        }
        Ok(())
    }

    /// Enters a text.
    pub(crate) fn enter_text(self, cell: &mut Cell, text: &str) {
        if !self.is_typed || text.is_empty() {
            cell.entry = if text.is_empty() {
                Entry::Empty
            } else {
                Entry::Text(text.to_owned())
            };
            return;
        }
        let is_text = cell.number_format().is_some_and(|it| it["type"] == "TEXT");
        let (entry, format) = self.typed(text, is_text);
        cell.entry = entry;
        if let (Some(format), None) = (format, cell.number_format()) {
            cell.format.insert("numberFormat".to_owned(), format);
        }
    }

    /// What a text that is typed stands for, and the format that comes of it.
    fn typed(self, text: &str, is_text: bool) -> (Entry, Option<Value>) {
        if let Some(rest) = text.strip_prefix('\'') {
            return (Entry::Text(rest.to_owned()), None);
        }
        let trimmed = text.trim();
        if is_text || trimmed.is_empty() {
            return (Entry::Text(text.to_owned()), None);
        }
        if text.len() > 1 && text.starts_with('=') {
            return (Entry::Formula(text.to_owned()), None);
        }
        if let Some(truth) = self.locale.truth_of(trimmed) {
            return (Entry::Bool(truth), None);
        }
        if let Some((number, format)) = number(trimmed, self.locale) {
            return (Entry::Number(number), format);
        }
        match dates::read(trimmed, self.locale, self.today) {
            Some((serial, format)) => (Entry::Number(serial), Some(format)),
            None => (Entry::Text(text.to_owned()), None),
        }
    }
}

/// A number as people write it, and the format that it asks for.
pub(crate) fn number(text: &str, locale: &Locale) -> Option<(f64, Option<Value>)> {
    let (is_negative, text) = sign(text);
    let (symbol, is_behind, text) = currency(text, locale);
    let (is_negative, text) = match sign(text) {
        (true, rest) if !is_negative => (true, rest),
        (false, rest) => (is_negative, rest),
        (true, _) => return None,
    };
    let (is_percent, text) = match text.strip_suffix('%') {
        Some(rest) => (true, rest.trim_end()),
        None => (false, text),
    };
    let (value, is_grouped, places) = plain(text, locale)?;
    let value = if is_negative { -value } else { value };
    let decimals = if places > 0 { ".00" } else { "" };
    if is_percent {
        let format = pattern::format("PERCENT", &format!("0{decimals}%"));
        return symbol.is_none().then_some((value / 100.0, Some(format)));
    }
    let format = if let Some(symbol) = symbol {
        let symbol = if symbol == locale.currency {
            format!("\"{symbol}\"")
        } else {
            format!("[${symbol}]")
        };
        let pattern = if is_behind {
            format!("#,##0{decimals} {symbol}")
        } else {
            format!("{symbol}#,##0{decimals}")
        };
        Some(pattern::format("CURRENCY", &pattern))
    } else if is_grouped {
        Some(pattern::format("NUMBER", &format!("#,##0{decimals}")))
    } else if text.contains(['e', 'E']) {
        Some(pattern::format("SCIENTIFIC", "0.00E+00"))
    } else {
        None
    };
    Some((value, format))
}

fn sign(text: &str) -> (bool, &str) {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        return (true, inner);
    }
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The sign of a currency before or behind a number.
fn currency<'a>(text: &'a str, locale: &Locale) -> (Option<&'static str>, bool, &'a str) {
    for symbol in ["$", "€", "£", "¥", "zł", "kr"] {
        if symbol.len() > 1 && symbol.is_ascii() && symbol != locale.currency {
            continue;
        }
        if let Some(rest) = text.strip_prefix(symbol) {
            return (Some(symbol), false, rest.trim_start());
        }
        if let Some(rest) = text.strip_suffix(symbol) {
            return (Some(symbol), true, rest.trim_end());
        }
    }
    (None, false, text)
}

/// A number without a sign; whether its thousands are set apart, and how many decimals it has.
fn plain(text: &str, locale: &Locale) -> Option<(f64, bool, usize)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, behind) = match mantissa.split_once(locale.decimal) {
        Some((whole, behind)) => (whole, behind),
        None => (mantissa, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(locale.group);
    let first = groups.next()?;
    let mut is_grouped = false;
    let mut digits = first.to_owned();
    for group in groups {
        let fits = group.len() == 3 && (1..=3).contains(&first.len());
        if !fits {
            return None;
        }
        digits.push_str(group);
        is_grouped = true;
    }
    if !is_digits(&digits) || !is_digits(behind) || (digits.is_empty() && behind.is_empty()) {
        return None;
    }
    let exponent = match exponent {
        Some(text) => {
            let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
            (!bare.is_empty() && is_digits(bare)).then_some(text)?
        }
        None => "0",
    };
    let number: f64 = format!("{digits}.{behind}e{exponent}").parse().ok()?;
    number
        .is_finite()
        .then_some((number, is_grouped, behind.len()))
}

/// The day that it is in a zone.
pub(crate) fn today(zone: &str, now_ms: i64) -> NaiveDate {
    let now = chrono::DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    match zone.parse::<chrono_tz::Tz>() {
        Ok(zone) => now.with_timezone(&zone).date_naive(),
        Err(_) => now.date_naive(),
    }
}

/// A number that a text stands for in a formula, dates too.
pub(crate) fn number_of(text: &str, locale: &Locale) -> Option<f64> {
    if let Some((number, _)) = number(text, locale) {
        return Some(number);
    }
    let year = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let (serial, _) = dates::read(text, locale, year)?;
    numbers::moment(serial).map(|_| serial)
}
