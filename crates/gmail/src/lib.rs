//! Gmail tools for LLM agents, per user, on Toolgate.
//!
//! [`GmailToolkit`] gives an agent the tools that most tasks need: `search_emails`, `get_message`,
//! `get_thread` and `create_draft_email`. It is a definition and holds nobody's credential: an
//! agent's builder takes it, binds it to the agent's database, and each run reads the mail of the
//! person whose run it is. Here without an agent, with an access token of one's own, against an
//! emulated Google:
//!
//! ```
//! use std::sync::Arc;
//! use serde_json::json;
//! use toolgate_auth::{Access, AccessToken, Principal};
//! use toolgate_gmail::GmailToolkit;
//! use toolgate_http::{Endpoints, HttpClient};
//! use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = toolgate_emulator::Emulator::builder().start().await?;
//! # let scope = "https://www.googleapis.com/auth/gmail.modify";
//! # let token = google.issue_token("alice@example.com", &[scope]);
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
//! let gmail = BoundToolkit::with_access(Arc::new(GmailToolkit::new()), access);
//! let registry = Registry::new(vec![gmail], Pipeline::new())?;
//! let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//!
//! let page = alice.call("search_emails", json!({"query": "is:unread from:carol"})).await?;
//! let mail = &page["emails"][0];
//! assert_eq!(mail["subject"], "Re: Offsite in Lisbon: dates");
//!
//! let answer = json!({"message_id": mail["id"], "body": "Yes, please confirm."});
//! let saved = alice.call("create_draft_email", answer).await?;
//! assert_eq!(saved["to"], "Carol Reyes <carol@partner.example>");
//! assert_eq!(saved["thread_id"], mail["thread_id"]);
//! # Ok(())
//! # }
//! ```
//!
//! More are there for those who ask for them, by name, by what they can do, or all: presets of the
//! search, threads, drafts, what changed since a state of the mailbox, how to leave a mailing list;
//! labels, stars, the archive and the bin, for one mail or for all that a search finds; filters,
//! signatures and automatic answers. Consent asks for what the chosen ones need.
//!
//! ```
//! use toolgate_gmail::GmailToolkit;
//! use toolgate_toolkit::{Selection, Toolkit};
//!
//! # use std::sync::Arc;
//! # use serde_json::json;
//! # use toolgate_auth::{Access, AccessToken, Principal};
//! # use toolgate_http::{Endpoints, HttpClient};
//! # use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let names = ["search_emails", "get_message", "apply_label", "archive_email"];
//! let gmail = GmailToolkit::new().with_tools(Selection::only(names))?;
//! let scopes = gmail.requirement().least_scopes();
//! # let scopes: Vec<&str> = scopes.iter().collect();
//! assert_eq!(scopes, ["https://www.googleapis.com/auth/gmail.modify"]);
//!
//! # let google = toolgate_emulator::Emulator::builder().start().await?;
//! # let token = google.issue_token("alice@example.com", &scopes);
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! # let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
//! # let gmail = BoundToolkit::with_access(Arc::new(gmail), access);
//! # let registry = Registry::new(vec![gmail], Pipeline::new())?;
//! # let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//! let arguments = json!({"query": "from:billing@hosting.example", "label": "Invoices"});
//! let applied = alice.call("apply_label", arguments).await?;
//! assert_eq!((&applied["mails"], &applied["created"]), (&json!(1), &json!(true)));
//! # Ok(())
//! # }
//! ```
//!
//! # What holds
//!
//! - Mail is read to the end of its MIME structure, in its charset, and HTML becomes Markdown. Of a
//!   message that says the same in several ways, the richer one is read.
//! - Every result fits a budget of characters ([`GmailToolkit::with_result_budget`]) and says what
//!   was left out and how to read on: pages by `next_page_token`, a mail by `next_offset`, a
//!   conversation by `next_skip`. Identifiers are never cut.
//! - A list reads what it shows through Gmail's batch endpoint. What cannot be read is named in the
//!   result and spoils no other.
//! - An invitation and a delivery report are read with the mail that brings them.
//! - Labels are given by name or id, in any case. An unknown one is refused with near ones, and
//!   Gmail's own are protected: no label brings a mail into the bin or into spam, which the tools
//!   made for it do.
//! - Changes of many mails take all that matches, up to a count that is said, and tell what they
//!   could not do. Labels change nothing when they are put on twice, so a lost answer is repeated.
//! - What others wrote stands between marks that nobody can foresee, and so nobody can close.
//! - An answer goes to whom the mail came from, under its subject, in its thread: by the
//!   `Message-ID` and `References` of RFC 5322, so that every mail program sees it there.
//! - Nothing that a model writes gets into a header or a path as anything but a value.
//! - A mail is sent once and a draft saved once, whatever happens on the way. Each carries marks of its
//!   own before it leaves; where Google gives no clear answer, look-ups by these decide
//!   ([`GmailToolkit::with_settlement_time`]), and the result says `sent (confirmed by look-up)`, or the
//!   error says `not sent`, or `unknown` with where to look. Nothing is sent a second time.
//! - A draft that is changed keeps what is not mentioned, byte for byte.
//! - Mail goes out from the person's own addresses only, under the names that their settings give them.
//! - Files are read from and written to the folders of [`GmailToolkit::with_folders`] and nowhere else;
//!   their sizes are checked first, and no file is overwritten.
//! - Saving a filter is not repeated once it may have been done.
//! - Ways to leave a mailing list are told, and never opened.
//!
//! # What it does not do
//!
//! Without being told, it sends nothing: the tools that send are not among those of
//! [`GmailToolkit::new`], which save drafts for the person to check. Once turned on, Gmail itself sends
//! automatic answers: the tool that does so has the risk of sending. No filter that it makes forwards
//! mail. It schedules no mail, signs and encrypts none, and passes mail on as its text. For what no
//! tool does, program code can have the hub of google-gmail1 ([`GmailToolkit::hub`]), past all that
//! holds above.

mod addresses;
mod attachment;
mod bulk;
mod catalogue;
mod changes;
mod compose;
mod draft;
mod drafts;
mod error;
mod filters;
mod forward;
mod hub;
mod labels;
mod letter;
mod marks;
mod message;
mod mime;
mod outbox;
mod pieces;
mod presets;
mod search;
mod send;
mod settle;
mod settlement;
mod setup;
mod thread;
mod threads;
mod toolkit;
mod unsubscribe;
mod update;
mod vacation;
mod view;
mod wire;

pub use google_gmail1;
pub use hub::GmailHub;
pub use toolkit::{GmailToolkit, LEAST_RESULT_BUDGET};
