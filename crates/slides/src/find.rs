//! One element of a presentation, by its id, and what it says exactly.

use toolgate_toolkit::ToolError;

use crate::{
    error::Named,
    text::Units,
    wire::{PageElement, Presentation, Slides, Table, TableCell, TextContent},
};

/// An element where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) slide: &'a str,
    pub(crate) element: &'a PageElement,
    /// It is a part of a group.
    pub(crate) in_group: bool,
}

/// The element of this id, also within groups.
pub(crate) fn find<'a>(deck: &'a Presentation, id: &str) -> Option<Found<'a>> {
    for slide in deck.slides.iter().flatten() {
        let mut open: Vec<(&PageElement, bool)> = Vec::new();
        open.extend(slide.page_elements.iter().flatten().map(|it| (it, false)));
        while let Some((element, in_group)) = open.pop() {
            if element.object_id.as_deref() == Some(id) {
                return Some(Found {
                    slide: slide.object_id.as_deref().unwrap_or_default(),
                    element,
                    in_group,
                });
            }
            let group = element.element_group.as_ref();
            let children = group.and_then(|it| it.children.as_deref());
            open.extend(children.unwrap_or_default().iter().map(|it| (it, true)));
        }
    }
    None
}

/// A presentation with the element that an argument names.
pub(crate) async fn read(
    slides: &Slides,
    deck: Named<'_>,
    element: Named<'_>,
    mask: &str,
) -> Result<Presentation, ToolError> {
    let read = slides.get(deck.id, mask).await;
    let read = read.map_err(|error| deck.explain(error))?;
    match find(&read, element.id) {
        Some(_) => Ok(read),
        None => Err(element.not_found()),
    }
}

/// Whether a table has this cell: what is merged into another cell is none.
pub(crate) fn has_cell(table: &Table, at: (usize, usize)) -> bool {
    whole_cell(table, at).is_some()
}

/// What a cell of a table says, counted from 0.
pub(crate) fn cell(table: &Table, at: (usize, usize)) -> Option<&TextContent> {
    whole_cell(table, at)?.text.as_ref()
}

fn whole_cell(table: &Table, (row, column): (usize, usize)) -> Option<&TableCell> {
    let cells = table.table_rows.as_ref()?.get(row)?.table_cells.as_ref()?;
    let index = |it: Option<i32>| usize::try_from(it.unwrap_or(0)).unwrap_or(0);
    let at = |it: &&TableCell| {
        let location = it.location.as_ref();
        index(location.and_then(|it| it.column_index)) == column
    };
    cells.iter().find(at)
}

/// The text of an element, or of a cell of it, exactly.
pub(crate) fn units(element: &PageElement, at: Option<(usize, usize)>) -> Units {
    let empty = TextContent::default();
    let text = match at {
        Some(at) => element.table.as_ref().and_then(|it| cell(it, at)),
        None => element.shape.as_ref().and_then(|it| it.text.as_ref()),
    };
    Units::of(text.unwrap_or(&empty))
}
