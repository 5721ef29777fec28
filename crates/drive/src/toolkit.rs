//! The toolkit: which tools, how much they return, and where consent comes from.

use std::{sync::Arc, time::Duration};

use toolgate_google_http::Progress;
use toolgate_toolkit::{ConsentSource, Folders, Selection, Tool, Toolkit};

use crate::{catalogue::catalogue, setup::Setup};

/// The toolkit's name, and that of its service.
pub(crate) const NAME: &str = "drive";

/// The least that a result may be bounded to, in characters of compact JSON.
pub const LEAST_RESULT_BUDGET: usize = 4_000;

/// Drive's tools. It holds configuration only: whose files they reach comes with each run.
///
/// ```
/// use toolgate_drive::DriveToolkit;
/// use toolgate_toolkit::Toolkit;
///
/// let drive = DriveToolkit::new();
/// let names: Vec<&str> = drive.tools().iter().map(|tool| tool.spec().name).collect();
/// assert_eq!(
///     names,
///     ["list_files", "search_files", "read_file", "get_file", "create_folder", "create_document"]
/// );
/// ```
///
/// With tools that move files, and a folder for them on this machine:
///
/// ```
/// use toolgate_drive::DriveToolkit;
/// use toolgate_toolkit::{Folders, Selection};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let drive = DriveToolkit::new()
///     .with_tools(Selection::only(["search_files", "upload_file", "download_file"]))?
///     .with_folders(Folders::new().with_read(folder)?.with_write(folder)?.with_max_file(1 << 30))
///     .with_progress(|done, all| println!("{done} of {all:?} bytes"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Configured: readers only, shorter results, and a consent of its own that is kept in a store.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::MemoryDatabase;
/// use toolgate_drive::DriveToolkit;
/// use toolgate_toolkit::{Selection, Toolkit};
///
/// let drive = DriveToolkit::new()
///     .with_tools(Selection::read_only())?
///     .with_result_budget(8_000)
///     .store(Arc::new(MemoryDatabase::new()))
///     .store_tokens(true);
/// assert!(drive.tools().iter().all(|tool| tool.spec().risk.is_read_only()));
///
/// let unknown = DriveToolkit::new().with_tools(Selection::only(["serch_files"]));
/// assert!(unknown.is_err());
/// # Ok::<(), toolgate_toolkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DriveToolkit {
    selection: Selection,
    setup: Setup,
    consent: ConsentSource,
}

impl Default for DriveToolkit {
    fn default() -> Self {
        Self::new()
    }
}

impl DriveToolkit {
    /// The tools that most tasks need.
    pub fn new() -> Self {
        Self {
            selection: Selection::core(),
            setup: Setup::default(),
            consent: ConsentSource::new(),
        }
    }

    /// The folders from which files may be uploaded, and into which they may be downloaded. Without
    /// them no tool reads or writes a file on this machine.
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

    /// How long is looked for what may have been made where Google gave no clear answer; ten seconds
    /// unless said. What no look-up within this time finds counts as not made, except for documents: they are looked for by
    /// a search, which may show them late, so that their end is told as unknown.
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

    /// Tells this function, after each piece of an upload or a download, how many bytes are over and how
    /// many there are, where that is known.
    #[must_use]
    pub fn with_progress(self, told: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self {
            setup: Setup {
                progress: Some(Progress::new(told)),
                ..self.setup
            },
            ..self
        }
    }

    toolgate_toolkit::setup_methods!(NAME, catalogue, LEAST_RESULT_BUDGET);
    toolgate_toolkit::consent_methods!(consent);
}

impl Toolkit for DriveToolkit {
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
        Some(include_str!("instructions.txt").trim_end().to_owned())
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}
