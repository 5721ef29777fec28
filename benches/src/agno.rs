//! `resolve-agno`: a cold token of ours, against agno's from its encrypted row, both on `SQLite`.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::database::Place;
use crate::python::Python;
use crate::resolve::{PEOPLE, cold_round};
use crate::turns::{Lane, per_call};
use crate::world::World;

const PROGRAM: &str = include_str!("agno_loads.py");
/// What agno's Gmail toolkit asks for.
pub(crate) const SCOPES: [&str; 3] = [
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
    python: Python,
    folder: TempDir,
}

impl Agno {
    async fn start(python: &Path) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?;
        let folder = TempDir::new_in(beside.parent().context("this program is in no folder")?)?;
        let database = folder.path().join("agno.db");
        let mut arguments = vec![database.to_str().context("a folder without a name")?];
        arguments.extend(SCOPES);
        let python = Python::start(python, PROGRAM, &arguments).await?;
        Ok(Self { python, folder })
    }

    async fn load(&mut self) -> anyhow::Result<f64> {
        let spent = self.python.ask(&LOADS.to_string()).await?;
        Ok(per_call(Duration::from_nanos(spent.parse()?), LOADS))
    }

    async fn end(self) -> anyhow::Result<()> {
        self.python.end().await?;
        Ok(self.folder.close()?)
    }
}
