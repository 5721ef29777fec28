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
pub(crate) const NAMES: [&str; 8] = [
    "resolve-agno",
    "resolve-hot",
    "resolve-cold",
    "save",
    "rows",
    "mail-50",
    "tool-overhead",
    "sizes",
];

/// Those that need agno.
const WITH_AGNO: [&str; 3] = ["resolve-agno", "mail-50", "sizes"];

/// Measures, says what the bars are and whether they are met, and writes the figures where wanted.
/// A missed bar is no failure: whether a machine's noise made it is for a person to say.
pub(crate) fn run(flags: &BenchFlags) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    let mut names = flags.names.clone();
    let mut python = None;
    let (with_agno, without) = split(&names);
    if !with_agno.is_empty() {
        match agno::python(&workspace) {
            Ok(found) => python = Some(found),
            Err(error) => {
                let left_out = with_agno.join(", ");
                let line = format!("{left_out}: left out, agno cannot be installed: {error:#}");
                if shell::env("CI").is_some() {
                    bail!(line);
                }
                println!("{line}");
                names = without;
            }
        }
    }
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

/// Those that need agno, and those that do not.
fn split(names: &[&'static str]) -> (Vec<&'static str>, Vec<&'static str>) {
    names.iter().partition(|name| WITH_AGNO.contains(name))
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

    #[test]
    fn without_agno_what_does_not_need_it_is_measured() {
        let (with_agno, without) = split(&NAMES);
        assert_eq!(with_agno, WITH_AGNO);
        assert_eq!(
            without,
            [
                "resolve-hot",
                "resolve-cold",
                "save",
                "rows",
                "tool-overhead"
            ]
        );
    }
}
