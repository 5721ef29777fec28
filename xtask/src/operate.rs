//! `cargo xtask import`, `export`, `keys`, `doctor` and `users`: what operators do, thin over
//! `toolgate-ops`.
//!
//! As for `migrate`, the everyday xtask hands these to itself, built once more with the databases.

pub(crate) mod flags;
#[cfg(feature = "migrate")]
mod run;
#[cfg(feature = "migrate")]
mod setting;
#[cfg(feature = "migrate")]
mod show;

#[cfg(feature = "migrate")]
pub(crate) use run::run;

/// Hands the task on as it was said, but for addresses, which go by the environment: other accounts
/// of a machine can read a command line.
#[cfg(not(feature = "migrate"))]
pub(crate) fn run(flags: &flags::OperateFlags) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;

    use anyhow::Context as _;

    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut command = crate::shell::cargo_here(["run", "--quiet", "--manifest-path", manifest]);
    command.args(["--features", "migrate", "--"]);
    command.args(&flags.said);
    if let Some(url) = &flags.database_url {
        command.env("DATABASE_URL", url);
    }
    Err(command.exec()).context("cargo could not be started")
}
