//! The path of an API request: credentials, scopes, parameters, body, service, partial reply.

mod body;
mod profile;
pub(crate) mod resumable;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, RANGE};
use serde_json::Value;

use crate::calendar;
use crate::call::{Call, Reply};
use crate::content::Content;
use crate::discovery::fields::Mask;
use crate::discovery::params::{self, Query};
use crate::discovery::route::{Match, Route};
use crate::discovery::{Document, Method, schema};
use crate::exchange::{Answer, Request};
use crate::oauth::Bearer;
use crate::random;
use crate::refusal::Refusal;
use crate::slides::Fetched;
use crate::state::Shared;
use crate::{channels, drive, gmail, slides};

const METADATA: &str = "https://www.googleapis.com/auth/gmail.metadata";

/// Answers a request that matched a method.
pub(crate) fn answer(
    shared: &Shared,
    found: &Match,
    request: &Request,
    fetched: Fetched,
) -> Answer {
    match process(shared, found, request, fetched) {
        Ok(answer) => answer,
        Err(refusal) => refusal.answer(),
    }
}

/// Whether some service of the emulator answers the method.
pub(crate) fn is_implemented(method: &str) -> bool {
    let tables = [
        gmail::METHODS,
        calendar::METHODS,
        channels::METHODS,
        profile::METHODS,
        slides::METHODS,
    ];
    tables.iter().any(|methods| methods.contains(&method))
        || drive::METHODS.iter().any(|known| known == method)
}

fn process(
    shared: &Shared,
    found: &Match,
    request: &Request,
    fetched: Fetched,
) -> Result<Answer, Refusal> {
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
        fetched,
        if_match: request.header(IF_MATCH).map(str::to_owned),
        if_none_match: request.header(IF_NONE_MATCH).map(str::to_owned),
    };
    check_user(&call)?;
    check_metadata_scope(method, &call)?;
    check_delegation(shared, method, &call)?;
    let is_offered = match call.query_one("alt") {
        None | Some("json") => true,
        alt => alt == Some("media") && drive::takes_media(&method.id),
    };
    if !is_implemented(&method.id) || !is_offered {
        return Err(Refusal::not_implemented(&method.id));
    }
    check_fields(&call)?;
    if uploaded.is_to_come {
        return resumable::begin(shared, found.route, call, request);
    }
    let answer = finish(shared, found.route, &call)?;
    match (&answer.file, request.header(RANGE)) {
        (Some(file), Some(range)) => Ok(ranged(file, range, &answer)),
        _ => Ok(answer),
    }
}

/// A part of a file, where its range can be read and has something of it; a range that cannot be
/// read is passed over.
fn ranged(file: &Content, range: &str, whole: &Answer) -> Answer {
    let mut answer = whole.clone();
    let Some((start, end)) = span(range, file.len()) else {
        return answer;
    };
    let length = file.len();
    if start >= length {
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        return Answer::empty(status).with(CONTENT_RANGE, &format!("bytes */{length}"));
    }
    let end = end.min(length - 1);
    answer.status = StatusCode::PARTIAL_CONTENT;
    answer.file = Some(file.slice(start, end - start + 1));
    answer.with(CONTENT_RANGE, &format!("bytes {start}-{end}/{length}"))
}

/// The first and the last byte that a single range asks for, in a file of `length` bytes.
fn span(range: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let count = last.parse::<u64>().ok()?.min(length);
        return Some((length - count, u64::MAX));
    }
    let first: u64 = first.parse().ok()?;
    let last = if last.is_empty() {
        u64::MAX
    } else {
        last.parse().ok()?
    };
    (first <= last).then_some((first, last))
}

/// Some methods of Drive want to be told what to show.
fn check_fields(call: &Call) -> Result<(), Refusal> {
    if call.query.contains_key("fields") || !drive::needs_fields(&call.method) {
        return Ok(());
    }
    let message = "The 'fields' parameter is required for this method.";
    let refusal = Refusal::new(400, "INVALID_ARGUMENT", "required", message);
    Err(refusal.at("parameter", "fields"))
}

/// Answers a call that was checked.
fn finish(shared: &Shared, route: &Route, call: &Call) -> Result<Answer, Refusal> {
    let (document, method) = (shared.directory.document(route), &*route.method);
    let mut mask = mask(document, method, &call.query)?;
    if let (None, Some(usual)) = (&mask, drive::default_fields(&method.id)) {
        mask = Mask::read(usual).ok();
    }
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
        Reply::Media {
            content_type,
            content,
        } => {
            let mut answer = Answer::empty(StatusCode::OK).with(CONTENT_TYPE, &content_type);
            answer.file = Some(content);
            Ok(answer)
        }
    }
}

/// Refuses a reply of our own that does not have the shape that Google documents.
fn check_reply(document: &Document, method: &Method, reply: &Reply) -> Result<(), Refusal> {
    let problem = match (reply, &method.response) {
        (Reply::Json(value), Some(response)) => {
            schema::check(document, &response.name, value).err()
        }
        (Reply::Empty, None) | (Reply::Unchanged, Some(_)) | (Reply::Media { .. }, _) => None,
        (Reply::Json(_) | Reply::Unchanged, None) => Some("the method has no reply".to_owned()),
        (Reply::Empty, Some(_)) => Some("the method has a reply".to_owned()),
    };
    problem.map_or(Ok(()), |problem| {
        let message = format!("The emulator's own reply is wrong: {problem}");
        Err(Refusal::new(500, "INTERNAL", "emulatorError", message))
    })
}

fn serve(shared: &Shared, call: &Call) -> Result<Reply, Refusal> {
    if profile::METHODS.contains(&call.method.as_str()) {
        Ok(profile::handle(shared, call)?)
    } else if channels::METHODS.contains(&call.method.as_str()) {
        channels::answer(shared, call, |reading| serve(shared, reading))
    } else if calendar::METHODS.contains(&call.method.as_str()) {
        Ok(shared.handle_calendar(call)?)
    } else if call.method.starts_with("drive.") {
        shared.handle_drive(call)
    } else if slides::METHODS.contains(&call.method.as_str()) {
        shared.with_drives(|drives| slides::handle(drives, call, shared.now_ms()))
    } else {
        Ok(shared.with_mailboxes(|mailboxes| mailboxes.handle(call, shared.now_ms()))?)
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
