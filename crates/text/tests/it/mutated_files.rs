//! Files broken at random: whatever comes, it is an answer within the limits.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::LazyLock;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use toolgate_text::{FileHint, FileLimits, file_to_text, is_invisible};

use crate::support::{deflated, pdf, pdf_of, relations, stored, stream};

const MAX_CHARS: usize = 2_000;

/// One change to a file.
#[derive(Debug, Clone)]
enum Change {
    Set(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    CutOff(Index),
}

/// Pieces of syntax, which get further than random bytes.
const PIECES: [&str; 28] = [
    "<",
    ">",
    "/>",
    "</",
    "<w:tbl>",
    "<w:tc>",
    "</w:p>",
    "<a:t>",
    "&#x0;",
    "&amp",
    "<![CDATA[",
    "<!--",
    "\"",
    "PK\u{1}\u{2}",
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    " R",
    " obj ",
    "stream\n",
    "endstream",
    "/Kids[2 0 R]",
    "99999999999999999999",
    "-1",
    "/",
];

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        4 => (at(), select(PIECES.to_vec())).prop_map(|(at, piece)| Change::Insert(at, piece)),
        2 => (at(), 1..200_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        2 => (at(), 1..100_usize, 1..50_usize).prop_map(|(at, count, times)| Change::Repeat(at, count, times)),
        1 => at().prop_map(Change::CutOff),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    match change {
        Change::Set(at, byte) => *at.get_mut(bytes) = *byte,
        Change::Insert(at, piece) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, piece.bytes());
        }
        Change::Remove(at, count) => {
            let at = at.index(bytes.len());
            bytes.drain(at..bytes.len().min(at + count));
        }
        Change::Repeat(at, count, times) => {
            let at = at.index(bytes.len());
            let piece = bytes[at..bytes.len().min(at + count)].repeat(*times);
            bytes.splice(at..at, piece);
        }
        Change::CutOff(at) => bytes.truncate(at.index(bytes.len())),
    }
}

/// A file of each kind, not packed, so that changes reach what is in it.
static FILES: LazyLock<[Vec<u8>; 5]> = LazyLock::new(|| {
    let of_styles = relations(&[
        ("1", "styles", "styles.xml"),
        ("2", "numbering", "numbering.xml"),
        ("3", "footnotes", "notes.xml"),
    ]);
    let document = r#"<w:document><w:body><w:p><w:pPr><w:pStyle w:val="H"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>
        <w:r><w:rPr><w:vanish/></w:rPr><w:t>hid&#x41;</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "https://e.com"</w:instrText>
        <w:fldChar w:fldCharType="separate"/><w:t>li&amp;nk</w:t><w:fldChar w:fldCharType="end"/><w:footnoteReference w:id="1"/></w:r></w:p><w:tbl><w:tr><w:tc>
        <w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>cell</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl></w:body></w:document>"#;
    let docx = stored(&[
        ("word/document.xml", document.to_owned()),
        ("word/_rels/document.xml.rels", of_styles),
        ("word/styles.xml", r#"<w:styles><w:style w:styleId="H"><w:name w:val="heading 1"/><w:basedOn w:val="H"/></w:style></w:styles>"#.to_owned()),
        ("word/numbering.xml", r#"<n><abstractNum abstractNumId="0"><lvl ilvl="1"><numFmt val="decimal"/></lvl></abstractNum><num numId="1"><abstractNumId val="0"/></num></n>"#.to_owned()),
        ("word/notes.xml", "<n><footnote id=\"1\"><p><r><t>note</t></r></p></footnote></n>".to_owned()),
    ]);
    let all = relations(&[
        ("1", "worksheet", "s.xml"),
        ("2", "sharedStrings", "t.xml"),
        ("3", "styles", "f.xml"),
    ]);
    let xlsx = stored(&[
        ("xl/workbook.xml", r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="A" r:id="1"/><sheet name="B" state="hidden" r:id="1"/></sheets></workbook>"#.to_owned()),
        ("xl/_rels/workbook.xml.rels", all),
        ("xl/t.xml", "<sst><si><t>shared</t></si><si><r><t>two</t></r></si></sst>".to_owned()),
        ("xl/f.xml", r#"<s><numFmts><numFmt numFmtId="165" formatCode="[h]:mm;@"/></numFmts><cellXfs><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></s>"#.to_owned()),
        ("xl/s.xml", r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="0"><v>46054.5</v></c></row><row r="2" hidden="1"><c r="B2" s="1"><v>1.5</v></c><c t="inlineStr"><is><t>in</t></is></c></row></sheetData></worksheet>"#.to_owned()),
    ]);
    let pptx = stored(&[
        ("ppt/presentation.xml", r#"<p><p:sldIdLst><p:sldId id="2" r:id="1"/><p:sldId id="3" r:id="1"/></p:sldIdLst><p:sldSz cx="900" cy="900"/></p>"#.to_owned()),
        ("ppt/_rels/presentation.xml.rels", relations(&[("1", "slide", "slides/s.xml")])),
        ("ppt/slides/s.xml", format!("<p:sld>{}</p:sld>", include_str!("../corpus/slide.xml"))),
        ("ppt/slides/_rels/s.xml.rels", relations(&[("L", "hyperlink", "https://e.com/"), ("N", "notesSlide", "n.xml")])),
        ("ppt/slides/n.xml", "<n><sp><ph type=\"body\"/><p><r><t>note</t></r></p></sp></n>".to_owned()),
    ]);
    let map = "1 begincodespacerange <00> <7f> <8000> <ffff> endcodespacerange 1 beginbfchar <41> <0058> endbfchar 1 beginbfrange <0050> <8fff> <0061> endbfrange";
    let page = "q 1 0 0 1 5 5 cm BT /F1 10 Tf 12 TL 50 700 Td [(W) 60 (ord) -300 (gap)] TJ T* <4142> ' 1 2 (x) \" ET Q /X Do BI /W 1 ID x EI BT /F2 9 Tf 3 Tr (AB) Tj ET";
    let font = "<</Subtype/Type0/Encoding/Identity-H/ToUnicode 12 0 R/DescendantFonts[<</DW 5/W[1[2 3] 4 5 6]>>]>>";
    let form = "<</Subtype/Form/Matrix[1 0 0 1 0 0]/Length 30>>stream\nBT /F1 9 Tf (in form) Tj ET /X Do\nendstream";
    let map = format!("<</Length 5 0 R>>stream\n{map}\nendstream");
    let plain = pdf_of(&[page, page], &[font, form, &map]);
    let packed = pdf(&[
        b"null".to_vec(),
        stream("/Type/ObjStm/N 2/First 10", b"1 0 5 23  <</Type/Catalog/Pages 3 0 R>><</Kids[4 0 R]>>"),
        b"<</Kids[4 0 R 5 0 R]/Resources<</Font<</F1<</Encoding<</Differences[65/eacute/fi]>>>>>>>>>>".to_vec(),
        b"<</Type/Page/Contents[6 0 R 7 0 R]/Annots[<</A<</URI(https://e.com)>>>>]>>".to_vec(),
        b"null".to_vec(),
        stream("/Filter/FlateDecode", &deflated(b"BT /F1 9 Tf (AB) Tj ET")),
        stream("/Filter[/ASCIIHexDecode/LZWDecode]/DecodeParms[null<</Predictor 12/Columns 4>>]", b"800B6050220C0C8501>"),
    ]);
    [docx, xlsx, pptx, plain, packed]
});

/// Reads a file, and says whether there was text.
fn holds(bytes: Vec<u8>, hint: &FileHint) -> Result<bool, TestCaseError> {
    let limits = FileLimits::default()
        .with_max_output_chars(MAX_CHARS)
        .with_max_pages(5)
        .with_max_unpacked_bytes(4 * 1024 * 1024)
        .with_time(Duration::from_mins(2));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    match runtime.block_on(file_to_text(bytes, hint, &limits)) {
        Ok(file) => {
            prop_assert!(file.text.chars().count() <= MAX_CHARS);
            prop_assert!(!file.text.contains(is_invisible));
            prop_assert!(file.pages_read <= file.pages_total && file.pages_read <= 5);
            Ok(!file.text.is_empty())
        }
        Err(error) => {
            let said = error.to_string();
            prop_assert!(!said.contains("made its reader fail"), "a panic");
            prop_assert!(!error.is_out_of_time() && !error.is_transient(), "{said}");
            Ok(false)
        }
    }
}

#[test]
fn files_that_are_not_changed_have_text() {
    for bytes in FILES.iter() {
        assert!(holds(bytes.clone(), &FileHint::default()).unwrap());
    }
}

proptest! {
    #[test]
    fn changed_files_of_every_kind_are_an_answer(file in 0..5_usize, changes in vec(change(), 1..12)) {
        let mut bytes = FILES[file].clone();
        for change in &changes {
            apply(&mut bytes, change);
        }
        holds(bytes, &FileHint::default())?;
    }

    #[test]
    fn bytes_of_any_kind_are_an_answer(
        magic in select(vec![&b""[..], b"PK\x03\x04", b"%PDF-1.4\n1 0 obj<<", b"<html>", b"\xff\xfe", b"a;b\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
        tail in vec(any::<u8>(), 0..2_000),
        name in select(vec!["a.txt", "a.csv", "a.html", "a.xml"]),
    ) {
        let hint = FileHint::default().with_name(name);
        holds([magic, &tail].concat(), &hint)?;
    }
}
