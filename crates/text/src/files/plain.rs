//! Text as it stands, and HTML.

use crate::files::{FileKind, Report, charset, sink::Sink};
use crate::{html::html_to_markdown, limits::Limits};

/// Reads what is text already.
pub(super) fn read(bytes: &[u8], kind: FileKind, sink: &mut Sink) -> Report {
    let text = charset::decode(bytes);
    let mut report = Report::whole();
    if kind == FileKind::Html {
        let bounds = Limits {
            // One more than fits, so that the sink sees the cut.
            max_output_chars: sink.room(),
            ..Limits::default()
        };
        let markdown = html_to_markdown(&text, &bounds);
        sink.push(&markdown.text);
        report.truncated = markdown.truncated;
    } else {
        sink.push(&text);
    }
    report
}
