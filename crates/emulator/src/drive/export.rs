//! What native files are exported to.

use std::fmt::Write as _;

use super::methods::Asked;
use super::native::{self, Block, BlockKind, Native, Tab};
use super::node::{DOCUMENT, SCRIPT, SHEET, SLIDES};
use super::ooxml::{self, DOCX, PPTX, XLSX, escape};
use super::refused::{forbidden, no_conversion};
use super::world::Drives;
use super::{files, pdf};
use crate::call::Reply;
use crate::refusal::Refusal;

/// All that a script is exported to; `application/json` is refused.
const SCRIPT_JSON: &str = "application/vnd.google-apps.script+json";

/// Google's limit for an export, in bytes.
pub(crate) const LARGEST: usize = 10 * 1024 * 1024;

/// Which native files are exported to what here.
pub(crate) const EXPORTS: [(&str, &[&str]); 4] = [
    (
        DOCUMENT,
        &[
            "text/markdown",
            "text/plain",
            "text/html",
            "application/pdf",
            DOCX,
        ],
    ),
    (
        SHEET,
        &[
            "text/csv",
            "text/tab-separated-values",
            XLSX,
            "application/pdf",
        ],
    ),
    (SLIDES, &["text/plain", "application/pdf", PPTX]),
    (SCRIPT, &[SCRIPT_JSON]),
];

/// The formats that a type is exported to.
pub(crate) fn formats(mime_type: &str) -> &'static [&'static str] {
    let found = EXPORTS.iter().find(|(kind, _)| *kind == mime_type);
    found.map_or(&[], |(_, formats)| formats)
}

/// A native file in another format; `None` where that is not offered.
pub(crate) fn export(native: &Native, to: &str) -> Option<Vec<u8>> {
    let bytes = match (native, to) {
        (Native::Doc(markdown), "text/markdown") => markdown.clone().into_bytes(),
        // As Google's: a mark of the encoding, and lines as on Windows.
        (Native::Doc(markdown), "text/plain") => {
            let text = native::plain(markdown).replace('\n', "\r\n");
            format!("\u{feff}{text}").into_bytes()
        }
        (Native::Doc(markdown), "text/html") => html(&native::blocks(markdown)).into_bytes(),
        (Native::Doc(markdown), "application/pdf") => pdf::of(&[native::plain(markdown)]),
        (Native::Doc(markdown), DOCX) => ooxml::docx(&native::blocks(markdown)),
        // The first tab, as Google documents.
        (Native::Sheet(tabs), "text/csv") => table(tabs, ',').into_bytes(),
        (Native::Sheet(tabs), "text/tab-separated-values") => table(tabs, '\t').into_bytes(),
        (Native::Sheet(tabs), XLSX) => ooxml::xlsx(tabs),
        (Native::Sheet(tabs), "application/pdf") => {
            let pages: Vec<String> = tabs
                .iter()
                .map(|tab| {
                    let lines = tab.rows.iter().map(|row| row.join("   ") + "\n");
                    format!("{}\n\n{}", tab.name, lines.collect::<String>())
                })
                .collect();
            pdf::of(&pages)
        }
        (Native::Slides(deck), "text/plain") => (deck.texts().join("\n\n") + "\n")
            .replace('\n', "\r\n")
            .into_bytes(),
        (Native::Slides(deck), "application/pdf") => deck.pdf(),
        (Native::Slides(deck), PPTX) => deck.pptx(),
        (Native::Script(json), SCRIPT_JSON) => json.clone().into_bytes(),
        _ => return None,
    };
    Some(bytes)
}

fn table(tabs: &[Tab], separator: char) -> String {
    let rows = tabs.first().map(|tab| &tab.rows);
    let width = rows.into_iter().flatten().map(Vec::len).max().unwrap_or(0);
    let cell = |text: Option<&String>| {
        let text = text.map(String::as_str).unwrap_or_default();
        if separator == '\t' {
            text.replace(['\t', '\n'], " ")
        } else if text.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let lines = rows.into_iter().flatten().map(|row| {
        let cells: Vec<String> = (0..width).map(|at| cell(row.get(at))).collect();
        cells.join(&separator.to_string())
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

fn html(blocks: &[Block]) -> String {
    let mut text = "<html><head><meta content=\"text/html; charset=UTF-8\" \
                    http-equiv=\"content-type\"></head><body>"
        .to_owned();
    for block in blocks {
        let inner = escape(&block.text);
        let _ = match block.kind {
            BlockKind::Heading(level) => write!(text, "<h{level}>{inner}</h{level}>"),
            BlockKind::Item => write!(text, "<ul><li>{inner}</li></ul>"),
            BlockKind::Plain => write!(text, "<p>{inner}</p>"),
        };
    }
    text + "</body></html>"
}

/// `files.export`
pub(super) fn answer(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (file, access) = drives.named(asked)?;
    let id = file.id.clone();
    let Some(native) = file.native() else {
        let message = "Export only supports Docs Editors files.";
        return Err(forbidden("fileNotExportable", message));
    };
    files::check_download(drives, asked, file, access)?;
    let to = asked.call.query_one("mimeType").unwrap_or_default();
    let bytes = export(native, to).ok_or_else(no_conversion)?;
    if bytes.len() > LARGEST {
        let message = "This file is too large to be exported.";
        return Err(forbidden("exportSizeLimitExceeded", message));
    }
    drives.viewed(&id, asked);
    Ok(Reply::Media {
        content_type: to.to_owned(),
        content: bytes.into(),
    })
}
