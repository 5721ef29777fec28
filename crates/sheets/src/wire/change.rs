//! Changes of a spreadsheet that are done all or none: tabs, formats, words.

use google_sheets4::api::{
    BatchUpdateSpreadsheetResponse, Border, CellFormat, GridRange, Response,
};
use serde::Serialize;
use toolgate_google_http::{Call, Error, Path, Query};

use super::{CHANGE, Sheets};

/// What Google says of a change.
type Reply = Response;

/// One change.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Change {
    AddSheet(AddTab),
    UpdateSheetProperties(TabChange),
    DeleteSheet(GoneTab),
    DuplicateSheet(CopiedTab),
    FindReplace(FindReplace),
    RepeatCell(Box<CellStyle>),
    UpdateBorders(Box<BordersChange>),
    UpdateDimensionProperties(Columns),
    InsertDimension(NewRows),
    DeleteDimension(GoneRows),
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct AddTab {
    pub(crate) properties: TabProperties,
}

/// Of a tab, what is set.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TabProperties {
    pub(crate) sheet_id: i32,
    pub(crate) title: Option<String>,
    pub(crate) index: Option<i32>,
    pub(crate) grid_properties: Option<GridSize>,
}

#[derive(Debug, Default, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GridSize {
    pub(crate) frozen_row_count: Option<u32>,
    pub(crate) frozen_column_count: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct TabChange {
    pub(crate) properties: TabProperties,
    pub(crate) fields: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GoneTab {
    pub(crate) sheet_id: i32,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CopiedTab {
    pub(crate) source_sheet_id: i32,
    pub(crate) new_sheet_id: i32,
    pub(crate) new_sheet_name: String,
    pub(crate) insert_sheet_index: usize,
}

/// Words that are replaced, in one of the three places.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FindReplace {
    pub(crate) find: String,
    pub(crate) replacement: String,
    pub(crate) match_case: bool,
    pub(crate) match_entire_cell: bool,
    pub(crate) include_formulas: bool,
    pub(crate) range: Option<GridRange>,
    pub(crate) all_sheets: Option<bool>,
}

/// A format for all cells of a range.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CellStyle {
    pub(crate) range: GridRange,
    pub(crate) cell: Styled,
    pub(crate) fields: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Styled {
    pub(crate) user_entered_format: CellFormat,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BordersChange {
    pub(crate) range: GridRange,
    pub(crate) top: Border,
    pub(crate) bottom: Border,
    pub(crate) left: Border,
    pub(crate) right: Border,
    pub(crate) inner_horizontal: Border,
    pub(crate) inner_vertical: Border,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Columns {
    pub(crate) range: Dimension,
    pub(crate) properties: Width,
    pub(crate) fields: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dimension {
    pub(crate) sheet_id: i32,
    #[serde(rename = "dimension")]
    pub(crate) along: &'static str,
    pub(crate) start_index: u32,
    pub(crate) end_index: u32,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewRows {
    pub(crate) range: Dimension,
    pub(crate) inherit_from_before: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct GoneRows {
    pub(crate) range: Dimension,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Width {
    pub(crate) pixel_size: u32,
}

#[derive(Serialize)]
struct Batch<'a> {
    requests: &'a [Change],
}

const REPLIES: &str = "replies(addSheet(properties(sheetId,title)),\
    duplicateSheet(properties(sheetId,title)),findReplace(valuesChanged,formulasChanged,\
    rowsChanged,sheetsChanged,occurrencesChanged))";

impl Sheets {
    /// Does all of them or none; as many replies.
    pub(crate) async fn change(&self, id: &str, changes: &[Change]) -> Result<Vec<Reply>, Error> {
        let path = Path::new("spreadsheets").seg(id)?.verb(":batchUpdate");
        let call = Call::new(&CHANGE, path)
            .with_query(Query::new().fields(REPLIES))
            .with_json(&Batch { requests: changes })?;
        let answer: BatchUpdateSpreadsheetResponse = self.0.send(call).await?.body;
        Ok(answer.replies.unwrap_or_default())
    }
}
