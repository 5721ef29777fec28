//! The walk over one slide.

use crate::files::{
    FileError,
    budget::Budget,
    office::{
        link::linked,
        package::Relations,
        pptx::shapes::{Block, Role, Shape, Size},
        xml::{Element, Node, Walk},
    },
};

/// Elements that hold text, or shapes that do.
const SHAPES: [&str; 5] = ["sp", "grpSp", "graphicFrame", "pic", "cxnSp"];

/// Elements of which something stays in memory until the slide is read.
const KEPT: [&str; 7] = ["sp", "graphicFrame", "pic", "cxnSp", "tr", "tc", "p"];

/// A slide as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Slide {
    pub(super) title: Option<String>,
    pub(super) blocks: Vec<Block>,
    pub(super) is_hidden: bool,
    /// Shapes that no audience sees.
    pub(super) unseen: usize,
}

/// What is open while a slide is read.
struct Reader<'a> {
    budget: &'a Budget,
    relations: &'a Relations,
    size: Option<Size>,
    slide: Slide,
    shapes: Vec<Shape>,
    table: Vec<Vec<String>>,
    cell: Option<String>,
    paragraph: String,
    level: usize,
    link: Option<String>,
    /// Whether only the text of the body counts, as on a page of notes.
    only_body: bool,
}

impl Slide {
    pub(super) fn read(
        text: &str,
        relations: &Relations,
        size: Option<Size>,
        budget: &Budget,
    ) -> Result<Self, FileError> {
        Reader::new(relations, size, budget).walk(text)
    }

    /// What the speaker is to say.
    pub(super) fn read_notes(text: &str, budget: &Budget) -> Result<Vec<Block>, FileError> {
        let none = Relations::new();
        let mut reader = Reader::new(&none, None, budget);
        reader.only_body = true;
        Ok(reader.walk(text)?.blocks)
    }
}

impl<'a> Reader<'a> {
    fn new(relations: &'a Relations, size: Option<Size>, budget: &'a Budget) -> Self {
        Self {
            budget,
            relations,
            size,
            slide: Slide::default(),
            shapes: Vec::new(),
            table: Vec::new(),
            cell: None,
            paragraph: String::new(),
            level: 0,
            link: None,
            only_body: false,
        }
    }

    fn walk(mut self, text: &str) -> Result<Slide, FileError> {
        let mut walk = Walk::new(text, self.budget);
        while let Some(node) = walk.next()? {
            match node {
                Node::Open(element) => self.open(&element, &mut walk)?,
                Node::Close(name) => self.close(&name),
                Node::Text(_) => {}
            }
        }
        Ok(self.slide)
    }

    fn open(&mut self, element: &Element<'_>, walk: &mut Walk<'_>) -> Result<(), FileError> {
        if KEPT.contains(&element.name()) {
            self.budget.keep(1)?;
        }
        match element.name() {
            "Fallback" => walk.skip()?,
            "sld" => {
                self.slide.is_hidden =
                    matches!(element.attr("show").as_deref(), Some("0" | "false"));
            }
            name if SHAPES.contains(&name) => self.shapes.push(Shape::default()),
            "tr" => self.table.push(Vec::new()),
            // The cells that one covers are in the file as well.
            "tc" => self.cell = Some(String::new()),
            "p" => (self.paragraph, self.level) = (String::new(), 0),
            "pPr" => self.level = element.number("lvl").unwrap_or(0).min(8),
            "r" | "fld" => self.link = None,
            "hlinkClick" => self.link = element.prefixed("id"),
            "br" => self.paragraph.push('\n'),
            "t" => {
                let text = walk.text()?;
                self.text(&text);
            }
            _ => {
                if let Some(shape) = self.shapes.last_mut() {
                    shape.take(element);
                }
            }
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "tc" => self.end_cell(),
            "tbl" => {
                let rows = std::mem::take(&mut self.table);
                self.block(Block::Table(rows));
            }
            _ if SHAPES.contains(&name) => self.end_shape(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let relation = self.link.as_ref().and_then(|id| self.relations.get(id));
        match relation.filter(|relation| relation.external) {
            Some(relation) => self.paragraph.push_str(&linked(text, &relation.target)),
            None => self.paragraph.push_str(text),
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let text = match self.level {
            0 => text.to_owned(),
            level => format!("{}- {text}", "  ".repeat(level - 1)),
        };
        if let Some(cell) = &mut self.cell {
            cell.push_str(&text);
            cell.push('\n');
        } else if let Some(Block::Text(all)) = self
            .shapes
            .last_mut()
            .and_then(|shape| shape.blocks.last_mut())
        {
            all.push('\n');
            all.push_str(&text);
        } else {
            self.block(Block::Text(text));
        }
    }

    fn end_cell(&mut self) {
        if let (Some(text), Some(row)) = (self.cell.take(), self.table.last_mut()) {
            row.push(text);
        }
    }

    fn block(&mut self, block: Block) {
        match self.shapes.last_mut() {
            Some(shape) => shape.blocks.push(block),
            None => self.slide.blocks.push(block),
        }
    }

    fn end_shape(&mut self) {
        let Some(shape) = self.shapes.pop() else {
            return;
        };
        // Where a shape of a group is depends on the group, whose own place counts.
        let is_off = self.shapes.is_empty() && shape.is_off(self.size);
        if shape.is_hidden || is_off {
            self.slide.unseen += usize::from(!shape.blocks.is_empty());
            return;
        }
        match shape.role {
            Role::Furniture => {}
            _ if self.only_body && shape.role != Role::Body => {}
            Role::Title if self.slide.title.is_none() && self.shapes.is_empty() => {
                self.slide.title = shape.title();
            }
            _ => match self.shapes.last_mut() {
                Some(group) => group.blocks.extend(shape.blocks),
                None => self.slide.blocks.extend(shape.blocks),
            },
        }
    }
}
