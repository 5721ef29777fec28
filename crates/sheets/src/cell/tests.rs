//! Cells from Google's grid, and what a model gets of them.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn cell(json: Value) -> CellValue {
    CellValue::of(&serde_json::from_value(json).unwrap())
}

fn number(number: f64, format: &str) -> CellValue {
    cell(json!({"effectiveValue": {"numberValue": number},
        "effectiveFormat": {"numberFormat": {"type": format}}}))
}

#[test]
fn each_kind_of_cell_is_told_from_the_others_as_a_table() {
    for (json, value, shown) in [
        (json!({}), CellValue::Empty, ""),
        (
            json!({"effectiveValue": {"numberValue": 1200.5}}),
            CellValue::Number(1200.5),
            "1200.5",
        ),
        (
            json!({"effectiveValue": {"stringValue": "1200"}}),
            CellValue::Text("1200".to_owned()),
            "\"1200\"",
        ),
        (
            json!({"effectiveValue": {"boolValue": true}}),
            CellValue::Boolean(true),
            "TRUE",
        ),
        (
            json!({"effectiveValue": {"stringValue": "true"}}),
            CellValue::Text("true".to_owned()),
            "\"true\"",
        ),
        (
            json!({"effectiveValue": {"errorValue": {"type": "DIVIDE_BY_ZERO", "message": "x"}}}),
            CellValue::Error("#DIV/0!".to_owned()),
            "#DIV/0!",
        ),
        (
            json!({"effectiveValue": {"stringValue": "#DIV/0!"}}),
            CellValue::Text("#DIV/0!".to_owned()),
            "\"#DIV/0!\"",
        ),
        (
            json!({"effectiveValue": {"errorValue": {"type": "A_NEW_KIND"}}}),
            CellValue::Error("#ERROR!".to_owned()),
            "#ERROR!",
        ),
        (
            json!({"userEnteredValue": {"formulaValue": "=A1*2"}, "effectiveValue": {"numberValue": 4}}),
            CellValue::Formula {
                formula: "=A1*2".to_owned(),
                value: Box::new(CellValue::Number(4.0)),
            },
            "4",
        ),
    ] {
        let read = cell(json.clone());
        assert_eq!(read, value, "{json}");
        assert_eq!(read.field(Show::Values), shown, "{json}");
    }
}

#[test]
fn a_formula_is_shown_with_its_value_where_it_is_asked_for() {
    let sum = cell(
        json!({"userEnteredValue": {"formulaValue": "=SUM(A1,A2)"}, "effectiveValue": {"numberValue": 4}}),
    );
    assert_eq!(sum.field(Show::Formulas), "\"=SUM(A1,A2) → 4\"");
    assert_eq!(sum.field(Show::Values), "4");
}

#[test]
fn a_serial_number_is_a_date_where_its_format_shows_one_as_a_table() {
    for (serial, format, shown) in [
        (0.0, "DATE", "1899-12-30"),
        (46_082.0, "DATE", "2026-03-01"),
        (60.0, "DATE", "1900-02-28"),
        (46_082.75, "DATE_TIME", "2026-03-01 18:00:00"),
        (46_082.0, "DATE_TIME", "2026-03-01 00:00:00"),
        (46_082.75, "DATE", "2026-03-01 18:00:00"),
        (-1.5, "DATE_TIME", "1899-12-28 12:00:00"),
        (0.395_833_333_333_333_3, "TIME", "09:30:00"),
        (1.104_166_666_666_666_7, "TIME", "26:30:00"),
        (46_082.0, "NUMBER", "46082"),
        (0.25, "PERCENT", "0.25"),
        (1e300, "DATE", &printed(1e300)),
    ] {
        let read = number(serial, format);
        assert_eq!(read.field(Show::Values), shown, "{serial} {format}");
    }
}

#[test]
fn numbers_are_shown_with_the_digits_that_sheets_keeps_as_a_table() {
    for (number, shown) in [
        (0.1 + 0.2, "0.3"),
        (1.0, "1"),
        (-0.5, "-0.5"),
        (9_007_199_254_740_991.0, "9007199254740991"),
        (1_234.567_89, "1234.56789"),
    ] {
        assert_eq!(printed(number), shown);
    }
}

proptest! {
    #[test]
    fn every_day_is_the_one_that_its_number_counts_to(days in -600_000..2_900_000_i64) {
        let day = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap() + TimeDelta::days(days);
        let shown = number(serial(day), "DATE").field(Show::Values);
        prop_assert_eq!(shown, day.format("%Y-%m-%d").to_string());
    }

    #[test]
    fn a_field_of_any_text_is_read_back_as_that_text(text in any::<String>()) {
        let shown = CellValue::Text(text.clone()).field(Show::Values);
        let inner = shown.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let read = inner.map_or(shown.clone(), |it| it.replace("\"\"", "\""));
        prop_assert_eq!(read, visible(&text));
    }

    #[test]
    fn no_text_passes_for_another_kind(text in "[0-9.e+-]{1,6}|TRUE|false|#N/A|=A1|2026-03-01|#REF!") {
        prop_assume!(text.parse::<f64>().is_ok() || !text.starts_with(|c: char| c.is_ascii_digit() || ".e+-".contains(c)) || text.len() == 10);
        prop_assert!(CellValue::Text(text).field(Show::Values).starts_with('"'));
    }
}
