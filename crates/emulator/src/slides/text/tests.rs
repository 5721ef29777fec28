//! Texts by themselves, held against plain strings.

use proptest::prelude::{Strategy, any, prop, proptest};
use serde_json::{Value, json};

use super::{Paragraph, Text};

/// A change of a text.
#[derive(Debug, Clone)]
enum Change {
    Insert(usize, String),
    Delete(usize, usize),
    Bold(usize, usize),
    Bullets(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let text = "[a-c🙂é\n]{0,6}";
    prop::strategy::Union::new([
        (0..30_usize, text)
            .prop_map(|(at, text)| Change::Insert(at, text))
            .boxed(),
        (0..30_usize, 0..10_usize)
            .prop_map(|(at, length)| Change::Delete(at, length))
            .boxed(),
        (0..30_usize, 1..10_usize)
            .prop_map(|(at, length)| Change::Bold(at, length))
            .boxed(),
        (0..30_usize, 1..10_usize)
            .prop_map(|(at, length)| Change::Bullets(at, length))
            .boxed(),
    ])
}

fn is_half(units: &[u16], at: usize) -> bool {
    at > 0 && at < units.len() && (0xdc00..0xe000).contains(&units[at])
}

/// The elements cover the text without gaps, and hold what it says.
fn check(text: &Text, plain: &[u16]) {
    let shown = text.json();
    let elements = shown["textElements"].as_array().unwrap();
    let (mut at, mut all, mut end) = (0, String::new(), 0);
    for element in elements {
        let start = element["startIndex"].as_u64().unwrap();
        if element["paragraphMarker"].is_object() {
            assert_eq!(start, end, "a paragraph begins where the last one ended");
            end = element["endIndex"].as_u64().unwrap();
        } else {
            assert_eq!(start, at, "a run begins where the last one ended");
            at = element["endIndex"].as_u64().unwrap();
            all.push_str(element["textRun"]["content"].as_str().unwrap());
        }
    }
    assert_eq!(at, end);
    let mut expected = plain.to_vec();
    if !expected.is_empty() || !text.is_empty() {
        expected.push(0x0a);
    }
    assert_eq!(all.encode_utf16().collect::<Vec<_>>(), expected);
}

proptest! {
    #[test]
    fn any_changes_leave_a_text_that_holds_together(changes in prop::collection::vec(change(), 0..20)) {
        let mut text = Text::default();
        let mut plain: Vec<u16> = Vec::new();
        for change in changes {
            match change {
                Change::Insert(at, new) => {
                    let done = text.insert(at, &new, &Paragraph::default());
                    assert_eq!(done.is_ok(), at <= plain.len());
                    if done.is_ok() {
                        let at = at + usize::from(is_half(&plain, at));
                        plain.splice(at..at, new.encode_utf16());
                    }
                }
                Change::Delete(at, length) => {
                    let start = at.min(plain.len());
                    let end = (start + length).min(plain.len());
                    text.delete(start..end);
                    let start = start - usize::from(is_half(&plain, start));
                    let end = end + usize::from(is_half(&plain, end));
                    // Nothing is no part of a letter.
                    if length > 0 && start < end {
                        plain.drain(start..end);
                    }
                }
                Change::Bold(at, length) if at + length <= text.len() => {
                    text.restyle(at..at + length, &|style| style["bold"] = true.into());
                }
                Change::Bullets(at, length) if at + length <= text.len() => {
                    text.add_bullets(&(at..at + length), "BULLET_CHECKBOX", "list");
                }
                Change::Bold(..) | Change::Bullets(..) => {}
            }
            check(&text, &plain);
        }
    }

    #[test]
    fn a_replacement_is_that_of_the_string(text in "[ab\n]{1,12}", with in any::<char>()) {
        let with = if with.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&with) { String::new() } else { with.to_string() };
        let mut made = Text::of(&text, json!({}), &Paragraph::default());
        let find = |text: &str| text.match_indices("ab").map(|(at, it)| at..at + it.len()).collect();
        let count = made.replace(&find, &with);
        assert_eq!(count, text.matches("ab").count());
        assert_eq!(made.plain(), text.replace("ab", &with));
    }
}

#[test]
fn what_is_put_in_looks_like_what_stands_before_it() {
    let mut text = Text::default();
    let none = Paragraph::default();
    text.insert(0, "one\ntwo", &none).unwrap();
    text.restyle(0..3, &|style| style["bold"] = true.into());
    text.restyle(4..8, &|style| style["italic"] = true.into());
    // Behind a bold letter, and at the beginning of a paragraph.
    text.insert(3, "X", &none).unwrap();
    text.insert(5, "Y", &none).unwrap();
    let style = |at: usize, run: usize| Value::clone(&text.runs(at)[run].style);
    assert_eq!(
        (text.runs(0)[0].text.as_str(), style(0, 0)),
        ("oneX", json!({ "bold": true }))
    );
    assert_eq!(
        (text.runs(1)[0].text.as_str(), style(1, 0)),
        ("Ytwo", json!({ "italic": true }))
    );
}

#[test]
fn numbers_of_items_begin_again_below_a_higher_one() {
    let mut text = Text::of("a\n\tb\n\tc\nd\n\te", json!({}), &Paragraph::default());
    let range = 0..text.len();
    for (preset, expected) in [
        (
            "NUMBERED_DIGIT_NESTED",
            ["1.", "1.1.", "1.2.", "2.", "2.1."],
        ),
        (
            "NUMBERED_UPPERROMAN_UPPERALPHA_DIGIT",
            ["I.", "A.", "B.", "II.", "A."],
        ),
        (
            "NUMBERED_ZERODIGIT_ALPHA_ROMAN",
            ["01.", "a.", "b.", "02.", "a."],
        ),
    ] {
        let mut text = text.clone();
        text.add_bullets(&range, preset, "list");
        let glyphs = (0..5).map(|at| text.glyph(at).unwrap());
        assert_eq!(glyphs.collect::<Vec<_>>(), expected, "{preset}");
    }
    text.remove_bullets(&range);
}
