//! How a toolkit was set up, as far as its tools have to know.

use std::time::Duration;

use toolgate_toolkit::{DEFAULT_RESULT_BUDGET, Folders, ToolContext};

use crate::toolkit::LEAST_RESULT_BUDGET;

/// How long an unclear end is looked into, unless set otherwise.
const SETTLEMENT: Duration = Duration::from_secs(10);

/// What the tools of one toolkit share.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Characters of a result.
    pub(crate) budget: usize,
    /// Where files are read and written.
    pub(crate) folders: Folders,
    /// How long an unclear end is looked into.
    pub(crate) settlement: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            budget: DEFAULT_RESULT_BUDGET,
            folders: Folders::new(),
            settlement: SETTLEMENT,
        }
    }
}

impl Setup {
    /// The same within what the run of a call allows.
    pub(crate) fn within(&self, cx: &ToolContext) -> Self {
        Self {
            budget: bounded(cx, self.budget),
            ..self.clone()
        }
    }
}

/// What a result may take: no more than the toolkit and the run allow, so that nothing is cut behind a handle to read on.
pub(crate) fn bounded(cx: &ToolContext, budget: usize) -> usize {
    cx.result_budget()
        .map_or(budget, |most| budget.min(most))
        .max(LEAST_RESULT_BUDGET)
}
