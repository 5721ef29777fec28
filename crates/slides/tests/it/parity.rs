//! Parity with agno's Slides tools: the same names, agno's arguments, the same effects; and what
//! differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod sides;

use sides::Decks;

toolgate_testkit::parity_suite!(
    Decks,
    tools: 18,
    page: include_str!("../../../../docs/parity.md")
);
