//! Spreadsheets: what they are, the cells of their grids, and new ones.

use google_sheets4::api::{SheetProperties, Spreadsheet};
use serde::Serialize;
use toolgate_google_http::{Call, Error, Path, Query};

use super::{BOOK, COPY_TAB, CREATE, Sheets};

/// What every tool knows of a spreadsheet before it does anything.
const FACTS: &str = "spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),\
    namedRanges(name,range),sheets(properties(sheetId,title,sheetType,hidden,\
    gridProperties(rowCount,columnCount,frozenRowCount,frozenColumnCount)),\
    protectedRanges(description,range,requestingUserCanEdit,warningOnly,unprotectedRanges))";
const CELLS: &str = "sheets(data(startRow,startColumn,rowData(values(userEnteredValue,\
    effectiveValue,formattedValue,effectiveFormat(numberFormat(type))))))";
const NEW: &str = "spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),\
    sheets(properties(sheetId,title))";

/// A spreadsheet that is to be made.
#[derive(Debug, Serialize)]
pub(crate) struct NewBook {
    properties: Title,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheets: Vec<NewTab>,
}

#[derive(Debug, Serialize)]
struct NewTab {
    properties: Title,
}

#[derive(Debug, Serialize)]
struct Title {
    title: String,
}

impl NewBook {
    pub(crate) fn new(title: &str, tabs: &[String]) -> Self {
        let titled = |title: &str| Title {
            title: title.to_owned(),
        };
        let tabs = tabs.iter().map(|tab| NewTab {
            properties: titled(tab),
        });
        Self {
            properties: titled(title),
            sheets: tabs.collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Destination<'a> {
    destination_spreadsheet_id: &'a str,
}

impl Sheets {
    /// What it is called, its tabs, named and protected ranges.
    pub(crate) async fn facts(&self, id: &str) -> Result<Spreadsheet, Error> {
        let path = Path::new("spreadsheets").seg(id)?;
        let query = Query::new().fields(FACTS);
        Ok(self.0.get(&BOOK, path, query).await?.body)
    }

    /// The cells of a range, with their kinds.
    pub(crate) async fn cells(&self, id: &str, range: &str) -> Result<Spreadsheet, Error> {
        let path = Path::new("spreadsheets").seg(id)?;
        let query = Query::new().with("ranges", range).fields(CELLS);
        Ok(self.0.get(&BOOK, path, query).await?.body)
    }

    /// Makes a spreadsheet. It takes no id of ours, so it is never repeated.
    pub(crate) async fn create(&self, new: &NewBook) -> Result<Spreadsheet, Error> {
        let query = Query::new().fields(NEW);
        let path = Path::new("spreadsheets");
        Ok(self.0.post(&CREATE, path, query, new).await?.body)
    }

    /// Copies a tab into another spreadsheet.
    pub(crate) async fn copy_tab(
        &self,
        id: &str,
        tab: i32,
        into: &str,
    ) -> Result<SheetProperties, Error> {
        let path = Path::new("spreadsheets").seg(id)?.then("sheets");
        let path = path.seg(&tab.to_string())?.verb(":copyTo");
        let call = Call::new(&COPY_TAB, path)
            .with_query(Query::new().fields("sheetId,title"))
            .with_json(&Destination {
                destination_spreadsheet_id: into,
            })?;
        Ok(self.0.send(call).await?.body)
    }
}
