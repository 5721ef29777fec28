//! A page as what has to be drawn, in points, for a picture as for a printed page.

use std::sync::Arc;

use serde_json::Value;
use tiny_skia::{Path, PathBuilder, Rect, Transform};

use super::deck::{self, Deck, Element, Image, Kind, POINT, Page, Picture, Shape, Table, length};
use super::geometry;
use super::lines::{self, Frame, INSET};
use super::look::{Letters, Look};

/// A colour with its opacity, each part from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Color(pub(super) [f32; 4]);

/// Something drawn, in a measure of its own.
pub(super) struct Op {
    pub(super) transform: Transform,
    pub(super) draw: Draw,
}

/// What is drawn.
pub(super) enum Draw {
    Fill(Path, Color),
    Stroke {
        path: Path,
        color: Color,
        width: f32,
        dash: Vec<f32>,
    },
    Words {
        text: String,
        x: f32,
        y: f32,
        letters: Letters,
    },
    Picture {
        picture: Arc<Picture>,
        width: f32,
        height: f32,
        /// What is cut away on the left, at the top, on the right and at the bottom.
        crop: [f32; 4],
    },
}

impl Default for Color {
    fn default() -> Self {
        Self([0.0, 0.0, 0.0, 1.0])
    }
}

impl Color {
    pub(super) fn new(red: f64, green: f64, blue: f64, alpha: f64) -> Self {
        Self([red, green, blue, alpha].map(|part| plain(part.clamp(0.0, 1.0))))
    }

    fn grey(part: f32) -> Self {
        Self([part, part, part, 1.0])
    }
}

impl Draw {
    pub(super) fn rect(x: f32, y: f32, width: f32, height: f32, color: Color) -> Option<Self> {
        let rect = Rect::from_xywh(x, y, width, height)?;
        Some(Self::Fill(PathBuilder::from_rect(rect), color))
    }
}

/// A length in EMU as points.
pub(super) fn short(emu: f64) -> f32 {
    plain(emu / POINT)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what is drawn need not be more exact"
)]
pub(super) fn plain(number: f64) -> f32 {
    number as f32
}

impl Deck {
    /// The size of its pages in points.
    pub(super) fn points(&self) -> (f32, f32) {
        (short(self.width), short(self.height))
    }

    /// What draws a page.
    pub(super) fn scene(&self, page: &Page) -> Vec<Op> {
        let look = Look { deck: self, page };
        let (width, height) = self.points();
        let mut scene = Scene {
            look,
            ops: Vec::new(),
        };
        scene.background(width, height);
        // What stands on the layout and the master is on the slide too, placeholders apart.
        let chain = look.chain();
        for outer in chain.iter().skip(1).rev() {
            for element in outer
                .elements
                .iter()
                .filter(|it| it.placeholder().is_none())
            {
                scene.element(element, deck::Transform::default());
            }
        }
        for element in &page.elements {
            scene.element(element, deck::Transform::default());
        }
        scene.ops
    }
}

struct Scene<'a> {
    look: Look<'a>,
    ops: Vec<Op>,
}

/// A box in points, and where it lies.
#[derive(Clone, Copy)]
struct Place {
    width: f32,
    height: f32,
    transform: Transform,
}

impl Place {
    /// Takes the scales out of a transform, so that outlines and letters are not stretched.
    fn of(element: &Element, outer: deck::Transform) -> Self {
        let all = outer.after(element.transform);
        let (width, height) = element.size.unwrap_or((0.0, 0.0));
        let across = all.scale_x.hypot(all.shear_y);
        let down = all.scale_y.hypot(all.shear_x);
        let part = |part: f64, scale: f64| {
            if scale == 0.0 {
                0.0
            } else {
                plain(part / scale)
            }
        };
        Self {
            width: short(width * across),
            height: short(height * down),
            transform: Transform {
                sx: part(all.scale_x, across),
                ky: part(all.shear_y, across),
                kx: part(all.shear_x, down),
                sy: part(all.scale_y, down),
                tx: short(all.x),
                ty: short(all.y),
            },
        }
    }
}

impl<'a> Scene<'a> {
    fn push(&mut self, place: Place, draw: Option<Draw>) {
        let transform = place.transform;
        self.ops.extend(draw.map(|draw| Op { transform, draw }));
    }

    fn background(&mut self, width: f32, height: f32) {
        let place = Place {
            width,
            height,
            transform: Transform::identity(),
        };
        self.push(place, Draw::rect(0.0, 0.0, width, height, Color::grey(1.0)));
        let chain = self.look.chain();
        let own = chain
            .into_iter()
            .find(|page| page.properties["pageBackgroundFill"]["propertyState"] == "RENDERED");
        let Some(page) = own else { return };
        if let Some(image) = &page.background {
            self.picture(place, image);
        } else if let Some(color) = self.look.solid(&page.properties["pageBackgroundFill"]) {
            self.push(place, Draw::rect(0.0, 0.0, width, height, color));
        }
    }

    fn element(&mut self, element: &'a Element, outer: deck::Transform) {
        let place = Place::of(element, outer);
        match &element.kind {
            Kind::Group(children) => {
                for child in children {
                    self.element(child, outer.after(element.transform));
                }
            }
            Kind::Shape(shape) => self.shape(place, shape),
            Kind::Image(image) => self.picture(place, image),
            Kind::Table(table) => self.table(place, table),
            Kind::Line(line) => self.line(place, line),
            Kind::Video(_) => self.video(place),
        }
    }

    fn shape(&mut self, place: Place, shape: &'a Shape) {
        let path = geometry::path(&shape.kind, place.width, place.height);
        let fill = self.look.property(shape, "shapeBackgroundFill");
        let color = fill.filter(|it| it["propertyState"] != "NOT_RENDERED");
        let color = color.and_then(|it| self.look.solid(it));
        if let (Some(path), Some(color)) = (&path, color) {
            self.push(place, Some(Draw::Fill(path.clone(), color)));
        }
        let outline = self.look.property(shape, "outline");
        if let (Some(path), Some(outline)) = (path, outline) {
            self.outline(place, path, outline);
        }
        let anchor = self.look.property(shape, "contentAlignment");
        let frame = Frame {
            text: &shape.text,
            shape: Some(shape),
            width: place.width,
            height: place.height,
            anchor: anchor.and_then(Value::as_str).unwrap_or("TOP"),
        };
        self.ops
            .extend(lines::ops(self.look, frame, place.transform));
    }

    fn outline(&mut self, place: Place, path: Path, outline: &Value) {
        let color = self.look.solid(&outline["outlineFill"]);
        let (Some(color), false) = (color, outline["propertyState"] == "NOT_RENDERED") else {
            return;
        };
        let width = length(&outline["weight"]).map_or(1.0, short);
        let dash = dashes(&outline["dashStyle"], width);
        self.push(
            place,
            Some(Draw::Stroke {
                path,
                color,
                width,
                dash,
            }),
        );
    }

    fn picture(&mut self, place: Place, image: &Image) {
        let crop = &image.properties["cropProperties"];
        let part = |name: &str| plain(crop[name].as_f64().unwrap_or(0.0));
        let draw = Draw::Picture {
            picture: Arc::clone(&image.picture),
            width: place.width,
            height: place.height,
            crop: [
                part("leftOffset"),
                part("topOffset"),
                part("rightOffset"),
                part("bottomOffset"),
            ],
        };
        self.push(place, Some(draw));
    }

    /// A dark box with a sign to play.
    fn video(&mut self, place: Place) {
        let Place { width, height, .. } = place;
        self.push(
            place,
            Draw::rect(0.0, 0.0, width, height, Color::grey(0.25)),
        );
        let side = width.min(height) * 0.3;
        let (x, y) = (width / 2.0 - side * 0.4, height / 2.0);
        let mut sign = PathBuilder::new();
        sign.move_to(x, y - side / 2.0);
        sign.line_to(x + side, y);
        sign.line_to(x, y + side / 2.0);
        sign.close();
        self.push(
            place,
            sign.finish().map(|path| Draw::Fill(path, Color::grey(1.0))),
        );
    }

    fn line(&mut self, place: Place, line: &Value) {
        let properties = &line["lineProperties"];
        let Some(color) = self.look.solid(&properties["lineFill"]) else {
            return;
        };
        let width = length(&properties["weight"]).map_or(1.0, short);
        let dash = dashes(&properties["dashStyle"], width);
        let category = line["lineCategory"].as_str().unwrap_or_default();
        if let Some(path) = geometry::connector(category, place.width, place.height) {
            self.push(
                place,
                Some(Draw::Stroke {
                    path,
                    color,
                    width,
                    dash,
                }),
            );
        }
        let is_bent = category != "STRAIGHT";
        for (name, at_end) in [("startArrow", false), ("endArrow", true)] {
            if !matches!(properties[name].as_str(), None | Some("NONE")) {
                let head = geometry::arrow(place.width, place.height, width, at_end, is_bent);
                self.push(place, head.map(|path| Draw::Fill(path, color)));
            }
        }
    }

    fn table(&mut self, place: Place, table: &'a Table) {
        let widths: Vec<f32> = table.columns.iter().map(|it| short(*it)).collect();
        let across = |columns: std::ops::Range<usize>| widths[columns].iter().sum::<f32>();
        let framed = |row: usize, column: usize| {
            let cell = &table.rows[row].cells[column];
            let end = (column + cell.span.1.max(1)).min(widths.len());
            Frame {
                text: &cell.text,
                shape: None,
                width: across(column..end),
                height: 0.0,
                anchor: cell.properties["contentAlignment"]
                    .as_str()
                    .unwrap_or("TOP"),
            }
        };
        // Rows grow with their text.
        let grown = table.rows.iter().enumerate().map(|(at, row)| {
            let cells = row
                .cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell.span == (1, 1));
            let heights = cells.map(|(column, _)| lines::height(self.look, framed(at, column)));
            heights.fold(short(row.height), f32::max)
        });
        let heights: Vec<f32> = grown.collect();
        let mut y = 0.0;
        for (at, row) in table.rows.iter().enumerate() {
            for (column, cell) in row
                .cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell.span != (0, 0))
            {
                let end = (at + cell.span.0).min(heights.len());
                let height = heights[at..end].iter().sum();
                let frame = Frame {
                    height,
                    ..framed(at, column)
                };
                let inner = Place {
                    width: frame.width,
                    height,
                    transform: place.transform.pre_translate(across(0..column), y),
                };
                self.cell(inner, frame, &cell.properties, table.borders.last());
            }
            y += heights[at];
        }
    }

    fn cell(&mut self, place: Place, frame: Frame<'a>, properties: &Value, border: Option<&Value>) {
        let Place { width, height, .. } = place;
        let fill = &properties["tableCellBackgroundFill"];
        let color = self
            .look
            .solid(fill)
            .filter(|_| fill["propertyState"] != "NOT_RENDERED");
        self.push(
            place,
            color.and_then(|color| Draw::rect(0.0, 0.0, width, height, color)),
        );
        let given = border.and_then(|it| self.look.solid(&it["tableBorderFill"]));
        let weight = border.and_then(|it| length(&it["weight"]));
        let edge = Rect::from_xywh(0.0, 0.0, width.max(INSET), height.max(INSET));
        self.push(
            place,
            edge.map(|edge| Draw::Stroke {
                path: PathBuilder::from_rect(edge),
                color: given.unwrap_or(Color::grey(0.62)),
                width: weight.map_or(0.75, short),
                dash: Vec::new(),
            }),
        );
        self.ops
            .extend(lines::ops(self.look, frame, place.transform));
    }
}

fn dashes(style: &Value, width: f32) -> Vec<f32> {
    let parts: &[f32] = match style.as_str().unwrap_or_default() {
        "DOT" => &[1.0, 2.0],
        "DASH" => &[4.0, 3.0],
        "DASH_DOT" => &[4.0, 3.0, 1.0, 3.0],
        "LONG_DASH" => &[8.0, 3.0],
        "LONG_DASH_DOT" => &[8.0, 3.0, 1.0, 3.0],
        _ => &[],
    };
    parts.iter().map(|part| part * width.max(0.5)).collect()
}
