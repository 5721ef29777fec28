//! Tables of codes and what they mean.

use std::collections::BTreeMap;

use crate::files::{
    FileError,
    budget::Budget,
    pdf::{
        lexer::{Item, Lexer},
        object::Object,
    },
};

/// There are no more codes of two bytes.
const MAX_ENTRIES: usize = 65_536;
/// Longer meanings are none of a glyph.
const MAX_MEANING: usize = 64;

/// Which codes there are, and the text of each.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// How long codes are, and between which two codes: the first that fits counts.
    spaces: Vec<(usize, u32, u32)>,
    /// The first code of each range with the last, and the text of the first in UTF-16.
    ranges: BTreeMap<u32, (u32, Vec<u16>)>,
}

impl CMap {
    /// Reads a table; what it takes over from others is left out.
    pub(super) fn read(bytes: &[u8], budget: &Budget) -> Result<Self, FileError> {
        let mut map = Self::default();
        let (mut operands, mut values) = (Vec::new(), 0);
        let mut lexer = Lexer::of_content(bytes);
        while let Some(item) = lexer.item(budget)? {
            match item {
                Item::Object(object) => {
                    values += 1 + object.array().map_or(0, <[Object]>::len);
                    if values < MAX_ENTRIES * 3 {
                        operands.push(object);
                    }
                }
                Item::Word(word) => {
                    match word {
                        b"endcodespacerange" => map.spaces(&operands),
                        b"endbfchar" => map.chars(&operands),
                        b"endbfrange" => map.bf_ranges(operands.as_slice()),
                        _ => {}
                    }
                    operands.clear();
                    values = 0;
                }
            }
        }
        Ok(map)
    }

    fn spaces(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let [Object::String(low), Object::String(high)] = pair
                && (1..=4).contains(&low.len())
                && self.spaces.len() < 256
            {
                self.spaces.push((low.len(), code(low), code(high)));
            }
        }
    }

    fn chars(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let [Object::String(from), Object::String(to)] = pair {
                self.add(code(from), code(from), to);
            }
        }
    }

    /// A range counts on from one text, or has a list of them.
    fn bf_ranges(&mut self, operands: &[Object]) {
        for triple in operands.chunks_exact(3) {
            match triple {
                [
                    Object::String(low),
                    Object::String(high),
                    Object::String(to),
                ] => {
                    self.add(code(low), code(high), to);
                }
                [Object::String(low), Object::String(_), Object::Array(texts)] => {
                    for (from, to) in (code(low)..).zip(texts) {
                        if let Object::String(to) = to {
                            self.add(from, from, to);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, low: u32, high: u32, to: &[u8]) {
        let units = to.chunks(2).take(MAX_MEANING);
        let units = units.map(|pair| {
            pair.iter()
                .fold(0, |unit, byte| unit << 8 | u16::from(*byte))
        });
        if self.ranges.len() < MAX_ENTRIES && low <= high {
            self.ranges.insert(low, (high, units.collect()));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The text of a code.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        let (low, (high, units)) = self.ranges.range(..=code).next_back()?;
        if code > *high {
            return None;
        }
        let mut units = units.clone();
        let last = units.last_mut()?;
        *last = last.wrapping_add(u16::try_from(code - low).ok()?);
        Some(String::from_utf16_lossy(&units))
    }

    /// The codes of a string with their lengths.
    pub(super) fn cut(&self, bytes: &[u8]) -> Vec<(u32, usize)> {
        let (mut codes, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let fitting = self.spaces.iter().find(|(length, low, high)| {
                let own = rest.get(..*length).map(code);
                own.is_some_and(|own| (*low..=*high).contains(&own))
            });
            let usual = self.spaces.first().map_or(2, |(length, ..)| *length);
            let length = fitting
                .map_or(usual, |(length, ..)| *length)
                .min(rest.len());
            let (head, tail) = rest.split_at(length);
            codes.push((code(head), length));
            rest = tail;
        }
        codes
    }
}

fn code(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .take(4)
        .fold(0, |code, byte| code << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn codes_mean_what_the_table_says_and_a_huge_range_costs_nothing() {
        let text = b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <00> <7f> <8000> <ffff> endcodespacerange
            2 beginbfchar <0041> <00660069> <42> <D83DDE00> endbfchar
            2 beginbfrange <0050> <005F> <0061> <0070> <0072> [<0078> <0079>] endbfrange
            1 beginbfrange <00000100> <FFFFFFFF> <0000> endbfrange endcmap";
        let map = CMap::read(text, &plenty()).unwrap();
        let texts: Vec<_> = [0x41, 0x42, 0x52, 0x71, 0x72, 0x141]
            .map(|code| map.text(code))
            .into();
        assert_eq!(
            texts,
            [
                Some("fi"),
                Some("\u{1f600}"),
                Some("c"),
                Some("y"),
                None,
                Some("A")
            ]
            .map(|it| it.map(str::to_owned))
        );
        assert_eq!(
            map.cut(b"\x41\x80\x01\x90"),
            [(0x41, 1), (0x8001, 2), (0x90, 1)]
        );
        assert_eq!(CMap::default().cut(b"\x00\x41\x42"), [(0x41, 2), (0x42, 1)]);
        assert_eq!(map.ranges.len(), 6);
    }
}
