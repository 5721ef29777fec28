//! Colours of a branding, and which text stays readable on them.

/// An opaque colour of a stylesheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

impl Colour {
    pub(crate) const BLACK: Self = Self([0; 3]);
    pub(crate) const WHITE: Self = Self([255; 3]);
    /// Behind the light pages, and behind the dark ones.
    pub(crate) const LIGHT_PAGE: Self = Self::WHITE;
    pub(crate) const DARK_PAGE: Self = Self([0x0d, 0x11, 0x17]);

    /// From `#rgb` or `#rrggbb`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let digit = |at: usize| {
            let digit = digits.as_bytes().get(at).copied().map(char::from)?;
            u8::try_from(digit.to_digit(16)?).ok()
        };
        let channel = |n: usize| match digits.len() {
            3 => Some(digit(n)? * 17),
            6 => Some(digit(2 * n)? * 16 + digit(2 * n + 1)?),
            _ => None,
        };
        Some(Self([channel(0)?, channel(1)?, channel(2)?]))
    }

    /// Black or white, whichever is easier to read on it. One of them has a contrast of 4.58 at
    /// least, which is more than WCAG 2 asks for (4.5, level AA).
    pub(crate) fn text_on(self) -> Self {
        if self.contrast(Self::BLACK) > self.contrast(Self::WHITE) {
            Self::BLACK
        } else {
            Self::WHITE
        }
    }

    /// The contrast ratio of WCAG 2, from 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_three_or_six_hex_digits_and_nothing_else() {
        let cases = [
            ("#0b57d0", Some("#0b57d0")),
            ("#ABC", Some("#aabbcc")),
            ("0b57d0", None),
            ("#0b57d", None),
            ("#0b57d00", None),
            ("#0b57dg", None),
            ("#", None),
            ("", None),
            ("red", None),
            ("#\u{e9}\u{e9}\u{e9}", None),
            ("#fff;}body{", None),
            ("#+12", None),
        ];
        for (text, expected) in cases {
            let read = Colour::parse(text).map(|colour| colour.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn text_on_any_colour_is_readable() {
        let steps = (0..=255).step_by(15).map(|n| u8::try_from(n).unwrap());
        let steps: Vec<u8> = steps.collect();
        for (red, green) in steps.iter().flat_map(|r| steps.iter().map(move |g| (r, g))) {
            for blue in &steps {
                let colour = Colour([*red, *green, *blue]);
                assert!(colour.contrast(colour.text_on()) >= 4.5, "{colour}");
            }
        }
        let known = Colour::BLACK.contrast(Colour::WHITE);
        assert!((known - 21.0).abs() < 1e-9, "{known}");
        // The example of WCAG's own authors: #777777 on white just fails.
        let grey = Colour::parse("#777777").unwrap().contrast(Colour::WHITE);
        assert!((grey - 4.48).abs() < 0.005, "{grey}");
    }
}
