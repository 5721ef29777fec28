//! Lengths: which are nothing, a pixel, or far away.

use super::css::words;

/// Pixels beyond the edge of a page from which on nothing is seen.
const FAR: f64 = 900.0;
/// What may stand for a length.
const NO_LENGTHS: [&str; 7] = [
    "auto",
    "none",
    "initial",
    "normal",
    "max-content",
    "min-content",
    "fit-content",
];

/// How long a side of a box is, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Nothing,
    Pixel,
    More,
}

impl Extent {
    /// None where a browser would not take it for a length.
    pub(super) fn of(value: &str) -> Option<Self> {
        if let Some(length) = pixels(value) {
            return Some(match length {
                _ if is_zero(value) => Self::Nothing,
                _ if is_pixel_length(value) => Self::Pixel,
                _ => Self::More,
            });
        }
        (NO_LENGTHS.contains(&value) || value.ends_with(')')).then_some(Self::More)
    }
}

/// Whether a length is at most one pixel.
pub(in crate::html) fn is_pixel_length(value: &str) -> bool {
    let value = value.trim();
    let relative = value.ends_with('%') || value.ends_with("em");
    is_zero(value) || !relative && number(value).is_some_and(|n| (0.0..=1.0).contains(&n))
}

/// Whether it moves text out of the page, to the left or up; none where a browser would not take it for a length.
pub(super) fn is_far(value: &str) -> Option<bool> {
    let far = pixels(value).map(|n| n <= -FAR);
    far.or_else(|| NO_LENGTHS.contains(&value).then_some(false))
}

/// Whether it moves text out of the page in any direction.
pub(super) fn is_far_away(value: &str) -> Option<bool> {
    let far = pixels(value).map(|n| n.abs() >= FAR);
    far.or_else(|| NO_LENGTHS.contains(&value).then_some(false))
}

/// Whether a font size is too small to see; `None` where the value says nothing.
pub(super) fn is_tiny(value: &str) -> Option<bool> {
    let size = number(value)?;
    let least = match unit(value) {
        "px" | "pt" => 1.0,
        "em" | "rem" => 0.05,
        "%" => 5.0,
        _ => 0.0,
    };
    pixels(value).map(|_| size <= least)
}

/// The size in the shorthand `font`, which may have the line's height behind it.
pub(super) fn font_size(value: &str) -> Option<&str> {
    words(value).find_map(|word| {
        let size = word.split('/').next()?;
        // A weight has no unit, and is not zero.
        (number(size).is_some() && (!unit(size).is_empty() || is_zero(size))).then_some(size)
    })
}

/// A share of the whole, from a number or a percentage.
pub(super) fn share(value: &str) -> Option<f64> {
    let number = number(value)?;
    match unit(value) {
        "%" => Some(number / 100.0),
        "" => Some(number),
        _ => None,
    }
}

pub(super) fn is_zero(value: &str) -> bool {
    number(value).is_some_and(|n| n.abs() < 1e-6)
}

/// The number at the beginning of a value.
pub(super) fn number(value: &str) -> Option<f64> {
    value.get(..number_end(value))?.parse().ok()
}

fn unit(value: &str) -> &str {
    value.get(number_end(value)..).unwrap_or_default()
}

fn number_end(value: &str) -> usize {
    let digits = |from: usize| {
        let rest = value.get(from..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+'));
        from + end.unwrap_or(rest.len())
    };
    let end = digits(0);
    let rest = value.get(end..).unwrap_or_default();
    match rest.strip_prefix('e') {
        Some(exponent) if exponent.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            digits(end + 1)
        }
        _ => end,
    }
}

/// About how many pixels a length is; a share of the page is one of its size.
fn pixels(value: &str) -> Option<f64> {
    if let Some(inner) = value.strip_prefix("calc(") {
        return pixels(inner.strip_suffix(')')?.trim());
    }
    let scale = match unit(value) {
        "em" | "rem" | "pc" => 16.0,
        "ch" | "ex" => 8.0,
        "pt" => 1.33,
        "in" => 96.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "%" | "vw" | "vh" | "vmax" | "vmin" => 9.0,
        "px" => 1.0,
        "" if is_zero(value) => 1.0,
        _ => return None,
    };
    Some(number(value)? * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_told_from_pictures() {
        for (value, pixel) in [
            ("1", true),
            ("0", true),
            ("1px", true),
            ("100%", false),
            ("1em", false),
            ("60", false),
            ("", false),
            ("auto", false),
        ] {
            assert_eq!(is_pixel_length(value), pixel, "{value}");
        }
    }

    #[test]
    fn what_is_out_of_the_page_is_told_from_what_is_moved() {
        for (value, far) in [
            ("-9999px", Some(true)),
            ("calc(-9999px)", Some(true)),
            ("-100em", Some(true)),
            ("-1e4px", Some(true)),
            ("-100%", Some(true)),
            ("-100vw", Some(true)),
            ("-18pt", Some(false)),
            ("-2em", Some(false)),
            ("9999px", Some(false)),
            ("auto", Some(false)),
            ("0", Some(false)),
            ("-9999", None),
            ("far", None),
        ] {
            assert_eq!(is_far(value), far, "{value}");
        }
    }
}
