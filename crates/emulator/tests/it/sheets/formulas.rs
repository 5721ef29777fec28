//! Formulas computed, and kept as text.

use serde_json::{Value, json};

use super::harness::Book;

async fn computed(table: &[(&str, Value)]) -> Book {
    let book = Book::with(json!({
        "tabs": [
            { "name": "Sheet1", "rows": [
                ["1", "2", "x", "done"], ["3", "", "TRUE", "open"], ["5", "=1/0", "", "Done"] ] },
            { "name": "My tab", "rows": [["10"], ["20"]] },
        ],
        "named_ranges": { "Tens": "'My tab'!A1:A2" },
    }))
    .await;
    for (formula, value) in table {
        book.enter("F1", json!([[formula]])).await;
        assert_eq!(&book.plain("F1").await[0][0], value, "{formula}");
        assert_eq!(book.entered("F1").await[0][0], *formula, "kept as text");
    }
    book
}

#[tokio::test]
async fn functions_are_computed() {
    let book = computed(&[
        ("=SUM(A1:A3)", json!(9)),
        ("=SUM(A:A,1,\"2\")", json!(12)),
        ("=SUM(A1:C2)", json!(6)),
        ("=AVERAGE(A1:A3)", json!(3)),
        ("=AVERAGE(C1:C1)", json!("#DIV/0!")),
        ("=COUNT(A1:C3)", json!(4)),
        ("=COUNTA(A1:C3)", json!(7)),
        ("=MIN(A1:A3)", json!(1)),
        ("=MAX(A1:A3, 7)", json!(7)),
        ("=IF(A1<A2, \"less\", 1/0)", json!("less")),
        ("=IF(A1>A2, 1)", json!(false)),
        ("=ROUND(2.345, 2)", json!(2.35)),
        ("=ROUND(-2.5)", json!(-3)),
        ("=CONCATENATE(A1, \" of \", A3)", json!("1 of 5")),
        ("=A1&\"-\"&C1", json!("1-x")),
        ("=1+2*3-4/2", json!(5)),
    ])
    .await;
    book.enter("F1", json!([["=SUM(1,\"x\")"]])).await;
    assert_eq!(book.plain("F1").await, json!([["#VALUE!"]]));
}

#[tokio::test]
async fn operators_and_references_are_computed() {
    let book = computed(&[
        ("=-2^2+(1+1)%", json!(4.02)),
        ("=\"a\"=\"A\"", json!(true)),
        ("=A1<>1", json!(false)),
        ("=B2=0", json!(true)),
        ("=B2", json!(0)),
        ("=C1+1", json!("#VALUE!")),
        ("=\"3\"+1", json!(4)),
        ("=A1/B2", json!("#DIV/0!")),
        ("=B3+1", json!("#DIV/0!")),
        ("=IFERROR(B3, \"none\")", json!("none")),
        ("='My tab'!A2", json!(20)),
        ("=SUM(tens)", json!(30)),
        ("=Nothing", json!("#NAME?")),
        ("=NOSUCH(1)", json!("#NAME?")),
        ("=Gone!A1", json!("#REF!")),
        ("=#REF!+1", json!("#REF!")),
        ("=A1:A3", json!("#VALUE!")),
        ("=1+", json!("#ERROR!")),
        ("=SUM(", json!("#ERROR!")),
        ("=COUNTIF(D1:D3, \"done\")", json!(2)),
        ("=SUMIF(D1:D3, \"done\", A1:A3)", json!(6)),
        ("=SUMIF(A1:A3, \">=3\")", json!(8)),
        ("=AND(A1=1, NOT(A1=2), OR(FALSE, TRUE))", json!(true)),
        (
            "=HYPERLINK(\"https://example.com\", \"here\")",
            json!("here"),
        ),
    ])
    .await;
    let link = book.cell("F1").await;
    assert_eq!(link["hyperlink"], "https://example.com");
    book.enter("F1", json!([["=NOSUCH(1)"]])).await;
    let error = &book.cell("F1").await["effectiveValue"]["errorValue"];
    assert_eq!(
        error,
        &json!({ "type": "NAME", "message": "Unknown function: 'NOSUCH'." })
    );
}

#[tokio::test]
async fn cells_that_wait_for_each_other_are_an_error_and_long_chains_are_not() {
    let book = Book::of(json!([["=B1", "=A1", "=C1"]])).await;
    assert_eq!(
        book.shown("A1:C1").await,
        json!([["#REF!", "#REF!", "#REF!"]])
    );
    let down = (1..=500).map(|row| {
        json!([if row == 1 {
            "1".into()
        } else {
            format!("=A{}+1", row - 1)
        }])
    });
    book.enter("A1:A500", down.collect()).await;
    assert_eq!(book.plain("A500").await, json!([[500]]));
    let up = (1..=500).map(|row| {
        json!([if row == 500 {
            "1".into()
        } else {
            format!("=A{}+1", row + 1)
        }])
    });
    book.enter("A1:A500", up.collect()).await;
    assert_eq!(book.plain("A1").await, json!([[500]]));
    assert_eq!(book.plain("A250").await, json!([[251]]));
}

#[tokio::test]
async fn a_formula_shows_as_what_it_counts() {
    let book = Book::of(json!([["$1.25", "1/15/2026", "50%", "7"]])).await;
    let check = async |formula: &str, shown: &str| {
        book.enter("F1", json!([[formula]])).await;
        assert_eq!(book.shown("F1").await[0][0], shown, "{formula}");
    };
    check("=A1", "$1.25").await;
    check("=SUM(A1:A1)*2", "$2.50").await;
    check("=B1+1", "1/16/2026").await;
    check("=C1", "50%").await;
    check("=D1*A1", "$8.75").await;
    check("=COUNT(A1:D1)", "4").await;
    let own = book.cell("F1").await;
    assert_eq!(own["userEnteredFormat"], Value::Null);
}

#[tokio::test]
async fn formulas_follow_the_cells_that_they_name() {
    let book = Book::with(json!({ "tabs": [
        { "name": "Sheet1", "rows": [["1"], ["2"], ["=SUM(A1:A2)"], ["=$A$2+Other!B2"]] },
        { "name": "Other", "rows": [["=Sheet1!A2", "3"], ["", "4"]] } ] }))
    .await;
    let rows = |kind: &str, start: u32, end: u32| {
        json!([{ kind: { "range":
            { "sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end } } }])
    };
    book.batch(rows("insertDimension", 1, 3)).await;
    let entered = book.entered("A5:A6").await;
    assert_eq!(entered, json!([["=SUM(A1:A4)"], ["=$A$4+Other!B2"]]));
    assert_eq!(book.entered("Other!A1").await, json!([["=Sheet1!A4"]]));
    book.batch(rows("deleteDimension", 3, 4)).await;
    let entered = book.entered("A4:A5").await;
    assert_eq!(entered, json!([["=SUM(A1:A3)"], ["=#REF!+Other!B2"]]));
    assert_eq!(book.entered("Other!A1").await, json!([["=#REF!"]]));
    let other =
        book.get("sheets.properties.sheetId").await["sheets"][1]["properties"]["sheetId"].clone();
    book.batch(json!([{ "updateSheetProperties": { "fields": "title",
        "properties": { "sheetId": other, "title": "New name" } } }]))
        .await;
    assert_eq!(book.entered("A5").await, json!([["=#REF!+'New name'!B2"]]));
    book.batch(json!([{ "deleteSheet": { "sheetId": other } }]))
        .await;
    assert_eq!(book.entered("A5").await, json!([["=#REF!+#REF!"]]));
}
