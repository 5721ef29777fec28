//! The address of Google's consent page.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, Scope};
use sha2::{Digest as _, Sha256};
use toolgate_http::Endpoints;
use url::Url;

use crate::clock::{Random, random_256};
use crate::error::Error;
use crate::scope::ScopeSet;
use crate::secret::{Nonce, PkceVerifier};

/// What is asked for, and how the answer is to come back. The state and what stands for the nonce
/// and the verifier do not print.
#[derive(Clone, Copy)]
pub(crate) struct ConsentRequest<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    /// The scopes; `openid` and the e-mail address come on top.
    pub(crate) scopes: &'a ScopeSet,
    pub(crate) state: &'a str,
    pub(crate) code_challenge: &'a str,
    pub(crate) nonce: &'a Nonce,
    /// Makes Google give a refresh token again.
    pub(crate) force_consent: bool,
    /// Makes Google ask which account, whoever is signed in there.
    pub(crate) choose_account: bool,
    pub(crate) login_hint: Option<&'a str>,
    pub(crate) hosted_domain: Option<&'a str>,
    /// Adds what was granted before; web clients only.
    pub(crate) include_granted_scopes: bool,
}

impl fmt::Debug for ConsentRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentRequest")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .field("force_consent", &self.force_consent)
            .finish_non_exhaustive()
    }
}

/// The address of the consent page. It holds the state and the nonce: it belongs into a redirect
/// and nowhere else.
pub(crate) fn consent_url(endpoints: &Endpoints, request: &ConsentRequest<'_>) -> Url {
    let client = BasicClient::new(ClientId::new(request.client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(endpoints.authorize().clone()));
    let scopes = request.scopes.union(&ScopeSet::parse("openid email"));
    let state = request.state.to_owned();
    let mut url = client
        .authorize_url(|| CsrfToken::new(state))
        .add_scopes(scopes.iter().map(|scope| Scope::new(scope.to_owned())))
        .add_extra_param("redirect_uri", request.redirect_uri)
        .add_extra_param("code_challenge", request.code_challenge)
        .add_extra_param("code_challenge_method", "S256")
        .add_extra_param("nonce", request.nonce.expose())
        .add_extra_param("access_type", "offline");
    if request.include_granted_scopes {
        url = url.add_extra_param("include_granted_scopes", "true");
    }
    let prompt = match (request.choose_account, request.force_consent) {
        (true, true) => Some("select_account consent"),
        (true, false) => Some("select_account"),
        (false, true) => Some("consent"),
        (false, false) => None,
    };
    if let Some(prompt) = prompt {
        url = url.add_extra_param("prompt", prompt);
    }
    if let Some(hint) = request.login_hint {
        url = url.add_extra_param("login_hint", hint);
    }
    if let Some(domain) = request.hosted_domain {
        url = url.add_extra_param("hd", domain);
    }
    url.url().0
}

/// A code verifier and its challenge (RFC 7636, S256).
#[derive(Debug, Clone)]
pub(crate) struct PkcePair {
    pub(crate) verifier: PkceVerifier,
    pub(crate) challenge: String,
}

impl PkcePair {
    /// A new verifier of 43 characters that hold 256 random bits.
    pub(crate) fn new(random: &dyn Random) -> Result<Self, Error> {
        let verifier = PkceVerifier::parse(BASE64.encode(random_256(random)))?;
        Ok(Self::from_verifier(&verifier))
    }

    pub(crate) fn from_verifier(verifier: &PkceVerifier) -> Self {
        Self {
            verifier: verifier.clone(),
            challenge: BASE64.encode(Sha256::digest(verifier.expose())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_is_printed_tells_no_state_nonce_or_challenge() {
        let request = ConsentRequest {
            client_id: "123-abc",
            redirect_uri: "https://app.example.com/google/callback",
            scopes: &ScopeSet::parse("openid"),
            state: "secret-state",
            code_challenge: "secret-challenge",
            nonce: &Nonce::parse("secret-nonce").unwrap(),
            force_consent: true,
            choose_account: false,
            login_hint: None,
            hosted_domain: None,
            include_granted_scopes: true,
        };
        let text = format!("{request:?}");
        assert!(
            text.contains("123-abc") && !text.contains("secret"),
            "{text}"
        );
    }
}
