//! Steering a running emulator over HTTP, under `/_emulator/`.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::exchange::{Answer, Request};
use crate::faults::FaultRule;
use crate::state::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfAccount {
    account: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pages {
    limit: Option<usize>,
}

/// Answers a request; `path` is what stands behind `/_emulator/`.
pub(crate) fn answer(shared: &Shared, path: &str, request: &Request) -> Answer {
    let outcome = match (path, &request.method) {
        ("health", &Method::GET) => Ok(json!({ "status": "ok" })),
        ("requests", &Method::GET) => Ok(json!({ "requests": shared.log.all() })),
        ("requests", &Method::DELETE) => {
            shared.log.clear();
            Ok(json!({}))
        }
        ("faults", &Method::GET) => Ok(json!({ "faults": shared.faults.list() })),
        ("faults", &Method::POST) => {
            read::<FaultRule>(request).map(|rule| json!({ "id": shared.faults.add(rule) }))
        }
        ("faults", &Method::DELETE) => {
            shared.faults.clear();
            Ok(json!({}))
        }
        ("release", &Method::POST) => {
            shared.faults.release();
            Ok(json!({}))
        }
        ("pages", &Method::POST) => read::<Pages>(request).map(|pages| {
            shared.limit_pages(pages.limit);
            json!({})
        }),
        ("expire", &Method::POST) => account(shared, request).map(|email| {
            let now_ms = shared.now_ms();
            json!({ "expired": shared.with_grants(|grants| grants.expire_access(&email, now_ms)) })
        }),
        ("revoke", &Method::POST) => account(shared, request).map(|email| {
            shared.with_grants(|grants| grants.revoke(&email));
            json!({})
        }),
        _ => Err((
            StatusCode::NOT_FOUND,
            format!("nothing at {} {path}", request.method),
        )),
    };
    match outcome {
        Ok(body) => Answer::json(StatusCode::OK, &body).never_stored(),
        Err((status, message)) => Answer::json(status, &json!({ "error": message })),
    }
}

fn account(shared: &Shared, request: &Request) -> Result<String, (StatusCode, String)> {
    let email = read::<OfAccount>(request)?.account;
    match shared.account(&email) {
        Some(account) => Ok(account.email.clone()),
        None => Err((StatusCode::NOT_FOUND, format!("no account {email}"))),
    }
}

fn read<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, (StatusCode, String)> {
    let value: Value = serde_json::from_slice(&request.body)
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    T::deserialize(value).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}
