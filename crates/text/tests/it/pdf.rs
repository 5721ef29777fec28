//! What a model gets of PDF files.

use toolgate_text::{FileKind, FileLimits};

use crate::support::{deflated, pdf, pdf_of, read, read_within, stream};

/// Shows text at a place.
fn at(x: i32, y: i32, text: &str) -> String {
    format!("BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n")
}

#[tokio::test]
async fn pages_have_headings_lines_and_paragraphs() {
    let first = [
        at(50, 700, "One line"),
        at(50, 688, "and the next."),
        at(50, 650, "Another paragraph \\(caf\\351\\)"),
        at(50, 638, "A"),
        at(300, 638, "B"),
    ]
    .concat();
    let second = "BT /F1 10 Tf 12 TL 50 700 Td [(W) 60 (ord) -300 (gap) -20 (s)] TJ T* (two) Tj (\\nlines) ' ET";
    let file = read(pdf_of(&[&first, second, "0 0 10 10 re f"], &[]))
        .await
        .unwrap();
    assert_eq!(file.kind, FileKind::Pdf);
    assert_eq!(
        file.text,
        "## Page 1\n\nOne line\nand the next.\n\nAnother paragraph (café)\nA\tB\n\n\
         ## Page 2\n\nWord gaps\ntwo\n\nlines\n\n## Page 3\n\n(no text)"
    );
    assert_eq!(
        (file.pages_total, file.pages_read, file.truncated),
        (3, 3, false)
    );
    assert!(file.notes[0].starts_with("1 pages, the first of them page 3, have no text"));
}

#[tokio::test]
async fn fonts_of_many_glyphs_are_read_by_their_tables() {
    let map = "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0010> <0020> <0410> endbfrange";
    let map = String::from_utf8(stream("", map.as_bytes())).unwrap();
    let font = "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 12 0 R/DescendantFonts[<</W[16[600 600]]>>]>>";
    let page = "BT /F2 10 Tf 50 700 Td <001000110012ffffffff> Tj ET";
    let file = read(pdf_of(&[page], &[font, "null", &map])).await.unwrap();
    assert_eq!(file.text, "## Page 1\n\nАБВ\u{fffd}");
    assert!(
        file.notes[0].starts_with("2 glyphs have no meaning"),
        "{:?}",
        file.notes
    );
}

#[tokio::test]
async fn drawings_and_links_are_read_and_invisible_text_is_said() {
    let form = String::from_utf8(stream(
        "/Subtype/Form/Matrix[1 0 0 1 0 -100]",
        at(50, 700, "in a form").as_bytes(),
    ))
    .unwrap();
    let page = [
        &at(50, 700, "above")[..],
        "q /X Do Q BI /W 1 /H 1 ID (\x01 Tj EIx EI\n",
        "BT 3 Tr /F1 10 Tf 50 500 Td (by OCR) Tj ET",
    ]
    .concat();
    let mut bytes = pdf_of(&[&page], &["null", &form]);
    // The last of several objects with one number counts, as later versions stand behind earlier ones.
    let annotated = "12 0 obj<</Type/Page/Parent 2 0 R/Contents 13 0 R/Annots[<</A<</URI(https://e.com/x)>>>> \
        <</A<</URI(javascript:alert\\(1\\))>>>>]>>endobj";
    bytes.extend(annotated.as_bytes());
    let file = read(bytes).await.unwrap();
    assert_eq!(
        file.text,
        "## Page 1\n\nabove\n\nin a form\n\nby OCR\n<https://e.com/x>"
    );
    assert!(
        file.notes[0].starts_with("5 characters are in the file and not shown"),
        "{:?}",
        file.notes
    );
}

#[tokio::test]
async fn objects_in_packed_streams_are_found() {
    let inner = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Contents 7 0 R/Resources<</Font<</F1<<>>>>>>>>",
    ];
    let starts = [0, inner[0].len(), inner[0].len() + inner[1].len()];
    let head = format!("1 {} 2 {} 3 {} ", starts[0], starts[1], starts[2]);
    let packed = deflated((head.clone() + &inner.concat()).as_bytes());
    let dict = format!(
        "<</Type/ObjStm/N 3/First {}/Filter/FlateDecode/Length 5 0 R>>stream\r\n",
        head.len()
    );
    let objects = [
        b"null".to_vec(),
        b"null".to_vec(),
        b"null".to_vec(),
        // Its length stands in another object.
        [dict.as_bytes(), &packed, b"\nendstream"].concat(),
        packed.len().to_string().into_bytes(),
        stream("/Type/XRef/Root 1 0 R", b"absurd"),
        stream("", at(50, 700, "packed 9 0 obj <</Type/Page>>").as_bytes()),
    ];
    let bytes = pdf(&objects);
    let bytes = bytes
        .strip_suffix(b"trailer <</Root 1 0 R>>\n%%EOF\n")
        .unwrap()
        .to_vec();
    let file = read(bytes).await.unwrap();
    assert_eq!(file.text, "## Page 1\n\npacked 9 0 obj <</Type/Page>>");
    assert_eq!(file.pages_total, 1);
}

#[tokio::test]
async fn pages_are_found_where_the_tree_is_lost_and_none_is_damage() {
    let page = "<</Type/Page/Contents 2 0 R/Resources<</Font<</F1<<>>>>>>>>"
        .as_bytes()
        .to_vec();
    let content = stream("", at(50, 700, "found").as_bytes());
    let file = read(pdf(&[page, content])).await.unwrap();
    assert_eq!(file.text, "## Page 1\n\nfound");
    let error = read(b"%PDF-1.4\nnothing".to_vec()).await.unwrap_err();
    assert!(error.is_damaged());
    assert_eq!(
        error.to_string(),
        "this PDF file is damaged: it has no pages that could be found"
    );
}

#[tokio::test]
async fn an_encrypted_file_is_said_to_be_one() {
    let mut bytes = pdf_of(&["BT (x) Tj ET"], &[]);
    bytes.extend(b"trailer <</Root 1 0 R/Encrypt 9 0 R>>");
    let error = read(bytes).await.unwrap_err();
    assert!(error.is_encrypted() && !error.is_damaged(), "{error}");
}

#[tokio::test]
async fn pages_beyond_the_limit_are_counted_and_not_read() {
    let page = at(50, 700, "x");
    let limits = FileLimits::default().with_max_pages(2);
    let file = read_within(pdf_of(&[page.as_str(); 5], &[]), limits)
        .await
        .unwrap();
    assert_eq!(
        (file.pages_total, file.pages_read, file.truncated),
        (5, 2, true)
    );
    assert_eq!(file.text, "## Page 1\n\nx\n\n## Page 2\n\nx");
}
