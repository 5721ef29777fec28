//! Texts of shapes and cells: as a model reads them, and as Google counts them, in UTF-16 units.

use toolgate_text::is_invisible;
use toolgate_toolkit::sized::shortened;

use crate::wire::{TextContent, TextStyle};

/// Points below which nobody reads a letter.
const READABLE: f64 = 2.0;
/// Stands for what is in a text and is no text.
const OTHER: u16 = 0xFFFC;

/// A text as a reader of the slide has it, in Markdown: its lists, its links, nothing that is hidden.
pub(crate) fn shown(content: &TextContent) -> String {
    let mut text = String::new();
    for element in content.text_elements.iter().flatten() {
        if let Some(marker) = &element.paragraph_marker {
            if let Some(bullet) = &marker.bullet {
                let level = usize::try_from(bullet.nesting_level.unwrap_or(0)).unwrap_or(0);
                text.push_str(&"  ".repeat(level.min(9)));
                text.push_str(&bullet_of(bullet.glyph.as_deref()));
            }
        } else if let Some(run) = &element.text_run {
            let style = run.style.as_ref();
            if !style.is_some_and(is_hidden) {
                let link = style.and_then(|it| it.link.as_ref()?.url.as_deref());
                text.push_str(&linked(run.content.as_deref().unwrap_or_default(), link));
            } else if run.content.as_deref().is_some_and(|it| it.ends_with('\n')) {
                text.push('\n');
            }
        } else if let Some(auto) = &element.auto_text {
            text.push_str(auto.content.as_deref().unwrap_or_default());
        }
    }
    visible_lines(&text)
}

/// A numbered list keeps its numbers.
fn bullet_of(glyph: Option<&str>) -> String {
    let glyph = glyph.filter(|it| it.chars().any(char::is_alphanumeric));
    glyph.map_or_else(|| "- ".to_owned(), |glyph| format!("{glyph} "))
}

/// Of no colour, or too small to be read.
fn is_hidden(style: &TextStyle) -> bool {
    let colour = style.foreground_color.as_ref();
    let is_transparent = colour.is_some_and(|it| it.opaque_color.is_none());
    let size = style.font_size.as_ref().and_then(|it| it.magnitude);
    is_transparent || size.is_some_and(|points| points < READABLE)
}

/// A link with its target, so that one that says something else shows both.
fn linked(text: &str, url: Option<&str>) -> String {
    let words = text.trim_end_matches('\n');
    match url {
        Some(url) if !words.trim().is_empty() && words.trim() != url => {
            let end = &text[words.len()..];
            format!("[{words}]({url}){end}")
        }
        _ => text.to_owned(),
    }
}

/// Lines without what nobody sees, and without the line's end that closes every text.
pub(crate) fn visible_lines(text: &str) -> String {
    let text = text.replace(['\u{b}', '\r'], "\n");
    let shown = text
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(is_invisible(*c) || c.is_control()));
    shown.collect::<String>().trim_end().to_owned()
}

/// A few words of somebody's on one line, without what would hide or turn something of it.
pub(crate) fn visible(text: &str, room: usize) -> String {
    let shown = text.chars().filter(|c| !is_invisible(*c));
    let one_line = shown.map(|c| if c.is_control() { ' ' } else { c });
    shortened(one_line.collect::<String>().trim(), room)
}

/// A text without what Google takes out of it anyway: control and private characters. So what is read
/// back afterwards is what was sent.
pub(crate) fn sendable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = text.chars().filter(|c| match c {
        '\n' | '\t' | '\u{b}' => true,
        '\u{e000}'..='\u{f8ff}' => false,
        c => !c.is_control(),
    });
    kept.collect()
}

/// A text exactly as Google has it, each unit at its index.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Units(Vec<u16>);

impl Units {
    pub(crate) fn of(content: &TextContent) -> Self {
        let mut units = Vec::new();
        for element in content.text_elements.iter().flatten() {
            let start = usize::try_from(element.start_index.unwrap_or(0)).unwrap_or(0);
            let end = usize::try_from(element.end_index.unwrap_or(0)).unwrap_or(0);
            if let Some(run) = &element.text_run {
                units.resize(start, OTHER);
                units.extend(run.content.as_deref().unwrap_or_default().encode_utf16());
            } else if element.auto_text.is_some() {
                units.resize(end.max(units.len()), OTHER);
            }
        }
        Self(units)
    }

    /// Whether there is nothing but the line's end that closes every text.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|unit| *unit == u16::from(b'\n')) && self.0.len() <= 1
    }

    /// The text without the line's end that closes it.
    pub(crate) fn text(&self) -> String {
        let text = String::from_utf16_lossy(&self.0);
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    /// Where a passage stands, each time: begin and end, in order and apart from each other.
    pub(crate) fn find(&self, passage: &str) -> Vec<(usize, usize)> {
        let wanted: Vec<u16> = passage.encode_utf16().collect();
        let mut found = Vec::new();
        let mut at = 0;
        while !wanted.is_empty() && at + wanted.len() <= self.0.len() {
            if self.0[at..at + wanted.len()] == wanted {
                found.push((at, at + wanted.len()));
                at += wanted.len();
            } else {
                at += 1;
            }
        }
        found
    }
}

/// How long a text is as Google counts.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn content(elements: Value) -> TextContent {
        let content = Value::from_iter([("textElements", elements)]);
        serde_json::from_value(content).unwrap()
    }

    fn runs(parts: &[String]) -> TextContent {
        let mut at = 0;
        let elements = parts.iter().map(|part| {
            let (start, end) = (at, at + length(part));
            at = end;
            json!({"startIndex": start, "endIndex": end, "textRun": {"content": part}})
        });
        content(elements.collect())
    }

    #[test]
    fn lists_numbers_and_links_are_shown_and_what_is_hidden_is_not() {
        let text = content(json!([
            {"endIndex": 6, "paragraphMarker": {}},
            {"endIndex": 6, "textRun": {"content": "Plan\u{b}B\n"}},
            {"paragraphMarker": {"bullet": {"glyph": "●"}}},
            {"textRun": {"content": "see "}},
            {"textRun": {"content": "bank.example", "style": {"link": {"url": "https://evil.example/"}}}},
            {"textRun": {"content": "\n"}},
            {"paragraphMarker": {"bullet": {"glyph": "2.", "nestingLevel": 1}}},
            {"textRun": {"content": "pa\u{202e}y"}},
            {"textRun": {"content": "HIDDEN", "style": {"foregroundColor": {}}}},
            {"textRun": {"content": "TINY\n", "style": {"fontSize": {"magnitude": 1.0, "unit": "PT"}}}},
            {"paragraphMarker": {}},
            {"autoText": {"type": "SLIDE_NUMBER", "content": "7"}},
            {"textRun": {"content": "\n", "style": {"foregroundColor": {"opaqueColor": {"rgbColor": {}}}}}},
        ]));
        assert_eq!(
            shown(&text),
            "Plan\nB\n- see [bank.example](https://evil.example/)\n  2. pay\n7"
        );
    }

    #[test]
    fn a_passage_is_found_by_utf16_units_each_time() {
        let units = Units::of(&runs(&["a😀b".to_owned(), "😀b\n".to_owned()]));
        assert_eq!(units.find("😀b"), [(1, 4), (4, 7)]);
        assert_eq!(units.find("b😀"), [(3, 6)]);
        assert_eq!(units.find(""), []);
        assert_eq!(units.text(), "a😀b😀b");
        assert!(!units.is_empty() && Units::of(&runs(&["\n".to_owned()])).is_empty());
    }

    #[test]
    fn what_is_no_text_keeps_its_place() {
        let text = content(json!([
            {"endIndex": 1, "autoText": {"content": "12"}},
            {"startIndex": 1, "endIndex": 4, "textRun": {"content": "ab\n"}},
        ]));
        assert_eq!(Units::of(&text).find("ab"), [(1, 3)]);
    }

    proptest! {
        #[test]
        fn whatever_is_found_is_there(parts in prop::collection::vec("[a😀ü]{0,4}", 0..6), passage in "[a😀ü]{1,2}") {
            let whole: String = parts.concat();
            let found = Units::of(&runs(&parts)).find(&passage);
            prop_assert_eq!(found.len(), whole.matches(&passage).count());
            let units: Vec<u16> = whole.encode_utf16().collect();
            for (start, end) in found {
                prop_assert_eq!(String::from_utf16(&units[start..end]).unwrap(), passage.clone());
            }
        }
    }
}
