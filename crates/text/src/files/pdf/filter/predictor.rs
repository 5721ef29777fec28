//! Predictors: rows that hold only what differs from what stands left and above.

use crate::files::pdf::object::{Dict, Object};

/// Longer rows are none of tables and text.
const MAX_ROW: usize = 1024 * 1024;

/// Undoes the predictor that the parameters name.
pub(super) fn undo(data: Vec<u8>, parameters: &Dict) -> Vec<u8> {
    let number = |name, default| {
        parameters
            .get(name)
            .and_then(Object::count)
            .unwrap_or(default)
    };
    let predictor = number("Predictor", 1);
    let pixel_bits = number("Colors", 1).saturating_mul(number("BitsPerComponent", 8));
    let row = pixel_bits.saturating_mul(number("Columns", 1)).div_ceil(8);
    let pixel = pixel_bits.div_ceil(8);
    if row == 0 || row > MAX_ROW {
        return data;
    }
    match predictor {
        2 if number("BitsPerComponent", 8) == 8 => tiff(data, row, pixel),
        10.. => png(&data, row, pixel),
        _ => data,
    }
}

fn tiff(mut data: Vec<u8>, row: usize, pixel: usize) -> Vec<u8> {
    for line in data.chunks_mut(row) {
        for index in pixel..line.len() {
            let left = line.get(index - pixel).copied().unwrap_or(0);
            if let Some(byte) = line.get_mut(index) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    data
}

/// Every row begins with a byte that says how it was predicted.
fn png(data: &[u8], row: usize, pixel: usize) -> Vec<u8> {
    let mut all = Vec::with_capacity(data.len());
    let mut above = vec![0; row];
    for line in data.chunks(row + 1) {
        let Some((kind, line)) = line.split_first() else {
            break;
        };
        let mut own: Vec<u8> = Vec::with_capacity(row);
        for (index, byte) in line.iter().enumerate() {
            let at = |bytes: &[u8], index: Option<usize>| {
                index
                    .and_then(|index| bytes.get(index).copied())
                    .unwrap_or(0)
            };
            let before = index.checked_sub(pixel);
            let (left, up, corner) = (
                at(&own, before),
                at(&above, Some(index)),
                at(&above, before),
            );
            let predicted = match kind {
                1 => left,
                2 => up,
                3 => u8::midpoint(left, up),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            own.push(byte.wrapping_add(predicted));
        }
        all.extend(&own);
        own.resize(row, 0);
        above = own;
    }
    all
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_they_were() {
        let undone = |predictor: f64, columns: f64, data: &[u8]| {
            let mut parameters = Dict::default();
            parameters
                .0
                .insert("Predictor".to_owned(), Object::Number(predictor));
            parameters
                .0
                .insert("Columns".to_owned(), Object::Number(columns));
            undo(data.to_vec(), &parameters)
        };
        assert_eq!(undone(1.0, 3.0, b"abc"), b"abc");
        assert_eq!(undone(2.0, 3.0, &[1, 1, 1, 5, 1, 1]), [1, 2, 3, 5, 6, 7]);
        let rows = [
            [0, 1, 2, 3],
            [1, 1, 1, 1],
            [2, 1, 1, 1],
            [3, 1, 1, 1],
            [4, 1, 1, 1],
        ]
        .concat();
        assert_eq!(
            undone(12.0, 3.0, &rows),
            [1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5]
        );
        assert_eq!(undone(15.0, 1e15, b"abc"), b"abc");
        assert_eq!(undone(15.0, 3.0, &[2, 7]), [7]);
    }
}
