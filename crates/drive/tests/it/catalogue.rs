//! What a model pays for and sees of the toolkit, and which tools can be chosen.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use toolgate_drive::DriveToolkit;
use toolgate_toolkit::{Risk, Selection, Toolkit};

use crate::world::all_tools;

/// For each tool: name, risk, and Google's methods without `drive.`.
type Row = (&'static str, Risk, &'static [&'static str]);

const LIST: &[&str] = &["files.get", "files.list"];
const CHANGE: &[&str] = &["files.get", "files.update"];
const CREATE: &[&str] = &[
    "files.create",
    "files.generateIds",
    "files.get",
    "files.list",
];
const READ: &[&str] = &["files.export", "files.get", "files.get?alt=media"];
const SHARE: &[&str] = &[
    "files.get",
    "permissions.create",
    "permissions.list",
    "permissions.update",
];

const ROWS: [Row; 27] = [
    ("list_files", Risk::Read, LIST),
    ("search_files", Risk::Read, LIST),
    ("read_file", Risk::Read, READ),
    ("get_file", Risk::Read, &["files.get"]),
    ("get_folder_tree", Risk::Read, &["files.get", "files.list"]),
    (
        "create_folder",
        Risk::Organise,
        &["files.create", "files.generateIds", "files.get"],
    ),
    (
        "create_document",
        Risk::Organise,
        &["files.create", "files.get", "files.list"],
    ),
    (
        "copy_file",
        Risk::Organise,
        &["files.copy", "files.generateIds", "files.get", "files.list"],
    ),
    ("upload_file", Risk::Organise, CREATE),
    ("download_file", Risk::Organise, READ),
    (
        "export_file",
        Risk::Organise,
        &["files.export", "files.get"],
    ),
    (
        "move_file",
        Risk::Organise,
        &["files.get", "files.update", "permissions.list"],
    ),
    ("rename_file", Risk::Organise, CHANGE),
    ("trash_file", Risk::Delete, CHANGE),
    ("restore_file", Risk::Organise, CHANGE),
    (
        "list_permissions",
        Risk::Read,
        &["files.get", "permissions.list"],
    ),
    ("share_file", Risk::Share, SHARE),
    (
        "unshare_file",
        Risk::Share,
        &["files.get", "permissions.delete", "permissions.list"],
    ),
    (
        "set_link_sharing",
        Risk::Share,
        &[
            "files.get",
            "permissions.create",
            "permissions.delete",
            "permissions.list",
            "permissions.update",
        ],
    ),
    ("list_comments", Risk::Read, &["comments.list", "files.get"]),
    ("get_comment", Risk::Read, &["comments.get", "files.get"]),
    (
        "add_comment",
        Risk::Share,
        &["comments.create", "comments.list", "files.get"],
    ),
    (
        "reply_to_comment",
        Risk::Share,
        &["comments.get", "files.get", "replies.create"],
    ),
    (
        "list_revisions",
        Risk::Read,
        &["files.get", "revisions.list"],
    ),
    ("list_shared_drives", Risk::Read, &["drives.list"]),
    (
        "get_drive_changes",
        Risk::Read,
        &["changes.getStartPageToken", "changes.list"],
    ),
    ("get_drive_quota", Risk::Read, &["about.get"]),
];

/// What most tasks need.
const CORE: [&str; 6] = [
    "list_files",
    "search_files",
    "read_file",
    "get_file",
    "create_folder",
    "create_document",
];

#[test]
fn the_tools_are_these_with_their_risks_and_methods() {
    let tools = all_tools().tools();
    assert_eq!(tools.len(), ROWS.len());
    for (tool, (name, risk, methods)) in tools.iter().zip(ROWS) {
        let spec = tool.spec();
        assert_eq!((spec.name, spec.risk), (name, risk));
        assert_eq!(spec.core, CORE.contains(&name), "{name}");
        let own = spec.requirement.methods();
        let mut own: Vec<&str> = own.filter_map(|id| id.strip_prefix("drive.")).collect();
        own.sort_unstable();
        assert_eq!(own, methods, "{name}");
    }
    let core = DriveToolkit::new().tools();
    assert!(core.len() <= 8, "{}", core.len());
}

#[test]
fn a_tool_list_costs_a_model_little() {
    for (toolkit, most) in [
        (DriveToolkit::new(), 4_000),
        (all_tools(), 600 * ROWS.len()),
    ] {
        let tools = toolkit.tools();
        let sizes = tools
            .iter()
            .map(|tool| (tool.spec().name, tool.spec().model_size()));
        let sizes: Vec<(&str, usize)> = sizes.collect();
        let total: usize = sizes.iter().map(|(_, size)| size).sum();
        assert!(sizes.iter().all(|(_, size)| *size < 2_500), "{sizes:?}");
        assert!(total <= most, "{total}: {sizes:?}");
    }
    let instructions = DriveToolkit::new().instructions().unwrap();
    assert!(instructions.chars().count() < 600, "{}", instructions.len());
}

#[test]
fn selections_are_checked_when_they_are_made() {
    let names = |selection| -> Vec<&str> {
        let toolkit = DriveToolkit::new().with_tools(selection).unwrap();
        let tools = toolkit.tools();
        tools.iter().map(|tool| tool.spec().name).collect()
    };
    let readers = ROWS.into_iter().filter(|(_, risk, _)| *risk == Risk::Read);
    let readers: Vec<&str> = readers.map(|(name, ..)| name).collect();
    assert_eq!(names(Selection::read_only()), readers);
    assert_eq!(names(Selection::core()), CORE);
    let unknown = DriveToolkit::new().with_tools(Selection::only(["burn_file"]));
    let error = unknown.unwrap_err();
    assert!(error.is_selection() && error.to_string().contains("burn_file"));
}

/// What consent asks for where one of these tools is chosen alone.
const SCOPES: [(&[&str], &[&str]); 6] = [
    (
        &["drive"],
        &[
            "copy_file",
            "share_file",
            "unshare_file",
            "set_link_sharing",
            "add_comment",
            "reply_to_comment",
        ],
    ),
    (&["drive.file"], &["get_drive_quota"]),
    (
        &["drive.file", "drive.metadata.readonly"],
        &["create_folder", "create_document", "upload_file"],
    ),
    (
        &["drive.metadata"],
        &["move_file", "rename_file", "trash_file", "restore_file"],
    ),
    (
        &["drive.metadata.readonly"],
        &[
            "list_files",
            "search_files",
            "get_file",
            "get_folder_tree",
            "list_permissions",
            "list_revisions",
            "get_drive_changes",
        ],
    ),
    (
        &["drive.readonly"],
        &[
            "read_file",
            "download_file",
            "export_file",
            "list_comments",
            "get_comment",
            "list_shared_drives",
        ],
    ),
];

/// The short names of scopes.
fn asked(toolkit: &DriveToolkit) -> Vec<String> {
    let scopes = toolkit.requirement().least_scopes().to_vec().into_iter();
    let short = scopes.map(|scope| scope.rsplit_once("/auth/").unwrap().1.to_owned());
    short.collect()
}

#[test]
fn consent_asks_for_what_the_chosen_tools_need_and_for_nothing_else() {
    let mut by_scopes: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (name, ..) in ROWS {
        let toolkit = DriveToolkit::new().with_tools(Selection::only([name]));
        let toolkit = toolkit.unwrap();
        by_scopes.entry(asked(&toolkit)).or_default().push(name);
    }
    let expected = SCOPES.map(|(scopes, tools)| {
        let scopes = scopes.iter().copied().map(str::to_owned).collect();
        (scopes, tools.to_vec())
    });
    assert_eq!(by_scopes, BTreeMap::from(expected));
    for (selection, scopes) in [
        (Selection::read_only(), &["drive.readonly"][..]),
        (Selection::core(), &["drive.file", "drive.readonly"]),
        (Selection::all(), &["drive"]),
    ] {
        let toolkit = DriveToolkit::new().with_tools(selection).unwrap();
        assert_eq!(asked(&toolkit), scopes);
    }
}
