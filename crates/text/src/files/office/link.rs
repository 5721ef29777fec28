//! Links as Markdown has them.

use crate::html::link::target;

/// The text with its target, unless it is written out already or leads nowhere that a reader could go.
pub(super) fn linked(text: &str, href: &str) -> String {
    let label = text.trim();
    match target(href) {
        Some(target)
            if !label.is_empty() && label != target && !target.ends_with(&format!(":{label}")) =>
        {
            let label = label.replace('[', "(").replace(']', ")").replace('\n', " ");
            let lead = text.len() - text.trim_start().len();
            let (lead, tail) = (text.get(..lead), text.get(text.trim_end().len()..));
            format!(
                "{}[{label}]({target}){}",
                lead.unwrap_or_default(),
                tail.unwrap_or_default()
            )
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_shows_its_target_where_the_text_does_not() {
        for (text, href, shown) in [
            (
                " the page ",
                "https://e.com/a",
                " [the page](https://e.com/a) ",
            ),
            ("https://e.com/a", "https://e.com/a", "https://e.com/a"),
            ("a@e.com", "mailto:a@e.com", "a@e.com"),
            ("e.com", "https://evil.com/", "[e.com](https://evil.com/)"),
            ("[1]", "https://e.com/", "[(1)](https://e.com/)"),
            ("run", "javascript:alert(1)", "run"),
            (" ", "https://e.com/", " "),
        ] {
            assert_eq!(linked(text, href), shown);
        }
    }
}
