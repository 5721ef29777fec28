//! What is written is written once, and what became of it is told: by Google's answer, by a look-up, or as unknown.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};
use toolgate_testkit::tools::Office as _;
use toolgate_toolkit::{Risk, ToolError, Toolkit as _};

use crate::golden::{BATCH, COPY, CREATE, GET, Office};
use crate::seed::DECK;
use crate::world::all_tools;

const LIST: &str = "drive.files.list";

/// A write, by which method it leaves, and how often the method that looks for it is used before.
struct Write {
    tool: &'static str,
    arguments: Value,
    method: &'static str,
    look: (&'static str, u32),
}

/// Those that read the presentation before they change it, by the method that looks for the change.
const READ_BEFORE: [&str; 8] = [
    "add_slide",
    "duplicate_slide",
    "move_slides",
    "delete_slide",
    "delete_text",
    "fill_table",
    "update_element",
    "delete_element",
];

/// Every tool that changes a presentation by a batch, with its golden arguments.
async fn writes() -> Vec<Write> {
    let golden = Office::opened().await.golden().into_iter();
    let batches = golden.filter(|it| it.at == BATCH && it.tool != "set_background_image");
    let write = |it: toolgate_testkit::tools::Golden| Write {
        tool: it.tool,
        arguments: it.good[0].arguments.clone(),
        method: BATCH,
        look: (GET, u32::from(READ_BEFORE.contains(&it.tool))),
    };
    batches.map(write).collect()
}

fn cut(at: FaultPoint) -> FaultAction {
    FaultAction::DropConnection { at }
}

fn down() -> FaultAction {
    FaultAction::status_with_reason(403, "domainPolicy")
}

fn assert_unknown(error: &ToolError, case: &str) {
    let is_so = error.may_have_happened() && !error.is_retryable();
    assert!(is_so, "{case}: {error:?}");
    let told =
        error.message().contains("unknown: it may have been") && error.message().contains("look");
    assert!(told, "{case}: {error}");
}

fn assert_not_done(error: &ToolError, case: &str) {
    let is_so = !error.may_have_happened() && error.is_retryable();
    assert!(is_so, "{case}: {error:?}");
    let told = error.message().contains("not ") && !error.message().contains("unknown");
    assert!(told, "{case}: {error}");
}

/// All that the presentation holds.
async fn held(office: &Office) -> Value {
    let line = format!("v1/presentations/{DECK}?fields=revisionId");
    office.world.google(crate::world::ALICE, &line).await
}

#[tokio::test]
async fn every_tool_that_changes_something_is_tried_or_has_a_reason() {
    let tried: Vec<&str> = writes().await.iter().map(|it| it.tool).collect();
    let apart = [
        // Repeated by itself, for it changes nothing more.
        "set_background_image",
        // Write files of this machine.
        "export_presentation",
        "get_slide_thumbnail",
        // Below.
        "create_presentation",
        "create_from_outline",
        "create_from_template",
        "delete_presentation",
    ];
    for tool in all_tools().tools() {
        let spec = tool.spec();
        let is_write = spec.risk != Risk::Read;
        let is_known = tried.contains(&spec.name) || apart.contains(&spec.name);
        assert_eq!(is_write, is_known, "{}", spec.name);
    }
}

#[tokio::test]
async fn what_has_no_clear_end_is_looked_up_and_never_done_twice() {
    for write in writes().await {
        for (fault, there) in [
            (cut(FaultPoint::After), true),
            (FaultAction::TornBody, true),
            (cut(FaultPoint::Before), false),
            (FaultAction::Html { status: 200 }, false),
        ] {
            let office = Office::opened().await;
            let before = held(&office).await;
            let case = format!("{} {fault:?}", write.tool);
            let rule = FaultRule::new(fault).on_method(BATCH);
            office.emulator().faults().add(rule);
            let result = office.call(write.tool, write.arguments.clone()).await;
            assert_eq!(office.world.count(BATCH), 1, "{case}");
            assert_eq!(held(&office).await != before, there, "{case}");
            if there {
                let result = result.unwrap();
                let status = result["status"].as_str().unwrap();
                assert!(
                    status.ends_with("(confirmed by look-up)"),
                    "{case}: {result}"
                );
            } else {
                assert_not_done(&result.unwrap_err(), &case);
            }
        }
    }
}

#[tokio::test]
async fn where_the_look_up_fails_as_well_the_end_is_unknown() {
    for write in writes().await {
        for at in [FaultPoint::Before, FaultPoint::After] {
            let office = Office::opened().await;
            let faults = office.emulator().faults();
            faults.add(FaultRule::new(cut(at)).on_method(write.method));
            let (look, before) = write.look;
            faults.add(FaultRule::new(down()).on_method(look).after(before));
            let error = office.call(write.tool, write.arguments.clone()).await;
            assert_unknown(&error.unwrap_err(), write.tool);
        }
    }
}

#[tokio::test]
async fn one_look_up_that_fails_does_not_decide_what_the_others_find() {
    for write in writes().await {
        for (at, there) in [(FaultPoint::After, true), (FaultPoint::Before, false)] {
            let office = Office::opened().await;
            let faults = office.emulator().faults();
            faults.add(FaultRule::new(cut(at)).on_method(write.method));
            let (look, before) = write.look;
            faults.add(
                FaultRule::new(down())
                    .on_method(look)
                    .after(before)
                    .times(1),
            );
            let result = office.call(write.tool, write.arguments.clone()).await;
            assert_eq!(office.world.count(BATCH), 1, "{}", write.tool);
            if there {
                let status = result.unwrap()["status"].clone();
                assert!(status.to_string().contains("by look-up"), "{}", write.tool);
            } else {
                assert_not_done(&result.unwrap_err(), write.tool);
            }
        }
    }
}

#[tokio::test]
async fn a_new_presentation_without_an_answer_is_unknown_and_made_once() {
    for tool in ["create_presentation", "create_from_outline"] {
        for at in [FaultPoint::Before, FaultPoint::After] {
            let office = Office::opened().await;
            office
                .emulator()
                .faults()
                .add(FaultRule::new(cut(at)).on_method(CREATE));
            let arguments = match tool {
                "create_presentation" => json!({"title": "New"}),
                _ => json!({"outline": "# New"}),
            };
            let error = office.call(tool, arguments).await.unwrap_err();
            assert_unknown(&error, tool);
            assert!(error.message().contains("list_presentations"), "{error}");
            assert_eq!(office.world.count(CREATE), 1);
        }
    }
}

#[tokio::test]
async fn a_copy_of_a_template_is_known_by_its_mark_and_a_search_denies_none() {
    let template = || {
        json!({"template_id": crate::seed::TEMPLATE, "title": "New",
        "replacements": [{"placeholder": "{{name}}", "text": "Ada"}]})
    };
    for (at, there) in [(FaultPoint::After, true), (FaultPoint::Before, false)] {
        let office = Office::opened().await;
        // One of an earlier call has a mark of its own.
        office
            .call("create_from_template", template())
            .await
            .unwrap();
        office
            .emulator()
            .faults()
            .add(FaultRule::new(cut(at)).on_method(COPY));
        let result = office.call("create_from_template", template()).await;
        if there {
            assert_eq!(result.unwrap()["status"], "created (confirmed by look-up)");
        } else {
            let error = result.unwrap_err();
            assert_unknown(&error, "copy");
            assert!(error.message().contains("or not yet"), "{error}");
        }
        assert!(office.world.count(LIST) > 0);
    }
}

#[tokio::test]
async fn what_was_made_before_a_step_failed_is_told_by_its_id() {
    let office = Office::opened().await;
    office
        .emulator()
        .faults()
        .add(FaultRule::new(down()).on_method(BATCH));
    let error = office
        .call("create_from_outline", json!({"outline": "# New"}))
        .await;
    let error = error.unwrap_err();
    let list = office
        .world
        .done("list_presentations", json!({"name": "New"}))
        .await;
    let id = list["presentations"][0]["id"].as_str().unwrap();
    assert!(error.message().contains(id), "{error}");
}

#[tokio::test]
async fn a_presentation_destroyed_without_an_answer_is_looked_up() {
    for (at, there) in [(FaultPoint::After, true), (FaultPoint::Before, false)] {
        let office = Office::opened().await;
        office
            .emulator()
            .faults()
            .add(FaultRule::new(cut(at)).on_method("drive.files.delete"));
        let arguments = json!({"presentation_id": DECK, "permanently": true});
        let result = office.call("delete_presentation", arguments).await;
        if there {
            assert_eq!(
                result.unwrap()["status"],
                "deleted for good (confirmed by look-up)"
            );
        } else {
            assert_not_done(&result.unwrap_err(), "delete");
        }
    }
}

#[tokio::test]
async fn a_change_that_depends_on_what_was_read_is_made_at_that_revision_alone() {
    for write in writes().await {
        if ![
            "move_slides",
            "delete_text",
            "fill_table",
            "update_element",
            "set_speaker_notes",
        ]
        .contains(&write.tool)
        {
            continue;
        }
        let office = Office::opened().await;
        let requests_before = office.world.count(BATCH);
        office
            .call(write.tool, write.arguments.clone())
            .await
            .unwrap();
        let sent = office.world.requests(BATCH);
        assert_eq!(sent.len(), requests_before + 1);
        let body: Value = serde_json::from_str(&sent[0].body).unwrap();
        let required = body["writeControl"]["requiredRevisionId"].as_str();
        assert!(required.is_some_and(|it| !it.is_empty()), "{}", write.tool);
        // The same with a revision that is gone.
        office
            .world
            .change(DECK, &[json!({"createSlide": {}})])
            .await;
        let mut stale = body;
        stale["requests"] = json!([{"createSlide": {}}]);
        let refused = office.world.batch(DECK, &stale).await;
        assert_eq!(refused, 400, "{}", write.tool);
    }
}

#[tokio::test]
async fn cells_are_not_filled_where_a_column_was_inserted_meanwhile() {
    let office = Office::opened().await;
    let mut golden = writes().await.into_iter();
    let fill = golden.find(|it| it.tool == "fill_table").unwrap();
    office.call(fill.tool, fill.arguments).await.unwrap();
    let sent = office.world.requests(BATCH).pop().unwrap();
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    let table = body["requests"][0]["insertText"]["objectId"].clone();
    let column = json!({"insertTableColumns": {
        "tableObjectId": table, "cellLocation": {"rowIndex": 0, "columnIndex": 0},
        "insertRight": false, "number": 1,
    }});
    office.world.change(DECK, &[column]).await;
    let before = held(&office).await;
    assert_eq!(office.world.batch(DECK, &body).await, 400);
    assert_eq!(held(&office).await, before);
}

#[tokio::test]
async fn a_presentation_that_changed_meanwhile_is_told_as_that() {
    let office = Office::opened().await;
    let stale = FaultAction::Json {
        status: 400,
        body: json!({"error": {"code": 400, "status": "FAILED_PRECONDITION",
            "message": "The required revision ID does not match the latest revision of the presentation."}}),
    };
    office
        .emulator()
        .faults()
        .add(FaultRule::new(stale).on_method(BATCH));
    let cut = json!({"presentation_id": DECK, "element_id": "slide_2_body", "text": "at last"});
    let error = office.call("delete_text", cut).await.unwrap_err();
    assert!(
        error.is_retryable() && error.message().contains("somebody else changed"),
        "{error}"
    );
}
