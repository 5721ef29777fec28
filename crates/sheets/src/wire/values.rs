//! Values of ranges: read, written, appended, cleared.

use google_sheets4::api::{
    AppendValuesResponse, BatchGetValuesResponse, BatchUpdateValuesResponse, ClearValuesResponse,
    UpdateValuesResponse, ValueRange,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolgate_google_http::{Call, Error, Path, Query};

use super::{APPEND, CLEAR, READ, Sheets, UPDATE, UPDATES};

/// What Google does with what is written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Input {
    #[default]
    UserEntered,
    Raw,
}

impl Input {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::UserEntered => "USER_ENTERED",
            Self::Raw => "RAW",
        }
    }
}

/// What is in a range, or is to be.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Written {
    range: String,
    major_dimension: &'static str,
    values: Vec<Vec<Value>>,
}

impl Written {
    fn new(range: &str, rows: &[Vec<Value>]) -> Self {
        Self {
            range: range.to_owned(),
            major_dimension: "ROWS",
            values: rows.to_vec(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    value_input_option: &'static str,
    data: Vec<Written>,
}

#[derive(Serialize)]
struct Nothing {}

const UPDATED: &str = "updatedRange,updatedRows,updatedColumns,updatedCells";

/// Where rows find room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// In rows that are inserted.
    New,
    /// In what stands empty below.
    Empty,
}

impl Room {
    fn word(self) -> &'static str {
        match self {
            Self::New => "INSERT_ROWS",
            Self::Empty => "OVERWRITE",
        }
    }
}

impl Sheets {
    /// What was entered into ranges, in their order: values, and formulas as such.
    pub(crate) async fn values(
        &self,
        id: &str,
        ranges: &[String],
    ) -> Result<Vec<ValueRange>, Error> {
        let path = Path::new("spreadsheets").seg(id)?.then("values:batchGet");
        let query = Query::new()
            .with("valueRenderOption", "FORMULA")
            .fields("valueRanges(range,values)");
        let query = ranges.iter().fold(query, |all, it| all.with("ranges", it));
        let read: BatchGetValuesResponse = self.0.get(&READ, path, query).await?.body;
        Ok(read.value_ranges.unwrap_or_default())
    }

    pub(crate) async fn update(
        &self,
        id: &str,
        range: &str,
        (rows, input): (&[Vec<Value>], Input),
    ) -> Result<UpdateValuesResponse, Error> {
        let path = Path::new("spreadsheets").seg(id)?.then("values");
        let query = Query::new()
            .with("valueInputOption", input.word())
            .fields(UPDATED);
        let call = Call::new(&UPDATE, path.seg(range)?).with_query(query);
        let call = call.with_json(&Written::new(range, rows))?;
        Ok(self.0.send(call).await?.body)
    }

    /// Writes several ranges, all or none.
    pub(crate) async fn update_all(
        &self,
        id: &str,
        written: &[(String, Vec<Vec<Value>>)],
        input: Input,
    ) -> Result<BatchUpdateValuesResponse, Error> {
        let path = Path::new("spreadsheets")
            .seg(id)?
            .then("values:batchUpdate");
        let data = written
            .iter()
            .map(|(range, rows)| Written::new(range, rows));
        let batch = Batch {
            value_input_option: input.word(),
            data: data.collect(),
        };
        let query = Query::new().fields(&format!("totalUpdatedCells,responses({UPDATED})"));
        let call = Call::new(&UPDATES, path).with_query(query);
        Ok(self.0.send(call.with_json(&batch)?).await?.body)
    }

    /// Appends rows to the table at a range. It is never repeated.
    pub(crate) async fn append(
        &self,
        id: &str,
        range: &str,
        (rows, input): (&[Vec<Value>], Input),
        room: Room,
    ) -> Result<AppendValuesResponse, Error> {
        let path = Path::new("spreadsheets").seg(id)?.then("values");
        let path = path.seg(range)?.verb(":append");
        let query = Query::new()
            .with("valueInputOption", input.word())
            .with("insertDataOption", room.word())
            .fields(&format!("tableRange,updates({UPDATED})"));
        let call = Call::new(&APPEND, path).with_query(query);
        let call = call.with_json(&Written::new(range, rows))?;
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn clear(&self, id: &str, range: &str) -> Result<ClearValuesResponse, Error> {
        let path = Path::new("spreadsheets").seg(id)?.then("values");
        let path = path.seg(range)?.verb(":clear");
        let call = Call::new(&CLEAR, path).with_query(Query::new().fields("clearedRange"));
        Ok(self.0.send(call.with_json(&Nothing {})?).await?.body)
    }
}
