//! Which targets of links are kept, and how they are written.

use crate::chars::is_invisible;

/// The target of a link as a reader's program would open it; `None` for one that only works inside its page, or that
/// would run code.
pub(crate) fn target(href: &str) -> Option<String> {
    let visible: String = href
        .trim()
        .chars()
        .filter(|c| !is_invisible(*c) && !matches!(c, '\n' | '\t'))
        .collect();
    let visible = visible.trim();
    let absolute = if visible.starts_with("//") {
        format!("https:{visible}")
    } else {
        visible.to_owned()
    };
    let (scheme, rest) = absolute.split_once(':')?;
    let kept = ["http", "https", "mailto", "tel"]
        .iter()
        .any(|kept| scheme.eq_ignore_ascii_case(kept));
    (kept && !rest.trim_matches('/').is_empty()).then(|| encoded(&absolute))
}

/// The target with the characters encoded that would end it in Markdown.
fn encoded(target: &str) -> String {
    let balanced = is_balanced(target);
    let mut encoded = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            '(' if !balanced => encoded.push_str("%28"),
            ')' if !balanced => encoded.push_str("%29"),
            '|' => encoded.push_str("%7C"),
            c if c.is_whitespace() => encoded.push_str("%20"),
            c => encoded.push(c),
        }
    }
    encoded
}

fn is_balanced(target: &str) -> bool {
    let mut depth = 0_usize;
    for c in target.chars() {
        match c {
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_a_reader_can_open_are_kept_and_others_are_not() {
        for (href, kept) in [
            (
                "https://example.com/a?b=c&d",
                Some("https://example.com/a?b=c&d"),
            ),
            (" HTTP://example.com\n/x ", Some("HTTP://example.com/x")),
            ("//example.com/x", Some("https://example.com/x")),
            ("mailto:a@example.com", Some("mailto:a@example.com")),
            ("tel:+49301234", Some("tel:+49301234")),
            ("https://example.com/a b", Some("https://example.com/a%20b")),
            (
                "https://example.com/a_(b)",
                Some("https://example.com/a_(b)"),
            ),
            ("https://example.com/a)b", Some("https://example.com/a%29b")),
            ("https://exa\u{200b}mple.com/", Some("https://example.com/")),
            ("javascript:alert(1)", None),
            ("java\tscript:alert(1)", None),
            ("data:text/html,x", None),
            ("cid:image001", None),
            ("#top", None),
            ("page.html", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(target(href).as_deref(), kept, "{href:?}");
        }
    }
}
