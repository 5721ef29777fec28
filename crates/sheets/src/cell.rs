//! What a cell holds, as Google tells it and as a model reads and writes it.

use std::fmt;

use chrono::{NaiveDate, TimeDelta};
use google_sheets4::api::{CellData, ExtendedValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellValue {
    Empty,
    Number(f64),
    Text(String),
    Boolean(bool),
    /// Such as `#REF!`.
    Error(String),
    /// A day, a time or both, as clocks in the spreadsheet's zone show it.
    Date(String),
    Formula {
        formula: String,
        value: Box<CellValue>,
    },
}

// What a model writes into a cell. A description here would stand in each schema beside that of the argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Entry {
    Boolean(bool),
    #[schemars(with = "f64")]
    Number(Number),
    Text(String),
}

/// How cells are shown.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Show {
    #[default]
    Values,
    Formatted,
    Formulas,
}

impl CellValue {
    /// What Google's grid tells of a cell.
    pub(crate) fn of(cell: &CellData) -> Self {
        let format = cell.effective_format.as_ref();
        let format = format.and_then(|it| it.number_format.as_ref()?.type_.as_deref());
        let value = cell.effective_value.as_ref();
        let value = value.map_or(Self::Empty, |value| Self::effective(value, format));
        let entered = cell.user_entered_value.as_ref();
        match entered.and_then(|it| it.formula_value.clone()) {
            Some(formula) => Self::Formula {
                formula,
                value: Box::new(value),
            },
            None => value,
        }
    }

    fn effective(value: &ExtendedValue, format: Option<&str>) -> Self {
        if let Some(error) = &value.error_value {
            return Self::Error(error_name(error.type_.as_deref()).to_owned());
        }
        if let Some(is_so) = value.bool_value {
            return Self::Boolean(is_so);
        }
        if let Some(number) = value.number_value {
            let date = format.and_then(|format| date(number, format));
            return date.map_or(Self::Number(number), Self::Date);
        }
        match &value.string_value {
            Some(text) if !text.is_empty() => Self::Text(text.clone()),
            _ => Self::Empty,
        }
    }

    /// What a formula comes to, and of all else itself.
    pub(crate) fn value(&self) -> &Self {
        match self {
            Self::Formula { value, .. } => value.value(),
            other => other,
        }
    }

    /// As a field of CSV, in which only what is a text and reads as something else stands in quotes.
    pub(crate) fn field(&self, show: Show) -> String {
        match self {
            Self::Formula { formula, value } if show == Show::Formulas => {
                let line = format!("{} → {value}", visible(formula));
                csv(&line, false)
            }
            Self::Text(text) => {
                let text = visible(text);
                let is_other = reads_as_other(&text);
                csv(&text, is_other)
            }
            Self::Formula { value, .. } => value.field(show),
            other => csv(&other.to_string(), false),
        }
    }
}

impl fmt::Display for CellValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Number(number) => f.write_str(&printed(*number)),
            Self::Text(text) => f.write_str(&visible(text)),
            Self::Boolean(is_so) => f.write_str(if *is_so { "TRUE" } else { "FALSE" }),
            Self::Error(text) | Self::Date(text) => f.write_str(text),
            Self::Formula { value, .. } => value.fmt(f),
        }
    }
}

impl Entry {
    /// As Google takes it.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Boolean(is_so) => Value::Bool(*is_so),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }
}

/// A text without what would hide or turn something of it.
pub(crate) fn visible(text: &str) -> String {
    let shown = text.chars().filter(|c| !toolgate_text::is_invisible(*c));
    shown.collect()
}

/// A field of CSV.
pub(crate) fn csv(text: &str, always: bool) -> String {
    let is_split = text.contains(['"', ',', '\n', '\r']);
    let is_edged = text.starts_with(' ') || text.ends_with(' ');
    if always || is_split || is_edged {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A text that somebody would take for a number, a date, a truth, an error or a formula.
fn reads_as_other(text: &str) -> bool {
    let is_word = ["TRUE", "FALSE"]
        .iter()
        .any(|it| text.eq_ignore_ascii_case(it));
    let is_date = NaiveDate::parse_from_str(text.get(..10).unwrap_or_default(), "%Y-%m-%d").is_ok();
    let is_time = text.len() >= 8
        && text.contains(':')
        && text
            .bytes()
            .all(|it| it.is_ascii_digit() || b":.-".contains(&it));
    let is_error = text.starts_with('#') && text.ends_with(['!', '?', 'A']);
    is_word
        || is_date
        || is_time
        || is_error
        || text.starts_with('=')
        || text.trim().parse::<f64>().is_ok()
}

/// A number as Sheets holds it: fifteen digits tell.
fn printed(number: f64) -> String {
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    let short: Option<f64> = format!("{number:.14e}").parse().ok();
    short.unwrap_or(number).to_string()
}

/// A serial number as a date, where its format shows one.
fn date(serial: f64, format: &str) -> Option<String> {
    let millis = (serial * 86_400_000.0).round();
    // Beyond what any calendar of Sheets shows.
    if !(-1e15..1e15).contains(&millis) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is within bounds")]
    let millis = millis as i64;
    if format == "TIME" {
        return Some(clock(millis));
    }
    if format != "DATE" && format != "DATE_TIME" {
        return None;
    }
    let midnight = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    let moment = midnight.checked_add_signed(TimeDelta::milliseconds(millis))?;
    let has_time = moment.time() != chrono::NaiveTime::MIN;
    let pattern = if format == "DATE" && !has_time {
        "%Y-%m-%d"
    } else if millis % 1000 == 0 {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S%.3f"
    };
    Some(moment.format(pattern).to_string())
}

/// A time of the day, or as long as a duration is.
fn clock(millis: i64) -> String {
    let (sign, all) = if millis < 0 {
        ("-", -millis)
    } else {
        ("", millis)
    };
    let (seconds, rest) = (all / 1000, all % 1000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let seconds = seconds % 60;
    if rest == 0 {
        return format!("{sign}{hours:02}:{minutes:02}:{seconds:02}");
    }
    format!("{sign}{hours:02}:{minutes:02}:{seconds:02}.{rest:03}")
}

/// The serial number of a day.
#[cfg(test)]
fn serial(day: NaiveDate) -> f64 {
    let zero = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "days are few")]
    let days = day.signed_duration_since(zero).num_days() as f64;
    days
}

/// How cells show Google's kinds of errors.
fn error_name(kind: Option<&str>) -> &'static str {
    match kind {
        Some("NULL_VALUE") => "#NULL!",
        Some("DIVIDE_BY_ZERO") => "#DIV/0!",
        Some("VALUE") => "#VALUE!",
        Some("REF") => "#REF!",
        Some("NAME") => "#NAME?",
        Some("NUM") => "#NUM!",
        Some("N_A") => "#N/A",
        Some("LOADING") => "#LOADING!",
        _ => "#ERROR!",
    }
}

#[cfg(test)]
mod tests;
