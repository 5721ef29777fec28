//! An outline in Markdown, read: slides with titles, lines, tables, images and notes.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::rich::{Line, Look};
use crate::text::sendable;

/// Levels of lists that Google shows.
const LEVELS: usize = 8;

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) url: String,
    pub(super) alt: String,
}

/// A slide as the outline has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Slide {
    /// It stands under a heading of the first level.
    pub(super) is_section: bool,
    pub(super) title: Option<Line>,
    pub(super) body: Vec<Line>,
    pub(super) tables: Vec<Vec<Vec<String>>>,
    pub(super) images: Vec<Image>,
    pub(super) notes: Vec<String>,
}

impl Slide {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The slides of an outline.
pub(super) fn parse(markdown: &str) -> Vec<Slide> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, options) {
        reader.read(event);
    }
    reader.finish()
}

/// What is being read.
#[derive(Debug, Default)]
struct Reader {
    slides: Vec<Slide>,
    slide: Slide,
    line: Line,
    looks: Vec<Look>,
    /// The lists that are open: whether each is numbered.
    lists: Vec<bool>,
    /// Block quotes that are open.
    quotes: usize,
    is_code: bool,
    image: Option<Image>,
    rows: Vec<Vec<String>>,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => {
                for line in text.lines() {
                    self.add(line);
                    self.end_line();
                }
            }
            Event::Code(text) => {
                self.looks.push(Look::Code);
                self.add(&text);
                self.looks.pop();
            }
            Event::Text(text) | Event::InlineHtml(text) => self.add(&text),
            Event::SoftBreak => self.add(" "),
            Event::HardBreak => self.add("\u{b}"),
            Event::TaskListMarker(is_done) => self.add(if is_done { "☑ " } else { "☐ " }),
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        match &mut self.image {
            Some(image) => image.alt.push_str(text),
            None => self.line.push(text, &self.looks),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_line();
                if level <= HeadingLevel::H2 {
                    self.next_slide(level == HeadingLevel::H1);
                } else {
                    self.looks.push(Look::Bold);
                }
            }
            Tag::List(first) => {
                self.end_line();
                self.lists.push(first.is_some());
            }
            Tag::Item => self.end_line(),
            Tag::BlockQuote(_) => {
                self.end_line();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.end_line();
                self.is_code = true;
                self.looks.push(Look::Code);
            }
            Tag::Strong => self.looks.push(Look::Bold),
            Tag::Emphasis => self.looks.push(Look::Italic),
            Tag::Link { dest_url, .. } => self.looks.push(Look::Link(dest_url.into_string())),
            Tag::Image { dest_url, .. } => {
                self.image = Some(Image {
                    url: dest_url.into_string(),
                    alt: String::new(),
                });
            }
            Tag::Table(_) => {
                self.end_line();
                self.rows.clear();
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) if level <= HeadingLevel::H2 => {
                let line = std::mem::take(&mut self.line);
                // Google takes no empty text.
                self.slide.title = Some(line).filter(|it| !it.text.trim().is_empty());
            }
            TagEnd::Heading(_) => {
                self.looks.pop();
                self.end_line();
            }
            TagEnd::Paragraph | TagEnd::Item => self.end_line(),
            TagEnd::List(_) => {
                self.end_line();
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.end_line();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                self.is_code = false;
                self.looks.pop();
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => {
                self.looks.pop();
            }
            TagEnd::Image => self.slide.images.extend(self.image.take()),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line).text;
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.slide.tables.push(rows);
            }
            _ => {}
        }
    }

    /// Puts what was read of a line where it belongs.
    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if line.text.trim().is_empty() {
            return;
        }
        let level = self.lists.len().saturating_sub(1).min(LEVELS);
        if self.quotes > 0 {
            let text = without_word(&line.text, self.slide.notes.is_empty());
            // Notes are read, not shown: their lists are marks in a plain text.
            let mark = if self.lists.is_empty() { "" } else { "- " };
            let text = format!("{}{mark}{text}", "  ".repeat(level));
            self.slide
                .notes
                .extend(Some(text).filter(|it| !it.is_empty()));
            return;
        }
        line.item = self.lists.last().map(|is_numbered| (level, *is_numbered));
        self.slide.body.push(line);
    }

    fn next_slide(&mut self, is_section: bool) {
        let slide = std::mem::take(&mut self.slide);
        if !slide.is_empty() {
            self.slides.push(slide);
        }
        self.slide.is_section = is_section;
    }

    fn finish(mut self) -> Vec<Slide> {
        self.end_line();
        self.next_slide(false);
        self.slides
    }
}

/// Notes without the word that says that they are some.
fn without_word(text: &str, is_first: bool) -> String {
    let text = sendable(text.trim());
    let words = ["Speaker notes:", "Notes:", "Note:"];
    let rest = words.iter().find_map(|word| {
        let head = text.get(..word.len())?;
        head.eq_ignore_ascii_case(word)
            .then(|| text[word.len()..].trim_start().to_owned())
    });
    rest.filter(|_| is_first).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<(&str, Option<(usize, bool)>)> {
        lines.iter().map(|it| (it.text.as_str(), it.item)).collect()
    }

    #[test]
    fn an_outline_is_slides_with_all_that_stands_under_their_headings() {
        let slides = parse(
            "# Offsite\n\nLisbon, in **May**\n\n## Why\n\nBecause:\n\n- we *meet*\n  - at last\n    1. really\n- [see](https://a.example/)\n\n\
             > Notes: say thanks\n> to all\n>\n> - twice\n>   - or more\n\n## Costs\n\n| Item | Price |\n| --- | --- |\n| Tea | 4.50 |\n\n\
             ![A **map**](https://a.example/map.png)\n\n### Later\n\n```\ncode  x\n  y\n```\n\n# Part two\n",
        );
        assert_eq!(slides.len(), 4);
        assert!(slides[0].is_section && !slides[1].is_section && slides[3].is_section);
        assert_eq!(texts(&slides[0].body), [("Lisbon, in May", None)]);
        assert_eq!(slides[0].body[0].looks, [(11, 14, Look::Bold)]);
        assert_eq!(
            texts(&slides[1].body),
            [
                ("Because:", None),
                ("we meet", Some((0, false))),
                ("at last", Some((1, false))),
                ("really", Some((2, true))),
                ("see", Some((0, false))),
            ]
        );
        assert_eq!(
            slides[1].notes,
            ["say thanks to all", "- twice", "  - or more"]
        );
        assert_eq!(slides[2].tables, [[["Item", "Price"], ["Tea", "4.50"]]]);
        assert_eq!(slides[2].images[0].alt, "A map");
        assert_eq!(
            texts(&slides[2].body),
            [("Later", None), ("code  x", None), ("  y", None)]
        );
    }

    #[test]
    fn an_empty_heading_begins_a_slide_that_has_no_title() {
        let slides = parse("## Costs\n\nHigh\n\n##\n\nStill `high`\n");
        assert_eq!((slides.len(), &slides[1].title), (2, &None));
        assert_eq!(texts(&slides[1].body), [("Still high", None)]);
        assert_eq!(slides[1].body[0].looks, [(6, 10, Look::Code)]);
    }

    #[test]
    fn what_stands_before_any_heading_is_a_slide_and_an_empty_outline_has_none() {
        assert_eq!(texts(&parse("- one\n- two")[0].body).len(), 2);
        assert!(parse(" \n\n").is_empty());
    }
}
