//! `cargo xtask tools`: the tools as a model gets them, and the page that lists them.
//!
//! The listing itself is the example `catalogue`: here no toolkit has to be built into this program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::shell;

/// What to show, or do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// A table for people.
    Table,
    /// Everything, as JSON.
    Json,
    /// Characters of the core tools and of all.
    Sizes,
    /// The page of the documentation, written anew.
    Write,
}

/// Lists the tools.
pub(crate) fn run(listing: Listing) -> anyhow::Result<()> {
    let mut command = shell::cargo([
        "run",
        "--quiet",
        "--package",
        "toolgate-examples",
        "--example",
        "catalogue",
        "--",
    ]);
    match listing {
        Listing::Table => {}
        Listing::Json => drop(command.arg("--json")),
        Listing::Sizes => drop(command.arg("--sizes")),
        Listing::Write => return write(command),
    }
    let status = command.status().context("cargo could not be started")?;
    ensure!(status.success(), "the tools could not be listed");
    Ok(())
}

fn write(mut command: Command) -> anyhow::Result<()> {
    let page = markdown(&mut command)?;
    let path = page_path();
    fs::write(&path, page).with_context(|| format!("{} could not be written", path.display()))?;
    println!("{} is written", path.display());
    Ok(())
}

/// Fails where the page is not what the built `catalogue` would write.
pub(crate) fn check(catalogue: &Path) -> anyhow::Result<()> {
    let page = markdown(&mut Command::new(catalogue))?;
    let stands = fs::read_to_string(page_path()).unwrap_or_default();
    ensure!(
        page == stands,
        "docs/tools.md is stale: run `cargo xtask tools --write` and commit it"
    );
    Ok(())
}

fn markdown(command: &mut Command) -> anyhow::Result<String> {
    let output = command.arg("--markdown").output();
    let output = output.context("the catalogue could not be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "the tools could not be listed: {said}"
    );
    String::from_utf8(output.stdout).context("the catalogue printed no text")
}

fn page_path() -> PathBuf {
    shell::root().join("docs/tools.md")
}
