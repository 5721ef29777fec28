//! `fill_table`.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, said},
    find::{find, has_cell, read},
    settlement::CHANGING,
    setup::Setup,
    text::sendable,
    view::table_size,
    wire::{Presentation, Slides, TEXTS, Table},
    write::{Batch, write},
};

use super::{Changed, ELEMENT, METHODS, rewriting, says};

/// Writes texts into the cells of a table, from one cell on to the right and down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FillTable {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Of the table.
    #[schemars(length(min = 1))]
    table_id: String,
    /// Texts by row; an empty one empties its cell.
    #[schemars(length(min = 1))]
    content: Vec<Vec<String>>,
    /// From 0.
    #[schemars(range(min = 0, max = 1000))]
    start_row: Option<usize>,
    /// From 0.
    #[schemars(range(min = 0, max = 1000))]
    start_column: Option<usize>,
}

/// Fills cells. Which ones there are was read, so that the presentation has to be as it was read.
pub(crate) async fn fill_table(
    cx: ToolContext,
    args: FillTable,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let table = Named::table(said("table_id", &args.table_id, ELEMENT)?);
    let slides = Slides::new(&cx, METHODS);
    let read = read(&slides, deck, table, TEXTS).await?;
    let Some(found) = find(&read, table.id).and_then(|it| it.element.table.as_ref()) else {
        let good = "an element of the kind `table`";
        return Err(ToolError::invalid_argument(
            "table_id",
            "it is no table",
            good,
        ));
    };
    let start = (args.start_row.unwrap_or(0), args.start_column.unwrap_or(0));
    let cells = whole(cells(&args.content, start, table_size(found))?, found)?;
    let requests = cells
        .iter()
        .flat_map(|(at, text)| rewriting(table.id, *at, text));
    let batch = Batch::new(deck, CHANGING, requests.collect())
        .about([table])
        .at(read.revision_id.clone())
        .blaming("content", "texts for cells that are there");
    let is_done = |deck: &Presentation| says(deck, table.id, &cells);
    let settled = write((&cx, &setup), &slides, batch, TEXTS, is_done).await?;
    Ok(Changed {
        status: settled.status,
        element_id: table.id.to_owned(),
        count: Some(cells.len()),
    })
}

type At = (usize, usize);
/// A cell as a change names it, and what it is to say.
type Cell = (Option<At>, String);

/// Without those that are a part of another cell, for which there is no text.
fn whole(cells: Vec<(At, String)>, table: &Table) -> Result<Vec<Cell>, ToolError> {
    let mut whole = Vec::new();
    for ((row, column), text) in cells {
        if has_cell(table, (row, column)) {
            whole.push((Some((row, column)), text));
        } else if !text.is_empty() {
            let problem = format!("row {row}, column {column} is a part of a merged cell");
            let good = "an empty text there, and the text in the first of the merged cells";
            return Err(ToolError::invalid_argument("content", &problem, good));
        }
    }
    Ok(whole)
}

/// The cells that are written, all of which the table has.
fn cells(
    content: &[Vec<String>],
    (top, left): (usize, usize),
    [rows, columns]: [usize; 2],
) -> Result<Vec<(At, String)>, ToolError> {
    let widest = content.iter().map(Vec::len).max().unwrap_or(0);
    if top + content.len() > rows || left + widest > columns {
        let problem = format!(
            "it would need {} rows and {} columns; the table has {rows} and {columns}",
            top + content.len(),
            left + widest
        );
        let good = "texts that fit into the table; add_table makes a larger one";
        return Err(ToolError::invalid_argument("content", &problem, good));
    }
    if widest == 0 {
        let good = "[[\"Item\", \"Price\"], [\"Tea\", \"4.50\"]]";
        return Err(ToolError::invalid_argument(
            "content",
            "it holds no text",
            good,
        ));
    }
    let cell =
        |row: usize, column: usize, text: &String| ((top + row, left + column), sendable(text));
    let rows = content.iter().enumerate();
    let cells = rows.flat_map(|(row, texts)| {
        let texts = texts.iter().enumerate();
        texts.map(move |(column, text)| cell(row, column, text))
    });
    Ok(cells.collect())
}
