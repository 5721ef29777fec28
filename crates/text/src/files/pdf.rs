//! PDF: the text of each page, in the order in which the page shows it.
//!
//! The libraries that read PDF unpack object streams without a bound, and some of them parse by recursion, so that a file of
//! some kilobytes takes all memory or the whole process down. This reader knows what text needs and no more.

mod content;
mod file;
mod filter;
mod font;
mod geometry;
mod lexer;
mod links;
mod object;
mod pages;

use crate::files::{FileError, FileLimits, Report, budget::Budget, sink::Sink};
use content::Reader;
use file::File;

/// Reads a file page by page.
pub(super) fn read(
    bytes: &[u8],
    limits: &FileLimits,
    sink: &mut Sink,
    budget: &Budget,
) -> Result<Report, FileError> {
    let file = File::open(bytes, budget)?;
    let (pages, total) = pages::pages(&file, limits.max_pages)?;
    if total == 0 {
        return Err(file::damaged("it has no pages that could be found"));
    }
    let mut report = Report {
        pages_total: total,
        truncated: total > pages.len(),
        ..Report::default()
    };
    let mut empty = Vec::new();
    let mut reader = Reader::new(&file, sink);
    for (index, page) in pages.iter().enumerate() {
        if reader.sink().is_full() {
            report.truncated = true;
            break;
        }
        let number = index + 1;
        reader.sink().paragraph();
        reader.sink().push(&format!("## Page {number}"));
        reader.sink().paragraph();
        if !reader.page(page)? {
            empty.push(number);
            reader.sink().push("(no text)");
        }
        for link in links::links(&file, page)? {
            reader.sink().line();
            reader.sink().push(&format!("<{link}>"));
        }
        report.pages_read += 1;
    }
    report.notes = notes(&empty, &reader.tally);
    Ok(report)
}

fn notes(empty: &[usize], tally: &content::Tally) -> Vec<String> {
    let mut notes = Vec::new();
    if let [first, ..] = empty {
        let count = empty.len();
        notes.push(format!("{count} pages, the first of them page {first}, have no text: they may be pictures, as of a scan"));
    }
    if tally.invisible > 0 {
        let count = tally.invisible;
        notes.push(format!("{count} characters are in the file and not shown, as programs that recognise text add them"));
    }
    if tally.unknown > 0 {
        let count = tally.unknown;
        notes.push(format!(
            "{count} glyphs have no meaning in the file and stand as \u{fffd}"
        ));
    }
    notes
}
