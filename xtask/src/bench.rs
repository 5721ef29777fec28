//! `cargo xtask bench`: Toolgate against the bare libraries beneath it, in ratios.
//!
//! The measuring is a program of its own, `toolgate-benches`, built for release. Here it gets what
//! it needs (PostgreSQL, a Python with agno), and its times become sentences and a file.

mod agno;
mod report;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::flags::BenchFlags;
use crate::postgres::Cluster;
use crate::shell;
use crate::workspace::Workspace;
use report::{Lane, Report};

/// What can be measured, in the order of a run of all.
pub(crate) const NAMES: [&str; 9] = [
    "resolve-agno",
    "resolve-hot",
    "resolve-cold",
    "save",
    "rows",
    "mail-50",
    "tool-overhead",
    "sizes",
    "transfer",
];

/// Those that need agno.
const WITH_AGNO: [&str; 3] = ["resolve-agno", "mail-50", "sizes"];
/// Those that need curl.
const WITH_CURL: [&str; 1] = ["transfer"];

/// Measures, says what the bars are and whether they are met, and writes the figures where wanted.
/// A missed bar is no failure: whether a machine's noise made it is for a person to say.
pub(crate) fn run(flags: &BenchFlags) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    let mut names = flags.names.clone();
    let python = needed(&mut names, &WITH_AGNO, || {
        agno::python(&workspace).context("agno cannot be installed")
    })?;
    needed(&mut names, &WITH_CURL, curl)?;
    let program = build(&workspace)?;
    let mut command = Command::new(program);
    command.args(&names);
    if let Some(python) = python {
        command.arg("--python").arg(python);
    }
    let report = Report::new(measure(command)?);
    for line in report.lines() {
        println!("{line}");
    }
    if let Some(file) = &flags.json {
        let text = serde_json::to_string_pretty(&report)?;
        fs::write(file, text + "\n")
            .with_context(|| format!("{} could not be written", file.display()))?;
    }
    Ok(())
}

/// Gets what these need, if any of them is to be measured. Where it cannot be had they are left out,
/// which CI does not put up with.
fn needed<T>(
    names: &mut Vec<&'static str>,
    needing: &[&str],
    get: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<Option<T>> {
    let (with, without) = split(names, needing);
    if with.is_empty() {
        return Ok(None);
    }
    let error = match get() {
        Ok(found) => return Ok(Some(found)),
        Err(error) => error,
    };
    let line = format!("{}: left out, {error:#}", with.join(", "));
    if shell::env("CI").is_some() {
        bail!(line);
    }
    println!("{line}");
    *names = without;
    Ok(None)
}

/// Those that need it, and those that do not.
fn split(names: &[&'static str], needing: &[&str]) -> (Vec<&'static str>, Vec<&'static str>) {
    names.iter().partition(|name| needing.contains(name))
}

fn curl() -> anyhow::Result<()> {
    let found = shell::succeeds(Command::new("curl").arg("--version"));
    anyhow::ensure!(found, "there is no program curl");
    Ok(())
}

fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let build = ["build", "--release", "--package", "toolgate-benches"];
    shell::run(&mut shell::cargo(build))?;
    Ok(workspace.target_directory.join("release/toolgate-benches"))
}

/// Runs the program; it ends with us.
fn measure(mut command: Command) -> anyhow::Result<Vec<Lane>> {
    let cluster = match shell::env("DATABASE_URL") {
        Some(_) => None,
        None => Some(Cluster::prepare()?),
    };
    if let Some(cluster) = &cluster {
        command.env("DATABASE_URL", cluster.url(cluster.serve()?));
    }
    println!("$ {}", shell::shown(&command));
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("the benchmarks could not be started")?;
    let watched = cluster
        .as_ref()
        .map(|cluster| cluster.watchdog().watch(child.id()));
    let output = child
        .wait_with_output()
        .context("the benchmarks were lost")?;
    drop(watched);
    anyhow::ensure!(output.status.success(), "the benchmarks failed");
    serde_json::from_slice(&output.stdout).context("the benchmarks' answer is not understood")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHOUT: [&str; 6] = [
        "resolve-hot",
        "resolve-cold",
        "save",
        "rows",
        "tool-overhead",
        "transfer",
    ];

    #[test]
    fn without_agno_what_does_not_need_it_is_measured() {
        let (with_agno, without) = split(&NAMES, &WITH_AGNO);
        assert_eq!(with_agno, WITH_AGNO);
        assert_eq!(without, WITHOUT);
    }

    #[test]
    fn what_is_needed_is_only_got_for_who_needs_it() {
        let mut names = vec!["rows"];
        let got = needed(&mut names, &WITH_CURL, || -> anyhow::Result<()> {
            bail!("nobody needs it")
        });
        assert!(got.unwrap().is_none() && names == ["rows"]);
        let mut names = vec!["rows", "transfer"];
        let got = needed(&mut names, &WITH_CURL, || Ok(7));
        assert_eq!((got.unwrap(), names.len()), (Some(7), 2));
    }
}
