//! Office files and PDF made by hand, and reading with limits.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};
use rawzip::{CompressionMethod, ZipArchiveWriter};
use toolgate_text::{FileError, FileHint, FileLimits, FileText, file_to_text};

/// Reads a file of which nothing else is known.
pub(crate) async fn read(bytes: Vec<u8>) -> Result<FileText, FileError> {
    read_within(bytes, FileLimits::default()).await
}

/// Reads a file of which nothing else is known, within limits.
pub(crate) async fn read_within(bytes: Vec<u8>, limits: FileLimits) -> Result<FileText, FileError> {
    file_to_text(bytes, &FileHint::default(), &limits).await
}

/// A ZIP archive of packed parts.
pub(crate) fn zip<N: AsRef<str>, B: AsRef<[u8]>>(parts: &[(N, B)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in parts {
        let file = archive.new_file(name.as_ref());
        let file = file.compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
        writer.write_all(content.as_ref()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// A ZIP archive of parts as they are.
pub(crate) fn stored<N: AsRef<str>, B: AsRef<[u8]>>(parts: &[(N, B)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in parts {
        let (mut entry, config) = archive.new_file(name.as_ref()).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content.as_ref()).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// The relations of a part: id, the last word of the type, target; one with `://` or a colon is external.
pub(crate) fn relations(all: &[(&str, &str, &str)]) -> String {
    let mut text = String::from("<Relationships>");
    for (id, kind, target) in all {
        let mode = if target.contains(':') {
            " TargetMode=\"External\""
        } else {
            ""
        };
        write!(
            text,
            "<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"{mode}/>"
        )
        .unwrap();
    }
    text + "</Relationships>"
}

/// A Word document with this body, and with further parts.
pub(crate) fn docx(body: &str, more: &[(&str, String)]) -> Vec<u8> {
    let document =
        format!("<w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body>{body}</w:body></w:document>");
    let mut parts = vec![("word/document.xml", document)];
    parts.extend_from_slice(more);
    zip(&parts)
}

/// An Excel workbook: for each sheet its name, its further attributes, and the content of `sheetData`.
pub(crate) fn xlsx(sheets: &[(&str, &str, &str)], more: &[(&str, String)]) -> Vec<u8> {
    let mut list = String::new();
    let ids: Vec<_> = (0..sheets.len())
        .map(|index| format!("rId{index}"))
        .collect();
    let targets: Vec<_> = (0..sheets.len())
        .map(|index| format!("worksheets/s{index}.xml"))
        .collect();
    let mut all: Vec<_> = Vec::new();
    let mut parts = Vec::new();
    for (index, (name, attributes, data)) in sheets.iter().enumerate() {
        write!(
            list,
            "<sheet name=\"{name}\" sheetId=\"9\" r:id=\"{}\" {attributes}/>",
            ids[index]
        )
        .unwrap();
        all.push((ids[index].as_str(), "worksheet", targets[index].as_str()));
        let sheet = format!("<worksheet><sheetData>{data}</sheetData></worksheet>");
        parts.push((format!("xl/{}", targets[index]), sheet));
    }
    all.push(("strings", "sharedStrings", "sharedStrings.xml"));
    all.push(("styles", "styles", "styles.xml"));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations(&all)));
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!("<workbook xmlns:r=\"r\"><sheets>{list}</sheets></workbook>"),
    ));
    parts.extend(
        more.iter()
            .map(|(name, text)| ((*name).to_owned(), text.clone())),
    );
    zip(&parts)
}

/// A slide: the attributes of `p:sld`, its XML inside of that, and what it refers to.
pub(crate) type Slide<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str, &'a str)]);

/// A presentation of these slides.
pub(crate) fn pptx(slides: &[Slide<'_>], more: &[(&str, String)]) -> Vec<u8> {
    let ids: Vec<_> = (0..slides.len())
        .map(|index| format!("rId{index}"))
        .collect();
    let targets: Vec<_> = (0..slides.len())
        .map(|index| format!("slides/s{index}.xml"))
        .collect();
    let (mut list, mut all, mut parts) = (String::new(), Vec::new(), Vec::new());
    for (index, (attributes, tree, own)) in slides.iter().enumerate() {
        write!(list, "<p:sldId id=\"256\" r:id=\"{}\"/>", ids[index]).unwrap();
        all.push((ids[index].as_str(), "slide", targets[index].as_str()));
        let slide =
            format!("<p:sld xmlns:p=\"p\" xmlns:a=\"a\" xmlns:r=\"r\" {attributes}>{tree}</p:sld>");
        parts.push((format!("ppt/{}", targets[index]), slide));
        parts.push((
            format!("ppt/slides/_rels/s{index}.xml.rels"),
            relations(own),
        ));
    }
    parts.push((
        "ppt/_rels/presentation.xml.rels".to_owned(),
        relations(&all),
    ));
    let size = "<p:sldSz cx=\"9144000\" cy=\"6858000\"/>";
    let list = format!(
        "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst>{list}</p:sldIdLst>{size}</p:presentation>"
    );
    parts.push(("ppt/presentation.xml".to_owned(), list));
    parts.extend(
        more.iter()
            .map(|(name, text)| ((*name).to_owned(), text.clone())),
    );
    zip(&parts)
}

/// A PDF file of these objects, numbered from 1 on, the first of which is the catalog. It has no cross-reference table.
pub(crate) fn pdf<O: AsRef<[u8]>>(objects: &[O]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (index, object) in objects.iter().enumerate() {
        bytes.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        bytes.extend(object.as_ref());
        bytes.extend(b"\nendobj\n");
    }
    bytes.extend(b"trailer <</Root 1 0 R>>\n%%EOF\n");
    bytes
}

/// A stream with further entries of its dictionary.
pub(crate) fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = format!("<<{entries}/Length {}>>stream\n", data.len()).into_bytes();
    bytes.extend(data);
    bytes.extend(b"\nendstream");
    bytes
}

/// Data packed as `FlateDecode` unpacks it.
pub(crate) fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A PDF file with a page for each content, in Helvetica as `F1`, and further objects from 10 on.
pub(crate) fn pdf_of(contents: &[&str], more: &[&str]) -> Vec<u8> {
    let first = 10 + more.len();
    let kids: Vec<_> = (0..contents.len())
        .map(|index| format!("{} 0 R", first + 2 * index))
        .collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{}]/Resources 3 0 R>>", kids.join(" ")).into_bytes(),
        b"<</Font<</F1 4 0 R/F2 10 0 R>>/XObject<</X 11 0 R>>>>".to_vec(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
    ];
    objects.resize(9, b"null".to_vec());
    objects.extend(more.iter().map(|object| object.as_bytes().to_vec()));
    for (index, content) in contents.iter().enumerate() {
        objects.push(
            format!(
                "<</Type/Page/Parent 2 0 R/Contents {} 0 R>>",
                first + 2 * index + 1
            )
            .into_bytes(),
        );
        objects.push(stream("", content.as_bytes()));
    }
    pdf(&objects)
}
