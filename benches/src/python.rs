//! A Python that does what it is told, line by line.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A program that answers each line of its standard input by one of its standard output. It ends
/// with us.
pub(crate) struct Python {
    child: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Python {
    /// Starts a program, which says `ready` when it is.
    pub(crate) async fn start(
        python: &Path,
        program: &str,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(python)
            .args(["-c", program])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("Python could not be started")?;
        let asks = child.stdin.take().context("no standard input")?;
        let answers = child.stdout.take().context("no standard output")?;
        let answers = BufReader::new(answers).lines();
        let mut python = Self {
            child,
            asks,
            answers,
        };
        // agno may print lines of its own first.
        while python.answer().await? != "ready" {}
        Ok(python)
    }

    /// Sends a line, and waits for the answer.
    pub(crate) async fn ask(&mut self, line: &str) -> anyhow::Result<String> {
        self.asks.write_all(format!("{line}\n").as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> anyhow::Result<String> {
        let line = self.answers.next_line().await?;
        line.context("Python ended early")
    }

    /// Lets the program come to its end.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        drop(self.asks);
        self.child.wait().await?;
        Ok(())
    }
}
