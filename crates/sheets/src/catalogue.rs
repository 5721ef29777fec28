//! All tools, in groups: what reads, writes, and arranges.

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, TypedTool, typed_tool};

use crate::{
    append, duplicate, find, format, read, records, rows, setup::Setup, spreadsheet, tabs, write,
};

/// A tool that knows how its toolkit was set up, within what the run allows.
macro_rules! set_up {
    ($setup:expr, $name:literal, $risk:ident, $methods:expr, $function:path) => {{
        let setup = $setup.clone();
        typed_tool($name, Risk::$risk, $methods, move |cx, args| {
            let setup = setup.within(&cx);
            $function(cx, args, setup)
        })
    }};
}

/// All tools, set up so.
pub(crate) fn catalogue(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    let groups = [
        reading(setup),
        writing(setup),
        by_name(setup),
        arranging(setup),
    ];
    let tools = groups.into_iter().flatten();
    tools.map(TypedTool::shared).collect()
}

fn reading(s: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(s, "read_sheet", Read, read::METHODS, read::read_sheet).core(),
        set_up!(
            s,
            "get_spreadsheet",
            Read,
            spreadsheet::METHODS,
            spreadsheet::get_spreadsheet
        )
        .core(),
        set_up!(
            s,
            "read_records",
            Read,
            records::METHODS,
            records::read_records
        )
        .core(),
        set_up!(s, "read_ranges", Read, read::METHODS, read::read_ranges),
    ]
}

fn writing(s: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            s,
            "create_sheet",
            Organise,
            spreadsheet::CREATE_METHODS,
            spreadsheet::create_sheet
        )
        .core(),
        set_up!(
            s,
            "update_sheet",
            Delete,
            write::METHODS,
            write::update_sheet
        )
        .core(),
        set_up!(
            s,
            "append_rows",
            Organise,
            append::METHODS,
            append::append_rows
        )
        .core(),
        set_up!(
            s,
            "update_ranges",
            Delete,
            write::ALL_METHODS,
            write::update_ranges
        ),
        set_up!(
            s,
            "clear_range",
            Delete,
            write::CLEAR_METHODS,
            write::clear_range
        ),
        set_up!(s, "find_replace", Delete, find::METHODS, find::find_replace),
    ]
}

fn by_name(s: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            s,
            "append_records",
            Organise,
            records::APPEND_METHODS,
            records::append_records
        ),
        set_up!(
            s,
            "update_record",
            Delete,
            records::UPDATE_METHODS,
            records::update_record
        ),
    ]
}

fn arranging(s: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(s, "insert_rows", Organise, rows::METHODS, rows::insert_rows),
        set_up!(s, "delete_rows", Delete, rows::METHODS, rows::delete_rows),
        set_up!(s, "add_tab", Organise, tabs::METHODS, tabs::add_tab),
        set_up!(s, "rename_tab", Organise, tabs::METHODS, tabs::rename_tab),
        set_up!(s, "delete_tab", Delete, tabs::METHODS, tabs::delete_tab),
        set_up!(s, "copy_tab", Organise, tabs::COPY_METHODS, tabs::copy_tab),
        set_up!(
            s,
            "format_range",
            Organise,
            format::METHODS,
            format::format_range
        ),
        set_up!(
            s,
            "create_duplicate_sheet",
            Share,
            duplicate::METHODS,
            duplicate::create_duplicate_sheet
        ),
    ]
}
