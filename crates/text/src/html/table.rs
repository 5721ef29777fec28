//! Tables: those of data become Markdown tables, those of layout running text.

use std::rc::Rc;

use htmd::{
    Element, Node,
    element_handler::{HandlerResult, Handlers},
};
use markup5ever_rcdom::NodeData;

use super::{
    render::elements,
    tree::{attribute, is_element},
};

/// A row of data with more columns than this is layout.
const MAX_COLUMNS: usize = 64;
/// A cell of data with more characters than this is layout, unless the table has headings.
const MAX_PLAIN_CELL: usize = 400;

struct Cell {
    text: String,
    heading: bool,
    columns: usize,
    rows: usize,
}

/// Renders a table.
pub(super) fn table(handlers: &dyn Handlers, element: &Element<'_>) -> Option<HandlerResult> {
    let captions: String = elements(element.node, &["caption"])
        .iter()
        .map(|c| handlers.walk_children(c).content)
        .collect();
    let rows: Vec<Vec<Cell>> = elements(element.node, &["tr"])
        .iter()
        .map(|row| cells(handlers, row))
        .filter(|row| !row.is_empty())
        .collect();
    let body = if is_data(element, &rows) {
        data(&rows)
    } else {
        layout(&rows)
    };
    let parts: Vec<_> = [captions.trim(), body.trim_matches('\n')]
        .into_iter()
        .filter(|p| !p.is_empty())
        .collect();
    (!parts.is_empty()).then(|| format!("\n\n{}\n\n", parts.join("\n\n")).into())
}

fn cells(handlers: &dyn Handlers, row: &Rc<Node>) -> Vec<Cell> {
    elements(row, &["td", "th"])
        .iter()
        .map(|cell| Cell {
            text: handlers.walk_children(cell).content.trim().to_owned(),
            heading: is_element(cell, "th"),
            columns: span(cell, "colspan"),
            rows: span(cell, "rowspan"),
        })
        .collect()
}

fn span(cell: &Node, name: &str) -> usize {
    let NodeData::Element { attrs, .. } = &cell.data else {
        return 1;
    };
    let value = attribute(&attrs.borrow(), name).and_then(|value| value.trim().parse().ok());
    value.unwrap_or(1).clamp(1, MAX_COLUMNS)
}

/// Whether the rows are data: at least two rows and columns, no table inside, nothing said to the contrary, and either
/// headings or nothing but short single lines.
fn is_data(element: &Element<'_>, rows: &[Vec<Cell>]) -> bool {
    let role = attribute(element.attrs, "role").unwrap_or_default();
    let says_layout = matches!(role.trim(), "presentation" | "none");
    let nested = attribute(element.attrs, "nested").is_some();
    let filled = rows
        .iter()
        .filter(|row| row.iter().any(|cell| !cell.text.is_empty()));
    let wide = filled.clone().filter(|row| row.len() > 1).count();
    if nested || says_layout || wide == 0 || filled.count() < 2 {
        return false;
    }
    let columns = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.columns).sum::<usize>());
    if columns.max().unwrap_or(0) > MAX_COLUMNS {
        return false;
    }
    let mut cells = rows.iter().flatten();
    let plain = |cell: &Cell| !cell.text.contains('\n') && cell.text.len() <= MAX_PLAIN_CELL;
    rows.iter().flatten().any(|cell| cell.heading) || wide > 1 && cells.all(plain)
}

/// The first row is the head: Markdown knows no table without one.
fn data(rows: &[Vec<Cell>]) -> String {
    let mut below = Vec::new();
    let filled = rows
        .iter()
        .filter(|row| row.iter().any(|cell| !cell.text.is_empty()));
    let mut lines: Vec<_> = filled.map(|row| line(row, &mut below)).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(head) = lines.first_mut() {
        head.resize(columns, String::new());
    }
    lines.insert(lines.len().min(1), vec!["---".to_owned(); columns]);
    lines.iter().map(|line| row_text(line)).collect()
}

/// The cells of a row, with empty ones where a cell spans columns, or where one from above reaches down.
fn line(row: &[Cell], below: &mut Vec<usize>) -> Vec<String> {
    let mut line = Vec::new();
    for cell in row {
        skip_spanned(&mut line, below);
        for offset in 0..cell.columns.min(MAX_COLUMNS) {
            if below.len() <= line.len() {
                below.resize(line.len() + 1, 0);
            }
            if let Some(rows) = below.get_mut(line.len()) {
                *rows = cell.rows - 1;
            }
            line.push(if offset == 0 {
                in_cell(&cell.text)
            } else {
                String::new()
            });
        }
    }
    skip_spanned(&mut line, below);
    line
}

fn skip_spanned(line: &mut Vec<String>, below: &mut [usize]) {
    while let Some(rows) = below.get_mut(line.len()).filter(|rows| **rows > 0) {
        *rows -= 1;
        line.push(String::new());
    }
}

fn in_cell(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("<br>").replace('|', "\\|")
}

fn row_text(cells: &[String]) -> String {
    let mut text = String::from("|");
    for cell in cells {
        text.push(' ');
        text.push_str(cell);
        text.push_str(if cell.is_empty() { "|" } else { " |" });
    }
    text.push('\n');
    text
}

/// Cells that are single lines stand beside each other, others below each other.
fn layout(rows: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    let mut beside_before = false;
    for row in rows {
        let cells: Vec<_> = row
            .iter()
            .map(|cell| cell.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        if cells.is_empty() {
            continue;
        }
        let beside = cells.len() > 1 && cells.iter().all(|cell| !cell.contains('\n'));
        if !text.is_empty() {
            text.push_str(if beside && beside_before {
                "\n"
            } else {
                "\n\n"
            });
        }
        text.push_str(&cells.join(if beside { " | " } else { "\n\n" }));
        beside_before = beside;
    }
    text
}
