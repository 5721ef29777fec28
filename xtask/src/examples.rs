//! `cargo xtask examples`: every example builds, and the quickstart runs to its end.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail};

use crate::leak::Scanner;
use crate::shell;

/// Builds all examples and runs the quickstart at trace level; its output must be free of secrets.
pub(crate) fn run() -> anyhow::Result<()> {
    shell::run(&mut shell::cargo([
        "build",
        "--workspace",
        "--all-features",
        "--examples",
    ]))?;
    quickstart()
}

fn quickstart() -> anyhow::Result<()> {
    let mut command = shell::cargo([
        "run",
        "--quiet",
        "--all-features",
        "--example",
        "quickstart",
    ]);
    println!("$ {}", shell::shown(&command));
    let output = command
        .env("RUST_LOG", "trace")
        .env_remove("GOOGLE_CLIENT_ID")
        .env_remove("GOOGLE_CLIENT_SECRET")
        .stdin(Stdio::null())
        .output()
        .context("the quickstart could not be started")?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if !output.status.success() {
        bail!(
            "the quickstart failed ({}):\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let shown = [output.stdout, output.stderr].concat();
    match Scanner::new()?
        .scan(Path::new("quickstart"), &shown)
        .first()
    {
        Some(finding) => bail!("the quickstart shows a secret: {finding}"),
        None => Ok(()),
    }
}
