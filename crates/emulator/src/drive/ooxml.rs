//! Small Word and Excel files, written and read: as much as exports and imports need.

use std::fmt::Write as _;
use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::native::{Block, BlockKind, Tab};

pub(crate) const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub(crate) const PPTX: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(crate) const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(crate) const OFFICE: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
pub(crate) const MAIN_TYPE: &str = "application/vnd.openxmlformats-officedocument";
/// No part of a file that is imported unpacks to more.
const LARGEST_PART: u64 = 50 * 1024 * 1024;

/// A Word file of these paragraphs.
pub(crate) fn docx(blocks: &[Block]) -> Vec<u8> {
    let mut body = String::new();
    for block in blocks {
        let style = match block.kind {
            BlockKind::Heading(level) => format!("Heading{level}"),
            BlockKind::Item => "ListParagraph".to_owned(),
            BlockKind::Plain => "Normal".to_owned(),
        };
        let _ = write!(
            body,
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>\
             <w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escape(&block.text)
        );
    }
    let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document =
        format!("{XML}<w:document xmlns:w=\"{namespace}\"><w:body>{body}</w:body></w:document>");
    let main = format!("{MAIN_TYPE}.wordprocessingml.document.main+xml");
    zip(&[
        (
            "[Content_Types].xml",
            types(&[("/word/document.xml", &main)]),
        ),
        (
            "_rels/.rels",
            relations(&[("officeDocument", "word/document.xml")]),
        ),
        ("word/document.xml", document),
    ])
}

/// An Excel file of these tabs.
pub(crate) fn xlsx(tabs: &[Tab]) -> Vec<u8> {
    let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let paths: Vec<String> = (1..=tabs.len())
        .map(|number| format!("worksheets/sheet{number}.xml"))
        .collect();
    let mut sheets = String::new();
    for (index, tab) in tabs.iter().enumerate() {
        let (name, number) = (escape(&tab.name), index + 1);
        let _ = write!(
            sheets,
            "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"
        );
    }
    let book = format!(
        "{XML}<workbook xmlns=\"{namespace}\" xmlns:r=\"{OFFICE}\"><sheets>{sheets}</sheets></workbook>"
    );
    let book_type = format!("{MAIN_TYPE}.spreadsheetml.sheet.main+xml");
    let sheet_type = format!("{MAIN_TYPE}.spreadsheetml.worksheet+xml");
    let full: Vec<String> = paths.iter().map(|path| format!("/xl/{path}")).collect();
    let mut parts = vec![("/xl/workbook.xml", book_type.as_str())];
    parts.extend(full.iter().map(|path| (path.as_str(), sheet_type.as_str())));
    let targets: Vec<(&str, &str)> = paths.iter().map(|it| ("worksheet", it.as_str())).collect();
    let mut files = vec![
        ("[Content_Types].xml", types(&parts)),
        (
            "_rels/.rels",
            relations(&[("officeDocument", "xl/workbook.xml")]),
        ),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations(&targets)),
    ];
    for (path, tab) in full.iter().zip(tabs) {
        let data = format!(
            "{XML}<worksheet xmlns=\"{namespace}\"><sheetData>{}</sheetData></worksheet>",
            cells(&tab.rows)
        );
        files.push((&path[1..], data));
    }
    zip(&files)
}

fn cells(rows: &[Vec<String>]) -> String {
    let mut data = String::new();
    for (index, row) in rows.iter().enumerate() {
        let number = index + 1;
        let _ = write!(data, "<row r=\"{number}\">");
        for (column, cell) in row.iter().enumerate() {
            let place = format!("{}{number}", column_name(column));
            // What is written as a number is one; so a leading zero is kept as text.
            let is_number = cell.parse::<f64>().is_ok_and(|it| it.to_string() == *cell);
            let _ = if is_number {
                write!(data, "<c r=\"{place}\"><v>{cell}</v></c>")
            } else {
                let text = escape(cell);
                write!(
                    data,
                    "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                )
            };
        }
        data.push_str("</row>");
    }
    data
}

fn column_name(mut index: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(index % 26).unwrap_or(0)));
        if index < 26 {
            return name.into_iter().rev().collect();
        }
        index = index / 26 - 1;
    }
}

/// The paragraphs of a Word file; `None` when it is none.
pub(crate) fn read_docx(bytes: &[u8]) -> Option<Vec<Block>> {
    let document = String::from_utf8(unzip(bytes, "word/document.xml")?).ok()?;
    let paragraphs = document.split("</w:p>").filter_map(|paragraph| {
        let style = between(paragraph, "<w:pStyle w:val=\"", "\"").unwrap_or_default();
        let kind = match style.strip_prefix("Heading").and_then(|it| it.parse().ok()) {
            Some(level) => BlockKind::Heading(level),
            None if style == "ListParagraph" => BlockKind::Item,
            None => BlockKind::Plain,
        };
        let text = runs(paragraph);
        (!text.trim().is_empty()).then_some(Block { kind, text })
    });
    Some(paragraphs.collect())
}

/// The text of the runs in a paragraph.
fn runs(paragraph: &str) -> String {
    let mut text = String::new();
    for piece in paragraph.split("<w:t").skip(1) {
        // `<w:tab/>` and `<w:tbl>` begin so too.
        let is_text = piece.starts_with('>') || piece.starts_with(' ');
        if let Some(run) = between(piece, ">", "</w:t>").filter(|_| is_text) {
            text.push_str(&unescape(run));
        }
    }
    text
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

/// The part that tells the types of all others.
pub(crate) fn types(parts: &[(&str, &str)]) -> String {
    let mut text = format!(
        "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    for (path, kind) in parts {
        let _ = write!(
            text,
            "<Override PartName=\"{path}\" ContentType=\"{kind}\"/>"
        );
    }
    text + "</Types>"
}

/// A part that tells what another leads to: kinds and targets, `rId1` first.
pub(crate) fn relations(targets: &[(&str, &str)]) -> String {
    let mut text = format!("{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (index, (kind, target)) in targets.iter().enumerate() {
        let number = index + 1;
        let _ = write!(
            text,
            "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>"
        );
    }
    text + "</Relationships>"
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// An archive whose members are not compressed.
pub(crate) fn zip(files: &[(&str, String)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let offset = short(archive.len());
        // Version 2.0, no flags, stored, 1 January 1980.
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        head.extend_from_slice(&crc.sum().to_le_bytes());
        head.extend_from_slice(&short(text.len()));
        head.extend_from_slice(&short(text.len()));
        head.extend_from_slice(&short(name.len())[..2]);
        head.extend_from_slice(&[0, 0]);
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&head);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(text.as_bytes());
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&head);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let (start, size) = (short(archive.len()), short(directory.len()));
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        archive.extend_from_slice(&short(files.len())[..2]);
    }
    archive.extend_from_slice(&size);
    archive.extend_from_slice(&start);
    archive.extend_from_slice(&[0, 0]);
    archive
}

fn short(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// One member of an archive, found by its directory.
fn unzip(bytes: &[u8], wanted: &str) -> Option<Vec<u8>> {
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let number = |at: usize, size: usize| -> Option<usize> {
        let bytes = bytes.get(at..at + size)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |all, byte| all << 8 | usize::from(*byte)),
        )
    };
    let mut at = number(end + 16, 4)?;
    for _ in 0..number(end + 10, 2)? {
        let name_len = number(at + 28, 2)?;
        let name = bytes.get(at + 46..at + 46 + name_len)?;
        if name == wanted.as_bytes() {
            let (method, size, local) = (
                number(at + 10, 2)?,
                number(at + 20, 4)?,
                number(at + 42, 4)?,
            );
            let data = local + 30 + number(local + 26, 2)? + number(local + 28, 2)?;
            let packed = bytes.get(data..data.checked_add(size)?)?;
            return unpack(packed, method);
        }
        at += 46 + name_len + number(at + 30, 2)? + number(at + 32, 2)?;
    }
    None
}

fn unpack(packed: &[u8], method: usize) -> Option<Vec<u8>> {
    if method == 0 {
        return Some(packed.to_vec());
    }
    let mut unpacked = Vec::new();
    let decoder = DeflateDecoder::new(packed);
    decoder.take(LARGEST_PART).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

#[cfg(test)]
mod tests {
    use super::{column_name, docx, read_docx};
    use crate::drive::native::{Block, BlockKind};

    #[test]
    fn a_word_file_holds_its_paragraphs() {
        let block = |kind, text: &str| Block {
            kind,
            text: text.to_owned(),
        };
        let blocks = vec![
            block(BlockKind::Heading(2), "A & B"),
            block(BlockKind::Plain, "one <two> \"three\""),
            block(BlockKind::Item, "four"),
        ];
        assert_eq!(read_docx(&docx(&blocks)), Some(blocks));
        assert_eq!(read_docx(b"PK"), None);
    }

    #[test]
    fn columns_have_letters() {
        let names = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")];
        for (index, name) in names {
            assert_eq!(column_name(index), name);
        }
    }
}
