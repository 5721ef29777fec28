//! Parity with agno's Calendar tools: the same names, agno's arguments, the same effects; and what
//! differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod agenda;
mod said;
mod sides;

use sides::Calendars;

toolgate_testkit::parity_suite!(
    Calendars,
    tools: 14,
    page: include_str!("../../../../docs/parity.md")
);
