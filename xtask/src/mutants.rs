//! `cargo xtask mutants`: breaks the code on purpose, and expects the test that each patch under
//! `mutants/` names to notice.
//!
//! The patches are applied to a copy of the tree under `target/`, so that nothing that is worked on
//! is touched, whatever stops the run.

mod patch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

pub(crate) use self::patch::{Patch, all};
use crate::browser::Chromium;
use crate::shell;

/// Which patches are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Those that are named, or all where none is.
    Named(Vec<String>),
    /// So many, other ones for each commit.
    Sample(usize),
}

/// Tries the patches, and fails where one goes unnoticed.
pub(crate) fn run(choice: &Choice) -> anyhow::Result<()> {
    let patches = choose(all()?, choice, &commit())?;
    let tree = Tree::copy()?;
    let mut unnoticed = Vec::new();
    println!("\n== without any patch");
    for patch in &patches {
        tree.passes(patch)
            .context("the test fails without its patch, so it shows nothing")?;
    }
    for patch in &patches {
        println!("\n== {}: {}", patch.name, patch.what);
        tree.apply(patch)?;
        let noticed = tree.fails(patch);
        tree.copy_files()?;
        if noticed? {
            println!("noticed by {}", patch.test);
        } else {
            println!("NOT noticed by {}", patch.test);
            unnoticed.push(patch.name.as_str());
        }
    }
    if !unnoticed.is_empty() {
        bail!("{} went unnoticed", unnoticed.join(", "));
    }
    println!("\nmutants: {} tried, each noticed", patches.len());
    Ok(())
}

fn choose(all: Vec<Patch>, choice: &Choice, commit: &str) -> anyhow::Result<Vec<Patch>> {
    match choice {
        Choice::Named(names) => {
            for name in names {
                let known = all.iter().any(|patch| patch.name == *name);
                ensure!(known, "there is no mutants/{name}.patch");
            }
            let wanted = |patch: &Patch| names.is_empty() || names.contains(&patch.name);
            Ok(all.into_iter().filter(wanted).collect())
        }
        Choice::Sample(count) => {
            let (total, count) = (all.len(), (*count).min(all.len()));
            let start = commit.bytes().fold(0, |sum: usize, byte| {
                sum.wrapping_mul(31).wrapping_add(usize::from(byte))
            });
            // Evenly spread, so that neighbours of one kind are not all of a sample.
            let step = total.checked_div(count).unwrap_or(1);
            let picked: Vec<usize> = (0..count)
                .map(|number| (start % total + number * step) % total)
                .collect();
            let patches = all.into_iter().enumerate();
            let chosen = patches.filter(|(index, _)| picked.contains(index));
            Ok(chosen.map(|(_, patch)| patch).collect())
        }
    }
}

fn commit() -> String {
    let mut git = Command::new("git");
    git.args(["rev-parse", "HEAD"]).current_dir(shell::root());
    let output = git.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}

/// The copy that is broken.
struct Tree {
    root: PathBuf,
    files: Vec<PathBuf>,
}

impl Tree {
    fn copy() -> anyhow::Result<Self> {
        let mut git = Command::new("git");
        git.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let output = git
            .current_dir(shell::root())
            .output()
            .context("git, which lists the files to copy, could not be started")?;
        ensure!(output.status.success(), "git could not list the files");
        let names = String::from_utf8(output.stdout).context("a file's name is not UTF-8")?;
        let names = names.split('\0').filter(|name| !name.is_empty());
        let existing = names.filter(|name| shell::root().join(name).is_file());
        let tree = Self {
            root: shell::root().join("target/mutants"),
            files: existing.map(PathBuf::from).collect(),
        };
        tree.copy_files()?;
        Ok(tree)
    }

    /// Copies what differs and nothing else, or cargo would build everything again.
    fn copy_files(&self) -> anyhow::Result<()> {
        for name in &self.files {
            let (from, to) = (shell::root().join(name), self.root.join(name));
            let wanted =
                fs::read(&from).with_context(|| format!("{} could not be read", from.display()))?;
            if fs::read(&to).is_ok_and(|found| found == wanted) {
                continue;
            }
            fs::create_dir_all(to.parent().unwrap_or(&self.root))
                .and_then(|()| fs::write(&to, &wanted))
                .with_context(|| format!("{} could not be written", to.display()))?;
        }
        Ok(())
    }

    fn apply(&self, patch: &Patch) -> anyhow::Result<()> {
        let mut git = Command::new("git");
        // Outside of a repository of its own, or git would look for the files in ours.
        git.args(["apply", "--whitespace=nowarn"])
            .arg(&patch.path)
            .env(
                "GIT_CEILING_DIRECTORIES",
                self.root.parent().unwrap_or(Path::new("/")),
            )
            .current_dir(&self.root);
        shell::run_quietly(&mut git)
    }

    fn test(&self, patch: &Patch, more: &[&str]) -> Command {
        let mut command = shell::cargo_here(["test", "--quiet", "--lib", "--bins", "--tests"]);
        command
            .args(&patch.arguments)
            .args(more)
            .env("CARGO_TARGET_DIR", shell::root().join("target"))
            .envs(Chromium::variables())
            .current_dir(&self.root);
        command
    }

    fn passes(&self, patch: &Patch) -> anyhow::Result<()> {
        let output = self
            .test(patch, &["--", "--exact", &patch.test])
            .output()
            .context("cargo could not be started")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        ensure!(output.status.success(), "{said}");
        let ran = said.contains("1 passed");
        ensure!(
            ran,
            "no test of {} is called {}",
            patch.arguments.join(" "),
            patch.test
        );
        Ok(())
    }

    /// Whether the test fails; code that does not compile is no mutant.
    fn fails(&self, patch: &Patch) -> anyhow::Result<bool> {
        shell::run_quietly(&mut self.test(patch, &["--no-run"]))?;
        Ok(!shell::succeeds(
            &mut self.test(patch, &["--", "--exact", &patch.test]),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patches(count: usize) -> Vec<Patch> {
        (0..count)
            .map(|number| Patch::named(&number.to_string()))
            .collect()
    }

    fn names(chosen: &[Patch]) -> Vec<&str> {
        chosen.iter().map(|patch| patch.name.as_str()).collect()
    }

    #[test]
    fn a_sample_is_of_its_size_and_moves_with_the_commit() {
        let sample = |commit: &str| {
            let chosen = choose(patches(10), &Choice::Sample(3), commit).unwrap();
            names(&chosen)
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(sample("a").len(), 3);
        assert_ne!(sample("a"), sample("b"));
        let all = choose(patches(2), &Choice::Sample(9), "a").unwrap();
        assert_eq!(names(&all), ["0", "1"]);
    }

    #[test]
    fn names_choose_and_a_wrong_one_is_told() {
        let chosen = |names: &[&str]| {
            let names = names.iter().map(|&name| name.to_owned()).collect();
            choose(patches(3), &Choice::Named(names), "")
        };
        assert_eq!(names(&chosen(&["1"]).unwrap()), ["1"]);
        assert_eq!(chosen(&[]).unwrap().len(), 3);
        assert!(chosen(&["7"]).is_err());
    }

    #[test]
    fn every_patch_says_what_it_breaks_and_which_test_notices() {
        let all = all().unwrap();
        assert!(all.len() > 10);
        for patch in all {
            assert!(!patch.requirements.is_empty(), "{}", patch.name);
        }
    }
}
