//! Whatever is entered is shown, refused or an error, and ends.

use chrono::NaiveDate;
use proptest::prelude::{any, prop_assert, proptest};
use serde_json::json;

use super::book::{Book, Entry};
use super::eval::Sums;
use super::input::Input;
use super::{a1, locale, pattern};

fn typed(book: &mut Book, place: (usize, usize), text: &str) {
    let today = NaiveDate::from_ymd_opt(2026, 3, 15).unwrap();
    let input = Input::new(true, book, today);
    book.tabs[0].change(place, |cell| input.enter_text(cell, text));
}

proptest! {
    #[test]
    fn any_text_can_be_typed(text in any::<String>(), place in "(en_US|en_GB|de_DE|pl_PL|sv_SE)") {
        let mut book = Book::default();
        book.locale = place;
        typed(&mut book, (0, 0), &text);
        let shown = book.shown();
        let is_empty = text.is_empty() || text == "'";
        prop_assert!(is_empty || !shown[0].1.is_empty());
    }

    #[test]
    fn what_looks_like_a_number_or_a_date_can_be_typed(text in "[-+$(]?[0-9]{0,5}[-./:, ]?[0-9]{0,4}[-./:, ]?[0-9]{0,4}[%€)]?( ?(am|PM|Mar))?") {
        let mut book = Book::default();
        typed(&mut book, (0, 0), &text);
        let _ = book.shown();
    }

    #[test]
    fn any_formula_ends(text in "=[A-C1-3+*/&<>=(),.\"%!#: -]{0,30}") {
        let mut book = Book::default();
        typed(&mut book, (0, 0), &text);
        typed(&mut book, (1, 1), &text);
        let _ = book.shown();
    }

    #[test]
    fn any_pattern_shows_any_number(
        text in "[0#?.,%Ee+;@\"\\[\\]hmsdyaAMP/_*$ü-]{0,20}", number in any::<f64>(),
    ) {
        let format = json!({ "type": "NUMBER", "pattern": text });
        for number in [number, 46037.25, -0.5, 0.0] {
            let _ = pattern::show(number, Some(&format), locale::Locale::of("de_DE"));
        }
        let _ = pattern::show_text("x", Some(&format));
    }
}

#[test]
fn formulas_that_are_long_or_deep_end() {
    let deep = |before: &str, count: usize, middle: &str, after: &str| {
        format!("={}{middle}{}", before.repeat(count), after.repeat(count))
    };
    let sum = |count: usize| format!("=1{}", "+1".repeat(count));
    for (formula, shown) in [
        (sum(200), "201"),
        (sum(20_000), "#ERROR!"),
        (deep("(", 40, "7", ")"), "7"),
        (deep("(", 20_000, "7", ")"), "#ERROR!"),
        (deep("-", 20_000, "7", ""), "#ERROR!"),
        (deep("SUM(", 40, "7", ")"), "7"),
    ] {
        let mut book = Book::default();
        typed(&mut book, (0, 0), &formula);
        assert_eq!(
            book.shown()[0].1[0][0],
            shown,
            "{}",
            &formula[..20.min(formula.len())]
        );
    }
    // Each waits for the next, and has much to remember meanwhile.
    let mut book = Book::default();
    for row in 0..400 {
        let formula = format!("=({}A{}{})", "1+(".repeat(20), row + 2, ")".repeat(20));
        typed(&mut book, (row, 0), &formula);
    }
    typed(&mut book, (400, 0), "1");
    assert_eq!(book.shown()[0].1[0][0], "8001");
}

#[test]
fn a_cell_that_has_nothing_is_none() {
    let mut book = Book::default();
    typed(&mut book, (3, 3), "x");
    book.tabs[0].change((3, 3), |cell| cell.entry = Entry::Empty);
    assert!(book.tabs[0].cells.is_empty());
    let sums = Sums::of(&book);
    assert_eq!(sums.format(0, (3, 3)), None);
    assert_eq!(a1::print("T", &book.tabs[0].used()), "T!A1");
}
