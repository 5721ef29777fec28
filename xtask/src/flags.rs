//! What can be said on the command line.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use lexopt::prelude::*;

use crate::bench;
use crate::generate::Wanted;
use crate::mutants::Choice;
use crate::operate::flags::{self as operate, OperateFlags};
use crate::tools::Listing;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
Tasks of this workspace: cargo xtask TASK

  test [ARGUMENTS]   all tests on SQLite and PostgreSQL, the doc examples, and the leak check;
                     ARGUMENTS go to nextest (or cargo test), and then only those tests run
  ci                 everything that a change must pass, with the time of each step
  tidy               the house rules that no compiler checks
  examples           builds every example, and runs ours against the emulator
  tools [--json | --sizes | --write]
                     the tools as a model gets them; --write renews docs/tools.md
  generate TOOLKIT [--check]
                     the wire types of a toolkit, from Google's discovery document
  mutants [--sample N | NAMES]
                     breaks the code by each patch of mutants/, and expects its test to notice
  bench [NAME...] [--json FILE]
                     resolve-hot, resolve-cold, resolve-agno, save, rows, mail-50, tool-overhead,
                     sizes, or all: Toolgate against the bare libraries beneath it and against
                     agno, each with its bar
  migrate up|down|status|fresh [--database-url URL] [--token-table NAME] [--yes]
                     the schema of DATABASE_URL, or of the SQLite file toolgate.db here

DATABASE_URL chooses the PostgreSQL server of `test` and `bench`, and PGBOUNCER_URL a PgBouncer in front of it in
transaction mode; without them private ones are started.";

/// One task, with what was said about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print the tasks.
    Help,
    /// Run the tests; the arguments are the runner's.
    Test {
        /// What to hand on to nextest or cargo test.
        arguments: Vec<OsString>,
    },
    /// Run everything that a change must pass.
    Ci,
    /// Check the house rules.
    Tidy,
    /// Build the examples, run ours.
    Examples,
    /// List the tools.
    Tools(Listing),
    /// Write wire types.
    Generate(Wanted),
    /// Break the code on purpose.
    Mutants(Choice),
    /// Measure.
    Bench(BenchFlags),
    /// Change or show a database's schema.
    Migrate(MigrateFlags),
    /// What operators do besides.
    Operate(Box<OperateFlags>),
}

/// What `bench` was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BenchFlags {
    /// What to measure.
    pub(crate) names: Vec<&'static str>,
    /// Where the figures go.
    pub(crate) json: Option<PathBuf>,
}

/// What `migrate` was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MigrateFlags {
    /// What to do.
    pub(crate) action: Action,
    /// On which database; `DATABASE_URL` or the default file where it is not said.
    pub(crate) database_url: Option<String>,
    /// What the table of grants is called, if not `auth_tokens`.
    pub(crate) token_table: Option<String>,
    /// Whether dropping tables was agreed to.
    pub(crate) yes: bool,
}

/// What to do to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Apply what is pending.
    Up,
    /// Take back the last migration.
    Down,
    /// Show what is applied.
    Status,
    /// Drop our tables and apply everything.
    Fresh,
}

impl Action {
    /// The word on the command line.
    #[cfg(not(feature = "migrate"))]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Status => "status",
            Self::Fresh => "fresh",
        }
    }
}

impl FromStr for Action {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> anyhow::Result<Self> {
        Ok(match word {
            "up" => Self::Up,
            "down" => Self::Down,
            "status" => Self::Status,
            "fresh" => Self::Fresh,
            _ => {
                bail!("migrate knows up, down, status and fresh; an address goes to --database-url")
            }
        })
    }
}

fn mutants(parser: &mut lexopt::Parser) -> anyhow::Result<Task> {
    let (mut names, mut sample) = (Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("sample") => sample = Some(parser.value()?.parse()?),
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if sample.is_some() && !names.is_empty() {
        bail!("mutants takes names or a sample, not both");
    }
    let choice = sample.map_or(Choice::Named(names), Choice::Sample);
    Ok(Task::Mutants(choice))
}

/// Reads a whole command line, the program's name first.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<Task> {
    let whole: Vec<OsString> = arguments.into_iter().collect();
    let mut parser = lexopt::Parser::from_iter(&whole);
    let task = match parser.next()? {
        None | Some(Short('h') | Long("help")) => return Ok(Task::Help),
        Some(Value(task)) => task.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    let task = match task.as_str() {
        "help" => Task::Help,
        "test" => {
            let arguments = parser.raw_args()?.collect();
            return Ok(Task::Test { arguments });
        }
        "ci" => Task::Ci,
        "tidy" => Task::Tidy,
        "examples" => Task::Examples,
        "tools" => Task::Tools(listing(&mut parser)?),
        "generate" => return generate(&mut parser),
        "mutants" => return mutants(&mut parser),
        "bench" => return bench(&mut parser),
        "migrate" => return migrate(&mut parser),
        "import" | "export" | "keys" | "doctor" | "users" => {
            let flags = operate::parse(&task, &mut parser, &whole)?;
            return Ok(flags.map_or(Task::Help, |flags| Task::Operate(Box::new(flags))));
        }
        other => bail!("there is no task {other}\n\n{HELP}"),
    };
    match parser.next()? {
        None => Ok(task),
        Some(Short('h') | Long("help")) => Ok(Task::Help),
        Some(more) => Err(more.unexpected().into()),
    }
}

fn generate(parser: &mut lexopt::Parser) -> anyhow::Result<Task> {
    let (mut name, mut check) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("check") => check = true,
            Value(word) if name.is_none() => name = Some(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let name = name.context("generate needs the name of a toolkit")?;
    Ok(Task::Generate(Wanted { name, check }))
}

fn listing(parser: &mut lexopt::Parser) -> anyhow::Result<Listing> {
    Ok(match parser.next()? {
        None => Listing::Table,
        Some(Long("json")) => Listing::Json,
        Some(Long("sizes")) => Listing::Sizes,
        Some(Long("write")) => Listing::Write,
        Some(other) => return Err(other.unexpected().into()),
    })
}

fn bench(parser: &mut lexopt::Parser) -> anyhow::Result<Task> {
    let (mut names, mut json) = (Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("json") => json = Some(PathBuf::from(parser.value()?)),
            Value(name) => {
                let known = bench::NAMES.into_iter().find(|known| name == *known);
                names.push(
                    known.with_context(|| format!("bench knows {}", bench::NAMES.join(", ")))?,
                );
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() {
        names = bench::NAMES.to_vec();
    }
    Ok(Task::Bench(BenchFlags { names, json }))
}

fn migrate(parser: &mut lexopt::Parser) -> anyhow::Result<Task> {
    let (mut action, mut yes) = (None, false);
    let (mut database_url, mut token_table) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("database-url") => database_url = Some(text(parser.value()?)?),
            Long("token-table") => token_table = Some(text(parser.value()?)?),
            Long("yes") => yes = true,
            Value(word) if action.is_none() => action = Some(text(word)?.parse()?),
            // A stray word may be an address with its password, so it is not quoted.
            Value(_) => bail!("there is one word too many; the address goes to --database-url"),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Migrate(MigrateFlags {
        action: action.context("migrate needs one of up, down, status, fresh")?,
        database_url,
        token_table,
        yes,
    }))
}

/// Text, which is not quoted where it is none.
fn text(argument: OsString) -> anyhow::Result<String> {
    argument
        .into_string()
        .ok()
        .context("an argument is not valid UTF-8")
}
