//! What the examples share.
//!
//! The programs are beside this file: `cargo run --example gmail_with_db`.

#![expect(clippy::print_stdout, reason = "examples speak to a person")]

#[path = "lib/google.rs"]
mod google;

use std::sync::Arc;

use toolgate_calendar::CalendarToolkit;
use toolgate_drive::DriveToolkit;
use toolgate_gmail::GmailToolkit;
use toolgate_sheets::SheetsToolkit;
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::{Selection, Toolkit};

pub use google::{Google, environment, in_days};

/// Every toolkit, with all of its tools.
///
/// # Errors
/// When a toolkit has no tools.
pub fn toolkits() -> anyhow::Result<Vec<Arc<dyn Toolkit>>> {
    Ok(vec![
        Arc::new(GmailToolkit::new().with_tools(Selection::all())?),
        Arc::new(CalendarToolkit::new().with_tools(Selection::all())?),
        Arc::new(DriveToolkit::new().with_tools(Selection::all())?),
        Arc::new(SheetsToolkit::new().with_tools(Selection::all())?),
        Arc::new(SlidesToolkit::new().with_tools(Selection::all())?),
    ])
}

/// The README's programs build, and those that need neither a browser nor a database run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
