//! Whether what stands in cells is what was written, as far as that shows.

use serde_json::Value;

use crate::wire::Input;

/// Whether cells hold what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fits {
    No,
    /// Google made something of what was typed, and what cannot be told here.
    Maybe,
    Yes,
}

/// The least that any cell of the rows fits; cells behind those that were written count for nothing.
pub(crate) fn fit_rows(written: &[Vec<Value>], seen: &[Vec<Value>], input: Input) -> Fits {
    let rows = written.iter().enumerate();
    let rows = rows.map(|(place, row)| {
        let seen = seen.get(place).map_or(&[][..], Vec::as_slice);
        fit_row(row, seen, input)
    });
    rows.min().unwrap_or(Fits::Yes)
}

fn fit_row(written: &[Value], seen: &[Value], input: Input) -> Fits {
    let empty = Value::String(String::new());
    let cells = written.iter().enumerate();
    let cells = cells.map(|(place, cell)| fit(cell, seen.get(place).unwrap_or(&empty), input));
    cells.min().unwrap_or(Fits::Yes)
}

/// A cell that was written, beside the one that is there. Formulas are seen as they were entered.
fn fit(written: &Value, seen: &Value, input: Input) -> Fits {
    let same = match (written, seen) {
        // Null leaves a cell as it is.
        (Value::Null, _) => return Fits::Yes,
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    };
    if same {
        return Fits::Yes;
    }
    let Value::String(typed) = written else {
        return Fits::No;
    };
    if input == Input::Raw || typed.is_empty() {
        return Fits::No;
    }
    match (typed.trim().parse::<f64>(), seen) {
        (Ok(number), Value::Number(other)) if other.as_f64() == Some(number) => Fits::Yes,
        // A formula is spelled anew, and a date, an amount or a truth is one in the cell.
        (Err(_), _) if typed.starts_with('=') => match seen {
            Value::String(formula) if formula.starts_with('=') => Fits::Maybe,
            _ => Fits::No,
        },
        (Err(_), Value::Number(_)) if typed.contains(|c: char| c.is_ascii_digit()) => Fits::Maybe,
        (Err(_), Value::Bool(is_so)) => {
            if typed.eq_ignore_ascii_case(if *is_so { "true" } else { "false" }) {
                Fits::Yes
            } else {
                Fits::No
            }
        }
        (Err(_), Value::String(text)) if typed.strip_prefix('\'') == Some(text) => Fits::Yes,
        _ => Fits::No,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_fits_what_was_typed_or_not_as_a_table() {
        for (written, seen, typed, raw) in [
            (json!("a"), json!("a"), Fits::Yes, Fits::Yes),
            (json!("a"), json!("b"), Fits::No, Fits::No),
            (json!(1), json!(1.0), Fits::Yes, Fits::Yes),
            (json!(1), json!(2), Fits::No, Fits::No),
            (json!("12"), json!(12), Fits::Yes, Fits::No),
            (json!("12"), json!(10), Fits::No, Fits::No),
            (json!("$12"), json!(12), Fits::Maybe, Fits::No),
            (json!("2027-03-01"), json!(46_447), Fits::Maybe, Fits::No),
            (json!("soon"), json!(46_447), Fits::No, Fits::No),
            (json!("true"), json!(true), Fits::Yes, Fits::No),
            (json!("=A1"), json!("=A1"), Fits::Yes, Fits::Yes),
            (json!("=a1"), json!("=A1"), Fits::Maybe, Fits::No),
            (json!("=A1"), json!(4), Fits::No, Fits::No),
            (json!("'007"), json!("007"), Fits::Yes, Fits::No),
            (json!(""), json!(""), Fits::Yes, Fits::Yes),
            (json!(""), json!("x"), Fits::No, Fits::No),
            (json!(null), json!("x"), Fits::Yes, Fits::Yes),
            (json!(true), json!("TRUE"), Fits::No, Fits::No),
        ] {
            let fits = |input| fit(&written, &seen, input);
            assert_eq!(fits(Input::UserEntered), typed, "{written} {seen}");
            assert_eq!(fits(Input::Raw), raw, "{written} {seen}");
        }
    }

    #[test]
    fn rows_fit_as_far_as_their_worst_cell_does() {
        let written = [vec![json!("a"), json!("")], vec![json!(1)]];
        let fits = |seen: &[Vec<Value>]| fit_rows(&written, seen, Input::UserEntered);
        assert_eq!(
            fits(&[vec![json!("a")], vec![json!(1), json!("more")]]),
            Fits::Yes
        );
        assert_eq!(fits(&[vec![json!("a")]]), Fits::No);
        assert_eq!(fits(&[]), Fits::No);
    }
}
