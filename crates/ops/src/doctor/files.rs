//! The files that hold secrets: whether they are what they should be, and who may read them.

use std::fs;
use std::io;
use std::path::Path;

use toolgate_auth::{EnvConfig, ServiceAccount};

use super::Finding;
use crate::read_token_json;

/// The key file of a service account, where one is named.
pub(super) fn service_account(config: &EnvConfig) -> Option<Finding> {
    const CHECK: &str = "service account";
    let path = config.service_account_file.as_deref()?;
    Some(match ServiceAccount::from_file(path) {
        Ok(_) => private(CHECK, path),
        Err(error) => Finding::problem(CHECK, error.to_string()),
    })
}

/// `token.json`, where it is there.
pub(super) fn token_file(path: &Path) -> Option<Finding> {
    const CHECK: &str = "token.json";
    if matches!(fs::metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return None;
    }
    Some(match read_token_json(path) {
        Ok(grant) if grant.has_refresh_token() => private(CHECK, path),
        Ok(_) => Finding::warning(
            CHECK,
            "it has no refresh token, so it ends with its access token; sign in again",
        ),
        Err(error) => Finding::problem(CHECK, format!("{}: {error}", path.display())),
    })
}

#[cfg(unix)]
fn private(check: &'static str, path: &Path) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map_or(0, |about| about.permissions().mode());
    if mode & 0o077 != 0 {
        let shown = path.display();
        let says = format!("others on this machine may read it; run `chmod 600 {shown}`");
        return Finding::warning(check, says);
    }
    fine(check, path)
}

#[cfg(not(unix))]
fn private(check: &'static str, path: &Path) -> Finding {
    fine(check, path)
}

fn fine(check: &'static str, path: &Path) -> Finding {
    Finding::ok(check, format!("{} can be used", path.display()))
}
