//! What a presentation holds: pages, and the elements on them.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::text::Text;
pub(crate) use super::transform::Transform;

/// The English Metric Units of a point.
pub(crate) const POINT: f64 = 12_700.0;

/// A presentation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deck {
    /// In EMU.
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) slides: Vec<Page>,
    pub(crate) layouts: Vec<Page>,
    pub(crate) masters: Vec<Page>,
    pub(crate) notes_master: Page,
    /// Counts changes.
    pub(crate) revision: u64,
    /// Counts the ids that were made up.
    pub(crate) counter: u64,
}

/// A page of any kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) kind: PageKind,
    /// Google's `pageProperties`.
    pub(crate) properties: Value,
    /// The picture that fills its background.
    pub(crate) background: Option<Image>,
    /// From back to front.
    pub(crate) elements: Vec<Element>,
}

/// What a page is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PageKind {
    Slide {
        layout: String,
        master: String,
        notes: Box<Page>,
        skipped: bool,
    },
    Layout {
        master: String,
        name: &'static str,
        shown: &'static str,
    },
    Master,
    /// The id of the shape with the speaker's notes, whether it is there or not.
    Notes(String),
    NotesMaster,
}

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element {
    pub(crate) id: String,
    /// Width and height before the transform, in EMU; groups have none.
    pub(crate) size: Option<(f64, f64)>,
    pub(crate) transform: Transform,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) kind: Kind,
}

/// What an element is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Shape(Shape),
    Image(Image),
    Table(Table),
    Group(Vec<Element>),
    /// Google's `video`.
    Video(Value),
    /// Google's `line`.
    Line(Value),
}

/// A shape with its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    /// Google's `shapeType`.
    pub(crate) kind: String,
    pub(crate) placeholder: Option<Placeholder>,
    /// Google's `shapeProperties`, as far as they are not inherited.
    pub(crate) properties: Value,
    pub(crate) text: Text,
}

/// What a shape stands for on a layout.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placeholder {
    pub(crate) kind: String,
    pub(crate) index: u64,
    pub(crate) parent: Option<String>,
}

/// A picture that was put on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Image {
    pub(crate) picture: Arc<Picture>,
    pub(crate) source_url: String,
    pub(crate) properties: Value,
}

/// A picture's file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub(crate) bytes: Bytes,
    pub(crate) mime_type: &'static str,
    /// In pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// The widths of the columns, in EMU.
    pub(crate) columns: Vec<f64>,
    pub(crate) rows: Vec<Row>,
    /// Google's `tableBorderProperties`, alike around all cells here.
    pub(crate) border: Value,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// At least, in EMU.
    pub(crate) height: f64,
    pub(crate) cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) text: Text,
    /// Google's `tableCellProperties`.
    pub(crate) properties: Value,
    /// How many rows and columns it spans; (0, 0) where another covers it.
    pub(crate) span: (usize, usize),
}

/// A `Dimension` in EMU.
pub(crate) fn length(value: &Value) -> Option<f64> {
    let unit = if value["unit"] == "PT" { POINT } else { 1.0 };
    value
        .is_object()
        .then(|| value["magnitude"].as_f64().unwrap_or(0.0) * unit)
}

/// A `Dimension` of so many EMU.
pub(crate) fn emu(magnitude: f64) -> Value {
    json!({ "magnitude": magnitude, "unit": "EMU" })
}

/// A `Dimension` of so many points.
pub(crate) fn points(magnitude: f64) -> Value {
    json!({ "magnitude": magnitude, "unit": "PT" })
}

impl Page {
    pub(crate) fn new(id: &str, kind: PageKind) -> Self {
        Self {
            id: id.to_owned(),
            kind,
            properties: json!({ "pageBackgroundFill": { "propertyState": "INHERIT" } }),
            background: None,
            elements: Vec::new(),
        }
    }

    /// The page with the notes of a slide.
    pub(crate) fn notes(&self) -> Option<&Self> {
        match &self.kind {
            PageKind::Slide { notes, .. } => Some(notes),
            _ => None,
        }
    }
}

impl Shape {
    pub(crate) fn new(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            placeholder: None,
            properties: json!({}),
            text: Text::default(),
        }
    }
}

impl Element {
    pub(crate) fn shape(&self) -> Option<&Shape> {
        match &self.kind {
            Kind::Shape(shape) => Some(shape),
            _ => None,
        }
    }

    pub(crate) fn placeholder(&self) -> Option<&Placeholder> {
        self.shape()?.placeholder.as_ref()
    }

    pub(crate) fn children(&self) -> &[Self] {
        match &self.kind {
            Kind::Group(children) => children,
            _ => &[],
        }
    }

    /// The element and all within it.
    pub(crate) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    pub(crate) fn walk_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        visit(self);
        if let Kind::Group(children) = &mut self.kind {
            for child in children {
                child.walk_mut(visit);
            }
        }
    }

    /// The texts of the element: one, or those of the cells.
    pub(crate) fn texts_mut(&mut self) -> Vec<&mut Text> {
        match &mut self.kind {
            Kind::Shape(shape) => vec![&mut shape.text],
            Kind::Table(table) => table
                .rows
                .iter_mut()
                .flat_map(|row| &mut row.cells)
                .map(|cell| &mut cell.text)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Its text, cells between tabs and rows on lines of their own.
    pub(crate) fn plain(&self) -> String {
        match &self.kind {
            Kind::Shape(shape) => shape.text.plain(),
            Kind::Table(table) => {
                let rows = table.rows.iter().map(|row| {
                    let cells = row.cells.iter().map(|cell| cell.text.plain());
                    cells.collect::<Vec<_>>().join("\t")
                });
                rows.collect::<Vec<_>>().join("\n")
            }
            Kind::Group(children) => {
                let parts = children.iter().map(Self::plain);
                parts
                    .filter(|it| !it.is_empty())
                    .collect::<Vec<_>>()
                    .join("\n")
            }
            Kind::Image(_) | Kind::Video(_) | Kind::Line(_) => String::new(),
        }
    }
}
