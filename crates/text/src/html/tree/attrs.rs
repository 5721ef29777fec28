//! What the attributes of a start tag say.

use html5ever::Attribute;

use crate::html::style::{Look, Names, Sheet, is_pixel, is_pixel_length};

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

    /// How what stands in an element of this tag looks, by its attributes and by the rules of the page.
    pub(super) fn look(&self, tag: &str, sheet: &Sheet, inherited: Look) -> Look {
        let mut look = inherited
            .for_tag(tag)
            .with_colors(
                self.get("color").or_else(|| self.of_body(tag, "text")),
                self.get("bgcolor"),
            )
            .with_links(self.of_body(tag, "link"));
        if self
            .get("background")
            .is_some_and(|url| !url.trim().is_empty())
        {
            look = look.on_picture();
        }
        let mut own = sheet.own(Names {
            tag,
            id: self.get("id"),
            class: self.get("class"),
        });
        if let Some(style) = self.get("style") {
            own.put_style(style);
        }
        look = own.on(look);
        look.hidden |= self
            .get("hidden")
            .is_some_and(|value| !value.eq_ignore_ascii_case("until-found"));
        look
    }

    fn of_body(&self, tag: &str, name: &str) -> Option<&str> {
        self.get(name).filter(|_| tag == "body")
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
