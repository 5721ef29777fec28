//! How much is read, how deep, and how much is returned.

/// The bounds of one conversion.
///
/// ```
/// use toolgate_text::{Limits, html_to_markdown};
///
/// let limits = Limits { max_output_chars: 12, ..Limits::default() };
/// let markdown = html_to_markdown("<p>Only the first words of this fit.</p>", &limits);
/// assert_eq!(markdown.text, "Only the");
/// assert!(markdown.truncated);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of HTML that are read; the rest is ignored. Default: 1 MiB.
    pub max_input_bytes: usize,
    /// Elements open at the same time; what stands deeper is dropped. Default: 512, and never more than that.
    pub max_depth: usize,
    /// Characters returned. Default: 400,000.
    pub max_output_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_input_bytes: 1024 * 1024,
            max_depth: 512,
            max_output_chars: 400_000,
        }
    }
}
