//! What the styles of a document say: which are headings, which are lists, which are hidden.

use std::collections::HashMap;

use crate::files::{
    FileError,
    budget::Budget,
    office::xml::{Element, Node, Walk},
};

/// How many styles a style may be based on, one after the other. A longer chain is a ring.
const MAX_CHAIN: usize = 16;

/// The list and level that a paragraph is part of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Zero takes a paragraph out of the list of its style.
    pub(super) list: Option<String>,
    pub(super) level: Option<usize>,
}

/// What a style makes of a paragraph or run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// From 1 on.
    pub(super) heading: Option<usize>,
    pub(super) place: Place,
    pub(super) hidden: bool,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    look: Look,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    pub(super) fn read(text: &str, budget: &Budget) -> Result<Self, FileError> {
        let (mut styles, mut walk) = (HashMap::new(), Walk::new(text, budget));
        let mut open: Option<(String, Style)> = None;
        while let Some(node) = walk.next()? {
            match (node, &mut open) {
                (Node::Open(element), None) if element.name() == "style" => {
                    budget.keep(1)?;
                    let id = element.attr("styleId").unwrap_or_default();
                    open = Some((id, Style::default()));
                }
                (Node::Open(element), Some((_, style))) => style.take(&element),
                (Node::Close(name), Some(_)) if name == "style" => styles.extend(open.take()),
                _ => {}
            }
        }
        Ok(Self(styles))
    }

    /// What a style says, and where it says nothing, what the one says that it is based on.
    pub(super) fn look(&self, id: &str) -> Look {
        let mut look = Look::default();
        let mut next = Some(id);
        for _ in 0..MAX_CHAIN {
            let Some(style) = next.and_then(|id| self.0.get(id)) else {
                break;
            };
            look.heading = look.heading.or(style.look.heading);
            look.place.list = look.place.list.or_else(|| style.look.place.list.clone());
            look.place.level = look.place.level.or(style.look.place.level);
            look.hidden |= style.look.hidden;
            next = style.based_on.as_deref();
        }
        look
    }
}

impl Style {
    fn take(&mut self, element: &Element<'_>) {
        let look = &mut self.look;
        match element.name() {
            "name" => {
                look.heading = look
                    .heading
                    .or(by_name(&element.attr("val").unwrap_or_default()));
            }
            "basedOn" => self.based_on = element.attr("val"),
            "outlineLvl" => look.heading = level(element).or(look.heading),
            "numId" => look.place.list = element.attr("val"),
            "ilvl" => look.place.level = element.number("val"),
            "vanish" => look.hidden = element.is_on(),
            _ => {}
        }
    }
}

/// A level of the outline as a heading's; nine is that of body text.
pub(super) fn level(element: &Element<'_>) -> Option<usize> {
    let level: usize = element.number("val")?;
    (level < 9).then_some(level + 1)
}

/// The names of built-in styles are English in every language's Word.
fn by_name(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    match name.strip_prefix("heading ") {
        Some(level) => level
            .trim()
            .parse()
            .ok()
            .filter(|level| (1..=9).contains(level)),
        None => (name == "title").then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn a_style_has_what_its_base_has_and_a_ring_of_them_ends() {
        let text = r#"<w:styles>
            <w:style w:styleId="H"><w:name w:val="heading 2"/><w:basedOn w:val="N"/></w:style>
            <w:style w:styleId="Mine"><w:basedOn w:val="H"/><w:rPr><w:vanish/></w:rPr></w:style>
            <w:style w:styleId="A"><w:basedOn w:val="B"/></w:style>
            <w:style w:styleId="B"><w:basedOn w:val="A"/><w:numPr><w:numId w:val="7"/></w:numPr></w:style>
            <w:style w:styleId="Body"><w:outlineLvl w:val="9"/><w:vanish w:val="0"/></w:style></w:styles>"#;
        let styles = Styles::read(text, &plenty()).unwrap();
        assert_eq!(styles.look("H").heading, Some(2));
        let mine = styles.look("Mine");
        assert!(mine.heading == Some(2) && mine.hidden);
        assert_eq!(styles.look("A").place.list.as_deref(), Some("7"));
        assert_eq!(styles.look("Body"), Look::default());
        assert_eq!(styles.look("none"), Look::default());
    }
}
