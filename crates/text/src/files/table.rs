//! Markdown tables.

use crate::files::{FileError, budget::Budget, sink::Sink};

/// Writes a table whose first row is its head.
pub(super) fn write(
    rows: &[Vec<String>],
    sink: &mut Sink,
    budget: &Budget,
) -> Result<(), FileError> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().map(String::as_str);
        line(
            cells.chain(std::iter::repeat("")).take(columns),
            sink,
            budget,
        )?;
        if index == 0 {
            line(std::iter::repeat_n("---", columns), sink, budget)?;
        }
        if sink.is_full() {
            break;
        }
    }
    Ok(())
}

/// Writes one line of a table.
pub(super) fn line<'a>(
    cells: impl Iterator<Item = &'a str>,
    sink: &mut Sink,
    budget: &Budget,
) -> Result<(), FileError> {
    sink.line();
    sink.push("|");
    for cell in cells {
        budget.tick()?;
        if sink.is_full() {
            break;
        }
        sink.push(" ");
        sink.push(&in_cell(cell));
        sink.push(if cell.is_empty() { "|" } else { " |" });
    }
    sink.push("\n");
    Ok(())
}

/// A cell is one line, and a bar would end it.
fn in_cell(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("<br>").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn a_table_has_a_head_and_rows_of_one_length() {
        let mut sink = Sink::new(1000);
        let rows = [
            vec!["a".to_owned()],
            vec!["1|2".to_owned(), " x\n\n y ".to_owned(), String::new()],
        ];
        write(&rows, &mut sink, &plenty()).unwrap();
        assert_eq!(
            sink.finish().0,
            "| a | | |\n| --- | --- | --- |\n| 1\\|2 | x<br>y | |"
        );
    }
}
