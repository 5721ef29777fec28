//! A real task: turns an outline and the numbers of a sheet into an illustrated presentation with speaker notes,
//! and saves it as PDF with a picture of each slide.
//!
//! ```text
//! cargo run --example slides_from_outline [FOLDER [PICTURE]]
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set it works in your Drive, and `PICTURE` is the public address of
//! a picture; without, an emulated Google is started that has one. The folder keeps the files. The model is a script;
//! give the agent a language model (`toolgate-model-rig`) and the same tools for an outline of its own.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

mod report;

use std::{fs, path::PathBuf};

use anyhow::ensure;
use toolgate_examples::Google;
use toolgate_framework::RunContext;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::with(report::seed()).await?;
    let temporary = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| temporary.path().to_owned());
    let seeded = google.emulator().map(|_| report::seeded_picture());
    let agent = report::agent(&google, &folder, arguments.next().or(seeded)).await?;
    let outcome = agent.run(RunContext::anonymous(), report::TASK).await?;
    println!("{outcome}");
    let mut files = Vec::new();
    for file in fs::read_dir(&folder)? {
        files.push(file?.path());
    }
    files.sort();
    println!("saved: {files:?}");
    let is_pdf = |path: &PathBuf| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"%PDF"));
    ensure!(
        files.iter().any(is_pdf),
        "the presentation was not exported"
    );
    Ok(())
}
