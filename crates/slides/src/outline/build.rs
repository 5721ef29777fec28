//! Slides of an outline as requests: which layout, what goes into which placeholder, what beside it.

use toolgate_toolkit::{ToolContext, ToolError};

use super::{
    parse::{Image, Slide},
    rich::{Line, Look, is_target, styled, text_of},
};
use crate::{
    elements::{image, table},
    ids::new_id,
    layouts::{Layout, Layouts, Slot},
    slides::{create_slide, delete_object, insert},
    text::visible,
    urls,
    wire::{LayoutPlaceholderIdMapping, Place, Request},
};

/// Where a table or an image is, alone below the title.
const BELOW: Place = Place {
    x: 0.5,
    y: 1.4,
    width: 9.0,
    height: 3.8,
};
/// The same beside a text, in place of the second column.
const BESIDE: Place = Place {
    x: 5.2,
    y: 1.4,
    width: 4.4,
    height: 3.8,
};
/// Lines that a slide of Google's own size shows, and letters of a line in its usual layouts: across the
/// whole slide, and in a column of two.
const LINES: usize = 12;
const ACROSS: usize = 70;
const COLUMN: usize = 36;
/// Rows of a table that it shows.
const ROWS: usize = 10;
/// Characters of a link's target in a warning.
const TARGET: usize = 80;
/// Google's bound of rows and columns.
const CELLS: usize = 25;

/// All that makes the slides.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) requests: Vec<Request>,
    pub(super) slides: Vec<BuiltSlide>,
    pub(super) warnings: Vec<String>,
}

/// A slide that is made.
#[derive(Debug)]
pub(super) struct BuiltSlide {
    pub(super) id: String,
    pub(super) layout: String,
    pub(super) title: Option<String>,
    pub(super) notes: Option<String>,
    pub(super) images: Vec<Picture>,
}

/// An image that Google is to fetch, apart from all else: one that it cannot fetch costs the slides nothing.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) requests: Vec<Request>,
}

/// What makes the slides of an outline.
pub(super) fn build(
    cx: &ToolContext,
    outline: &[Slide],
    layouts: &Layouts,
) -> Result<Built, ToolError> {
    let mut built = Built::default();
    for (index, slide) in outline.iter().enumerate() {
        let layout = layout_for(slide, index == 0, layouts)?;
        let id = new_id(cx, "slide");
        let notes = (!slide.notes.is_empty()).then(|| slide.notes.join("\n"));
        let mut page = Page {
            cx,
            id: &id,
            layout,
            number: index + 1,
            mappings: Vec::new(),
            texts: Vec::new(),
            built: &mut built,
        };
        page.texts_of(slide, index == 0);
        let images = page.finish(slide)?;
        built.slides.push(BuiltSlide {
            layout: layout.name.clone(),
            title: slide.title.as_ref().map(|it| it.text.clone()),
            notes,
            images,
            id,
        });
    }
    Ok(built)
}

/// The layouts that would do, the best first.
fn layout_for<'a>(
    slide: &Slide,
    is_first: bool,
    layouts: &'a Layouts,
) -> Result<&'a Layout, ToolError> {
    let has_more = !slide.tables.is_empty() || !slide.images.is_empty();
    let names: &[&str] = match (slide.is_section, slide.body.is_empty(), has_more) {
        (true, _, false) if is_first => &["TITLE", "TITLE_AND_BODY"],
        (true, true, false) => &["SECTION_HEADER", "TITLE_ONLY"],
        (_, false, true) => &["TITLE_AND_TWO_COLUMNS", "TITLE_AND_BODY"],
        (_, true, _) => &["TITLE_ONLY", "TITLE_AND_BODY"],
        _ => &["TITLE_AND_BODY"],
    };
    let found = names.iter().find_map(|name| layouts.find(name));
    found.map_or_else(|| layouts.named("TITLE_AND_BODY"), Ok)
}

/// A slide that is being made.
struct Page<'a, 'b> {
    cx: &'a ToolContext,
    id: &'a str,
    layout: &'a Layout,
    number: usize,
    mappings: Vec<LayoutPlaceholderIdMapping>,
    texts: Vec<Request>,
    built: &'b mut Built,
}

impl Page<'_, '_> {
    fn texts_of(&mut self, slide: &Slide, is_first: bool) {
        if let Some(title) = &slide.title {
            self.place(&[Slot::Title], std::slice::from_ref(title));
        }
        if slide.body.is_empty() {
            return;
        }
        let slots: &[Slot] = if slide.is_section && is_first {
            &[Slot::Subtitle, Slot::Body]
        } else {
            &[Slot::Body, Slot::Subtitle]
        };
        self.place(slots, &slide.body);
        let is_beside = !slide.tables.is_empty() || !slide.images.is_empty();
        let needed = lines_of(&slide.body, if is_beside { COLUMN } else { ACROSS });
        if needed > LINES {
            let what = format!("its text needs about {needed} lines, of which not all may be seen");
            self.warn(&what);
        }
    }

    fn warn(&mut self, what: &str) {
        let warning = format!("slide {}: {what}", self.number);
        self.built.warnings.push(warning);
    }

    /// Puts lines into the first of these that the layout has.
    fn place(&mut self, slots: &[Slot], lines: &[Line]) {
        let kind = slots.first().map_or("text", |it| it.name());
        let element = new_id(self.cx, kind);
        let mapping = slots
            .iter()
            .find_map(|slot| self.layout.mapped(*slot, &element));
        let Some(mapping) = mapping else {
            self.warn(&format!("its layout has no place for the {kind}"));
            return;
        };
        for target in lines.iter().flat_map(unlinked) {
            self.warn(&format!(
                "no link leads to `{target}`, which is no web address"
            ));
        }
        self.mappings.push(mapping);
        self.texts.push(insert(&element, &text_of(lines)));
        self.texts.extend(styled(&element, lines));
    }

    fn finish(mut self, slide: &Slide) -> Result<Vec<Picture>, ToolError> {
        let more = slide.tables.len() + slide.images.len();
        let is_beside = !slide.body.is_empty();
        let mut spare = None;
        if more > 0 && is_beside {
            // Its prompt would stand behind the table.
            let element = new_id(self.cx, "spare");
            if let Some(mapping) = self.layout.mapped(Slot::Body2, &element) {
                self.mappings.push(mapping);
                spare = Some(element);
            }
        }
        let mappings = std::mem::take(&mut self.mappings);
        self.built
            .requests
            .push(create_slide(self.id, None, self.layout, mappings));
        let texts = std::mem::take(&mut self.texts);
        self.built.requests.extend(texts);
        self.built
            .requests
            .extend(spare.as_deref().map(delete_object));
        let places = places(if is_beside { BESIDE } else { BELOW }, more);
        let (for_tables, for_images) = places.split_at(slide.tables.len());
        for (rows, place) in slide.tables.iter().zip(for_tables) {
            self.table(rows, *place);
        }
        let images = slide.images.iter().zip(for_images);
        images.map(|(it, place)| self.image(it, *place)).collect()
    }

    fn table(&mut self, rows: &[Vec<String>], place: Place) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if rows.len() > CELLS || columns > CELLS {
            self.warn("a table is cut to 25 rows and columns");
        } else if rows.len() > ROWS {
            let what = format!(
                "a table has {} rows, of which not all may be seen",
                rows.len()
            );
            self.warn(&what);
        }
        let cut = rows
            .iter()
            .take(CELLS)
            .map(|row| row.iter().take(CELLS).cloned().collect());
        let rows: Vec<Vec<String>> = cut.collect();
        let id = new_id(self.cx, "table");
        // Google gives a row the height that its text needs.
        let place = Place {
            height: (count(rows.len()) * 0.3).min(place.height),
            ..place
        };
        let size = (rows.len(), columns.min(CELLS));
        self.built
            .requests
            .extend(table(&id, place.on(self.id), size, &rows));
        let header = rows.first().map(Vec::as_slice).unwrap_or_default();
        let bold = header
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.is_empty());
        let bold = bold.map(|(column, _)| bold_cell(&id, column));
        self.built.requests.extend(bold);
    }

    fn image(&self, picture: &Image, place: Place) -> Result<Picture, ToolError> {
        let url = urls::public("outline", &picture.url)?;
        let id = new_id(self.cx, "image");
        let requests = image(&id, &url, place.on(self.id), Some(&picture.alt));
        Ok(Picture { id, url, requests })
    }
}

/// How many lines a text takes where so many letters stand in one.
fn lines_of(lines: &[Line], letters: usize) -> usize {
    let length = |it: &Line| {
        let level = it.item.map_or(0, |(level, _)| level + 1);
        it.text.chars().count() + 3 * level
    };
    let rows = lines.iter().map(|it| length(it).div_ceil(letters).max(1));
    rows.sum()
}

/// The targets of a line's links that are none for Google.
fn unlinked(line: &Line) -> Vec<String> {
    let links = line.looks.iter().filter_map(|(_, _, look)| match look {
        Look::Link(url) if !is_target(url) => Some(visible(url, TARGET)),
        _ => None,
    });
    links.collect()
}

/// A box in so many parts, one below the other.
fn places(whole: Place, count: usize) -> Vec<Place> {
    let height = whole.height / self::count(count.max(1));
    let part = |at: usize| Place {
        y: whole.y + height * self::count(at),
        height: height - if count > 1 { 0.1 } else { 0.0 },
        ..whole
    };
    (0..count).map(part).collect()
}

/// Few enough to be exact.
fn count(of: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap_or(u32::MAX))
}

/// A header that is seen as one.
fn bold_cell(id: &str, column: usize) -> Request {
    use crate::wire::{TextStyle, UpdateTextStyleRequest, all_of, cell_at, request};
    request(|it| {
        it.update_text_style = Some(UpdateTextStyleRequest {
            object_id: Some(id.to_owned()),
            cell_location: Some(cell_at(0, column)),
            text_range: Some(all_of()),
            fields: Some("bold".to_owned()),
            style: Some(TextStyle {
                bold: Some(true),
                ..TextStyle::default()
            }),
            ..UpdateTextStyleRequest::default()
        });
    })
}
