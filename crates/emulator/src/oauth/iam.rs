//! Acting as a service account without its key: IAM's credentials, and a machine's own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat};
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::service::ServiceAccounts;
use crate::exchange::{Answer, Request};
use crate::state::Shared;

const RESOURCE: &str = "/v1/projects/-/serviceAccounts/";
const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";
const IAM: &str = "https://www.googleapis.com/auth/iam";
/// Longer ones are for organisations that allow it.
const LONGEST: i64 = 3600;

/// The verb behind the resource of a service account, where the path is one.
pub(super) fn verb(path: &str) -> Option<&str> {
    path.strip_prefix(RESOURCE)?.rsplit_once(':').map(|it| it.1)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    scope: Vec<String>,
    #[serde(default)]
    lifetime: Option<String>,
    #[serde(default)]
    delegates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    payload: String,
    #[serde(default)]
    delegates: Vec<String>,
}

/// `projects.serviceAccounts.generateAccessToken`.
pub(super) fn access_token(shared: &Shared, request: &Request) -> Answer {
    let work = || {
        let wanted: Wanted = read(request)?;
        let target = target(shared, request, &wanted.delegates, "getAccessToken")?;
        let lifetime = seconds(wanted.lifetime.as_deref())?;
        if wanted.scope.is_empty() {
            return Err(bad("scope is required"));
        }
        let scopes: Vec<&str> = wanted.scope.iter().map(String::as_str).collect();
        let ends = shared.now_ms() + lifetime * 1000;
        let token = super::token::issue_until(shared, &target, &target, &scopes, ends);
        let ends = DateTime::from_timestamp_millis(ends).unwrap_or_default();
        let ends = ends.to_rfc3339_opts(SecondsFormat::Secs, true);
        Ok(json!({ "accessToken": token, "expireTime": ends }))
    };
    answer(work())
}

/// `projects.serviceAccounts.signJwt`.
pub(super) fn signed_jwt(shared: &Shared, request: &Request) -> Answer {
    let work = || {
        let wanted: Payload = read(request)?;
        target(shared, request, &wanted.delegates, "signJwt")?;
        let claims: Value = serde_json::from_str(&wanted.payload)
            .map_err(|_| bad("the payload is not a JSON object"))?;
        if !claims.is_object() {
            return Err(bad("the payload is not a JSON object"));
        }
        let key_id = ServiceAccounts::key_id();
        let header = json!({ "alg": "RS256", "kid": key_id, "typ": "JWT" });
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = URL_SAFE_NO_PAD.encode(shared.services.sign(&text));
        Ok(json!({ "keyId": key_id, "signedJwt": format!("{text}.{signature}") }))
    };
    answer(work())
}

/// What a virtual machine gets for the service account that it runs as, from the server of its own.
pub(super) fn of_this_machine(shared: &Shared, request: &Request) -> Answer {
    if request
        .headers
        .get("metadata-flavor")
        .map(http::HeaderValue::as_bytes)
        != Some(b"Google")
    {
        return Answer::no_such_page(StatusCode::FORBIDDEN);
    }
    let Some(seed) = shared.services.of_machines() else {
        return Answer::no_such_page(StatusCode::NOT_FOUND);
    };
    let query = url::form_urlencoded::parse(request.query.as_bytes());
    let asked = query.filter(|(name, _)| name == "scopes");
    let scopes = asked.map(|(_, value)| value.into_owned()).next();
    let scopes = scopes.unwrap_or_else(|| CLOUD.to_owned());
    let scopes: Vec<&str> = scopes.split(',').collect();
    let token = super::issue_access(shared, &seed.email, &seed.email, &scopes);
    let body = json!({
        "access_token": token,
        "expires_in": shared.config.access_token_lifetime.as_secs(),
        "token_type": "Bearer",
    });
    Answer::json(StatusCode::OK, &body)
        .with(http::HeaderName::from_static("metadata-flavor"), "Google")
}

type Refused = (StatusCode, &'static str, String);

/// The service account of the path, if whoever asks may act as it, by way of these delegates.
fn target(
    shared: &Shared,
    request: &Request,
    delegates: &[String],
    permission: &str,
) -> Result<String, Refused> {
    let bearer = request.bearer().and_then(|token| shared.bearer(token));
    let bearer = bearer.filter(|bearer| bearer.expires_at_ms > shared.now_ms());
    let bearer = bearer.ok_or_else(|| {
        let message = "Request had invalid authentication credentials.";
        (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message.into())
    })?;
    if ![CLOUD, IAM]
        .iter()
        .any(|it| bearer.scopes.iter().any(|scope| scope == it))
    {
        let message = "Request had insufficient authentication scopes.";
        return Err((StatusCode::FORBIDDEN, "PERMISSION_DENIED", message.into()));
    }
    let resource = request.path.strip_prefix(RESOURCE).unwrap_or_default();
    let email = resource.rsplit_once(':').map_or("", |(email, _)| email);
    let email = percent_encoding::percent_decode_str(email).decode_utf8_lossy();
    let mut chain = Vec::new();
    for delegate in delegates {
        let delegate = delegate.strip_prefix("projects/-/serviceAccounts/");
        chain.push(delegate.ok_or_else(|| bad("a delegate is not projects/-/serviceAccounts/.."))?);
    }
    chain.push(&email);
    let mut who = bearer.account.as_str();
    for next in chain {
        let seed = shared.services.of(next);
        let seed = seed.filter(|seed| seed.token_creators.iter().any(|it| it == who));
        let denied = || {
            let message = format!(
                "Permission 'iam.serviceAccounts.{permission}' denied on resource (or it may not exist)."
            );
            (StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
        };
        who = &seed.ok_or_else(denied)?.email;
    }
    Ok(who.to_owned())
}

fn seconds(lifetime: Option<&str>) -> Result<i64, Refused> {
    let Some(text) = lifetime else {
        return Ok(LONGEST);
    };
    let seconds = text.strip_suffix('s').and_then(|it| it.parse::<i64>().ok());
    seconds
        .filter(|seconds| (1..=LONGEST).contains(seconds))
        .ok_or_else(|| bad("The lifetime has to be from 1s to 3600s."))
}

fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Refused> {
    serde_json::from_slice(&request.body).map_err(|error| bad(&error.to_string()))
}

fn bad(message: &str) -> Refused {
    (
        StatusCode::BAD_REQUEST,
        "INVALID_ARGUMENT",
        message.to_owned(),
    )
}

fn answer(outcome: Result<Value, Refused>) -> Answer {
    match outcome {
        Ok(body) => Answer::json(StatusCode::OK, &body).never_stored(),
        Err((status, name, message)) => {
            let code = status.as_u16();
            let body = json!({ "error": { "code": code, "message": message, "status": name } });
            Answer::json(status, &body)
        }
    }
}
