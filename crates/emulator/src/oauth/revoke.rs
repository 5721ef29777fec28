//! The revocation endpoint.

use http::StatusCode;
use serde_json::json;

use super::form::{Failure, Form};
use crate::exchange::{Answer, Request};
use crate::state::Shared;

/// Revokes an access or refresh token, and with it all that its account gave to the project.
pub(super) fn answer(shared: &Shared, request: &Request) -> Answer {
    match revoke(shared, request) {
        Ok(()) => Answer::json(StatusCode::OK, &json!({})).never_stored(),
        Err(failure) => failure.answer(),
    }
}

fn revoke(shared: &Shared, request: &Request) -> Result<(), Failure> {
    let form = Form::of_body(request)?;
    form.allow_only(&["token", "token_type_hint", "client_id", "client_secret"])?;
    let token = form.need("token")?;
    let now_ms = shared.now_ms();
    shared.with_grants(|grants| {
        let by_access = grants
            .bearer(token)
            .filter(|bearer| bearer.expires_at_ms > now_ms)
            .map(|b| b.account);
        let account = by_access.or_else(|| {
            grants
                .refresh(token)
                .map(|refresh| refresh.grant.account.clone())
        });
        match account {
            Some(account) => {
                grants.revoke(&account);
                Ok(())
            }
            None => Err(Failure::new("invalid_token", "Token expired or revoked")),
        }
    })
}
