//! A service account's own word: a JSON Web Token that it signed, for an access token.
//!
//! The checks and their errors are those of "Using OAuth 2.0 for Server to Server Applications".

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::form::Failure;
use super::service::ServiceAccountSeed;
use crate::state::Shared;

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Some libraries pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// An assertion lives an hour at the most.
const LONGEST: i64 = 3600;
/// Clocks may differ by so many seconds.
const SKEW: i64 = 300;

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    iat: i64,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    sub: Option<String>,
}

/// What an assertion that stands gives.
pub(super) struct Asserted {
    pub(super) service_account: String,
    /// Whom it acts for: itself, or somebody whose administrator lets it.
    pub(super) account: String,
    pub(super) scopes: Vec<String>,
}

/// Whom an assertion says that it acts for, whether or not it stands.
pub(super) fn account_of(assertion: &str) -> Option<String> {
    let claims: Claims = part(assertion.split('.').nth(1)?)?;
    Some(claims.sub.unwrap_or(claims.iss))
}

pub(super) fn check(shared: &Shared, assertion: &str) -> Result<Asserted, Failure> {
    let claims = verified(shared, assertion)?;
    let token_uri = format!("{}token", shared.config.base_url);
    if claims.aud != token_uri {
        return Err(invalid("Invalid JWT: Failed audience check."));
    }
    check_times(&claims, shared.now_ms() / 1000)?;
    let scopes: Vec<String> = claims
        .scope
        .split_whitespace()
        .map(|scope| super::canonical(scope).to_owned())
        .collect();
    if scopes.is_empty() {
        let description = "Empty or missing scope not allowed.";
        return Err(Failure::new("invalid_scope", description));
    }
    let seed = shared.services.of(&claims.iss);
    let seed = seed.ok_or_else(|| invalid("Invalid grant: account not found"))?;
    let itself = seed.email.clone();
    let account = match claims.sub {
        Some(sub) if !sub.eq_ignore_ascii_case(&itself) => delegated(shared, seed, &sub, &scopes)?,
        _ => itself.clone(),
    };
    Ok(Asserted {
        service_account: itself,
        account,
        scopes,
    })
}

/// The claims, where their service account signed them.
fn verified(shared: &Shared, assertion: &str) -> Result<Claims, Failure> {
    let malformed = || invalid("Invalid JWT: The assertion is not a well-formed JWT.");
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let header: Header = part(header).ok_or_else(malformed)?;
    let claims: Claims = part(claims).ok_or_else(malformed)?;
    let signature = BASE64.decode(signature).map_err(|_| malformed())?;
    if header.alg != "RS256" {
        return Err(invalid("Invalid JWT: The signing algorithm is not RS256."));
    }
    if shared.services.of(&claims.iss).is_none() {
        return Err(invalid("Invalid grant: account not found"));
    }
    if !shared
        .services
        .verifies(header.kid.as_deref(), signed, &signature)
    {
        return Err(invalid("Invalid JWT Signature."));
    }
    Ok(claims)
}

fn check_times(claims: &Claims, now: i64) -> Result<(), Failure> {
    let short = claims.exp > claims.iat && claims.exp - claims.iat <= LONGEST;
    if short && claims.iat <= now + SKEW && claims.exp > now - SKEW {
        return Ok(());
    }
    Err(invalid(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. \
         Check your iat and exp values in the JWT claim.",
    ))
}

/// Somebody's address, where their administrator lets this service account do all of this for them.
fn delegated(
    shared: &Shared,
    seed: &ServiceAccountSeed,
    sub: &str,
    scopes: &[String],
) -> Result<String, Failure> {
    let domain = sub.rsplit_once('@').map_or("", |(_, domain)| domain);
    let known = |domain: &str| {
        let mut domains = seed.delegated_domains.iter();
        domains.any(|known| known.eq_ignore_ascii_case(domain))
    };
    if !known(domain) {
        return Err(Failure {
            status: http::StatusCode::UNAUTHORIZED,
            ..Failure::new(
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not \
                 authorized for any of the scopes requested.",
            )
        });
    }
    if scopes.iter().any(|it| !seed.delegated_scopes.contains(it)) {
        return Err(Failure {
            status: http::StatusCode::FORBIDDEN,
            ..Failure::new("access_denied", "Requested client not authorized")
        });
    }
    let account = shared.account(sub);
    let account = account.ok_or_else(|| invalid("Invalid email or User ID"))?;
    Ok(account.email.clone())
}

fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&BASE64.decode(encoded).ok()?).ok()
}

fn invalid(description: &str) -> Failure {
    Failure::new("invalid_grant", description)
}
