//! Which rows of a table are meant.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_toolkit::ToolError;

use super::header::Header;
use crate::{
    cell::{CellValue, Entry, visible},
    grid::Cell,
};

/// What has to hold of a column.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    /// Its name in the header.
    column: String,
    /// Exactly, but for case.
    is: Option<Entry>,
    /// Somewhere in it.
    contains: Option<String>,
    /// More, or later.
    above: Option<Entry>,
    /// Less, or earlier.
    below: Option<Entry>,
}

/// Filters with the places of their columns.
pub(crate) struct Filters(Vec<(usize, Filter)>);

impl Filters {
    pub(crate) fn of(filters: Vec<Filter>, header: &Header) -> Result<Self, ToolError> {
        let placed = filters.into_iter().map(|filter| {
            let place = header.place("filter", &filter.column)?;
            let says = [filter.is.is_some(), filter.contains.is_some()];
            let compares = [filter.above.is_some(), filter.below.is_some()];
            if says.iter().chain(&compares).any(|it| *it) {
                return Ok((place, filter));
            }
            let good = "{\"column\": \"Status\", \"is\": \"open\"}";
            Err(ToolError::invalid_argument(
                "filter",
                "it does not say what has to hold",
                good,
            ))
        });
        placed.collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn hold(&self, row: &[Cell]) -> bool {
        self.0.iter().all(|(place, filter)| {
            let value = row
                .get(*place)
                .map_or(&CellValue::Empty, |it| it.value.value());
            filter.holds(value)
        })
    }
}

impl Filter {
    fn holds(&self, value: &CellValue) -> bool {
        let shown = value.to_string().to_lowercase();
        let contains = |words: &String| shown.contains(&visible(words).to_lowercase());
        let is_above = |than: &Entry| order(value, than).is_some_and(Ordering::is_gt);
        let is_below = |than: &Entry| order(value, than).is_some_and(Ordering::is_lt);
        self.is.as_ref().is_none_or(|it| is(value, it))
            && self.contains.as_ref().is_none_or(contains)
            && self.above.as_ref().is_none_or(is_above)
            && self.below.as_ref().is_none_or(is_below)
    }
}

/// Whether a cell is what somebody calls it: a number by any spelling, a text in any case.
pub(crate) fn is(value: &CellValue, called: &Entry) -> bool {
    let text = called.text();
    if let (CellValue::Number(number), Ok(other)) = (value, text.trim().parse::<f64>()) {
        return number.partial_cmp(&other).is_some_and(Ordering::is_eq);
    }
    value.to_string().trim().to_lowercase() == visible(&text).trim().to_lowercase()
}

/// Numbers with numbers, dates with dates as they are written, and nothing else.
fn order(value: &CellValue, than: &Entry) -> Option<Ordering> {
    let than = than.text();
    match value {
        CellValue::Number(number) => number.partial_cmp(&than.trim().parse().ok()?),
        CellValue::Date(date) => Some(date.as_str().cmp(than.trim())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(filter: serde_json::Value, value: &CellValue) -> bool {
        let filter: Filter = serde_json::from_value(filter).unwrap();
        filter.holds(value)
    }

    #[test]
    fn a_filter_holds_by_what_cells_are_as_a_table() {
        use serde_json::json;
        let text = |text: &str| CellValue::Text(text.to_owned());
        let date = |text: &str| CellValue::Date(text.to_owned());
        for (filter, value, expected) in [
            (json!({"column": "A", "is": "open"}), text("Open "), true),
            (json!({"column": "A", "is": "open"}), text("opened"), false),
            (
                json!({"column": "A", "is": 12}),
                CellValue::Number(12.0),
                true,
            ),
            (
                json!({"column": "A", "is": "12.0"}),
                CellValue::Number(12.0),
                true,
            ),
            (
                json!({"column": "A", "is": true}),
                CellValue::Boolean(true),
                true,
            ),
            (json!({"column": "A", "is": ""}), CellValue::Empty, true),
            (
                json!({"column": "A", "contains": "PEN"}),
                text("open"),
                true,
            ),
            (
                json!({"column": "A", "above": 9}),
                CellValue::Number(10.0),
                true,
            ),
            (
                json!({"column": "A", "above": 10}),
                CellValue::Number(10.0),
                false,
            ),
            (json!({"column": "A", "above": 9}), text("10"), false),
            (
                json!({"column": "A", "below": "2027-03-01"}),
                date("2027-02-28"),
                true,
            ),
            (
                json!({"column": "A", "below": "2027-03-01"}),
                date("2027-03-01"),
                false,
            ),
            (
                json!({"column": "A", "above": 1, "below": 3}),
                CellValue::Number(3.0),
                false,
            ),
            (json!({"column": "A", "below": 3}), CellValue::Empty, false),
        ] {
            assert_eq!(
                holds(filter.clone(), &value),
                expected,
                "{filter} {value:?}"
            );
        }
    }
}
