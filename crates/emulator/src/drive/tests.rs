//! The query language, orders and conversions by themselves.

use proptest::prelude::{any, proptest};

use super::export::export;
use super::native::Native;
use super::node::{DOCUMENT, SHEET};
use super::query::{Op, Query, Term, Value, of_drives, of_files};
use super::{export, order};
use crate::sheets::Book;

fn text(field: &'static str, op: Op, value: &str) -> Query {
    let value = Value::Text(value.to_owned());
    Query::Term(Term { field, op, value })
}

#[test]
fn queries_read_from_left_to_right() {
    let name = |value: &str| Box::new(text("name", Op::Equal, value));
    let read = of_files("name='a' and name = 'b' or not name='c' and name='d'").unwrap();
    let first = Query::And(name("a"), name("b"));
    let second = Query::Or(Box::new(first), Box::new(Query::Not(name("c"))));
    assert_eq!(read, Query::And(Box::new(second), name("d")));
    let grouped = of_files("name='a' and (name='b' or name='c')").unwrap();
    let inner = Query::Or(name("b"), name("c"));
    assert_eq!(grouped, Query::And(name("a"), Box::new(inner)));
}

#[test]
fn what_google_documents_is_read() {
    for query in [
        "name contains 'hello' and not name contains 'x'",
        "fullText contains '\"hello world\"'",
        "mimeType = 'application/vnd.google-apps.folder'",
        "mimeType != 'a/b' and mimeType contains 'image/'",
        "modifiedTime > '2012-06-04T12:00:00' and (mimeType contains 'video/')",
        "modifiedTime >= '2012-06-04T12:00:00-08:00' or createdTime < '2012-06-04'",
        "viewedByMeTime <= '2012-06-04T12:00:00.123Z'",
        "'1234567' in parents",
        "'a@example.org' in writers and 'me' in owners",
        "sharedWithMe and name contains 'hello'",
        "sharedWithMe = true and trashed=false and starred != true",
        "properties has { key='mass' and value='1.3kg' }",
        "appProperties has { key='a' and value='b' }",
        "visibility = 'anyoneWithLink'",
        "shortcutDetails.targetId='1234'",
        "name = 'quinn\\'s paper\\\\essay'",
    ] {
        assert!(of_files(query).is_some(), "{query}");
    }
    assert!(of_drives("hidden = true and memberCount > 2 and name contains 'x'").is_some());
}

#[test]
fn a_flag_that_programs_send_by_itself_is_set() {
    let starred = of_files("starred = true and trashed = false");
    assert!(starred.is_some());
    assert_eq!(of_files("starred and trashed = false"), starred);
}

#[test]
fn other_queries_are_refused() {
    for query in [
        "name",
        "name = hello",
        "name = \"hello\"",
        "name = 'hello",
        "name = 'it's'",
        "name = 'a' name = 'b'",
        "name = 'a' and",
        "name > 'a'",
        "name = 'a\\n'",
        "nosuch = 'a'",
        "title = 'a'",
        "fullText = 'a'",
        "modifiedTime > 'yesterday'",
        "modifiedTime contains '2012'",
        "trashed",
        "trashed = 'true'",
        "trashed > true",
        "parents = 'root'",
        "'a' in name",
        "parents in 'a'",
        "visibility = 'nobody'",
        "properties has { key='a' }",
        "(name = 'a'",
        "name = 'a')",
        "memberCount > 2",
        "name = 'a' AND name = 'b'",
        &"(".repeat(500),
        &format!("{}name='a'", "not ".repeat(500)),
    ] {
        assert_eq!(of_files(query), None, "{query}");
    }
    assert_eq!(of_drives("trashed = false"), None);
}

proptest! {
    #[test]
    fn an_escaped_text_is_itself_and_no_more(value in any::<String>()) {
        let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
        let read = of_files(&format!("name = '{escaped}' and trashed = false"));
        let trashed = Query::Term(Term {
            field: "trashed",
            op: Op::Equal,
            value: Value::Flag(false),
        });
        let expected = Query::And(Box::new(text("name", Op::Equal, &value)), Box::new(trashed));
        assert_eq!(read, Some(expected));
    }

    #[test]
    fn any_text_is_a_query_or_refused(value in any::<String>()) {
        let _ = of_files(&value);
        let _ = order::read(&value);
        let _ = Native::import("text/csv", SHEET, value.as_bytes());
        let _ = Native::import("text/html", DOCUMENT, value.as_bytes());
        let _ = Native::import(super::ooxml::DOCX, DOCUMENT, value.as_bytes());
    }

    #[test]
    fn cells_come_back_from_a_table(rows in proptest::collection::vec(
        proptest::collection::vec("[a-z\",\n ]{1,6}", 3), 1..5,
    )) {
        let book = Book::typed(&rows);
        let csv = export(&Native::Sheet(Box::new(book)), "text/csv").unwrap();
        let read = Native::import("text/csv", SHEET, &csv).unwrap();
        let Native::Sheet(book) = read else { panic!("a sheet") };
        assert_eq!(&book.shown()[0].1, &rows);
    }
}

#[test]
fn orders_have_known_keys() {
    for order in [
        "name",
        "folder,modifiedTime desc,name_natural",
        "recency desc",
    ] {
        assert!(order::read(order).is_some(), "{order}");
    }
    for order in ["", "name,", "title", "name down", "name desc desc", "-name"] {
        assert_eq!(order::read(order), None, "{order}");
    }
}

#[test]
fn every_offered_export_is_made() {
    for (kind, formats) in export::EXPORTS {
        let native = Native::empty(kind).unwrap();
        for format in formats {
            assert!(export(&native, format).is_some(), "{kind} to {format}");
        }
        assert!(export(&native, "image/png").is_none());
    }
}

#[test]
fn a_plain_text_keeps_its_words_as_a_document() {
    let text = "1 * 2 _is_ `two`\n# no heading\n<b>\n";
    let native = Native::import("text/plain", DOCUMENT, text.as_bytes()).unwrap();
    assert_eq!(native.text(), text);
    let html = "<h2>A</h2><p>b &amp; <i>c</i></p><ul><li>d</li></ul>";
    let native = Native::import("text/html", DOCUMENT, html.as_bytes()).unwrap();
    assert_eq!(native, Native::Doc("## A\n\nb & c\n\n* d\n".to_owned()));
}
