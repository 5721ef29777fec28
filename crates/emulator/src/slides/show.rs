//! Presentations, pages and elements as Google's replies show them.

use serde_json::{Map, Value, json};

use super::deck::{Cell, Deck, Element, Image, Kind, Page, PageKind, Placeholder, Table, emu};

/// Makes the link that shows a picture for a time.
pub(super) type Links<'a> = &'a mut dyn FnMut(&Image) -> String;

impl Deck {
    /// Google's `Presentation`, without what its file says.
    pub(super) fn json(&self, links: Links<'_>) -> Value {
        let mut pages = |pages: &[Page]| -> Vec<Value> {
            pages.iter().map(|page| page_json(page, links)).collect()
        };
        json!({
            "pageSize": { "width": emu(self.width), "height": emu(self.height) },
            "slides": pages(&self.slides),
            "layouts": pages(&self.layouts),
            "masters": pages(&self.masters),
            "notesMaster": page_json(&self.notes_master, links),
            "locale": "en",
        })
    }
}

/// Google's `Page`.
pub(super) fn page_json(page: &Page, links: Links<'_>) -> Value {
    let elements = page.elements.iter();
    let elements: Vec<Value> = elements.map(|it| element_json(it, links)).collect();
    let mut value = json!({
        "objectId": page.id,
        "pageProperties": page.properties,
    });
    if let Some(image) = &page.background {
        value["pageProperties"]["pageBackgroundFill"]["stretchedPictureFill"]["contentUrl"] =
            links(image).into();
    }
    if !elements.is_empty() {
        value["pageElements"] = elements.into();
    }
    match &page.kind {
        // As Google does, it says nothing of slides: it is the type that is meant when none is said.
        PageKind::Slide {
            layout,
            master,
            notes,
            skipped,
        } => {
            let mut properties = json!({
                "layoutObjectId": layout,
                "masterObjectId": master,
                "notesPage": page_json(notes, links),
            });
            if *skipped {
                properties["isSkipped"] = true.into();
            }
            value["slideProperties"] = properties;
        }
        PageKind::Layout {
            master,
            name,
            shown,
        } => {
            value["pageType"] = "LAYOUT".into();
            value["layoutProperties"] =
                json!({ "masterObjectId": master, "name": name, "displayName": shown });
        }
        PageKind::Master => {
            value["pageType"] = "MASTER".into();
            value["masterProperties"] = json!({ "displayName": "Simple Light" });
        }
        PageKind::Notes(id) => {
            value["pageType"] = "NOTES".into();
            value["notesProperties"] = json!({ "speakerNotesObjectId": id });
        }
        PageKind::NotesMaster => value["pageType"] = "NOTES_MASTER".into(),
    }
    value
}

fn element_json(element: &Element, links: Links<'_>) -> Value {
    let mut value = json!({
        "objectId": element.id,
        "transform": element.transform.json(),
    });
    if let Some((width, height)) = element.size {
        value["size"] = json!({ "width": emu(width), "height": emu(height) });
    }
    for (name, text) in [
        ("title", &element.title),
        ("description", &element.description),
    ] {
        if !text.is_empty() {
            value[name] = text.as_str().into();
        }
    }
    match &element.kind {
        Kind::Shape(shape) => {
            let mut shown = json!({
                "shapeType": shape.kind,
                "shapeProperties": shape.properties,
            });
            if !shape.text.is_empty() {
                shown["text"] = shape.text.json();
            }
            if let Some(placeholder) = &shape.placeholder {
                shown["placeholder"] = placeholder_json(placeholder);
            }
            value["shape"] = shown;
        }
        Kind::Image(image) => {
            value["image"] = json!({
                "contentUrl": links(image),
                "sourceUrl": image.source_url,
                "imageProperties": image.properties,
            });
        }
        Kind::Table(table) => value["table"] = table_json(table),
        Kind::Group(children) => {
            let children: Vec<Value> = children.iter().map(|it| element_json(it, links)).collect();
            value["elementGroup"] = json!({ "children": children });
        }
        Kind::Video(video) => value["video"] = video.clone(),
        Kind::Line(line) => value["line"] = line.clone(),
    }
    value
}

fn placeholder_json(placeholder: &Placeholder) -> Value {
    let mut value = json!({ "type": placeholder.kind, "index": placeholder.index });
    if let Some(parent) = &placeholder.parent {
        value["parentObjectId"] = parent.as_str().into();
    }
    value
}

fn table_json(table: &Table) -> Value {
    let rows = table.rows.iter().enumerate().map(|(at, row)| {
        let cells = row.cells.iter().enumerate();
        let cells = cells.filter(|(_, cell)| cell.span != (0, 0));
        let cells: Vec<Value> = cells
            .map(|(column, cell)| cell_json(cell, at, column))
            .collect();
        json!({
            "rowHeight": emu(row.height),
            "tableRowProperties": { "minRowHeight": emu(row.height) },
            "tableCells": cells,
        })
    });
    let columns = table
        .columns
        .iter()
        .map(|width| json!({ "columnWidth": emu(*width) }));
    json!({
        "rows": table.rows.len(),
        "columns": table.columns.len(),
        "tableRows": rows.collect::<Vec<_>>(),
        "tableColumns": columns.collect::<Vec<_>>(),
    })
}

fn cell_json(cell: &Cell, row: usize, column: usize) -> Value {
    let mut value = json!({
        "location": { "rowIndex": row, "columnIndex": column },
        "rowSpan": cell.span.0,
        "columnSpan": cell.span.1,
        "tableCellProperties": cell.properties,
    });
    if !cell.text.is_empty() {
        value["text"] = cell.text.json();
    }
    value
}

/// The value without zeros, which Google's replies leave out.
pub(super) fn without_zeros(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let is_kept = |it: &Value| it.as_f64() != Some(0.0);
            let kept = map.into_iter().filter(|(_, it)| is_kept(it));
            let kept: Map<String, Value> =
                kept.map(|(name, it)| (name, without_zeros(it))).collect();
            Value::Object(kept)
        }
        Value::Array(items) => items.into_iter().map(without_zeros).collect(),
        other => other,
    }
}
