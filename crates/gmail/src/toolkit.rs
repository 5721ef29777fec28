//! The toolkit: which tools, how much they return, and where consent comes from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toolgate_auth::{Access, GoogleAuth, TokenFile, store::Database};
use toolgate_toolkit::{
    DEFAULT_RESULT_BUDGET, Error, Risk, Selection, StorageWish, Tool, Toolkit, typed_tool,
};

use crate::{draft, message, search, thread};

/// The toolkit's name, and that of its service.
const NAME: &str = "gmail";

/// The least that a result may be bounded to, in characters of compact JSON.
pub const LEAST_RESULT_BUDGET: usize = 4_000;

/// Gmail's tools. It holds configuration only: whose mail they read comes with each run.
///
/// ```
/// use toolgate_gmail::GmailToolkit;
/// use toolgate_toolkit::Toolkit;
///
/// let gmail = GmailToolkit::new();
/// let names: Vec<&str> = gmail.tools().iter().map(|tool| tool.spec().name).collect();
/// assert_eq!(
///     names,
///     ["search_emails", "get_message", "get_thread", "create_draft_email"]
/// );
/// ```
///
/// Configured: readers only, shorter results, and a consent of its own that is kept in a store.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::MemoryDatabase;
/// use toolgate_gmail::GmailToolkit;
/// use toolgate_toolkit::{Selection, Toolkit};
///
/// let gmail = GmailToolkit::new()
///     .with_tools(Selection::read_only())?
///     .with_result_budget(8_000)
///     .store(Arc::new(MemoryDatabase::new()))
///     .store_tokens(true);
/// assert_eq!(gmail.tools().len(), 3);
///
/// let unknown = GmailToolkit::new().with_tools(Selection::only(["serch_emails"]));
/// assert!(unknown.is_err());
/// # Ok::<(), toolgate_toolkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GmailToolkit {
    selection: Selection,
    budget: usize,
    storage: StorageWish,
    store: Option<Arc<dyn Database>>,
    google_auth: Option<GoogleAuth>,
    token_file: PathBuf,
    access: Option<Access>,
}

impl Default for GmailToolkit {
    fn default() -> Self {
        Self::new()
    }
}

impl GmailToolkit {
    /// The tools that most tasks need.
    pub fn new() -> Self {
        Self {
            selection: Selection::core(),
            budget: DEFAULT_RESULT_BUDGET,
            storage: StorageWish::Default,
            store: None,
            google_auth: None,
            token_file: TokenFile::DEFAULT.into(),
            access: None,
        }
    }

    /// These tools only. Consent asks for what they need and no more.
    ///
    /// # Errors
    /// When a name is none of the toolkit's, or no tool is left.
    pub fn with_tools(self, selection: Selection) -> Result<Self, Error> {
        selection.choose(NAME, catalogue(self.budget))?;
        Ok(Self { selection, ..self })
    }

    /// Bounds each result to this many characters of compact JSON, at least
    /// [`LEAST_RESULT_BUDGET`]. What does not fit can be read on.
    #[must_use]
    pub fn with_result_budget(self, characters: usize) -> Self {
        Self {
            budget: characters.max(LEAST_RESULT_BUDGET),
            ..self
        }
    }

    /// Whether it keeps a consent of its own in a store; without a store, building the agent fails.
    #[must_use]
    pub fn store_tokens(self, wanted: bool) -> Self {
        let storage = if wanted {
            StorageWish::StoreTokens
        } else {
            StorageWish::Default
        };
        Self { storage, ..self }
    }

    /// A store of its own, in place of the agent's database.
    #[must_use]
    pub fn store(self, database: Arc<dyn Database>) -> Self {
        Self {
            store: Some(database),
            ..self
        }
    }

    /// How consent is obtained. Toolkits that are given the same one share a consent.
    #[must_use]
    pub fn google_auth(self, google: GoogleAuth) -> Self {
        Self {
            google_auth: Some(google),
            ..self
        }
    }

    /// Where the consent of a program of one person is kept that has no database, if not in
    /// `token.json` in the working folder. See [`TokenFile`].
    #[must_use]
    pub fn token_file(self, path: impl Into<PathBuf>) -> Self {
        Self {
            token_file: path.into(),
            ..self
        }
    }

    /// An explicit credential, such as an access token, for whoever runs the agent.
    #[must_use]
    pub fn access(self, access: Access) -> Self {
        Self {
            access: Some(access),
            ..self
        }
    }
}

impl Toolkit for GmailToolkit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        // `with_tools` has tried the selection.
        let tools = self.selection.choose(NAME, catalogue(self.budget));
        let tools = tools.unwrap_or_default();
        tracing::debug!(tools = tools.len(), "offered");
        tools
    }

    fn instructions(&self) -> Option<String> {
        Some(include_str!("instructions.txt").trim_end().to_owned())
    }

    fn storage(&self) -> StorageWish {
        self.storage
    }

    fn explicit_store(&self) -> Option<Arc<dyn Database>> {
        self.store.clone()
    }

    fn google_auth(&self) -> Option<&GoogleAuth> {
        self.google_auth.as_ref()
    }

    fn token_file(&self) -> &Path {
        &self.token_file
    }

    fn explicit_access(&self) -> Option<&Access> {
        self.access.as_ref()
    }
}

/// All tools.
fn catalogue(budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "search_emails",
            Risk::Read,
            search::METHODS,
            move |cx, args| search::search_emails(cx, args, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "get_message",
            Risk::Read,
            message::METHODS,
            move |cx, args| message::get_message(cx, args, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "get_thread",
            Risk::Read,
            thread::METHODS,
            move |cx, args| thread::get_thread(cx, args, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "create_draft_email",
            Risk::Draft,
            draft::METHODS,
            draft::create_draft_email,
        )
        .core()
        .shared(),
    ]
}
