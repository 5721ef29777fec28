//! The little of CSS's grammar that telling declarations apart takes: comments, strings, brackets, escapes.

/// Declarations of a style, in order: name, value, and whether it says that it is important.
pub(in crate::html) fn declarations(style: &str) -> Vec<(String, String, bool)> {
    pieces(&without_comments(style), ';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(name, value)| {
            let value = lower(value);
            let (value, important) = match value.strip_suffix("important").map(str::trim_end) {
                Some(rest) if rest.ends_with('!') => (rest.trim_end_matches('!').trim_end(), true),
                _ => (value.as_str(), false),
            };
            (lower(name), value.to_owned(), important)
        })
        .collect()
}

/// Without white space around it, without escapes, in lower case.
pub(super) fn lower(text: &str) -> String {
    unescaped(text.trim()).to_ascii_lowercase()
}

/// The words of a value; a function with its arguments is one.
pub(super) fn words(value: &str) -> impl Iterator<Item = &str> {
    pieces(value, ' ').filter(|word| !word.is_empty())
}

/// The text between separators that stand outside of strings, brackets and escapes. A blank stands for any white space.
pub(super) fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest?;
        let end = Scan::new(all).find(|c| *c == separator || separator == ' ' && c.is_whitespace());
        let Some(end) = end else {
            rest = None;
            return Some(all);
        };
        let (piece, after) = all.split_at(end);
        rest = after
            .char_indices()
            .nth(1)
            .map_or(Some(""), |(at, _)| after.get(at..));
        Some(piece)
    })
}

/// Where one of these characters stands outside of strings, brackets and escapes.
pub(super) fn find(text: &str, wanted: &[char]) -> Option<usize> {
    Scan::new(text).find(|c| wanted.contains(c))
}

/// Goes over CSS and knows what stands on its top level.
struct Scan<'a> {
    text: std::str::CharIndices<'a>,
    quote: Option<char>,
    depth: u32,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text: text.char_indices(),
            quote: None,
            depth: 0,
        }
    }

    fn find(&mut self, wanted: impl Fn(&char) -> bool) -> Option<usize> {
        while let Some((at, c)) = self.text.next() {
            match (self.quote, c) {
                (_, '\\') => {
                    self.text.next();
                    continue;
                }
                (Some(quote), c) => {
                    // A string ends with its line, closed or not.
                    if c == quote || c == '\n' {
                        self.quote = None;
                    }
                    continue;
                }
                (None, '"' | '\'') => {
                    self.quote = Some(c);
                    continue;
                }
                _ => {}
            }
            if self.depth == 0 && wanted(&c) {
                return Some(at);
            }
            match c {
                '(' | '[' | '{' => self.depth += 1,
                ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    }
}

/// Without what stands between `/*` and `*/`.
pub(super) fn without_comments(style: &str) -> String {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    kept.push_str(rest);
    kept
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let mut code = 0;
        let mut digits = 0;
        while let Some(digit) = chars.peek().and_then(|c| c.to_digit(16))
            && digits < 6
        {
            code = code << 4 | digit;
            digits += 1;
            chars.next();
        }
        if digits == 0 {
            plain.extend(chars.next());
            continue;
        }
        chars.next_if(|c| c.is_whitespace());
        plain.extend(char::from_u32(code));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_told_apart_as_a_browser_does() {
        for (style, expected) in [
            ("a:b", &[("a", "b", false)][..]),
            (" A : B !important ;;c", &[("a", "b", true)]),
            ("a:b ! Important", &[("a", "b", true)]),
            ("a:unimportant", &[("a", "unimportant", false)]),
            (
                "a:url(data:x;y:z);c:d",
                &[("a", "url(data:x;y:z)", false), ("c", "d", false)],
            ),
            (
                "a:\";b:c\";d:e",
                &[("a", "\";b:c\"", false), ("d", "e", false)],
            ),
            (
                "a:'x\nb:c;d:e",
                &[("a", "'x\nb:c", false), ("d", "e", false)],
            ),
            ("a:/*;*/b", &[("a", "b", false)]),
            ("dis\\70lay:n\\6f ne", &[("display", "none", false)]),
            ("a:b/*", &[("a", "b", false)]),
        ] {
            let found = declarations(style);
            let found: Vec<_> = found
                .iter()
                .map(|(name, value, important)| (name.as_str(), value.as_str(), *important))
                .collect();
            assert_eq!(found, expected, "{style}");
        }
    }
}
