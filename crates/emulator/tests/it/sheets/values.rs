//! Values read and written.

use serde_json::{Value, json};

use super::harness::{Book, ID, grid};

#[tokio::test]
async fn a_range_is_read_in_every_form() {
    let book = Book::with(json!({
        "tabs": [
            { "name": "Sheet1", "rows": [["a", "b", "c"], ["d", "", "f"], [], ["g"]] },
            { "name": "It's", "rows": [["x", "y"]] },
        ],
        "named_ranges": { "Head": "Sheet1!A1:B1", "Sheet2": "Sheet1!C1:C2" },
    }))
    .await;
    let check = async |range: &str, full: &str, values: Value| {
        let line = format!(
            "GET /values/{}",
            range.replace(' ', "%20").replace('#', "%23")
        );
        let read = book.ok(&line, Value::Null).await;
        assert_eq!(read["range"], full, "{range}");
        assert_eq!(read["values"], values, "{range}");
        assert_eq!(read["majorDimension"], "ROWS");
    };
    let all = json!([["a", "b", "c"], ["d", "", "f"], [], ["g"]]);
    check("Sheet1", "Sheet1!A1:Z1000", all.clone()).await;
    check("sheet1!A:C", "Sheet1!A1:C1000", all.clone()).await;
    check("A1:C4", "Sheet1!A1:C4", all).await;
    check("B2", "Sheet1!B2", Value::Null).await;
    check("2:2", "Sheet1!A2:Z2", json!([["d", "", "f"]])).await;
    check("$A2:$A", "Sheet1!A2:A1000", json!([["d"], [], ["g"]])).await;
    check("R1C1:R1C2", "Sheet1!A1:B1", json!([["a", "b"]])).await;
    check("'It''s'!A1:B1", "'It''s'!A1:B1", json!([["x", "y"]])).await;
    check("'It''s'", "'It''s'!A1:Z1000", json!([["x", "y"]])).await;
    check("head", "Sheet1!A1:B1", json!([["a", "b"]])).await;
    check("Sheet2", "Sheet1!C1:C2", json!([["c"], ["f"]])).await;
    check("Y999:AB2000", "Sheet1!Y999:Z1000", Value::Null).await;
    let columns = book.read("A1:C2", "?majorDimension=COLUMNS").await;
    assert_eq!(columns, json!([["a", "d"], ["b"], ["c", "f"]]));
}

#[tokio::test]
async fn what_is_no_range_is_refused_in_googles_words() {
    let book = Book::of(json!([["a"]])).await;
    let check = async |range: &str, message: &str| {
        let told = book
            .refused(&format!("GET /values/{range}"), Value::Null)
            .await;
        assert_eq!(told, (400, message.to_owned()));
    };
    check("Nothing!A1", "Unable to parse range: Nothing!A1").await;
    check("Nothing", "Unable to parse range: Nothing").await;
    check("Sheet1!A0", "Unable to parse range: Sheet1!A0").await;
    let limits = "exceeds grid limits. Max rows: 1000, max columns: 26";
    check("AA1:AB2", &format!("Range (Sheet1!AA1:AB2) {limits}")).await;
    check("A1001:B", &format!("Range (Sheet1!A1001:B) {limits}")).await;
}

#[tokio::test]
async fn what_is_typed_is_read_as_people_mean_it() {
    let book = Book::of(json!([])).await;
    let table = [
        ("12", json!(12), "12"),
        ("007", json!(7), "7"),
        ("-1.50", json!(-1.5), "-1.5"),
        ("1,234.5", json!(1234.5), "1,234.50"),
        ("(12)", json!(-12), "-12"),
        ("12%", json!(0.12), "12%"),
        ("12.5%", json!(0.125), "12.50%"),
        ("$100.15", json!(100.15), "$100.15"),
        ("-$5", json!(-5), "-$5"),
        ("€5", json!(5), "€5"),
        ("1e3", json!(1000), "1.00E+03"),
        ("true", json!(true), "TRUE"),
        ("=1+2", json!(3), "3"),
        ("'0123", json!("0123"), "0123"),
        ("'=1", json!("=1"), "=1"),
        ("2026-09-05", json!(46270), "2026-09-05"),
        ("1/15/2026", json!(46037), "1/15/2026"),
        ("Mar 1 2016", json!(42430), "Mar 1 2016"),
        ("March 1, 2016", json!(42430), "March 1, 2016"),
        ("1/1/1900 12:00", json!(2.5), "1/1/1900 12:00"),
        ("9:30", json!(9.5 / 24.0), "9:30"),
        ("9:30 PM", json!(21.5 / 24.0), "9:30 PM"),
        ("36:00", json!(1.5), "36:00"),
        ("13/1/2026", json!("13/1/2026"), "13/1/2026"),
        ("2/30/2026", json!("2/30/2026"), "2/30/2026"),
        ("1,23", json!("1,23"), "1,23"),
        ("1.2.3", json!("1.2.3"), "1.2.3"),
        ("3 apples", json!("3 apples"), "3 apples"),
        ("=", json!("="), "="),
        (" ", json!(" "), " "),
    ];
    for (typed, plain, shown) in table {
        book.ok("POST /values/A1:clear", json!({})).await;
        let reset = json!([{ "repeatCell": { "range": grid((0, 1), (0, 1)), "cell": {},
            "fields": "userEnteredFormat" } }]);
        book.batch(reset).await;
        book.enter("A1", json!([[typed]])).await;
        assert_eq!(book.plain("A1").await[0][0], plain, "{typed}");
        assert_eq!(book.shown("A1").await[0][0], shown, "{typed}");
    }
    // Without a year it is this one, where the spreadsheet is.
    book.enter("B1", json!([["1-2"]])).await;
    let cell = book.cell("B1").await;
    assert_eq!(cell["formattedValue"], "1-2");
    assert_eq!(cell["userEnteredFormat"]["numberFormat"]["pattern"], "m-d");
    assert_eq!(cell["userEnteredValue"]["numberValue"], 46024);
}

#[tokio::test]
async fn what_is_typed_is_read_by_the_locale() {
    let check = async |locale: &str, rows: &[(&str, Value, &str)]| {
        let book = Book::with(json!({ "locale": locale, "tabs": [{ "name": "T" }] })).await;
        for (row, (typed, plain, shown)) in rows.iter().enumerate() {
            let range = format!("T!A{}", row + 1);
            book.enter(&range, json!([[typed]])).await;
            assert_eq!(&book.plain(&range).await[0][0], plain, "{locale} {typed}");
            assert_eq!(book.shown(&range).await[0][0], *shown, "{locale} {typed}");
        }
    };
    check(
        "de_DE",
        &[
            ("1.234,5", json!(1234.5), "1.234,50"),
            ("1,5", json!(1.5), "1,5"),
            ("15.01.2026", json!(46037), "15.01.2026"),
            ("1. März 2016", json!(42430), "1. März 2016"),
            ("12,50 €", json!(12.5), "12,50 €"),
            ("wahr", json!(true), "WAHR"),
            ("=1,5+SUM(1;2)", json!(4.5), "4,5"),
            ("1/2", json!(46054), "1/2"),
        ],
    )
    .await;
    check(
        "en_GB",
        &[
            ("15/01/2026", json!(46037), "15/01/2026"),
            ("£1,000", json!(1000), "£1,000"),
            ("01/15/2026", json!("01/15/2026"), "01/15/2026"),
        ],
    )
    .await;
}

#[tokio::test]
async fn raw_values_are_kept_as_they_are() {
    let book = Book::of(json!([])).await;
    let rows = json!([["1", 1, true, "=1+1", "'x", "1/15/2026", "", null]]);
    book.ok(
        "PUT /values/A1:H1?valueInputOption=RAW",
        json!({ "values": rows }),
    )
    .await;
    let plain = book.plain("A1:H1").await;
    assert_eq!(plain, json!([["1", 1, true, "=1+1", "'x", "1/15/2026"]]));
    assert_eq!(
        book.cell("D1").await["userEnteredValue"]["stringValue"],
        "=1+1"
    );
}

#[tokio::test]
async fn dates_are_numbers_or_texts_as_one_likes() {
    let book = Book::of(json!([["1/15/2026", "=A1+1", "$1.23"]])).await;
    let read = async |query: &str| book.read("A1:C1", query).await[0].clone();
    assert_eq!(read("").await, json!(["1/15/2026", "1/16/2026", "$1.23"]));
    let plain = "?valueRenderOption=UNFORMATTED_VALUE";
    assert_eq!(read(plain).await, json!([46037, 46038, 1.23]));
    let texts = format!("{plain}&dateTimeRenderOption=FORMATTED_STRING");
    assert_eq!(read(&texts).await, json!(["1/15/2026", "1/16/2026", 1.23]));
    assert_eq!(
        read("?valueRenderOption=FORMULA").await,
        json!([46037, "=A1+1", 1.23])
    );
}

#[tokio::test]
async fn a_write_says_what_it_changed() {
    let book = Book::of(json!([["a", "b", "c"], ["d", "e", "f"]])).await;
    let line = "PUT /values/A1:C3?valueInputOption=RAW&includeValuesInResponse=true";
    let body = json!({ "values": [["x", null, ""], [null, 2]] });
    let written = book.ok(line, body).await;
    let expected = json!({
        "spreadsheetId": ID, "updatedRange": "Sheet1!A1:C2", "updatedRows": 2,
        "updatedColumns": 3, "updatedCells": 3,
        "updatedData": { "range": "Sheet1!A1:C2", "majorDimension": "ROWS",
            "values": [["x", "b"], ["d", "2", "f"]] },
    });
    assert_eq!(written, expected);
    let body = json!({ "majorDimension": "COLUMNS", "values": [[1, 2], [3, 4]] });
    let written = book.ok("PUT /values/D1?valueInputOption=RAW", body).await;
    assert_eq!(
        written["updatedRange"], "Sheet1!D1:E2",
        "one cell is where it begins"
    );
    assert_eq!(book.plain("D1:E2").await, json!([[1, 3], [2, 4]]));
    let nothing = book
        .ok("PUT /values/A1?valueInputOption=RAW", json!({}))
        .await;
    assert_eq!(nothing["updatedCells"], Value::Null);
}

#[tokio::test]
async fn a_write_that_cannot_be_is_refused_in_googles_words() {
    let book = Book::of(json!([["kept"]])).await;
    let check = async |range: &str, values: Value, message: &str| {
        let line = format!("PUT /values/{range}?valueInputOption=RAW");
        let told = book.refused(&line, json!({ "values": values })).await;
        assert_eq!(told, (400, message.to_owned()), "{range}");
    };
    let within = "Requested writing within range [Sheet1!A1:B1], but tried writing to";
    check("A1:B1", json!([[1], [2]]), &format!("{within} row [2]")).await;
    check("A1:B1", json!([[1, 2, 3]]), &format!("{within} column [C]")).await;
    let limits = "exceeds grid limits. Max rows: 1000, max columns: 26";
    check(
        "Z1",
        json!([[1, 2]]),
        &format!("Range (Sheet1!Z1:AA1) {limits}"),
    )
    .await;
    check(
        "A1000",
        json!([[1], [2]]),
        &format!("Range (Sheet1!A1000:A1001) {limits}"),
    )
    .await;
    check(
        "A1001",
        json!([[1]]),
        &format!("Range (Sheet1!A1001) {limits}"),
    )
    .await;
    check("A1", json!([[[1]]]), "Invalid values[0][0]: list_value [1]").await;
    check(
        "A1:B2",
        json!([["new"], [{}]]),
        "Invalid values[1][0]: struct_value {}",
    )
    .await;
    let long = "x".repeat(50_001);
    let message = "Your input contains more than the maximum of 50000 characters in a single cell.";
    check("A1", json!([[long]]), message).await;
    let told = book
        .refused("PUT /values/A1", json!({ "values": [[1]] }))
        .await;
    assert_eq!(told.1, "'valueInputOption' is required but not specified");
    assert_eq!(
        book.shown("A1:B2").await,
        json!([["kept"]]),
        "nothing is written"
    );
}

#[tokio::test]
async fn many_ranges_are_read_written_and_cleared_at_once() {
    let book = Book::of(json!([["a", "b"], ["c", "d"]])).await;
    let body = json!({ "valueInputOption": "USER_ENTERED", "includeValuesInResponse": true,
        "responseValueRenderOption": "UNFORMATTED_VALUE", "data": [
            { "range": "A1:B1", "values": [["1%", "x"]] },
            { "range": "D5", "majorDimension": "COLUMNS", "values": [[1, 2]] },
        ] });
    let done = book.ok("POST /values:batchUpdate", body).await;
    let total = |what: &str| done[format!("totalUpdated{what}")].clone();
    let totals = ["Rows", "Columns", "Cells", "Sheets"].map(total);
    assert_eq!(totals, [3, 3, 4, 1].map(Value::from));
    assert_eq!(
        done["responses"][0]["updatedData"]["values"],
        json!([[0.01, "x"]])
    );
    let line = "GET /values:batchGet?ranges=A1:B2&ranges=D5:D6&majorDimension=COLUMNS";
    let read = book.ok(line, Value::Null).await;
    assert_eq!(
        read["valueRanges"][0]["values"],
        json!([["1%", "c"], ["x", "d"]])
    );
    assert_eq!(read["valueRanges"][1]["range"], "Sheet1!D5:D6");
    let body = json!({ "valueInputOption": "RAW", "data": [
        { "range": "A1", "values": [["lost"]] }, { "range": "Nope!A1", "values": [[1]] } ] });
    let told = book.refused("POST /values:batchUpdate", body).await;
    assert_eq!(told.1, "Invalid data[1]: Unable to parse range: Nope!A1");
    assert_eq!(book.shown("A1").await, json!([["1%"]]), "all or nothing");
    let body = json!({ "ranges": ["A1:B1", "D:D"] });
    let done = book.ok("POST /values:batchClear", body).await;
    assert_eq!(
        done["clearedRanges"],
        json!(["Sheet1!A1:B1", "Sheet1!D1:D1000"])
    );
    assert_eq!(book.shown("A1:D9").await, json!([[], ["c", "d"]]));
    book.enter("A1", json!([["0.5"]])).await;
    assert_eq!(
        book.shown("A1").await,
        json!([["50%"]]),
        "a format outlives its value"
    );
}

#[tokio::test]
async fn data_filters_name_ranges_as_well() {
    let book = Book::of(json!([["a", "b"], ["c", "d"]])).await;
    let first = json!({ "gridRange": grid((0, 1), (0, 2)) });
    let body = json!({ "dataFilters": [first, { "a1Range": "B2" }] });
    let read = book
        .ok("POST /values:batchGetByDataFilter", body.clone())
        .await;
    assert_eq!(
        read["valueRanges"][0]["valueRange"]["values"],
        json!([["a", "b"]])
    );
    assert_eq!(
        read["valueRanges"][1]["dataFilters"],
        json!([{ "a1Range": "B2" }])
    );
    let write = json!({ "valueInputOption": "RAW",
        "data": [{ "dataFilter": { "a1Range": "B2" }, "values": [["new"]] }] });
    let done = book.ok("POST /values:batchUpdateByDataFilter", write).await;
    let expected = json!([{ "dataFilter": { "a1Range": "B2" }, "updatedRange": "Sheet1!B2",
        "updatedRows": 1, "updatedColumns": 1, "updatedCells": 1 }]);
    assert_eq!(done["responses"], expected);
    let cleared = json!({ "dataFilters": [first] });
    book.ok("POST /values:batchClearByDataFilter", cleared)
        .await;
    assert_eq!(book.shown("A1:B2").await, json!([[], ["c", "new"]]));
    let mut asked = body;
    asked["includeGridData"] = true.into();
    let shown = book.ok("POST :getByDataFilter", asked).await;
    assert_eq!(shown["sheets"][0]["data"].as_array().unwrap().len(), 2);
    let body = json!({ "dataFilters": [{ "developerMetadataLookup": {} }] });
    let told = book
        .refused("POST /values:batchGetByDataFilter", body)
        .await;
    assert_eq!(told.0, 501, "{}", told.1);
}
