//! Where text goes: it drops what nobody sees, and fills up.

use crate::chars::{cut, is_invisible};

/// The text of a file as it grows.
#[derive(Debug)]
pub(super) struct Sink {
    text: String,
    chars: usize,
    max: usize,
    /// Line feeds at the end of the text.
    newlines: usize,
}

impl Sink {
    pub(super) fn new(max: usize) -> Self {
        Self {
            text: String::new(),
            chars: 0,
            max,
            newlines: 0,
        }
    }

    /// Whether more text would be lost: one character beyond the limit is kept, by which a cut is known.
    pub(super) fn is_full(&self) -> bool {
        self.chars > self.max
    }

    /// How many characters fit, the one beyond the limit included.
    pub(super) fn room(&self) -> usize {
        (self.max + 1).saturating_sub(self.chars)
    }

    /// Adds text; all line ends become line feeds.
    pub(super) fn push(&mut self, text: &str) {
        let mut after_return = false;
        for c in text.chars() {
            let doubled = after_return && c == '\n';
            after_return = c == '\r';
            if doubled {
                continue;
            }
            if self.is_full() {
                return;
            }
            self.push_char(c);
        }
    }

    fn push_char(&mut self, c: char) {
        let c = match c {
            // Line and page ends of all kinds.
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            _ if is_invisible(c) => return,
            _ => c,
        };
        self.newlines = if c == '\n' { self.newlines + 1 } else { 0 };
        self.text.push(c);
        self.chars += 1;
    }

    /// Whether a blank or a line end comes last.
    pub(super) fn ends_with_blank(&self) -> bool {
        self.text.ends_with(char::is_whitespace)
    }

    /// Ends the line, unless it has just begun.
    pub(super) fn line(&mut self) {
        if self.newlines == 0 && !self.text.is_empty() {
            self.push("\n");
        }
    }

    /// Ends the paragraph with an empty line.
    pub(super) fn paragraph(&mut self) {
        while self.newlines < 2 && !self.text.is_empty() && !self.is_full() {
            self.push("\n");
        }
    }

    /// The text, and whether something of it is missing.
    pub(super) fn finish(mut self) -> (String, bool) {
        self.text.truncate(self.text.trim_end().len());
        let start = self.text.len() - self.text.trim_start_matches('\n').len();
        self.text.drain(..start);
        match cut(&self.text, self.max) {
            Some(head) => (head.to_owned(), true),
            None => (self.text, self.chars > self.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(max: usize, texts: &[&str]) -> (String, bool) {
        let mut sink = Sink::new(max);
        for text in texts {
            sink.push(text);
        }
        sink.finish()
    }

    #[test]
    fn what_is_beyond_the_limit_is_lost_and_said() {
        assert_eq!(filled(7, &["one ", "two"]), ("one two".to_owned(), false));
        assert_eq!(filled(7, &["one ", "two!"]), ("one".to_owned(), true));
        assert_eq!(filled(0, &["a"]), (String::new(), true));
        assert_eq!(filled(0, &[]), (String::new(), false));
    }

    #[test]
    fn line_ends_are_one_kind_and_what_nobody_sees_is_gone() {
        let (text, _) = filled(99, &["a\r\nb\rc\u{c}d\u{202e}e\u{200b}\0f\tg\n"]);
        assert_eq!(text, "a\nb\nc\ndef\tg");
    }

    #[test]
    fn paragraphs_are_one_empty_line_apart() {
        let mut sink = Sink::new(99);
        sink.paragraph();
        sink.push("a");
        sink.line();
        sink.line();
        sink.push("b");
        sink.paragraph();
        sink.paragraph();
        sink.push("c");
        assert_eq!(sink.finish().0, "a\nb\n\nc");
    }
}
