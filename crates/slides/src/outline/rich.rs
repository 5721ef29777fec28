//! Texts with styles and lists, as requests: styles first, then lists from the last to the first, for a
//! list takes the tabs out that tell its levels, and what stands before it stays where it is.

use url::Url;

use crate::{
    text::{length, sendable},
    wire::{
        CreateParagraphBulletsRequest, DeleteParagraphBulletsRequest, Link, Request, TextStyle,
        UpdateTextStyleRequest, part_of, request,
    },
};

/// How some letters look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    Bold,
    Italic,
    Code,
    Link(String),
}

/// What Google takes for the target of a link; one that leads into a file or a page's own parts is none.
pub(super) fn is_target(url: &str) -> bool {
    let scheme = Url::parse(url);
    scheme.is_ok_and(|it| matches!(it.scheme(), "https" | "http" | "mailto"))
}

/// A line of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Parts of it in UTF-16 units, and how they look.
    pub(super) looks: Vec<(usize, usize, Look)>,
    /// In a list: its level from 0, and whether the list is numbered.
    pub(super) item: Option<(usize, bool)>,
}

impl Line {
    /// Adds a text that looks so.
    pub(super) fn push(&mut self, text: &str, looks: &[Look]) {
        let start = length(&self.text);
        self.text.push_str(&sendable(text));
        let end = length(&self.text);
        if end > start {
            let looks = looks.iter().cloned().map(|look| (start, end, look));
            self.looks.extend(looks);
        }
    }
}

/// The text of lines as it is put in: levels are tabs.
pub(super) fn text_of(lines: &[Line]) -> String {
    let line = |it: &Line| {
        let level = it.item.map_or(0, |(level, _)| level);
        format!("{}{}", "\t".repeat(level), it.text)
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What gives the text of an element its styles and lists.
pub(super) fn styled(element: &str, lines: &[Line]) -> Vec<Request> {
    let (mut styles, mut plain) = (Vec::new(), Vec::new());
    let mut lists = Vec::<(usize, usize, bool)>::new();
    let mut at = 0;
    for line in lines {
        let start = at + line.item.map_or(0, |(level, _)| level);
        for (from, to, look) in &line.looks {
            styles.extend(style(element, (start + from, start + to), look));
        }
        let end = start + length(&line.text);
        let Some((_, is_numbered)) = line.item else {
            plain.push(no_list(element, (at, end)));
            at = end + 1;
            continue;
        };
        match lists.last_mut() {
            Some(last) if last.1 + 1 == at && last.2 == is_numbered => last.1 = end,
            _ => lists.push((at, end, is_numbered)),
        }
        at = end + 1;
    }
    let lists = lists.into_iter().rev();
    styles
        .into_iter()
        .chain(plain)
        .chain(lists.map(|it| list(element, it)))
        .collect()
}

fn style(element: &str, (start, end): (usize, usize), look: &Look) -> Option<Request> {
    let mut style = TextStyle::default();
    let field = match look {
        Look::Bold => {
            style.bold = Some(true);
            "bold"
        }
        Look::Italic => {
            style.italic = Some(true);
            "italic"
        }
        Look::Code => {
            style.font_family = Some("Courier New".to_owned());
            "fontFamily"
        }
        Look::Link(url) if !is_target(url) => return None,
        Look::Link(url) => {
            style.link = Some(Link {
                url: Some(url.clone()),
                ..Link::default()
            });
            "link"
        }
    };
    Some(request(|it| {
        it.update_text_style = Some(UpdateTextStyleRequest {
            object_id: Some(element.to_owned()),
            text_range: Some(part_of(start, end)),
            fields: Some(field.to_owned()),
            style: Some(style),
            ..UpdateTextStyleRequest::default()
        });
    }))
}

/// Layouts may make a list of all that stands in a place of theirs.
fn no_list(element: &str, (start, end): (usize, usize)) -> Request {
    request(|it| {
        it.delete_paragraph_bullets = Some(DeleteParagraphBulletsRequest {
            object_id: Some(element.to_owned()),
            text_range: Some(part_of(start, end)),
            ..DeleteParagraphBulletsRequest::default()
        });
    })
}

fn list(element: &str, (start, end, is_numbered): (usize, usize, bool)) -> Request {
    let preset = if is_numbered {
        "NUMBERED_DIGIT_ALPHA_ROMAN"
    } else {
        "BULLET_DISC_CIRCLE_SQUARE"
    };
    request(|it| {
        it.create_paragraph_bullets = Some(CreateParagraphBulletsRequest {
            object_id: Some(element.to_owned()),
            text_range: Some(part_of(start, end)),
            bullet_preset: Some(preset.to_owned()),
            ..CreateParagraphBulletsRequest::default()
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, item: Option<(usize, bool)>) -> Line {
        let mut line = Line {
            item,
            ..Line::default()
        };
        line.push(text, &[]);
        line
    }

    fn shown(it: &Request) -> (i32, i32, &str) {
        let style = it.update_text_style.as_ref();
        let list = it.create_paragraph_bullets.as_ref();
        let none = it.delete_paragraph_bullets.as_ref();
        let range = style.and_then(|it| it.text_range.as_ref());
        let range = range.or(list.and_then(|it| it.text_range.as_ref()));
        let range = range
            .or(none.and_then(|it| it.text_range.as_ref()))
            .unwrap();
        let kind = list.and_then(|it| it.bullet_preset.as_deref());
        let other = if none.is_some() { "none" } else { "style" };
        (
            range.start_index.unwrap(),
            range.end_index.unwrap(),
            kind.unwrap_or(other),
        )
    }

    #[test]
    fn lists_and_styles_count_utf16_units_with_the_tabs_of_their_levels() {
        let mut second = line("b😀 ", Some((1, false)));
        second.push("bold", &[Look::Bold]);
        let lines = [
            line("😀 intro", None),
            line("a", Some((0, false))),
            second,
            line("one", Some((0, true))),
            line("end", None),
        ];
        assert_eq!(text_of(&lines), "😀 intro\na\n\tb😀 bold\none\nend");
        let requests = styled("e", &lines);
        let ranges: Vec<_> = requests.iter().map(shown).collect();
        assert_eq!(
            ranges,
            [
                (16, 20, "style"),
                (0, 8, "none"),
                (25, 28, "none"),
                (21, 24, "NUMBERED_DIGIT_ALPHA_ROMAN"),
                (9, 20, "BULLET_DISC_CIRCLE_SQUARE"),
            ]
        );
    }
}
