//! The calendars through their methods, each reply checked against Google's schemas.

pub(crate) mod harness;

mod access;
mod attachments;
mod changes;
mod guests;
mod lists;
mod mails;
mod office;
mod series;
mod times;
mod versions;
