//! Characters that nobody sees, and that therefore have no place in what a model reads.

/// Whether a character is invisible: zero-width, bidirectional control, tag, variation selector, filler or control.
///
/// Line feed and tab are not; all other control characters are. The joiners are, although Persian and some emoji use them:
/// text reads the same to a model without them, and nothing can hide behind them.
///
/// ```
/// use toolgate_text::is_invisible;
///
/// assert!(is_invisible('\u{200b}')); // zero-width space
/// assert!(is_invisible('\u{202e}')); // right-to-left override
/// assert!(is_invisible('\u{e0041}')); // tag letter, used to smuggle text
/// assert!(!is_invisible('é') && !is_invisible('\n') && !is_invisible('\u{a0}'));
/// ```
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        // Soft hyphen, joiners and fillers.
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{3164}'
            | '\u{ffa0}' | '\u{feff}'
        // Zero-width characters, marks and controls of direction, invisible operators.
            | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // Variation selectors.
            | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}'
        // Specials, formats of notations, tags.
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// The text on one line, without invisible characters and with single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !is_invisible(*c))
        .collect();
    let mut line = String::with_capacity(visible.len());
    for word in visible.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The first `max` characters, cut back to the end of a word where one is near.
pub(crate) fn cut(text: &str, max: usize) -> Option<&str> {
    let end = text.char_indices().nth(max)?.0;
    let head = text.get(..end)?;
    let floor = end.saturating_sub(64.max(end / 4));
    let word_end = match text.get(end..)?.chars().next() {
        Some(next) if next.is_whitespace() => end,
        _ => head
            .rfind(char::is_whitespace)
            .filter(|at| *at >= floor)
            .unwrap_or(end),
    };
    text.get(..word_end).map(str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_ends_at_a_word_where_one_is_near() {
        assert_eq!(cut("one two three", 20), None);
        assert_eq!(cut("one two three", 13), None);
        assert_eq!(cut("one two three", 8), Some("one two"));
        assert_eq!(cut("one two three", 7), Some("one two"));
        assert_eq!(cut("unbreakable", 4), Some("unbr"));
        assert_eq!(cut("ééééé", 2), Some("éé"));
        assert_eq!(cut("abc", 0), Some(""));
    }

    #[test]
    fn one_line_keeps_words_and_drops_what_nobody_sees() {
        assert_eq!(one_line(" a\u{200b}b \n\u{a0} c\u{202e} "), "ab c");
        assert_eq!(one_line("\u{feff}\r\n\t"), "");
    }
}
