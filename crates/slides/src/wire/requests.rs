//! Requests of a batch, put together: boxes in inches, ranges in UTF-16 units, cells.

use super::types::{
    AffineTransform, Dimension, PageElementProperties, Range, Request, Size, TableCellLocation,
};

/// Units of Google's in an inch.
const EMU: f64 = 914_400.0;

/// A box on a page, in inches from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Place {
    /// What Google is told of a new element.
    pub(crate) fn on(self, page: &str) -> PageElementProperties {
        PageElementProperties {
            page_object_id: Some(page.to_owned()),
            size: Some(Size {
                width: Some(length(self.width)),
                height: Some(length(self.height)),
                ..Size::default()
            }),
            transform: Some(AffineTransform {
                scale_x: Some(1.0),
                scale_y: Some(1.0),
                translate_x: Some(emu(self.x)),
                translate_y: Some(emu(self.y)),
                unit: Some("EMU".to_owned()),
                ..AffineTransform::default()
            }),
            ..PageElementProperties::default()
        }
    }
}

fn length(inches: f64) -> Dimension {
    Dimension {
        magnitude: Some(emu(inches)),
        unit: Some("EMU".to_owned()),
        ..Dimension::default()
    }
}

/// Inches in Google's units.
pub(crate) fn emu(inches: f64) -> f64 {
    (inches * EMU).round()
}

/// Google's units, or points, in its units, exactly.
pub(crate) fn in_emu(magnitude: f64, unit: Option<&str>) -> f64 {
    if unit == Some("PT") {
        magnitude * EMU / 72.0
    } else {
        magnitude
    }
}

/// Google's units, or points, in inches.
pub(crate) fn inches(magnitude: f64, unit: Option<&str>) -> f64 {
    let inches = if unit == Some("PT") {
        magnitude / 72.0
    } else {
        magnitude / EMU
    };
    (inches * 100.0).round() / 100.0
}

/// A request of which one member is set.
pub(crate) fn request(set: impl FnOnce(&mut Request)) -> Request {
    let mut request = Request::default();
    set(&mut request);
    request
}

/// A whole text.
pub(crate) fn all_of() -> Range {
    Range {
        r#type: Some("ALL".to_owned()),
        ..Range::default()
    }
}

/// A part of a text, in UTF-16 units.
pub(crate) fn part_of(start: usize, end: usize) -> Range {
    let index = |at| i32::try_from(at).unwrap_or(i32::MAX);
    Range {
        r#type: Some("FIXED_RANGE".to_owned()),
        start_index: Some(index(start)),
        end_index: Some(index(end)),
        ..Range::default()
    }
}

/// A cell of a table, counted from 0.
pub(crate) fn cell_at(row: usize, column: usize) -> TableCellLocation {
    let index = |at| i32::try_from(at).unwrap_or(i32::MAX);
    TableCellLocation {
        row_index: Some(index(row)),
        column_index: Some(index(column)),
        ..TableCellLocation::default()
    }
}
