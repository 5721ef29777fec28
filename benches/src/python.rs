//! A Python that does what it is told, line by line.

use std::path::Path;

use anyhow::Context as _;
use tokio::process::Command;

use crate::child::Child;

/// A program in Python.
pub(crate) struct Python(Child);

impl Python {
    /// Starts a program, which says `ready` when it is.
    pub(crate) async fn start(
        python: &Path,
        program: &str,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(python);
        let child = Child::start(command.args(["-c", program]).args(arguments));
        let mut child = child.context("Python")?;
        // agno may print lines of its own first.
        while child.answer().await? != "ready" {}
        Ok(Self(child))
    }

    /// Sends a line, and waits for the answer.
    pub(crate) async fn ask(&mut self, line: &str) -> anyhow::Result<String> {
        self.0.ask(line).await
    }

    /// Lets the program come to its end.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        self.0.end().await
    }
}
