//! Where text is on a page.

/// A mapping of the plane: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix {
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) c: f64,
    pub(super) d: f64,
    pub(super) e: f64,
    pub(super) f: f64,
}

impl Matrix {
    pub(super) const IDENTITY: Self = Self {
        a: 1.0,
        b: 0.0,
        c: 0.0,
        d: 1.0,
        e: 0.0,
        f: 0.0,
    };

    /// Of the six numbers of an operator or an array.
    #[expect(clippy::many_single_char_names, reason = "so the standard names them")]
    pub(super) fn from_numbers(numbers: &[f64]) -> Option<Self> {
        match numbers {
            [a, b, c, d, e, f] => Some(Self {
                a: *a,
                b: *b,
                c: *c,
                d: *d,
                e: *e,
                f: *f,
            }),
            _ => None,
        }
    }

    pub(super) fn shift(x: f64, y: f64) -> Self {
        Self {
            e: x,
            f: y,
            ..Self::IDENTITY
        }
    }

    /// First this one, then the other.
    #[must_use]
    pub(super) fn then(self, other: Self) -> Self {
        Self {
            a: self.a * other.a + self.b * other.c,
            b: self.a * other.b + self.b * other.d,
            c: self.c * other.a + self.d * other.c,
            d: self.c * other.b + self.d * other.d,
            e: self.e * other.a + self.f * other.c + other.e,
            f: self.e * other.b + self.f * other.d + other.f,
        }
    }
}

/// A piece of text on a page: where it begins, in which direction it runs, how far, how high.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    x: f64,
    y: f64,
    /// The direction, of length one.
    along: (f64, f64),
    length: f64,
    size: f64,
}

/// How a piece goes on from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Directly,
    Space,
    /// As between the columns of a table.
    Gap,
    Line,
    Paragraph,
}

/// Gaps, as parts of the font's size: between letters that a program set apart, and between words.
const WORD_GAP: f64 = 0.18;
/// A gap that no justified line has.
const COLUMN_GAP: f64 = 2.0;
/// How far letters overlap that are set closer together.
const OVERLAP: f64 = -0.6;
/// Up or down by more is another line; indices move less.
const LINE_STEP: f64 = 0.6;
/// The step of lines with an empty one between them, or more than is usual.
const PARAGRAPH_STEP: f64 = 1.9;

impl Span {
    /// Of the mapping from the font's own units to the page, and the width in these units.
    pub(super) fn new(to_page: Matrix, width: f64) -> Self {
        let scale = to_page.a.hypot(to_page.b);
        let along = if scale > 0.0 {
            (to_page.a / scale, to_page.b / scale)
        } else {
            (1.0, 0.0)
        };
        Self {
            x: to_page.e,
            y: to_page.f,
            along,
            length: width * scale,
            size: to_page.c.hypot(to_page.d).max(f64::MIN_POSITIVE),
        }
    }

    /// How the next piece goes on from this one.
    pub(super) fn step_to(&self, next: &Self) -> Step {
        let end = (
            self.x + self.along.0 * self.length,
            self.y + self.along.1 * self.length,
        );
        let (dx, dy) = (next.x - end.0, next.y - end.1);
        let size = self.size.max(next.size);
        let along = (dx * self.along.0 + dy * self.along.1) / size;
        let across = (dy * self.along.0 - dx * self.along.1).abs() / size;
        let turned = self.along.0 * next.along.0 + self.along.1 * next.along.1 < 0.9;
        match () {
            () if turned || across >= PARAGRAPH_STEP => Step::Paragraph,
            () if across >= LINE_STEP => Step::Line,
            () if along > COLUMN_GAP => Step::Gap,
            // What is no number is in no range either.
            () if !(OVERLAP..=WORD_GAP).contains(&along) => Step::Space,
            () => Step::Directly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_spaces_and_steps_down_are_lines_whichever_way_the_text_runs() {
        let size = 10.0;
        let across = Matrix {
            a: size,
            d: size,
            ..Matrix::IDENTITY
        };
        let upward = Matrix {
            a: 0.0,
            b: size,
            c: -size,
            d: 0.0,
            ..Matrix::IDENTITY
        };
        // Two letters of half the size each end at 10.
        for (x, y, expected) in [
            (10.0, 0.0, Step::Directly),
            (11.0, 0.0, Step::Directly),
            (9.0, 3.0, Step::Directly),
            (12.5, 0.0, Step::Space),
            (35.0, 0.0, Step::Gap),
            (0.0, 0.0, Step::Space),
            (0.0, -12.0, Step::Line),
            (10.0, 12.0, Step::Line),
            (0.0, -30.0, Step::Paragraph),
            (f64::NAN, 0.0, Step::Space),
        ] {
            for base in [across, upward] {
                let at =
                    |x: f64, y: f64| Span::new(Matrix::shift(x / size, y / size).then(base), 1.0);
                assert_eq!(at(0.0, 0.0).step_to(&at(x, y)), expected, "{x} {y}");
            }
        }
        assert_eq!(
            Span::new(across, 1.0).step_to(&Span::new(upward, 1.0)),
            Step::Paragraph
        );
    }
}
