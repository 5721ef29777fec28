//! Google Sheets tools for LLM agents, per user, on Toolgate.
//!
//! [`SheetsToolkit`] gives an agent the tools that most tasks need: `read_sheet`, `get_spreadsheet`,
//! `read_records`, `create_sheet`, `update_sheet` and `append_rows`. It is a definition and holds nobody's
//! credential: an agent's builder takes it, binds it to the agent's database, and each run reaches the
//! spreadsheets of the person whose run it is. Here without an agent, with an access token of one's own,
//! against an emulated Google:
//!
//! ```
//! use std::sync::Arc;
//! use serde_json::json;
//! use toolgate_auth::{Access, AccessToken, Principal};
//! use toolgate_http::{Endpoints, HttpClient};
//! use toolgate_sheets::SheetsToolkit;
//! use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = toolgate_emulator::Emulator::builder().start().await?;
//! # let token = google.issue_token("alice@example.com", &["https://www.googleapis.com/auth/spreadsheets"]);
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
//! let sheets = BoundToolkit::with_access(Arc::new(SheetsToolkit::new()), access);
//! let registry = Registry::new(vec![sheets], Pipeline::new())?;
//! let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//!
//! let made = alice.call("create_sheet", json!({"title": "Costs"})).await?;
//! let id = &made["spreadsheet_id"];
//! let rows = json!([["Item", "Price"], ["Train", 450], ["Total", "=SUM(B2:B2)"]]);
//! let write = json!({"spreadsheet_id": id, "range_name": "A1", "data": rows});
//! alice.call("update_sheet", write).await?;
//! let found = json!({"spreadsheet_id": id, "filter": ["Item = total"]});
//! let found = alice.call("read_records", found).await?;
//! assert!(found["rows"].as_str().unwrap_or_default().contains("3,Total,450"));
//! # Ok(())
//! # }
//! ```
//!
//! More are there for those who ask for them, by name, by what they can do, or all: several ranges read or
//! written at once, ranges emptied, words replaced, rows appended and changed by the names of columns, tabs,
//! formats, and copies of a whole spreadsheet. Consent asks for what the chosen ones need:
//!
//! ```
//! use toolgate_sheets::SheetsToolkit;
//! use toolgate_toolkit::{Selection, Toolkit};
//!
//! let sheets = SheetsToolkit::new().with_tools(Selection::only(["read_sheet", "read_records"]))?;
//! let scopes = sheets.requirement().least_scopes().to_vec();
//! assert_eq!(scopes, ["https://www.googleapis.com/auth/spreadsheets.readonly"]);
//! # Ok::<(), toolgate_toolkit::Error>(())
//! ```
//!
//! # What holds
//!
//! - A range is A1 notation, with any name of a tab; what is none is refused with a hint before Google is asked.
//! - A cell is a number, a text, a boolean, an error, a date as clocks in the spreadsheet's zone show it, or a
//!   formula with its value; of a text that reads like one of the others it shows that it is a text.
//! - Every result fits a budget ([`SheetsToolkit::with_result_budget`]) and says where it goes on, within a row
//!   and within a cell if it has to.
//! - The spreadsheet of a call wins over that of the toolkit ([`SheetsToolkit::with_spreadsheet`]).
//! - What is written is typed, or stays the text that it is, by choice (`value_input`).
//! - What was read has a `revision`, and a write that `expect`s it is refused where a cell of it changed. It is a
//!   digest of what was entered into these cells: Drive's version of a file would count every change anywhere in
//!   it, and needs a scope of its own. Google has no condition for a write, so that a change in the moment
//!   between the look and the write is not noticed.
//! - A range that the person may not change is refused by name before anything is written, as far as the range
//!   is known before. Where words are replaced in all tabs, a tab is renamed, or the rows of a large tab are
//!   appended, Google refuses, and the error says so.
//! - Rows are appended once. The tab is read before; where Google gives no clear answer it is read again, and
//!   one block of such rows more than before is the one. Writes to a place are repeated and looked up. The result says
//!   `written (confirmed by look-up)`, or the error says `not written`, or `unknown` with where to look. Of a tab with more
//!   than half a million cells nothing is known before, and a new spreadsheet cannot be looked up: these
//!   stay `unknown`.
//! - What others wrote stands between marks that nobody can foresee, and so nobody can close.
//!
//! # What it does not do
//!
//! It makes no charts, pivot tables or conditional formats, sets no protection, and deletes no spreadsheet. It
//! inserts and deletes no columns. It reads nothing of merged cells: what is written to one that another one covers
//! stands where nobody sees it. For what no tool does, program code can have
//! the hub of google-sheets4 ([`SheetsToolkit::hub`]), past all that holds above.

mod a1;
mod append;
mod book;
mod catalogue;
mod cell;
mod duplicate;
mod error;
mod find;
mod fits;
mod format;
mod grid;
mod hub;
mod read;
mod records;
mod rows;
mod settlement;
mod setup;
mod spreadsheet;
mod tabs;
mod toolkit;
mod typed;
mod window;
mod wire;
mod write;

pub use google_sheets4;
pub use hub::SheetsHub;
pub use toolkit::{LEAST_RESULT_BUDGET, SheetsToolkit};
