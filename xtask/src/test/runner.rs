//! nextest where it is installed, else cargo test.

mod tee;

use std::ffi::{OsStr, OsString};
use std::process::Command;

use super::{Capture, Database, PLANT};
use crate::shell;

/// Who runs the tests. Features add, so all are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// One process per test; its report keeps the output of tests that pass.
    Nextest,
    /// The runner that comes with Rust.
    CargoTest,
}

/// One run of a runner.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) what: &'static str,
    pub(super) passed: bool,
}

impl Runner {
    /// The better one that is installed.
    pub(crate) fn find() -> Self {
        if shell::succeeds(&mut shell::cargo(["nextest", "--version"])) {
            Self::Nextest
        } else {
            Self::CargoTest
        }
    }

    /// Builds every test, so that what is measured and captured later is the run alone.
    pub(crate) fn build(self) -> anyhow::Result<()> {
        let build = ["--workspace", "--all-features", "--no-run"];
        shell::run(self.command().args(build))
    }

    /// Runs one test binary, built as all of them are.
    pub(crate) fn run_binary(self, name: &str) -> anyhow::Result<()> {
        let only = ["--workspace", "--all-features", "--test", name];
        shell::run(self.command().args(only))
    }

    /// Runs the tests that the arguments name, or all.
    pub(super) fn run(
        self,
        capture: &Capture,
        database: &Database,
        arguments: &[OsString],
    ) -> anyhow::Result<Run> {
        let mut command = self.capturing(capture);
        if !arguments.iter().any(|argument| names_packages(argument)) {
            command.arg("--workspace");
        }
        command.arg("--all-features");
        let passed = match self {
            Self::Nextest => database.run(command.args(arguments))?,
            Self::CargoTest => {
                command.args(["--no-fail-fast", "--lib", "--bins", "--tests"]);
                command.args(showing_output(arguments));
                tee::run(&mut command, database, &capture.folder.join("tests.log"))?
            }
        };
        Ok(Run {
            what: "the test run",
            passed,
        })
    }

    /// Runs the examples in the documentation, which nextest does not.
    pub(super) fn run_doc_examples(capture: &Capture, database: &Database) -> anyhow::Result<Run> {
        let mut command = Self::CargoTest.capturing(capture);
        command.args(["--workspace", "--all-features", "--no-fail-fast", "--doc"]);
        command.args(["--", "--show-output"]);
        let log = capture.folder.join("doc-examples.log");
        Ok(Run {
            what: "the run of the doc examples",
            passed: tee::run(&mut command, database, &log)?,
        })
    }

    /// Runs the one test that prints secrets on purpose, on the same path as all others.
    pub(super) fn run_planted(self, capture: &Capture) -> anyhow::Result<()> {
        let mut command = self.capturing(capture);
        command.env(PLANT, "1");
        command.args(["--workspace", "--all-features", "--test", "plant"]);
        match self {
            Self::Nextest => shell::run_quietly(&mut command),
            Self::CargoTest => {
                let output = command.args(["--", "--show-output"]).output()?;
                anyhow::ensure!(output.status.success(), "the planted test failed");
                let kept = [output.stdout, output.stderr].concat();
                Ok(std::fs::write(capture.folder.join("tests.log"), kept)?)
            }
        }
    }

    fn command(self) -> Command {
        match self {
            Self::Nextest => shell::cargo(["nextest", "run"]),
            Self::CargoTest => shell::cargo(["test"]),
        }
    }

    fn capturing(self, capture: &Capture) -> Command {
        let mut command = self.command();
        if self == Self::Nextest {
            command.args(["--profile", "leak"]);
        }
        command
            .env("RUST_LOG", "trace")
            .env("TOOLGATE_LOG_DIR", capture.logs());
        command
    }
}

fn names_packages(argument: &OsStr) -> bool {
    let argument = argument.to_string_lossy();
    ["-p", "--package", "--workspace", "--all"]
        .iter()
        .any(|name| argument == *name || argument.starts_with("--package="))
}

/// The arguments, with libtest told to show what passing tests print.
fn showing_output(arguments: &[OsString]) -> Vec<OsString> {
    let mut arguments = arguments.to_vec();
    if !arguments.iter().any(|argument| argument == "--") {
        arguments.push("--".into());
    }
    arguments.push("--show-output".into());
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_are_named_stand_for_the_workspace() {
        for (argument, expected) in [
            ("-p", true),
            ("--package=toolgate-auth", true),
            ("--workspace", true),
            ("guard", false),
            ("-E", false),
        ] {
            assert_eq!(names_packages(OsStr::new(argument)), expected, "{argument}");
        }
    }

    #[test]
    fn output_is_shown_whatever_is_said_to_libtest() {
        let shown = |line: &str| {
            let arguments: Vec<_> = line.split_whitespace().map(OsString::from).collect();
            showing_output(&arguments).join(OsStr::new(" "))
        };
        assert_eq!(shown("guard"), "guard -- --show-output");
        assert_eq!(shown("a -- --exact"), "a -- --exact --show-output");
    }
}
