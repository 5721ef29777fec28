//! Batches: many requests in one, each through the same checks as if it came alone.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::dispatch::{self, Work};
use crate::exchange::{Answer, Delivery, Request};
use crate::multipart::{self, Part};
use crate::random;
use crate::refusal::Refusal;
use crate::state::Shared;

/// Google takes so many calls in one batch.
const MOST_PARTS: usize = 100;

/// The API that a batch path is for: `Some("")` for the path without one, `None` for other paths.
pub(crate) fn path(path: &str) -> Option<&str> {
    match path.strip_prefix("/batch")? {
        "" | "/" => Some(""),
        rest => rest.strip_prefix('/'),
    }
}

pub(crate) async fn answer(shared: &Shared, api: &str, request: &Request) -> Answer {
    let account = request.bearer().and_then(|token| shared.bearer(token));
    let account = account.as_ref().map(|bearer| bearer.account.as_str());
    let work = Work {
        shared,
        request,
        name: Some("batch"),
        account,
        batched: false,
    };
    work.run(async || match process(shared, api, request).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.answer(),
    })
    .await
}

async fn process(shared: &Shared, api: &str, request: &Request) -> Result<Answer, Refusal> {
    let known = |name: &str| {
        shared
            .directory
            .documents
            .iter()
            .any(|doc| format!("{}/{}", doc.name, doc.version) == name)
    };
    if request.method != Method::POST || !(api.is_empty() || known(api)) {
        return Err(Refusal::new(404, "NOT_FOUND", "notFound", "Not Found"));
    }
    let content_type = request.header(CONTENT_TYPE).unwrap_or_default();
    if request.media_type() != "multipart/mixed" {
        return Err(Refusal::bad_request("A batch must be multipart/mixed."));
    }
    let parts = multipart::read(content_type, &request.body)
        .ok_or_else(|| Refusal::bad_request("Failed to parse batch request."))?;
    if parts.len() > MOST_PARTS {
        let message = format!("The batch request has more than {MOST_PARTS} calls.");
        return Err(Refusal::bad_request(message));
    }
    let boundary = format!("batch_{}", random::text());
    let mut body = Vec::new();
    let mut delivery = Delivery::Whole;
    for part in &parts {
        let answer = match inner_request(shared, api, request, part) {
            Ok(inner) => match dispatch::single(shared, &inner, true).await {
                answer if answer.file.is_some() => {
                    Refusal::bad_request("Media cannot be downloaded in a batch.").answer()
                }
                answer => answer,
            },
            Err(refusal) => refusal.answer(),
        };
        delivery = delivery.max(answer.delivery);
        write_part(
            &mut body,
            &boundary,
            part.headers.get("content-id"),
            &answer,
        );
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let mut answer = Answer::empty(StatusCode::OK).with(
        CONTENT_TYPE,
        &format!("multipart/mixed; boundary={boundary}"),
    );
    answer.body = Bytes::from(body);
    answer.delivery = delivery;
    Ok(answer)
}

/// The request inside a part; the outer authorization holds where it has none of its own.
fn inner_request(
    shared: &Shared,
    api: &str,
    outer: &Request,
    part: &Part<'_>,
) -> Result<Request, Refusal> {
    let malformed = || Refusal::bad_request("Failed to parse batch request part.");
    let part_type = part
        .headers
        .get("content-type")
        .map(String::as_str)
        .unwrap_or_default();
    if part_type.split(';').next().unwrap_or_default().trim() != "application/http" {
        return Err(Refusal::bad_request(
            "A batch part must be application/http.",
        ));
    }
    let line = std::str::from_utf8(multipart::first_line(part.body)).map_err(|_| malformed())?;
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(malformed());
    };
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| malformed())?;
    let (path, query) = path_and_query(target).ok_or_else(malformed)?;
    let is_of_api = shared
        .directory
        .find(method.as_str(), path)
        .is_ok_and(|found| {
            let document = shared.directory.document(found.route);
            api.is_empty() || format!("{}/{}", document.name, document.version) == api
        });
    let other_api =
        !api.is_empty() && !is_of_api && shared.directory.find(method.as_str(), path).is_ok();
    if other_api || path.starts_with("/upload/") || self::path(path).is_some() {
        return Err(Refusal::bad_request(format!(
            "{path} cannot be part of this batch."
        )));
    }
    let (fields, body) =
        multipart::split_head(multipart::after_line(part.body)).ok_or_else(malformed)?;
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::try_from(name).map_err(|_| malformed())?;
        headers.insert(name, HeaderValue::try_from(value).map_err(|_| malformed())?);
    }
    if let (false, Some(value)) = (
        headers.contains_key(AUTHORIZATION),
        outer.headers.get(AUTHORIZATION),
    ) {
        headers.insert(AUTHORIZATION, value.clone());
    }
    Ok(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Bytes::copy_from_slice(body),
        long: None,
    })
}

/// Splits a request target, which may name the host as well.
fn path_and_query(target: &str) -> Option<(&str, &str)> {
    let target = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => &rest[rest.find('/')?..],
        _ => target,
    };
    let target = target.split('#').next().unwrap_or_default();
    target
        .starts_with('/')
        .then(|| target.split_once('?').unwrap_or((target, "")))
}

fn write_part(body: &mut Vec<u8>, boundary: &str, id: Option<&String>, answer: &Answer) {
    let mut head = format!("--{boundary}\r\nContent-Type: application/http\r\n");
    if let Some(id) = id {
        let id = match id.strip_prefix('<') {
            Some(rest) => format!("<response-{rest}"),
            None => format!("response-{id}"),
        };
        head.push_str("Content-ID: ");
        head.push_str(&id);
        head.push_str("\r\n");
    }
    let reason = answer.status.canonical_reason().unwrap_or_default();
    let _ = write!(head, "\r\nHTTP/1.1 {} {reason}\r\n", answer.status.as_u16());
    body.extend_from_slice(head.as_bytes());
    for (name, value) in &answer.headers {
        body.extend_from_slice(name.as_str().as_bytes());
        body.extend_from_slice(b": ");
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("Content-Length: {}\r\n\r\n", answer.body.len()).as_bytes());
    body.extend_from_slice(&answer.body);
    body.extend_from_slice(b"\r\n");
}
