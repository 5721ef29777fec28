//! The toolkit: which tools, how much they return, and where consent comes from.

use std::{sync::Arc, time::Duration};

use toolgate_toolkit::{ConsentSource, Folders, Risk, Selection, Tool, Toolkit};

use crate::{catalogue::catalogue, setup::Setup};

/// The toolkit's name, and that of its service.
pub(crate) const NAME: &str = "gmail";

/// The least that a result may be bounded to, in characters of compact JSON.
pub const LEAST_RESULT_BUDGET: usize = 4_000;

/// What a model is told where tools send.
const SENDS: &str =
    "Mail that is sent is gone; where an error says unknown, look before repeating.";
/// What a model is told where none does.
const DRAFTS: &str = "Nothing is sent: drafts are for the person to check.";

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
/// With tools that send, and a folder for attachments:
///
/// ```
/// use toolgate_gmail::GmailToolkit;
/// use toolgate_toolkit::{Folders, Selection};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let gmail = GmailToolkit::new()
///     .with_tools(Selection::only(["search_emails", "send_email_reply", "download_attachment"]))?
///     .with_folders(Folders::new().with_read(folder)?.with_write(folder)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
/// assert!(gmail.tools().iter().all(|tool| tool.spec().risk.is_read_only()));
///
/// let unknown = GmailToolkit::new().with_tools(Selection::only(["serch_emails"]));
/// assert!(unknown.is_err());
/// # Ok::<(), toolgate_toolkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GmailToolkit {
    selection: Selection,
    setup: Setup,
    consent: ConsentSource,
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
            setup: Setup::default(),
            consent: ConsentSource::new(),
        }
    }

    /// The folders from which files may be attached, and into which attachments may be saved.
    /// Without them no tool reads or writes a file.
    #[must_use]
    pub fn with_folders(self, folders: Folders) -> Self {
        Self {
            setup: Setup {
                folders,
                ..self.setup
            },
            ..self
        }
    }

    /// How long is looked for what may have been sent or saved where Google gave no clear answer;
    /// ten seconds unless said. What no look-up within this time finds counts as not sent, if
    /// the last of them got an answer.
    #[must_use]
    pub fn with_settlement_time(self, settlement: Duration) -> Self {
        Self {
            setup: Setup {
                settlement,
                ..self.setup
            },
            ..self
        }
    }

    toolgate_toolkit::setup_methods!(NAME, catalogue, LEAST_RESULT_BUDGET);
    toolgate_toolkit::consent_methods!(consent);
}

impl Toolkit for GmailToolkit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        // `with_tools` has tried the selection.
        let tools = self.selection.choose(NAME, catalogue(&self.setup));
        let tools = tools.unwrap_or_default();
        tracing::debug!(tools = tools.len(), "offered");
        tools
    }

    fn instructions(&self) -> Option<String> {
        let sends = self
            .tools()
            .iter()
            .any(|tool| tool.spec().risk == Risk::Send);
        let sending = if sends { SENDS } else { DRAFTS };
        let text = include_str!("instructions.txt").trim_end();
        Some(text.replace("{sending}", sending))
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}
