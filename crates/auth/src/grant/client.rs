//! The OAuth client: how Google knows the application.

use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::Hidden;
use crate::error::Error;
use crate::secret::ClientSecret;

/// No file of Google's is nearly so long.
const LONGEST_FILE: u64 = 64 * 1024;

/// An OAuth client of a Google Cloud project, of the kind "desktop" or "web application".
///
/// ```
/// use toolgate_auth::{ClientSecret, OAuthClient};
///
/// let client = OAuthClient::new("123-abc.apps.googleusercontent.com")
///     .with_secret(ClientSecret::parse("GOCSPX-example")?);
/// assert_eq!(client.project(), Some("123"));
/// # Ok::<(), toolgate_auth::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct OAuthClient {
    id: String,
    secret: Option<ClientSecret>,
    project: Option<String>,
}

impl OAuthClient {
    /// A client by its id, as the Google Cloud console shows it.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: None,
            project: None,
        }
    }

    /// A client from the file that the Google Cloud console lets one download, usually called
    /// `credentials.json` or `client_secret_….json`, of either kind.
    ///
    /// Its id, secret and project are taken. Where it says that Google's endpoints are is not: that is
    /// [`Endpoints`](toolgate_http::Endpoints)' to say, so that a file which somebody altered cannot
    /// have the secret sent elsewhere. Nor are its redirect URIs, of which a program may use any.
    ///
    /// # Errors
    /// When the file cannot be read, or is not of an OAuth client. Its content is never quoted.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = read_file(path, "OAuth client")?;
        Self::read(text.as_bytes()).map_err(|problem| {
            Error::configuration(format!("the file {} {problem}", path.display()))
        })
    }

    /// The same from the file's text.
    ///
    /// ```
    /// use toolgate_auth::OAuthClient;
    ///
    /// let text = r#"{"installed": {"client_id": "123-abc.apps.googleusercontent.com",
    ///     "client_secret": "GOCSPX-example", "project_id": "my-project"}}"#;
    /// let client = OAuthClient::from_json(text)?;
    /// assert_eq!(client.project(), Some("my-project"));
    /// # Ok::<(), toolgate_auth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the text is not of an OAuth client. It is never quoted.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::read(text.as_bytes())
            .map_err(|problem| Error::configuration(format!("the OAuth client's JSON {problem}")))
    }

    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let file: File = serde_json::from_slice(bytes).map_err(|_| NOT_ONE)?;
        let inner = match (file.installed, file.web) {
            (Some(inner), None) | (None, Some(inner)) => inner,
            (Some(_), Some(_)) => return Err("has both an installed and a web client; take one"),
            (None, None) => {
                return Err(match file.kind.as_deref() {
                    Some("service_account") => {
                        "is of a service account, not of an OAuth client; give it to \
                         ServiceAccount::from_file, or name it in GOOGLE_SERVICE_ACCOUNT_FILE"
                    }
                    Some("authorized_user") => CONSENT,
                    None if file.refresh_token.is_some() => CONSENT,
                    Some("external_account" | "impersonated_service_account") => {
                        "is of credentials from elsewhere, not of an OAuth client; give their tokens to \
                         ServiceAccount::from_source"
                    }
                    _ => NOT_ONE,
                });
            }
        };
        let mut client = Self::new(inner.client_id);
        client.check().map_err(|_| "has an unusable client_id")?;
        if let Some(secret) = inner.client_secret {
            let secret = ClientSecret::parse(secret.0.as_str());
            client = client.with_secret(secret.map_err(|_| "has an unusable client_secret")?);
        }
        client.project = inner.project_id.filter(|project| !project.is_empty());
        Ok(client)
    }

    /// The same with its secret. Google wants one for desktop clients too, where it is no secret.
    #[must_use]
    pub fn with_secret(self, secret: ClientSecret) -> Self {
        Self {
            secret: Some(secret),
            ..self
        }
    }

    /// The same in a project of this name. Google revokes by project, so all clients of one
    /// project should say the same; without it the number that begins the id is taken.
    #[must_use]
    pub fn with_project(self, project: impl Into<String>) -> Self {
        Self {
            project: Some(project.into()),
            ..self
        }
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The Google Cloud project, where it is known.
    pub fn project(&self) -> Option<&str> {
        if self.project.is_some() {
            return self.project.as_deref();
        }
        let number = self.id.split_once('-')?.0;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(number)
    }

    /// The secret, where it has one.
    pub fn secret(&self) -> Option<&ClientSecret> {
        self.secret.as_ref()
    }

    /// Refuses an id that cannot be one, before it is stored with any row.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let problem = if self.id.is_empty() {
            "is empty; set it to what the Google Cloud console shows"
        } else if self.id.len() > 256 || !self.id.bytes().all(|b| b.is_ascii_graphic()) {
            "is longer than 256 bytes, or holds white space, a line break or another character that \
             no id has; copy it again from the Google Cloud console"
        } else {
            return Ok(());
        };
        Err(Error::configuration(format!(
            "the OAuth client id {problem}"
        )))
    }
}

const NOT_ONE: &str = "is not one of an OAuth client; download the client's from \
                       https://console.cloud.google.com/apis/credentials";

const CONSENT: &str = "is the consent of a person, not an OAuth client; download the client's from \
                       https://console.cloud.google.com/apis/credentials";

/// What is read of a client's file.
#[derive(Deserialize)]
struct File {
    installed: Option<Inner>,
    web: Option<Inner>,
    /// Of other files of Google's.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Of a `token.json`, which says no type.
    refresh_token: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Inner {
    client_id: String,
    client_secret: Option<Hidden>,
    project_id: Option<String>,
}

/// The text of a small file that may hold a secret.
pub(crate) fn read_file(path: &Path, what: &str) -> Result<Zeroizing<String>, Error> {
    let problem = |problem: &str| {
        Error::configuration(format!("the {what}'s file {} {problem}", path.display()))
    };
    let about = std::fs::metadata(path)
        .map_err(|_| problem("cannot be read; name the right one, and let the program read it"))?;
    if !about.is_file() || about.len() > LONGEST_FILE {
        return Err(problem("is not one of Google's; name the right one"));
    }
    std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|_| problem("cannot be read as text; name the right one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "GOCSPX-CANARYsecret";

    fn written(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials.json");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_downloaded_file_of_either_kind_is_a_client() {
        for kind in ["installed", "web"] {
            let text = format!(
                r#"{{"{kind}": {{"client_id": "12-a.apps.googleusercontent.com",
                "client_secret": "{SECRET}", "project_id": "p", "redirect_uris": ["http://x"],
                "auth_uri": "https://evil.example/auth", "token_uri": "https://evil.example/token"}}}}"#
            );
            let (_folder, path) = written(&text);
            for client in [
                OAuthClient::from_file(&path).unwrap(),
                OAuthClient::from_json(&text).unwrap(),
            ] {
                assert_eq!(client.id(), "12-a.apps.googleusercontent.com");
                assert_eq!(client.secret().unwrap().expose(), SECRET);
                assert_eq!(client.project(), Some("p"));
                // Nothing of where the file would send the secret is kept.
                let printed = format!("{client:?}");
                assert!(!printed.contains("evil"), "{printed}");
                assert!(!printed.contains("CANARY"), "{printed}");
            }
        }
    }

    #[test]
    fn what_is_no_clients_file_is_refused_and_never_quoted() {
        let check = |text: &str, expected: &str| {
            let (_folder, path) = written(text);
            for error in [
                OAuthClient::from_file(&path).unwrap_err(),
                OAuthClient::from_json(text).unwrap_err(),
            ] {
                let told = format!("{error} {error:?}");
                assert!(error.is_configuration(), "{told}");
                assert!(told.contains(expected), "{told}");
                assert!(!told.contains("CANARY"), "{told}");
            }
        };
        check(SECRET, "not one of an OAuth client");
        check("{}", "not one of an OAuth client");
        check(&format!("[\"{SECRET}\"]"), "not one of an OAuth client");
        let account = format!(r#"{{"type": "service_account", "private_key": "{SECRET}"}}"#);
        check(&account, "ServiceAccount::from_file");
        let person = format!(r#"{{"type": "authorized_user", "refresh_token": "{SECRET}"}}"#);
        check(&person, "the consent of a person");
        let token_file = format!(r#"{{"token": "{SECRET}", "refresh_token": "{SECRET}"}}"#);
        check(&token_file, "the consent of a person");
        let federated = format!(r#"{{"type": "external_account", "audience": "{SECRET}"}}"#);
        check(&federated, "ServiceAccount::from_source");
        let no_id = format!(r#"{{"web": {{"client_secret": "{SECRET}"}}}}"#);
        check(&no_id, "not one of an OAuth client");
        let bad_id = format!(r#"{{"web": {{"client_id": " {SECRET}"}}}}"#);
        check(&bad_id, "client_id");
        let bad = format!(r#"{{"web": {{"client_id": "a", "client_secret": "{SECRET}\n"}}}}"#);
        check(&bad, "client_secret");
        let both = r#"{"web": {"client_id": "a"}, "installed": {"client_id": "b"}}"#;
        check(both, "both");
    }

    #[test]
    fn a_file_that_is_not_there_or_no_file_is_named() {
        let (folder, path) = written("{}");
        let missing = folder.path().join("missing.json");
        for path in [&missing, &folder.path().to_owned()] {
            let error = OAuthClient::from_file(path).unwrap_err();
            assert!(error.is_configuration(), "{error}");
            let path = path.display().to_string();
            assert!(error.to_string().contains(&path), "{error}");
        }
        std::fs::write(&path, vec![b' '; 70_000]).unwrap();
        assert!(OAuthClient::from_file(&path).is_err());
    }
}
