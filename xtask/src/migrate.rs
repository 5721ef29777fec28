//! `cargo xtask migrate`: the schema of one database, thin over `toolgate-ops`.
//!
//! The databases' drivers take minutes to build and no other task needs them. So the everyday
//! xtask hands this task to itself, built once more with the feature `migrate`.

#[cfg(feature = "migrate")]
mod run;

#[cfg(feature = "migrate")]
use run::run as carry_out;

use crate::flags::MigrateFlags;
use crate::operate;

/// Does the task, unless a password stands on the line.
pub(crate) fn run(flags: &MigrateFlags) -> anyhow::Result<()> {
    check(flags)?;
    carry_out(flags)
}

pub(crate) fn check(flags: &MigrateFlags) -> anyhow::Result<()> {
    operate::no_password("--database-url", flags.database_url.as_deref())
}

/// Hands the task on; cargo runs the program in the folder where we are, as `toolgate.db` asks. It
/// takes the place of this process, so that an error is told once, and shows what it builds.
#[cfg(not(feature = "migrate"))]
fn carry_out(flags: &MigrateFlags) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;

    use anyhow::Context as _;

    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut command = crate::shell::cargo_here(["run", "--manifest-path", manifest]);
    command.args(["--features", "migrate", "--", "migrate"]);
    command.arg(flags.action.name());
    if flags.yes {
        command.arg("--yes");
    }
    if let Some(name) = &flags.token_table {
        command.args(["--token-table", name]);
    }
    // By the environment, as a person would: who connects is nobody else's business.
    if let Some(url) = &flags.database_url {
        command.env("DATABASE_URL", url);
    }
    Err(command.exec()).context("cargo could not be started")
}
