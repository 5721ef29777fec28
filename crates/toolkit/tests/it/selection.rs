//! Which tools an agent gets.

use toolgate_toolkit::{Error, Selection};

use crate::sample;

fn names(selection: &Selection) -> Result<Vec<&'static str>, Error> {
    let chosen = selection.choose("sample", sample::tools())?;
    Ok(chosen.iter().map(|it| it.spec().name).collect())
}

#[test]
fn selections_choose_by_risk_core_and_name() {
    let all = [
        "search",
        "hang",
        "send_and_hang",
        "send_and_fail",
        "send_and_settle",
        "who",
        "long",
    ];
    let cases = [
        (Selection::default(), vec!["search", "who"]),
        (Selection::core(), vec!["search", "who"]),
        (
            Selection::read_only(),
            vec!["search", "hang", "who", "long"],
        ),
        (Selection::all(), all.to_vec()),
        (Selection::only(["long", "who"]), vec!["who", "long"]),
        (Selection::except(all[1..].iter().copied()), vec!["search"]),
    ];
    for (selection, expected) in cases {
        assert_eq!(names(&selection).unwrap(), expected, "{selection:?}");
    }
}

#[test]
fn a_name_that_no_tool_has_is_an_error_that_lists_those_there_are() {
    for selection in [Selection::only(["serch"]), Selection::except(["serch"])] {
        let error = names(&selection).unwrap_err();
        assert!(error.is_selection());
        let text = error.to_string();
        assert!(
            text.contains("serch") && text.contains("search, send_and_fail"),
            "{text}"
        );
    }
}

#[test]
fn nothing_left_is_an_error() {
    let all: Vec<&str> = sample::tools().iter().map(|it| it.spec().name).collect();
    assert!(names(&Selection::except(all)).unwrap_err().is_selection());
    assert!(
        names(&Selection::only(Vec::<String>::new()))
            .unwrap_err()
            .is_selection()
    );
}
