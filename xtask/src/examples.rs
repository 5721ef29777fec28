//! `cargo xtask examples`: every example builds, and those of the examples package that end run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::leak::Scanner;
use crate::workspace::{Target, Workspace};
use crate::{shell, tools};

/// The package whose examples need nothing but this machine.
const PACKAGE: &str = "toolgate-examples";

/// Those that do not end by themselves, or take pictures for `docs` by a browser. Tests drive the first.
const NOT_RUN: [&str; 2] = ["signin_server", "signin_shots"];

/// What would send an example to Google, or to somebody's emulator.
const GOOGLE: [&str; 8] = [
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "GOOGLE_BASE_URL",
    "GOOGLE_ACCESS_TOKEN",
    "GOOGLE_CLIENT_SECRETS_FILE",
    "GOOGLE_SERVICE_ACCOUNT_FILE",
    "GOOGLE_DELEGATED_USER",
    "GOOGLE_APPLICATION_CREDENTIALS",
];

/// Builds all examples and runs ours at trace level, each in a folder of its own; their output must be
/// free of secrets.
pub(crate) fn run() -> anyhow::Result<()> {
    shell::run(&mut shell::cargo([
        "build",
        "--workspace",
        "--all-features",
        "--examples",
    ]))?;
    let workspace = Workspace::load()?;
    let programs = workspace.target_directory.join("debug/examples");
    let scanner = Scanner::new()?;
    for name in names(&workspace) {
        run_one(&name, &programs.join(&name), &scanner)?;
    }
    tools::check(&programs.join("catalogue"))
}

fn names(workspace: &Workspace) -> Vec<String> {
    let packages = workspace.packages.iter();
    let ours = packages.filter(|package| package.name == PACKAGE);
    let targets = ours.flat_map(|package| &package.targets);
    let is_example = |target: &&Target| target.kind.iter().any(|kind| kind == "example");
    targets
        .filter(is_example)
        .map(|target| target.name.clone())
        .filter(|name| !NOT_RUN.contains(&name.as_str()))
        .collect()
}

fn run_one(name: &str, program: &Path, scanner: &Scanner) -> anyhow::Result<()> {
    println!("\n$ cargo run --example {name}");
    let folder = fresh_folder(program, name)?;
    let mut command = Command::new(program);
    for variable in GOOGLE {
        command.env_remove(variable);
    }
    let output = command
        .current_dir(folder)
        .env("RUST_LOG", "trace")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{name} could not be started"))?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if !output.status.success() {
        bail!(
            "{name} failed ({}):\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let shown = [output.stdout, output.stderr].concat();
    match scanner.scan(Path::new(name), &shown).first() {
        Some(finding) => bail!("{name} shows a secret: {finding}"),
        None => Ok(()),
    }
}

/// Beside the programs, so that what an example leaves behind is in nobody's way.
fn fresh_folder(program: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let folder = program.with_file_name(format!("run-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir(&folder)?;
    Ok(folder)
}
