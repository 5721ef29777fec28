//! What is written is written once, and what became of it is told: by Google's answer, by a look-up, or as unknown.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod repeats;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};
use toolgate_testkit::tools::Office as _;
use toolgate_toolkit::{Risk, ToolError, Toolkit as _};

use self::repeats::repeats;
use crate::golden::Office;
use crate::world::all_tools;

const CREATE: &str = "drive.files.create";
const COPY: &str = "drive.files.copy";
const GET: &str = "drive.files.get";
const LIST: &str = "drive.files.list";
const PERMIT: &str = "drive.permissions.create";
const PERMISSIONS: &str = "drive.permissions.list";
const CAROL: &str = "carol@partner.example";

/// A write that must not be done twice.
struct Write {
    tool: &'static str,
    arguments: Value,
    method: &'static str,
    /// The method that looks for it, and how often it is used before the write.
    look: (&'static str, u32),
    /// How often it was done: by which tool, and by what of its result.
    shown: (&'static str, Value, fn(&Value) -> usize),
}

fn count_of(page: &Value) -> usize {
    page["count"].as_u64().unwrap().try_into().unwrap()
}

fn file(
    tool: &'static str,
    arguments: Value,
    method: &'static str,
    look: (&'static str, u32),
) -> Write {
    let named = json!({"query": "name = 'New'"});
    Write {
        tool,
        arguments,
        method,
        look,
        shown: ("search_files", named, count_of),
    }
}

fn files() -> Vec<Write> {
    let document = json!({"title": "New", "content": "x", "folder_id": "f-app"});
    let upload = |convert| json!({"file_path": "a.csv", "name": "New", "folder_id": "f-app", "convert": convert});
    let copy = |id| json!({"file_id": id, "name": "New"});
    vec![
        file(
            "create_folder",
            json!({"name": "New", "folder_id": "f-app"}),
            CREATE,
            (GET, 1),
        ),
        file("create_document", document, CREATE, (LIST, 0)),
        file("upload_file", upload(false), CREATE, (GET, 1)),
        file("upload_file", upload(true), CREATE, (LIST, 0)),
        file("copy_file", copy("c-people"), COPY, (GET, 1)),
        file("copy_file", copy("d-plan"), COPY, (LIST, 0)),
    ]
}

fn with_carol(list: &Value) -> usize {
    let mut all = list["permissions"].as_array().unwrap().iter();
    usize::from(all.any(|it| it["with"] == CAROL))
}

fn with_anyone(list: &Value) -> usize {
    let mut all = list["permissions"].as_array().unwrap().iter();
    usize::from(all.any(|it| it["type"] == "anyone"))
}

fn said_once(list: &Value) -> usize {
    list.to_string().matches("Once").count()
}

fn in_deep(facts: &Value) -> usize {
    usize::from(facts["folder_id"] == "f-deep")
}

fn writes(office: &Office) -> Vec<Write> {
    let plan = json!({"file_id": "d-plan"});
    let thread = json!({"file_id": "d-plan", "comment_id": office.comment});
    let mut reply = thread.clone();
    reply["text"] = json!("Once");
    let mut all = files();
    all.extend([
        Write {
            tool: "share_file",
            arguments: json!({"file_id": "d-plan", "with": CAROL, "role": "reader"}),
            method: PERMIT,
            look: (PERMISSIONS, 1),
            shown: ("list_permissions", plan.clone(), with_carol),
        },
        Write {
            tool: "set_link_sharing",
            arguments: json!({"file_id": "d-plan", "access": "reader"}),
            method: PERMIT,
            look: (PERMISSIONS, 1),
            shown: ("list_permissions", plan.clone(), with_anyone),
        },
        Write {
            tool: "add_comment",
            arguments: json!({"file_id": "d-plan", "text": "Once"}),
            method: "drive.comments.create",
            look: ("drive.comments.list", 0),
            shown: ("list_comments", plan, said_once),
        },
        Write {
            tool: "reply_to_comment",
            arguments: reply,
            method: "drive.replies.create",
            look: ("drive.comments.get", 0),
            shown: ("get_comment", thread, said_once),
        },
        Write {
            tool: "move_file",
            arguments: json!({"file_id": "c-people", "folder_id": "f-deep"}),
            method: "drive.files.update",
            look: (GET, 2),
            shown: ("get_file", json!({"file_id": "c-people"}), in_deep),
        },
    ]);
    all
}

/// So many kinds of writes there are.
const WRITES: usize = 11;

async fn write(place: usize) -> (Office, Write) {
    let office = Office::new().await;
    let write = writes(&office).into_iter().nth(place).unwrap();
    (office, write)
}

/// How often it was done.
async fn done(office: &Office, write: &Write) -> usize {
    office.world.emulator.faults().clear();
    let (tool, arguments, count) = &write.shown;
    count(&office.call(tool, arguments.clone()).await.unwrap())
}

fn cut(at: FaultPoint) -> FaultAction {
    FaultAction::DropConnection { at }
}

fn down() -> FaultAction {
    FaultAction::status_with_reason(403, "domainPolicy")
}

fn assert_unknown(error: &ToolError, case: &str) {
    assert!(
        error.may_have_happened() && !error.is_retryable(),
        "{case}: {error:?}"
    );
    let told = error.message().contains("unknown: it may have been ")
        && error.message().contains("; look ");
    assert!(told, "{case}: {error}");
}

fn assert_not_done(error: &ToolError, case: &str) {
    assert!(
        !error.may_have_happened() && error.is_retryable(),
        "{case}: {error:?}"
    );
    assert!(
        error
            .message()
            .contains(": it was looked for several times and is not there")
            && !error.message().contains("unknown"),
        "{case}: {error}"
    );
}

/// What ends without an answer although it was done, and what ends so and was not.
fn unclear_ends() -> [(FaultAction, usize); 5] {
    let down = FaultAction::Status {
        code: 500,
        status: None,
        reason: None,
        message: None,
        retry_after: Some("600".to_owned()),
    };
    [
        (cut(FaultPoint::After), 1),
        (FaultAction::TornBody, 1),
        (cut(FaultPoint::Before), 0),
        (down, 0),
        (FaultAction::Html { status: 200 }, 0),
    ]
}

#[tokio::test]
async fn what_has_no_clear_end_is_looked_up_and_never_done_twice() {
    assert_eq!(writes(&Office::new().await).len(), WRITES);
    for place in 0..WRITES {
        for (fault, there) in unclear_ends() {
            let (office, write) = write(place).await;
            let case = format!("{} {} {fault:?}", write.tool, write.arguments);
            let rule = FaultRule::new(fault).on_method(write.method);
            office.world.emulator.faults().add(rule);
            let result = office.call(write.tool, write.arguments.clone()).await;
            assert_eq!(done(&office, &write).await, there, "{case}");
            if there == 0 {
                let error = result.unwrap_err();
                match write.look {
                    (LIST, _) => assert_unknown(&error, &case),
                    _ => assert_not_done(&error, &case),
                }
                continue;
            }
            let result = result.unwrap();
            let status = result["status"].as_str();
            let is_told = status.is_none_or(|it| it.ends_with("(confirmed by look-up)"));
            assert!(is_told, "{case}: {result}");
        }
    }
}

#[tokio::test]
async fn where_the_look_up_fails_as_well_the_end_is_unknown() {
    for place in 0..WRITES {
        for at in [FaultPoint::Before, FaultPoint::After] {
            let (office, write) = write(place).await;
            let faults = office.world.emulator.faults();
            faults.add(FaultRule::new(cut(at)).on_method(write.method));
            let (look, before) = write.look;
            faults.add(FaultRule::new(down()).on_method(look).after(before));
            let error = office.call(write.tool, write.arguments.clone()).await;
            assert_unknown(&error.unwrap_err(), write.tool);
        }
    }
}

#[tokio::test]
async fn one_look_up_alone_denies_nothing() {
    for place in 0..WRITES {
        let (office, write) = write(place).await;
        let faults = office.world.emulator.faults();
        faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(write.method));
        let (look, before) = write.look;
        let down = FaultRule::new(down()).on_method(look);
        faults.add(down.after(before).times(3));
        let error = office.call(write.tool, write.arguments.clone()).await;
        assert_unknown(&error.unwrap_err(), write.tool);
    }
}

#[tokio::test]
async fn a_denial_takes_a_last_look_up_that_found_nothing() {
    for place in 0..WRITES {
        let (office, write) = write(place).await;
        let faults = office.world.emulator.faults();
        faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(write.method));
        let (look, before) = write.look;
        faults.add(FaultRule::new(down()).on_method(look).after(before + 2));
        let error = office.call(write.tool, write.arguments.clone()).await;
        assert_unknown(&error.unwrap_err(), write.tool);
    }
}

#[tokio::test]
async fn a_search_that_finds_nothing_denies_no_document() {
    let office = Office::new().await;
    let faults = office.world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::After)).on_method(CREATE));
    let late = FaultAction::Json {
        status: 200,
        body: json!({"files": [], "incompleteSearch": false}),
    };
    faults.add(FaultRule::new(late).on_method(LIST).times(4));
    let document = json!({"title": "New", "content": "x"});
    let error = office.call("create_document", document).await.unwrap_err();
    assert_unknown(&error, "create_document");
    assert!(error.message().contains("or not yet"), "{error}");
}

#[tokio::test]
async fn a_document_is_known_by_a_mark_that_no_other_has() {
    let office = Office::new().await;
    let document = json!({"title": "New", "content": "x"});
    office
        .call("create_document", document.clone())
        .await
        .unwrap();
    let cut = FaultRule::new(cut(FaultPoint::Before)).on_method(CREATE);
    office.world.emulator.faults().add(cut);
    let error = office.call("create_document", document).await.unwrap_err();
    assert_unknown(&error, "create_document");
}

#[tokio::test]
async fn what_the_person_said_before_is_not_taken_for_what_is_said_now() {
    let (office, write) = write(8).await;
    assert_eq!(write.tool, "add_comment");
    office
        .call(write.tool, write.arguments.clone())
        .await
        .unwrap();
    office
        .call(write.tool, write.arguments.clone())
        .await
        .unwrap();
    let faults = office.world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(write.method));
    let error = office.call(write.tool, write.arguments.clone()).await;
    let error = error.unwrap_err();
    assert_unknown(&error, write.tool);
    assert!(error.message().contains("said the same before"), "{error}");
}

#[tokio::test]
async fn an_id_that_is_taken_is_never_denied_by_what_a_look_up_does_not_show() {
    let office = Office::new().await;
    let faults = office.world.emulator.faults();
    // The first try is done and its answer lost; the repeat hears that its id is taken.
    faults.add(
        FaultRule::new(cut(FaultPoint::After))
            .on_method(CREATE)
            .times(1),
    );
    let unseen = FaultRule::new(FaultAction::status_with_reason(404, "notFound"));
    faults.add(unseen.on_method(GET));
    let error = office.call("create_folder", json!({"name": "New"})).await;
    let error = error.unwrap_err();
    assert!(office.world.count(CREATE) >= 2);
    assert_unknown(&error, "create_folder");
    faults.clear();
    let named = json!({"query": "name = 'New'"});
    let found = office.call("search_files", named).await.unwrap();
    assert_eq!(found["count"], 1);
}

#[tokio::test]
async fn every_tool_that_writes_is_looked_up_or_may_be_repeated() {
    let office = Office::new().await;
    // By its methods: a tool may open by one and close by another.
    let methods_of = |tool: &str| -> BTreeSet<String> {
        let writes = writes(&office).into_iter().map(|it| (it.tool, it.method));
        let all = writes.chain(repeats().into_iter().map(|it| (it.0, it.2)));
        let own = all.filter(|(name, _)| *name == tool);
        own.map(|(_, method)| method.to_owned()).collect()
    };
    for tool in all_tools().tools() {
        let spec = tool.spec();
        // These write on this machine alone.
        if spec.risk == Risk::Read || ["download_file", "export_file"].contains(&spec.name) {
            continue;
        }
        let declared = spec.requirement.methods().map(str::to_owned);
        let reads = [GET, LIST, PERMISSIONS, "drive.files.generateIds"];
        let reads: BTreeSet<&str> = reads
            .into_iter()
            .chain(["drive.comments.list", "drive.comments.get"])
            .collect();
        let writing: BTreeSet<String> =
            declared.filter(|it| !reads.contains(it.as_str())).collect();
        assert_eq!(methods_of(spec.name), writing, "{}", spec.name);
    }
}
