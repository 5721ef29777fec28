//! Sheets' methods, and those of Drive's that a copy takes, as far as the tools call them: typed, masked, nothing else.

mod book;
mod change;
mod copies;
mod values;

use toolgate_auth::Requirement;
use toolgate_google_http::{Api, Method, Rest};
use toolgate_toolkit::ToolContext;

pub(crate) use self::{
    book::NewBook,
    change::{
        AddTab, BordersChange, CellStyle, Change, Columns, CopiedTab, Dimension, FindReplace,
        GoneRows, GoneTab, GridSize, NewRows, Styled, TabChange, TabProperties, Width,
    },
    copies::NewPermission,
    values::{Input, Room},
};

pub(crate) static BOOK: Method = Method::get(Api::Sheets, "sheets.spreadsheets.get");
pub(crate) static CREATE: Method = Method::post(Api::Sheets, "sheets.spreadsheets.create");
pub(crate) static CHANGE: Method = Method::post(Api::Sheets, "sheets.spreadsheets.batchUpdate");
pub(crate) static COPY_TAB: Method = Method::post(Api::Sheets, "sheets.spreadsheets.sheets.copyTo");
pub(crate) static READ: Method = Method::get(Api::Sheets, "sheets.spreadsheets.values.batchGet");
pub(crate) static UPDATE: Method = Method::put(Api::Sheets, "sheets.spreadsheets.values.update");
pub(crate) static UPDATES: Method =
    Method::post(Api::Sheets, "sheets.spreadsheets.values.batchUpdate");
pub(crate) static APPEND: Method = Method::post(Api::Sheets, "sheets.spreadsheets.values.append");
pub(crate) static CLEAR: Method = Method::post(Api::Sheets, "sheets.spreadsheets.values.clear");
pub(crate) static FILE: Method = Method::get(Api::Drive, "drive.files.get");
pub(crate) static FILES: Method = Method::get(Api::Drive, "drive.files.list");
pub(crate) static COPY: Method = Method::post(Api::Drive, "drive.files.copy");
pub(crate) static PERMISSIONS: Method = Method::get(Api::Drive, "drive.permissions.list");
pub(crate) static PERMIT: Method = Method::post(Api::Drive, "drive.permissions.create");

/// One person's spreadsheets, for the calls of one tool.
#[derive(Debug)]
pub(crate) struct Sheets(Rest);

impl Sheets {
    /// For calls of these methods, within the time of the tool call.
    pub(crate) fn new(cx: &ToolContext, methods: &[&'static str]) -> Self {
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(cx.ends()))
    }
}
