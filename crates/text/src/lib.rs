//! HTML, office files and PDF as text for language models, bounded in size, depth and time.
//!
//! # HTML
//!
//! Mail and web pages arrive as HTML that is mostly layout. This crate keeps what a reader sees, and every link with its
//! target, as compact Markdown, and says when something was cut.
//!
//! ```
//! use toolgate_text::{Limits, html_to_markdown, split_quoted};
//!
//! let mail = r#"
//!     <style>p { color: red }</style>
//!     <p>Hi &amp; welcome. <a href="https://example.com/start">Start here</a></p>
//!     <div style="display:none">what no reader sees</div>
//!     <table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea</td><td>4.50</td></tr></table>
//!     <div>On Monday Ada wrote:<blockquote type="cite">Shall we?</blockquote></div>"#;
//!
//! let markdown = html_to_markdown(mail, &Limits::default());
//! assert!(!markdown.truncated);
//!
//! let (fresh, quoted) = split_quoted(&markdown.text);
//! assert_eq!(
//!     fresh.trim_end(),
//!     "Hi & welcome. [Start here](https://example.com/start)\n\n\
//!      | Item | Price |\n| --- | --- |\n| Tea | 4.50 |"
//! );
//! assert_eq!(quoted, "On Monday Ada wrote:\n\n> Shall we?");
//! ```
//!
//! What holds of it:
//!
//! - Any input gives an answer: no panic, no recursion that the input controls, work linear in the input times a constant.
//! - Every `http`, `https`, `mailto` and `tel` link of the visible text is in the output with its target; others keep their
//!   text only. A link whose text names another address than its target shows both.
//! - Images become their alternative text; tracking pixels, styles, scripts and comments (those for Outlook too) go.
//! - Text that attributes, inline styles and simple rules of `<style>` hide is removed: not displayed, invisible,
//!   transparent, of no size, cut off, out of the page, or in a colour that can hardly be told from what is behind it (a page
//!   is white until it says otherwise). So are zero-width, bidirectional and other control characters.
//! - Tables of data become Markdown tables; tables that only lay out a page become running text.
//!
//! A simple rule is one for a tag, a class, an id, or a class or id of a tag, outside of `@media` or for all screens. Other
//! rules hide nothing; one for wide screens may show again what another hides. Text stays where nobody can say here what is
//! behind it: on a picture, or where a rule that is not simple gives a colour. What scripts, other elements on top, or sheets
//! beyond the bound of the input would hide stays too. A page with more rules than are kept shows nothing, and is `truncated`.
//! The output is text from outside, to be treated as untrusted. Text is not escaped as Markdown: `5 * 3` stays `5 * 3`, for a
//! model reads it as it stands.
//!
//! # Files
//!
//! With the feature `files`, `file_to_text` reads files of any kind, whatever their names say:
//!
//! | kind | what becomes of it |
//! |---|---|
//! | Word (`docx`) | headings, lists, tables, links, footnotes; without headers, footers, comments and what was deleted |
//! | Excel (`xlsx`) | each sheet as a table: formulas as their values, dates in ISO 8601; hidden sheets are named only |
//! | `PowerPoint` (`pptx`) | each slide with its text, tables and notes; hidden slides and what is off a slide are named only |
//! | PDF | the text of each page in the order in which the page shows it, and its links |
//! | CSV, TSV | one form, whatever separated the values |
//! | text, Markdown, JSON, XML, HTML | as it stands, HTML as above |
//!
//! Charsets are detected. What nobody sees is left out, and `FileText::notes` say so. Other kinds are an
//! error that says what the file is.
//!
#![cfg_attr(feature = "files", doc = "```")]
#![cfg_attr(not(feature = "files"), doc = "```text")]
//! use toolgate_text::{FileHint, FileLimits, file_to_text};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let file = b"%PDF-1.4
//! 1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
//! 2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
//! 3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F<</BaseFont/Helvetica>>>>>>>> endobj
//! 4 0 obj <</Length 39>> stream
//! BT /F 12 Tf 50 700 Td (Hi, model!) Tj ET
//! endstream endobj
//! trailer <</Root 1 0 R>>";
//! let limits = FileLimits::default().with_max_pages(20);
//! match file_to_text(file.to_vec(), &FileHint::default(), &limits).await {
//!     Ok(file) => assert_eq!(file.text, "## Page 1\n\nHi, model!"),
//!     Err(error) if error.is_transient() => println!("try again later"),
//!     Err(error) => println!("{error}"),
//! }
//! # });
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! What holds of it:
//!
//! - Files are hostile. No parser here recurses deeper than a constant, expands an entity, believes a dimension or a
//!   table of the file's about itself, or unpacks a byte beyond the limits.
//! - No runtime thread parses. Four threads at most work at once for a process; one that overruns its time is given up and
//!   counted, and while four of these hang, calls get an error that passes. A panic is a damaged file (unless the
//!   program is built to abort on one).
//! - The worst files that we could make within the default limits took 300 MiB of memory while they were read; documents
//!   that people made take about twice what they unpack to.
//!
//! What it does not do: read pictures, charts, macros, form fields, old binary Office files or encrypted ones, PDF files
//! that only forbid printing among these; put columns of a PDF page in order where the page does not show them so.

mod chars;
#[cfg(feature = "files")]
mod files;
mod html;
mod limits;
mod quote;

#[cfg(feature = "files")]
pub use crate::files::{FileError, FileHint, FileKind, FileLimits, FileText, file_to_text};
pub use crate::{
    chars::is_invisible,
    html::{Markdown, html_to_markdown},
    limits::Limits,
    quote::split_quoted,
};
