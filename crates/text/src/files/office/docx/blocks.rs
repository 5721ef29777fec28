//! Where paragraphs go: into the text, a cell of a table, or a note.

use crate::files::{
    FileError,
    budget::Budget,
    office::docx::{lists::Lists, paragraph::Paragraph, styles::Look},
    sink::Sink,
    table,
};

/// More columns than fit on any page.
const MAX_SPAN: usize = 64;

/// What is open around a paragraph.
#[derive(Debug)]
enum Frame {
    Table(Vec<Vec<String>>),
    Cell(String),
    Note { id: String, text: String },
}

/// The blocks of a document.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    sink: &'a mut Sink,
    budget: &'a Budget,
    lists: Lists,
    frames: Vec<Frame>,
    /// Whether the block before was of a kind that goes on without an empty line.
    in_list: bool,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(sink: &'a mut Sink, budget: &'a Budget, lists: Lists) -> Self {
        Self {
            sink,
            budget,
            lists,
            frames: Vec::new(),
            in_list: false,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.sink.is_full()
    }

    /// Takes a paragraph that has ended.
    pub(super) fn paragraph(&mut self, paragraph: &Paragraph, look: &Look) {
        let text = paragraph.text.trim();
        if text.is_empty() {
            return;
        }
        if let Some(level) = paragraph.heading.or(look.heading) {
            let marks = if self.frames.is_empty() {
                "#".repeat(level.min(6)) + " "
            } else {
                String::new()
            };
            return self.block(&format!("{marks}{}", text.replace('\n', " ")), false);
        }
        let mut place = paragraph.place.clone();
        place.list = place.list.or_else(|| look.place.list.clone());
        place.level = place.level.or(look.place.level);
        match self.lists.next(&place) {
            Some(marker) => self.block(&format!("{marker}{}", text.replace('\n', "\n  ")), true),
            None => self.block(text, false),
        }
    }

    fn block(&mut self, text: &str, in_list: bool) {
        if let Some(all) = self.frames.iter_mut().rev().find_map(Frame::text) {
            if !all.is_empty() {
                all.push('\n');
            }
            all.push_str(text);
        } else {
            if in_list && self.in_list {
                self.sink.line();
            } else {
                self.sink.paragraph();
            }
            self.sink.push(text);
            self.in_list = in_list;
        }
    }

    pub(super) fn open_table(&mut self) {
        self.frames.push(Frame::Table(Vec::new()));
    }

    pub(super) fn open_row(&mut self) -> Result<(), FileError> {
        if let Some(Frame::Table(rows)) = self.frames.last_mut() {
            self.budget.keep(1)?;
            rows.push(Vec::new());
        }
        Ok(())
    }

    pub(super) fn open_cell(&mut self) {
        if let Some(Frame::Table(_)) = self.frames.last() {
            self.frames.push(Frame::Cell(String::new()));
        }
    }

    /// Ends a cell that spans so many columns.
    pub(super) fn close_cell(&mut self, span: usize) -> Result<(), FileError> {
        let span = span.clamp(1, MAX_SPAN);
        self.budget.keep(span)?;
        if let Some(Frame::Cell(text)) = self.frames.pop_if(|frame| matches!(frame, Frame::Cell(_)))
            && let Some(Frame::Table(rows)) = self.frames.last_mut()
            && let Some(row) = rows.last_mut()
        {
            row.push(text);
            row.extend(std::iter::repeat_n(String::new(), span - 1));
        }
        Ok(())
    }

    pub(super) fn close_table(&mut self) -> Result<(), FileError> {
        let Some(Frame::Table(rows)) = self.frames.pop_if(|frame| matches!(frame, Frame::Table(_)))
        else {
            return Ok(());
        };
        let is_box = rows.len() == 1 && rows.first().is_some_and(|row| row.len() == 1);
        if is_box || !self.frames.is_empty() {
            // A frame around text, or a table in a cell, which Markdown has not.
            for row in &rows {
                let filled: Vec<_> = row
                    .iter()
                    .map(|cell| cell.trim())
                    .filter(|cell| !cell.is_empty())
                    .collect();
                self.block(&filled.join(" / "), false);
            }
            return Ok(());
        }
        self.sink.paragraph();
        self.in_list = false;
        table::write(&rows, self.sink, self.budget)
    }

    pub(super) fn open_note(&mut self, id: String) {
        let text = String::new();
        self.frames.push(Frame::Note { id, text });
    }

    pub(super) fn close_note(&mut self) {
        if let Some(Frame::Note { id, text }) = self
            .frames
            .pop_if(|frame| matches!(frame, Frame::Note { .. }))
        {
            self.block(
                &format!("[^{id}]: {}", text.trim().replace('\n', "\n  ")),
                true,
            );
        }
    }
}

impl Frame {
    fn text(&mut self) -> Option<&mut String> {
        match self {
            Self::Table(_) => None,
            Self::Cell(text) | Self::Note { text, .. } => Some(text),
        }
    }
}
