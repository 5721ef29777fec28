//! The value of a cell as text.

use crate::files::office::xlsx::{
    formats::{Formats, Meaning},
    strings::Strings,
};

/// What cells refer to.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) strings: Strings,
    pub(super) formats: Formats,
    pub(super) since_1904: bool,
}

/// A cell as it is read.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) kind: String,
    pub(super) style: usize,
    pub(super) value: String,
    pub(super) formula: String,
    /// Text that is in the cell itself.
    pub(super) inline: String,
}

/// The days of 9999-12-31, beyond which there are no dates.
const LAST_DAY: f64 = 2_958_465.0;
const DAYS_TO_1904: f64 = 1462.0;
const SECONDS: f64 = 86_400.0;

impl Values {
    /// What a reader of the sheet sees, dates in the form of ISO 8601.
    pub(super) fn text(&self, cell: &Raw) -> String {
        match cell.kind.as_str() {
            "s" => {
                let index = cell.value.trim().parse().ok();
                index
                    .and_then(|index| self.strings.get(index))
                    .unwrap_or_default()
                    .to_owned()
            }
            "inlineStr" => cell.inline.clone(),
            "str" | "e" | "d" => cell.value.clone(),
            "b" => if cell.value.trim() == "1" {
                "TRUE"
            } else {
                "FALSE"
            }
            .to_owned(),
            // A program that writes formulas without Excel knows no values.
            _ if cell.value.is_empty() && !cell.formula.is_empty() => format!("={}", cell.formula),
            _ => self.number(&cell.value, self.formats.meaning(cell.style)),
        }
    }

    fn number(&self, value: &str, meaning: Meaning) -> String {
        let Ok(number) = value.trim().parse::<f64>() else {
            return value.to_owned();
        };
        match meaning {
            Meaning::Date => self.date(number).unwrap_or_else(|| plain(number)),
            Meaning::Duration => duration(number).unwrap_or_else(|| plain(number)),
            Meaning::Number => plain(number),
        }
    }

    fn date(&self, days: f64) -> Option<String> {
        let shift = if self.since_1904 { DAYS_TO_1904 } else { 0.0 };
        let days = days + shift;
        if !(0.0..=LAST_DAY).contains(&days) {
            return None;
        }
        // Times are fractions that no float holds exactly.
        let mut seconds = (days.fract() * SECONDS).round();
        let mut day = days.trunc();
        if seconds >= SECONDS {
            (day, seconds) = (day + 1.0, 0.0);
        }
        let clock = clock(whole(seconds));
        Some(match whole(day) {
            0 => clock,
            day if seconds == 0.0 => iso(day),
            day => format!("{}T{clock}", iso(day)),
        })
    }
}

/// Fifteen digits, as Excel shows them: what comes after is noise of floats.
fn plain(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    let size = f64::abs(rounded);
    if size != 0.0 && !(1e-7..1e21).contains(&size) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}

fn duration(days: f64) -> Option<String> {
    let seconds = (days * SECONDS).round();
    (0.0..=LAST_DAY * SECONDS)
        .contains(&seconds)
        .then(|| clock(whole(seconds)))
}

fn clock(seconds: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers check the range"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// A day as a date. Excel counts a 29th of February 1900, which there was not: before it, days are one less.
fn iso(day: u64) -> String {
    let since_march = |days: u64| {
        // Days since 0000-03-01; the months' lengths repeat every five from there.
        let era = days / 146_097;
        let of_era = days % 146_097;
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let date = of_year - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        (era * 400 + year + carry, month, date)
    };
    if day == 60 {
        return "1900-02-29".to_owned();
    }
    // 693_899 days lie between 0000-03-01 and 1899-12-30.
    let (year, month, date) = since_march(693_899 + day + u64::from(day < 60));
    format!("{year:04}-{month:02}-{date:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_without_the_noise_of_floats() {
        for (value, shown) in [
            ("0.30000000000000004", "0.3"),
            ("1E-3", "0.001"),
            ("12345678901234567890", "12345678901234600000"),
            ("1e300", "1e300"),
            ("1.5e-9", "1.5e-9"),
            ("-0.5", "-0.5"),
            ("42", "42"),
            ("no number", "no number"),
        ] {
            assert_eq!(Values::default().number(value, Meaning::Number), shown);
        }
    }

    #[test]
    fn days_are_dates_in_both_counts() {
        let (mac, pc) = (
            Values {
                since_1904: true,
                ..Values::default()
            },
            Values::default(),
        );
        for (values, days, shown) in [
            (&pc, "1", "1900-01-01"),
            (&pc, "59", "1900-02-28"),
            (&pc, "60", "1900-02-29"),
            (&pc, "61", "1900-03-01"),
            (&pc, "45351", "2024-02-29"),
            (&pc, "46054.5", "2026-02-01T12:00:00"),
            (&pc, "0.999999999", "1900-01-01"),
            (&pc, "0.25", "06:00:00"),
            (&pc, "2958465", "9999-12-31"),
            (&pc, "1e300", "1e300"),
            (&pc, "-1", "-1"),
            (&mac, "0", "1904-01-01"),
            (&mac, "43891", "2024-03-02"),
        ] {
            assert_eq!(values.number(days, Meaning::Date), shown, "{days}");
        }
        assert_eq!(pc.number("1.5", Meaning::Duration), "36:00:00");
        assert_eq!(pc.number("NaN", Meaning::Date), "NaN");
    }
}
