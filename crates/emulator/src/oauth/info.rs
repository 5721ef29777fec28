//! Who a token belongs to, and what clients may read about these endpoints.

use http::StatusCode;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::json;

use super::{EMAIL, OPENID, PROFILE};
use crate::exchange::{Answer, Request};
use crate::state::Shared;

/// The user info endpoint of OpenID Connect.
pub(super) fn user(shared: &Shared, request: &Request) -> Answer {
    let bearer = request
        .bearer()
        .and_then(|token| shared.bearer(token))
        .filter(|bearer| bearer.expires_at_ms > shared.now_ms());
    let found = bearer.and_then(|bearer| Some((shared.account(&bearer.account)?, bearer.scopes)));
    let Some((account, scopes)) = found else {
        let body =
            json!({ "error": "invalid_request", "error_description": "Invalid Credentials" });
        let challenge = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_request\"";
        return Answer::json(StatusCode::UNAUTHORIZED, &body).with(WWW_AUTHENTICATE, challenge);
    };
    let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
    if ![OPENID, EMAIL, PROFILE].into_iter().any(has) {
        let body =
            json!({ "error": "insufficient_scope", "error_description": "Insufficient scope" });
        return Answer::json(StatusCode::FORBIDDEN, &body);
    }
    let mut body = json!({ "sub": account.sub });
    if has(EMAIL) {
        body["email"] = account.email.as_str().into();
        body["email_verified"] = true.into();
    }
    if has(PROFILE) {
        body["name"] = account.name.as_str().into();
        body["given_name"] = account.given_name().into();
        body["family_name"] = account.family_name().into();
    }
    if let Some(domain) = &account.hosted_domain {
        body["hd"] = domain.as_str().into();
    }
    Answer::json(StatusCode::OK, &body)
}

/// What an access token is good for.
pub(super) fn token(shared: &Shared, request: &Request) -> Answer {
    let parameters = url::form_urlencoded::parse(request.query.as_bytes())
        .chain(url::form_urlencoded::parse(&request.body));
    let token = parameters
        .filter(|(name, _)| name == "access_token")
        .map(|(_, value)| value.into_owned())
        .next();
    let bearer = token
        .and_then(|token| shared.bearer(&token))
        .filter(|bearer| bearer.expires_at_ms > shared.now_ms());
    let found = bearer.and_then(|bearer| Some((shared.account(&bearer.account)?, bearer)));
    let Some((account, bearer)) = found else {
        let body = json!({ "error": "invalid_token", "error_description": "Invalid Value" });
        return Answer::json(StatusCode::BAD_REQUEST, &body);
    };
    let body = json!({
        "azp": bearer.client_id,
        "aud": bearer.client_id,
        "sub": account.sub,
        "scope": bearer.scopes.join(" "),
        "exp": (bearer.expires_at_ms / 1000).to_string(),
        "expires_in": ((bearer.expires_at_ms - shared.now_ms()) / 1000).to_string(),
        "email": account.email,
        "email_verified": "true",
    });
    Answer::json(StatusCode::OK, &body)
}

/// The public keys that id tokens are checked with.
pub(super) fn certs(shared: &Shared) -> Answer {
    Answer::json(StatusCode::OK, &json!({ "keys": [shared.key.public()] })).with(
        CACHE_CONTROL,
        "public, max-age=20000, must-revalidate, no-transform",
    )
}

/// Where the endpoints of this emulator are.
pub(super) fn configuration(shared: &Shared) -> Answer {
    let base = shared.config.base_url.as_str().trim_end_matches('/');
    let body = json!({
        "issuer": shared.config.issuer,
        "authorization_endpoint": format!("{base}/o/oauth2/v2/auth"),
        "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/v1/userinfo"),
        "revocation_endpoint": format!("{base}/revoke"),
        "jwks_uri": format!("{base}/oauth2/v3/certs"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": [
            "aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss",
            "name", "sub",
        ],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "authorization_response_iss_parameter_supported": true,
    });
    Answer::json(StatusCode::OK, &body).with(CACHE_CONTROL, "public, max-age=3600")
}
