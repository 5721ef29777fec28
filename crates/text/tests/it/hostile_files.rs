//! Files made to hurt: bombs, circles, depths and dimensions.
//!
//! What is counted is what was let through, never how long it took.

use toolgate_text::FileLimits;

use crate::support::{
    Slide, deflated, docx, pdf, pdf_of, pptx, read, read_within, relations, stored, stream, xlsx,
    zip,
};

const MIB: usize = 1024 * 1024;

/// Limits that a bomb of 4 MiB is well beyond.
fn small() -> FileLimits {
    FileLimits::default().with_max_unpacked_bytes(MIB)
}

#[tokio::test]
async fn a_part_that_unpacks_to_too_much_is_refused_wherever_it_is() {
    let bomb = " ".repeat(4 * MIB);
    let fine = "<w:p><w:r><w:t>text</w:t></w:r></w:p>";
    let named = relations(&[
        ("1", "styles", "styles.xml"),
        ("2", "footnotes", "notes.xml"),
    ]);
    let strings = [("xl/sharedStrings.xml", bomb.clone())];
    let styles = [
        ("word/_rels/document.xml.rels", named),
        ("word/styles.xml", bomb.clone()),
    ];
    for bytes in [
        docx(&bomb, &[]),
        docx(fine, &styles),
        xlsx(&[("A", "", "")], &strings),
        xlsx(&[("A", "", &bomb)], &[]),
        pptx(&[("", &bomb, &[])], &[]),
    ] {
        assert!(bytes.len() < MIB / 16);
        let error = read_within(bytes, small()).await.unwrap_err();
        assert!(error.is_too_large() && !error.is_transient(), "{error}");
    }
}

#[tokio::test]
async fn archives_in_an_archive_and_pictures_are_not_unpacked() {
    let bomb = zip(&[("a", vec![0; 4 * MIB])]);
    let parts = [
        ("word/document.xml", b"<w:p><w:t>text</w:t></w:p>".to_vec()),
        ("word/embeddings/inner.zip", zip(&[("bomb.zip", bomb)])),
        ("word/media/image1.png", vec![0; 4 * MIB]),
    ];
    let file = read_within(zip(&parts), small()).await.unwrap();
    assert_eq!(file.text, "text");
}

#[tokio::test]
async fn an_archive_of_very_many_files_is_refused() {
    let names: Vec<_> = (0..10_001).map(|index| (index.to_string(), "")).collect();
    let error = read(stored(&names)).await.unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn entities_are_not_expanded() {
    let entities: Vec<_> = (1..20)
        .map(|level| {
            let last = format!("&l{};", level - 1).repeat(10);
            format!("<!ENTITY l{level} \"{last}\">")
        })
        .collect();
    let entities = format!("<!DOCTYPE d [<!ENTITY l0 \"lol\">{}", entities.concat());
    let document = format!("{entities}]><d><p><r><t>&l19;&amp;<![CDATA[&l19;]]></t></r></p></d>");
    let file = read(zip(&[("word/document.xml", document)])).await.unwrap();
    assert_eq!(file.text, "&l19;&&l19;");
}

#[tokio::test]
async fn nesting_of_any_depth_is_an_answer() {
    let error = |bytes| async { read(bytes).await.unwrap_err() };
    for tag in [
        "w:tbl><w:tr><w:tc",
        "w:p",
        "w:sdt",
        "w:hyperlink",
        "mc:Fallback",
    ] {
        let error = error(docx(&format!("<{tag}>").repeat(200_000), &[])).await;
        assert!(
            error.is_damaged() && error.to_string().contains("nested too deeply"),
            "{error}"
        );
    }
    let error = error(pptx(&[("", &"<p:grpSp>".repeat(200_000), &[])], &[])).await;
    assert!(
        error
            .to_string()
            .contains("this PowerPoint presentation is damaged"),
        "{error}"
    );
    // In a PDF file what is nested too deeply is passed over.
    for open in ["[", "<<", "<</A ", "(", "[<<"] {
        let text = open.repeat(200_000);
        let page = format!("BT /F1 9 Tf (before) Tj ET {text}");
        let file = read(pdf_of(&[&page], &[&text])).await.unwrap();
        assert!(file.text.starts_with("## Page 1\n\nbefore"), "{open}");
    }
}

#[tokio::test]
async fn a_sheet_costs_what_is_in_it_and_not_what_it_spans() {
    let data = r#"<row r="1"><c r="A1" t="str"><v>first</v></c></row>
        <row r="1048576"><c r="XFD1048576" t="str"><v>last</v></c><c r="ZZZZZZZZ9" t="str"><v>beyond</v></c></row>"#;
    let parts = [("xl/worksheets/s0.xml", "unused".to_owned())];
    let file = read(xlsx(&[("A", "", data)], &parts)).await.unwrap();
    assert_eq!(file.text, "## A\n\n| first | |\n| --- | --- |\n| | last |");
}

#[tokio::test]
async fn far_too_many_columns_are_left_out_and_said() {
    let cells = |count| r#"<c t="str"><v>x</v></c>"#.repeat(count);
    let data = format!("<row>{}</row>", cells(300));
    let file = read(xlsx(&[("A", "", &data)], &[])).await.unwrap();
    assert!(file.text.contains("(the last 44 columns are left out)"));
    assert_eq!(file.text.matches("| x").count(), 256);
}

#[tokio::test]
async fn one_string_that_many_cells_share_fills_the_text_and_no_more() {
    let strings = [(
        "xl/sharedStrings.xml",
        format!("<sst><si><t>{}</t></si></sst>", "x".repeat(MIB)),
    )];
    let data = "<row><c t=\"s\"><v>0</v></c></row>".repeat(20_000);
    let file = read(xlsx(&[("A", "", &data), ("B", "", &data)], &strings))
        .await
        .unwrap();
    assert!(file.truncated);
    assert_eq!(file.text.chars().count(), 400_000);
}

#[tokio::test]
async fn cells_that_span_very_many_columns_are_refused() {
    let cells = "<w:tc><w:tcPr><w:gridSpan w:val=\"4294967295\"/></w:tcPr></w:tc>".repeat(31_251);
    let error = read(docx(&format!("<w:tbl><w:tr>{cells}"), &[]))
        .await
        .unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn a_slide_listed_very_often_counts_as_often_and_is_read_as_the_limit_says() {
    let slides: Vec<Slide<'_>> = vec![("", "<a:p><a:t>again</a:t></a:p>", &[])];
    let list = format!(
        "<p><sldIdLst>{}</sldIdLst></p>",
        "<sldId r:id=\"rId0\"/>".repeat(100_000)
    );
    let mut parts = vec![("ppt/presentation.xml", list)];
    parts.push((
        "ppt/_rels/presentation.xml.rels",
        relations(&[("rId0", "slide", "slides/s0.xml")]),
    ));
    parts.push(("ppt/slides/s0.xml", format!("<sld>{}</sld>", slides[0].1)));
    let file = read_within(zip(&parts), FileLimits::default().with_max_pages(3))
        .await
        .unwrap();
    assert_eq!(
        (file.pages_total, file.pages_read, file.truncated),
        (100_000, 3, true)
    );
    assert_eq!(file.text.matches("again").count(), 3);
}

#[tokio::test]
async fn streams_that_unpack_to_too_much_are_refused_through_any_chain_of_filters() {
    let once = deflated(&vec![b' '; 4 * MIB]);
    let twice = deflated(&once);
    let page = |filters: &str, data: &[u8]| {
        pdf(&[
            b"<</Pages 2 0 R>>".to_vec(),
            b"<</Kids[3 0 R]>>".to_vec(),
            b"<</Type/Page/Contents 4 0 R>>".to_vec(),
            stream(&format!("/Filter[{filters}]"), data),
        ])
    };
    let runs = [0x81, b' '].repeat(40_000);
    for bytes in [
        page("/FlateDecode", &once),
        page("/FlateDecode/FlateDecode", &twice),
        page("/FlateDecode/RunLengthDecode", &deflated(&runs)),
        pdf(&[stream("/Type/ObjStm/N 1/First 9/Filter/FlateDecode", &once)]),
    ] {
        assert!(bytes.len() < MIB / 16);
        let error = read_within(bytes, small()).await.unwrap_err();
        assert!(error.is_too_large(), "{error}");
    }
}

#[tokio::test]
async fn trees_and_references_that_lead_in_circles_end() {
    // A node that is its own child, two that are each other's, and one that doubles at each of sixty levels.
    let itself = pdf(&[
        "<</Pages 2 0 R>>",
        "<</Kids[2 0 R 3 0 R 2 0 R]>>",
        "<</Type/Page>>",
    ]);
    assert_eq!(read(itself).await.unwrap().pages_total, 1);
    let each_other = pdf(&[
        "<</Pages 2 0 R>>",
        "<</Kids[3 0 R]>>",
        "<</Kids[2 0 R 4 0 R]>>",
        "<</Type/Page>>",
    ]);
    assert_eq!(read(each_other).await.unwrap().pages_total, 1);
    let mut doubling: Vec<String> = vec!["<</Pages 2 0 R>>".to_owned()];
    doubling.extend((3..63).map(|next| format!("<</Kids[{next} 0 R {next} 0 R]>>")));
    doubling.push("<</Type/Page>>".to_owned());
    assert_eq!(read(pdf(&doubling)).await.unwrap().pages_total, 2);
    // References to themselves, and a stream whose length is that stream.
    let circle = pdf(&[
        "<</Pages 2 0 R>>",
        "<</Kids[3 0 R]/Resources 5 0 R>>",
        "<</Type/Page/Contents 6 0 R/Annots 5 0 R>>",
        "5 0 R",
        "4 0 R",
        "<</Length 6 0 R/Filter 5 0 R>>stream\nBT ET endstream",
    ]);
    assert_eq!(read(circle).await.unwrap().text, "## Page 1\n\n(no text)");
}

#[tokio::test]
async fn drawings_that_show_themselves_end() {
    let form = stream("/Subtype/Form", b"BT /F1 9 Tf (x) Tj ET /X Do /X Do /X Do");
    let form = String::from_utf8(form).unwrap();
    let limits = FileLimits::default().with_max_output_chars(50_000);
    let file = read_within(pdf_of(&["/X Do"], &["null", &form]), limits)
        .await
        .unwrap();
    // One for each of the drawings that a page may show, at most.
    let shown = file.text.matches('x').count();
    assert!((100..=5_000).contains(&shown), "{shown}");
}

#[tokio::test]
async fn absurd_tables_and_numbers_in_a_pdf_file_cost_nothing() {
    let table = "xref\n0 4294967295\n0000000000 65535 f \ntrailer <</Size 99999999999/Prev 0/Root 1 0 R>>\n\
        startxref\n18446744073709551615\n%%EOF";
    let map = "1 beginbfrange <00000000> <ffffffff> <0041> endbfrange 1 begincodespacerange <> <ffffffffff> endcodespacerange";
    let map = String::from_utf8(stream("", map.as_bytes())).unwrap();
    let font = "<</Subtype/Type0/ToUnicode 11 0 R/DescendantFonts[<</W[0 4294967295 1000000000 5 99999999999999 7]>>]>>";
    let page = "BT /F2 1000000000000000000000000000000 Tf 99999999999999999999 Tw 1 0 0 1 99999999999999999999 -9999999999999999999999 Tm <00010002> Tj ET";
    let mut bytes = pdf_of(&[page], &[font, &map]);
    bytes.extend(table.as_bytes());
    let file = read(bytes).await.unwrap();
    assert_eq!(file.text, "## Page 1\n\nBC");
    let predicted = stream(
        "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 99999999999/Colors 99999999999>>",
        &deflated(b"BT ET"),
    );
    let page = pdf(&[
        b"<</Pages 2 0 R>>".to_vec(),
        b"<</Type/Page/Contents 3 0 R>>".to_vec(),
        predicted,
    ]);
    assert_eq!(read(page).await.unwrap().pages_total, 1);
}
