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
    if flags.database_url.as_deref().is_some_and(shows_password) {
        bail!(
            "others can read a password on the command line; set DATABASE_URL instead of \
             --database-url, or give the password by PGPASSWORD"
        );
    }
    carry_out(flags)
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
        let line = "keys status --database-url postgres://u:hunter2@h/d";
        let words: Vec<_> = line.split(' ').map(Into::into).collect();
        let mut parser = lexopt::Parser::from_args(words[1..].to_vec());
        let flags = flags::parse("keys", &mut parser, &words).unwrap().unwrap();
        let refused = run(&flags).unwrap_err().to_string();
        assert!(refused.contains("DATABASE_URL"), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}
