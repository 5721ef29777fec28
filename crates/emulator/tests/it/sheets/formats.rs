//! How cells look: number formats, and what goes with a cell beside its value.

use serde_json::{Value, json};

use super::harness::{Book, grid};

#[tokio::test]
async fn numbers_show_by_their_formats() {
    let book = Book::of(json!([])).await;
    let table = [
        (1000.12, "NUMBER", "", "1,000.12"),
        (0.1012, "PERCENT", "", "10.12%"),
        (1000.12, "CURRENCY", "", "$1,000.12"),
        (39717.0, "DATE", "", "9/26/2008"),
        (39_717.665_972_222, "TIME", "", "3:59:00 PM"),
        (39_717.665_972_222, "DATE_TIME", "", "9/26/2008 15:59:00"),
        (1010.0, "SCIENTIFIC", "", "1.01E+03"),
        (0.0001, "SCIENTIFIC", "0.0E+0", "1.0E-4"),
        (1234.567, "NUMBER", "0.0", "1234.6"),
        (1234.567, "NUMBER", "#,##0.###", "1,234.567"),
        (1234.5, "NUMBER", "#,##0.###", "1,234.5"),
        (0.5, "NUMBER", "#.00", ".50"),
        (0.125, "NUMBER", "0.00", "0.13"),
        (1.005, "NUMBER", "0.00", "1.01"),
        (7.0, "NUMBER", "000", "007"),
        (-5.0, "NUMBER", "0;(0)", "(5)"),
        (0.0, "NUMBER", "0;-0;\"none\"", "none"),
        (-5.0, "CURRENCY", "[$€]#,##0", "-€5"),
        (5.0, "NUMBER", "[Red]0\" pcs\"", "5 pcs"),
        (46037.0, "DATE", "yyyy-mm-dd", "2026-01-15"),
        (46037.0, "DATE", "ddd, d mmmm yy", "Thu, 15 January 26"),
        (46037.0, "DATE", "dddd \"the\" dd", "Thursday the 15"),
        (
            46037.5,
            "DATE_TIME",
            "mmm d, h:mm am/pm",
            "Jan 15, 12:00 PM",
        ),
        (0.507_65, "TIME", "hh:mm:ss", "12:11:01"),
        (0.507_65, "TIME", "mm:ss", "11:01"),
        (1.5, "TIME", "[h]:mm", "36:00"),
        (2.5, "TEXT", "", "2.5"),
    ];
    for (number, kind, pattern, shown) in table {
        let format = json!({ "type": kind, "pattern": pattern });
        book.batch(
            json!([{ "repeatCell": { "range": grid((0, 1), (0, 1)), "fields": "*", "cell": {
            "userEnteredValue": { "numberValue": number },
            "userEnteredFormat": { "numberFormat": format } } } }]),
        )
        .await;
        assert_eq!(
            book.shown("A1").await[0][0],
            shown,
            "{number} {kind} {pattern}"
        );
    }
}

#[tokio::test]
async fn numbers_without_a_format_show_as_many_digits_as_they_take() {
    let book = Book::of(json!([])).await;
    for (number, shown) in [
        (json!(0.1), "0.1"),
        (json!(3.0), "3"),
        (json!(1.0 / 3.0), "0.3333333333"),
        (json!(100.0 / 3.0), "33.33333333"),
        (json!(-0.5), "-0.5"),
        (json!(123_456_789_012_345_i64), "123456789012345"),
        (json!(1.5e20), "1.5E+20"),
        (json!(0.000_001), "1E-06"),
    ] {
        let line = "PUT /values/A1?valueInputOption=RAW";
        book.ok(line, json!({ "values": [[number]] })).await;
        assert_eq!(book.shown("A1").await[0][0], shown);
        let plain = book.plain("A1").await;
        assert_eq!(plain[0][0].as_f64(), number.as_f64());
    }
}

#[tokio::test]
async fn a_format_decides_how_what_is_typed_shows() {
    let book = Book::of(json!([["'1", "x"]])).await;
    let number = |kind: &str, column: u32| {
        json!({ "repeatCell": { "range": grid((0, 9), (column, column + 1)),
            "fields": "userEnteredFormat.numberFormat",
            "cell": { "userEnteredFormat": { "numberFormat": { "type": kind } } } } })
    };
    book.batch(json!([number("TEXT", 0), number("DATE", 1)]))
        .await;
    book.enter("A2:B2", json!([["=1+1", "46037"]])).await;
    assert_eq!(book.plain("A2:B2").await, json!([["=1+1", 46037]]));
    assert_eq!(book.shown("A2:B2").await, json!([["=1+1", "1/15/2026"]]));
}

#[tokio::test]
async fn colours_stand_twice_and_masks_touch_what_they_name() {
    let book = Book::of(json!([["x"]])).await;
    let write = async |fields: &str, format: Value| {
        book.batch(
            json!([{ "repeatCell": { "range": grid((0, 1), (0, 1)), "fields": fields,
            "cell": { "userEnteredFormat": format } } }]),
        )
        .await;
        book.cell("A1").await["userEnteredFormat"].clone()
    };
    let red = json!({ "red": 1 });
    let format = write(
        "userEnteredFormat(backgroundColor,textFormat.bold)",
        json!({ "backgroundColor": red, "textFormat": { "bold": true, "italic": true } }),
    )
    .await;
    assert_eq!(format["backgroundColorStyle"], json!({ "rgbColor": red }));
    assert_eq!(
        format["textFormat"],
        json!({ "bold": true }),
        "the mask names no italic"
    );
    let format = write(
        "userEnteredFormat.textFormat.foregroundColorStyle",
        json!({ "textFormat": { "foregroundColorStyle": { "rgbColor": red } } }),
    )
    .await;
    assert_eq!(format["textFormat"]["foregroundColor"], red);
    assert_eq!(format["textFormat"]["bold"], true);
    let format = write("userEnteredFormat.backgroundColor", json!({})).await;
    assert_eq!(
        format["backgroundColorStyle"],
        Value::Null,
        "cleared with its twin"
    );
    let cell = book.cell("A1").await;
    assert_eq!(cell["effectiveFormat"]["textFormat"]["bold"], true);
    assert_eq!(cell["effectiveFormat"]["wrapStrategy"], "OVERFLOW_CELL");
    assert_eq!(write("userEnteredFormat", json!({})).await, Value::Null);
    assert_eq!(book.shown("A1").await, json!([["x"]]));
}

#[tokio::test]
async fn a_cell_without_a_kind_of_number_or_with_an_unknown_field_is_refused() {
    let book = Book::of(json!([])).await;
    let check = async |fields: &str, message: &str| {
        let told = book
            .batch_refused(
                json!([{ "repeatCell": { "range": grid((0, 1), (0, 1)), "fields": fields,
                "cell": { "userEnteredFormat": { "numberFormat": { "pattern": "0" } } } } }]),
            )
            .await;
        assert_eq!(told, format!("Invalid requests[0].repeatCell: {message}"));
    };
    check(
        "userEnteredFormat.numberFormat",
        "Must specify a type when setting a number format.",
    )
    .await;
    check(
        "",
        "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)",
    )
    .await;
    check("colour", "Invalid field: colour").await;
}
