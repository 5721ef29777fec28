//! The size of texts as a model pays for them, and cutting them to it, for tools that can be read on.
//!
//! ```
//! use toolgate_toolkit::sized::piece;
//!
//! let text = "Dear all, the offsite is in Lisbon.";
//! let first = piece(text, 0, 20);
//! assert_eq!((first.text, first.next), ("Dear all, the", Some(13)));
//! assert_eq!(piece(text, 13, 100).text, " offsite is in Lisbon.");
//! ```

use serde::Serialize;

/// Characters that a text takes within JSON, without its quotes.
pub fn json_chars(text: &str) -> usize {
    text.chars().map(cost).sum()
}

fn cost(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        _ => 1,
    }
}

/// Characters that a value takes as compact JSON.
pub fn json_size(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.chars().count())
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The piece itself.
    pub text: &'a str,
    /// Where the next piece begins, in characters of the whole, if more follows.
    pub next: Option<usize>,
}

/// The piece from character `start` on that takes at most `room` characters within JSON, cut at the end of a word. It holds
/// at least one character of what is left, so that reading on comes to an end.
pub fn piece(text: &str, start: usize, room: usize) -> Piece<'_> {
    let start_at = text.char_indices().nth(start).map(|(at, _)| at);
    let rest = start_at.and_then(|at| text.get(at..)).unwrap_or_default();
    let mut used = 0;
    let end = rest.char_indices().find(|(at, c)| {
        used += cost(*c);
        used > room && *at > 0
    });
    let Some(head) = end.and_then(|(at, _)| rest.get(..at)) else {
        return Piece {
            text: rest,
            next: None,
        };
    };
    // Cutting at a word must not give back almost nothing: a long word is cut in the middle.
    let word_end = head
        .rfind(char::is_whitespace)
        .filter(|at| *at > head.len() / 2);
    let text = word_end.and_then(|at| head.get(..at)).unwrap_or(head);
    Piece {
        text,
        next: Some(start + text.chars().count()),
    }
}

/// A text on at most `room` characters within JSON; a cut shows as `…`.
pub fn shortened(text: &str, room: usize) -> String {
    if json_chars(text) <= room {
        return text.to_owned();
    }
    let head = piece(text, 0, room.saturating_sub(1)).text.trim_end();
    format!("{head}…")
}

/// Entries joined by `, `, as many as `room` takes; the others are counted.
pub fn joined(entries: &[String], room: usize) -> String {
    /// What `, and 1234 more` takes.
    const MORE: usize = 16;
    let mut line = String::new();
    for (index, entry) in entries.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let more = if index + 1 == entries.len() { 0 } else { MORE };
        let size = json_chars(&line) + json_chars(entry) + separator.len() + more;
        if size > room {
            if index == 0 {
                line = shortened(entry, room.saturating_sub(more));
                if entries.len() == 1 {
                    return line;
                }
                return format!("{line} and {} more", entries.len() - 1);
            }
            return format!("{line} and {} more", entries.len() - index);
        }
        line.push_str(separator);
        line.push_str(entry);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_join_to_the_whole_and_fit(text in any::<String>(), room in 1..60_usize) {
            let mut seen = String::new();
            let mut start = 0;
            loop {
                let Piece { text: part, next } = piece(&text, start, room);
                prop_assert!(json_chars(part) <= room || part.chars().count() == 1);
                seen.push_str(part);
                match next {
                    Some(next) => {
                        prop_assert!(next > start);
                        start = next;
                    }
                    None => break,
                }
            }
            prop_assert_eq!(seen, text);
        }

        #[test]
        fn sizes_are_those_of_json(text in any::<String>()) {
            prop_assert_eq!(json_chars(&text) + 2, json_size(&text));
        }

        #[test]
        fn lists_fit_and_lose_no_entry_unsaid(
            entries in prop::collection::vec("[a-z\"ü]{1,30}", 0..40),
            room in 30..200_usize,
        ) {
            let line = joined(&entries, room);
            prop_assert!(json_chars(&line) <= room, "{}", line);
            if line == entries.join(", ") {
                return Ok(());
            }
            let left_out: usize = line
                .rsplit_once(" and ")
                .and_then(|(_, more)| more.strip_suffix(" more"))
                .map_or(0, |count| count.parse().unwrap());
            let shown = entries.len() - left_out;
            prop_assert!(line.starts_with(&entries[..shown - 1].join(", ")));
        }
    }

    #[test]
    fn a_piece_ends_at_a_word_unless_that_gives_almost_nothing_back() {
        let cut = |text, room| piece(text, 0, room).text;
        assert_eq!(cut("one two three", 9), "one two");
        assert_eq!(cut("a unbreakable", 8), "a unbrea");
        assert_eq!(cut("whole", 5), "whole");
        assert_eq!(
            piece("abc", 3, 5),
            Piece {
                text: "",
                next: None
            }
        );
        assert_eq!(
            piece("abc", 9, 5),
            Piece {
                text: "",
                next: None
            }
        );
    }
}
