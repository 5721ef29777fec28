//! What styles say about whether text can be seen.

mod color;
mod css;
mod declaration;
mod length;
mod names;
mod own;
mod sheet;
#[cfg(test)]
mod tests;

use self::{color::Paint, css::declarations};
pub(super) use self::{
    length::is_pixel_length,
    sheet::{Names, Sheet, applies},
};

/// Whether an inline style makes a box at most one pixel wide or high.
pub(super) fn is_pixel(style: &str) -> bool {
    declarations(style)
        .iter()
        .filter(|(name, ..)| {
            matches!(
                name.as_str(),
                "width" | "height" | "max-width" | "max-height"
            )
        })
        .any(|(_, value, _)| is_pixel_length(value))
}

/// Whether a style asks for a normal weight, as the wrapper that Google Docs puts around pasted text.
pub(super) fn is_normal_weight(style: &str) -> bool {
    declarations(style)
        .iter()
        .any(|(name, value, _)| name == "font-weight" && (value == "normal" || value == "400"))
}

/// Thousandths of opacity below which nothing is seen.
const LEAST_OPACITY: u32 = 50;

/// How text inside an element looks, inherited from element to element.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is what one property of CSS says, independent of the others"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Not shown at all, whatever inner elements say.
    pub(super) hidden: bool,
    /// Not shown, unless an inner element says otherwise.
    invisible: bool,
    /// Moved out of the page by its indent, unless an inner element has another.
    outdented: bool,
    /// In a font of no size; an inner element may set a size again.
    tiny: bool,
    /// Line feeds are shown as they stand.
    pub(super) keeps_lines: bool,
    /// In thousandths, with what is around it.
    opacity: u32,
    color: Paint,
    /// The colour of links.
    link: Paint,
    /// The colour around a link, which it may say that it has as well.
    around_link: Option<Paint>,
    background: Paint,
}

impl Default for Look {
    /// A page is white with black text, until it says otherwise.
    fn default() -> Self {
        Self {
            hidden: false,
            invisible: false,
            outdented: false,
            tiny: false,
            keeps_lines: false,
            opacity: 1000,
            color: Paint::BLACK,
            link: Paint::Unknown,
            around_link: None,
            background: Paint::WHITE,
        }
    }
}

impl Look {
    /// Whether a reader can see text that looks so.
    pub(super) fn shows_text(self) -> bool {
        self.shows_pictures() && !self.tiny && self.color.shows_on(self.background)
    }

    /// Whether a reader can see a picture that stands so.
    pub(super) fn shows_pictures(self) -> bool {
        !self.hidden && !self.invisible && !self.outdented && self.opacity > LEAST_OPACITY
    }

    /// A link has a colour of its own unless a style gives it one.
    pub(super) fn for_link(self) -> Self {
        Self {
            color: self.link,
            around_link: Some(self.color),
            ..self
        }
    }

    /// The look of elements that browsers give colours of their own.
    pub(super) fn for_tag(self, tag: &str) -> Self {
        match tag {
            "mark" | "button" => Self {
                color: Paint::Unknown,
                background: Paint::Unknown,
                ..self
            },
            _ => self,
        }
    }

    /// The look after the old `color` and `bgcolor` attributes.
    pub(super) fn with_colors(mut self, text: Option<&str>, background: Option<&str>) -> Self {
        self.color = text.and_then(Paint::of_attribute).unwrap_or(self.color);
        self.background = background
            .and_then(Paint::of_attribute)
            .unwrap_or(self.background);
        self
    }

    /// The look after the colour of links that a body declares.
    pub(super) fn with_links(self, link: Option<&str>) -> Self {
        Self {
            link: link.and_then(Paint::of_attribute).unwrap_or(self.link),
            ..self
        }
    }

    /// The look on a picture, whose colours nobody knows.
    pub(super) fn on_picture(self) -> Self {
        Self {
            background: Paint::Unknown,
            ..self
        }
    }
}
