//! The way from HTML to Markdown: tokens, a bounded tree of few element kinds, text.

mod element;
pub(crate) mod link;
mod render;
mod style;
mod table;
mod tidy;
mod tree;

use crate::{chars::cut, limits::Limits};

/// What a conversion returns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markdown {
    /// The text, trimmed, without invisible characters.
    pub text: String,
    /// Whether a limit was met, so that something of the input is missing.
    pub truncated: bool,
}

/// Converts HTML, whole or a fragment, broken or not, to Markdown.
///
/// ```
/// use toolgate_text::{Limits, html_to_markdown};
///
/// let html = r#"<h1>News</h1><ul><li>one<li>two</ul><img src="x" alt="a photo">"#;
/// assert_eq!(
///     html_to_markdown(html, &Limits::default()).text,
///     "# News\n\n- one\n- two\n\na photo"
/// );
/// ```
pub fn html_to_markdown(html: &str, limits: &Limits) -> Markdown {
    let end = html.floor_char_boundary(limits.max_input_bytes);
    let tree = tree::build(html.get(..end).unwrap_or_default(), limits);
    let text = tidy::tidy(&render::render(&tree.root));
    let truncated = tree.truncated || end < html.len();
    match cut(&text, limits.max_output_chars) {
        Some(head) => Markdown {
            text: head.to_owned(),
            truncated: true,
        },
        None => Markdown { text, truncated },
    }
}
