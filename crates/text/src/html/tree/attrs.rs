//! What the attributes of a start tag say.

use html5ever::Attribute;

use crate::html::style::{Look, is_pixel, is_pixel_length};

/// The attributes of a start tag.
pub(super) struct Attrs<'a>(pub(super) &'a [Attribute]);

impl Attrs<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|a| &*a.name.local == name)
            .map(|a| &*a.value)
    }

    pub(super) fn only<'n>(&self, names: &[&'n str]) -> Vec<(&'n str, &str)> {
        names
            .iter()
            .filter_map(|name| Some((*name, self.get(name)?)))
            .collect()
    }

    pub(super) fn look(&self, inherited: Look) -> Look {
        let mut look = inherited.with_colors(self.get("color"), self.get("bgcolor"));
        if self.get("background").is_some() {
            look = look.on_picture();
        }
        if let Some(style) = self.get("style") {
            look = look.with_style(style);
        }
        look.hidden |= self
            .get("hidden")
            .is_some_and(|value| !value.eq_ignore_ascii_case("until-found"));
        look
    }

    pub(super) fn is_pixel(&self) -> bool {
        ["width", "height"]
            .iter()
            .filter_map(|name| self.get(name))
            .any(is_pixel_length)
            || self.get("style").is_some_and(is_pixel)
    }

    /// A block in which a mail program puts quoted history without `blockquote`.
    pub(super) fn is_quoted_mail(&self) -> bool {
        self.get("id") == Some("OLK_SRC_BODY_SECTION")
            || self
                .get("class")
                .is_some_and(|c| c.split_ascii_whitespace().any(|c| c == "yahoo_quoted"))
    }
}
