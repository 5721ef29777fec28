//! Where a secret was found, told without telling the secret.

use std::ops::ControlFlow;

/// How much of a line is shown before a secret.
const SHOWN: usize = 100;

/// The test that printed what follows, where the text is a test report.
pub(super) fn test_name(before: &[u8]) -> Option<String> {
    const OPENING: &[u8] = b"<testcase name=\"";
    let start = before
        .windows(OPENING.len())
        .rposition(|window| window == OPENING)?
        + OPENING.len();
    let name = before[start..].split(|byte| *byte == b'"').next()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// The same line's words before a secret: enough to know who printed it.
pub(super) fn words_before(before: &[u8]) -> String {
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or(before);
    let tail = &line[line.len().saturating_sub(SHOWN)..];
    printable(&String::from_utf8_lossy(tail))
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER)
        .collect()
}

/// The text without terminal colours, so that a log line's parts stand side by side.
pub(super) fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('\u{1b}') {
        plain.push_str(&rest[..start]);
        rest = after_escape(&rest[start + 1..]);
    }
    plain.push_str(rest);
    plain
}

fn after_escape(rest: &str) -> &str {
    let Some(body) = rest.strip_prefix('[') else {
        return rest;
    };
    let end = body.char_indices().try_for_each(|(at, c)| {
        if c.is_ascii_alphabetic() {
            ControlFlow::Break(at + 1)
        } else {
            ControlFlow::Continue(())
        }
    });
    match end {
        ControlFlow::Break(at) => &body[at..],
        ControlFlow::Continue(()) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_test_is_named() {
        let report =
            b"<testcase name=\"one\"></testcase><testcase name=\"two\" time=\"1\"><system-out>";
        assert_eq!(test_name(report).as_deref(), Some("two"));
        assert_eq!(test_name(b"plain log"), None);
    }

    #[test]
    fn only_the_end_of_the_same_line_is_shown() {
        assert_eq!(
            words_before(b"first\nsecond \x1b[2mline="),
            "second [2mline="
        );
        assert_eq!(words_before("x".repeat(500).as_bytes()).len(), SHOWN);
    }

    #[test]
    fn colours_are_taken_out() {
        let line = "\u{1b}[2m2026\u{1b}[0m \u{1b}[32m INFO\u{1b}[0m \u{1b}[2mtoolgate_auth\u{1b}[0m\u{1b}[2m:\u{1b}[0m hi";
        assert_eq!(without_colours(line), "2026  INFO toolgate_auth: hi");
        assert_eq!(without_colours("plain \u{1b}[12"), "plain ");
    }
}
