//! What each variable has to be; an error names it and never its value.

use std::path::PathBuf;
use std::time::Duration;

use toolgate_http::Endpoints;
use url::Url;

use super::Environment;
use crate::error::Error;
use crate::grant::OAuthClient;
use crate::secret::ClientSecret;

pub(super) fn client(environment: &Environment) -> Result<Option<OAuthClient>, Error> {
    let file = path(environment, "GOOGLE_CLIENT_SECRETS_FILE")?;
    let secret = environment.get("GOOGLE_CLIENT_SECRET")?;
    let id = environment.get("GOOGLE_CLIENT_ID")?;
    let client = match (file, id) {
        (Some(file), None) if secret.is_none() => Some(OAuthClient::from_file(file)?),
        (Some(_), _) => {
            return Err(Error::configuration(
                "GOOGLE_CLIENT_SECRETS_FILE is set beside GOOGLE_CLIENT_ID or \
                 GOOGLE_CLIENT_SECRET; set the file or the others",
            ));
        }
        (None, Some(id)) => Some(by_id(&id, secret.as_ref().map(|it| it.as_str()))?),
        (None, None) if secret.is_none() => None,
        (None, None) => {
            return Err(Error::configuration(
                "GOOGLE_CLIENT_SECRET is set without GOOGLE_CLIENT_ID; set both or neither",
            ));
        }
    };
    let project = environment.get("GOOGLE_PROJECT_ID")?;
    Ok(client.map(|client| match &project {
        Some(project) => client.with_project(project.as_str()),
        None => client,
    }))
}

fn by_id(id: &str, secret: Option<&str>) -> Result<OAuthClient, Error> {
    let client = OAuthClient::new(id);
    client.check()?;
    Ok(match secret {
        Some(secret) => client.with_secret(ClientSecret::parse(secret)?),
        None => client,
    })
}

pub(super) fn endpoints(environment: &Environment) -> Result<Endpoints, Error> {
    let Some(base) = environment.get("GOOGLE_BASE_URL")? else {
        return Ok(Endpoints::google());
    };
    Endpoints::at_base(&base)
        .map_err(|error| Error::configuration(format!("GOOGLE_BASE_URL cannot be used: {error}")))
}

pub(super) fn redirect_uri(environment: &Environment) -> Result<Option<Url>, Error> {
    let Some(text) = environment.get("GOOGLE_REDIRECT_URI")? else {
        return Ok(None);
    };
    let url = Url::parse(&text).ok();
    let url =
        url.filter(|url| matches!(url.scheme(), "https" | "http") && url.fragment().is_none());
    url.map(Some).ok_or_else(|| {
        Error::configuration(
            "GOOGLE_REDIRECT_URI has to be a whole address such as \
             https://app.example.com/google/callback, as the Google Cloud console has it",
        )
    })
}

pub(super) fn hosted_domain(environment: &Environment) -> Result<Option<String>, Error> {
    let Some(domain) = environment.get("GOOGLE_HOSTED_DOMAIN")? else {
        return Ok(None);
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if domain.contains('.') && domain.bytes().all(allowed) {
        return Ok(Some(domain.to_ascii_lowercase()));
    }
    Err(Error::configuration(
        "GOOGLE_HOSTED_DOMAIN has to be a domain such as example.com",
    ))
}

pub(super) fn flag(environment: &Environment, name: &str) -> Result<bool, Error> {
    let Some(text) = environment.get(name)? else {
        return Ok(false);
    };
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Error::configuration(format!(
            "{name} has to be true or false"
        ))),
    }
}

pub(super) fn path(environment: &Environment, name: &str) -> Result<Option<PathBuf>, Error> {
    let path = environment.get(name)?;
    Ok(path.map(|path| PathBuf::from(path.as_str())))
}

pub(super) fn delegated_user(environment: &Environment) -> Result<Option<String>, Error> {
    const NAME: &str = "GOOGLE_DELEGATED_USER";
    let Some(address) = environment.get(NAME)? else {
        return Ok(None);
    };
    if is_address(&address) {
        return Ok(Some(address.as_str().to_owned()));
    }
    Err(Error::configuration(format!(
        "{NAME} has to be the e-mail address of an account, such as alice@example.com"
    )))
}

pub(super) fn api_timeout(environment: &Environment) -> Result<Option<Duration>, Error> {
    const NAME: &str = "GOOGLE_API_TIMEOUT";
    let Some(text) = environment.get(NAME)? else {
        return Ok(None);
    };
    let seconds = text.parse::<f64>().ok();
    let seconds = seconds.filter(|it| *it > 0.0 && *it <= 3600.0);
    let seconds = seconds.ok_or_else(|| {
        Error::configuration(format!(
            "{NAME} has to be a number of seconds, more than 0 and at most 3600"
        ))
    })?;
    Ok(Some(Duration::from_secs_f64(seconds)))
}

pub(super) fn quota_project(environment: &Environment) -> Result<Option<String>, Error> {
    const NAME: &str = "GOOGLE_CLOUD_QUOTA_PROJECT_ID";
    let Some(project) = environment.get(NAME)? else {
        return Ok(None);
    };
    if is_project(&project) {
        return Ok(Some(project.as_str().to_owned()));
    }
    Err(Error::configuration(format!(
        "{NAME} has to be the id of a Google Cloud project, such as my-project-123"
    )))
}

/// Whether it can be an e-mail address: Google says the rest.
pub(crate) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic());
    plain(local) && plain(domain) && !domain.contains('@') && domain.contains('.')
}

/// Whether it can be a project's id; old ones begin with a domain and a colon.
pub(crate) fn is_project(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':');
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}
