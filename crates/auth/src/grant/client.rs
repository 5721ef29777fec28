//! The OAuth client: how Google knows the application.

use crate::error::Error;
use crate::secret::ClientSecret;

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
