//! The letters of pictures: Arimo, whose widths are those of Arial.

use std::sync::LazyLock;

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// How high a line is, and how far below its top the letters stand, in sizes of the font.
pub(super) const LINE: f32 = 1.149;
pub(super) const ASCENT: f32 = 0.905;

const REGULAR: &[u8] = include_bytes!("../../fonts/Arimo-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/Arimo-Bold.ttf");

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR, BOLD].map(|file| Face::parse(file, 0).ok()));

/// Puts a glyph's outline, a size of 1 high, at a place on a line.
struct Pen<'a> {
    path: &'a mut PathBuilder,
    scale: f32,
    x: f32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, -y * self.scale)
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (one, other) = (self.at(x1, y1), self.at(x2, y2));
        let (x, y) = self.at(x, y);
        self.path.cubic_to(one.0, one.1, other.0, other.1, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn face(bold: bool) -> Option<&'static Face<'static>> {
    FACES[usize::from(bold)].as_ref()
}

/// What stands for bullets that the font has not.
const ALIKE: [(char, char); 8] = [
    ('❖', '◊'),
    ('➢', '►'),
    ('❏', '□'),
    ('➔', '→'),
    ('★', '☼'),
    ('◀', '◄'),
    ('◆', '♦'),
    ('◇', '◊'),
];

/// The glyph of a letter; of those that the font has not, that of the replacement character.
fn glyph(face: &Face<'_>, letter: char) -> GlyphId {
    let alike = ALIKE.iter().find(|(bullet, _)| *bullet == letter);
    let alike = alike.and_then(|(_, other)| face.glyph_index(*other));
    let found = face.glyph_index(letter).or(alike);
    found
        .or_else(|| face.glyph_index('\u{fffd}'))
        .unwrap_or_default()
}

/// How wide a letter is in a size of 1.
pub(super) fn width(letter: char, bold: bool) -> f32 {
    let Some(face) = face(bold) else {
        return 0.5;
    };
    let advance = face.glyph_hor_advance(glyph(face, letter)).unwrap_or(0);
    f32::from(advance) / f32::from(face.units_per_em())
}

/// The outlines of a text on a line that begins at 0, in a size of 1.
pub(super) fn outline(text: &str, bold: bool) -> Option<Path> {
    let face = face(bold)?;
    let mut path = PathBuilder::new();
    let mut pen = Pen {
        path: &mut path,
        scale: 1.0 / f32::from(face.units_per_em()),
        x: 0.0,
    };
    for letter in text.chars() {
        face.outline_glyph(glyph(face, letter), &mut pen);
        pen.x += width(letter, bold);
    }
    path.finish()
}
