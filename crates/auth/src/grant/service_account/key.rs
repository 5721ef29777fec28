//! A service account's key: its own word, signed, for an access token.

use std::fmt;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::refusal;
use super::source::{ServiceToken, ServiceTokenRequest, ServiceTokens};
use crate::config::is_address;
use crate::error::{Error, ErrorKind};
use crate::grant::Hidden;
use crate::grant::answer::{TokenAnswer, Wire};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The longest that Google takes.
const LIFETIME_SECONDS: i64 = 3600;
const NOT_ONE: &str = "is not the key of a service account; make one in the Google Cloud console, see \
                       https://console.cloud.google.com/iam-admin/serviceaccounts";

/// The key of a service account.
pub(super) struct ServiceKey {
    email: String,
    key_id: Option<String>,
    pair: KeyPair,
}

/// What is read of its file; where tokens are asked for is not.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: Option<String>,
    private_key_id: Option<String>,
    private_key: Option<Hidden>,
    client_email: Option<String>,
    universe_domain: Option<String>,
    /// Of a `token.json`, which says no type.
    refresh_token: Option<serde::de::IgnoredAny>,
    /// Of an OAuth client's file.
    installed: Option<serde::de::IgnoredAny>,
    web: Option<serde::de::IgnoredAny>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

/// What a service account says of itself.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    scope: String,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

impl<'a> Claims<'a> {
    pub(super) fn of(email: &'a str, wanted: &ServiceTokenRequest<'a>) -> Self {
        let iat = wanted.google.clock.now().as_millis() / 1000;
        Self {
            iss: email,
            sub: wanted.subject,
            scope: wanted.scopes.join(" "),
            aud: wanted.google.endpoints.token().as_str(),
            iat,
            exp: iat + LIFETIME_SECONDS,
        }
    }
}

impl ServiceKey {
    /// The sentence goes on after "the file ..".
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let file: File = serde_json::from_slice(bytes).map_err(|_| NOT_ONE)?;
        if file.installed.is_some() || file.web.is_some() {
            return Err(
                "is of an OAuth client, not a service account's key; give it to \
                 OAuthClient::from_file, or name it in GOOGLE_CLIENT_SECRETS_FILE",
            );
        }
        match file.kind.as_deref() {
            Some("service_account") => {}
            Some("authorized_user") => {
                return Err(
                    "is the consent of a person, not a service account's key; use \
                            ServiceAccount::application_default for it",
                );
            }
            Some("external_account" | "impersonated_service_account") => {
                return Err("has no key in it; give the tokens of another library to \
                            ServiceAccount::from_source");
            }
            None if file.refresh_token.is_some() => {
                return Err(
                    "is the consent of a person, not a service account's key; give it to \
                            TokenFile::new",
                );
            }
            _ => return Err(NOT_ONE),
        }
        if file
            .universe_domain
            .is_some_and(|it| it != "googleapis.com")
        {
            return Err("is of a cloud that is not googleapis.com, which is not known here");
        }
        let email = file.client_email.filter(|email| is_address(email));
        let pem = file
            .private_key
            .ok_or("has no private_key; make a new one")?;
        Ok(Self {
            email: email.ok_or("has no client_email; make a new one")?,
            key_id: file.private_key_id.filter(|id| !id.is_empty()),
            pair: pair(&pem.0).ok_or("has a private_key that cannot be read; make a new one")?,
        })
    }

    fn sign(&self, claims: &Claims<'_>) -> Result<Zeroizing<String>, Error> {
        let broken = || {
            Error::from(ErrorKind::Internal(
                "a service account's word was not signed",
            ))
        };
        let header = Header {
            alg: "RS256",
            typ: "JWT",
            kid: self.key_id.as_deref(),
        };
        let header = serde_json::to_vec(&header).map_err(|_| broken())?;
        let claims = serde_json::to_vec(claims).map_err(|_| broken())?;
        let header = URL_SAFE_NO_PAD.encode(header);
        let mut text = Zeroizing::new(format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims)));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let (random, bytes) = (SystemRandom::new(), text.as_bytes());
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature)
            .map_err(|_| broken())?;
        text.push('.');
        text.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(text)
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceKey")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ServiceTokens for ServiceKey {
    fn describe(&self) -> String {
        format!("the service account {}", self.email)
    }

    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        let assertion = self.sign(&Claims::of(&self.email, wanted))?;
        exchange(wanted, &assertion).await
    }
}

/// The key pair of a PEM text in PKCS#8, as Google writes it.
///
/// The texts and the bytes that lead to it are wiped when they are dropped. What ring's `KeyPair` holds
/// stays in memory until that is used otherwise, as ring wipes nothing, and so does what `serde_json`
/// unescaped of the file.
fn pair(pem: &str) -> Option<KeyPair> {
    // As long as it can get from the start: a text that grows leaves its pieces behind unwiped.
    let mut body = Zeroizing::new(String::with_capacity(pem.len()));
    let lines = pem.lines().map(str::trim);
    body.extend(lines.filter(|line| !line.starts_with("-----")));
    let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
    KeyPair::from_pkcs8(&der).ok()
}

/// Exchanges a service account's signed word for an access token.
pub(super) async fn exchange(
    wanted: &ServiceTokenRequest<'_>,
    assertion: &str,
) -> Result<ServiceToken, Error> {
    let sent_at = wanted.google.clock.monotonic();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", GRANT_TYPE)
        .append_pair("assertion", assertion)
        .finish();
    let request = Request::post(wanted.google.endpoints.token().as_str())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into_bytes())
        .map_err(|_| wanted.unavailable(None))?;
    let answer = wanted.send(request).await?;
    if answer.status() != StatusCode::OK {
        return Err(refusal::of_answer(wanted, &answer));
    }
    let wire: Wire = serde_json::from_slice(answer.body()).map_err(|_| wanted.unavailable(None))?;
    let token = TokenAnswer::from_wire(wire, sent_at)?;
    Ok(ServiceToken::new(token.access, token.lifetime))
}
