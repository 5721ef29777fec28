//! Sign-in: stub while the parts land.

use std::fmt;

/// Why a sign-in was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The link or the state was not made by us, or was altered.
    Forged,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the link is not one of ours")
    }
}
