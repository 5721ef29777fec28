//! What a presentation holds: pages, and the elements on them.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::text::Text;

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
    /// What was said of borders, the newest last.
    pub(crate) borders: Vec<Value>,
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

/// Where an element stands; lengths in EMU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Transform {
    pub(crate) scale_x: f64,
    pub(crate) scale_y: f64,
    pub(crate) shear_x: f64,
    pub(crate) shear_y: f64,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            scale_x: 1.0,
            scale_y: 1.0,
            shear_x: 0.0,
            shear_y: 0.0,
            x: 0.0,
            y: 0.0,
        }
    }
}

impl Transform {
    pub(crate) fn at(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            ..Self::default()
        }
    }

    /// Google's `AffineTransform`; what is absent is 0.
    pub(crate) fn read(value: &Value) -> Self {
        let number = |name: &str| value[name].as_f64().unwrap_or(0.0);
        let unit = if value["unit"] == "PT" { POINT } else { 1.0 };
        Self {
            scale_x: number("scaleX"),
            scale_y: number("scaleY"),
            shear_x: number("shearX"),
            shear_y: number("shearY"),
            x: number("translateX") * unit,
            y: number("translateY") * unit,
        }
    }

    pub(crate) fn json(self) -> Value {
        json!({
            "scaleX": self.scale_x,
            "scaleY": self.scale_y,
            "shearX": self.shear_x,
            "shearY": self.shear_y,
            "translateX": self.x,
            "translateY": self.y,
            "unit": "EMU",
        })
    }

    /// Whether it neither scales nor shears, as far as anybody sees.
    pub(crate) fn only_moves(self) -> bool {
        let parts = [
            self.scale_x - 1.0,
            self.scale_y - 1.0,
            self.shear_x,
            self.shear_y,
        ];
        parts.iter().all(|part| part.abs() < 1e-6)
    }

    /// First `inner`, then this.
    pub(crate) fn after(self, inner: Self) -> Self {
        let (x, y) = self.apply(inner.x, inner.y);
        Self {
            scale_x: self.scale_x * inner.scale_x + self.shear_x * inner.shear_y,
            shear_x: self.scale_x * inner.shear_x + self.shear_x * inner.scale_y,
            shear_y: self.shear_y * inner.scale_x + self.scale_y * inner.shear_y,
            scale_y: self.shear_y * inner.shear_x + self.scale_y * inner.scale_y,
            x,
            y,
        }
    }

    pub(crate) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        (
            self.scale_x * x + self.shear_x * y + self.x,
            self.shear_y * x + self.scale_y * y + self.y,
        )
    }
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

impl Deck {
    /// Every page, notes too.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &Page> {
        let notes = self.slides.iter().filter_map(Page::notes);
        let outer = [&self.slides, &self.layouts, &self.masters];
        let outer = outer.into_iter().flatten();
        outer
            .chain(notes)
            .chain(std::iter::once(&self.notes_master))
    }

    pub(crate) fn pages_mut(&mut self) -> Vec<&mut Page> {
        let mut pages: Vec<&mut Page> = Vec::new();
        for slide in &mut self.slides {
            pages.push(slide);
        }
        pages.extend(&mut self.layouts);
        pages.extend(&mut self.masters);
        pages.push(&mut self.notes_master);
        pages
    }

    pub(crate) fn page(&self, id: &str) -> Option<&Page> {
        self.pages().find(|page| page.id == id)
    }

    pub(crate) fn page_mut(&mut self, id: &str) -> Option<&mut Page> {
        for page in self.pages_mut() {
            if page.id == id {
                return Some(page);
            }
            if let PageKind::Slide { notes, .. } = &mut page.kind
                && notes.id == id
            {
                return Some(notes);
            }
        }
        None
    }

    pub(crate) fn element(&self, id: &str) -> Option<&Element> {
        let mut found = None;
        for page in self.pages() {
            for element in &page.elements {
                element.walk(&mut |it| {
                    if it.id == id {
                        found = Some(it);
                    }
                });
            }
        }
        found
    }

    pub(crate) fn element_mut(&mut self, id: &str) -> Option<&mut Element> {
        fn within<'a>(elements: &'a mut [Element], id: &str) -> Option<&'a mut Element> {
            for element in elements {
                if element.id == id {
                    return Some(element);
                }
                if let Kind::Group(children) = &mut element.kind
                    && let Some(found) = within(children, id)
                {
                    return Some(found);
                }
            }
            None
        }
        let page = self.page_of(id)?.id.clone();
        within(&mut self.page_mut(&page)?.elements, id)
    }

    /// The page that an element is on.
    pub(crate) fn page_of(&self, id: &str) -> Option<&Page> {
        self.pages().find(|page| {
            let mut is_here = false;
            for element in &page.elements {
                element.walk(&mut |it| is_here |= it.id == id);
            }
            is_here
        })
    }

    /// Whether a page or an element has this id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.page(id).is_some() || self.element(id).is_some()
    }

    /// An id that nothing has.
    pub(crate) fn fresh_id(&mut self) -> String {
        loop {
            self.counter += 1;
            // As Google's look.
            let id = format!("SLIDES_API{}_0", 1_000_000_000 + self.counter * 7_919);
            if !self.has(&id) {
                return id;
            }
        }
    }

    /// What stands on a slide.
    pub(crate) fn text_of(page: &Page) -> String {
        let parts = page.elements.iter().map(Element::plain);
        let parts = parts.filter(|it| !it.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    }

    /// The speaker's notes of a slide.
    pub(crate) fn notes_of(page: &Page) -> String {
        let Some(notes) = page.notes() else {
            return String::new();
        };
        let PageKind::Notes(id) = &notes.kind else {
            return String::new();
        };
        let shape = notes.elements.iter().find(|it| it.id == *id);
        shape.map(Element::plain).unwrap_or_default()
    }

    /// All text, slide by slide.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.slides.iter().map(Self::text_of).collect()
    }
}
