//! The path of an API request: credentials, scopes, parameters, body, service, partial reply.

mod body;
mod profile;
pub(crate) mod resumable;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use serde_json::Value;

use crate::calendar;
use crate::call::{ApiError, Call, Reply};
use crate::discovery::fields::Mask;
use crate::discovery::params::{self, Query};
use crate::discovery::route::{Match, Route};
use crate::discovery::{Document, Method, schema};
use crate::exchange::{Answer, Request};
use crate::gmail;
use crate::oauth::Bearer;
use crate::random;
use crate::refusal::Refusal;
use crate::state::Shared;

const METADATA: &str = "https://www.googleapis.com/auth/gmail.metadata";

/// Answers a request that matched a method.
pub(crate) fn answer(shared: &Shared, found: &Match, request: &Request) -> Answer {
    match process(shared, found, request) {
        Ok(answer) => answer,
        Err(refusal) => refusal.answer(),
    }
}

/// Whether some service of the emulator answers the method.
pub(crate) fn is_implemented(method: &str) -> bool {
    [gmail::METHODS, calendar::METHODS, profile::METHODS]
        .iter()
        .any(|methods| methods.contains(&method))
}

fn process(shared: &Shared, found: &Match, request: &Request) -> Result<Answer, Refusal> {
    let method = &*found.route.method;
    let document = shared.directory.document(found.route);
    let bearer = authorize(shared, method, request)?;
    let query = params::read(&request.query);
    params::check(document, method, &found.path, &query).map_err(Refusal::bad_request)?;
    mask(document, method, &query)?;
    let uploaded = body::read(document, found.route, &query, request)?;
    let call = Call {
        method: method.id.clone(),
        path: found.path.clone(),
        query,
        body: uploaded.body,
        media: uploaded.media,
        account: bearer.account,
        scopes: bearer.scopes,
        page_limit: shared.page_limit(),
        if_match: request.header(IF_MATCH).map(str::to_owned),
        if_none_match: request.header(IF_NONE_MATCH).map(str::to_owned),
    };
    check_user(&call)?;
    check_metadata_scope(method, &call)?;
    check_delegation(shared, method, &call)?;
    let wants_json = call.query_one("alt").is_none_or(|alt| alt == "json");
    if !is_implemented(&method.id) || !wants_json {
        return Err(Refusal::not_implemented(&method.id));
    }
    if uploaded.is_to_come {
        return resumable::begin(shared, found.route, call, request);
    }
    finish(shared, found.route, &call)
}

/// Answers a call that was checked.
fn finish(shared: &Shared, route: &Route, call: &Call) -> Result<Answer, Refusal> {
    let (document, method) = (shared.directory.document(route), &*route.method);
    let mask = mask(document, method, &call.query)?;
    let reply = serve(shared, call)?;
    check_reply(document, method, &reply)?;
    match reply {
        Reply::Json(value) => {
            let etag = value["etag"].as_str().map(str::to_owned);
            let value = match mask {
                Some(mask) => mask.apply(value),
                None => value,
            };
            let answer = json(&value, call.query_one("prettyPrint") != Some("false"));
            Ok(match etag {
                Some(etag) => answer.with(ETAG, &etag),
                None => answer,
            })
        }
        Reply::Empty => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Reply::Unchanged => Ok(Answer::empty(StatusCode::NOT_MODIFIED)),
    }
}

/// Refuses a reply of our own that does not have the shape that Google documents.
fn check_reply(document: &Document, method: &Method, reply: &Reply) -> Result<(), Refusal> {
    let problem = match (reply, &method.response) {
        (Reply::Json(value), Some(response)) => {
            schema::check(document, &response.name, value).err()
        }
        (Reply::Empty, None) | (Reply::Unchanged, Some(_)) => None,
        (Reply::Json(_) | Reply::Unchanged, None) => Some("the method has no reply".to_owned()),
        (Reply::Empty, Some(_)) => Some("the method has a reply".to_owned()),
    };
    problem.map_or(Ok(()), |problem| {
        let message = format!("The emulator's own reply is wrong: {problem}");
        Err(Refusal::new(500, "INTERNAL", "emulatorError", message))
    })
}

fn serve(shared: &Shared, call: &Call) -> Result<Reply, ApiError> {
    if profile::METHODS.contains(&call.method.as_str()) {
        profile::handle(shared, call)
    } else if calendar::METHODS.contains(&call.method.as_str()) {
        shared.handle_calendar(call)
    } else {
        shared.with_mailboxes(|mailboxes| mailboxes.handle(call, shared.now_ms()))
    }
}

/// The token's owner and scopes; methods without scopes ask for no token.
fn authorize(shared: &Shared, method: &Method, request: &Request) -> Result<Bearer, Refusal> {
    if method.scopes.is_empty() {
        return Ok(Bearer::default());
    }
    let token = request
        .bearer()
        .ok_or_else(|| Refusal::unauthenticated("CREDENTIALS_MISSING"))?;
    let bearer = shared
        .bearer(token)
        .ok_or_else(|| Refusal::unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED"))?;
    if bearer.expires_at_ms <= shared.now_ms() {
        return Err(Refusal::unauthenticated("ACCESS_TOKEN_EXPIRED"));
    }
    if shared.account(&bearer.account).is_none() {
        return Err(Refusal::unauthenticated("ACCOUNT_STATE_INVALID"));
    }
    if method
        .scopes
        .iter()
        .any(|scope| bearer.scopes.contains(scope))
    {
        Ok(bearer)
    } else {
        Err(Refusal::insufficient_scope(&method.scopes))
    }
}

fn mask(document: &Document, method: &Method, query: &Query) -> Result<Option<Mask>, Refusal> {
    let Some(text) = query.get("fields").and_then(|values| values.first()) else {
        return Ok(None);
    };
    let mask = Mask::read(text).map_err(Refusal::bad_request)?;
    let schema = method
        .response
        .as_ref()
        .and_then(|name| document.schemas.get(&name.name));
    if let Some(schema) = schema {
        mask.check(document, schema).map_err(Refusal::bad_request)?;
    }
    Ok(Some(mask))
}

/// Gmail's `userId` is `me` or the token's own address.
fn check_user(call: &Call) -> Result<(), Refusal> {
    let Some(user) = call.path.get("userId") else {
        return Ok(());
    };
    if user == "me" || user.eq_ignore_ascii_case(&call.account) {
        return Ok(());
    }
    let message = format!("Delegation denied for {}", call.account);
    Err(Refusal::new(403, "PERMISSION_DENIED", "forbidden", message))
}

/// Some methods, by their own descriptions, are for service accounts with domain-wide authority.
fn check_delegation(shared: &Shared, method: &Method, call: &Call) -> Result<(), Refusal> {
    let says = |words: &str| method.description.contains(words);
    let is_foreign_address = says("Addresses other than the primary address")
        && !call
            .path_one("sendAsEmail")
            .eq_ignore_ascii_case(&call.account);
    let is_theirs = is_foreign_address || says("only available to service account clients");
    if shared.config.domain_wide_delegation || !is_theirs {
        return Ok(());
    }
    let message =
        "Access restricted to service accounts that have been delegated domain-wide authority";
    Err(Refusal::new(403, "PERMISSION_DENIED", "forbidden", message))
}

/// With nothing but `gmail.metadata` there is no searching and no reading of bodies.
fn check_metadata_scope(method: &Method, call: &Call) -> Result<(), Refusal> {
    let accepted = |scope: &&String| method.scopes.contains(scope) && call.scopes.contains(scope);
    let only_metadata = method
        .scopes
        .iter()
        .filter(accepted)
        .all(|scope| scope == METADATA);
    if !only_metadata || !method.scopes.iter().any(|scope| scope == METADATA) {
        return Ok(());
    }
    let message = if call.query.contains_key("q") {
        "Metadata scope does not support 'q' parameter"
    } else if method.parameters.contains_key("format")
        && !matches!(call.query_one("format"), Some("metadata" | "minimal"))
    {
        "Metadata scope doesn't allow format FULL"
    } else {
        return Ok(());
    };
    Err(Refusal::new(403, "PERMISSION_DENIED", "forbidden", message))
}

fn json(value: &Value, pretty: bool) -> Answer {
    let text = if pretty {
        format!("{value:#}\n")
    } else {
        value.to_string()
    };
    let etag = format!("\"{}\"", random::sha256(&text));
    let mut answer = Answer::new(
        StatusCode::OK,
        "application/json; charset=UTF-8",
        Bytes::new(),
    );
    answer.body = text.into();
    answer
        .with(ETAG, &etag)
        .with(http::header::CACHE_CONTROL, "private")
}

/// The content type of an upload or a JSON body, lower case, without parameters.
fn content_type(request: &Request) -> &str {
    request.header(CONTENT_TYPE).unwrap_or_default()
}

#[cfg(test)]
mod tests;
