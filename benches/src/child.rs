//! A process that does what it is told, line by line.

use std::process::Stdio;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{self, ChildStdin, ChildStdout, Command};

/// A program that answers each line of its standard input by one of its standard output. It ends
/// with us.
pub(crate) struct Child {
    process: process::Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Child {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("another process could not be started")?;
        let asks = process.stdin.take().context("no standard input")?;
        let answers = process.stdout.take().context("no standard output")?;
        Ok(Self {
            process,
            asks,
            answers: BufReader::new(answers).lines(),
        })
    }

    /// Another process of this program, with these arguments.
    pub(crate) fn of_this_program(arguments: &[&str]) -> anyhow::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).args(arguments))
    }

    /// Sends a line, and waits for the answer.
    pub(crate) async fn ask(&mut self, line: &str) -> anyhow::Result<String> {
        self.asks.write_all(format!("{line}\n").as_bytes()).await?;
        self.answer().await
    }

    /// The next line that it says.
    pub(crate) async fn answer(&mut self) -> anyhow::Result<String> {
        let line = self.answers.next_line().await?;
        line.context("the other process ended early")
    }

    /// Lets the program come to its end.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        drop(self.asks);
        self.process.wait().await?;
        Ok(())
    }
}
