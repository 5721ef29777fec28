//! Installing PostgreSQL and its pooler where that is allowed, and saying how where it is not.

use std::process::Command;

use anyhow::bail;

use super::user;
use crate::shell;

/// What a person can do.
pub(super) const ADVICE: &str = "\
PostgreSQL's programs (initdb, pg_ctl, postgres) are neither on PATH nor where packages put them.
Install them:
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora           sudo dnf install postgresql-server
  Arch             sudo pacman -S postgresql
  macOS            brew install postgresql@17
or set DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE to a server on which USER may create
databases";

/// Installs a Debian package, as root or where sudo asks for no password.
pub(crate) fn package(name: &str) -> anyhow::Result<()> {
    if !shell::succeeds(Command::new("apt-get").arg("--version")) {
        bail!("this system has no apt-get");
    }
    let sudo = if user::is_root()? {
        false
    } else if shell::succeeds(Command::new("sudo").args(["-n", "true"])) {
        true
    } else {
        bail!("installing needs root, or sudo without a password");
    };
    println!("installing Debian's package {name}");
    shell::run_quietly(&mut apt_get(sudo, &["update", "-qq"]))?;
    let install = ["install", "-qq", "--yes", "--no-install-recommends"];
    shell::run_quietly(apt_get(sudo, &install).arg(name))
}

fn apt_get(sudo: bool, arguments: &[&str]) -> Command {
    let mut command = Command::new(if sudo { "sudo" } else { "env" });
    if sudo {
        command.args(["-n", "env"]);
    }
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sudo_is_asked_only_where_it_is_needed() {
        assert_eq!(
            shell::shown(&apt_get(true, &["update"])),
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
        assert_eq!(
            shell::shown(&apt_get(false, &["update"])),
            "env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
    }
}
