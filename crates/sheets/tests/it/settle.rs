//! What is written is written once, and what became of it is told: by Google's answer, by a look-up, or as unknown.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};
use toolgate_testkit::tools::Office as _;
use toolgate_toolkit::{Risk, ToolError, Toolkit as _};

use crate::golden::{
    APPEND, CHANGE, CLEAR, COPY, COPY_TAB, CREATE, GET, Office, READ, UPDATE, UPDATES, of,
};
use crate::seed::{OTHER, TRACKER};
use crate::world::all_tools;

/// A write, and how it is looked for.
struct Write {
    tool: &'static str,
    arguments: Value,
    method: &'static str,
    /// The method that looks for it, and how often it is used before the write; none where nothing can.
    look: Option<(&'static str, u32)>,
    /// What of all cells and tabs shows that it was done, and how often it is there then.
    shown: (&'static str, usize),
}

fn write(
    tool: &'static str,
    arguments: Value,
    (method, look, before): (&'static str, &'static str, u32),
    shown: (&'static str, usize),
) -> Write {
    Write {
        tool,
        arguments: of(arguments),
        method,
        look: Some((look, before)),
        shown,
    }
}

fn writes() -> Vec<Write> {
    let record =
        json!({"key_column": "Item", "key": "Venue", "columns": ["Owner"], "values": ["Once"]});
    let update = json!({"range_name": "A9", "data": [["Once"]]});
    let updates = json!({"updates": [{"range": "A9", "data": [["Once"]]}]});
    let append = json!({"rows": [["Once", 3]]});
    let records = json!({"columns": ["Owner"], "rows": [["Once"]]});
    let replace = json!({"find": "Catering", "replacement": "Once"});
    let away = json!({"tab": "Tracker", "to_spreadsheet_id": OTHER});
    vec![
        write("update_sheet", update, (UPDATE, READ, 0), ("Once", 1)),
        write("update_ranges", updates, (UPDATES, READ, 0), ("Once", 1)),
        write("update_record", record, (UPDATES, READ, 0), ("Once", 1)),
        write(
            "clear_range",
            json!({"range": "Tracker!A3"}),
            (CLEAR, READ, 1),
            ("Catering", 0),
        ),
        write("append_rows", append, (APPEND, READ, 1), ("Once", 1)),
        write("append_records", records, (APPEND, READ, 1), ("Once", 1)),
        write("find_replace", replace, (CHANGE, READ, 1), ("Once", 1)),
        write(
            "insert_rows",
            json!({"rows": "Tracker!3:3"}),
            (CHANGE, GET, 1),
            ("Catering\"],[\"Bus", 0),
        ),
        write(
            "delete_rows",
            json!({"rows": "Tracker!3:3"}),
            (CHANGE, GET, 1),
            ("Catering", 0),
        ),
        write(
            "add_tab",
            json!({"title": "Once"}),
            (CHANGE, GET, 1),
            ("Once", 1),
        ),
        write(
            "rename_tab",
            json!({"tab": "Empty", "title": "Once"}),
            (CHANGE, GET, 1),
            ("Once", 1),
        ),
        write(
            "delete_tab",
            json!({"tab": "Empty"}),
            (CHANGE, GET, 1),
            ("Empty", 0),
        ),
        write(
            "copy_tab",
            json!({"tab": "Empty", "title": "Once"}),
            (CHANGE, GET, 1),
            ("Once", 1),
        ),
        write("copy_tab", away, (COPY_TAB, GET, 2), ("Catering", 2)),
    ]
}

/// What cannot be looked for, or only by a search, which denies nothing.
fn untold() -> Vec<Write> {
    let copy = json!({"source_id": TRACKER, "new_title": "Once"});
    let untold = |tool, arguments, method| Write {
        tool,
        arguments,
        method,
        look: None,
        shown: ("Once", 1),
    };
    vec![
        untold("create_sheet", json!({"title": "Once"}), CREATE),
        untold("create_duplicate_sheet", copy, COPY),
    ]
}

/// How often it is there.
async fn count(office: &Office, write: &Write) -> usize {
    office.world.emulator.faults().clear();
    let both = [
        office.world.cells(TRACKER).await,
        office.world.cells(OTHER).await,
    ];
    json!(both).to_string().matches(write.shown.0).count()
}

fn cut(at: FaultPoint) -> FaultAction {
    FaultAction::DropConnection { at }
}

fn down() -> FaultAction {
    FaultAction::status_with_reason(403, "domainPolicy")
}

fn assert_unknown(error: &ToolError, case: &str) {
    let is_final = error.may_have_happened() && !error.is_retryable();
    assert!(
        is_final && error.message().contains("unknown: it may have been"),
        "{case}: {error:?}"
    );
}

fn assert_not_done(error: &ToolError, case: &str) {
    let may_repeat = !error.may_have_happened() && error.is_retryable();
    assert!(
        may_repeat && error.message().contains("not "),
        "{case}: {error:?}"
    );
}

/// What ends without an answer although it was done, and what ends so and was not.
fn unclear_ends() -> [(FaultAction, bool); 5] {
    let down = FaultAction::Status {
        code: 500,
        status: None,
        reason: None,
        message: None,
        retry_after: Some("600".to_owned()),
    };
    [
        (cut(FaultPoint::After), true),
        (FaultAction::TornBody, true),
        (cut(FaultPoint::Before), false),
        (down, false),
        (FaultAction::Html { status: 200 }, false),
    ]
}

#[tokio::test]
async fn what_has_no_clear_end_is_looked_up_and_never_done_twice() {
    for write in writes() {
        for (fault, is_done) in unclear_ends() {
            let office = Office::opened().await;
            let case = format!("{} {fault:?}", write.tool);
            let before = count(&office, &write).await;
            let rule = FaultRule::new(fault).on_method(write.method);
            office.emulator().faults().add(rule);
            let result = office.call(write.tool, write.arguments.clone()).await;
            let there = count(&office, &write).await;
            if is_done {
                assert_eq!(there, write.shown.1, "{case}");
                let result = result.unwrap();
                let status = result["status"].as_str().unwrap();
                assert!(
                    status.ends_with("(confirmed by look-up)"),
                    "{case}: {result}"
                );
            } else {
                assert_eq!(there, before, "{case}");
                assert_not_done(&result.unwrap_err(), &case);
            }
        }
    }
}

#[tokio::test]
async fn where_the_look_up_fails_as_well_the_end_is_unknown() {
    for write in writes() {
        let (look, before) = write.look.unwrap();
        for (at, failing) in [
            (
                FaultPoint::Before,
                FaultRule::new(down()).on_method(look).after(before),
            ),
            (
                FaultPoint::After,
                FaultRule::new(down()).on_method(look).after(before),
            ),
            // One look-up alone denies nothing, nor does one that is followed by a failure.
            (
                FaultPoint::Before,
                FaultRule::new(down())
                    .on_method(look)
                    .after(before)
                    .times(3),
            ),
            (
                FaultPoint::Before,
                FaultRule::new(down()).on_method(look).after(before + 2),
            ),
        ] {
            let office = Office::opened().await;
            let faults = office.emulator().faults();
            faults.add(FaultRule::new(cut(at)).on_method(write.method));
            faults.add(failing);
            let error = office.call(write.tool, write.arguments.clone()).await;
            assert_unknown(&error.unwrap_err(), write.tool);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_unknown_and_not_repeated() {
    for write in untold() {
        let office = Office::opened().await;
        let fault = FaultRule::new(cut(FaultPoint::Before)).on_method(write.method);
        office.emulator().faults().add(fault);
        let error = office.call(write.tool, write.arguments.clone()).await;
        assert_unknown(&error.unwrap_err(), write.tool);
        assert_eq!(office.world.count(write.method), 1, "{}", write.tool);
    }
}

#[tokio::test]
async fn a_format_is_given_again_until_google_answers() {
    for (at, lost) in [(FaultPoint::Before, 2), (FaultPoint::After, 2)] {
        let office = Office::opened().await;
        let fault = FaultRule::new(cut(at)).on_method(CHANGE).times(lost);
        office.emulator().faults().add(fault);
        let format = of(json!({"range": "A1", "bold": true}));
        let told = office.call("format_range", format.clone()).await.unwrap();
        assert_eq!(told["status"], "formatted");
        assert_eq!(office.world.count(CHANGE), lost as usize + 1, "{at:?}");
        office
            .emulator()
            .faults()
            .add(FaultRule::new(cut(at)).on_method(CHANGE));
        let error = office.call("format_range", format).await.unwrap_err();
        assert_unknown(&error, "format_range");
    }
}

#[tokio::test]
async fn a_row_that_was_there_before_is_not_taken_for_the_one_that_is_appended_now() {
    for at in [FaultPoint::Before, FaultPoint::After] {
        let office = Office::opened().await;
        let append = of(json!({"rows": [["Once", 3]]}));
        office.call("append_rows", append.clone()).await.unwrap();
        let fault = FaultRule::new(cut(at)).on_method(APPEND);
        office.emulator().faults().add(fault);
        let result = office.call("append_rows", append).await;
        match at {
            FaultPoint::After => assert_eq!(result.unwrap()["range"], "Tracker!A6:B6"),
            _ => assert_not_done(&result.unwrap_err(), "append_rows"),
        }
    }
}

#[tokio::test]
async fn rows_of_others_meanwhile_leave_it_unknown() {
    let office = Office::opened().await;
    let faults = office.emulator().faults();
    faults.add(
        FaultRule::new(cut(FaultPoint::Before))
            .on_method(APPEND)
            .times(1),
    );
    // Between the first look at the table and the look-ups somebody else appends.
    let other = json!({"valueRanges": [{"range": "Tracker!A1:Z1000",
        "values": [["Item"], ["Venue"], ["Theirs"]]}]});
    let other = FaultAction::Json {
        status: 200,
        body: other,
    };
    faults.add(FaultRule::new(other).on_method(READ).after(1));
    let append = of(json!({"rows": [["Once", 3]]}));
    let error = office.call("append_rows", append).await.unwrap_err();
    assert_unknown(&error, "append_rows");
    assert!(
        error.message().contains("others changed the tab"),
        "{error}"
    );
}

#[tokio::test]
async fn what_others_write_into_a_range_meanwhile_does_not_deny_that_it_was_emptied() {
    for at in [FaultPoint::Before, FaultPoint::After] {
        let office = Office::opened().await;
        let faults = office.emulator().faults();
        faults.add(FaultRule::new(cut(at)).on_method(CLEAR));
        // Between the look before and the look-ups somebody else writes.
        let body = json!({"valueRanges": [{"range": "Tracker!A3", "values": [["Theirs"]]}]});
        let other = FaultAction::Json { status: 200, body };
        faults.add(FaultRule::new(other).on_method(READ).after(1));
        let clear = of(json!({"range": "Tracker!A3"}));
        let error = office.call("clear_range", clear).await.unwrap_err();
        assert_unknown(&error, "clear_range");
        assert!(
            error.message().contains("others changed the range"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_google_makes_of_what_was_typed_is_not_denied() {
    let office = Office::opened().await;
    let fault = FaultRule::new(cut(FaultPoint::After)).on_method(UPDATE);
    office.emulator().faults().add(fault);
    let typed = of(json!({"range_name": "A9", "data": [["$12", "2027-03-01"]]}));
    let error = office.call("update_sheet", typed).await.unwrap_err();
    assert_unknown(&error, "update_sheet");
    assert!(
        error.message().contains("shows as something else"),
        "{error}"
    );
}

#[tokio::test]
async fn a_repeat_overwrites_with_the_same_and_does_not_do_it_twice() {
    for write in writes() {
        let office = Office::opened().await;
        let lost = FaultRule::new(cut(FaultPoint::After)).on_method(write.method);
        office.emulator().faults().add(lost.times(1));
        let result = office.call(write.tool, write.arguments.clone()).await;
        assert!(result.is_ok(), "{}: {result:?}", write.tool);
        assert_eq!(
            count(&office, &write).await,
            write.shown.1,
            "{}",
            write.tool
        );
        let once = [APPEND, COPY_TAB];
        let alone = ["find_replace", "insert_rows", "delete_rows"];
        if once.contains(&write.method) || alone.contains(&write.tool) {
            assert_eq!(office.world.count(write.method), 1, "{}", write.tool);
        }
    }
}

#[test]
fn every_tool_that_writes_is_looked_up_or_told_as_unknown() {
    let tools = all_tools().tools();
    let writing = tools
        .iter()
        .map(|it| it.spec())
        .filter(|it| it.risk != Risk::Read);
    let writing: BTreeSet<&str> = writing.map(|it| it.name).collect();
    let shown = writes().into_iter().chain(untold()).map(|it| it.tool);
    let shown = shown.chain(["format_range"]);
    assert_eq!(shown.collect::<BTreeSet<_>>(), writing);
}
