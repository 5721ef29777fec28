//! Texts found and replaced.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};

use super::harness::{Book, grid};

async fn book() -> Book {
    Book::with(json!({ "tabs": [
        { "name": "One", "rows": [["Cat", "cats cat", "=LEN(\"cat\")"], ["12", "a.b"]] },
        { "name": "Two", "rows": [["cat"]] } ] }))
    .await
}

async fn replace(book: &Book, options: Value) -> Value {
    let mut request = json!({ "replacement": "dog" });
    for (name, value) in options.as_object().unwrap() {
        request[name] = value.clone();
    }
    let replies = book.batch(json!([{ "findReplace": request }])).await;
    replies[0]["findReplace"].clone()
}

#[tokio::test]
async fn what_is_found_is_replaced_and_counted() {
    let all = book().await;
    let done = replace(&all, json!({ "find": "cat", "allSheets": true })).await;
    let expected = json!({ "valuesChanged": 3, "rowsChanged": 2, "sheetsChanged": 2,
        "occurrencesChanged": 4 });
    assert_eq!(done, expected);
    assert_eq!(all.shown("One!A1:B1").await, json!([["dog", "dogs dog"]]));
    let some = book().await;
    let done = replace(
        &some,
        json!({ "find": "cat", "sheetId": 0, "matchCase": true }),
    )
    .await;
    assert_eq!(done["occurrencesChanged"], 2);
    assert_eq!(some.shown("One!A1:B1").await, json!([["Cat", "dogs dog"]]));
    let whole = book().await;
    let options = json!({ "find": "CAT", "range": grid((0, 2), (0, 2)), "matchEntireCell": true });
    assert_eq!(replace(&whole, options).await["valuesChanged"], 1);
    let nothing = replace(&whole, json!({ "find": "bird", "allSheets": true })).await;
    assert_eq!(nothing, json!({}));
}

#[tokio::test]
async fn formulas_and_patterns_are_searched_where_they_are_asked_for() {
    let formulas = book().await;
    let options = json!({ "find": "cat", "sheetId": 0, "includeFormulas": true });
    assert_eq!(replace(&formulas, options).await["formulasChanged"], 1);
    assert_eq!(formulas.entered("One!C1").await, json!([["=LEN(\"dog\")"]]));
    let dots = book().await;
    replace(
        &dots,
        json!({ "find": "a.b", "sheetId": 0, "replacement": "$1" }),
    )
    .await;
    assert_eq!(
        dots.shown("One!B2").await,
        json!([["$1"]]),
        "a text is no pattern"
    );
    let pattern = book().await;
    let options = json!({ "find": "(a)\\.(b)", "sheetId": 0, "searchByRegex": true,
        "replacement": "$2$1x" });
    assert_eq!(replace(&pattern, options).await["occurrencesChanged"], 1);
    assert_eq!(pattern.shown("One!B2").await, json!([["bax"]]));
    let options = json!({ "find": "12", "sheetId": 0, "replacement": "13" });
    replace(&pattern, options).await;
    assert_eq!(
        pattern.plain("One!A2").await,
        json!([[13]]),
        "a number stays one"
    );
}

#[tokio::test]
async fn a_search_of_nothing_or_nowhere_is_refused() {
    let book = book().await;
    for (options, message) in [
        (
            json!({ "find": "", "allSheets": true }),
            "find must not be empty.",
        ),
        (json!({ "find": "x" }), "Must specify a scope"),
        (
            json!({ "find": "(", "allSheets": true, "searchByRegex": true }),
            "Invalid regular",
        ),
        (json!({ "find": "x", "sheetId": 9 }), "No sheet with id: 9"),
    ] {
        let told = book
            .batch_refused(json!([{ "findReplace": options }]))
            .await;
        assert!(told.contains(message), "{told}");
    }
}
