//! A file on a message that goes out: of which type, and how it travels.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mail_builder::{headers::content_type::ContentType, mime::MimePart};

/// Bytes that make a line of 76 characters in base64 (RFC 2045, 6.8).
const LINE: usize = 57;
/// What any bytes are.
const BYTES: &str = "application/octet-stream";
/// How files begin whose type their first bytes tell.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PK\x03\x04", "application/zip"),
];
/// Types that begin as another's files do, because they are made of it.
const MADE_OF_ZIP: &[&str] = &[
    "application/vnd.",
    "application/epub+zip",
    "application/java",
];

/// A file on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attached {
    name: String,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    File { mime_type: String, bytes: Vec<u8> },
    Part(Vec<u8>),
}

impl Attached {
    /// A file with its name.
    pub(crate) fn file(name: String, bytes: Vec<u8>) -> Self {
        let mime_type = mime_type(&name, &bytes);
        Self::typed(name, &mime_type, bytes)
    }

    /// A file whose type is known.
    pub(crate) fn typed(name: String, mime_type: &str, bytes: Vec<u8>) -> Self {
        // RFC 2046, 5.2.1: what is itself a message must not travel in base64; as bytes it may.
        let whole = !mime_type.starts_with("message/") && !mime_type.starts_with("multipart/");
        let usable = whole && mime_type.is_ascii() && !mime_type.contains(|c: char| c.is_control());
        let mime_type = if usable { mime_type } else { BYTES };
        let mime_type = mime_type.to_owned();
        let content = Content::File { mime_type, bytes };
        Self { name, content }
    }

    /// A part of a draft, with its own MIME headers.
    pub(crate) fn part_of_draft(name: String, raw: Vec<u8>) -> Self {
        let content = Content::Part(raw);
        Self { name, content }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// In bytes, as it travels where it is a part already.
    pub(crate) fn size(&self) -> usize {
        match &self.content {
            Content::File { bytes, .. } => bytes.len(),
            Content::Part(raw) => raw.len(),
        }
    }

    pub(super) fn part(&self) -> MimePart<'_> {
        match &self.content {
            Content::Part(raw) => MimePart::raw(&raw[..]),
            Content::File { mime_type, bytes } => {
                let kind = ContentType::new(mime_type.as_str()).attribute("name", &*self.name);
                // Encoded here: mail-builder would leave a text file as it is, a lone carriage return included.
                MimePart::new(kind, encoded(bytes))
                    .attachment(self.name.as_str())
                    .transfer_encoding("base64")
            }
        }
    }
}

fn encoded(bytes: &[u8]) -> Vec<u8> {
    let mut lines = String::with_capacity(bytes.len() / 3 * 4 + bytes.len() / LINE * 2 + 8);
    for line in bytes.chunks(LINE) {
        STANDARD.encode_string(line, &mut lines);
        lines.push_str("\r\n");
    }
    lines.into_bytes()
}

/// The type of a file: by its first bytes where they tell, else by its name. Programs show a picture only as `image/*`.
fn mime_type(name: &str, bytes: &[u8]) -> String {
    let by_name = mime_guess::from_path(name).first_raw();
    let begins = |(magic, _): &&(&[u8], &str)| bytes.starts_with(magic);
    match (MAGIC.iter().find(begins), by_name) {
        (Some((_, "application/zip")), Some(named))
            if MADE_OF_ZIP.iter().any(|made| named.starts_with(made)) =>
        {
            named.to_owned()
        }
        (Some((_, told)), _) => (*told).to_owned(),
        (None, named) => named.unwrap_or(BYTES).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_by_the_first_bytes_and_then_by_the_name() {
        for (name, bytes, expected) in [
            ("a.png", &b"\x89PNG\r\n\x1a\n.."[..], "image/png"),
            ("a.txt", b"\x89PNG\r\n\x1a\n..", "image/png"),
            ("a.jpg", b"no picture", "image/jpeg"),
            ("a", b"%PDF-1.7", "application/pdf"),
            ("a.csv", b"a,b", "text/csv"),
            ("a.zip", b"PK\x03\x04", "application/zip"),
            (
                "a.docx",
                b"PK\x03\x04",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("a.exe.pdf", b"PK\x03\x04", "application/zip"),
            ("a", b"", BYTES),
            ("a.nonsense", b"x", BYTES),
        ] {
            assert_eq!(mime_type(name, bytes), expected, "{name}");
        }
    }

    #[test]
    fn what_is_a_message_itself_travels_as_bytes() {
        for named in ["message/rfc822", "multipart/mixed", "text/plain\r\nX: y"] {
            let attached = Attached::typed("a".to_owned(), named, Vec::new());
            let Content::File { mime_type, .. } = attached.content else {
                panic!("{attached:?}")
            };
            assert_eq!(mime_type, BYTES);
        }
    }
}
