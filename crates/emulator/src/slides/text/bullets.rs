//! Lists: which paragraphs are items, at which level, and behind which glyph.

use std::ops::Range;

use serde_json::Value;

use super::{Paragraph, Text};
use crate::slides::deck::points;

/// The preset of lists that nobody chose one for.
pub(super) const DEFAULT: &str = "BULLET_DISC_CIRCLE_SQUARE";

/// The list that the text of a body placeholder is in by itself.
pub(in crate::slides) const PLACEHOLDER_LIST: &str = "bodyPlaceholderListEntity";

/// The deepest level of a list.
const DEEPEST: usize = 8;

/// That a paragraph is an item of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bullet {
    pub(in crate::slides) list: String,
    pub(in crate::slides) level: usize,
}

/// The glyphs of the first three levels, after which they begin again; `%` stands for a number.
const PRESETS: [(&str, [&str; 3]); 15] = [
    (DEFAULT, ["●", "○", "■"]),
    ("BULLET_DIAMONDX_ARROW3D_SQUARE", ["❖", "➢", "■"]),
    ("BULLET_CHECKBOX", ["❏", "❏", "❏"]),
    ("BULLET_ARROW_DIAMOND_DISC", ["➔", "◆", "●"]),
    ("BULLET_STAR_CIRCLE_SQUARE", ["★", "○", "■"]),
    ("BULLET_ARROW3D_CIRCLE_SQUARE", ["➢", "○", "■"]),
    ("BULLET_LEFTTRIANGLE_DIAMOND_DISC", ["◀", "◆", "●"]),
    ("BULLET_DIAMONDX_HOLLOWDIAMOND_SQUARE", ["❖", "◇", "■"]),
    ("BULLET_DIAMOND_CIRCLE_SQUARE", ["◆", "○", "■"]),
    ("NUMBERED_DIGIT_ALPHA_ROMAN", ["%1.", "%a.", "%i."]),
    ("NUMBERED_DIGIT_ALPHA_ROMAN_PARENS", ["%1)", "%a)", "%i)"]),
    ("NUMBERED_DIGIT_NESTED", ["%1.", "%1.", "%1."]),
    ("NUMBERED_UPPERALPHA_ALPHA_ROMAN", ["%A.", "%a.", "%i."]),
    (
        "NUMBERED_UPPERROMAN_UPPERALPHA_DIGIT",
        ["%I.", "%A.", "%1."],
    ),
    ("NUMBERED_ZERODIGIT_ALPHA_ROMAN", ["%01.", "%a.", "%i."]),
];

impl Text {
    /// Makes items of the paragraphs in a range; tabs before them tell their levels, and go.
    pub(in crate::slides) fn add_bullets(&mut self, range: &Range<usize>, preset: &str, id: &str) {
        let paragraphs = self.paragraphs_in(range);
        let before = paragraphs.start.checked_sub(1);
        let before = before.and_then(|it| self.paragraphs[it].bullet.as_ref());
        let joined = before
            .map(|bullet| bullet.list.clone())
            .filter(|list| self.lists.get(list).is_some_and(|known| known == preset));
        let list = joined.unwrap_or_else(|| id.to_owned());
        self.lists.insert(list.clone(), preset.to_owned());
        for at in paragraphs {
            let bounds = self.bounds(at);
            let units = self.units[bounds.clone()].iter();
            let tabs = units.take_while(|unit| **unit == 0x09).count();
            let level = tabs.min(DEEPEST);
            let mut paragraph = Paragraph {
                style: self.paragraphs[at].style.clone(),
                bullet: Some(Bullet {
                    list: list.clone(),
                    level,
                }),
            };
            indent(&mut paragraph.style, level);
            self.paragraphs[at] = paragraph;
            self.units.drain(bounds.start..bounds.start + tabs);
            self.styles.drain(bounds.start..bounds.start + tabs);
        }
    }

    /// Makes plain paragraphs of the items in a range; their indents stay, as Google documents.
    pub(in crate::slides) fn remove_bullets(&mut self, range: &Range<usize>) {
        for at in self.paragraphs_in(range) {
            self.paragraphs[at].bullet = None;
        }
    }

    /// The glyph before a paragraph, with its number where the list is numbered.
    pub(in crate::slides) fn glyph(&self, paragraph: usize) -> Option<String> {
        let bullet = self.paragraphs[paragraph].bullet.as_ref()?;
        let preset = self.lists.get(&bullet.list).map_or(DEFAULT, String::as_str);
        let (_, glyphs) = PRESETS.iter().find(|(name, _)| *name == preset)?;
        let glyph = glyphs[bullet.level % 3];
        if preset == "NUMBERED_DIGIT_NESTED" {
            let numbers = (0..=bullet.level).map(|level| self.number(paragraph, bullet, level));
            let numbers: Vec<String> = numbers.map(|it| it.max(1).to_string()).collect();
            return Some(numbers.join(".") + ".");
        }
        Some(written(glyph, self.number(paragraph, bullet, bullet.level)))
    }

    /// The how-manyth item of its list an item is at a level, since a higher one stood before it.
    fn number(&self, paragraph: usize, bullet: &Bullet, level: usize) -> usize {
        let mut count = 0;
        for item in self.paragraphs[..=paragraph].iter().rev() {
            let Some(other) = item.bullet.as_ref().filter(|it| it.list == bullet.list) else {
                continue;
            };
            if other.level < level {
                break;
            }
            count += usize::from(other.level == level);
        }
        count
    }
}

/// As far as Google indents items of a level.
fn indent(style: &mut Value, level: usize) {
    let start = 36.0 * (f64::from(u8::try_from(level).unwrap_or(0)) + 1.0);
    if !style.is_object() {
        *style = serde_json::json!({});
    }
    style["indentStart"] = points(start);
    style["indentFirstLine"] = points(start - 18.0);
}

fn written(glyph: &str, number: usize) -> String {
    let letter = || char::from(b'a' + u8::try_from((number.max(1) - 1) % 26).unwrap_or(0));
    glyph
        .replace("%01", &format!("{number:02}"))
        .replace("%1", &number.to_string())
        .replace("%a", &letter().to_string())
        .replace("%A", &letter().to_ascii_uppercase().to_string())
        .replace("%i", &roman(number).to_lowercase())
        .replace("%I", &roman(number))
}

fn roman(mut number: usize) -> String {
    let digits = [
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut text = String::new();
    for (value, digit) in digits {
        while number >= value {
            text.push_str(digit);
            number -= value;
        }
    }
    text
}
