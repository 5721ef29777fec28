//! The contract between toolkits and whoever runs them: typed tools, risks, schemas, binding, one
//! pipeline.
//!
//! A [`Toolkit`] is a definition. [`bind`] gives each a store and a guard, and says why
//! ([`BindingReport`]); a [`Registry`] holds the bound ones; each run takes one person's tools from
//! it ([`Registry::for_run`]) and calls them through the [`Pipeline`].
//!
//! ```
//! use std::sync::Arc;
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//! use toolgate_auth::{Access, AccessToken, Principal};
//! use toolgate_http::{Endpoints, HttpClient};
//! use toolgate_toolkit::{
//!     BoundToolkit, Pipeline, Registry, Risk, RunScope, Tool, ToolContext, ToolError, Toolkit,
//!     typed_tool,
//! };
//!
//! /// Adds two numbers.
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Add {
//!     /// The one.
//!     a: i64,
//!     /// The other; nothing is added without it.
//!     b: Option<i64>,
//! }
//!
//! #[derive(Serialize, JsonSchema)]
//! struct Sum {
//!     sum: i64,
//! }
//!
//! async fn add(_cx: ToolContext, args: Add) -> Result<Sum, ToolError> {
//!     Ok(Sum { sum: args.a + args.b.unwrap_or(0) })
//! }
//!
//! #[derive(Debug)]
//! struct Sums;
//!
//! impl Toolkit for Sums {
//!     fn name(&self) -> &'static str {
//!         "sums"
//!     }
//!
//!     fn tools(&self) -> Vec<Arc<dyn Tool>> {
//!         vec![typed_tool("add", Risk::Read, &[], add).core().shared()]
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let token = AccessToken::parse("ya29.a0Af")?;
//! let access = Access::from_token(token, HttpClient::new()?, Endpoints::google());
//! let bound = BoundToolkit::with_access(Arc::new(Sums), access);
//! let registry = Registry::new(vec![bound], Pipeline::new())?;
//!
//! let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//! assert_eq!(alice.call("add", json!({"a": 2, "b": 3})).await?, json!({"sum": 5}));
//! let error = alice.call("add", json!({"a": "two"})).await.unwrap_err();
//! assert_eq!(
//!     error.message(),
//!     "the argument `a` is not usable: it is text; a good value is a whole number"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! What it does not do: it opens no connection, stores nothing, and knows neither a model nor a
//! product of Google's.

mod account;
mod arguments;
mod binding;
mod bound;
mod budget;
mod consent;
mod context;
mod error;
mod fault;
mod files;
mod pipeline;
mod policy;
mod registry;
mod risk;
pub mod schema;
mod selection;
mod setup;
pub mod sized;
mod spec;
mod tool;
mod toolkit;
mod untrusted;

pub use binding::{BindingMode, BindingReason, BindingReport, StoreChoice, Wish, decide};
pub use bound::{BoundToolkit, Unbound, bind};
pub use budget::LEAST as LEAST_RESULT_BUDGET;
pub use consent::{ConsentSource, StorageWish};
pub use context::{Cancellation, RunScope, ToolContext};
pub use error::ToolError;
pub use fault::Error;
pub use files::{Folders, NewFile, OpenFile, ReadFile, SavedFile, safe_file_name};
pub use pipeline::{DEFAULT_RESULT_BUDGET, Pipeline};
pub use policy::{AllowAll, Audit, CallInfo, HubInfo, NoAudit, Policy};
pub use registry::{Registry, RunTools};
pub use risk::Risk;
pub use selection::Selection;
pub use spec::ToolSpec;
pub use tool::{Tool, TypedTool, typed_tool};
pub use toolkit::Toolkit;
pub use untrusted::Fence;

/// What [`consent_methods!`] writes into signatures, for crates that name it nowhere else.
#[doc(hidden)]
pub mod auth {
    pub use toolgate_auth::{Access, GoogleAuth, store::Database};
}
