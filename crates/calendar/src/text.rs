//! What others wrote, made fit to be shown.

use toolgate_text::{Limits, html_to_markdown, is_invisible};

/// A line without what cannot be seen.
pub(crate) fn visible_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !is_invisible(*c))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A description: Calendar's own editor writes HTML, other programs plain text.
pub(crate) fn described(text: &str) -> String {
    if looks_like_html(text) {
        return html_to_markdown(text, &Limits::default()).text;
    }
    let visible = text
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !is_invisible(*c));
    visible.collect::<String>().trim().to_owned()
}

fn looks_like_html(text: &str) -> bool {
    const TAGS: [&str; 12] = [
        "<br", "<p", "<a ", "<b>", "<i>", "<u>", "<ul", "<ol", "<li", "<div", "<span", "<html",
    ];
    let text = text.to_ascii_lowercase();
    TAGS.iter().any(|tag| text.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_read_as_what_they_are() {
        for (written, read) in [
            ("Bring <b>slides</b>.<br>Room 4", "Bring **slides**."),
            ("a < b and c > d", "a < b and c > d"),
            ("one\n\ntwo\u{202e}", "one\n\ntwo"),
        ] {
            assert!(
                described(written).starts_with(read),
                "{:?}",
                described(written)
            );
        }
        assert_eq!(visible_line(" a\u{200b}b\n c "), "ab c");
    }
}
