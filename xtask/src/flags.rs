//! What can be said on the command line.

use std::ffi::OsString;

use anyhow::{Context as _, bail};
use lexopt::prelude::*;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
Tasks of this workspace: cargo xtask TASK

  test [ARGUMENTS]   all tests on SQLite and PostgreSQL, the doc examples, and the leak check;
                     ARGUMENTS go to nextest (or cargo test), and then only those tests run
  ci                 everything that a change must pass, with the time of each step
  tidy               the house rules that no compiler checks
  examples           builds every example and runs the quickstart
  migrate up|down|status|fresh [--database-url URL] [--yes]
                     the schema of DATABASE_URL, or of the SQLite file toolgate.db here

DATABASE_URL chooses the PostgreSQL server of `test`; without it a private one is started.";

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
    /// Build the examples, run the quickstart.
    Examples,
    /// Change or show a database's schema.
    Migrate(MigrateFlags),
}

/// What `migrate` was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MigrateFlags {
    /// What to do.
    pub(crate) action: Action,
    /// On which database; `DATABASE_URL` or the default file where it is not said.
    pub(crate) database_url: Option<String>,
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

/// Reads a whole command line, the program's name first.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<Task> {
    let mut parser = lexopt::Parser::from_iter(arguments);
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
        "migrate" => return migrate(&mut parser),
        other => bail!("there is no task {other}\n\n{HELP}"),
    };
    match parser.next()? {
        None => Ok(task),
        Some(more) => Err(more.unexpected().into()),
    }
}

fn migrate(parser: &mut lexopt::Parser) -> anyhow::Result<Task> {
    let (mut action, mut database_url, mut yes) = (None, None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("database-url") => database_url = Some(parser.value()?.string()?),
            Long("yes") => yes = true,
            Value(word) if action.is_none() => {
                action = Some(match word.string()?.as_str() {
                    "up" => Action::Up,
                    "down" => Action::Down,
                    "status" => Action::Status,
                    "fresh" => Action::Fresh,
                    other => bail!("migrate knows up, down, status and fresh, not {other}"),
                });
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Task::Migrate(MigrateFlags {
        action: action.context("migrate needs one of up, down, status, fresh")?,
        database_url,
        yes,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> anyhow::Result<Task> {
        parse(
            ["xtask"]
                .into_iter()
                .chain(line.split_whitespace())
                .map(OsString::from),
        )
    }

    #[test]
    fn each_task_has_its_word() {
        for (line, expected) in [
            ("", Task::Help),
            ("--help", Task::Help),
            ("help", Task::Help),
            ("ci", Task::Ci),
            ("tidy", Task::Tidy),
            ("examples", Task::Examples),
        ] {
            assert_eq!(parsed(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn arguments_of_test_are_handed_on_as_they_are() {
        let arguments = ["-p", "toolgate-auth", "--", "--exact", "-x"].map(OsString::from);
        assert_eq!(
            parsed("test -p toolgate-auth -- --exact -x").unwrap(),
            Task::Test {
                arguments: arguments.to_vec()
            }
        );
    }

    #[test]
    fn migrate_takes_its_flags_in_any_order() {
        let expected = Task::Migrate(MigrateFlags {
            action: Action::Fresh,
            database_url: Some("sqlite://a.db".to_owned()),
            yes: true,
        });
        assert_eq!(
            parsed("migrate --yes fresh --database-url sqlite://a.db").unwrap(),
            expected
        );
        assert_eq!(
            parsed("migrate --database-url=sqlite://a.db fresh --yes").unwrap(),
            expected
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in [
            "deploy",
            "ci now",
            "migrate",
            "migrate sideways",
            "migrate up --force",
            "migrate up down",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
