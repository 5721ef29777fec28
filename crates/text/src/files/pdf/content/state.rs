//! Where the next text goes, in which font and how far apart.

use std::rc::Rc;

use crate::files::pdf::{font::Font, geometry::Matrix, object::Object};

/// The state of a page while its operators are read.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) to_page: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) letter_space: f64,
    pub(super) word_space: f64,
    /// By how much text is made wider.
    pub(super) stretch: f64,
    pub(super) is_invisible: bool,
    leading: f64,
    rise: f64,
    /// Where text goes, and where its line began.
    text: Matrix,
    line: Matrix,
}

impl Default for State {
    fn default() -> Self {
        Self {
            to_page: Matrix::IDENTITY,
            font: None,
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            is_invisible: false,
            leading: 0.0,
            rise: 0.0,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }
}

impl State {
    /// Applies an operator that shows nothing.
    pub(super) fn apply(&mut self, operator: &[u8], operands: &[Object]) {
        let numbers: Vec<_> = operands.iter().filter_map(Object::number).collect();
        match (operator, numbers.as_slice()) {
            (b"cm", numbers) => {
                if let Some(matrix) = Matrix::from_numbers(numbers) {
                    self.to_page = matrix.then(self.to_page);
                }
            }
            (b"BT", _) => (self.text, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            (b"Tm", numbers) => {
                if let Some(matrix) = Matrix::from_numbers(numbers) {
                    (self.text, self.line) = (matrix, matrix);
                }
            }
            (b"Td", [x, y]) => self.move_line(*x, *y),
            (b"TD", [x, y]) => {
                self.leading = -y;
                self.move_line(*x, *y);
            }
            (b"T*", _) => self.next_line(),
            (b"TL", [leading]) => self.leading = *leading,
            (b"Tc", [space]) => self.letter_space = *space,
            (b"Tw", [space]) => self.word_space = *space,
            (b"Tz", [percent]) => self.stretch = percent / 100.0,
            (b"Ts", [rise]) => self.rise = *rise,
            (b"Tr", [mode]) => self.is_invisible = (*mode - 3.0).abs() < 0.5,
            _ => {}
        }
    }

    pub(super) fn next_line(&mut self) {
        self.move_line(0.0, -self.leading);
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }

    /// Moves back by thousandths of the font's size.
    pub(super) fn move_back(&mut self, thousandths: f64) {
        self.shift(-thousandths / 1000.0 * self.size * self.stretch);
    }

    /// Goes on behind a glyph, and says by how much.
    pub(super) fn advance(&mut self, width: f64, is_blank: bool) -> f64 {
        let words = if is_blank { self.word_space } else { 0.0 };
        let shift = (width * self.size + self.letter_space + words) * self.stretch;
        self.shift(shift);
        shift
    }

    fn shift(&mut self, x: f64) {
        self.text = Matrix::shift(x, 0.0).then(self.text);
    }

    /// From units of the font's size to the page.
    pub(super) fn glyph_to_page(&self) -> Matrix {
        let size = if self.size == 0.0 { 1.0 } else { self.size };
        let font = Matrix {
            a: size * self.stretch,
            d: size,
            f: self.rise,
            ..Matrix::IDENTITY
        };
        font.then(self.text).then(self.to_page)
    }
}
