//! The shapes that are open while a slide is read, and what they hold.

use crate::files::office::xml::Element;

/// Text or a table of a slide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Text(String),
    Table(Vec<Vec<String>>),
}

/// How large a slide is, in units of which an inch has 914,400.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: i64,
    pub(super) height: i64,
}

/// What a shape is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    #[default]
    Other,
    Title,
    Body,
    /// Number, date and footer, which every slide repeats.
    Furniture,
}

/// A shape that is open.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) role: Role,
    pub(super) is_hidden: bool,
    pub(super) blocks: Vec<Block>,
    offset: Option<(i64, i64)>,
    extent: Option<(i64, i64)>,
}

impl Shape {
    /// Takes what an element says of the shape as a whole.
    pub(super) fn take(&mut self, element: &Element<'_>) {
        match element.name() {
            "cNvPr" => {
                self.is_hidden = element.is_true("hidden");
                // What a picture shows, in words.
                let shown = element.attr("descr").unwrap_or_default();
                if !shown.trim().is_empty() {
                    self.blocks.push(Block::Text(shown.trim().to_owned()));
                }
            }
            "ph" => {
                self.role = match element.attr("type").as_deref() {
                    Some("title" | "ctrTitle") => Role::Title,
                    Some("sldNum" | "dt" | "ftr" | "hdr" | "sldImg") => Role::Furniture,
                    Some("body") => Role::Body,
                    _ => Role::Other,
                }
            }
            "off" if self.offset.is_none() => {
                self.offset = element.number("x").zip(element.number("y"));
            }
            "ext" if self.extent.is_none() => {
                self.extent = element.number("cx").zip(element.number("cy"));
            }
            _ => {}
        }
    }

    /// Whether no part of the shape is on the slide. One without a place of its own has that of its layout.
    pub(super) fn is_off(&self, slide: Option<Size>) -> bool {
        let (Some((x, y)), Some((width, height)), Some(slide)) = (self.offset, self.extent, slide)
        else {
            return false;
        };
        let ends = |start: i64, length: i64| start.saturating_add(length.max(1)) <= 0;
        x >= slide.width || y >= slide.height || ends(x, width) || ends(y, height)
    }

    /// Its text on one line, as a title.
    pub(super) fn title(&self) -> Option<String> {
        let texts: Vec<_> = self
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Text(text) => Some(text.as_str()),
                Block::Table(_) => None,
            })
            .collect();
        let title = crate::chars::one_line(&texts.join(" "));
        (!title.is_empty()).then_some(title)
    }
}
