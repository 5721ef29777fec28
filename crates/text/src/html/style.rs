//! What inline styles say about whether text can be seen.

/// How text inside an element looks, inherited from element to element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Look {
    /// Not shown at all.
    pub(super) hidden: bool,
    /// In a font of no size; an inner element may set a size again.
    tiny: bool,
    /// Line feeds are shown as they stand.
    pub(super) keeps_lines: bool,
    color: Option<u32>,
    background: Option<u32>,
}

impl Look {
    /// Whether a reader can see text that looks so.
    pub(super) fn shows_text(self) -> bool {
        let blends = self.color.is_some() && self.color == self.background;
        !self.hidden && !self.tiny && !blends
    }

    /// A link has a colour of its own unless a style gives it one.
    pub(super) fn for_link(self) -> Self {
        Self {
            color: None,
            ..self
        }
    }

    /// The look after the old `color` and `bgcolor` attributes.
    pub(super) fn with_colors(mut self, text: Option<&str>, background: Option<&str>) -> Self {
        self.color = text.and_then(color).or(self.color);
        self.background = background.and_then(color).or(self.background);
        self
    }

    /// The look after an inline style.
    pub(super) fn with_style(mut self, style: &str) -> Self {
        let mut zero = ZeroBox::default();
        let mut pictured = false;
        for (name, value) in declarations(style) {
            match name.as_str() {
                "display" => self.hidden |= value == "none",
                "visibility" => self.hidden |= value == "hidden" || value == "collapse",
                "opacity" => self.hidden |= number(&value).is_some_and(|n| n <= 0.01),
                "font-size" => self.tiny = is_tiny(&value).unwrap_or(self.tiny),
                "color" if value == "transparent" => self.hidden = true,
                "color" => self.color = color(&value).or(self.color),
                "background" | "background-color" | "background-image" => {
                    self.background = background(&value).or(self.background);
                    pictured |= is_picture(&value);
                }
                "white-space" => {
                    self.keeps_lines = value.starts_with("pre") || value == "break-spaces";
                }
                "text-indent" => self.hidden |= number(&value).is_some_and(|n| n <= -900.0),
                "height" | "max-height" => zero.height |= is_zero(&value),
                "width" | "max-width" => zero.width |= is_zero(&value),
                "overflow" => zero.clipped |= value == "hidden",
                _ => {}
            }
        }
        self.hidden |= zero.hides();
        if pictured { self.on_picture() } else { self }
    }

    /// The look on a picture, whose colours nobody knows.
    pub(super) fn on_picture(self) -> Self {
        Self {
            background: None,
            ..self
        }
    }
}

/// What is known of a box of no size.
#[derive(Default)]
struct ZeroBox {
    height: bool,
    width: bool,
    clipped: bool,
}

impl ZeroBox {
    fn hides(&self) -> bool {
        (self.height && self.width) || (self.clipped && (self.height || self.width))
    }
}

/// Whether an inline style makes a box at most one pixel wide or high.
pub(super) fn is_pixel(style: &str) -> bool {
    declarations(style)
        .filter(|(name, _)| {
            matches!(
                name.as_str(),
                "width" | "height" | "max-width" | "max-height"
            )
        })
        .any(|(_, value)| is_pixel_length(&value))
}

/// Whether a length is at most one pixel.
pub(super) fn is_pixel_length(value: &str) -> bool {
    let value = value.trim();
    let relative = value.ends_with('%') || value.ends_with("em");
    is_zero(value) || !relative && number(value).is_some_and(|n| (0.0..=1.0).contains(&n))
}

/// Whether a style asks for a normal weight, as the wrapper that Google Docs puts around pasted text.
pub(super) fn is_normal_weight(style: &str) -> bool {
    declarations(style)
        .any(|(name, value)| name == "font-weight" && (value == "normal" || value == "400"))
}

fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    let style = without_comments(style).to_ascii_lowercase();
    let pairs: Vec<_> = style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(name, value)| {
            let value = value.trim().trim_end_matches("important").trim_end();
            (
                name.trim().to_owned(),
                value.trim_end_matches('!').trim_end().to_owned(),
            )
        })
        .collect();
    pairs.into_iter()
}

fn without_comments(style: &str) -> String {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    kept.push_str(rest);
    kept
}

fn number(value: &str) -> Option<f64> {
    let end = value
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+'))
        .unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

fn is_zero(value: &str) -> bool {
    number(value).is_some_and(|n| n.abs() < f64::EPSILON)
}

/// Whether a font size is too small to see; `None` where the value says nothing.
fn is_tiny(value: &str) -> Option<bool> {
    let size = number(value)?;
    let absolute = value.ends_with("px") || value.ends_with("pt");
    Some(size <= 0.0 || absolute && size <= 1.0)
}

fn is_picture(value: &str) -> bool {
    value.contains("url(") || value.contains("gradient(")
}

/// The colour in a `background` shorthand: its first word that is one.
fn background(value: &str) -> Option<u32> {
    color(value).or_else(|| value.split_whitespace().find_map(color))
}

fn color(value: &str) -> Option<u32> {
    let value = value.trim().to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        return hex_color(hex);
    }
    if let Some(arguments) = value
        .strip_prefix("rgb(")
        .or_else(|| value.strip_prefix("rgba("))
    {
        return rgb_color(arguments.trim_end_matches(')'));
    }
    named_color(&value).or_else(|| (value.len() == 6).then(|| hex_color(&value)).flatten())
}

fn hex_color(hex: &str) -> Option<u32> {
    let doubled: String = match hex.len() {
        3 | 4 if hex.is_ascii() => hex.chars().take(3).flat_map(|c| [c, c]).collect(),
        6 | 8 => hex.get(..6)?.to_owned(),
        _ => return None,
    };
    u32::from_str_radix(&doubled, 16).ok()
}

fn rgb_color(arguments: &str) -> Option<u32> {
    let mut channels = arguments
        .split(|c: char| c == ',' || c == '/' || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<u8>().ok());
    let mut rgb = 0;
    for _ in 0..3 {
        rgb = rgb << 8 | u32::from(channels.next()??);
    }
    Some(rgb)
}

fn named_color(name: &str) -> Option<u32> {
    Some(match name {
        "white" => 0x00ff_ffff,
        "black" => 0,
        "snow" => 0x00ff_fafa,
        "whitesmoke" => 0x00f5_f5f5,
        "silver" => 0x00c0_c0c0,
        "gray" | "grey" => 0x0080_8080,
        "red" => 0x00ff_0000,
        "green" => 0x0000_8000,
        "blue" => 0x0000_00ff,
        "yellow" => 0x00ff_ff00,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_styles_hide_text_and_harmless_ones_do_not() {
        for (style, shown) in [
            ("display:none", false),
            ("DISPLAY : NONE !important", false),
            ("dis/* */play:none", false),
            ("visibility:hidden", false),
            ("font-size:0", false),
            ("font-size:0px", false),
            ("font-size:1px;line-height:1px", false),
            ("opacity:0", false),
            ("color:#fff;background:#ffffff", false),
            ("color:white;background-color:rgb(255, 255, 255)", false),
            ("color:transparent", false),
            ("max-height:0;overflow:hidden", false),
            ("width:0;height:0", false),
            ("text-indent:-9999px", false),
            ("color:#fff", true),
            ("color:#fff;background:#fff url(x.png)", true),
            (
                "color:#fff;background-image:linear-gradient(red, blue);background-color:#fff",
                true,
            ),
            ("color:#fff;background:#000", true),
            ("font-size:0.9em", true),
            ("font-size:12px", true),
            ("height:0", true),
            ("opacity:0.6", true),
            ("display:block;max-width:600px", true),
            ("mso-hide:all", true),
            ("", true),
            (";;::;color", true),
        ] {
            assert_eq!(
                Look::default().with_style(style).shows_text(),
                shown,
                "{style}"
            );
        }
    }

    #[test]
    fn a_size_and_a_colour_of_its_own_show_an_inner_element_again() {
        let cell = Look::default().with_style("font-size:0;background:#fff;color:#fff");
        assert!(!cell.shows_text());
        assert!(cell.with_style("font-size:13px;color:#000").shows_text());
        assert!(!cell.for_link().shows_text());
        assert!(cell.with_style("font-size:13px").for_link().shows_text());
    }

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
}
