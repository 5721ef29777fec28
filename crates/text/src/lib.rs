//! HTML to Markdown for language models, bounded in size and depth.
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
//! # What holds
//!
//! - Any input gives an answer: no panic, no recursion that the input controls, work linear in the input times a constant.
//! - Every `http`, `https`, `mailto` and `tel` link of the visible text is in the output with its target; others keep their
//!   text only. A link whose text names another address than its target shows both.
//! - Images become their alternative text; tracking pixels, styles, scripts and comments (those for Outlook too) go.
//! - Text that inline styles hide is removed, and so are zero-width, bidirectional and other control characters.
//! - Tables of data become Markdown tables; tables that only lay out a page become running text.
//!
//! # What it does not do
//!
//! Rules in a `<style>` sheet are not evaluated, so text hidden by a class stays; the output is text from outside, to be
//! treated as untrusted. Text is not escaped as Markdown: `5 * 3` stays `5 * 3`, for a model reads it as it stands.

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
