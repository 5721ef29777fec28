//! The files that hold secrets: whether they are what they should be, and who may read them.

use std::fs;
use std::io;
use std::path::Path;

use toolgate_auth::{EnvConfig, Environment, ServiceAccount};

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

/// The OAuth client's file, where one is named: what it holds is read with the variables.
pub(super) fn client_secrets(environment: &Environment) -> Option<Finding> {
    let path = environment.text("GOOGLE_CLIENT_SECRETS_FILE").ok()??;
    let path = Path::new(&path);
    // That it is not there, or is none, is told as the variable's.
    path.exists().then(|| private("client's file", path))
}

/// Google's application default credentials, where they are named. They are used where the program
/// asks for them only, so that what is wrong with them may concern nobody.
pub(super) fn application_credentials(config: &EnvConfig) -> Option<Finding> {
    const CHECK: &str = "application credentials";
    const NAME: &str = "GOOGLE_APPLICATION_CREDENTIALS";
    let path = config.application_credentials.as_deref()?;
    let named = Environment::from_pairs([(NAME, path.to_string_lossy())]);
    Some(match ServiceAccount::application_default(&named) {
        Ok(account) => {
            let found = private(CHECK, path);
            let says = format!("{}; {}", account.describe(), found.says);
            Finding { says, ..found }
        }
        Err(error) => Finding::warning(
            CHECK,
            format!("{error}; a program that asks for these credentials does not start"),
        ),
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
