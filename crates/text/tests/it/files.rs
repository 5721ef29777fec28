//! What holds for files of every kind: limits, text of any charset, what is seen.

use std::time::Duration;

use toolgate_text::{FileHint, FileKind, FileLimits, file_to_text};

use crate::support::{docx, pdf_of, read_within, xlsx};

#[tokio::test]
async fn text_is_read_in_its_charset_and_without_what_nobody_sees() {
    let limits = FileLimits::default();
    for (bytes, name, kind, text) in [
        (
            &b"caf\xe9\r\nna\xefve"[..],
            "a.txt",
            FileKind::Text,
            "café\nnaïve",
        ),
        (b"\xff\xfeh\0i\0", "a.txt", FileKind::Text, "hi"),
        (
            "a\u{200b}b\u{202e}c\u{e0041}".as_bytes(),
            "a.md",
            FileKind::Markdown,
            "abc",
        ),
        (b"{\"a\": [1]}", "a.json", FileKind::Json, "{\"a\": [1]}"),
        (
            b"<?xml version='1.0'?><a>1</a>",
            "a.bin",
            FileKind::Xml,
            "<?xml version='1.0'?><a>1</a>",
        ),
        (
            b"<!doctype html><h1>Hi</h1><p style='display:none'>no",
            "a.txt",
            FileKind::Html,
            "# Hi",
        ),
        (b"a\tb\n1\t\"2\"\n", "a.tsv", FileKind::Tsv, "a\tb\n1\t2"),
        (b"", "", FileKind::Text, ""),
    ] {
        let hint = FileHint::default().with_name(name);
        let file = file_to_text(bytes.to_vec(), &hint, &limits).await.unwrap();
        assert_eq!((file.kind, file.text.as_str()), (kind, text));
        assert_eq!(
            (file.pages_total, file.pages_read, file.truncated),
            (1, 1, false)
        );
    }
}

#[tokio::test]
async fn text_beyond_the_limit_is_left_out_and_said() {
    let paragraph = "<w:p><w:r><w:t>some words of text</w:t></w:r></w:p>".repeat(50);
    let row = r#"<row><c t="str"><v>some words of text</v></c></row>"#.repeat(50);
    let page = "BT /F1 9 Tf (some words of text) Tj ET ".repeat(50);
    let limits = FileLimits::default().with_max_output_chars(100);
    for (bytes, name) in [
        (docx(&paragraph, &[]), ""),
        (xlsx(&[("A", "", &row)], &[]), ""),
        (pdf_of(&[&page], &[]), ""),
        ("some words of text ".repeat(50).into_bytes(), "a.txt"),
        ("some words;of text\n".repeat(50).into_bytes(), "a.csv"),
        (
            format!("<html>{}", "some words of text ".repeat(50)).into_bytes(),
            "a.html",
        ),
    ] {
        let hint = FileHint::default().with_name(name);
        let file = file_to_text(bytes, &hint, &limits).await.unwrap();
        let chars = file.text.chars().count();
        assert!(
            file.truncated && (60..=100).contains(&chars),
            "{:?} {chars}",
            file.kind
        );
    }
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_not_looked_at() {
    let limits = FileLimits::default().with_max_input_bytes(3);
    assert!(read_within(b"abc".to_vec(), limits).await.is_ok());
    assert!(
        read_within(b"abcd".to_vec(), limits)
            .await
            .unwrap_err()
            .is_too_large()
    );
}

#[tokio::test]
async fn no_time_is_an_error_of_its_own() {
    let limits = FileLimits::default().with_time(Duration::ZERO);
    let error = read_within(b"abc".to_vec(), limits).await.unwrap_err();
    assert!(error.is_out_of_time() && !error.is_transient());
}
