//! How a toolkit was set up, as far as its tools have to know.

use std::time::Duration;

use toolgate_google_http::Settlement;
use toolgate_toolkit::{DEFAULT_RESULT_BUDGET, ToolContext};

use crate::toolkit::LEAST_RESULT_BUDGET;

/// What the tools of one toolkit share.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Characters of a result.
    pub(crate) budget: usize,
    /// How long an unclear end is looked into.
    pub(crate) settlement: Duration,
    /// The spreadsheet that is meant where a call names none.
    pub(crate) spreadsheet: Option<String>,
    /// The range of it that is read where a call names none.
    pub(crate) range: Option<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            budget: DEFAULT_RESULT_BUDGET,
            settlement: Settlement::TIME,
            spreadsheet: None,
            range: None,
        }
    }
}

impl Setup {
    /// The same within what the run of a call allows, so that nothing is cut behind a handle to read on.
    pub(crate) fn within(&self, cx: &ToolContext) -> Self {
        Self {
            budget: cx.bounded(self.budget, LEAST_RESULT_BUDGET),
            ..self.clone()
        }
    }
}
