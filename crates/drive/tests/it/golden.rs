//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::{fs, sync::Arc};

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_drive::DriveToolkit;
use toolgate_emulator::{Emulator, FaultRule};
use toolgate_testkit::tools::{self, Call, Golden, always_lost, lost};
use toolgate_toolkit::{Selection, ToolError, Toolkit};

use crate::seed::BOB;
use crate::world::{ALICE, World, all_tools, with_folder};

fn call(arguments: Value) -> Call {
    Call::from(arguments)
}

fn during(fault: FaultRule, arguments: Value) -> Call {
    Call::during(fault, arguments)
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
}

#[async_trait]
impl tools::Office for Office {
    fn toolkit() -> Arc<dyn Toolkit> {
        Arc::new(all_tools())
    }

    async fn opened() -> Self {
        Self::new().await
    }

    fn emulator(&self) -> &Emulator {
        &self.world.emulator
    }

    fn golden(&self) -> Vec<Golden> {
        let mut all = finding();
        all.extend(making());
        all.extend(transfers());
        all.extend(organising());
        all.extend(sharing());
        all.extend(talking(&self.comment));
        all.extend(account(&self.since));
        all
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.world.call_of(&self.toolkit, tool, arguments).await
    }

    async fn call_alone(&self, tool: &'static str, arguments: Value) -> Result<Value, ToolError> {
        let toolkit = self.toolkit.clone().with_tools(Selection::only([tool]));
        let toolkit = toolkit.unwrap();
        let scopes = toolkit.requirement().least_scopes().to_vec();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let tools = self.world.tools_with(ALICE, toolkit, &scopes);
        tools.call(tool, arguments).await
    }

    async fn everything(&self) -> Value {
        let since = json!({"since": self.since});
        let mut changes = self.world.done("get_drive_changes", since).await;
        changes.as_object_mut().unwrap().remove("untrusted");
        changes
    }

    /// A document is looked for by a search, which denies nothing.
    fn is_untold(tool: &str) -> bool {
        tool == "create_document"
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
