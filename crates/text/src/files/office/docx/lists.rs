//! The lists of a document: which levels are numbered, and how far each has counted.

use std::collections::HashMap;

use crate::files::{
    FileError,
    budget::Budget,
    office::{
        docx::styles::Place,
        xml::{Node, Walk},
    },
};

/// Word has nine levels.
const MAX_LEVEL: usize = 8;

/// The first number of each numbered level.
type Levels = HashMap<usize, u32>;

/// The lists of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Lists {
    forms: HashMap<String, Levels>,
    form_of: HashMap<String, String>,
    counts: HashMap<String, Vec<u32>>,
}

impl Lists {
    pub(super) fn read(text: &str, budget: &Budget) -> Result<Self, FileError> {
        let (mut lists, mut walk) = (Self::default(), Walk::new(text, budget));
        let (mut form, mut level, mut list) = (String::new(), 0, String::new());
        while let Some(node) = walk.next()? {
            let Node::Open(element) = node else { continue };
            if let "abstractNum" | "num" | "lvl" = element.name() {
                budget.keep(1)?;
            }
            let levels = lists.forms.entry(form.clone()).or_default();
            match element.name() {
                "abstractNum" => form = element.attr("abstractNumId").unwrap_or_default(),
                "lvl" => level = element.number("ilvl").unwrap_or(0),
                "start" => {
                    levels.insert(level, element.number("val").unwrap_or(1));
                }
                "numFmt" if matches!(element.attr("val").as_deref(), Some("bullet" | "none")) => {
                    levels.remove(&level);
                }
                "numFmt" => {
                    levels.entry(level).or_insert(1);
                }
                "num" => list = element.attr("numId").unwrap_or_default(),
                "abstractNumId" => {
                    lists
                        .form_of
                        .insert(list.clone(), element.attr("val").unwrap_or_default());
                }
                _ => {}
            }
        }
        Ok(lists)
    }

    /// What stands before the next paragraph of a list: nothing where it is in none.
    pub(super) fn next(&mut self, place: &Place) -> Option<String> {
        let list = place.list.as_deref().filter(|list| *list != "0")?;
        let level = place.level.unwrap_or(0).min(MAX_LEVEL);
        let indent = "  ".repeat(level);
        let levels = self.form_of.get(list).and_then(|form| self.forms.get(form));
        let Some(start) = levels.and_then(|levels| levels.get(&level)) else {
            return Some(format!("{indent}- "));
        };
        let counts = self.counts.entry(list.to_owned()).or_default();
        // What is deeper begins anew.
        counts.resize(level + 1, 0);
        let count = counts.get_mut(level)?;
        *count = if *count == 0 {
            *start
        } else {
            count.saturating_add(1)
        };
        Some(format!("{indent}{count}. "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn numbered_levels_count_and_deeper_ones_begin_anew() {
        let text = r#"<w:numbering><w:abstractNum w:abstractNumId="4">
            <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl>
            <w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl>
            <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="4"/></w:num></w:numbering>"#;
        let mut lists = Lists::read(text, &plenty()).unwrap();
        let mut next = |list: &str, level| {
            let list = Some(list.to_owned());
            lists.next(&Place {
                list,
                level: Some(level),
            })
        };
        let markers: Vec<_> = [0, 1, 1, 2, 0, 1]
            .map(|level| next("1", level).unwrap())
            .into();
        assert_eq!(markers, ["3. ", "  1. ", "  2. ", "    - ", "4. ", "  1. "]);
        assert_eq!(
            next("unknown", 9_999).unwrap(),
            format!("{}- ", " ".repeat(16))
        );
        assert_eq!(next("0", 0), None);
    }
}
