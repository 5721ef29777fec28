//! The elements of a page as a model sees them: what each is, where, and what it says.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    text::{shown, visible, visible_lines},
    wire::{AffineTransform, PageElement, Placeholder, Table, inches},
};

/// Characters of an alternative text, and of a link.
const WORDS: usize = 200;
/// Groups hold groups; deeper ones than this nobody made by hand.
const DEPTH: usize = 12;

/// An element of a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ElementView {
    pub(crate) id: String,
    /// Such as `text_box`, `table`, `image`, `video`, `line`, `chart`, `group`.
    pub(crate) kind: String,
    /// What it is for in its layout, such as `TITLE` or `BODY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) placeholder: Option<String>,
    /// Left, top, width, height in inches.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<f64>>")]
    pub(crate) place: Option<[f64; 4]>,
    /// Rows and columns of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<usize>>")]
    pub(crate) size: Option<[usize; 2]>,
    /// The group that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alt_text: Option<String>,
    /// From where an image was inserted, or where a video is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_url: Option<String>,
    /// The spreadsheet of a chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spreadsheet_id: Option<String>,
    /// What it says; tables as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
}

/// An element with the text that it holds, apart.
pub(crate) type Seen = (ElementView, String);

/// How an element is laid onto the page: that of its groups, and its own.
#[derive(Debug, Clone, Copy)]
struct Matrix {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    x: f64,
    y: f64,
}

const IDENTITY: Matrix = Matrix {
    a: 1.0,
    b: 0.0,
    c: 0.0,
    d: 1.0,
    x: 0.0,
    y: 0.0,
};

impl Matrix {
    fn of(transform: Option<&AffineTransform>) -> Self {
        let Some(it) = transform else {
            return IDENTITY;
        };
        let unit = it.unit.as_deref();
        Self {
            a: it.scale_x.unwrap_or(0.0),
            b: it.shear_x.unwrap_or(0.0),
            c: it.shear_y.unwrap_or(0.0),
            d: it.scale_y.unwrap_or(0.0),
            x: inches(it.translate_x.unwrap_or(0.0), unit),
            y: inches(it.translate_y.unwrap_or(0.0), unit),
        }
    }

    /// The inner one, as the outer one lays it.
    fn around(self, inner: Self) -> Self {
        Self {
            a: self.a * inner.a + self.b * inner.c,
            b: self.a * inner.b + self.b * inner.d,
            c: self.c * inner.a + self.d * inner.c,
            d: self.c * inner.b + self.d * inner.d,
            x: self.a * inner.x + self.b * inner.y + self.x,
            y: self.c * inner.x + self.d * inner.y + self.y,
        }
    }
}

/// All elements of a page in their order, those of groups after their group.
pub(crate) fn elements(elements: Option<&[PageElement]>) -> Vec<Seen> {
    let mut seen = Vec::new();
    collect(elements.unwrap_or_default(), (None, IDENTITY), 0, &mut seen);
    seen
}

fn collect(
    elements: &[PageElement],
    (group, outer): (Option<&str>, Matrix),
    depth: usize,
    seen: &mut Vec<Seen>,
) {
    for element in elements {
        let matrix = outer.around(Matrix::of(element.transform.as_ref()));
        let (mut view, text) = viewed(element, matrix);
        view.group = group.map(str::to_owned);
        let id = view.id.clone();
        seen.push((view, text));
        let children = element
            .element_group
            .as_ref()
            .and_then(|it| it.children.as_deref());
        if let Some(children) = children.filter(|_| depth < DEPTH) {
            collect(children, (Some(&id), matrix), depth + 1, seen);
        }
    }
}

fn viewed(element: &PageElement, matrix: Matrix) -> Seen {
    let shape = element.shape.as_ref();
    let image = element.image.as_ref();
    let placeholder = shape.and_then(|it| it.placeholder.as_ref());
    let placeholder = placeholder.or_else(|| image?.placeholder.as_ref());
    let source = image.and_then(|it| it.source_url.as_deref());
    let source = source.or_else(|| element.video.as_ref()?.url.as_deref());
    let chart = element.sheets_chart.as_ref();
    let view = ElementView {
        id: element.object_id.clone().unwrap_or_default(),
        kind: kind(element),
        placeholder: placeholder.and_then(named),
        place: place(element, matrix),
        size: element.table.as_ref().map(table_size),
        group: None,
        alt_text: alt_text(element),
        source_url: source
            .map(|it| visible(it, WORDS))
            .filter(|it| !it.is_empty()),
        spreadsheet_id: chart.and_then(|it| it.spreadsheet_id.clone()),
        text: None,
    };
    (view, said(element))
}

fn named(placeholder: &Placeholder) -> Option<String> {
    let kind = placeholder.r#type.as_deref().filter(|it| *it != "NONE")?;
    Some(visible(kind, WORDS))
}

fn kind(element: &PageElement) -> String {
    if let Some(shape) = &element.shape {
        let kind = shape.shape_type.as_deref().unwrap_or("shape");
        return visible(kind, WORDS).to_lowercase();
    }
    let kinds = [
        ("table", element.table.is_some()),
        ("image", element.image.is_some()),
        ("video", element.video.is_some()),
        ("line", element.line.is_some()),
        ("chart", element.sheets_chart.is_some()),
        ("word_art", element.word_art.is_some()),
        ("group", element.element_group.is_some()),
        ("speaker_spotlight", element.speaker_spotlight.is_some()),
    ];
    let kind = kinds.iter().find(|(_, is)| *is);
    kind.map_or("unknown", |(kind, _)| kind).to_owned()
}

/// Where it is and how large it looks. A group has no size of its own.
fn place(element: &PageElement, matrix: Matrix) -> Option<[f64; 4]> {
    let size = element.size.as_ref()?;
    let long = |it: Option<&crate::wire::Dimension>| {
        it.map_or(0.0, |it| {
            inches(it.magnitude.unwrap_or(0.0), it.unit.as_deref())
        })
    };
    let (width, height) = (long(size.width.as_ref()), long(size.height.as_ref()));
    let shown = [
        matrix.x,
        matrix.y,
        width * matrix.a.hypot(matrix.c),
        height * matrix.b.hypot(matrix.d),
    ];
    Some(shown.map(|it| (it * 100.0).round() / 100.0))
}

pub(crate) fn table_size(table: &Table) -> [usize; 2] {
    let count = |it: Option<i32>| usize::try_from(it.unwrap_or(0)).unwrap_or(0);
    [count(table.rows), count(table.columns)]
}

fn alt_text(element: &PageElement) -> Option<String> {
    let words = [element.title.as_deref(), element.description.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    Some(visible(&words.join(": "), WORDS)).filter(|it| !it.is_empty())
}

/// All that it says.
fn said(element: &PageElement) -> String {
    if let Some(text) = element.shape.as_ref().and_then(|it| it.text.as_ref()) {
        return shown(text);
    }
    if let Some(table) = &element.table {
        return table_text(table);
    }
    let art = element
        .word_art
        .as_ref()
        .and_then(|it| it.rendered_text.as_deref());
    visible_lines(art.unwrap_or_default())
}

/// A table in Markdown, or nothing where all its cells are empty.
fn table_text(table: &Table) -> String {
    let [_, columns] = table_size(table);
    let mut lines = Vec::new();
    let mut says_something = false;
    for row in table.table_rows.iter().flatten() {
        let mut cells = vec![String::new(); columns];
        for (at, cell) in row.table_cells.iter().flatten().enumerate() {
            let column = cell.location.as_ref().and_then(|it| it.column_index);
            // A zero does not travel; a cell after one that spans has a place of its own.
            let column = usize::try_from(column.unwrap_or(0)).unwrap_or(0);
            let column = if column == 0 { at } else { column };
            let text = cell.text.as_ref().map(shown).unwrap_or_default();
            says_something |= !text.is_empty();
            if let Some(place) = cells.get_mut(column) {
                *place = text.replace('|', "\\|").replace('\n', "<br>");
            }
        }
        lines.push(format!("| {} |", cells.join(" | ")));
        if lines.len() == 1 {
            lines.push(format!("|{}", " --- |".repeat(columns)));
        }
    }
    if says_something {
        lines.join("\n")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(elements_: serde_json::Value) -> Vec<Seen> {
        let page: Vec<PageElement> = serde_json::from_value(elements_).unwrap();
        elements(Some(&page))
    }

    #[test]
    fn an_element_of_a_group_is_where_the_group_lays_it_however_deep() {
        let inch = 914_400.0;
        let text = json!({"textElements": [{"textRun": {"content": "deep\n"}}]});
        let leaf = json!({"objectId": "leaf", "shape": {"shapeType": "TEXT_BOX", "text": text},
            "size": {"width": {"magnitude": inch, "unit": "EMU"}, "height": {"magnitude": 72.0, "unit": "PT"}},
            "transform": {"scaleX": 2.0, "scaleY": 1.0, "translateX": inch, "unit": "EMU"}});
        let inner = json!({"objectId": "inner", "elementGroup": {"children": [leaf]},
            "transform": {"scaleX": 1.0, "scaleY": 1.0, "translateY": inch, "unit": "EMU"}});
        let outer = json!({"objectId": "outer", "elementGroup": {"children": [inner]},
            "transform": {"scaleX": 2.0, "scaleY": 3.0, "unit": "EMU"}});
        let all = seen(json!([outer]));
        let (view, text) = all.last().unwrap();
        assert_eq!((view.id.as_str(), text.as_str()), ("leaf", "deep"));
        assert_eq!(view.group.as_deref(), Some("inner"));
        assert_eq!(view.place, Some([2.0, 3.0, 4.0, 3.0]));
    }

    #[test]
    fn kinds_that_google_adds_later_are_shown_as_they_are() {
        let all = seen(json!([
            {"objectId": "a", "shape": {"shapeType": "HOLOGRAM", "placeholder": {"type": "MOOD"}}},
            {"objectId": "b", "hologram": {"depth": 3}},
        ]));
        let kinds: Vec<_> = all.iter().map(|(it, _)| it.kind.as_str()).collect();
        assert_eq!(kinds, ["hologram", "unknown"]);
        assert_eq!(all[0].0.placeholder.as_deref(), Some("MOOD"));
    }

    #[test]
    fn tables_are_markdown_with_cells_in_their_columns() {
        let cell = |column: i32, text: &str| json!({"location": {"columnIndex": column}, "text": {"textElements": [{"textRun": {"content": text}}]}});
        let all = seen(
            json!([{"objectId": "t", "table": {"rows": 2, "columns": 3, "tableRows": [
            {"tableCells": [cell(0, "a\n"), cell(2, "b|c\n")]},
            {"tableCells": [cell(0, "1\n2\n"), cell(1, "\n"), cell(2, "3\n")]}]}}]),
        );
        assert_eq!(all[0].0.size, Some([2, 3]));
        assert_eq!(
            all[0].1,
            "| a |  | b\\|c |\n| --- | --- | --- |\n| 1<br>2 |  | 3 |"
        );
    }
}
