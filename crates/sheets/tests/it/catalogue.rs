//! What a model pays for and sees of the toolkit, and which tools can be chosen.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use toolgate_auth::ScopeSet;
use toolgate_sheets::SheetsToolkit;
use toolgate_toolkit::{Risk, Selection, Toolkit};

use crate::world::all_tools;

/// For each tool: name, risk, and Google's methods without `sheets.spreadsheets.`.
type Row = (&'static str, Risk, &'static [&'static str]);

const GET: &str = "get";
const VALUES: &str = "values.batchGet";
const CHANGE: &[&str] = &["batchUpdate", GET];
const APPEND: &[&str] = &[GET, "values.append", VALUES];
const UPDATES: &[&str] = &[GET, VALUES, "values.batchUpdate"];

const ROWS: [Row; 20] = [
    ("read_sheet", Risk::Read, &[GET]),
    ("get_spreadsheet", Risk::Read, &[GET, VALUES]),
    ("read_records", Risk::Read, &[GET]),
    ("read_ranges", Risk::Read, &[GET]),
    ("create_sheet", Risk::Organise, &["create"]),
    (
        "update_sheet",
        Risk::Delete,
        &[GET, VALUES, "values.update"],
    ),
    ("append_rows", Risk::Organise, APPEND),
    ("update_ranges", Risk::Delete, UPDATES),
    ("clear_range", Risk::Delete, &[GET, VALUES, "values.clear"]),
    ("find_replace", Risk::Delete, &["batchUpdate", GET, VALUES]),
    ("append_records", Risk::Organise, APPEND),
    ("update_record", Risk::Delete, UPDATES),
    ("insert_rows", Risk::Organise, CHANGE),
    ("delete_rows", Risk::Delete, CHANGE),
    ("add_tab", Risk::Organise, CHANGE),
    ("rename_tab", Risk::Organise, CHANGE),
    ("delete_tab", Risk::Delete, CHANGE),
    (
        "copy_tab",
        Risk::Organise,
        &["batchUpdate", GET, "sheets.copyTo"],
    ),
    ("format_range", Risk::Organise, CHANGE),
    (
        "create_duplicate_sheet",
        Risk::Share,
        &[
            "drive.files.copy",
            "drive.files.get",
            "drive.files.list",
            "drive.permissions.create",
            "drive.permissions.list",
        ],
    ),
];

/// What most tasks need.
const CORE: [&str; 6] = [
    "read_sheet",
    "get_spreadsheet",
    "read_records",
    "create_sheet",
    "update_sheet",
    "append_rows",
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
        let mut own: Vec<&str> = own
            .map(|id| id.strip_prefix("sheets.spreadsheets.").unwrap_or(id))
            .collect();
        own.sort_unstable();
        assert_eq!(own, methods, "{name}");
    }
    let core = SheetsToolkit::new().tools();
    assert!(core.len() <= 8, "{}", core.len());
}

#[test]
fn a_tool_list_costs_a_model_little() {
    for (toolkit, most) in [
        (SheetsToolkit::new(), 3_600),
        (all_tools(), 600 * ROWS.len()),
    ] {
        let tools = toolkit.tools();
        let sizes = tools
            .iter()
            .map(|tool| (tool.spec().name, tool.spec().model_size()));
        let sizes: Vec<(&str, usize)> = sizes.collect();
        let total: usize = sizes.iter().map(|(_, size)| size).sum();
        assert!(sizes.iter().all(|(_, size)| *size < 2_000), "{sizes:?}");
        assert!(total <= most, "{total}: {sizes:?}");
    }
    let instructions = SheetsToolkit::new().instructions().unwrap();
    assert!(instructions.chars().count() < 600, "{}", instructions.len());
}

#[test]
fn selections_are_checked_when_they_are_made() {
    let names = |selection| -> Vec<&str> {
        let toolkit = SheetsToolkit::new().with_tools(selection).unwrap();
        let tools = toolkit.tools();
        tools.iter().map(|tool| tool.spec().name).collect()
    };
    let readers = ROWS.into_iter().filter(|(_, risk, _)| *risk == Risk::Read);
    let readers: Vec<&str> = readers.map(|(name, ..)| name).collect();
    assert_eq!(names(Selection::read_only()), readers);
    assert_eq!(names(Selection::core()), CORE);
    let unknown = SheetsToolkit::new().with_tools(Selection::only(["burn_sheet"]));
    let error = unknown.unwrap_err();
    assert!(error.is_selection() && error.to_string().contains("burn_sheet"));
}

/// What consent asks for where one of these tools is chosen alone.
const SCOPES: [(&[&str], &[&str]); 4] = [
    (&["drive"], &["create_duplicate_sheet"]),
    (&["drive.file"], &["create_sheet"]),
    (
        &["spreadsheets"],
        &[
            "update_sheet",
            "append_rows",
            "update_ranges",
            "clear_range",
            "find_replace",
            "append_records",
            "update_record",
            "insert_rows",
            "delete_rows",
            "add_tab",
            "rename_tab",
            "delete_tab",
            "copy_tab",
            "format_range",
        ],
    ),
    (
        &["spreadsheets.readonly"],
        &[
            "read_sheet",
            "get_spreadsheet",
            "read_records",
            "read_ranges",
        ],
    ),
];

/// The short names of scopes.
fn asked(toolkit: &SheetsToolkit) -> Vec<String> {
    let scopes = toolkit.requirement().least_scopes().to_vec().into_iter();
    let short = scopes.map(|scope| scope.rsplit_once("/auth/").unwrap().1.to_owned());
    short.collect()
}

#[test]
fn consent_asks_for_what_the_chosen_tools_need_and_for_nothing_else() {
    let mut by_scopes: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (name, ..) in ROWS {
        let toolkit = SheetsToolkit::new().with_tools(Selection::only([name]));
        let toolkit = toolkit.unwrap();
        by_scopes.entry(asked(&toolkit)).or_default().push(name);
        let needs = toolkit.requirement();
        let scopes = needs.least_scopes().to_vec();
        for spare in &scopes {
            let fewer = scopes.iter().filter(|it| *it != spare);
            let fewer: ScopeSet = fewer.map(String::as_str).collect();
            assert!(!needs.is_satisfied_by(&fewer), "{name} {spare}");
        }
    }
    let expected = SCOPES.map(|(scopes, tools)| {
        let scopes = scopes.iter().copied().map(str::to_owned).collect();
        (scopes, tools.to_vec())
    });
    assert_eq!(by_scopes, BTreeMap::from(expected));
    for (selection, scopes) in [
        (Selection::read_only(), &["spreadsheets.readonly"][..]),
        (Selection::core(), &["spreadsheets"]),
        (
            Selection::except(["create_duplicate_sheet"]),
            &["spreadsheets"],
        ),
        (Selection::all(), &["drive"]),
    ] {
        let toolkit = SheetsToolkit::new().with_tools(selection).unwrap();
        assert_eq!(asked(&toolkit), scopes);
    }
}
