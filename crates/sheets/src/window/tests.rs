//! Windows of any table, joined again.

use proptest::prelude::*;

use super::*;

const LEFT: u32 = 3;
const TOP: u32 = 7;

/// Rows without empty cells at their end.
fn any_rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    let row = prop::collection::vec("[a-z\"ü\n ]{0,30}", 0..6);
    prop::collection::vec(row, 0..30).prop_map(|mut rows| {
        for row in &mut rows {
            while row.last().is_some_and(String::is_empty) {
                row.pop();
            }
        }
        while rows.last().is_some_and(Vec::is_empty) {
            rows.pop();
        }
        rows
    })
}

/// What all windows show, each row behind a line break.
fn joined(rows: &[Vec<String>], room: usize) -> String {
    let mut at = At {
        row: TOP,
        column: LEFT,
        offset: 0,
    };
    let mut seen = String::new();
    let mut row = TOP;
    loop {
        let rest = rows.get((at.row - TOP) as usize..).unwrap_or_default();
        let shown = window(rest, (LEFT, LEFT + 5), at, room);
        assert!(json_chars(&shown.text) <= room || shown.text.chars().count() == 1);
        if at.offset == 0 && at.column > LEFT {
            seen.push(',');
        } else if at.offset == 0 {
            seen.extend((row..=shown.from.row).map(|_| '\n'));
        }
        seen.push_str(&shown.text);
        row = shown.to.1 + 1;
        let Some(next) = shown.next else { break seen };
        assert!((next.row, next.column, next.offset) > (at.row, at.column, at.offset));
        at = next;
    }
}

proptest! {
    #[test]
    fn windows_together_are_the_whole(rows in any_rows(), room in 4..120_usize) {
        let whole: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let whole = format!("
{}", whole.join("
"));
        let seen = joined(&rows, room);
        prop_assert_eq!(seen.trim_end_matches('\n'), whole.trim_end_matches('\n'));
    }

    #[test]
    fn a_handle_reads_as_the_place_that_it_names(
        range in "[A-Za-z'!@#+ ]{1,12}",
        row in 1..1_000_000_u32,
        column in 1..18_000_u32,
        offset in 0..50_000_usize,
    ) {
        let at = At { row, column, offset };
        let named = handle(&range, at);
        prop_assert_eq!(place_of(&named), Some((range.as_str(), at)));
    }
}

#[test]
fn what_is_no_handle_is_none() {
    for text in [
        "",
        "Plan!A1:C9",
        "Plan!A1:C9@",
        "Plan!A1:C9@A1:B2",
        "Plan!A1:C9@A",
        "x@A1+y",
    ] {
        assert_eq!(place_of(text), None, "{text}");
    }
}
