//! `resolve-agno`: a cold token of ours, against agno's from its encrypted row, both on `SQLite`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::database::Place;
use crate::resolve::{PEOPLE, cold_round};
use crate::turns::{Lane, per_call};
use crate::world::World;

const PROGRAM: &str = include_str!("agno_loads.py");
const SCOPES: [&str; 3] = [
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/gmail.modify",
    "https://www.googleapis.com/auth/gmail.compose",
];
const LOADS: usize = 256;
const ROUNDS: usize = 20;

pub(crate) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let place = Place::sqlite().await?;
    let world = World::start().await?;
    world.connect(&*place.database, PEOPLE).await?;
    let mut agno = Agno::start(python).await?;
    let ours = async || cold_round(&world.process(&*place.database, PEOPLE).await?).await;
    let lane = Lane::new(
        "resolve-agno",
        "SQLite",
        "load_token_from_db of agno 3.1.10",
    );
    let lane = lane
        // Five times as fast.
        .with_bar(0.2)
        .measure(ROUNDS, ours, async || agno.load().await)
        .await?;
    agno.end().await?;
    place.remove().await?;
    Ok(vec![lane])
}

/// A Python that loads when it is told to.
struct Agno {
    child: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    folder: TempDir,
}

impl Agno {
    async fn start(python: &Path) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?;
        let folder = TempDir::new_in(beside.parent().context("this program is in no folder")?)?;
        let mut child = Command::new(python)
            .args(["-c", PROGRAM])
            .arg(folder.path().join("agno.db"))
            .args(SCOPES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("Python could not be started")?;
        let asks = child.stdin.take().context("no standard input")?;
        let answers = child.stdout.take().context("no standard output")?;
        let mut agno = Self {
            child,
            asks,
            answers: BufReader::new(answers).lines(),
            folder,
        };
        // agno may print lines of its own first.
        while agno.answer().await? != "ready" {}
        Ok(agno)
    }

    async fn load(&mut self) -> anyhow::Result<f64> {
        self.asks.write_all(format!("{LOADS}\n").as_bytes()).await?;
        let spent = Duration::from_nanos(self.answer().await?.parse()?);
        Ok(per_call(spent, LOADS))
    }

    async fn answer(&mut self) -> anyhow::Result<String> {
        let line = self.answers.next_line().await?;
        line.context("agno ended early")
    }

    async fn end(self) -> anyhow::Result<()> {
        let Self {
            mut child,
            asks,
            folder,
            ..
        } = self;
        drop(asks);
        child.wait().await?;
        Ok(folder.close()?)
    }
}
