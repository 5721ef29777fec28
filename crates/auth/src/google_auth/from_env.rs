//! A `GoogleAuth` for a program on the person's own machine, from the environment.

use toolgate_http::Endpoints;

use super::{GoogleAuth, GoogleAuthBuilder};
use crate::browser::Browser;
use crate::config::Environment;
use crate::error::Error;
use crate::grant::OAuthClient;
use crate::secret::ClientSecret;

impl GoogleAuth {
    /// What the environment says: `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`, and where they are
    /// set `GOOGLE_PROJECT_ID`, `GOOGLE_HOSTED_DOMAIN` and `GOOGLE_BASE_URL`. A missing consent
    /// opens a browser, unless `GOOGLE_OAUTH_NONINTERACTIVE` is `1`, `true` or `yes`.
    ///
    /// # Errors
    /// When the client id is missing, or a value is malformed.
    pub fn from_env() -> Result<Self, Error> {
        let environment = Environment::process();
        let builder = Self::builder_from(&environment)?;
        if is_yes(&environment, "GOOGLE_OAUTH_NONINTERACTIVE")? {
            return builder.build();
        }
        builder.with_browser(Browser::default()).build()
    }

    /// A builder with the client and the endpoints of an environment; how consent is asked for is
    /// left to the program.
    ///
    /// ```
    /// use toolgate_auth::{Environment, GoogleAuth};
    ///
    /// let environment = Environment::from_pairs([
    ///     ("GOOGLE_CLIENT_ID", "1-a.apps.googleusercontent.com"),
    ///     ("GOOGLE_HOSTED_DOMAIN", "example.com"),
    /// ]);
    /// let google = GoogleAuth::builder_from(&environment)?
    ///     .with_public_url("https://app.example.com")
    ///     .build()?;
    /// assert!(google.gives_links());
    /// # Ok::<(), toolgate_auth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the client id is missing, or a value is malformed.
    pub fn builder_from(environment: &Environment) -> Result<GoogleAuthBuilder, Error> {
        let mut builder = Self::builder(client_from(environment)?);
        if let Some(base) = environment.get("GOOGLE_BASE_URL")? {
            let endpoints = Endpoints::at_base(&base).map_err(|error| {
                Error::configuration(format!("GOOGLE_BASE_URL is not usable: {error}"))
            })?;
            builder = builder.with_endpoints(endpoints);
        }
        if let Some(domain) = environment.get("GOOGLE_HOSTED_DOMAIN")? {
            builder = builder.with_hosted_domain(domain.as_str());
        }
        if let Some(uri) = environment.get("GOOGLE_REDIRECT_URI")? {
            builder = builder.with_redirect_uri(uri.as_str());
        }
        Ok(builder)
    }
}

fn client_from(environment: &Environment) -> Result<OAuthClient, Error> {
    let id = environment.get("GOOGLE_CLIENT_ID")?.ok_or_else(|| {
        Error::configuration(
            "GOOGLE_CLIENT_ID is not set; create an OAuth client in the Google Cloud console and \
             set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET",
        )
    })?;
    let mut client = OAuthClient::new(id.as_str());
    if let Some(secret) = environment.get("GOOGLE_CLIENT_SECRET")? {
        client = client.with_secret(ClientSecret::parse(secret.as_str())?);
    }
    if let Some(project) = environment.get("GOOGLE_PROJECT_ID")? {
        client = client.with_project(project.as_str());
    }
    Ok(client)
}

fn is_yes(environment: &Environment, name: &str) -> Result<bool, Error> {
    let value = environment.get(name)?;
    let value = value.map(|value| value.to_ascii_lowercase());
    Ok(matches!(value.as_deref(), Some("1" | "true" | "yes")))
}
