//! Which cells hold dates and times: their styles tell, the values are numbers.

use std::collections::HashMap;

use crate::files::{
    FileError,
    budget::Budget,
    office::xml::{Node, Walk},
};

/// What a number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Meaning {
    #[default]
    Number,
    /// Days since the workbook's first day, with a time of day where there is a fraction.
    Date,
    /// A length of time in days, which may be longer than one.
    Duration,
}

/// The styles of a workbook by their numbers.
#[derive(Debug, Default)]
pub(super) struct Formats(Vec<Meaning>);

impl Formats {
    pub(super) fn read(text: &str, budget: &Budget) -> Result<Self, FileError> {
        let (mut own, mut styles, mut in_cells) = (HashMap::new(), Vec::new(), false);
        let mut walk = Walk::new(text, budget);
        while let Some(node) = walk.next()? {
            match node {
                Node::Open(element) => match element.name() {
                    "numFmt" => {
                        let code = element.attr("formatCode").unwrap_or_default();
                        own.insert(element.number::<u32>("numFmtId"), meaning(&code));
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = element.number("numFmtId");
                        styles.push(
                            own.get(&id)
                                .copied()
                                .unwrap_or_else(|| built_in(id.unwrap_or(0))),
                        );
                    }
                    _ => {}
                },
                Node::Close(name) if name == "cellXfs" => in_cells = false,
                _ => {}
            }
        }
        Ok(Self(styles))
    }

    pub(super) fn meaning(&self, style: usize) -> Meaning {
        self.0.get(style).copied().unwrap_or_default()
    }
}

/// The formats that every workbook has, those of East Asia included.
fn built_in(id: u32) -> Meaning {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Meaning::Date,
        46 => Meaning::Duration,
        _ => Meaning::Number,
    }
}

/// What a format's code is about: letters of dates outside of quotes and brackets.
fn meaning(code: &str) -> Meaning {
    let mut plain = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                for inner in chars.by_ref() {
                    if inner == '"' {
                        break;
                    }
                }
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|inner| *inner != ']').collect();
                let inside = inside.to_ascii_lowercase();
                if !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return Meaning::Duration;
                }
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            // The second form is that of negative numbers.
            ';' => break,
            _ => plain.push(c.to_ascii_lowercase()),
        }
    }
    let plain = plain.replace("general", "");
    if plain.contains(['y', 'd', 'm', 'h', 's']) {
        Meaning::Date
    } else {
        Meaning::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_by_their_format() {
        for (code, expected) in [
            ("General", Meaning::Number),
            ("0.00", Meaning::Number),
            ("#,##0 \"days\"", Meaning::Number),
            ("[Red]0.0", Meaning::Number),
            ("0\\d", Meaning::Number),
            ("yyyy\\-mm\\-dd", Meaning::Date),
            ("[$-409]d/m/yy h:mm AM/PM;@", Meaning::Date),
            ("h:mm", Meaning::Date),
            ("[h]:mm:ss", Meaning::Duration),
            ("\"never closed", Meaning::Number),
            ("[never closed", Meaning::Number),
        ] {
            assert_eq!(meaning(code), expected, "{code}");
        }
    }
}
