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

use anyhow::bail;

/// Does the task, unless a password stands on the line.
pub(crate) fn run(flags: &flags::OperateFlags) -> anyhow::Result<()> {
    check(flags)?;
    carry_out(flags)
}

fn check(flags: &flags::OperateFlags) -> anyhow::Result<()> {
    no_password("--database-url", flags.database_url.as_deref())?;
    no_password("--from", flags.details.from.as_deref())?;
    no_password("--to", flags.details.to.as_deref())
}

/// Refuses an address with a password: it would be handed on to a child's command line as well. The
/// environment is read by its owner alone.
pub(crate) fn no_password(flag: &str, address: Option<&str>) -> anyhow::Result<()> {
    let variable = match flag {
        "--database-url" => "DATABASE_URL",
        _ => "AGNO_DATABASE_URL",
    };
    if address.is_some_and(shows_password) {
        bail!(
            "others can read a password on the command line; set {variable} instead of {flag}, or \
             leave the password out of it and set PGPASSWORD"
        );
    }
    Ok(())
}

/// Whether there is a password in an address, well formed or not.
fn shows_password(address: &str) -> bool {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    // A password may hold slashes and at signs that should have been encoded.
    let in_place = place
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'));
    in_place || query.split('&').any(|it| it.starts_with("password="))
}

#[cfg(feature = "migrate")]
use run::run as carry_out;

/// Hands the task on as it was said, but for addresses, which go by the environment: other accounts
/// of a machine can read a command line.
#[cfg(not(feature = "migrate"))]
fn carry_out(flags: &flags::OperateFlags) -> anyhow::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::Task;

    #[test]
    fn a_password_on_the_line_is_refused_and_not_repeated() {
        for (address, shows) in [
            ("postgres://u:hunter2@h/d", true),
            ("postgres://u:hun/ter2@h/d", true),
            ("postgres://h/d?user=u&password=hunter2", true),
            ("u:hunter2@h", true),
            ("postgres://u@h:5432/d", false),
            ("postgres://h/d?sslmode=require", false),
            ("sqlite://C:/a.db", false),
        ] {
            assert_eq!(shows_password(address), shows, "{address}");
        }
        for (line, instead) in [
            ("keys status --database-url ADDRESS", "set DATABASE_URL"),
            ("doctor --database-url=ADDRESS", "set DATABASE_URL"),
            ("import agno --from ADDRESS", "set AGNO_DATABASE_URL"),
            ("export agno --to=ADDRESS", "set AGNO_DATABASE_URL"),
            ("migrate up --database-url ADDRESS", "set DATABASE_URL"),
        ] {
            let line = format!("xtask {line}").replace("ADDRESS", "postgres://u:hunter2@h/d");
            let refused = match crate::flags::parse(line.split(' ').map(Into::into)).unwrap() {
                Task::Operate(flags) => check(&flags),
                Task::Migrate(flags) => crate::migrate::check(&flags),
                other => panic!("{other:?}"),
            };
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains(instead), "{line}: {refused}");
            assert!(refused.contains("PGPASSWORD"), "{line}: {refused}");
            assert!(!refused.contains("hunter2"), "{line}: {refused}");
        }
    }
}
