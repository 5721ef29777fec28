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
use pages::Page;

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
    let (mut reader, mut empty) = (Reader::new(&file, sink), Vec::new());
    let mut pages_read = 0;
    for page in &pages {
        if reader.sink().is_full() {
            break;
        }
        pages_read += 1;
        if !one(&file, page, pages_read, &mut reader)? {
            empty.push(pages_read);
        }
    }
    Ok(Report {
        pages_total: total,
        pages_read,
        truncated: pages_read < total,
        notes: notes(&empty, &reader.tally),
    })
}

/// Reads a page and what it links to; says whether there was any text.
fn one(
    file: &File<'_>,
    page: &Page,
    number: usize,
    reader: &mut Reader<'_, '_>,
) -> Result<bool, FileError> {
    reader.sink().paragraph();
    reader.sink().push(&format!("## Page {number}"));
    reader.sink().paragraph();
    let has_text = reader.page(page)?;
    if !has_text {
        reader.sink().push("(no text)");
    }
    for link in links::links(file, page)? {
        reader.sink().line();
        reader.sink().push(&format!("<{link}>"));
    }
    Ok(has_text)
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
