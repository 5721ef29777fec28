//! Checks of an id token that came from the token endpoint over TLS.
//!
//! `OpenID` Connect Core 3.1.3.7 lets the channel stand in for the signature in that case, so none is
//! checked here: a token from anywhere else must not be passed in. Everything else is checked.

#[cfg(test)]
mod tests;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::Deserialize;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;

use crate::clock::Timestamp;
use crate::error::{Error, ErrorKind};
use crate::secret::{AccessToken, IdToken, Nonce};
use crate::sign_in::Refusal;

/// By how much this machine's clock may be off.
const LEEWAY: Duration = Duration::from_mins(1);
/// How old a token that was just issued may say to be.
const MAX_AGE: Duration = Duration::from_mins(10);

/// What an id token has to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuers: &'a [String],
    pub(crate) client_id: &'a str,
    /// The sign-in's; none for a refresh, which OpenID Connect Core 12.2 gives none.
    pub(crate) nonce: Option<&'a Nonce>,
    /// The access token that came with it.
    pub(crate) access_token: &'a AccessToken,
    pub(crate) now: Timestamp,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    /// Google's `sub`: the identity of the account.
    pub(crate) subject: String,
    /// For display; it can change hands.
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    /// The Google Workspace domain, where the account belongs to one.
    pub(crate) hosted_domain: Option<String>,
}

/// Checks a token that came from the token endpoint, and tells who signed in.
pub(crate) fn check(token: &IdToken, expected: &Expected<'_>) -> Result<Claims, Error> {
    let (header, payload) = decode(token).ok_or_else(|| refused("it cannot be read"))?;
    if !expected.issuers.contains(&payload.iss) {
        return Err(refused("it is of another issuer"));
    }
    if !payload.is_for(expected.client_id) {
        return Err(refused("it is for another application"));
    }
    check_times(&payload, expected.now)?;
    if let Some(nonce) = expected.nonce {
        let told = payload.nonce.as_deref().unwrap_or_default();
        if !bool::from(told.as_bytes().ct_eq(nonce.expose().as_bytes())) {
            return Err(refused("it is of another sign-in"));
        }
    }
    if !fits(
        &header.alg,
        payload.at_hash.as_deref(),
        expected.access_token,
    ) {
        return Err(refused("it came with another access token"));
    }
    // OpenID Connect Core 2: at most 255 ASCII characters.
    if !(1..=255).contains(&payload.sub.len()) || !payload.sub.is_ascii() {
        return Err(refused("it names no account"));
    }
    Ok(payload.into_claims())
}

fn check_times(payload: &Payload, now: Timestamp) -> Result<(), Error> {
    let moment = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1000));
    if moment(payload.exp).after(LEEWAY) <= now {
        return Err(refused("it has expired"));
    }
    if moment(payload.iat) > now.after(LEEWAY) {
        return Err(refused("it is from the future; check this machine's clock"));
    }
    if moment(payload.iat).after(MAX_AGE) < now {
        return Err(refused("it is too old; check this machine's clock"));
    }
    Ok(())
}

/// Whether the token names this access token. An absent name is lawful here, and an algorithm that
/// is not known says nothing.
fn fits(algorithm: &str, at_hash: Option<&str>, access: &AccessToken) -> bool {
    let Some(at_hash) = at_hash else { return true };
    let token = access.expose();
    let hash = match algorithm.get(2..) {
        Some("256") => Sha256::digest(token).to_vec(),
        Some("384") => Sha384::digest(token).to_vec(),
        Some("512") => Sha512::digest(token).to_vec(),
        _ => return true,
    };
    let expected = BASE64.encode(&hash[..hash.len() / 2]);
    at_hash.as_bytes().ct_eq(expected.as_bytes()).into()
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    at_hash: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Flag,
    #[serde(default)]
    hd: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Some servers write a flag as text.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Flag {
    #[default]
    Absent,
    Value(bool),
    Text(String),
}

impl Payload {
    /// Several audiences are lawful only where the authorized party is named, and a named one has
    /// to be this application.
    fn is_for(&self, client_id: &str) -> bool {
        let party_fits = |required: bool| match &self.azp {
            Some(party) => party == client_id,
            None => !required,
        };
        match &self.aud {
            Audience::One(audience) => audience == client_id && party_fits(false),
            Audience::Many(audiences) => {
                audiences.iter().any(|audience| audience == client_id)
                    && party_fits(audiences.len() > 1)
            }
        }
    }

    fn into_claims(self) -> Claims {
        let verified = match self.email_verified {
            Flag::Absent => false,
            Flag::Value(value) => value,
            Flag::Text(text) => text == "true",
        };
        Claims {
            subject: self.sub,
            email: self.email,
            email_verified: verified,
            hosted_domain: self.hd,
        }
    }
}

fn decode(token: &IdToken) -> Option<(Header, Payload)> {
    let mut parts = token.expose().split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let header = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    let payload = serde_json::from_slice(&BASE64.decode(payload).ok()?).ok()?;
    Some((header, payload))
}

fn refused(why: &'static str) -> Error {
    ErrorKind::SignIn(Refusal::IdToken(why)).into()
}
