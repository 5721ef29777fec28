//! Number formats: the patterns that cells show their numbers by.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::locale::Locale;
use super::numbers::{self, Moment};

/// How many zeros or letters of one kind count; more would show nothing else.
const MOST: usize = 30;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// The zeros behind `E+` or `E-`.
    Exponent(usize),
    /// Letters of a date or a time; minutes are told from months later.
    Date(char, usize),
    /// Hours, minutes or seconds that go beyond a day.
    Elapsed(char, usize),
    Noon(bool),
    Text,
}

/// A pattern's number part, counted.
#[derive(Debug, Default)]
struct Shape {
    whole: usize,
    least: usize,
    most: usize,
    is_grouped: bool,
    exponent: Option<usize>,
}

/// A number format as Google's JSON has it.
pub(crate) fn format(kind: &str, pattern: &str) -> Value {
    json!({ "type": kind, "pattern": pattern })
}

/// Whether a format is for dates or times.
pub(crate) fn is_temporal(format: &Value) -> bool {
    matches!(format["type"].as_str(), Some("DATE" | "TIME" | "DATE_TIME"))
}

/// The pattern of a format that says none.
fn usual(kind: &str, locale: &Locale) -> &'static str {
    match kind {
        "NUMBER" => "#,##0.00",
        "PERCENT" => "0.00%",
        "SCIENTIFIC" => "0.00E+00",
        "TEXT" => "@",
        "CURRENCY" => by_place(locale, |it| it.money),
        "DATE" => by_place(locale, |it| it.date),
        "TIME" => by_place(locale, |it| it.time),
        "DATE_TIME" => by_place(locale, |it| it.date_time),
        _ => "",
    }
}

fn by_place(locale: &Locale, take: impl Fn(&Locale) -> &'static str) -> &'static str {
    take(locale)
}

/// A number as a format shows it.
pub(crate) fn show(number: f64, format: Option<&Value>, locale: &Locale) -> String {
    let Some(format) = format else {
        return numbers::general(number, locale);
    };
    let pattern = format["pattern"].as_str().filter(|it| !it.is_empty());
    let pattern = pattern.unwrap_or_else(|| usual(format["type"].as_str().unwrap_or(""), locale));
    let sections = sections(pattern);
    let (section, is_signed) = match (number, sections.as_slice()) {
        (number, [_, _, zero, ..]) if number.abs() < f64::MIN_POSITIVE => (zero, false),
        (number, [_, negative, ..]) if number < 0.0 => (negative, false),
        (number, [first, ..]) => (first, number < 0.0),
        (_, []) => return numbers::general(number, locale),
    };
    section_of(section, number, is_signed, locale)
}

/// A text as a format shows it.
pub(crate) fn show_text(text: &str, format: Option<&Value>) -> String {
    let pattern = format.and_then(|it| it["pattern"].as_str()).unwrap_or("@");
    let sections = sections(pattern);
    let section = match sections.as_slice() {
        [only] if only.contains(&Piece::Text) => only,
        [_, _, _, text] => text,
        _ => return text.to_owned(),
    };
    let pieces = section.iter().map(|piece| match piece {
        Piece::Text => text,
        Piece::Literal(literal) => literal,
        _ => "",
    });
    pieces.collect()
}

fn section_of(section: &[Piece], number: f64, is_signed: bool, locale: &Locale) -> String {
    let is_date =
        |piece: &Piece| matches!(piece, Piece::Date(..) | Piece::Elapsed(..) | Piece::Noon(_));
    if section.iter().any(is_date) {
        return date(section, number, locale);
    }
    if section.is_empty() || section.contains(&Piece::Text) {
        return numbers::general(number, locale);
    }
    let sign = if is_signed { "-" } else { "" };
    format!("{sign}{}", digits(section, number.abs(), locale))
}

/// A number by a pattern of digits, its literals around it.
fn digits(section: &[Piece], mut number: f64, locale: &Locale) -> String {
    let shape = Shape::of(section);
    for _ in section.iter().filter(|piece| **piece == Piece::Percent) {
        number *= 100.0;
    }
    let text = shape.write(number, locale);
    let (mut shown, mut is_written) = (String::new(), false);
    for piece in section {
        match piece {
            Piece::Literal(literal) => shown.push_str(literal),
            Piece::Percent => shown.push('%'),
            Piece::Digit(_) | Piece::Point if !is_written => {
                shown.push_str(&text);
                is_written = true;
            }
            _ => {}
        }
    }
    shown
}

impl Shape {
    fn of(section: &[Piece]) -> Self {
        let mut shape = Self::default();
        let (mut is_behind, mut is_exponent) = (false, false);
        for (at, piece) in section.iter().enumerate() {
            match piece {
                Piece::Point => is_behind = true,
                Piece::Exponent(zeros) => {
                    shape.exponent = Some(*zeros);
                    is_exponent = true;
                }
                Piece::Digit(_) if is_exponent => {}
                Piece::Digit(digit) if is_behind => {
                    shape.most += 1;
                    shape.least += usize::from(*digit == '0');
                }
                Piece::Digit(digit) => shape.whole += usize::from(*digit == '0'),
                Piece::Comma => {
                    let rest = section.get(at + 1..).unwrap_or_default();
                    shape.is_grouped |= rest.iter().any(|it| matches!(it, Piece::Digit(_)));
                }
                _ => {}
            }
        }
        shape.most = shape.most.min(MOST);
        shape.least = shape.least.min(MOST);
        shape.whole = shape.whole.min(MOST);
        shape
    }

    fn write(&self, number: f64, locale: &Locale) -> String {
        if let Some(zeros) = self.exponent {
            let text = format!("{number:.places$E}", places = self.most);
            let (digits, exponent) = text.split_once('E').unwrap_or((&text, "0"));
            let (sign, exponent) = exponent
                .strip_prefix('-')
                .map_or(('+', exponent), |rest| ('-', rest));
            let digits = digits.replace('.', &locale.decimal.to_string());
            return format!("{digits}E{sign}{exponent:0>zeros$}");
        }
        let rounded = numbers::round(number, i32::try_from(self.most).unwrap_or(0));
        let text = format!("{rounded:.places$}", places = self.most);
        let (whole, behind) = text.split_once('.').unwrap_or((&text, ""));
        let whole = if whole == "0" { "" } else { whole };
        let whole = format!("{whole:0>least$}", least = self.whole);
        let spare = behind.len() - behind.trim_end_matches('0').len();
        let kept = (behind.len() - spare).max(self.least);
        let mut shown = if self.is_grouped {
            grouped(&whole, locale.group)
        } else {
            whole
        };
        if kept > 0 {
            let _ = write!(shown, "{}{}", locale.decimal, &behind[..kept]);
        }
        shown
    }
}

fn grouped(digits: &str, separator: char) -> String {
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(separator);
        }
        shown.push(digit);
    }
    shown
}

/// A moment by a pattern of letters.
fn date(section: &[Piece], number: f64, locale: &Locale) -> String {
    let has_noon = section.iter().any(|it| matches!(it, Piece::Noon(_)));
    let shows_parts = section.contains(&Piece::Digit('0'));
    // What is not shown is rounded away.
    let to = if shows_parts { 86_400_000.0 } else { 86_400.0 };
    let number = (number * to).round() / to;
    let Some(moment) = numbers::moment(number) else {
        return numbers::general(number, locale);
    };
    let mut shown = String::new();
    for (at, piece) in section.iter().enumerate() {
        match piece {
            Piece::Literal(literal) => shown.push_str(literal),
            Piece::Date(letter, length) => {
                let is_minute = *letter == 'm' && is_minute(section, at);
                shown.push_str(&part(
                    if is_minute { 'n' } else { *letter },
                    *length,
                    moment,
                    (has_noon, locale),
                ));
            }
            Piece::Elapsed(letter, length) => {
                let each = match letter {
                    'h' => 24.0,
                    'm' => 1_440.0,
                    _ => 86_400.0,
                };
                let all = numbers::whole((number * each + 1e-9).floor());
                let _ = write!(shown, "{all:0>length$}");
            }
            Piece::Noon(is_long) => {
                let half = if moment.hour < 12 { "AM" } else { "PM" };
                shown.push_str(if *is_long { half } else { &half[..1] });
            }
            // Before parts of seconds it is a decimal point, elsewhere a dot.
            Piece::Point => {
                let is_decimal = section.get(at + 1) == Some(&Piece::Digit('0'));
                shown.push(if is_decimal { locale.decimal } else { '.' });
            }
            Piece::Digit('0') => {
                let tenth = numbers::whole(moment.second.fract() * 10.0 + 1e-6);
                let _ = write!(shown, "{tenth}");
            }
            Piece::Comma => shown.push(','),
            _ => {}
        }
    }
    shown
}

/// Whether the `m` there stands for minutes: hours before it, or seconds behind.
fn is_minute(section: &[Piece], at: usize) -> bool {
    let letter = |piece: &Piece| match piece {
        Piece::Date(letter, _) | Piece::Elapsed(letter, _) => Some(*letter),
        _ => None,
    };
    let before = section[..at].iter().rev().find_map(letter);
    let behind = section[at + 1..].iter().find_map(letter);
    before == Some('h') || behind == Some('s')
}

fn part(
    letter: char,
    length: usize,
    moment: Moment,
    (has_noon, locale): (bool, &Locale),
) -> String {
    let padded = |number: u32| format!("{number:0>length$}");
    let hour = if has_noon {
        (moment.hour + 11) % 12 + 1
    } else {
        moment.hour
    };
    let month = || locale.month(moment.month);
    let first = |name: &str, count: usize| name.chars().take(count).collect::<String>();
    let weekday = locale.day(moment.weekday);
    match (letter, length) {
        ('y', 1 | 2) => format!("{:02}", moment.year.rem_euclid(100)),
        ('y', _) => moment.year.to_string(),
        ('m', 1 | 2) => padded(moment.month),
        ('m', 3) => first(month(), 3),
        ('m', 5) => first(month(), 1),
        ('m', _) => month().to_owned(),
        ('d', 1 | 2) => padded(moment.day),
        ('d', 3) => first(weekday, 3),
        ('d', _) => weekday.to_owned(),
        ('h', _) => padded(hour),
        ('n', _) => padded(moment.minute),
        _ => padded(u32::try_from(numbers::whole(moment.second)).unwrap_or(0)),
    }
}

/// The sections of a pattern: for positive numbers, negative ones, zero, texts.
fn sections(pattern: &str) -> Vec<Vec<Piece>> {
    let mut all = vec![Vec::new()];
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let (piece, taken) = match letter {
            ';' => {
                all.push(Vec::new());
                (None, 1)
            }
            '"' => {
                let end = rest[1..].find('"').map_or(rest.len(), |at| at + 2);
                let inner = rest[1..end].trim_end_matches('"');
                (Some(Piece::Literal(inner.to_owned())), end)
            }
            '\\' | '_' | '*' => escaped(rest, letter),
            '[' => bracket(rest),
            _ => plain(rest, letter),
        };
        if let (Some(piece), Some(section)) = (piece, all.last_mut()) {
            section.push(piece);
        }
        rest = &rest[taken..];
    }
    all
}

/// A letter that stands for itself, or for a space of its width.
fn escaped(rest: &str, mark: char) -> (Option<Piece>, usize) {
    let Some(next) = rest[1..].chars().next() else {
        return (None, 1);
    };
    let piece = match mark {
        '\\' => Some(Piece::Literal(next.to_string())),
        '_' => Some(Piece::Literal(" ".to_owned())),
        _ => None,
    };
    (piece, 1 + next.len_utf8())
}

/// A currency, a time beyond a day, or a colour, which does not show.
fn bracket(rest: &str) -> (Option<Piece>, usize) {
    let Some(end) = rest.find(']') else {
        return (None, 1);
    };
    let inner = &rest[1..end];
    let piece = if let Some(symbol) = inner.strip_prefix('$') {
        let symbol = symbol.split('-').next().unwrap_or_default();
        Some(Piece::Literal(symbol.to_owned()))
    } else {
        let letter = inner.chars().next().unwrap_or(' ').to_ascii_lowercase();
        let is_time = matches!(letter, 'h' | 'm' | 's')
            && inner.chars().all(|it| it.to_ascii_lowercase() == letter);
        is_time.then_some(Piece::Elapsed(letter, inner.len().min(MOST)))
    };
    (piece, end + 1)
}

fn plain(rest: &str, letter: char) -> (Option<Piece>, usize) {
    let lower = letter.to_ascii_lowercase();
    let starts = |word: &str| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    match lower {
        '0' | '#' | '?' => (Some(Piece::Digit(lower)), 1),
        '.' => (Some(Piece::Point), 1),
        ',' => (Some(Piece::Comma), 1),
        '%' => (Some(Piece::Percent), 1),
        '@' => (Some(Piece::Text), 1),
        'a' if starts("am/pm") => (Some(Piece::Noon(true)), 5),
        'a' if starts("a/p") => (Some(Piece::Noon(false)), 3),
        'e' if starts("e+") || starts("e-") => {
            let zeros = rest[2..].bytes().take_while(|byte| *byte == b'0').count();
            (Some(Piece::Exponent(zeros.min(MOST))), 2 + zeros)
        }
        'y' | 'm' | 'd' | 'h' | 's' => {
            let length = rest
                .bytes()
                .take_while(|byte| char::from(byte.to_ascii_lowercase()) == lower)
                .count();
            (Some(Piece::Date(lower, length.min(MOST))), length)
        }
        other => (Some(Piece::Literal(letter.to_string())), other.len_utf8()),
    }
}
