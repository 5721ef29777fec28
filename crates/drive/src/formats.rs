//! What Google's own kinds of files are read and exported as, and what becomes one of them.

use toolgate_text::FileHint;

use crate::view::GOOGLE;

const DOCUMENT: &str = "application/vnd.google-apps.document";
const SPREADSHEET: &str = "application/vnd.google-apps.spreadsheet";
const PRESENTATION: &str = "application/vnd.google-apps.presentation";
const SCRIPT: &str = "application/vnd.google-apps.script";
const SCRIPT_JSON: &str = "application/vnd.google-apps.script+json";

/// Extensions and what they stand for.
const EXTENSIONS: [(&str, &str); 21] = [
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("pdf", "application/pdf"),
    ("rtf", "application/rtf"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("html", "text/html"),
    ("zip", "application/zip"),
    ("epub", "application/epub+zip"),
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("svg", "image/svg+xml"),
    ("json", SCRIPT_JSON),
    ("mp4", "video/mp4"),
    ("doc", "application/msword"),
];

/// How a file of Google's own kind is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Exported as.
    pub(crate) kind: &'static str,
    /// What a reader has to know.
    pub(crate) note: Option<&'static str>,
}

/// How a file of Google's own kind is read; none where it has no text.
pub(crate) fn reading(kind: &str) -> Option<Reading> {
    let (kind, note) = match kind {
        DOCUMENT => ("text/markdown", None),
        SPREADSHEET => (
            "text/csv",
            Some("Only the first tab is here; the tools for Sheets read the others."),
        ),
        PRESENTATION => ("text/plain", None),
        SCRIPT => (SCRIPT_JSON, None),
        _ => return None,
    };
    Some(Reading { kind, note })
}

/// What the exported text is, for whoever reads it.
pub(crate) fn hint(kind: &str) -> FileHint {
    let name = match kind {
        "text/csv" => "a.csv",
        "text/markdown" => "a.md",
        _ => "a.txt",
    };
    FileHint::default().with_mime("text/plain").with_name(name)
}

/// What a file of Google's own kind becomes on this machine, unless asked otherwise.
pub(crate) fn export_default(kind: &str) -> Option<&'static str> {
    let extension = match kind {
        DOCUMENT => "docx",
        SPREADSHEET => "xlsx",
        PRESENTATION => "pptx",
        SCRIPT => return Some(SCRIPT_JSON),
        "application/vnd.google-apps.drawing" => "png",
        "application/vnd.google-apps.vid" => "mp4",
        _ => return None,
    };
    of_extension(extension)
}

/// A media type, given as one or as an extension.
pub(crate) fn media_type(given: &str) -> Option<String> {
    let given = given.trim().trim_start_matches('.').to_ascii_lowercase();
    if given.contains('/') {
        return Some(given);
    }
    of_extension(&given).map(str::to_owned)
}

fn of_extension(extension: &str) -> Option<&'static str> {
    let known = EXTENSIONS.iter().find(|(own, _)| *own == extension);
    known.map(|(_, kind)| *kind)
}

/// The name with the extension that the media type asks for, if it has not got it.
pub(crate) fn with_extension(name: &str, kind: &str) -> String {
    let Some((extension, _)) = EXTENSIONS.iter().find(|(_, own)| *own == kind) else {
        return name.to_owned();
    };
    let ending = format!(".{extension}");
    if name.to_ascii_lowercase().ends_with(&ending) {
        return name.to_owned();
    }
    format!("{name}{ending}")
}

/// The kind of Google's that a file of this type can become.
pub(crate) fn convertible(kind: &str) -> Option<&'static str> {
    let extension = EXTENSIONS.iter().find(|(_, own)| *own == kind)?.0;
    match extension {
        "docx" | "doc" | "odt" | "rtf" | "txt" | "md" | "html" | "pdf" => Some(DOCUMENT),
        "xlsx" | "ods" | "csv" | "tsv" => Some(SPREADSHEET),
        "pptx" | "odp" => Some(PRESENTATION),
        _ => None,
    }
}

/// One of Google's own kinds, which has no bytes of its own.
pub(crate) fn is_google(kind: &str) -> bool {
    kind.starts_with(GOOGLE)
}

pub(crate) const DOCUMENT_KIND: &str = DOCUMENT;

/// A document in Markdown without the pictures that Google writes into it as text: they may be larger
/// than all the rest.
pub(crate) fn without_pictures(markdown: &str) -> (String, bool) {
    let mut out = String::with_capacity(markdown.len().min(1 << 20));
    let mut rest = markdown;
    let mut found = false;
    while let Some(at) = rest.find("data:image/") {
        let (before, picture) = rest.split_at(at);
        out.push_str(before);
        out.push_str("picture");
        found = true;
        let end = picture.find(|c: char| c == ')' || c == '>' || c.is_whitespace());
        rest = &picture[end.unwrap_or(picture.len())..];
    }
    out.push_str(rest);
    (out, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_added_unless_it_is_there() {
        let docx = of_extension("docx").unwrap();
        for (name, expected) in [
            ("Report", "Report.docx"),
            ("Report v1.2", "Report v1.2.docx"),
            ("Report.DOCX", "Report.DOCX"),
        ] {
            assert_eq!(with_extension(name, docx), expected);
        }
        assert_eq!(with_extension("a", "x/unknown"), "a");
    }

    #[test]
    fn each_kind_of_googles_is_saved_as_what_others_open() {
        for (kind, expected) in [
            (DOCUMENT, Some("docx")),
            (SPREADSHEET, Some("xlsx")),
            (PRESENTATION, Some("pptx")),
            (SCRIPT, Some("json")),
            ("application/vnd.google-apps.drawing", Some("png")),
            ("application/vnd.google-apps.vid", Some("mp4")),
            ("application/vnd.google-apps.form", None),
        ] {
            let expected = expected.and_then(of_extension);
            assert_eq!(export_default(kind), expected, "{kind}");
        }
    }

    #[test]
    fn formats_are_given_as_types_or_extensions() {
        for (given, expected) in [
            ("pdf", Some("application/pdf")),
            (" .PDF ", Some("application/pdf")),
            ("Text/Markdown", Some("text/markdown")),
            ("parchment", None),
        ] {
            assert_eq!(media_type(given).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn pictures_are_taken_out_of_a_document_and_nothing_else_is() {
        let text = "# A\n\n![][image1]\n\n[image1]: <data:image/png;base64,iVBORw0KGgo=>\n\nrest ![x](data:image/gif;base64,R0l) end";
        assert_eq!(
            without_pictures(text),
            (
                "# A\n\n![][image1]\n\n[image1]: <picture>\n\nrest ![x](picture) end".to_owned(),
                true
            )
        );
        assert_eq!(without_pictures("plain"), ("plain".to_owned(), false));
    }
}
