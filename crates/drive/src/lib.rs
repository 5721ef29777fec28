//! Google Drive tools for LLM agents, per user, on Toolgate.
//!
//! [`DriveToolkit`] gives an agent the tools that most tasks need: `list_files`, `search_files`,
//! `read_file`, `get_file`, `create_folder` and `create_document`. It is a definition and holds nobody's
//! credential: an agent's builder takes it, binds it to the agent's database, and each run reaches the
//! files of the person whose run it is. Here without an agent, with an access token of one's own, against
//! an emulated Google:
//!
//! ```
//! use std::sync::Arc;
//! use serde_json::json;
//! use toolgate_auth::{Access, AccessToken, Principal};
//! use toolgate_drive::DriveToolkit;
//! use toolgate_http::{Endpoints, HttpClient};
//! use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = toolgate_emulator::Emulator::builder().start().await?;
//! # let token = google.issue_token("alice@example.com", &["https://www.googleapis.com/auth/drive"]);
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
//! let drive = BoundToolkit::with_access(Arc::new(DriveToolkit::new()), access);
//! let registry = Registry::new(vec![drive], Pipeline::new())?;
//! let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//!
//! let made = alice
//!     .call("create_document", json!({"title": "Plan", "content": "# Plan\n\nLisbon, in May."}))
//!     .await?;
//! let found = alice.call("search_files", json!({"name": "Plan", "type": "document"})).await?;
//! assert_eq!(found["files"][0]["id"], made["id"]);
//! let read = alice.call("read_file", json!({"file_id": made["id"]})).await?;
//! assert!(read["text"].as_str().unwrap_or_default().contains("Lisbon, in May."));
//! # Ok(())
//! # }
//! ```
//!
//! More are there for those who ask for them, by name, by what they can do, or all: folder trees, uploads
//! and downloads, exports, moves, copies, the trash, sharing, comments, revisions, shared drives, changes,
//! and how much room is left. Consent asks for what the chosen ones need:
//!
//! ```
//! use toolgate_drive::DriveToolkit;
//! use toolgate_toolkit::{Selection, Toolkit};
//!
//! let drive = DriveToolkit::new().with_tools(Selection::only(["search_files", "rename_file"]))?;
//! let scopes = drive.requirement().least_scopes().to_vec();
//! assert_eq!(scopes, ["https://www.googleapis.com/auth/drive.metadata"]);
//! # Ok::<(), toolgate_toolkit::Error>(())
//! ```
//!
//! # What holds
//!
//! - No text of a search gets out of its quotes, and a query of a model's own stays one term.
//! - A search for what files say is not sorted, which Drive refuses; any other is, the latest first.
//! - Documents are read as Markdown, spreadsheets as CSV, office files, PDF and text of any charset by
//!   bounded workers. Every result fits a budget ([`DriveToolkit::with_result_budget`]) and says how to
//!   read on: pages by `next_page_token`, a text by `next_offset`.
//! - Whatever is in a shared drive is found and reached, opened or not, and a shortcut stands for what it
//!   points to: its content, its files, its people, its comments.
//! - A new file is made once, whatever happens on the way: it carries an id or a mark of ours, and where
//!   Google gives no clear answer a look-up decides. The result says `created (confirmed by look-up)`, or
//!   the error says `not created`, or `unknown` with where to look. So it is with shares, moves, comments
//!   and replies; who said the same before is told `unknown`.
//! - A large file goes in pieces and never stands in memory whole. What breaks goes on where it broke, and
//!   what arrives is checked by the digest that Google tells.
//! - Files are read from and written to the folders of [`DriveToolkit::with_folders`] and nowhere else; no
//!   file is overwritten, and nothing is left of a download that broke.
//! - What others wrote stands between marks that nobody can foresee, and so nobody can close.
//!
//! # What it does not do
//!
//! It deletes nothing for good, empties no trash, and gives no file another owner. Of a spreadsheet it
//! reads the first tab, since Google exports no other. A document has to be no larger than Google exports,
//! which is 10 MB. It changes no content of a file that is there. With `drive.file` alone Google lets no
//! file be put into a folder that the application did not make. For what no tool does, program code can
//! have the hub of google-drive3 ([`DriveToolkit::hub`]), past all that holds above.

mod account;
mod catalogue;
mod create;
mod download;
mod error;
mod formats;
mod hub;
mod look;
mod memory;
mod organise;
mod query;
mod read;
mod revisions;
mod search;
mod settlement;
mod setup;
mod sharing;
mod talk;
mod toolkit;
mod tree;
mod upload;
mod view;
mod wider;
mod wire;

pub use google_drive3;
pub use hub::DriveHub;
pub use toolkit::{DriveToolkit, LEAST_RESULT_BUDGET};
