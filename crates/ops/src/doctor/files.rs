//! The files that hold secrets: whether they are what they should be, and who may read them.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value};
use toolgate_auth::EnvConfig;
use zeroize::Zeroizing;

use super::Finding;
use crate::read_token_json;

/// The key file of a service account, where one is named.
pub(super) fn service_account(config: &EnvConfig) -> Option<Finding> {
    const CHECK: &str = "service account";
    let path = config.service_account_file.as_deref()?;
    let shown = path.display();
    let text = match fs::read(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            let kind = error.kind();
            let says = format!("{shown} cannot be read ({kind}); name the right file");
            return Some(Finding::problem(CHECK, says));
        }
    };
    let document = serde_json::from_slice::<Map<String, Value>>(&text).unwrap_or_default();
    let is = |name: &str| document.get(name).is_some_and(Value::is_string);
    let is_key = document.get("type").and_then(Value::as_str) == Some("service_account")
        && is("client_email")
        && is("private_key");
    Some(if is_key {
        private(CHECK, path)
    } else {
        let says = format!(
            "{shown} is no key of a service account; download one from the Google Cloud console"
        );
        Finding::problem(CHECK, says)
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
