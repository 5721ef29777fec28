//! Text broken into lines and put in a box.

use std::sync::Arc;

use serde_json::Value;

use super::deck::{Shape, length};
use super::font;
use super::look::{Letters, Look};
use super::scene::{Draw, Op, plain, short};
use super::text::Text;

/// What Slides leaves free around text, in points.
pub(super) const INSET: f32 = 7.2;

/// A box with text, in points.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) text: &'a Text,
    /// What it is the text of, where that inherits anything.
    pub(super) shape: Option<&'a Shape>,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) anchor: &'a str,
}

/// The size of letters that nothing is said of.
const USUAL: f32 = 14.0;

/// A word, or a part of one, with the space behind it.
struct Word {
    text: String,
    letters: Letters,
    width: f32,
    space: f32,
}

/// Words beside each other.
struct Line {
    words: Vec<Word>,
    x: f32,
    height: f32,
    ascent: f32,
}

/// How a paragraph is set, in points.
struct Setting {
    start: f32,
    first: f32,
    end: f32,
    spacing: f32,
    above: f32,
    below: f32,
    align: String,
}

/// The height of a text in a box so wide.
pub(super) fn height(look: Look<'_>, frame: Frame<'_>) -> f32 {
    let lines = lines(look, frame);
    lines.iter().map(|line| line.height).sum::<f32>() + 2.0 * INSET
}

/// What draws a text.
pub(super) fn draw(look: Look<'_>, frame: Frame<'_>) -> Vec<Draw> {
    let lines = lines(look, frame);
    let whole: f32 = lines.iter().map(|line| line.height).sum();
    let free = frame.height - 2.0 * INSET - whole;
    let mut y = INSET
        + match frame.anchor {
            "MIDDLE" => free / 2.0,
            "BOTTOM" => free,
            _ => 0.0,
        };
    let mut drawn = Vec::new();
    for line in lines {
        let mut x = line.x;
        for word in line.words {
            drawn.extend(word.draw(x, y + line.ascent));
            x += word.width + word.space;
        }
        y += line.height;
    }
    drawn
}

impl Word {
    fn draw(&self, x: f32, y: f32) -> Vec<Draw> {
        let Letters { size, color, .. } = self.letters;
        let mut drawn = Vec::new();
        let mut bar = |top: f32, height: f32, color| {
            drawn.extend(Draw::rect(
                x,
                y + top,
                self.width + self.space,
                height,
                color,
            ));
        };
        if let Some(behind) = self.letters.behind {
            bar(-font::ASCENT * size, font::LINE * size, behind);
        }
        if self.letters.underline {
            bar(size * 0.1, size * 0.06, color);
        }
        if self.letters.strike {
            bar(-size * 0.3, size * 0.06, color);
        }
        if !self.text.is_empty() {
            // The space is for whoever takes the text out of a printed page.
            let space = if self.space > 0.0 { " " } else { "" };
            drawn.push(Draw::Words {
                text: format!("{}{space}", self.text),
                x,
                y,
                letters: self.letters,
            });
        }
        drawn
    }
}

fn lines(look: Look<'_>, frame: Frame<'_>) -> Vec<Line> {
    let parents = frame
        .shape
        .map(|shape| look.parents(shape))
        .unwrap_or_default();
    let inherited = |text: &'_ Text| text.paragraphs.first().map(|it| it.style.clone());
    let outer: Vec<Value> = parents
        .iter()
        .skip(1)
        .filter_map(|it| inherited(&it.text))
        .collect();
    let letters: Vec<Arc<Value>> = parents
        .iter()
        .skip(1)
        .filter(|it| !it.text.is_empty())
        .map(|it| it.text.end_style(0))
        .collect();
    let mut lines = Vec::new();
    for at in 0..frame.text.paragraphs.len() {
        let paragraph = &frame.text.paragraphs[at];
        let styles: Vec<&Value> = std::iter::once(&paragraph.style).chain(&outer).collect();
        let setting = setting(&styles, paragraph.bullet.is_some());
        let look_of = |style: &Arc<Value>| {
            let styles: Vec<&Value> = std::iter::once(&**style)
                .chain(letters.iter().map(|it| &**it))
                .collect();
            look.letters(&styles, USUAL)
        };
        let mut words = Vec::new();
        for run in frame.text.runs(at) {
            split(&run.text, look_of(&run.style), &mut words);
        }
        let end = look_of(&frame.text.end_style(at));
        let glyph = frame.text.glyph(at);
        broken(
            words,
            end,
            &setting,
            frame.width,
            glyph.as_deref(),
            &mut lines,
        );
    }
    lines
}

/// A run as words; a break of the line is one of its own.
fn split(text: &str, letters: Letters, words: &mut Vec<Word>) {
    for part in text.split_inclusive([' ', '\t', '\u{b}']) {
        let bare = part.trim_end_matches([' ', '\t', '\u{b}']);
        if !bare.is_empty() || part.ends_with([' ', '\t']) {
            let space: f32 = part[bare.len()..]
                .chars()
                .map(|it| match it {
                    ' ' => font::width(' ', letters.bold) * letters.size,
                    '\t' => 36.0,
                    _ => 0.0,
                })
                .sum();
            words.push(Word {
                text: bare.to_owned(),
                letters,
                width: wide(bare, letters),
                space,
            });
        }
        if part.ends_with('\u{b}') {
            words.push(Word {
                text: "\n".to_owned(),
                letters,
                width: 0.0,
                space: 0.0,
            });
        }
    }
}

fn wide(text: &str, letters: Letters) -> f32 {
    let widths = text.chars().map(|letter| font::width(letter, letters.bold));
    widths.sum::<f32>() * letters.size
}

/// Breaks the words of a paragraph into lines.
fn broken(
    words: Vec<Word>,
    end: Letters,
    setting: &Setting,
    width: f32,
    glyph: Option<&str>,
    lines: &mut Vec<Line>,
) {
    let left = INSET + setting.start;
    let right = width - INSET - setting.end;
    let begin = if glyph.is_some() {
        left
    } else {
        INSET + setting.first
    };
    let mut rows: Vec<Vec<Word>> = vec![Vec::new()];
    let mut x = begin;
    let mut words = std::collections::VecDeque::from(words);
    while let Some(mut word) = words.pop_front() {
        if word.text == "\n" {
            rows.push(Vec::new());
            x = left;
            continue;
        }
        let is_first = rows.last().is_none_or(Vec::is_empty);
        if x + word.width > right && !is_first {
            rows.push(Vec::new());
            x = left;
        }
        // A word that is longer than a line is cut where the line ends.
        if x + word.width > right
            && let Some(rest) = word.cut(right - x)
        {
            words.push_front(rest);
        }
        x += word.width + word.space;
        if let Some(row) = rows.last_mut() {
            row.push(word);
        }
    }
    let number = rows.len();
    for (at, row) in rows.into_iter().enumerate() {
        let size = row.iter().map(|it| it.letters.size).fold(0.0, f32::max);
        let size = if size == 0.0 { end.size } else { size };
        let start = if at == 0 { begin } else { left };
        let used: f32 = row.iter().map(|it| it.width + it.space).sum();
        let used = used - row.last().map_or(0.0, |it| it.space);
        let x = match setting.align.as_str() {
            "CENTER" => start + (right - start - used) / 2.0,
            "END" => right - used,
            _ => start,
        };
        let above = if at == 0 { setting.above } else { 0.0 };
        let below = if at + 1 == number { setting.below } else { 0.0 };
        let bare = font::LINE * size * setting.spacing;
        let mut line = Line {
            words: row,
            x,
            height: bare + above + below,
            ascent: above + bare - (font::LINE - font::ASCENT) * size,
        };
        if at == 0
            && let Some(glyph) = glyph
        {
            line.bullet(glyph, end, setting);
        }
        lines.push(line);
    }
}

impl Line {
    /// Puts a bullet before the words.
    fn bullet(&mut self, glyph: &str, end: Letters, setting: &Setting) {
        let letters = self.words.first().map_or(end, |word| word.letters);
        let letters = Letters {
            underline: false,
            strike: false,
            behind: None,
            ..letters
        };
        let width = wide(glyph, letters);
        let gap = (setting.start - setting.first).max(width + 4.0);
        self.x -= gap;
        self.words.insert(
            0,
            Word {
                text: glyph.to_owned(),
                letters,
                width,
                space: gap - width,
            },
        );
    }
}

impl Word {
    /// Keeps what fits, at least a letter; returns the rest.
    fn cut(&mut self, room: f32) -> Option<Self> {
        let mut used = 0.0;
        let mut at = 0;
        for (place, letter) in self.text.char_indices() {
            used += font::width(letter, self.letters.bold) * self.letters.size;
            if used > room && place > 0 {
                break;
            }
            at = place + letter.len_utf8();
        }
        if at >= self.text.len() {
            return None;
        }
        let rest = self.text.split_off(at);
        let letters = self.letters;
        let new = Self {
            width: wide(&rest, letters),
            text: rest,
            letters,
            space: self.space,
        };
        self.width = wide(&self.text, letters);
        self.space = 0.0;
        Some(new)
    }
}

fn setting(styles: &[&Value], is_item: bool) -> Setting {
    let first = |name: &str| {
        let mut values = styles.iter().map(|style| &style[name]);
        values.find(|value| !value.is_null())
    };
    let long = |name: &str| first(name).and_then(length).map_or(0.0, short);
    let spacing = first("lineSpacing")
        .and_then(Value::as_f64)
        .unwrap_or(100.0);
    // What a layout says of the indents of items is nothing to a paragraph that is none.
    let own = |name: &str| length(&styles[0][name]).map_or(0.0, short);
    let (start, first_line) = if is_item {
        (long("indentStart"), long("indentFirstLine"))
    } else {
        (own("indentStart"), own("indentFirstLine"))
    };
    let align = first("alignment")
        .and_then(Value::as_str)
        .unwrap_or("START");
    Setting {
        start,
        first: first_line,
        end: long("indentEnd"),
        spacing: plain(spacing / 100.0),
        above: long("spaceAbove"),
        below: long("spaceBelow"),
        align: align.to_owned(),
    }
}

/// What draws a text where it stands on a page.
pub(super) fn ops(look: Look<'_>, frame: Frame<'_>, transform: tiny_skia::Transform) -> Vec<Op> {
    let drawn = draw(look, frame).into_iter();
    drawn.map(|draw| Op { transform, draw }).collect()
}
