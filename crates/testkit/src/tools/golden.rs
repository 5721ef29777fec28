//! Calls of a tool by which all sentences about it are shown.

use serde_json::Value;
use toolgate_emulator::{FaultAction, FaultRule};

/// One call that succeeds.
#[derive(Debug, Clone)]
pub struct Call {
    /// What the tool is given.
    pub arguments: Value,
    /// What goes wrong at Google meanwhile.
    pub faults: Vec<FaultRule>,
}

impl Call {
    /// A call while this happens.
    pub fn during(fault: FaultRule, arguments: Value) -> Self {
        Self {
            arguments,
            faults: vec![fault],
        }
    }
}

impl From<Value> for Call {
    /// A call during which nothing goes wrong.
    fn from(arguments: Value) -> Self {
        Self {
            arguments,
            faults: Vec::new(),
        }
    }
}

/// What is to be shown of a tool. Each part has to be there: a tool without it does not compile, or fails.
#[derive(Debug)]
pub struct Golden {
    /// Its name.
    pub tool: &'static str,
    /// Together they request each method that the tool names; the first needs no fault.
    pub good: Vec<Call>,
    /// Arguments that are wrong, and the one that is.
    pub bad: (Value, &'static str),
    /// The method at which Google refuses the first good call.
    pub at: &'static str,
}

/// It is done, and nobody hears of it, once.
pub fn lost(method: &str) -> FaultRule {
    always_lost(method).times(1)
}

/// It is done at every try, and nobody hears of any.
pub fn always_lost(method: &str) -> FaultRule {
    FaultRule::new(FaultAction::drop_answer()).on_method(method)
}
