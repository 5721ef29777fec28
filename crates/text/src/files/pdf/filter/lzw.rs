//! LZW, as PDF files of the nineties pack their streams.

use crate::files::{FileError, budget::Budget};

const CLEAR: usize = 256;
const END: usize = 257;
const MAX_CODES: usize = 4096;

/// A string of the table: the one that it goes on from, its last byte, its length.
type Entry = (usize, u8, usize);

/// Decodes until the end code, or a code that cannot be.
pub(super) fn decode(data: &[u8], early: bool, budget: &Budget) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let mut table = fresh();
    let mut previous: Option<usize> = None;
    let mut bits = Bits { data, at: 0 };
    loop {
        budget.tick()?;
        let width = width(table.len() + usize::from(early));
        match bits.take(width) {
            None | Some(END) => return Ok(bytes),
            Some(CLEAR) => {
                table.truncate(END + 1);
                previous = None;
            }
            Some(code) => {
                let start = bytes.len();
                let Some(known) =
                    previous.map_or(Some(code), |previous| grow(&mut table, previous, code))
                else {
                    return Ok(bytes);
                };
                write(&table, known, &mut bytes);
                budget.unpack(bytes.len() - start)?;
                previous = Some(code);
            }
        }
    }
}

fn fresh() -> Vec<Entry> {
    let single = (0..=255).map(|byte| (usize::MAX, byte, 1));
    single.chain([(usize::MAX, 0, 0); 2]).collect()
}

/// Adds the string of the code before with the first byte of this one's, which may be that string itself.
fn grow(table: &mut Vec<Entry>, previous: usize, code: usize) -> Option<usize> {
    if code > table.len() {
        return None;
    }
    if table.len() < MAX_CODES {
        let of = if code < table.len() { code } else { previous };
        let byte = first(table, of)?;
        let length = table.get(previous)?.2 + 1;
        table.push((previous, byte, length));
    }
    (code < table.len()).then_some(code)
}

fn first(table: &[Entry], mut code: usize) -> Option<u8> {
    loop {
        let (before, byte, length) = *table.get(code)?;
        if length <= 1 {
            return Some(byte);
        }
        code = before;
    }
}

/// Each string goes on from one that stands before it in the table, so this ends.
fn write(table: &[Entry], mut code: usize, bytes: &mut Vec<u8>) {
    let start = bytes.len();
    while let Some((before, byte, length)) = table.get(code) {
        if *length > 0 {
            bytes.push(*byte);
        }
        code = *before;
    }
    if let Some(written) = bytes.get_mut(start..) {
        written.reverse();
    }
}

fn width(codes: usize) -> usize {
    match codes {
        0..=511 => 9,
        512..=1023 => 10,
        1024..=2047 => 11,
        _ => 12,
    }
}

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, width: usize) -> Option<usize> {
        let mut code = 0;
        for _ in 0..width {
            let byte = self.data.get(self.at / 8)?;
            code = code << 1 | usize::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::{of_bytes, plenty};

    /// Blanks, each code of which stands for one more than the code before.
    fn growing(early: bool) -> Vec<u8> {
        let (mut bits, mut table) = (Vec::new(), END + 1);
        for code in std::iter::once(32).chain(END + 1..MAX_CODES - 1) {
            let width = (table + usize::from(early)).ilog2() + 1;
            bits.extend((0..width).rev().map(|bit| code >> bit & 1));
            table += usize::from(code > 32);
        }
        bits.resize(bits.len().next_multiple_of(8), 0);
        let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
        bits.chunks(8)
            .map(|bits| byte(bits).to_le_bytes()[0])
            .collect()
    }

    #[test]
    fn codes_grow_to_twelve_bits_and_what_they_stand_for_is_within_the_budget() {
        for early in [true, false] {
            let packed = growing(early);
            let codes = MAX_CODES - 1 - END;
            let blanks = decode(&packed, early, &plenty()).unwrap();
            assert!(blanks.iter().all(|byte| *byte == b' '));
            assert_eq!(blanks.len(), codes * (codes + 1) / 2);
            let error = decode(&packed, early, &of_bytes(1_000_000)).unwrap_err();
            assert!(packed.len() < 10_000 && error.is_too_large());
        }
    }
}
