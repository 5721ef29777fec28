//! Google Slides tools for LLM agents, per user, on Toolgate.
//!
//! [`SlidesToolkit`] gives an agent the tools that most tasks need: `list_presentations`,
//! `get_presentation`, `read_all_text`, `create_from_outline`, `add_slide`, `set_element_text` and
//! `replace_all_text`. It is a definition and holds nobody's credential: an agent's builder takes it, binds
//! it to the agent's database, and each run reaches the presentations of the person whose run it is. Here
//! without an agent, with an access token of one's own, against an emulated Google:
//!
//! ```
//! use std::sync::Arc;
//! use serde_json::json;
//! use toolgate_auth::{Access, AccessToken, Principal};
//! use toolgate_http::{Endpoints, HttpClient};
//! use toolgate_slides::SlidesToolkit;
//! use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = toolgate_emulator::Emulator::builder().start().await?;
//! # let scope = "https://www.googleapis.com/auth/presentations";
//! # let token = google.issue_token("alice@example.com", &[scope]);
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
//! let slides = BoundToolkit::with_access(Arc::new(SlidesToolkit::new()), access);
//! let registry = Registry::new(vec![slides], Pipeline::new())?;
//! let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//!
//! let outline = "# Offsite\n\nLisbon, in May\n\n## Why\n\n- We meet\n\n> Notes: say thanks\n";
//! let made = alice.call("create_from_outline", json!({"outline": outline})).await?;
//! let read = alice
//!     .call("read_all_text", json!({"presentation_id": made["presentation_id"]}))
//!     .await?;
//! assert!(read["slides"][0]["text"].as_str().unwrap_or_default().contains("Lisbon, in May"));
//! assert!(read["slides"][1]["notes"].as_str().unwrap_or_default().contains("say thanks"));
//! # Ok(())
//! # }
//! ```
//!
//! More are there for those who ask for them, by name, by what they can do, or all: metadata and single
//! pages, speaker notes, thumbnails, exports, templates, text boxes, tables, images, videos, backgrounds,
//! elements moved, changed and deleted. Consent asks for what the chosen ones need:
//!
//! ```
//! use toolgate_slides::SlidesToolkit;
//! use toolgate_toolkit::{Selection, Toolkit};
//!
//! let slides = SlidesToolkit::new().with_tools(Selection::only(["read_all_text"]))?;
//! let scopes = slides.requirement().least_scopes().to_vec();
//! assert_eq!(scopes, ["https://www.googleapis.com/auth/presentations.readonly"]);
//! # Ok::<(), toolgate_toolkit::Error>(())
//! ```
//!
//! # What holds
//!
//! - A change is one batch: it is done whole or not at all. What is new has an id of our own, so that a
//!   look-up decides where Google gives no clear answer; the result says `added (confirmed by look-up)`, or
//!   the error says `not added`, or `unknown` with where to look.
//! - Where slides stand, which passage is deleted, what an element or notes were, which cells a table has:
//!   a change that depends on this is made at the revision at which it was read, or not at all. A slide
//!   that is added or copied, and a text that is set whole, needs none and is asked for at none.
//! - Every text has its place or is told as one that has none; passages are found by UTF-16 units, as
//!   Google counts.
//! - What is read is compact, fits a budget ([`SlidesToolkit::with_result_budget`]), and goes on at the exact
//!   place by `next_page_token`, also within a text. Notes are read, and so is what stands in groups.
//! - A presentation goes to the trash; destroying it has to be asked for in so many words. `delete_slide`
//!   deletes slides and nothing else.
//! - An image comes from a public address, which Google shows as its source. A file in Drive is inserted
//!   if it is public already; no tool ever shares a file in order to insert it.
//! - Thumbnails and exports are written to the folder of [`SlidesToolkit::with_folders`] and nowhere else.
//! - What others wrote stands between marks that nobody can foresee, and so nobody can close.
//!
//! # What it does not do
//!
//! It draws no lines and charts, and changes no theme, colour or animation. Whether a new presentation
//! was made where Google's answer was lost nobody can look up: that stays unknown. Text that has the colour
//! of what is behind it is not told from other text; what is transparent or smaller than two points is left
//! out. There is no living crate of Google's types for Slides, and so no hub to hand out: the types are
//! generated from the discovery document and are not public. What no tool does, a program asks of Google
//! with a client of its own.

mod arrange;
mod catalogue;
mod create;
mod edit;
mod elements;
mod error;
mod export;
mod find;
mod ids;
mod layouts;
mod list;
mod notes;
mod outline;
mod pages;
mod read;
mod remove;
mod settlement;
mod setup;
mod slides;
mod template;
mod text;
mod thumbnail;
mod toolkit;
mod urls;
mod view;
mod wire;
mod write;

pub use toolkit::{LEAST_RESULT_BUDGET, SlidesToolkit};
