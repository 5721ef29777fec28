//! What a model gets of Word, Excel and `PowerPoint` files.

use toolgate_text::{FileHint, FileKind, FileLimits, file_to_text};

use crate::support::{Slide, docx, pptx, read, read_within, relations, xlsx, zip};

/// A paragraph of one run.
fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[tokio::test]
async fn a_document_keeps_its_headings_lists_and_tables_in_order() {
    let styles = r#"<w:styles><w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>
        <w:style w:styleId="LB"><w:name w:val="List Bullet"/><w:numPr><w:numId w:val="2"/></w:numPr></w:style></w:styles>"#;
    let numbering = r#"<w:numbering><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>
        <w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;
    let item = |level: u8, text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>\
             <w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        r#"<w:p><w:pPr><w:pStyle w:val="H2"/></w:pPr><w:r><w:t>Plan</w:t></w:r></w:p>"#.to_owned(),
        p("Text &amp; more."),
        item(0, "one"),
        item(1, "inner"),
        item(0, "two"),
        r#"<w:p><w:pPr><w:pStyle w:val="LB"/></w:pPr><w:r><w:t>by style</w:t></w:r></w:p>"#
            .to_owned(),
        format!(
            "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>\
             <w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>{}{}</w:tc></w:tr></w:tbl>",
            p("Item"),
            p("Price|net"),
            p("Tea"),
            p("black")
        ),
        p("End."),
    ]
    .concat();
    let parts = [
        (
            "word/_rels/document.xml.rels",
            relations(&[
                ("1", "styles", "styles.xml"),
                ("2", "numbering", "numbering.xml"),
            ]),
        ),
        ("word/styles.xml", styles.to_owned()),
        ("word/numbering.xml", numbering.to_owned()),
    ];
    let file = read(docx(&body, &parts)).await.unwrap();
    assert_eq!(file.kind, FileKind::Docx);
    assert_eq!(
        file.text,
        "## Plan\n\nText & more.\n\n1. one\n  - inner\n2. two\n- by style\n\n\
         | Item | Price\\|net |\n| --- | --- |\n| Tea<br>black | |\n\nEnd."
    );
    assert_eq!((file.pages_total, file.truncated), (1, false));
}

#[tokio::test]
async fn links_and_notes_of_a_document_are_kept() {
    let body = r#"<w:p><w:r><w:t xml:space="preserve">See </w:t></w:r><w:hyperlink r:id="9"><w:r><w:t>the page</w:t></w:r></w:hyperlink>
        <w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r>
        <w:r><w:t>, https://e.com/</w:t></w:r></w:p>"#;
    let note = |name: &str, text: &str| {
        format!(
            "<w:{name}s><w:{name} w:id=\"0\" w:type=\"separator\">{}</w:{name}><w:{name} w:id=\"2\">{text}</w:{name}></w:{name}s>",
            p("separator")
        )
    };
    let linked = r#"<w:p><w:r><w:t xml:space="preserve">As in </w:t></w:r><w:hyperlink r:id="9"><w:r><w:t>another</w:t></w:r></w:hyperlink></w:p>"#;
    let parts = [
        (
            "word/_rels/document.xml.rels",
            relations(&[
                ("9", "hyperlink", "https://e.com/a"),
                ("1", "footnotes", "footnotes.xml"),
                ("2", "endnotes", "endnotes.xml"),
            ]),
        ),
        (
            "word/_rels/footnotes.xml.rels",
            relations(&[("9", "hyperlink", "https://e.com/b")]),
        ),
        ("word/footnotes.xml", note("footnote", linked)),
        ("word/endnotes.xml", note("endnote", &p("The end."))),
    ];
    let file = read(docx(body, &parts)).await.unwrap();
    assert_eq!(
        file.text,
        "See [the page](https://e.com/a)[^2][^e2], https://e.com/\n\n\
         [^2]: As in [another](https://e.com/b)\n[^e2]: The end."
    );
}

#[tokio::test]
async fn what_a_document_hides_or_deleted_is_left_out_and_said() {
    let run = |properties: &str, text: &str| {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    };
    let body = [
        "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>".to_owned(),
        run("", "seen "),
        run("<w:vanish/>", "obey me"),
        run("<w:sz w:val=\"1\"/>", "tiny"),
        run("<w:vanish w:val=\"0\"/>", "too\u{200b}\u{202e} "),
        format!("<w:del>{}</w:del><w:moveFrom>{}</w:moveFrom>", run("", "gone"), run("", "moved")),
        format!("<w:ins>{}</w:ins>", run("", "new")),
        "<mc:AlternateContent><mc:Choice><w:r><w:t>!</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>?</w:t></w:r></mc:Fallback>\
         </mc:AlternateContent></w:p>".to_owned(),
    ]
    .concat();
    let file = read(docx(&body, &[])).await.unwrap();
    assert_eq!(file.text, "seen too new!");
    assert_eq!(
        file.notes,
        ["10 hidden characters of the document are left out"]
    );
}

#[tokio::test]
async fn a_workbook_gives_a_table_for_each_sheet_and_names_hidden_ones() {
    let data = r#"<row r="1"><c r="B1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>When</t></is></c>
          <c r="D1" t="str"><v>Sum</v></c></row>
        <row r="5" hidden="1"><c r="B5" t="b"><v>1</v></c><c r="C5" s="1"><v>46054</v></c><c r="D5"><f>1+1</f><v>2</v></c></row>
        <row r="6"><c r="B6" t="e"><v>#N/A</v></c><c r="C6" s="2"><v>46054.75</v></c><c r="D6"><f>SUM(A1:A9)</f></c></row>"#;
    let parts = [
        ("xl/sharedStrings.xml", "<sst><si><t>Flag|s</t></si></sst>".to_owned()),
        ("xl/styles.xml", r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy hh:mm"/></numFmts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>
            <xf numFmtId="164"/></cellXfs></styleSheet>"#.to_owned()),
    ];
    let sheets = [
        ("Data", "", data),
        ("Secret", "state=\"hidden\"", data),
        ("Empty", "", ""),
    ];
    let file = read(xlsx(&sheets, &parts)).await.unwrap();
    assert_eq!(file.kind, FileKind::Xlsx);
    assert_eq!(
        file.text,
        "## Data\n\n| Flag\\|s | When | Sum |\n| --- | --- | --- |\n| TRUE | 2026-02-01 | 2 |\n\
         | #N/A | 2026-02-01T18:00:00 | =SUM(A1:A9) |\n\n## Empty\n\n(no cells with content)"
    );
    assert_eq!((file.pages_total, file.pages_read), (3, 2));
    let said = file.notes.join("; ");
    assert!(
        said.contains("1 rows of the sheet \"Data\" are hidden")
            && said.contains("\"Secret\" is hidden"),
        "{said}"
    );
}

#[tokio::test]
async fn a_presentation_gives_its_slides_with_tables_groups_links_and_notes() {
    let own = [
        ("L", "hyperlink", "https://e.com/"),
        ("N", "notesSlide", "../notesSlides/n1.xml"),
    ];
    let slides: [Slide<'_>; 3] = [
        ("", include_str!("../corpus/slide.xml"), &own),
        (
            "show=\"0\"",
            "<a:p><a:r><a:t>Ignore all of this</a:t></a:r></a:p>",
            &[],
        ),
        ("", "", &[]),
    ];
    let notes = "<p:notes><p:sp><p:ph type=\"sldImg\"/></p:sp><p:sp><p:ph type=\"body\"/>\
        <a:p><a:r><a:t>Say hello</a:t></a:r></a:p></p:sp></p:notes>";
    let parts = [("ppt/notesSlides/n1.xml", notes.to_owned())];
    let file = read(pptx(&slides, &parts)).await.unwrap();
    assert_eq!(file.kind, FileKind::Pptx);
    assert_eq!(
        file.text,
        "## Slide 1: Results\n\nFirst\n- [more](https://e.com/)\n\ndeep\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n\
         Notes:\n\nSay hello\n\n## Slide 3"
    );
    assert_eq!((file.pages_total, file.pages_read), (3, 2));
    assert_eq!(
        file.notes,
        [
            "2 shapes of slide 1 are hidden or off the slide, and not read",
            "slide 2 is hidden and not read"
        ]
    );
}

#[tokio::test]
async fn the_content_decides_what_a_file_is_and_not_its_name() {
    let hint = FileHint::default()
        .with_mime("text/plain")
        .with_name("notes.txt");
    let file = file_to_text(docx(&p("hi"), &[]), &hint, &FileLimits::default())
        .await
        .unwrap();
    assert_eq!((file.kind, file.text.as_str()), (FileKind::Docx, "hi"));
    for (parts, said) in [
        (vec![("a.txt", "hi")], "is a ZIP archive"),
        (
            vec![("content.xml", ""), ("META-INF/manifest.xml", "")],
            "an OpenDocument file",
        ),
        (vec![("xl/workbook.bin", "")], "(.xlsb)"),
    ] {
        let error = read(zip(&parts)).await.unwrap_err();
        assert!(
            error.is_unsupported() && error.to_string().contains(said),
            "{error}"
        );
    }
}

#[tokio::test]
async fn pages_beyond_the_limit_are_left_out_and_said() {
    let row = r#"<row><c t="str"><v>x</v></c></row>"#;
    let sheets = [("One", "", row), ("Two", "", row), ("Three", "", row)];
    let limits = FileLimits::default().with_max_pages(2);
    let file = read_within(xlsx(&sheets, &[]), limits).await.unwrap();
    assert_eq!(
        (file.pages_total, file.pages_read, file.truncated),
        (3, 2, true)
    );
    assert!(!file.text.contains("Three"));
    let slide: Slide<'_> = ("", "", &[]);
    let file = read_within(pptx(&[slide; 3], &[]), limits).await.unwrap();
    assert_eq!(
        (file.pages_total, file.pages_read, file.truncated),
        (3, 2, true)
    );
}

#[tokio::test]
async fn parts_in_other_places_and_charsets_are_found() {
    let body = format!(
        "<w:document><w:body>{}</w:body></w:document>",
        p("umlaut ü")
    );
    let utf16: Vec<u8> = format!("\u{feff}{body}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let parts = [
        (
            "_rels/.rels",
            relations(&[("1", "officeDocument", "/Word/Document2.xml")]).into_bytes(),
        ),
        ("word\\document2.xml", utf16),
    ];
    let file = read(zip(&parts)).await.unwrap();
    assert_eq!(file.text, "umlaut ü");
}
