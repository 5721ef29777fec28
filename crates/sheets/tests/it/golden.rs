//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_emulator::Emulator;
use toolgate_sheets::SheetsToolkit;
use toolgate_testkit::tools::{self, Call, Golden, always_lost, lost};
use toolgate_toolkit::{Selection, ToolError, Toolkit};

use crate::seed::{OTHER, TRACKER};
use crate::world::{ALICE, World, all_tools};

/// An office with one of everything.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) toolkit: SheetsToolkit,
}

#[async_trait]
impl tools::Office for Office {
    fn toolkit() -> Arc<dyn Toolkit> {
        Arc::new(all_tools())
    }

    async fn opened() -> Self {
        Self {
            world: World::office().await,
            toolkit: all_tools(),
        }
    }

    fn emulator(&self) -> &Emulator {
        &self.world.emulator
    }

    fn golden(&self) -> Vec<Golden> {
        let mut all = reading();
        all.extend(writing());
        all.extend(by_name());
        all.extend(arranging());
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
        let files = "drive/v3/files?fields=files(id,name,permissionIds)";
        json!([
            self.world.google(ALICE, files).await,
            self.world.cells(TRACKER).await
        ])
    }

    /// A new spreadsheet carries nothing by which it is known, a copy is looked for by a search, and nobody
    /// looks how cells look.
    fn is_untold(tool: &str) -> bool {
        ["create_sheet", "create_duplicate_sheet", "format_range"].contains(&tool)
    }
}

pub(crate) const GET: &str = "sheets.spreadsheets.get";
pub(crate) const CREATE: &str = "sheets.spreadsheets.create";
pub(crate) const CHANGE: &str = "sheets.spreadsheets.batchUpdate";
pub(crate) const COPY_TAB: &str = "sheets.spreadsheets.sheets.copyTo";
pub(crate) const READ: &str = "sheets.spreadsheets.values.batchGet";
pub(crate) const UPDATE: &str = "sheets.spreadsheets.values.update";
pub(crate) const UPDATES: &str = "sheets.spreadsheets.values.batchUpdate";
pub(crate) const APPEND: &str = "sheets.spreadsheets.values.append";
pub(crate) const CLEAR: &str = "sheets.spreadsheets.values.clear";
pub(crate) const COPY: &str = "drive.files.copy";
pub(crate) const PERMIT: &str = "drive.permissions.create";

/// Arguments for the tracker.
pub(crate) fn of(mut arguments: Value) -> Value {
    arguments["spreadsheet_id"] = json!(TRACKER);
    arguments
}

/// One call of a tracker's, and a bad one.
fn golden(
    tool: &'static str,
    good: Vec<Call>,
    bad: (Value, &'static str),
    at: &'static str,
) -> Golden {
    let bad = (of(bad.0), bad.1);
    Golden {
        tool,
        good,
        bad,
        at,
    }
}

/// A call, and again where its answers are lost.
fn and_lost(method: &str, arguments: Value) -> Vec<Call> {
    let arguments = of(arguments);
    let lost = Call::during(always_lost(method), arguments.clone());
    vec![Call::from(arguments), lost]
}

fn reading() -> Vec<Golden> {
    let read = vec![
        of(json!({"spreadsheet_range": "Tracker!A1:F4", "show": "formulas"})).into(),
        of(json!({"spreadsheet_range": "Amounts"})).into(),
        of(json!({})).into(),
    ];
    let find = json!({"filter": ["Status = open"], "columns": ["Item", "Due"]});
    vec![
        golden(
            "read_sheet",
            read,
            (json!({"spreadsheet_range": "R1C1"}), "spreadsheet_range"),
            GET,
        ),
        golden(
            "get_spreadsheet",
            vec![of(json!({})).into()],
            (json!({"from_tab": 9}), "from_tab"),
            GET,
        ),
        golden(
            "read_records",
            vec![of(find).into()],
            (json!({"filter": ["Colour = red"]}), "filter"),
            GET,
        ),
        golden(
            "read_ranges",
            vec![of(json!({"ranges": ["Tracker!A1:B2", "'Q1! ''#2'''", "Nowhere!A1"]})).into()],
            (json!({"ranges": []}), "ranges"),
            GET,
        ),
    ]
}

fn writing() -> Vec<Golden> {
    let update = json!({"range_name": "Tracker!C2", "data": [["done"]], "show_values": true});
    let updates = json!({"updates": [{"range": "Tracker!C2", "data": [["done"]]}]});
    let replace = json!({"find": "open", "replacement": "todo"});
    vec![
        Golden {
            tool: "create_sheet",
            good: vec![json!({"title": "New", "tabs": ["One", "Two"]}).into()],
            bad: (json!({"title": " "}), "title"),
            at: CREATE,
        },
        golden(
            "update_sheet",
            and_lost(UPDATE, update),
            (
                json!({"range_name": "A1:B1", "data": [["a"], ["b"]]}),
                "data",
            ),
            UPDATE,
        ),
        golden(
            "append_rows",
            and_lost(
                APPEND,
                json!({"rows": [["Music", "Ann", "open"]], "range": "Tracker"}),
            ),
            (json!({"rows": [[]]}), "rows"),
            APPEND,
        ),
        golden(
            "update_ranges",
            and_lost(UPDATES, updates),
            (
                json!({"updates": [{"range": "Nowhere!A1", "data": [["x"]]}]}),
                "updates",
            ),
            UPDATES,
        ),
        golden(
            "clear_range",
            and_lost(CLEAR, json!({"range": "Tracker!E2:E4"})),
            (json!({"range": "Tracker!ZZ1"}), "range"),
            CLEAR,
        ),
        golden(
            "find_replace",
            vec![
                of(replace).into(),
                Call::during(
                    always_lost(CHANGE),
                    of(json!({"find": "bob", "replacement": "Rob"})),
                ),
            ],
            (
                json!({"find": "x", "replacement": "y", "range": "Nowhere"}),
                "range",
            ),
            CHANGE,
        ),
    ]
}

fn by_name() -> Vec<Golden> {
    let append = json!({"columns": ["Owner", "Item"], "rows": [["Eve", "Music"]]});
    let update = json!({"key_column": "Item", "key": "Venue", "columns": ["Status", "Owner"],
        "values": ["done", "Eve"]});
    vec![
        golden(
            "append_records",
            and_lost(APPEND, append),
            (json!({"columns": ["Colour"], "rows": [["red"]]}), "columns"),
            APPEND,
        ),
        golden(
            "update_record",
            and_lost(UPDATES, update),
            (
                json!({"key_column": "Owner", "key": "Ann", "columns": ["Status"], "values": ["x"]}),
                "key",
            ),
            UPDATES,
        ),
    ]
}

fn arranging() -> Vec<Golden> {
    let copy = of(json!({"tab": "Tracker"}));
    let away = of(json!({"tab": "Tracker", "to_spreadsheet_id": OTHER, "title": "Theirs"}));
    let format = json!({"range": "Tracker!A1:F1", "bold": true, "background": "#fff2cc",
        "number_format": "0.00", "borders": true, "column_width": 120, "freeze_rows": 1});
    vec![
        golden(
            "insert_rows",
            and_lost(CHANGE, json!({"rows": "Tracker!3:4"})),
            (json!({"rows": "Tracker!A3:B4"}), "rows"),
            CHANGE,
        ),
        golden(
            "delete_rows",
            vec![of(json!({"rows": "Tracker!3:3"})).into()],
            (json!({"rows": "Tracker!1:1000"}), "rows"),
            CHANGE,
        ),
        golden(
            "add_tab",
            vec![of(json!({"title": "More", "index": 0})).into()],
            (json!({"title": "tracker"}), "title"),
            CHANGE,
        ),
        golden(
            "rename_tab",
            vec![of(json!({"tab": "Empty", "title": "Full"})).into()],
            (json!({"tab": "Nowhere", "title": "x"}), "tab"),
            CHANGE,
        ),
        golden(
            "delete_tab",
            vec![of(json!({"tab": "q1! '#2'"})).into()],
            (json!({"tab": "Nowhere"}), "tab"),
            CHANGE,
        ),
        golden(
            "copy_tab",
            vec![copy.into(), away.into()],
            (json!({"tab": "Nowhere"}), "tab"),
            CHANGE,
        ),
        golden(
            "format_range",
            vec![of(format).into()],
            (
                json!({"range": "A1", "text_color": "reddish"}),
                "text_color",
            ),
            CHANGE,
        ),
        Golden {
            tool: "create_duplicate_sheet",
            good: vec![
                json!({"source_id": TRACKER, "new_title": "Copy"}).into(),
                Call::during(lost(COPY), json!({"source_id": TRACKER})),
            ],
            bad: (json!({"source_id": "d-plan"}), "source_id"),
            at: COPY,
        },
    ]
}
