//! Parity with agno's Gmail tools: the same names, agno's arguments, the same effects; and what
//! differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod mailbox;
mod said;
mod sides;

use sides::Mails;

toolgate_testkit::parity_suite!(
    Mails,
    tools: 33,
    page: include_str!("../../../../docs/parity.md")
);
