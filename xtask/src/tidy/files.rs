//! Rules about one Rust file.

use std::path::Path;

use super::Remark;

/// Lines without tests: above the first a file needs a reason, above the second it is split.
const LONG: usize = 400;
const TOO_LONG: usize = 600;

/// Written apart, so that this file does not break its own rule.
const LEFT: &str = concat!("TO", "DO");
const OTHER_MARKS: [&str; 3] = [
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
];

/// What the rules say about a file.
pub(super) fn check(path: &Path, text: &str) -> Vec<Remark> {
    let place = path.display().to_string();
    let mut remarks = Vec::new();
    if path.file_name().is_some_and(|name| name == "mod.rs") {
        let text = "write foo.rs beside the folder foo, not foo/mod.rs";
        remarks.push(Remark::error(&place, text));
    }
    if !is_generated(text) {
        remarks.extend(length(path, text));
    }
    if !text.starts_with("//! ") {
        let text = "the first line is `//!` and one sentence: what is in this file";
        remarks.push(Remark::error(&place, text));
    }
    for (index, line) in text.lines().enumerate() {
        if let Some(wrong) = wrong_line(line) {
            remarks.push(Remark::error(format!("{place}:{}", index + 1), wrong));
        }
    }
    remarks
}

fn length(path: &Path, text: &str) -> Option<Remark> {
    let place = path.display().to_string();
    match lines_without_tests(text) {
        lines if lines > TOO_LONG => Some(Remark::error(
            place,
            format!(
                "{lines} lines without tests, {TOO_LONG} is the most: split it by what it does"
            ),
        )),
        lines if lines > LONG && !holds_tests(path) => Some(Remark::warning(
            place,
            format!("{lines} lines without tests, aim below {LONG}"),
        )),
        _ => None,
    }
}

fn holds_tests(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

fn is_generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("@generated"))
}

/// Tests stand last in a file, behind `#[cfg(test)] mod tests {`.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<_> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    });
    tests.unwrap_or(lines.len())
}

fn wrong_line(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    let held_back = |fence: &str| {
        let words = fence.trim_start().strip_prefix("```").unwrap_or_default();
        words.split([',', ' ']).any(|word| word == "ignore")
    };
    if line.starts_with("#[ignore") {
        return Some("a test that is not run shows nothing: run it, or take it out");
    }
    if line.starts_with("#[should_panic") {
        return Some("assert on the error instead of a panic");
    }
    let doc = ["///", "//!"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    if doc.is_some_and(held_back) {
        return Some("examples run: no `ignore`");
    }
    let comment = line.split_once("//").map(|(_, comment)| comment)?;
    if comment
        .match_indices(LEFT)
        .any(|(at, _)| !has_issue(&comment[at + LEFT.len()..]))
    {
        return Some("what is left to do has an issue: mark it with that number, as in (#12)");
    }
    OTHER_MARKS
        .iter()
        .any(|mark| {
            comment
                .split_whitespace()
                .any(|word| word.trim_end_matches(':') == *mark)
        })
        .then_some("what is left to do has an issue, and is marked with its number")
}

fn has_issue(after: &str) -> bool {
    let number = after
        .strip_prefix("(#")
        .and_then(|rest| rest.split_once(')'));
    number.is_some_and(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarks(name: &str, text: &str) -> Vec<(String, bool)> {
        check(Path::new(name), text)
            .into_iter()
            .map(|remark| (remark.place, remark.is_warning))
            .collect()
    }

    fn file(lines: usize) -> String {
        format!("//! A file.\n{}", "// line\n".repeat(lines - 1))
    }

    #[test]
    fn a_file_that_keeps_the_rules_gets_no_remark() {
        assert_eq!(remarks("a.rs", &file(400)), []);
    }

    #[test]
    fn long_files_are_told_and_too_long_ones_refused() {
        assert_eq!(remarks("a.rs", &file(401)), [("a.rs".to_owned(), true)]);
        assert_eq!(remarks("a.rs", &file(600)), [("a.rs".to_owned(), true)]);
        assert_eq!(remarks("a.rs", &file(601)), [("a.rs".to_owned(), false)]);
    }

    #[test]
    fn tests_and_generated_files_may_be_long() {
        let tests = "#[cfg(test)]\nmod tests {\n";
        assert_eq!(
            remarks("a.rs", &format!("{}{tests}{}", file(390), file(900))),
            []
        );
        for tests in [
            "crates/auth/src/guard/tests.rs",
            "crates/auth/tests/it/guard.rs",
        ] {
            assert_eq!(remarks(tests, &file(600)), []);
            assert_eq!(remarks(tests, &file(601)).len(), 1);
        }
        let generated = format!("//! Types.\n//! @generated from a.json\n{}", file(900));
        assert_eq!(remarks("a.rs", &generated), []);
        let marked_late = format!("{}// @generated\n", file(900));
        assert_eq!(remarks("a.rs", &marked_late).len(), 1);
    }

    #[test]
    fn every_file_says_first_what_is_in_it() {
        for text in ["", "fn main() {}\n", "\n//! Late.\n", "//!\n//! Late.\n"] {
            assert_eq!(
                remarks("a.rs", text),
                [("a.rs".to_owned(), false)],
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_module_is_not_called_mod() {
        let name = "crates/auth/src/grant/mod.rs";
        assert_eq!(remarks(name, &file(1)), [(name.to_owned(), false)]);
    }

    #[test]
    fn each_forbidden_line_is_told_with_its_number() {
        for (line, wrong) in [
            (format!("// {LEFT}(#12): later"), false),
            (format!("// {LEFT}: later"), true),
            (format!("// {LEFT}(#): later"), true),
            (format!("let a = 1; // {LEFT}(me)"), true),
            (format!("let a = \"{LEFT}\";"), false),
            (format!("// {}: later", OTHER_MARKS[0]), true),
            (format!("// the {}S of old", OTHER_MARKS[0]), false),
            (concat!("#[ig", "nore]").to_owned(), true),
            (concat!("    #[ig", "nore = \"slow\"]").to_owned(), true),
            (concat!("#[should", "_panic]").to_owned(), true),
            ("/// ```ignore".to_owned(), true),
            ("//! ```rust,ignore".to_owned(), true),
            ("/// ```no_run".to_owned(), false),
            ("/// Errors are ignored: ignore them.".to_owned(), false),
        ] {
            let expected: &[_] = if wrong {
                &[("a.rs:2".to_owned(), false)]
            } else {
                &[]
            };
            assert_eq!(
                remarks("a.rs", &format!("//! A.\n{line}\n")),
                expected,
                "{line}"
            );
        }
    }
}
