//! The toolkit: which tools, how much they return, and where consent comes from.

use std::{sync::Arc, time::Duration};

use toolgate_toolkit::{ConsentSource, Selection, Tool, Toolkit};

use crate::{catalogue::catalogue, setup::Setup};

/// The toolkit's name, and that of its service.
pub(crate) const NAME: &str = "sheets";

/// The least that a result may be bounded to, in characters of compact JSON.
pub const LEAST_RESULT_BUDGET: usize = 4_000;

/// Sheets' tools. It holds configuration only: whose files they reach comes with each run.
///
/// ```
/// use toolgate_sheets::SheetsToolkit;
/// use toolgate_toolkit::Toolkit;
///
/// let sheets = SheetsToolkit::new();
/// let names: Vec<&str> = sheets.tools().iter().map(|tool| tool.spec().name).collect();
/// assert_eq!(
///     names,
///     ["read_sheet", "get_spreadsheet", "read_records", "create_sheet", "update_sheet", "append_rows"]
/// );
/// ```
///
/// With a spreadsheet of its own, which a call that names another one overrules:
///
/// ```
/// use toolgate_sheets::SheetsToolkit;
///
/// let link = "https://docs.google.com/spreadsheets/d/1aBcD-_x/edit#gid=0";
/// let sheets = SheetsToolkit::new().with_spreadsheet(link).with_range("Tracker!A:F");
/// ```
///
/// Configured: readers only, shorter results, and a consent of its own that is kept in a store.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::MemoryDatabase;
/// use toolgate_sheets::SheetsToolkit;
/// use toolgate_toolkit::{Selection, Toolkit};
///
/// let sheets = SheetsToolkit::new()
///     .with_tools(Selection::read_only())?
///     .with_result_budget(8_000)
///     .store(Arc::new(MemoryDatabase::new()))
///     .store_tokens(true);
/// assert!(sheets.tools().iter().all(|tool| tool.spec().risk.is_read_only()));
///
/// let unknown = SheetsToolkit::new().with_tools(Selection::only(["raed_sheet"]));
/// assert!(unknown.is_err());
/// # Ok::<(), toolgate_toolkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SheetsToolkit {
    selection: Selection,
    setup: Setup,
    consent: ConsentSource,
}

impl Default for SheetsToolkit {
    fn default() -> Self {
        Self::new()
    }
}

impl SheetsToolkit {
    /// The tools that most tasks need.
    pub fn new() -> Self {
        Self {
            selection: Selection::core(),
            setup: Setup::default(),
            consent: ConsentSource::new(),
        }
    }

    /// The spreadsheet, by its id or a link, that is meant where a call names none. What a call names is what it
    /// gets.
    #[must_use]
    pub fn with_spreadsheet(self, spreadsheet: impl Into<String>) -> Self {
        Self {
            setup: Setup {
                spreadsheet: Some(spreadsheet.into()),
                ..self.setup
            },
            ..self
        }
    }

    /// The range that `read_sheet` reads where a call names none. Nothing is written into it unasked.
    #[must_use]
    pub fn with_range(self, range: impl Into<String>) -> Self {
        Self {
            setup: Setup {
                range: Some(range.into()),
                ..self.setup
            },
            ..self
        }
    }

    /// How long is looked for what may have been written where Google gave no clear answer; ten seconds
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

    toolgate_toolkit::setup_methods!(NAME, catalogue, LEAST_RESULT_BUDGET);
    toolgate_toolkit::consent_methods!(consent);
}

impl Toolkit for SheetsToolkit {
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
