//! `cargo xtask ci`: everything that a change must pass, in one command.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::test::{Lanes, Runner};
use crate::workspace::Workspace;
use crate::{examples, mutants, package, shell, test, tidy};

type Step = (&'static str, fn() -> anyhow::Result<()>);

/// Quick ones first, so that a slip is told early. The tests are built before the arrows are
/// checked, because those are a test: one build serves both.
const STEPS: [Step; 12] = [
    ("fmt", fmt),
    ("tidy", tidy::run),
    ("clippy", clippy),
    ("docs", docs),
    ("each crate alone", each_crate_alone),
    ("deny", deny),
    ("package", package::run),
    ("build tests", build_tests),
    ("arrows", arrows),
    ("examples", examples::run),
    ("test", all_tests),
    ("mutants", some_mutants),
];

/// Runs the steps until one fails, and says how long each took.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (name, step) in STEPS {
        println!("\n== {name}");
        let start = Instant::now();
        outcome = step().with_context(|| format!("step {name}"));
        times.push((name, start.elapsed()));
        if outcome.is_err() {
            break;
        }
    }
    println!("\n{}", table(&times));
    outcome
}

fn table(times: &[(&str, Duration)]) -> String {
    let total = times.iter().map(|(_, time)| *time).sum();
    times
        .iter()
        .copied()
        .chain([("all", total)])
        .map(|(name, time)| format!("{name:<18}{:>8.1} s", time.as_secs_f64()))
        .collect::<Vec<_>>()
        .join("\n")
}

fn fmt() -> anyhow::Result<()> {
    shell::run(&mut shell::cargo(["fmt", "--all", "--check"]))
}

// Warnings are denied by arguments that reach our own crates only: a RUSTFLAGS would build every
// dependency once more.
fn clippy() -> anyhow::Result<()> {
    let mut command = shell::cargo(["clippy", "--workspace", "--all-targets", "--all-features"]);
    shell::run(command.args(["--", "-D", "warnings"]))
}

fn docs() -> anyhow::Result<()> {
    let mut command = shell::cargo(["doc", "--workspace", "--all-features", "--no-deps"]);
    shell::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn each_crate_alone() -> anyhow::Result<()> {
    for package in Workspace::load()?.packages {
        if !package.has_library() {
            continue;
        }
        let alone = ["check", "--quiet", "--lib", "--package", &package.name];
        shell::run(&mut shell::cargo(alone))?;
        for feature in package.features.keys().filter(|name| *name != "default") {
            shell::run(shell::cargo(alone).args(["--features", feature]))?;
        }
    }
    Ok(())
}

fn deny() -> anyhow::Result<()> {
    if !shell::succeeds(&mut shell::cargo(["deny", "--version"])) {
        println!("skipped: cargo-deny is not installed (cargo install cargo-deny --locked)");
        return Ok(());
    }
    shell::run(&mut shell::cargo([
        "deny", "check", "bans", "licenses", "sources",
    ]))?;
    // The database of advisories is a git repository, which not every machine can reach.
    let mut fetch = shell::cargo(["deny", "fetch", "db"]);
    if !shell::succeeds(fetch.env("GIT_TERMINAL_PROMPT", "0")) {
        println!("skipped: advisories, since their database cannot be fetched from github.com");
        return Ok(());
    }
    shell::run(&mut shell::cargo(["deny", "check", "advisories"]))
}

fn build_tests() -> anyhow::Result<()> {
    Runner::find().build()
}

fn arrows() -> anyhow::Result<()> {
    Runner::find().run_binary("arrows")
}

fn all_tests() -> anyhow::Result<()> {
    test::run(&[], Lanes::All)
}

/// Other ones for each commit; all of them take as long as everything else together.
fn some_mutants() -> anyhow::Result<()> {
    mutants::run(&mutants::Choice::Sample(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_per_step_and_the_sum() {
        let times = [
            ("fmt", Duration::from_millis(1500)),
            ("test", Duration::from_mins(1)),
        ];
        let lines: Vec<_> = table(&times).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "fmt                    1.5 s",
                "test                  60.0 s",
                "all                   61.5 s"
            ]
        );
    }
}
