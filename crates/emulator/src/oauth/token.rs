//! The token endpoint: codes and refresh tokens for access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::form::{Failure, Form};
use super::grants::{Grant, Grants};
use super::{OPENID, assertion};
use crate::exchange::{Answer, Request};
use crate::random;
use crate::state::Shared;

/// What one answer is made of.
struct Issued {
    grant: Grant,
    access: String,
    refresh: Option<String>,
    nonce: Option<String>,
}

pub(super) fn answer(shared: &Shared, request: &Request) -> Answer {
    match issue(shared, request) {
        Ok(body) => Answer::json(StatusCode::OK, &body).never_stored(),
        Err(failure) => failure.answer(),
    }
}

/// An access token without a consent.
pub(crate) fn issue_access(
    shared: &Shared,
    client_id: &str,
    email: &str,
    scopes: &[&str],
) -> String {
    let now_ms = shared.now_ms();
    shared.with_grants(|grants| {
        let grant = without_consent(shared, grants, client_id, email, scopes);
        new_access(shared, grants, &grant, now_ms)
    })
}

/// An access token of a service account, until this time.
pub(super) fn issue_until(
    shared: &Shared,
    client_id: &str,
    account: &str,
    scopes: &[&str],
    ends_ms: i64,
) -> String {
    shared.with_grants(|grants| {
        let grant = without_consent(shared, grants, client_id, account, scopes);
        grants.add_access(grant, ends_ms)
    })
}

/// A refresh token without a consent.
pub(crate) fn issue_refresh(
    shared: &Shared,
    client_id: &str,
    email: &str,
    scopes: &[&str],
) -> String {
    let now_ms = shared.now_ms();
    shared.with_grants(|grants| {
        let grant = without_consent(shared, grants, client_id, email, scopes);
        grants.add_refresh(grant, refresh_expiry(shared, now_ms))
    })
}

fn without_consent(
    shared: &Shared,
    grants: &mut Grants,
    client_id: &str,
    email: &str,
    scopes: &[&str],
) -> Grant {
    let scopes: Vec<String> = scopes
        .iter()
        .map(|scope| super::canonical(scope).to_owned())
        .collect();
    let email = shared
        .account(email)
        .map_or(email, |account| account.email.as_str());
    grants.new_grant(email, client_id, &scopes)
}

fn issue(shared: &Shared, request: &Request) -> Result<Value, Failure> {
    let form = Form::of_body(request)?;
    let grant_type = form.need("grant_type")?;
    if grant_type == assertion::GRANT_TYPE {
        form.allow_only(&["grant_type", "assertion"])?;
        return by_assertion(shared, form.need("assertion")?);
    }
    let known: &[&str] = match grant_type {
        "authorization_code" => &[
            "grant_type",
            "client_id",
            "client_secret",
            "code",
            "redirect_uri",
            "code_verifier",
        ],
        "refresh_token" => &[
            "grant_type",
            "client_id",
            "client_secret",
            "refresh_token",
            "scope",
        ],
        other => {
            let description = format!("Invalid grant_type: {other}");
            return Err(Failure::new("unsupported_grant_type", description));
        }
    };
    form.allow_only(known)?;
    let client_id = client(shared, request, &form)?;
    let issued = if grant_type == "refresh_token" {
        by_refresh_token(shared, &form, &client_id)?
    } else {
        by_code(shared, &form, &client_id)?
    };
    Ok(body(shared, &issued))
}

/// Gives a service account what its own word is good for: no refresh token, and no id token.
fn by_assertion(shared: &Shared, text: &str) -> Result<Value, Failure> {
    let asserted = assertion::check(shared, text)?;
    let scopes: Vec<&str> = asserted.scopes.iter().map(String::as_str).collect();
    let access = issue_access(
        shared,
        &asserted.service_account,
        &asserted.account,
        &scopes,
    );
    Ok(json!({
        "access_token": access,
        "expires_in": shared.config.access_token_lifetime.as_secs(),
        "token_type": "Bearer",
    }))
}

/// Authenticates the client by the form or by HTTP Basic, not by both.
fn client(shared: &Shared, request: &Request, form: &Form) -> Result<String, Failure> {
    let basic = request.header(AUTHORIZATION).map(basic);
    let (client_id, secret) = match (basic, form.get("client_secret")) {
        (Some(_), Some(_)) => {
            return Err(Failure::invalid_request(
                "Multiple client credentials provided.",
            ));
        }
        (Some(None), None) => return Err(unauthorized("Malformed client credentials.")),
        (Some(Some((id, secret))), None) => {
            if form.get("client_id").is_some_and(|other| other != id) {
                return Err(Failure::invalid_request(
                    "client_id differs from the credentials.",
                ));
            }
            (id, secret)
        }
        (None, secret) => {
            let secret =
                secret.ok_or_else(|| Failure::invalid_request("client_secret is missing."))?;
            (form.need("client_id")?.to_owned(), secret.to_owned())
        }
    };
    shared.with_grants(|grants| match grants.client(&client_id) {
        None => Err(unauthorized("The OAuth client was not found.")),
        Some(client) if client.client_secret != secret => Err(unauthorized("Unauthorized")),
        Some(_) => Ok(client_id.clone()),
    })
}

fn unauthorized(description: &str) -> Failure {
    let failure = Failure::new("invalid_client", description);
    Failure {
        status: StatusCode::UNAUTHORIZED,
        ..failure
    }
}

/// The id and secret of a Basic header, each form-decoded as RFC 6749, section 2.3.1 has it.
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8()
            .ok()
            .map(String::from)
    };
    scheme
        .eq_ignore_ascii_case("basic")
        .then_some((decode(id)?, decode(secret)?))
}

fn by_code(shared: &Shared, form: &Form, client_id: &str) -> Result<Issued, Failure> {
    let secret = form.need("code")?;
    let redirect_uri = form.need("redirect_uri")?;
    let verifier = form.get("code_verifier");
    let now_ms = shared.now_ms();
    shared.with_grants(|grants| {
        let malformed = || Failure::new("invalid_grant", "Malformed auth code.");
        let code = grants.code(secret).ok_or_else(malformed)?;
        if code.grant.client_id != client_id {
            return Err(malformed());
        }
        if code.used {
            let family = code.grant.family;
            grants.drop_family(family);
            return Err(Failure::new("invalid_grant", "Bad Request"));
        }
        if code.expires_at_ms <= now_ms {
            return Err(Failure::new("invalid_grant", "Bad Request"));
        }
        if code.redirect_uri != redirect_uri {
            return Err(Failure::new("redirect_uri_mismatch", "Bad Request"));
        }
        let verifier =
            verifier.ok_or_else(|| Failure::new("invalid_grant", "Missing code verifier."))?;
        let lawful = (43..=128).contains(&verifier.len())
            && verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if !lawful || random::sha256(verifier) != code.challenge {
            return Err(Failure::new("invalid_grant", "Invalid code verifier."));
        }
        code.used = true;
        let code = code.clone();
        let refresh = code
            .gives_refresh
            .then(|| grants.add_refresh(code.grant.clone(), refresh_expiry(shared, now_ms)));
        Ok(Issued {
            access: new_access(shared, grants, &code.grant, now_ms),
            grant: code.grant,
            refresh,
            nonce: code.nonce,
        })
    })
}

fn by_refresh_token(shared: &Shared, form: &Form, client_id: &str) -> Result<Issued, Failure> {
    let token = form.need("refresh_token")?;
    let now_ms = shared.now_ms();
    shared.with_grants(|grants| {
        let dead = || Failure::new("invalid_grant", "Token has been expired or revoked.");
        let refresh = grants.refresh(token).ok_or_else(dead)?.clone();
        if refresh.expires_at_ms.is_some_and(|expiry| expiry <= now_ms) {
            return Err(dead());
        }
        if refresh.grant.client_id != client_id {
            return Err(Failure::new("unauthorized_client", "Unauthorized"));
        }
        let mut grant = refresh.grant.clone();
        if let Some(narrower) = form.get("scope") {
            let wanted: Vec<String> = narrower
                .split_whitespace()
                .map(|scope| super::canonical(scope).to_owned())
                .collect();
            if wanted.iter().any(|scope| !grant.scopes.contains(scope)) {
                return Err(Failure::new("invalid_scope", "A scope was not granted."));
            }
            grant.scopes = wanted;
        }
        let rotated = shared.config.rotating_refresh_tokens.then(|| {
            grants.drop_refresh(token);
            grants.add_refresh(refresh.grant.clone(), refresh.expires_at_ms)
        });
        let access = new_access(shared, grants, &grant, now_ms);
        Ok(Issued {
            grant,
            access,
            refresh: rotated,
            nonce: None,
        })
    })
}

fn new_access(shared: &Shared, grants: &mut Grants, grant: &Grant, now_ms: i64) -> String {
    grants.add_access(
        grant.clone(),
        now_ms + millis(shared.config.access_token_lifetime),
    )
}

fn refresh_expiry(shared: &Shared, now_ms: i64) -> Option<i64> {
    shared
        .config
        .refresh_token_lifetime
        .map(|lifetime| now_ms + millis(lifetime))
}

fn body(shared: &Shared, issued: &Issued) -> Value {
    let mut body = json!({
        "access_token": issued.access,
        "expires_in": shared.config.access_token_lifetime.as_secs(),
        "scope": issued.grant.scopes.join(" "),
        "token_type": "Bearer",
    });
    if let Some(refresh) = &issued.refresh {
        body["refresh_token"] = refresh.as_str().into();
        if let Some(lifetime) = shared.config.refresh_token_lifetime {
            body["refresh_token_expires_in"] = lifetime.as_secs().into();
        }
    }
    if issued.grant.scopes.iter().any(|scope| scope == OPENID) {
        body["id_token"] = id_token(shared, issued).into();
    }
    body
}

fn id_token(shared: &Shared, issued: &Issued) -> String {
    let Some(account) = shared.account(&issued.grant.account) else {
        return String::new();
    };
    let now = shared.now_ms() / 1000;
    let digest = ring::digest::digest(&ring::digest::SHA256, issued.access.as_bytes());
    let mut claims = json!({
        "iss": shared.config.issuer,
        "azp": issued.grant.client_id,
        "aud": issued.grant.client_id,
        "sub": account.sub,
        "at_hash": URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16]),
        "iat": now,
        "exp": now + 3600,
    });
    let has = |wanted: &str| issued.grant.scopes.iter().any(|scope| scope == wanted);
    if has(super::EMAIL) {
        claims["email"] = account.email.as_str().into();
        claims["email_verified"] = true.into();
    }
    if has(super::PROFILE) {
        claims["name"] = account.name.as_str().into();
        claims["given_name"] = account.given_name().into();
        claims["family_name"] = account.family_name().into();
    }
    if let Some(domain) = &account.hosted_domain {
        claims["hd"] = domain.as_str().into();
    }
    if let Some(nonce) = &issued.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    shared.key.sign(&claims)
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}
