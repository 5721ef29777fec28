//! Drive as its clients see it.

pub(crate) mod harness;

mod access;
mod basics;
mod changes;
mod changing;
mod comments;
mod search;
mod shared_drives;
mod sharing;
mod uploads;
