//! What an OpenID configuration under a base of one's own says of its paths.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::{Endpoints, same_origin};
use crate::client::HttpClient;

const DISCOVERY_DEADLINE: Duration = Duration::from_secs(5);

/// What of an OpenID configuration is used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OpenIdConfiguration {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    jwks_uri: Option<String>,
}

impl Endpoints {
    /// Under a base of one's own, takes the paths and the issuer from its OpenID configuration,
    /// where it answers; the host stays the base's. With Google's own hosts nothing is asked.
    pub async fn discovered(self, http: &HttpClient) -> Self {
        let Some(base) = self.0.base.clone() else {
            return self;
        };
        match self.ask_configuration(http).await {
            Some(found) => self.with_configuration(&base, found),
            None => self,
        }
    }

    async fn ask_configuration(&self, http: &HttpClient) -> Option<OpenIdConfiguration> {
        let request = http::Request::get(self.0.openid_configuration.as_str()).body(Vec::new());
        let answer = http.send(request.ok()?, DISCOVERY_DEADLINE).await;
        let answer = answer
            .inspect_err(|error| tracing::debug!(%error, "no OpenID configuration"))
            .ok()?;
        if answer.status() != http::StatusCode::OK {
            tracing::debug!(status = answer.status().as_u16(), "no OpenID configuration");
            return None;
        }
        serde_json::from_slice(answer.body()).ok()
    }

    fn with_configuration(mut self, base: &Url, found: OpenIdConfiguration) -> Self {
        let take = |ours: &mut Url, theirs: Option<String>| {
            let Some(theirs) = theirs.and_then(|text| Url::parse(&text).ok()) else {
                return;
            };
            // An endpoint that was set by itself keeps its place.
            if same_origin(ours, base) {
                ours.set_path(theirs.path());
            }
        };
        let inner = self.inner_mut();
        take(&mut inner.authorize, found.authorization_endpoint);
        take(&mut inner.token, found.token_endpoint);
        take(&mut inner.revoke, found.revocation_endpoint);
        take(&mut inner.userinfo, found.userinfo_endpoint);
        take(&mut inner.certs, found.jwks_uri);
        match found.issuer {
            Some(issuer) => self.with_issuer(issuer),
            None => self,
        }
    }
}
