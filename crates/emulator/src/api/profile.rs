//! The methods of Google's `oauth2` API: who a token belongs to.

use serde_json::{Value, json};

use crate::call::{ApiError, Call, Reply};
use crate::oauth::{EMAIL, PROFILE};
use crate::state::{Account, Shared};

/// The methods that [`handle`] answers.
pub(super) const METHODS: &[&str] = &[
    "oauth2.userinfo.get",
    "oauth2.userinfo.v2.me.get",
    "oauth2.tokeninfo",
];

pub(super) fn handle(shared: &Shared, call: &Call) -> Result<Reply, ApiError> {
    if call.method == "oauth2.tokeninfo" {
        return token_info(shared, call);
    }
    let account = shared
        .account(&call.account)
        .ok_or_else(|| ApiError::not_found("Requested entity was not found."))?;
    Ok(Reply::Json(user_info(account, &call.scopes)))
}

fn user_info(account: &Account, scopes: &[String]) -> Value {
    let has = |scope: &str| scopes.iter().any(|known| known == scope);
    let mut info = json!({ "id": account.sub });
    if has(EMAIL) {
        info["email"] = account.email.as_str().into();
        info["verified_email"] = true.into();
    }
    if has(PROFILE) {
        info["name"] = account.name.as_str().into();
        info["given_name"] = account.given_name().into();
        info["family_name"] = account.family_name().into();
        info["picture"] = "https://lh3.googleusercontent.com/a/emulator=s96-c".into();
    }
    if let Some(domain) = &account.hosted_domain {
        info["hd"] = domain.as_str().into();
    }
    info
}

fn token_info(shared: &Shared, call: &Call) -> Result<Reply, ApiError> {
    let invalid = || ApiError {
        code: 400,
        status: "INVALID_ARGUMENT",
        reason: "invalid",
        message: "Invalid Value".to_owned(),
    };
    let token = call.query_one("access_token").ok_or_else(invalid)?;
    let bearer = shared
        .bearer(token)
        .filter(|bearer| bearer.expires_at_ms > shared.now_ms())
        .ok_or_else(invalid)?;
    let account = shared.account(&bearer.account).ok_or_else(invalid)?;
    let seconds = (bearer.expires_at_ms - shared.now_ms()) / 1000;
    Ok(Reply::Json(json!({
        "issued_to": bearer.client_id,
        "audience": bearer.client_id,
        "user_id": account.sub,
        "email": account.email,
        "verified_email": true,
        "expires_in": seconds,
        "scope": bearer.scopes.join(" "),
    })))
}
