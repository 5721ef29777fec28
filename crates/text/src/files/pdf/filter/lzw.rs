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
