//! What a file is: by its content first, then by what the caller knows of it.

use memchr::memmem;

use crate::files::{FileError, FileHint, FileKind, charset, error::Kind};

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text(FileKind),
    Separated(FileKind),
    /// A ZIP archive; its parts tell which.
    Zip,
    Pdf,
}

/// How far into a file the head of a PDF may stand, as the programs that show one have it.
const PDF_HEAD: usize = 1024;

/// Beginnings of files that have no text for us.
const OTHERS: [(&[u8], &str); 24] = [
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "an image, sound or video (RIFF)"),
    (b"BM", "a bitmap image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\0asm", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
    (b"PAR1", "a Parquet file"),
];

/// Decides how to read a file.
pub(super) fn detect(bytes: &[u8], hint: &FileHint) -> Result<Format, FileError> {
    let head = bytes.get(..PDF_HEAD).unwrap_or(bytes);
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Format::Zip);
    }
    if memmem::find(head, b"%PDF-").is_some() {
        return Ok(Format::Pdf);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(compound(bytes).into());
    }
    let is_text = charset::is_text(bytes);
    // Two letters begin many a text as well.
    let other = OTHERS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic) && (magic.len() > 3 || !is_text));
    match other {
        Some((_, what)) => Err(Kind::Unsupported(what).into()),
        None if bytes.get(4..8) == Some(b"ftyp") => {
            Err(Kind::Unsupported("a video or image").into())
        }
        None if !is_text => Err(Kind::Unsupported("of an unknown binary kind").into()),
        None => Ok(text(bytes, hint)),
    }
}

/// The container of Office before 2007, in which Office puts encrypted files to this day.
fn compound(bytes: &[u8]) -> Kind {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &name).is_some()
    };
    match () {
        () if has("EncryptedPackage") => Kind::Encrypted("office document"),
        () if has("WordDocument") => {
            Kind::Unsupported("a Word document of the old binary kind (.doc)")
        }
        () if has("Workbook") => {
            Kind::Unsupported("an Excel workbook of the old binary kind (.xls)")
        }
        () if has("PowerPoint Document") => {
            Kind::Unsupported("a PowerPoint presentation of the old binary kind (.ppt)")
        }
        () => Kind::Unsupported("a compound file of an unknown kind"),
    }
}

/// Text says what it is only sometimes.
fn text(bytes: &[u8], hint: &FileHint) -> Format {
    let kind = own_word(bytes)
        .or_else(|| hint.text_kind())
        .unwrap_or(FileKind::Text);
    match kind {
        FileKind::Csv | FileKind::Tsv => Format::Separated(kind),
        _ => Format::Text(kind),
    }
}

fn own_word(bytes: &[u8]) -> Option<FileKind> {
    let head = bytes.get(..PDF_HEAD).unwrap_or(bytes);
    let head = charset::decode(head).trim_start().to_ascii_lowercase();
    let is_html = |text: &str| text.starts_with("<!doctype html") || text.starts_with("<html");
    if head.starts_with("<?xml") {
        let after = head.split_once("?>").map_or("", |(_, after)| after);
        return Some(if is_html(after.trim_start()) {
            FileKind::Html
        } else {
            FileKind::Xml
        });
    }
    is_html(&head).then_some(FileKind::Html)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(bytes: &[u8], mime: &str, name: &str) -> Result<Format, String> {
        let hint = FileHint::default().with_mime(mime).with_name(name);
        detect(bytes, &hint).map_err(|error| error.to_string())
    }

    #[test]
    fn text_is_what_it_says_it_is_then_what_the_caller_says() {
        for (bytes, mime, name, format) in [
            (
                &b"<!DOCTYPE html><p>"[..],
                "text/plain",
                "a.csv",
                Format::Text(FileKind::Html),
            ),
            (
                b"<?xml version='1.0'?><a/>",
                "text/html",
                "",
                Format::Text(FileKind::Xml),
            ),
            (
                b"<?xml version='1.0'?>\n<html/>",
                "",
                "",
                Format::Text(FileKind::Html),
            ),
            (
                b"a,b",
                "text/csv",
                "a.txt",
                Format::Separated(FileKind::Csv),
            ),
            (b"a\tb", "", "a.tsv", Format::Separated(FileKind::Tsv)),
            (
                b"BMW and MZ are letters",
                "",
                "",
                Format::Text(FileKind::Text),
            ),
            (b"", "", "", Format::Text(FileKind::Text)),
        ] {
            assert_eq!(detected(bytes, mime, name), Ok(format), "{mime} {name}");
        }
    }

    #[test]
    fn what_is_not_read_is_named() {
        let compound = |name: &str| {
            let name = name.encode_utf16().flat_map(u16::to_le_bytes);
            let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
            bytes.extend(name);
            bytes
        };
        for (bytes, said) in [
            (b"\x89PNG\r\n".to_vec(), "a PNG image"),
            (b"\0\0\0\x18ftypmp42".to_vec(), "a video or image"),
            (b"BM\0\0\0\0".to_vec(), "a bitmap image"),
            (b"{\\rtf1 text}".to_vec(), "an RTF document"),
            (b"\0\x01\x02\x03\x04".to_vec(), "an unknown binary kind"),
            (compound("WordDocument"), "(.doc)"),
            (compound("EncryptedPackage"), "is encrypted"),
        ] {
            let error = detected(&bytes, "text/plain", "a.txt").unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
