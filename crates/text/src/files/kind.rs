//! The kinds of files that are read, and what a caller knows of one beforehand.

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// HTML, which becomes Markdown.
    Html,
    /// Values separated by commas, semicolons or bars.
    Csv,
    /// Values separated by tabs.
    Tsv,
    /// A Word document of Office Open XML.
    Docx,
    /// An Excel workbook of Office Open XML.
    Xlsx,
    /// A `PowerPoint` presentation of Office Open XML.
    Pptx,
    /// PDF.
    Pdf,
}

impl FileKind {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "Markdown file",
            Self::Json => "JSON file",
            Self::Xml => "XML file",
            Self::Html => "HTML file",
            Self::Csv => "CSV file",
            Self::Tsv => "TSV file",
            Self::Docx => "Word document",
            Self::Xlsx => "Excel workbook",
            Self::Pptx => "PowerPoint presentation",
            Self::Pdf => "PDF file",
        }
    }
}

/// What a caller knows of a file before it is read: it decides only what the content leaves open.
///
/// ```
/// use toolgate_text::FileHint;
///
/// let hint = FileHint::default()
///     .with_mime("text/csv; charset=utf-8")
///     .with_name("report.csv");
/// # assert_ne!(hint, FileHint::default());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileHint {
    mime: String,
    extension: String,
}

impl FileHint {
    /// The media type as a mail or Drive gives it; parameters are ignored.
    #[must_use]
    pub fn with_mime(mut self, mime: &str) -> Self {
        let essence = mime.split(';').next().unwrap_or_default();
        self.mime = essence.trim().to_ascii_lowercase();
        self
    }

    /// The file's name, of which the extension counts.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        self.extension = extension.trim().to_ascii_lowercase();
        self
    }

    /// The kind of text that is meant: the media type counts more than the extension, unless it says nothing.
    pub(super) fn text_kind(&self) -> Option<FileKind> {
        by_mime(&self.mime).or_else(|| by_extension(&self.extension))
    }
}

/// `text/plain` says nothing: programs give it to all text whose type they do not know.
fn by_mime(mime: &str) -> Option<FileKind> {
    Some(match mime {
        "text/markdown" | "text/x-markdown" => FileKind::Markdown,
        "text/csv" | "application/csv" | "text/x-csv" => FileKind::Csv,
        "text/tab-separated-values" => FileKind::Tsv,
        "text/html" | "application/xhtml+xml" => FileKind::Html,
        "application/json" | "text/json" => FileKind::Json,
        "application/xml" | "text/xml" => FileKind::Xml,
        _ if mime.ends_with("+json") => FileKind::Json,
        _ if mime.ends_with("+xml") => FileKind::Xml,
        _ => return None,
    })
}

fn by_extension(extension: &str) -> Option<FileKind> {
    Some(match extension {
        "md" | "markdown" => FileKind::Markdown,
        "csv" => FileKind::Csv,
        "tsv" | "tab" => FileKind::Tsv,
        "html" | "htm" | "xhtml" => FileKind::Html,
        "json" | "geojson" | "ipynb" => FileKind::Json,
        "xml" | "svg" | "rss" | "atom" => FileKind::Xml,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_counts_more_than_the_extension_unless_it_says_nothing() {
        for (mime, name, kind) in [
            ("text/csv; charset=x", "a.md", Some(FileKind::Csv)),
            ("text/plain", "a.MD", Some(FileKind::Markdown)),
            ("application/vnd.api+json", "", Some(FileKind::Json)),
            ("", "archive.tar.tsv", Some(FileKind::Tsv)),
            ("text/plain", "csv", None),
            ("", "", None),
        ] {
            let hint = FileHint::default().with_mime(mime).with_name(name);
            assert_eq!(hint.text_kind(), kind, "{mime} {name}");
        }
    }
}
