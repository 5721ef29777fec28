//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test helpers fail the test"
)]

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_drive::DriveToolkit;
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};
use toolgate_toolkit::{RunTools, Selection, ToolError, Toolkit as _};

use crate::seed::BOB;
use crate::world::{ALICE, World, with_folder};

/// One call that succeeds.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) arguments: Value,
    /// What goes wrong at Google meanwhile.
    pub(crate) faults: Vec<FaultRule>,
}

/// What is to be shown of a tool. Each part has to be there: a tool without it does not compile, or fails.
pub(crate) struct Golden {
    pub(crate) tool: &'static str,
    /// Together they request each method that the tool names; the first needs no fault.
    pub(crate) good: Vec<Call>,
    /// Arguments that are wrong, and the one that is.
    pub(crate) bad: (Value, &'static str),
    /// The method at which Google refuses the first good call.
    pub(crate) at: &'static str,
}

fn call(arguments: Value) -> Call {
    Call {
        arguments,
        faults: Vec::new(),
    }
}

fn during(fault: FaultRule, arguments: Value) -> Call {
    Call {
        arguments,
        faults: vec![fault],
    }
}

/// It is done, and nobody hears of it.
pub(crate) fn lost(method: &str) -> FaultRule {
    let cut = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    FaultRule::new(cut).on_method(method).times(1)
}

/// It is done at every try, and nobody hears of any.
fn always_lost(method: &str) -> FaultRule {
    FaultRule::new(FaultAction::drop_answer()).on_method(method)
}

/// An office with one of everything, and the folder for its files.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) toolkit: DriveToolkit,
    pub(crate) comment: Value,
    since: Value,
    _folder: TempDir,
}

impl Office {
    pub(crate) async fn new() -> Self {
        let world = World::office().await;
        let since = world.done("get_drive_changes", json!({})).await["next_since"].clone();
        let share = json!({"file_id": "d-plan", "with": BOB, "role": "reader"});
        world.done("share_file", share).await;
        let said = json!({"file_id": "d-plan", "text": "Is that so?"});
        let comment = world.done("add_comment", said).await["comment_id"].clone();
        world.done("trash_file", json!({"file_id": "t-deep"})).await;
        let (folder, toolkit) = with_folder();
        fs::write(folder.path().join("a.csv"), "x,y\n").unwrap();
        world.emulator.clear_requests();
        Self {
            world,
            toolkit,
            comment,
            since,
            _folder: folder,
        }
    }

    /// What every tool is called with.
    pub(crate) fn golden(&self) -> Vec<Golden> {
        let mut all = finding();
        all.extend(making());
        all.extend(transfers());
        all.extend(organising());
        all.extend(sharing());
        all.extend(talking(&self.comment));
        all.extend(account(&self.since));
        all
    }

    /// This tool alone, with no scope but the least ones that it asks for.
    pub(crate) fn alone(&self, tool: &'static str) -> RunTools {
        let toolkit = self.toolkit.clone().with_tools(Selection::only([tool]));
        let toolkit = toolkit.unwrap();
        let scopes = toolkit.requirement().least_scopes().to_vec();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        self.world.tools_with(ALICE, toolkit, &scopes)
    }

    /// Calls a tool in this place, with all that it may need.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.world.call_of(&self.toolkit, tool, arguments).await
    }

    /// Calls a tool alone, while these faults happen.
    pub(crate) async fn call_during(&self, tool: &'static str, call: &Call) -> Value {
        for fault in &call.faults {
            self.world.emulator.faults().add(fault.clone());
        }
        let result = self.alone(tool).call(tool, call.arguments.clone()).await;
        self.world.emulator.faults().clear();
        result.unwrap_or_else(|error| panic!("{tool} {}: {error:?}", call.arguments))
    }
}

const GET: &str = "drive.files.get";
const LIST: &str = "drive.files.list";
const CREATE: &str = "drive.files.create";
const COPY: &str = "drive.files.copy";
const UPDATE: &str = "drive.files.update";

fn file() -> Value {
    json!({"file_id": "c-people"})
}

fn finding() -> Vec<Golden> {
    let shortcut = json!({"folder_id": "s-folder"});
    vec![
        Golden {
            tool: "list_files",
            good: vec![call(json!({})), call(shortcut.clone())],
            bad: (json!({"query": "name = 'x"}), "query"),
            at: LIST,
        },
        Golden {
            tool: "search_files",
            good: vec![call(json!({"name": "Plan"})), call(shortcut)],
            bad: (json!({"modified_after": "soon"}), "modified_after"),
            at: LIST,
        },
        Golden {
            tool: "read_file",
            good: vec![call(file()), call(json!({"file_id": "s-plan"}))],
            bad: (json!({"file_id": "i-map"}), "file_id"),
            at: GET,
        },
        Golden {
            tool: "get_file",
            good: vec![call(file())],
            bad: (json!({"file_id": ".."}), "file_id"),
            at: GET,
        },
        Golden {
            tool: "get_folder_tree",
            good: vec![call(json!({"folder_id": "f-project"}))],
            bad: (json!({"folder_id": "d-plan"}), "folder_id"),
            at: LIST,
        },
    ]
}

fn making() -> Vec<Golden> {
    let document = json!({"title": "New", "content": "# New", "folder_id": "f-app"});
    vec![
        Golden {
            tool: "create_folder",
            good: vec![call(json!({"name": "New", "folder_id": "f-app"}))],
            bad: (json!({"name": " "}), "name"),
            at: CREATE,
        },
        Golden {
            tool: "create_document",
            good: vec![call(document.clone()), during(lost(CREATE), document)],
            bad: (json!({"title": " ", "content": "x"}), "title"),
            at: CREATE,
        },
        Golden {
            tool: "copy_file",
            good: vec![
                call(file()),
                during(lost(COPY), json!({"file_id": "d-plan"})),
            ],
            bad: (json!({"file_id": "f-project"}), "file_id"),
            at: COPY,
        },
    ]
}

fn transfers() -> Vec<Golden> {
    let upload = json!({"file_path": "a.csv", "folder_id": "f-app"});
    let convert = json!({"file_path": "a.csv", "convert": true});
    vec![
        Golden {
            tool: "upload_file",
            good: vec![call(upload), during(lost(CREATE), convert)],
            bad: (json!({"file_path": "../x"}), "file_path"),
            at: CREATE,
        },
        Golden {
            tool: "download_file",
            good: vec![call(file()), call(json!({"file_id": "d-plan"}))],
            bad: (
                json!({"file_id": "c-people", "export_format": "pdf"}),
                "export_format",
            ),
            at: GET,
        },
        Golden {
            tool: "export_file",
            good: vec![call(json!({"file_id": "d-plan", "format": "pdf"}))],
            bad: (json!({"file_id": "d-plan", "format": "mp4"}), "format"),
            at: "drive.files.export",
        },
    ]
}

fn organising() -> Vec<Golden> {
    let into = |folder| json!({"file_id": "c-people", "folder_id": folder});
    let mut shared = into("0ATeamDriveOfTheTea");
    shared["allow_wider_access"] = json!(true);
    vec![
        Golden {
            tool: "move_file",
            good: vec![call(into("f-deep")), call(shared)],
            bad: (into("d-plan"), "folder_id"),
            at: UPDATE,
        },
        Golden {
            tool: "rename_file",
            good: vec![call(json!({"file_id": "c-people", "name": "b"}))],
            bad: (json!({"file_id": "c-people", "name": " "}), "name"),
            at: UPDATE,
        },
        Golden {
            tool: "trash_file",
            good: vec![call(file()), during(always_lost(UPDATE), file())],
            bad: (json!({"file_id": "."}), "file_id"),
            at: UPDATE,
        },
        Golden {
            tool: "restore_file",
            good: vec![
                call(json!({"file_id": "t-deep"})),
                during(always_lost(UPDATE), json!({"file_id": "t-deep"})),
            ],
            bad: (json!({"file_id": "."}), "file_id"),
            at: UPDATE,
        },
    ]
}

fn sharing() -> Vec<Golden> {
    let share =
        |with, role| json!({"file_id": "d-plan", "with": with, "role": role, "message": "Look"});
    let link = |access| json!({"file_id": "d-plan", "access": access});
    vec![
        Golden {
            tool: "list_permissions",
            good: vec![call(json!({"file_id": "d-plan"}))],
            bad: (json!({"file_id": "d-plan", "skip": 99}), "skip"),
            at: "drive.permissions.list",
        },
        Golden {
            tool: "share_file",
            good: vec![
                call(share("carol@partner.example", "reader")),
                call(share("carol@partner.example", "writer")),
            ],
            bad: (share("carol", "reader"), "with"),
            at: "drive.permissions.create",
        },
        Golden {
            tool: "unshare_file",
            good: vec![call(json!({"file_id": "d-plan", "with": BOB}))],
            bad: (json!({"file_id": "d-plan", "with": ALICE}), "with"),
            at: "drive.permissions.delete",
        },
        Golden {
            tool: "set_link_sharing",
            good: vec![
                call(link("reader")),
                call(link("writer")),
                call(link("off")),
            ],
            bad: (link("everybody"), "access"),
            at: "drive.permissions.create",
        },
    ]
}

fn talking(comment: &Value) -> Vec<Golden> {
    let say = |text| json!({"file_id": "d-plan", "text": text});
    let reply = |text| json!({"file_id": "d-plan", "comment_id": comment, "text": text});
    let one = json!({"file_id": "d-plan", "comment_id": comment});
    let beyond = json!({"file_id": "d-plan", "comment_id": comment, "offset": 9_999});
    vec![
        Golden {
            tool: "list_comments",
            good: vec![call(json!({"file_id": "d-plan"}))],
            bad: (
                json!({"file_id": "d-plan", "page_token": "x"}),
                "page_token",
            ),
            at: "drive.comments.list",
        },
        Golden {
            tool: "get_comment",
            good: vec![call(one)],
            bad: (beyond, "offset"),
            at: "drive.comments.get",
        },
        Golden {
            tool: "add_comment",
            good: vec![
                call(say("One")),
                during(lost("drive.comments.create"), say("Two")),
            ],
            bad: (say(" "), "text"),
            at: "drive.comments.create",
        },
        Golden {
            tool: "reply_to_comment",
            good: vec![
                call(reply("One")),
                during(lost("drive.replies.create"), reply("Two")),
            ],
            bad: (reply(" "), "text"),
            at: "drive.replies.create",
        },
        Golden {
            tool: "list_revisions",
            good: vec![call(file())],
            bad: (
                json!({"file_id": "c-people", "page_token": "x"}),
                "page_token",
            ),
            at: "drive.revisions.list",
        },
    ]
}

fn account(since: &Value) -> Vec<Golden> {
    vec![
        Golden {
            tool: "list_shared_drives",
            good: vec![call(json!({}))],
            bad: (json!({"page_token": "x"}), "page_token"),
            at: "drive.drives.list",
        },
        Golden {
            tool: "get_drive_changes",
            good: vec![call(json!({})), call(json!({"since": since}))],
            bad: (json!({"since": "soon"}), "since"),
            at: "drive.changes.getStartPageToken",
        },
        Golden {
            tool: "get_drive_quota",
            good: vec![call(json!({}))],
            bad: (json!({"account_id": "x"}), "account_id"),
            at: "drive.about.get",
        },
    ]
}
