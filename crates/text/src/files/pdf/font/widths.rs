//! How wide glyphs are, in thousandths of the font's size.

use std::collections::BTreeMap;

use crate::files::{
    FileError,
    pdf::{
        file::File,
        object::{Dict, Object},
    },
};

/// There are no more codes of two bytes.
const MAX_ENTRIES: usize = 65_536;

/// The widths of Helvetica from the blank on, which those of other fonts that are in no file are close to.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The widths of a font's codes: ranges by their first code, with their last.
#[derive(Debug, Default)]
pub(super) struct Widths {
    ranges: BTreeMap<u32, (u32, f64)>,
    other: f64,
}

impl Widths {
    pub(super) fn of_simple(file: &File<'_>, dict: &Dict) -> Result<Self, FileError> {
        let mut widths = Self::default();
        let first = file.value(dict, "FirstChar")?.count().unwrap_or(0);
        let list = file.value(dict, "Widths")?;
        if let Some(list) = list.array() {
            let descriptor = file.value(dict, "FontDescriptor")?;
            let missing = descriptor
                .dict()
                .and_then(|it| it.get("MissingWidth")?.number());
            widths.other = missing.unwrap_or(0.0);
            for (code, width) in (first..).zip(list.iter().take(256)) {
                widths.add(code, code, file.resolve(width)?.number());
            }
            return Ok(widths);
        }
        let name = file.value(dict, "BaseFont")?;
        widths.other = if name.name().is_some_and(|name| name.contains("Courier")) {
            600.0
        } else {
            556.0
        };
        if widths.other < 600.0 {
            for (code, width) in (32..).zip(HELVETICA) {
                widths.add(code, code, Some(f64::from(width)));
            }
        }
        Ok(widths)
    }

    /// Codes are taken for the numbers of glyphs, as they are in nearly all files.
    pub(super) fn of_composite(file: &File<'_>, dict: &Dict) -> Result<Self, FileError> {
        let mut widths = Self {
            other: file.value(dict, "DW")?.number().unwrap_or(1000.0),
            ..Self::default()
        };
        let all = file.value(dict, "W")?;
        let mut items = all.array().unwrap_or_default().iter();
        while let Some(first) = items.next() {
            let Some(first) = file.resolve(first)?.count() else {
                continue;
            };
            match items.next().map(|item| file.resolve(item)).transpose()? {
                Some(Object::Array(own)) => {
                    for (code, width) in (first..).zip(&own) {
                        widths.add(code, code, width.number());
                    }
                }
                Some(last) => {
                    let width = items.next().and_then(Object::number);
                    widths.add(first, last.count().unwrap_or(first), width);
                }
                None => break,
            }
        }
        Ok(widths)
    }

    fn add(&mut self, first: usize, last: usize, width: Option<f64>) {
        if let (Ok(first), Ok(last), Some(width)) =
            (u32::try_from(first), u32::try_from(last), width)
            && self.ranges.len() < MAX_ENTRIES
        {
            self.ranges.insert(first, (last, width));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    pub(super) fn get(&self, code: u32) -> f64 {
        match self.ranges.range(..=code).next_back() {
            Some((_, (last, width))) if code <= *last => *width,
            _ => self.other,
        }
    }
}
