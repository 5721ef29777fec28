//! Unpacking the streams of a PDF file, within the budget.

mod lzw;
mod predictor;

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use crate::files::{
    FileError,
    budget::Budget,
    pdf::{
        lexer::{hex, is_blank},
        object::Dict,
    },
};

/// More in a row only hides something.
const MAX_FILTERS: usize = 8;

/// How much is unpacked between two looks at the budget.
const CHUNK: usize = 64 * 1024;

/// Applies filters with their parameters. Those of images give nothing.
pub(super) fn apply(
    data: &[u8],
    filters: &[(String, Dict)],
    budget: &Budget,
) -> Result<Vec<u8>, FileError> {
    if filters.len() > MAX_FILTERS {
        return Ok(Vec::new());
    }
    budget.unpack(data.len())?;
    let mut data = data.to_vec();
    for (filter, parameters) in filters {
        data = match filter.as_str() {
            "FlateDecode" | "Fl" => predictor::undo(inflated(&data, budget)?, parameters),
            "LZWDecode" | "LZW" => {
                let early = parameters
                    .get("EarlyChange")
                    .and_then(super::object::Object::count)
                    != Some(0);
                predictor::undo(lzw::decode(&data, early, budget)?, parameters)
            }
            "ASCIIHexDecode" | "AHx" => hexadecimal(&data),
            "ASCII85Decode" | "A85" => base85(&data),
            "RunLengthDecode" | "RL" => run_length(&data, budget)?,
            _ => return Ok(Vec::new()),
        };
    }
    Ok(data)
}

/// Inflates as far as the data is whole, as all programs do.
fn inflated(data: &[u8], budget: &Budget) -> Result<Vec<u8>, FileError> {
    let bytes = drained(ZlibDecoder::new(data), budget)?;
    if bytes.is_empty() {
        return drained(DeflateDecoder::new(data), budget);
    }
    Ok(bytes)
}

fn drained(mut decoder: impl Read, budget: &Budget) -> Result<Vec<u8>, FileError> {
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; CHUNK]);
    while let Ok(count @ 1..) = decoder.read(&mut chunk) {
        budget.unpack(count)?;
        bytes.extend(chunk.iter().take(count));
    }
    Ok(bytes)
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let end = data
        .iter()
        .position(|byte| *byte == b'>')
        .unwrap_or(data.len());
    let digits: Vec<_> = data
        .iter()
        .take(end)
        .filter_map(|byte| hex(*byte))
        .collect();
    let byte = |pair: &[u8]| pair.first().unwrap_or(&0) << 4 | pair.get(1).unwrap_or(&0);
    digits.chunks(2).map(byte).collect()
}

fn base85(data: &[u8]) -> Vec<u8> {
    let data = data.strip_prefix(b"<~").unwrap_or(data);
    let (mut bytes, mut group) = (Vec::new(), Vec::new());
    for byte in data.iter().filter(|byte| !is_blank(**byte)) {
        match byte {
            b'z' if group.is_empty() => bytes.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    bytes.extend(group85(&group));
                    group.clear();
                }
            }
            _ => break,
        }
    }
    if let length @ 2.. = group.len() {
        group.resize(5, 84);
        bytes.extend(group85(&group).into_iter().take(length - 1));
    }
    bytes
}

fn group85(group: &[u8]) -> [u8; 4] {
    let number = group.iter().fold(0_u32, |number, digit| {
        number.wrapping_mul(85).wrapping_add(u32::from(*digit))
    });
    number.to_be_bytes()
}

fn run_length(data: &[u8], budget: &Budget) -> Result<Vec<u8>, FileError> {
    let (mut bytes, mut rest) = (Vec::new(), data);
    while let Some((&length, tail)) = rest.split_first() {
        let before = bytes.len();
        rest = match length {
            0..=127 => {
                let (run, tail) = tail.split_at(tail.len().min(usize::from(length) + 1));
                bytes.extend(run);
                tail
            }
            128 => break,
            129.. => {
                let Some((&byte, tail)) = tail.split_first() else {
                    break;
                };
                bytes.extend(std::iter::repeat_n(byte, 257 - usize::from(length)));
                tail
            }
        };
        budget.tick()?;
        budget.unpack(bytes.len() - before)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn each_filter_undoes_its_packing_and_a_cut_off_end_is_no_loss_of_the_rest() {
        let chain = |filters: &[&str], data: &[u8]| {
            let filters: Vec<_> = filters
                .iter()
                .map(|name| ((*name).to_owned(), Dict::default()))
                .collect();
            apply(data, &filters, &plenty()).unwrap()
        };
        assert_eq!(chain(&["ASCIIHexDecode"], b"48 69 2>zz"), b"Hi ");
        assert_eq!(
            chain(&["ASCII85Decode"], b"<~87cURD]i,\"Ebo80~>"),
            b"Hello World!"
        );
        assert_eq!(chain(&["A85"], b"z87~>"), b"\0\0\0\0H");
        assert_eq!(chain(&["RL"], b"\x01ab\xfec\x80zz"), b"abccc");
        assert_eq!(chain(&["AHx", "RL"], b"01 61 62 fe 63"), b"abccc");
        assert_eq!(
            chain(
                &["LZWDecode"],
                &[0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01]
            ),
            b"-----A---B"
        );
        assert_eq!(chain(&["DCTDecode"], b"\xff\xd8"), b"");
        assert_eq!(chain(&["AHx"; MAX_FILTERS + 1], b"48"), b"");

        let text = b"abcdefgh".repeat(1000);
        let mut packed = Vec::new();
        let level = flate2::Compression::none();
        let mut encoder = flate2::read::ZlibEncoder::new(text.as_slice(), level);
        encoder.read_to_end(&mut packed).unwrap();
        let cut = chain(&["Fl"], packed.get(..5000).unwrap());
        assert!(cut.len() > 4000 && text.starts_with(&cut));
    }
}
