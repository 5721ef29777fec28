//! Presentations as seeds describe them: an outline of each slide.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::batch::{self, Edit, Fetched};
use super::deck::{Deck, PageKind};
use super::decode;

/// What stands before a picture's data.
const DATA: &str = "data:image/png;base64,";

/// An outline of a slide, read.
#[derive(Debug, Default)]
struct Outline<'a> {
    title: &'a str,
    body: Vec<&'a str>,
    notes: Vec<&'a str>,
    rows: Vec<Vec<&'a str>>,
    /// The description and the data of a picture.
    picture: Option<(&'a str, &'a str)>,
}

impl Deck {
    /// The presentation of these outlines; `None` where one has a picture that is none.
    ///
    /// The first line of an outline is the slide's title. Lines that begin with `|` make a table, one
    /// like `![description](data:image/png;base64,...)` a picture, and what follows a line `Notes:` is for the
    /// speaker; all others are the slide's text, where tabs before a line tell its level.
    pub(crate) fn of_outline(slides: &[String]) -> Option<Self> {
        let mut deck = Self::without_slides();
        let mut fetched = Fetched::new();
        for (at, slide) in slides.iter().enumerate() {
            let outline = Outline::read(slide);
            if let Some((_, data)) = outline.picture {
                let bytes = STANDARD.decode(data.strip_prefix(DATA)?).ok()?;
                let picture = decode::picture(bytes.into())?;
                fetched.insert(data.to_owned(), Arc::new(picture));
            }
            let requests = outline.requests(at);
            let mut edit = Edit {
                deck: &mut deck,
                fetched: &fetched,
                sees_file: &|_| false,
            };
            batch::run(&mut edit, &requests).ok()?;
            let speaker = edit
                .deck
                .slides
                .last()?
                .notes()
                .map(|notes| notes.kind.clone());
            if let (Some(PageKind::Notes(id)), false) = (speaker, outline.notes.is_empty()) {
                let text = outline.notes.join("\n");
                let insert = json!({ "insertText": { "objectId": id, "text": text } });
                batch::run(&mut edit, &[insert]).ok()?;
            }
        }
        Some(deck)
    }
}

impl<'a> Outline<'a> {
    fn read(text: &'a str) -> Self {
        let mut outline = Self::default();
        let mut lines = text.trim_end().lines();
        let title = lines.next().unwrap_or_default();
        outline.title = title.trim_start_matches("# ");
        let mut is_notes = false;
        for line in lines {
            if line.trim() == "Notes:" {
                is_notes = true;
            } else if is_notes {
                outline.notes.push(line);
            } else if let Some(row) = line.strip_prefix('|') {
                let cells = row.trim().trim_end_matches('|').split('|');
                outline.rows.push(cells.map(str::trim).collect());
            } else if let Some((description, data)) = picture(line) {
                outline.picture = Some((description, data));
            } else {
                outline.body.push(line);
            }
        }
        outline
    }

    fn is_text_only(&self) -> bool {
        self.rows.is_empty() && self.picture.is_none()
    }

    fn layout(&self, at: usize) -> &'static str {
        match self.body.len() {
            0 | 1 if at == 0 && self.is_text_only() => "TITLE",
            0 if self.title.is_empty() && self.is_text_only() => "BLANK",
            0 if self.is_text_only() => "SECTION_HEADER",
            0 => "TITLE_ONLY",
            _ => "TITLE_AND_BODY",
        }
    }

    fn requests(&self, at: usize) -> Vec<Value> {
        let slide = format!("slide_{}", at + 1);
        let layout = self.layout(at);
        let id = |name: &str| format!("{slide}_{name}");
        let (title, body) = match layout {
            "TITLE" => ("CENTERED_TITLE", "SUBTITLE"),
            _ => ("TITLE", "BODY"),
        };
        let mut mappings = Vec::new();
        if layout != "BLANK" {
            mappings
                .push(json!({ "layoutPlaceholder": { "type": title }, "objectId": id("title") }));
        }
        if layout == "TITLE" || layout == "TITLE_AND_BODY" {
            mappings.push(json!({ "layoutPlaceholder": { "type": body }, "objectId": id("body") }));
        }
        let mut requests = vec![json!({ "createSlide": {
            "objectId": slide,
            "slideLayoutReference": { "predefinedLayout": layout },
            "placeholderIdMappings": mappings,
        }})];
        let mut insert = |object: String, text: String| {
            if !text.is_empty() {
                requests.push(json!({ "insertText": { "objectId": object, "text": text } }));
            }
        };
        insert(id("title"), self.title.to_owned());
        insert(id("body"), self.body.join("\n"));
        if self.body.iter().any(|line| line.starts_with('\t')) {
            requests.push(json!({ "createParagraphBullets": {
                "objectId": id("body"), "textRange": { "type": "ALL" },
            }}));
        }
        requests.extend(self.table(&slide));
        requests.extend(self.image(&slide));
        requests
    }

    fn table(&self, slide: &str) -> Vec<Value> {
        let Some(columns) = self.rows.iter().map(Vec::len).max() else {
            return Vec::new();
        };
        let id = format!("{slide}_table");
        let mut requests = vec![json!({ "createTable": {
            "objectId": id,
            "rows": self.rows.len(),
            "columns": columns,
            "elementProperties": {
                "pageObjectId": slide,
                "size": { "width": points(600), "height": points(30 * self.rows.len()) },
                "transform": { "scaleX": 1, "scaleY": 1, "translateX": 60, "translateY": 110, "unit": "PT" },
            },
        }})];
        for (at, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                requests.push(json!({ "insertText": {
                    "objectId": id,
                    "cellLocation": { "rowIndex": at, "columnIndex": column },
                    "text": cell,
                }}));
            }
        }
        requests
    }

    fn image(&self, slide: &str) -> Vec<Value> {
        let Some((description, data)) = self.picture else {
            return Vec::new();
        };
        let id = format!("{slide}_image");
        let create = json!({ "createImage": {
            "objectId": id,
            "url": data,
            "elementProperties": {
                "pageObjectId": slide,
                "size": { "width": points(320), "height": points(220) },
                "transform": { "scaleX": 1, "scaleY": 1, "translateX": 360, "translateY": 130, "unit": "PT" },
            },
        }});
        let describe = json!({ "updatePageElementAltText": {
            "objectId": id, "description": description,
        }});
        vec![create, describe]
    }
}

fn points(magnitude: usize) -> Value {
    json!({ "magnitude": magnitude, "unit": "PT" })
}

fn picture(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_prefix("![")?.strip_suffix(')')?;
    inner.split_once("](")
}
