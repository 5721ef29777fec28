//! Tests of the syntax.

use super::*;
use crate::files::budget::tests::plenty;

fn object(text: &[u8]) -> Option<Object> {
    Lexer::new(text, 0).object(&plenty()).unwrap()
}

#[test]
fn values_of_all_kinds_are_read() {
    let string = |text: &[u8]| Some(Object::String(text.to_vec()));
    for (text, value) in [
        (&b" % remark\n -12.5 "[..], Some(Object::Number(-12.5))),
        (b"--3", Some(Object::Number(3.0))),
        (b"12 0 R", Some(Object::Reference(12))),
        (b"12 0 obj", Some(Object::Number(12.0))),
        (b"/A#42#", Some(Object::Name("AB#".to_owned()))),
        (b"(a(b)\\)\\101\\\r\nc\\n)", string(b"a(b))Ac\n")),
        (b"<48 6>", string(b"H`")),
        (b"(open", string(b"open")),
        (
            b"[1 true [null]]",
            Some(Object::Array(vec![
                Object::Number(1.0),
                Object::Bool(true),
                Object::Array(vec![Object::Null]),
            ])),
        ),
        (b"[1 endobj", None),
        (b"<<", None),
        (b"", None),
    ] {
        assert_eq!(object(text), value, "{}", String::from_utf8_lossy(text));
    }
    let dict = object(b"<</A 1 0 R/B[2 0 R 3]/A 4>>").unwrap();
    let dict = dict.dict().unwrap();
    assert_eq!(dict.get("A"), Some(&Object::Number(4.0)));
    assert_eq!(
        dict.get("B"),
        Some(&Object::Array(vec![
            Object::Reference(2),
            Object::Number(3.0)
        ]))
    );
}

#[test]
fn depth_and_number_are_bounded() {
    let nested = |depth| [b"[".repeat(depth), b"]".repeat(depth)].concat();
    assert!(object(&nested(MAX_DEPTH)).is_some());
    assert!(object(&nested(MAX_DEPTH + 1)).is_none());
    assert!(object(&b"[<<".repeat(1_000_000)).is_none());
    let wide = [&b"["[..], &b"0 ".repeat(MAX_VALUES), b"]"].concat();
    assert!(object(&wide).is_none());
    let row = |values| [&b"["[..], &b"0 ".repeat(values), b"]"].concat();
    let is_read = |text: &[u8]| Lexer::of_content(text).item(&plenty()).unwrap().is_some();
    assert!(is_read(&row(MAX_OPERAND - 2)));
    assert!(!is_read(&row(MAX_OPERAND)));
}
