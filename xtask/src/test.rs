//! `cargo xtask test`: all tests on both databases, the doc examples, and the leak check.

mod database;
mod runner;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout};

use anyhow::{Context as _, bail};

use crate::browser::Chromium;
use crate::leak::{self, Scanner};
use crate::postgres::Watched;
use crate::python;
use crate::workspace::Workspace;
use database::Database;
pub(crate) use database::Lanes;
pub(crate) use runner::Runner;

/// Set for the one run that prints secrets on purpose.
const PLANT: &str = "TOOLGATE_PLANT_LEAK";

/// Runs everything, or what the arguments name.
pub(crate) fn run(arguments: &[OsString], lanes: Lanes) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    let runner = Runner::find();
    if arguments.is_empty() {
        runner.build()?;
    }
    let mut database = Database::open(lanes)?;
    for (what, variable, venv) in python::FOR_TESTS {
        if let Some(python) = lanes.need(what, venv.python(&workspace))? {
            database.tell(variable, python);
        }
    }
    if let Some(chromium) = lanes.need("Chromium", Chromium::prepare())? {
        for (variable, program) in chromium.told() {
            database.tell(variable, program);
        }
    }
    let scanner = Scanner::new()?;
    if arguments.is_empty() {
        prove_the_check_bites(&workspace, runner, &scanner)?;
    }
    let capture = Capture::new(&workspace)?;
    let mut runs = vec![runner.run(&capture, &database, arguments)?];
    if arguments.is_empty() {
        runs.push(Runner::run_doc_examples(&capture, &database)?);
    }
    drop(database);
    for run in runs {
        if !run.passed {
            bail!("{} failed", run.what);
        }
    }
    check_for_leaks(&workspace, &scanner, &capture, arguments.is_empty())
}

/// A runner at work.
#[derive(Debug)]
struct Running<'a> {
    child: Child,
    _watched: Option<Watched<'a>>,
}

impl Running<'_> {
    fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    fn passed(mut self) -> anyhow::Result<bool> {
        Ok(self.child.wait().context("the runner was lost")?.success())
    }
}

/// The files in which a run's output is kept.
#[derive(Debug)]
pub(crate) struct Capture {
    folder: PathBuf,
}

impl Capture {
    fn new(workspace: &Workspace) -> anyhow::Result<Self> {
        let folder = leak::folder(workspace)?;
        let report = leak::nextest_report();
        if report.exists() {
            fs::remove_file(&report).context("the last report could not be removed")?;
        }
        fs::create_dir(folder.join("logs")).context("the folder for logs could not be made")?;
        Ok(Self { folder })
    }

    /// Where tests and their child processes may leave logs.
    fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Everything that was kept.
    fn files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        collect(&self.folder, &mut files)?;
        let report = leak::nextest_report();
        if report.exists() {
            files.push(report);
        }
        files.sort();
        Ok(files)
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} could not be read", folder.display()))?;
    for entry in entries {
        let path = entry
            .context("the folder changed while it was read")?
            .path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Runs the test that prints secrets, as all tests are run, and expects to find every form of them
/// in what the runner kept and in the log that the test left.
fn prove_the_check_bites(
    workspace: &Workspace,
    runner: Runner,
    scanner: &Scanner,
) -> anyhow::Result<()> {
    let capture = Capture::new(workspace)?;
    runner.run_planted(&capture)?;
    let files = capture.files()?;
    anyhow::ensure!(
        files.len() >= 2,
        "the run with the planted leak left no output and no log"
    );
    for file in files {
        let forms = scanner.forms_in(&file)?;
        anyhow::ensure!(
            forms == leak::ALL_FORMS,
            "the leak check is blind: of a leak planted in every form, {} shows only {forms:?}",
            file.display()
        );
    }
    println!("leak check: the planted leak was found in all its forms");
    Ok(())
}

fn check_for_leaks(
    workspace: &Workspace,
    scanner: &Scanner,
    capture: &Capture,
    everything_ran: bool,
) -> anyhow::Result<()> {
    let files = capture.files()?;
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(scanner.scan_file(file)?);
    }
    for finding in findings.iter().take(50) {
        eprintln!("leak: {finding}");
    }
    if !findings.is_empty() {
        bail!(
            "the leak check found {} secrets in the output",
            findings.len()
        );
    }
    if everything_ran {
        let missing = leak::missing_markers(workspace, &files)?;
        if !missing.is_empty() {
            bail!(
                "the leak check saw no log line of {}: one test of each must log under RUST_LOG",
                missing.join(", ")
            );
        }
    }
    println!("leak check: no secret in {} files", files.len());
    Ok(())
}
