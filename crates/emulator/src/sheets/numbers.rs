//! Numbers as spreadsheets keep and show them: rounding, days since 1899, the general format.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, Timelike as _};
use serde_json::Value;

use super::locale::Locale;

/// Beyond it not every whole number has a double of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The parts of a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    pub(super) year: i32,
    pub(super) month: u32,
    pub(super) day: u32,
    /// Counted from Monday.
    pub(super) weekday: usize,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: f64,
}

/// A whole number of a double that has one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast saturates, and what is beyond is no number of a cell"
)]
pub(crate) fn whole(number: f64) -> i64 {
    number.trunc() as i64
}

/// A whole number as a double.
#[expect(
    clippy::cast_precision_loss,
    reason = "spreadsheets count in doubles, and so few are lost to nobody"
)]
pub(crate) fn double(number: i64) -> f64 {
    number as f64
}

/// A count as a double.
pub(crate) fn count(number: usize) -> f64 {
    double(i64::try_from(number).unwrap_or(i64::MAX))
}

pub(crate) fn is_whole(number: f64) -> bool {
    number.fract().abs() < f64::EPSILON && number.abs() < EXACT
}

/// A number as JSON: without a point where it is whole.
pub(crate) fn json(number: f64) -> Value {
    if is_whole(number) {
        whole(number).into()
    } else {
        number.into()
    }
}

/// Rounds half away from zero, as what is written in decimals says.
pub(crate) fn round(number: f64, places: i32) -> f64 {
    let factor = 10_f64.powi(places.clamp(-300, 300));
    let scaled = number * factor;
    if !scaled.is_finite() || scaled.abs() >= EXACT {
        return number;
    }
    // A double may stand a little below the decimals that it was written with.
    (scaled * (1.0 + 2.0 * f64::EPSILON)).round() / factor
}

/// A number without a format: as many digits as it takes, ten at most.
pub(crate) fn general(number: f64, locale: &Locale) -> String {
    let magnitude = number.abs();
    let text = if magnitude > 0.0 && !(1e-5..1e15).contains(&magnitude) {
        let text = format!("{number:.5E}");
        let (digits, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        let (sign, exponent) = exponent
            .strip_prefix('-')
            .map_or(('+', exponent), |rest| ('-', rest));
        format!("{digits}E{sign}{exponent:0>2}")
    } else if is_whole(number) {
        whole(number).to_string()
    } else {
        let before = whole(magnitude).to_string().len();
        let places = 10_usize.saturating_sub(if magnitude < 1.0 { 0 } else { before });
        let rounded = round(number, i32::try_from(places).unwrap_or(0));
        let text = format!("{rounded:.places$}");
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    text.replace('.', &locale.decimal.to_string())
}

/// The first day, which has the number 0.
fn epoch() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(1899, 12, 30)
        .unwrap_or_default()
        .into()
}

/// The number of a day.
pub(super) fn serial_of(date: NaiveDate) -> f64 {
    double(date.signed_duration_since(epoch().date()).num_days())
}

/// The number of a day, where there is such a day.
pub(super) fn serial_day(year: i32, month: u32, day: u32) -> Option<f64> {
    NaiveDate::from_ymd_opt(year, month, day).map(serial_of)
}

/// The moment that a number stands for, to the millisecond.
pub(super) fn moment(serial: f64) -> Option<Moment> {
    if serial.abs() > 3_000_000.0 {
        return None;
    }
    let ms = whole((serial * 86_400_000.0).round());
    let at = epoch().checked_add_signed(TimeDelta::milliseconds(ms))?;
    Some(Moment {
        year: at.year(),
        month: at.month(),
        day: at.day(),
        weekday: usize::try_from(at.weekday().num_days_from_monday()).unwrap_or(0),
        hour: at.hour(),
        minute: at.minute(),
        second: f64::from(at.second()) + f64::from(at.nanosecond()) / 1e9,
    })
}
