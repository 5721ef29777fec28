//! As whom a server runs: PostgreSQL refuses root.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::Context as _;

/// An account of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// Runs a command as this account.
    pub(super) fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

/// Whether we are root.
pub(super) fn is_root() -> anyhow::Result<bool> {
    let output = Command::new("id")
        .arg("-u")
        .output()
        .context("id could not be started")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// The account to use instead of root, one that exists already; None where we are not root.
pub(super) fn unprivileged() -> anyhow::Result<Option<Account>> {
    if !is_root()? {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").context("/etc/passwd could not be read")?;
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| account(&passwd, name))
        .map(Some)
        .context("no account to run PostgreSQL: neither postgres nor nobody is in /etc/passwd")
}

fn account(passwd: &str, wanted: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, uid, gid) = (
            fields.next()?,
            fields.next()?,
            fields.next()?.parse().ok()?,
            fields.next()?.parse().ok()?,
        );
        (name == wanted && uid != 0).then_some(Account { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
        # a comment\n\
        postgres2:x:7:7::/:/bin/sh\n\
        postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n\
        toor:x:0:0::/:/bin/sh\n";

    #[test]
    fn an_account_is_read_by_its_whole_name() {
        let expected = Account { uid: 101, gid: 104 };
        assert_eq!(account(PASSWD, "postgres"), Some(expected));
        assert_eq!(account(PASSWD, "nobody"), None);
    }

    #[test]
    fn an_account_that_is_root_by_another_name_is_not_used() {
        assert_eq!(account(PASSWD, "toor"), None);
    }
}
