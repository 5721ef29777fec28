//! Files of Google's editors: what they hold, and what can be made from an upload.

use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use scraper::{Html, Selector};

use super::node::{DOCUMENT, SCRIPT, SHEET, SLIDES};
use super::ooxml;
use crate::slides::Deck;

/// What an editor of Google's holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Native {
    /// A document, as Markdown.
    Doc(String),
    /// The tabs of a spreadsheet.
    Sheet(Vec<Tab>),
    /// A presentation, which the Slides API reads and changes.
    Slides(Arc<Deck>),
    /// A script of Apps Script, as the JSON of its files.
    Script(String),
    /// Anything else, such as a drawing or a form, which nothing can be read of.
    Other,
}

/// One tab of a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) name: String,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A paragraph of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) text: String,
}

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Heading(u8),
    Item,
    Plain,
}

/// Which uploads become which native files.
pub(crate) const IMPORTS: [(&str, &str); 7] = [
    ("text/markdown", DOCUMENT),
    ("text/plain", DOCUMENT),
    ("text/html", DOCUMENT),
    (ooxml::DOCX, DOCUMENT),
    ("text/csv", SHEET),
    ("text/tab-separated-values", SHEET),
    ("text/x-markdown", DOCUMENT),
];

impl Native {
    /// An empty file of a type of Google's editors; `None` for other types.
    pub(crate) fn empty(mime_type: &str) -> Option<Self> {
        match mime_type {
            DOCUMENT => Some(Self::Doc(String::new())),
            SHEET => Some(Self::Sheet(vec![Tab {
                name: "Sheet1".to_owned(),
                rows: Vec::new(),
            }])),
            SLIDES => Some(Self::Slides(Arc::new(Deck::new()))),
            SCRIPT => Some(Self::Script("{\"files\":[]}".to_owned())),
            other => other
                .starts_with("application/vnd.google-apps.")
                .then_some(Self::Other),
        }
    }

    /// Makes a native file of an upload; `None` where Google offers no such conversion.
    pub(crate) fn import(from: &str, to: &str, bytes: &[u8]) -> Option<Self> {
        let offered = IMPORTS.contains(&(from, to));
        if !offered {
            return None;
        }
        let text = || {
            let text = String::from_utf8_lossy(bytes);
            text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
        };
        match from {
            "text/markdown" | "text/x-markdown" => Some(Self::Doc(text())),
            "text/html" => Some(Self::Doc(markdown_of_html(&text()))),
            ooxml::DOCX => Some(Self::Doc(markdown_of(&ooxml::read_docx(bytes)?))),
            "text/csv" => Some(Self::sheet(rows(&text(), ','))),
            "text/tab-separated-values" => Some(Self::sheet(rows(&text(), '\t'))),
            "text/plain" => Some(Self::Doc(escaped(&text()))),
            _ => None,
        }
    }

    fn sheet(rows: Vec<Vec<String>>) -> Self {
        let name = "Sheet1".to_owned();
        Self::Sheet(vec![Tab { name, rows }])
    }

    /// All text, for searches.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Doc(markdown) => plain(markdown),
            Self::Sheet(tabs) => {
                let rows = tabs.iter().flat_map(|tab| &tab.rows);
                rows.map(|row| row.join("\t") + "\n").collect()
            }
            Self::Slides(deck) => deck.texts().join("\n\n"),
            Self::Script(json) => json.clone(),
            Self::Other => String::new(),
        }
    }
}

/// The paragraphs of a Markdown text.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut kind, mut text) = (BlockKind::Plain, String::new());
    let mut end = |kind: &mut BlockKind, text: &mut String| {
        if !text.is_empty() {
            let text = std::mem::take(text);
            blocks.push(Block { kind: *kind, text });
        }
        *kind = BlockKind::Plain;
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                end(&mut kind, &mut text);
                kind = BlockKind::Heading(depth(level));
            }
            Event::Start(Tag::Item) => {
                end(&mut kind, &mut text);
                kind = BlockKind::Item;
            }
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableRow
                | TagEnd::TableHead,
            ) => end(&mut kind, &mut text),
            Event::End(TagEnd::TableCell) => text.push('\t'),
            Event::Text(more) | Event::Code(more) => text.push_str(&more),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }
    end(&mut kind, &mut text);
    for block in &mut blocks {
        block.text = block.text.trim_end().to_owned();
    }
    blocks
}

/// A document without its marks: items begin with a star, as in Google's plain text.
pub(crate) fn plain(markdown: &str) -> String {
    let lines = blocks(markdown).into_iter().map(|block| match block.kind {
        BlockKind::Item => format!("* {}\n", block.text),
        _ => format!("{}\n", block.text),
    });
    lines.collect()
}

fn markdown_of(blocks: &[Block]) -> String {
    let blocks = blocks.iter().map(|block| {
        let text = escaped(&block.text);
        match block.kind {
            BlockKind::Heading(level) => format!("{} {text}\n\n", "#".repeat(level.into())),
            BlockKind::Item => format!("* {text}\n"),
            BlockKind::Plain => format!("{text}\n\n"),
        }
    });
    blocks.collect()
}

/// A text in which nothing is a mark of Markdown's, and each line is a paragraph.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for line in text.lines() {
        for letter in line.trim_end().chars() {
            if matches!(letter, '*' | '_' | '`' | '[' | ']' | '<' | '#' | '\\' | '|') {
                escaped.push('\\');
            }
            escaped.push(letter);
        }
        escaped.push_str("\n\n");
    }
    escaped.trim_end().to_owned()
}

fn markdown_of_html(html: &str) -> String {
    let page = Html::parse_document(html);
    let Ok(wanted) = Selector::parse("h1, h2, h3, h4, h5, h6, p, li, pre, tr") else {
        return String::new();
    };
    let blocks: Vec<Block> = page
        .select(&wanted)
        .map(|element| {
            let kind = match element.value().name() {
                "li" => BlockKind::Item,
                name => match name.strip_prefix('h').and_then(|level| level.parse().ok()) {
                    Some(level) => BlockKind::Heading(level),
                    None => BlockKind::Plain,
                },
            };
            let text: String = element.text().collect();
            let words: Vec<&str> = text.split_whitespace().collect();
            Block {
                kind,
                text: words.join(" "),
            }
        })
        .filter(|block| !block.text.is_empty())
        .collect();
    markdown_of(&blocks)
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The rows of a table in text, whose cells may be quoted.
fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut letters) = (false, text.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if is_quoted || cell.is_empty() => is_quoted = !is_quoted,
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other if other == separator && !is_quoted => row.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}
