//! x
/// x
pub const LEAST_RESULT_BUDGET: usize = 4_000;
/// x
#[derive(Debug)]
pub struct SheetsToolkit;
