//! The toolkit: which tools, how much they return, and where consent comes from.

use std::{sync::Arc, time::Duration};

use toolgate_toolkit::{ConsentSource, Folders, Selection, Tool, Toolkit};

use crate::{catalogue::catalogue, setup::Setup};

/// The toolkit's name, and that of its service.
pub(crate) const NAME: &str = "slides";

/// The least that a result may be bounded to, in characters of compact JSON.
pub const LEAST_RESULT_BUDGET: usize = 4_000;

/// Slides' tools. It holds configuration only: whose presentations they reach comes with each run.
///
/// ```
/// use toolgate_slides::SlidesToolkit;
/// use toolgate_toolkit::Toolkit;
///
/// let slides = SlidesToolkit::new();
/// let names: Vec<&str> = slides.tools().iter().map(|tool| tool.spec().name).collect();
/// assert_eq!(
///     names,
///     [
///         "list_presentations",
///         "get_presentation",
///         "read_all_text",
///         "create_from_outline",
///         "add_slide",
///         "set_element_text",
///         "replace_all_text",
///     ]
/// );
/// ```
///
/// With tools that save files, and a folder for them on this machine:
///
/// ```
/// use toolgate_slides::SlidesToolkit;
/// use toolgate_toolkit::{Folders, Selection};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let slides = SlidesToolkit::new()
///     .with_tools(Selection::only(["get_slide_thumbnail", "export_presentation"]))?
///     .with_folders(Folders::new().with_write(folder)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Configured: readers only, shorter results, and a consent of its own that is kept in a store.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::MemoryDatabase;
/// use toolgate_slides::SlidesToolkit;
/// use toolgate_toolkit::{Selection, Toolkit};
///
/// let slides = SlidesToolkit::new()
///     .with_tools(Selection::read_only())?
///     .with_result_budget(8_000)
///     .store(Arc::new(MemoryDatabase::new()))
///     .store_tokens(true);
/// assert!(slides.tools().iter().all(|tool| tool.spec().risk.is_read_only()));
///
/// let unknown = SlidesToolkit::new().with_tools(Selection::only(["reed_all_text"]));
/// assert!(unknown.is_err());
/// # Ok::<(), toolgate_toolkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SlidesToolkit {
    selection: Selection,
    setup: Setup,
    consent: ConsentSource,
}

impl Default for SlidesToolkit {
    fn default() -> Self {
        Self::new()
    }
}

impl SlidesToolkit {
    /// The tools that most tasks need.
    pub fn new() -> Self {
        Self {
            selection: Selection::core(),
            setup: Setup::default(),
            consent: ConsentSource::new(),
        }
    }

    toolgate_toolkit::setup_methods!(NAME, catalogue, LEAST_RESULT_BUDGET);

    /// The folder into which thumbnails and exports are saved. Without it no tool writes a file on this
    /// machine.
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

    /// How long is looked into what became of a write to which Google gave no clear answer; ten seconds
    /// unless said.
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

    toolgate_toolkit::consent_methods!(consent);
}

impl Toolkit for SlidesToolkit {
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
