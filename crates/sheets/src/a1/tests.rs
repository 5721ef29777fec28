//! Ranges as people write them, and back.

use proptest::prelude::*;

use super::*;

fn any_area() -> impl Strategy<Value = Area> {
    let columns = (1..=MOST_COLUMNS, 1..=MOST_COLUMNS).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let rows = (1..=MOST_ROWS, 1..=MOST_ROWS).prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop_oneof![
        Just(Area::WHOLE),
        columns.clone().prop_map(|columns| Area {
            columns: Some(columns),
            rows: None
        }),
        rows.clone().prop_map(|(first, last)| Area {
            columns: None,
            rows: Some((first, Some(last)))
        }),
        (columns.clone(), 1..=MOST_ROWS).prop_map(|(columns, first)| Area {
            columns: Some(columns),
            rows: Some((first, None))
        }),
        (columns, rows).prop_map(|(columns, (first, last))| Area {
            columns: Some(columns),
            rows: Some((first, Some(last)))
        }),
    ]
}

/// Names of tabs, among them those that would read as something else.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_]{1,12}",
        "[A-Z]{1,3}[0-9]{1,5}",
        "R[0-9]{1,2}C[0-9]{1,2}",
        "[ '!#$:A-C1-3%/?]{1,8}",
        any::<String>().prop_filter("a name says something", |it| !it.is_empty()),
    ]
}

proptest! {
    #[test]
    fn a_range_that_was_printed_reads_as_itself(name in any_name(), area in any_area()) {
        let range = Range::on(&name, area);
        let read = Range::parse(&range.to_string());
        let bare = Range { tab: Some(Tab::Bare(name)), area };
        // A plain name alone may be that of a range as well.
        let is_same = read == Ok(range) || (area == Area::WHOLE && read == Ok(bare));
        prop_assert!(is_same, "{:?}", read);
    }

    #[test]
    fn cells_without_a_tab_read_as_themselves(area in any_area()) {
        prop_assume!(area != Area::WHOLE);
        let range = Range { tab: None, area };
        prop_assert_eq!(Range::parse(&range.to_string()), Ok(range));
    }

    #[test]
    fn no_text_is_more_than_a_range_or_a_fault(text in any::<String>()) {
        if let Ok(range) = Range::parse(&text) {
            prop_assert_eq!(Range::parse(&range.to_string()).map(|it| it.area), Ok(range.area));
        }
    }

    #[test]
    fn columns_have_the_letters_that_count_to_them(column in 1..=MOST_COLUMNS) {
        prop_assert_eq!(number(&letters(column)), column);
    }
}

#[test]
fn ranges_are_read_as_google_documents_them_as_a_table() {
    for (text, printed) in [
        ("Sheet1!A1:B2", "Sheet1!A1:B2"),
        ("Sheet1!A:A", "Sheet1!A:A"),
        ("Sheet1!1:2", "Sheet1!1:2"),
        ("Sheet1!A5:A", "Sheet1!A5:A"),
        ("A1:B2", "A1:B2"),
        ("b2:a1", "A1:B2"),
        ("$A$1:$B$2", "A1:B2"),
        (" Sheet1 ! C3 ", "Sheet1!C3"),
        ("Sheet1", "Sheet1"),
        ("'Sheet1'", "Sheet1"),
        ("'Mike''s_Data'!A1", "'Mike''s_Data'!A1"),
        ("'My Custom Sheet'!A:A", "'My Custom Sheet'!A:A"),
        ("My Custom Sheet!A:A", "'My Custom Sheet'!A:A"),
        ("'#1!'!B2", "'#1!'!B2"),
        ("What?!!A1", "'What?!'!A1"),
        ("'A1'", "'A1'"),
        ("'A1'!A1", "'A1'!A1"),
        ("'R1C1'!A1", "'R1C1'!A1"),
        ("ZZZ10000000", "ZZZ10000000"),
        ("2027", "'2027'"),
        ("Q", "'Q'"),
    ] {
        let read = Range::parse(text).map(|it| it.to_string());
        assert_eq!(read, Ok(printed.to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_range_is_refused_with_a_hint_as_a_table() {
    for (text, fault) in [
        ("", Fault::Empty),
        (" ", Fault::Empty),
        ("!A1", Fault::Empty),
        ("''!A1", Fault::Empty),
        ("R1C1", Fault::R1C1),
        ("r2c3:r4c5", Fault::R1C1),
        ("Sheet1!R[-1]C[2]", Fault::R1C1),
        ("Sheet1!", Fault::Cells),
        ("Sheet1!A1:", Fault::Cells),
        ("Sheet1!A:5", Fault::Cells),
        ("Sheet1!A1:B2:C3", Fault::Cells),
        ("'Sheet1!A1", Fault::Quotes),
        ("'Bob's'!A1", Fault::Quotes),
        ("A0", Fault::TooFar),
        ("A10000001", Fault::TooFar),
        ("0:5", Fault::TooFar),
    ] {
        assert_eq!(Range::parse(text), Err(fault), "{text}");
        let (problem, good) = fault.words();
        assert!(!problem.is_empty() && good.contains('`'), "{text}");
    }
    assert!(Fault::R1C1.words().1.contains("`C2`"));
}
