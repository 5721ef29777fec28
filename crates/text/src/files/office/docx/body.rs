//! The walk over the body of a document, or over its notes.

use std::collections::HashSet;

use crate::files::{
    FileError,
    budget::Budget,
    office::{
        docx::{
            blocks::Blocks,
            paragraph::{Paragraph, hyperlink},
            styles::{Styles, level},
        },
        package::Relations,
        xml::{Element, Node, Walk},
    },
};

/// Half points: text of a point or less is there to be overlooked.
const UNREADABLE: usize = 2;

/// More notes are none that a person wrote.
const MAX_CITED: usize = 100_000;

/// What was deleted or moved away under revision, what repeats what was read, and what is no text.
const SKIPPED: [&str; 8] = [
    "del",
    "moveFrom",
    "Fallback",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "sdtPr",
    "sectPr",
];

/// The walk and what is open in it.
#[derive(Debug)]
pub(super) struct Body<'a> {
    budget: &'a Budget,
    styles: &'a Styles,
    /// Those of the part that is walked over.
    pub(super) relations: Relations,
    blocks: Blocks<'a>,
    /// Text boxes stand in paragraphs and hold some.
    paragraphs: Vec<Paragraph>,
    /// Whether what follows is about a paragraph as a whole: its mark, its tab stops.
    in_properties: bool,
    run: Run,
    spans: Vec<usize>,
    cited: HashSet<String>,
    hidden: usize,
}

#[derive(Debug, Default)]
struct Run {
    is_open: bool,
    is_hidden: bool,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        budget: &'a Budget,
        styles: &'a Styles,
        relations: Relations,
        blocks: Blocks<'a>,
    ) -> Self {
        Self {
            budget,
            styles,
            relations,
            blocks,
            paragraphs: Vec::new(),
            in_properties: false,
            run: Run::default(),
            spans: Vec::new(),
            cited: HashSet::new(),
            hidden: 0,
        }
    }

    /// How many characters nobody sees.
    pub(super) fn hidden(&self) -> usize {
        self.hidden
    }

    pub(super) fn is_full(&self) -> bool {
        self.blocks.is_full()
    }

    /// Whether the text refers to a note of this part.
    pub(super) fn cites_any(&self, kind: &str) -> bool {
        let of_end = kind == "endnotes";
        self.cited.iter().any(|id| id.starts_with('e') == of_end)
    }

    /// Walks over a part until its end, or until there is text enough.
    pub(super) fn walk(&mut self, text: &str) -> Result<(), FileError> {
        let budget = self.budget;
        let mut walk = Walk::new(text, budget);
        while let Some(node) = walk.next()? {
            match node {
                Node::Open(element) => self.open(&element, &mut walk)?,
                Node::Close(name) => self.close(&name)?,
                Node::Text(_) => {}
            }
            if self.is_full() {
                break;
            }
        }
        Ok(())
    }

    fn open(&mut self, element: &Element<'_>, walk: &mut Walk<'_>) -> Result<(), FileError> {
        let name = element.name();
        match name {
            _ if SKIPPED.contains(&name) => walk.skip()?,
            "p" => self.paragraphs.push(Paragraph::default()),
            "pPr" => self.in_properties = true,
            "r" => {
                self.run = Run {
                    is_open: true,
                    is_hidden: false,
                }
            }
            "t" => {
                let text = walk.text()?;
                self.text(&text);
            }
            "instrText" => {
                let code = walk.text()?;
                self.on_paragraph(|paragraph| paragraph.field_code(&code));
            }
            "tbl" => self.blocks.open_table(),
            "tr" => self.blocks.open_row()?,
            "tc" => {
                self.spans.push(1);
                self.blocks.open_cell();
            }
            "footnote" | "endnote" => self.open_note(element, walk)?,
            _ if self.in_properties => self.paragraph_property(element),
            _ => self.inline(element),
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), FileError> {
        match name {
            "p" => self.end_paragraph(),
            "pPr" => self.in_properties = false,
            "r" => self.run = Run::default(),
            "hyperlink" | "fldSimple" => self.on_paragraph(Paragraph::close_link),
            "tc" => self.blocks.close_cell(self.spans.pop().unwrap_or(1))?,
            "tbl" => self.blocks.close_table()?,
            "footnote" | "endnote" => self.blocks.close_note(),
            _ => {}
        }
        Ok(())
    }

    fn paragraph_property(&mut self, element: &Element<'_>) {
        self.on_paragraph(|paragraph| match element.name() {
            "pStyle" => paragraph.style = element.attr("val"),
            "numId" => paragraph.place.list = element.attr("val"),
            "ilvl" => paragraph.place.level = element.number("val"),
            "outlineLvl" => paragraph.heading = level(element),
            _ => {}
        });
    }

    fn inline(&mut self, element: &Element<'_>) {
        match element.name() {
            "vanish" | "rStyle" | "sz" => self.run.is_hidden |= self.hides(element),
            "tab" if self.run.is_open => self.text("\t"),
            "br" | "cr" => self.text("\n"),
            "noBreakHyphen" => self.text("-"),
            "docPr" => self.text(&element.attr("descr").unwrap_or_default()),
            "gridSpan" => {
                if let (Some(span), Some(columns)) = (self.spans.last_mut(), element.number("val"))
                {
                    *span = columns;
                }
            }
            "fldChar" => {
                let mark = element.attr("fldCharType").unwrap_or_default();
                self.on_paragraph(|paragraph| paragraph.field_mark(&mark));
            }
            "hyperlink" | "fldSimple" => {
                let target = self.target_of(element).unwrap_or_default();
                self.on_paragraph(|paragraph| paragraph.open_link(target));
            }
            "footnoteReference" => self.cite("", element),
            "endnoteReference" => self.cite("e", element),
            _ => {}
        }
    }

    /// Whether a property of a run keeps it from being seen.
    fn hides(&self, property: &Element<'_>) -> bool {
        match property.name() {
            "vanish" => property.is_on(),
            "sz" => property
                .number("val")
                .is_some_and(|size: usize| size <= UNREADABLE),
            _ => {
                let style = property.attr("val").unwrap_or_default();
                self.styles.look(&style).hidden
            }
        }
    }

    /// The address of a link, which is in the relations, or in the code of a field.
    fn target_of(&self, link: &Element<'_>) -> Option<String> {
        if let Some(code) = link.attr("instr") {
            return hyperlink(&code);
        }
        let relation = self.relations.get(&link.attr("id")?)?;
        Some(relation.target.clone())
    }

    fn cite(&mut self, prefix: &str, element: &Element<'_>) {
        let id = prefix.to_owned() + &element.attr("id").unwrap_or_default();
        self.text(&format!("[^{id}]"));
        if self.cited.len() < MAX_CITED {
            self.cited.insert(id);
        }
    }

    /// The lines that separate notes are notes themselves, which nothing refers to.
    fn open_note(&mut self, element: &Element<'_>, walk: &mut Walk<'_>) -> Result<(), FileError> {
        let prefix = if element.name() == "endnote" { "e" } else { "" };
        let id = prefix.to_owned() + &element.attr("id").unwrap_or_default();
        if self.cited.contains(&id) {
            self.blocks.open_note(id);
            return Ok(());
        }
        walk.skip()
    }

    fn text(&mut self, text: &str) {
        if self.run.is_hidden {
            self.hidden += text.chars().filter(|c| !c.is_whitespace()).count();
        } else {
            self.on_paragraph(|paragraph| paragraph.text.push_str(text));
        }
    }

    fn on_paragraph(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        let look = paragraph
            .style
            .as_deref()
            .map(|style| self.styles.look(style))
            .unwrap_or_default();
        if look.hidden {
            self.hidden += paragraph
                .text
                .chars()
                .filter(|c| !c.is_whitespace())
                .count();
        } else {
            self.blocks.paragraph(&paragraph, &look);
        }
    }
}
