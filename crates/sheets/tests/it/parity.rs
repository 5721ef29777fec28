//! Parity with agno's Sheets tools: the same names, agno's arguments, the same effects; and what
//! differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod content;
mod sides;

use sides::Books;

toolgate_testkit::parity_suite!(
    Books,
    tools: 4,
    page: include_str!("../../../../docs/parity.md")
);
