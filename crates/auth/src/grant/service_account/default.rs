//! Google's application default credentials: a file, or the machine's own account.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use serde::Deserialize;
use tracing::debug;

use super::key::ServiceKey;
use super::source::{ServiceToken, ServiceTokenRequest, ServiceTokens};
use super::{ServiceAccount, refusal};
use crate::config::{EnvConfig, Environment};
use crate::error::{Error, ErrorKind};
use crate::grant::answer::{TokenAnswer, Wire};
use crate::grant::{DEADLINE, Grants, Hidden, OAuthClient, read_file};
use crate::scope::ScopeSet;
use crate::secret::{ClientSecret, RefreshToken};

const FLAVOUR: HeaderName = HeaderName::from_static("metadata-flavor");
/// What `gcloud auth application-default login` leaves in its folder.
const FILE_NAME: &str = "application_default_credentials.json";

pub(super) fn application_default(environment: &Environment) -> Result<ServiceAccount, Error> {
    let config = EnvConfig::read(environment)?;
    let gclouds = || {
        let file = environment.gcloud_folder()?.map(|it| it.join(FILE_NAME));
        Ok::<_, Error>(file.filter(|path| path.is_file()))
    };
    let path = match config.application_credentials {
        Some(path) => Some(path),
        None => gclouds()?,
    };
    let source: Arc<dyn ServiceTokens> = if let Some(path) = path {
        of_file(&path)?
    } else {
        debug!(target: "toolgate_auth", "no file of default credentials: the machine's own");
        Arc::new(Machine)
    };
    let account = ServiceAccount::from_source(source);
    match config.delegated_user {
        Some(address) => account.acting_for(address),
        None => Ok(account),
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    client_id: Option<String>,
    client_secret: Option<Hidden>,
    refresh_token: Option<Hidden>,
}

fn of_file(path: &Path) -> Result<Arc<dyn ServiceTokens>, Error> {
    let problem =
        |problem: &str| Error::configuration(format!("the file {} {problem}", path.display()));
    let text = read_file(path, "default credentials")?;
    let file: Option<File> = serde_json::from_str(&text).ok();
    let Some(file) = file.filter(|file| file.kind == "authorized_user") else {
        let key = ServiceKey::read(text.as_bytes()).map_err(problem)?;
        return Ok(Arc::new(key));
    };
    let parts = (file.client_id, file.client_secret, file.refresh_token);
    let (Some(id), Some(secret), Some(refresh)) = parts else {
        return Err(problem(
            "lacks something; run `gcloud auth application-default login` again",
        ));
    };
    let unusable = |_| problem("is damaged; run `gcloud auth application-default login` again");
    let secret = ClientSecret::parse(secret.0.as_str()).map_err(unusable)?;
    let client = OAuthClient::new(id).with_secret(secret);
    client.check().map_err(unusable)?;
    Ok(Arc::new(AuthorizedUser {
        client,
        refresh: RefreshToken::parse(refresh.0.as_str()).map_err(unusable)?,
    }))
}

fn acts_for_nobody(what: &str) -> Error {
    Error::configuration(format!(
        "{what} cannot act for others: use a service account's key file, or act as a service account \
         by ServiceAccount::impersonating"
    ))
}

/// What a person allowed gcloud.
#[derive(Debug)]
struct AuthorizedUser {
    client: OAuthClient,
    refresh: RefreshToken,
}

#[async_trait]
impl ServiceTokens for AuthorizedUser {
    fn describe(&self) -> String {
        "the account that gcloud signed in".to_owned()
    }

    fn no_mailbox(&self) -> &'static str {
        "these default credentials are a person's own, whom gcloud signed in, and their mailbox is not \
         given to whoever runs the agent: have people sign in by an OAuth client \
         (GoogleAuth::builder), or use the key file of a service account that acts for them"
    }

    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        if wanted.subject.is_some() {
            return Err(acts_for_nobody("a person's default credentials"));
        }
        let google = wanted.google;
        let (http, endpoints) = (google.http.clone(), google.endpoints.clone());
        let grants = Grants::new(http, endpoints, self.client.clone());
        let grants = grants.with_clock(Arc::clone(&google.clock));
        let answer = grants.refresh(&self.refresh, DEADLINE).await;
        let answer = answer.map_err(|error| {
            let is_final = error.failure().is_final();
            if is_final {
                refused(wanted)
            } else {
                error.into()
            }
        })?;
        let lacks = |granted: &ScopeSet| wanted.scopes.iter().any(|it| !granted.contains(it));
        if answer.scopes.as_ref().is_some_and(lacks) {
            return Err(refused(wanted));
        }
        Ok(ServiceToken::new(answer.access, answer.lifetime))
    }
}

fn refused(wanted: &ServiceTokenRequest<'_>) -> Error {
    let scopes = wanted.scopes.join(",");
    let advice = format!(
        "the default credentials have ended or lack a scope; run `gcloud auth application-default login \
         --scopes={scopes}`"
    );
    let code = "invalid_grant";
    ErrorKind::ServiceAccount { code, advice }.into()
}

/// The service account that this virtual machine runs as.
#[derive(Debug)]
struct Machine;

#[async_trait]
impl ServiceTokens for Machine {
    fn describe(&self) -> String {
        "the service account of this machine".to_owned()
    }

    fn no_mailbox(&self) -> &'static str {
        "the service account of this machine has no mailbox of its own, and cannot act for people by \
         itself: use the key file of a service account, or act as one by ServiceAccount::impersonating, \
         and say for whom by acting_for or acting_for_each_user"
    }

    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        if wanted.subject.is_some() {
            return Err(acts_for_nobody("a machine's own account"));
        }
        let sent_at = wanted.google.clock.monotonic();
        let mut url = wanted.google.endpoints.metadata().clone();
        url.set_path(&format!(
            "{}instance/service-accounts/default/token",
            url.path()
        ));
        url.query_pairs_mut()
            .append_pair("scopes", &wanted.scopes.join(","));
        let request = Request::get(url.as_str()).header(FLAVOUR, "Google");
        let request = request
            .body(Vec::new())
            .map_err(|_| wanted.unavailable(None))?;
        let answer = wanted.google.http.send(request, DEADLINE).await;
        let answer = answer.map_err(|error| {
            let gone = error.is_unsent();
            if gone {
                no_credentials()
            } else {
                wanted.unavailable(None)
            }
        })?;
        // Whoever else answers under this name does not say so.
        if answer.headers().get(FLAVOUR).map(HeaderValue::as_bytes) != Some(b"Google") {
            return Err(no_credentials());
        }
        if answer.status() != StatusCode::OK {
            return Err(refusal::of_answer(wanted, &answer));
        }
        let wire: Wire =
            serde_json::from_slice(answer.body()).map_err(|_| wanted.unavailable(None))?;
        let token = TokenAnswer::from_wire(wire, sent_at)?;
        Ok(ServiceToken::new(token.access, token.lifetime))
    }
}

fn no_credentials() -> Error {
    Error::configuration(
        "there are no application default credentials: GOOGLE_APPLICATION_CREDENTIALS names no file, \
         gcloud left none, and this is no machine of Google Cloud's; run `gcloud auth \
         application-default login`, or name the key file of a service account",
    )
}
