//! The toolkit: which tools, how much they return, and where consent comes from.

use std::{sync::Arc, time::Duration};

use toolgate_toolkit::{ConsentSource, Risk, Selection, Tool, Toolkit};

use crate::{catalogue::catalogue, hours::WorkingHours, setup::Setup};

/// The toolkit's name, and that of its service.
pub(crate) const NAME: &str = "calendar";

/// The least that a result may be bounded to, in characters of compact JSON.
pub const LEAST_RESULT_BUDGET: usize = 4_000;

/// What a model is told where tools write.
const WRITES: &str = "Guests get mail only with notify_attendees. Where an error says unknown, look before repeating.";
/// What a model is told where none does.
const READS: &str = "Nothing is changed.";

/// Calendar's tools. It holds configuration only: whose calendar they read comes with each run.
///
/// ```
/// use toolgate_calendar::CalendarToolkit;
/// use toolgate_toolkit::Toolkit;
///
/// let calendar = CalendarToolkit::new();
/// let names: Vec<&str> = calendar.tools().iter().map(|tool| tool.spec().name).collect();
/// assert_eq!(
///     names,
///     [
///         "list_events",
///         "get_event",
///         "find_available_slots",
///         "create_event",
///         "update_event"
///     ]
/// );
/// ```
///
/// For somebody who works from Sunday to Wednesday, with the tools that look for time:
///
/// ```
/// use toolgate_calendar::{CalendarToolkit, WorkingHours};
/// use toolgate_toolkit::Selection;
///
/// let calendar = CalendarToolkit::new()
///     .with_tools(Selection::only(["find_available_slots", "book_meeting"]))?
///     .with_working_hours(WorkingHours::new("08:30", "16:30", ["sun", "mon", "tue", "wed"])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Configured: readers only, shorter results, and a consent of its own that is kept in a store.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::MemoryDatabase;
/// use toolgate_calendar::CalendarToolkit;
/// use toolgate_toolkit::{Selection, Toolkit};
///
/// let calendar = CalendarToolkit::new()
///     .with_tools(Selection::read_only())?
///     .with_result_budget(8_000)
///     .store(Arc::new(MemoryDatabase::new()))
///     .store_tokens(true);
/// assert!(calendar.tools().iter().all(|tool| tool.spec().risk.is_read_only()));
///
/// let unknown = CalendarToolkit::new().with_tools(Selection::only(["list_event"]));
/// assert!(unknown.is_err());
/// # Ok::<(), toolgate_toolkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CalendarToolkit {
    selection: Selection,
    setup: Setup,
    consent: ConsentSource,
}

impl Default for CalendarToolkit {
    fn default() -> Self {
        Self::new()
    }
}

impl CalendarToolkit {
    /// The tools that most tasks need.
    pub fn new() -> Self {
        Self {
            selection: Selection::core(),
            setup: Setup::default(),
            consent: ConsentSource::new(),
        }
    }

    /// When the person works, unless a call says otherwise. Without this, the hours that the person
    /// set in their calendar count, and where there are none, Monday to Friday from 9:00 to 17:00:
    /// always in the person's own zone, and never guessed from a language.
    #[must_use]
    pub fn with_working_hours(self, hours: WorkingHours) -> Self {
        Self {
            setup: Setup {
                hours: Some(hours),
                ..self.setup
            },
            ..self
        }
    }

    /// How long is looked for what may have been written where Google gave no clear answer;
    /// ten seconds unless said. What no look-up within this time finds counts as not done.
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

impl Toolkit for CalendarToolkit {
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
        let reads = self
            .tools()
            .iter()
            .all(|tool| tool.spec().risk == Risk::Read);
        let writing = if reads { READS } else { WRITES };
        let text = include_str!("instructions.txt").trim_end();
        Some(text.replace("{writing}", writing))
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}
