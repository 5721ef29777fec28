//! Colours: which they are, and whether one can be seen on another.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{css::words, names::named};

/// The least part of a colour that can be seen, of 255.
const LEAST_ALPHA: u8 = 13;
/// Colours whose channels are further apart are told apart, whatever their brightness.
const ALIKE: u8 = 32;
/// Text of less contrast to its background is not seen (WCAG asks for 4.5).
const LEAST_CONTRAST: f64 = 1.1;

/// The colour of text or of what is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Paint {
    /// Nobody can say here.
    #[default]
    Unknown,
    /// Red, green and blue, and how much of them covers what is below.
    Rgb(u32, u8),
    /// A colour in words that are not understood here, which can only be compared.
    Other(u64),
    /// The colour of the text.
    Current,
}

impl Paint {
    pub(super) const BLACK: Self = Self::Rgb(0, 255);
    pub(super) const WHITE: Self = Self::Rgb(0x00ff_ffff, 255);

    /// Whether text in this colour is seen on that background.
    pub(super) fn shows_on(self, background: Self) -> bool {
        match (self, background) {
            (Self::Rgb(_, alpha), _) if alpha < LEAST_ALPHA => false,
            (Self::Rgb(..), Self::Rgb(behind, _)) => {
                let Self::Rgb(text, _) = self.over(background) else {
                    return true;
                };
                !is_alike(text, behind)
            }
            (Self::Other(text), Self::Other(behind)) => text != behind,
            _ => true,
        }
    }

    /// What is seen where this covers that.
    pub(super) fn over(self, below: Self) -> Self {
        match (self, below) {
            (Self::Rgb(_, 0), _) => below,
            (Self::Rgb(color, alpha), Self::Rgb(below, _)) => {
                Self::Rgb(mixed(color, below, alpha), 255)
            }
            (Self::Rgb(_, alpha), _) if alpha < 243 => Self::Unknown,
            _ => self,
        }
    }

    /// The colour that a value of CSS names; none where it leaves everything as it is.
    pub(super) fn of(value: &str) -> Option<Self> {
        match value {
            "transparent" => Some(Self::Rgb(0, 0)),
            "initial" | "canvastext" | "windowtext" => Some(Self::BLACK),
            "canvas" | "window" => Some(Self::WHITE),
            "currentcolor" => Some(Self::Current),
            _ => known(value).or_else(|| other(value)),
        }
    }

    /// The colour in the shorthand `background`: its word that is one.
    pub(super) fn of_background(value: &str) -> Option<Self> {
        words(value)
            .filter(|word| *word != "initial")
            .find_map(Self::of)
    }

    /// The colour of an old attribute, of which browsers make one whatever it says.
    pub(super) fn of_attribute(value: &str) -> Option<Self> {
        let value = value.trim().to_ascii_lowercase();
        match value.as_str() {
            "" | "transparent" | "inherit" => None,
            _ => Some(named(&value).map_or_else(|| legacy(&value), |color| Self::Rgb(color, 255))),
        }
    }
}

/// A colour by the rules for old attributes: three parts of hexadecimal digits, anything else being a zero.
fn legacy(value: &str) -> Paint {
    let digits = value.trim_start_matches('#');
    if value.len() == 4
        && digits.len() == 3
        && let Some(color) = hex(digits)
    {
        return color;
    }
    let mut digits: Vec<u32> = digits
        .chars()
        .take(128)
        .map(|c| c.to_digit(16).unwrap_or_default())
        .collect();
    while digits.is_empty() || !digits.len().is_multiple_of(3) {
        digits.push(0);
    }
    let mut parts: Vec<&[u32]> = digits.chunks(digits.len() / 3).collect();
    for part in &mut parts {
        *part = part.get(part.len().saturating_sub(8)..).unwrap_or_default();
    }
    while parts
        .iter()
        .all(|part| part.len() > 2 && part.first() == Some(&0))
    {
        for part in &mut parts {
            *part = part.get(1..).unwrap_or_default();
        }
    }
    let color = parts.iter().fold(0, |color, part| {
        part.iter()
            .take(2)
            .fold(color << (8 - 4 * part.len().min(2)), |color, digit| {
                color << 4 | digit
            })
    });
    Paint::Rgb(color, 255)
}

/// A colour of a kind that is not calculated here, unless it cannot be one at all.
fn other(value: &str) -> Option<Paint> {
    let (name, arguments) = value.strip_suffix(')')?.split_once('(')?;
    let first = arguments.split([' ', ',']).find(|word| !word.is_empty())?;
    let lightness = |whole: f64| match part(first, whole)? / whole {
        light if light >= 0.98 => Some(Paint::WHITE),
        light if light <= 0.02 => Some(Paint::BLACK),
        _ => Some(Paint::Other(hash(value))),
    };
    match name {
        "lab" | "lch" => lightness(100.0),
        "oklab" | "oklch" => lightness(1.0),
        "var" | "color" | "color-mix" | "light-dark" | "hwb" => Some(Paint::Other(hash(value))),
        "rgb" | "rgba" | "hsl" | "hsla"
            if arguments.contains('(') || arguments.contains("from ") =>
        {
            Some(Paint::Other(hash(value)))
        }
        _ => None,
    }
}

fn known(value: &str) -> Option<Paint> {
    if let Some(digits) = value.strip_prefix('#') {
        return hex(digits);
    }
    if let Some(color) = named(value) {
        return Some(Paint::Rgb(color, 255));
    }
    let (name, arguments) = value.strip_suffix(')')?.split_once('(')?;
    let arguments: Vec<&str> = arguments
        .split(|c: char| c == ',' || c == '/' || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect();
    let [a, b, c] = *arguments.get(..3)? else {
        return None;
    };
    let alpha = arguments
        .get(3)
        .map_or(Some(1.0), |alpha| part(alpha, 1.0))?;
    let color = match name {
        "rgb" | "rgba" => packed([part(a, 255.0)?, part(b, 255.0)?, part(c, 255.0)?]),
        "hsl" | "hsla" => hsl(
            part(a.trim_end_matches("deg"), 1.0)?,
            part(b, 100.0)?,
            part(c, 100.0)?,
        ),
        _ => return None,
    };
    Some(Paint::Rgb(color, channel(alpha * 255.0)))
}

/// A number, or a percentage of the whole.
fn part(text: &str, whole: f64) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => Some(percent.parse::<f64>().ok()? / 100.0 * whole),
        None => text.parse().ok(),
    }
    .filter(|number: &f64| number.is_finite())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits"
)]
fn channel(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

fn packed(channels: [f64; 3]) -> u32 {
    let [red, green, blue] = channels.map(channel);
    u32::from_be_bytes([0, red, green, blue])
}

fn hsl(hue: f64, saturation: f64, lightness: f64) -> u32 {
    let (saturation, lightness) = (
        (saturation / 100.0).clamp(0.0, 1.0),
        (lightness / 100.0).clamp(0.0, 1.0),
    );
    let amount = saturation * lightness.min(1.0 - lightness);
    packed([0.0, 8.0, 4.0].map(|n| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        (lightness - amount * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0
    }))
}

fn hex(digits: &str) -> Option<Paint> {
    let digits: String = match digits.len() {
        3 | 4 if digits.is_ascii() => digits.chars().flat_map(|c| [c, c]).collect(),
        6 | 8 if digits.is_ascii() => digits.to_owned(),
        _ => return None,
    };
    let color = u32::from_str_radix(digits.get(..6)?, 16).ok()?;
    let alpha = match digits.get(6..)? {
        "" => 255,
        alpha => u8::from_str_radix(alpha, 16).ok()?,
    };
    Some(Paint::Rgb(color, alpha))
}

fn hash(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn mixed(above: u32, below: u32, alpha: u8) -> u32 {
    let part = f64::from(alpha) / 255.0;
    let (above, below) = (above.to_be_bytes(), below.to_be_bytes());
    let mut bytes = [0; 4];
    for ((byte, above), below) in bytes.iter_mut().zip(above).zip(below) {
        *byte = channel(f64::from(above) * part + f64::from(below) * (1.0 - part));
    }
    u32::from_be_bytes(bytes)
}

/// Whether two colours can hardly be told apart.
fn is_alike(one: u32, other: u32) -> bool {
    let channels = one.to_be_bytes().into_iter().zip(other.to_be_bytes());
    if channels.map(|(a, b)| a.abs_diff(b)).max() > Some(ALIKE) {
        return false;
    }
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05) < LEAST_CONTRAST
}

/// How bright a colour is, as WCAG defines it.
fn luminance(color: u32) -> f64 {
    let [_, channels @ ..] = color.to_be_bytes();
    let [red, green, blue] = channels.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_the_same_however_it_is_written() {
        for value in [
            "#fff",
            "#ffff",
            "#ffffff",
            "#ffffffff",
            "white",
            "rgb(255,255,255)",
            "rgb(255 255 255 / 100%)",
            "rgba(100%, 100%, 100%, 1)",
            "hsl(0, 0%, 100%)",
            "hsla(120deg 50% 100% / 1)",
        ] {
            assert_eq!(Paint::of(value), Some(Paint::WHITE), "{value}");
            assert_eq!(
                Paint::of_background(&format!("no-repeat {value}")),
                Some(Paint::WHITE),
                "{value}"
            );
        }
        assert_eq!(Paint::of("hsl(240,100%,25%)"), Paint::of("#000080"));
        assert_eq!(Paint::of("oklch(1 0 0)"), Some(Paint::WHITE));
        for invalid in [
            "",
            "nonsense",
            "rgb(x)",
            "lab(x)",
            "#12",
            "#ggg",
            "url(white)",
        ] {
            assert_eq!(Paint::of(invalid), None, "{invalid}");
        }
        assert_eq!(Paint::of_background("no-repeat center"), None);
    }

    #[test]
    fn an_old_attribute_is_always_a_colour() {
        for (value, color) in [
            (" FFFFFF", 0x00ff_ffff),
            ("#fff", 0x00ff_ffff),
            ("WHITE", 0x00ff_ffff),
            ("#fffffff", 0x00ff_fff0),
            ("fff", 0x000f_0f0f),
            ("chucknorris", 0x00c0_0000),
            ("#", 0),
        ] {
            assert_eq!(
                Paint::of_attribute(value),
                Some(Paint::Rgb(color, 255)),
                "{value}"
            );
        }
        assert_eq!(Paint::of_attribute(" "), None);
    }

    #[test]
    fn text_is_seen_on_what_differs_from_it() {
        for (text, background, seen) in [
            ("white", "white", false),
            ("#fefefe", "white", false),
            ("whitesmoke", "white", false),
            ("#eee", "white", true),
            ("#ccc", "white", true),
            ("yellow", "white", true),
            ("navy", "#000080", false),
            ("#0c0c0c", "black", false),
            ("#333", "black", true),
            ("red", "#7f7f7f", true),
            ("rgba(0,0,0,.03)", "white", false),
            ("rgba(0,0,0,.5)", "white", true),
            ("var(--x)", "var(--x)", false),
            ("var(--x)", "white", true),
        ] {
            let paint = |value| Paint::of(value).unwrap();
            assert_eq!(paint(text).shows_on(paint(background)), seen, "{text}");
        }
    }
}
