//! The calendars through their methods, each reply checked against Google's schemas.

pub(crate) mod harness;

mod series;
