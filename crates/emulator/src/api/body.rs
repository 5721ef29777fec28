//! The body of an API request: JSON by schema, and uploaded media.

use serde_json::Value;

use super::content_type;
use crate::call::Media;
use crate::content::Content;
use crate::discovery::params::Query;
use crate::discovery::route::{Route, Via};
use crate::discovery::{Document, Method, schema};
use crate::exchange::Request;
use crate::multipart;
use crate::refusal::Refusal;

/// What a body held.
#[derive(Debug, Default)]
pub(super) struct Uploaded {
    pub(super) body: Option<Value>,
    pub(super) media: Option<Media>,
    /// Whether the media comes later, in a session.
    pub(super) is_to_come: bool,
}

/// Reads and checks the body as the way taken to the method asks.
pub(super) fn read(
    document: &Document,
    route: &Route,
    query: &Query,
    request: &Request,
) -> Result<Uploaded, Refusal> {
    let method = &*route.method;
    match (route.via, &method.media_upload) {
        (Via::SimpleUpload | Via::ResumableUpload, Some(_)) => {
            let kind = query.get("uploadType").and_then(|values| values.first());
            let uploaded = match kind.map(String::as_str) {
                Some("resumable") => plain(document, method, request).map(|uploaded| Uploaded {
                    is_to_come: true,
                    ..uploaded
                })?,
                Some("media") if route.via == Via::SimpleUpload => media_only(request),
                Some("multipart") if route.via == Via::SimpleUpload => {
                    multipart_related(document, method, request)?
                }
                _ => return Err(Refusal::bad_request("Invalid value at 'uploadType'")),
            };
            if let Some(media) = &uploaded.media {
                check_media(method, media)?;
            }
            Ok(uploaded)
        }
        _ => plain(document, method, request),
    }
}

fn plain(document: &Document, method: &Method, request: &Request) -> Result<Uploaded, Refusal> {
    let is_blank = request.body.iter().all(u8::is_ascii_whitespace);
    if !is_blank && request.media_type() != "application/json" {
        return Err(Refusal::bad_request(format!(
            "Invalid content type '{}': a JSON body needs application/json.",
            request.media_type()
        )));
    }
    let body = json(document, method, &request.body)?;
    Ok(Uploaded {
        body,
        ..Uploaded::default()
    })
}

fn media_only(request: &Request) -> Uploaded {
    let media = Media {
        content_type: request.media_type(),
        content: request.content(),
    };
    Uploaded {
        body: Some(Value::Object(serde_json::Map::new())),
        media: Some(media),
        is_to_come: false,
    }
}

fn multipart_related(
    document: &Document,
    method: &Method,
    request: &Request,
) -> Result<Uploaded, Refusal> {
    if request.media_type() != "multipart/related" {
        return Err(Refusal::bad_request(
            "An upload of type multipart needs multipart/related.",
        ));
    }
    let whole = request
        .content()
        .bytes()
        .map_err(|_| Refusal::bad_request("The upload cannot be read."))?;
    let parts = multipart::read(content_type(request), &whole);
    let Some([metadata, media]) = parts.as_deref() else {
        return Err(Refusal::bad_request("Malformed multipart body."));
    };
    let type_of = |part: &multipart::Part<'_>| {
        let value = part
            .headers
            .get("content-type")
            .map(String::as_str)
            .unwrap_or_default();
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    if type_of(metadata) != "application/json" {
        return Err(Refusal::bad_request(
            "The first part of an upload must be application/json.",
        ));
    }
    let encoding = media
        .headers
        .get("content-transfer-encoding")
        .map(String::as_str);
    let content = match encoding {
        Some(name) if name.eq_ignore_ascii_case("base64") => {
            let bytes = decode_base64(media.body);
            Content::from(bytes.ok_or_else(|| Refusal::bad_request("Malformed base64."))?)
        }
        _ => Content::from(whole.slice_ref(media.body)),
    };
    Ok(Uploaded {
        body: json(document, method, metadata.body)?,
        media: Some(Media {
            content_type: type_of(media),
            content,
        }),
        is_to_come: false,
    })
}

fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let compact: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    base64::engine::general_purpose::STANDARD
        .decode(compact)
        .ok()
}

/// Checks the media type and the size against what the method takes.
pub(super) fn check_media(method: &Method, media: &Media) -> Result<(), Refusal> {
    let accepts = method.media_upload.iter().flat_map(|it| &it.accept);
    let accepted = accepts
        .into_iter()
        .any(|pattern| match pattern.strip_suffix("/*") {
            Some("*") => true,
            Some(family) => media.content_type.split('/').next() == Some(family),
            None => media.content_type == *pattern,
        });
    if !accepted {
        return Err(Refusal::new(
            400,
            "INVALID_ARGUMENT",
            "badContent",
            format!("Media type '{}' is not supported.", media.content_type),
        ));
    }
    check_size(method, media.content.len())
}

/// Checks a number of bytes against what the method takes.
pub(super) fn check_size(method: &Method, bytes: u64) -> Result<(), Refusal> {
    let upload = method.media_upload.as_ref();
    let most = upload
        .and_then(|upload| upload.max_size.as_ref())
        .and_then(|size| size.parse::<u64>().ok());
    if most.is_some_and(|most| bytes > most) {
        let message = "Request Entity Too Large";
        return Err(Refusal::new(
            413,
            "INVALID_ARGUMENT",
            "uploadTooLarge",
            message,
        ));
    }
    Ok(())
}

/// A JSON body that fits the method's request schema; an empty one is an empty message.
fn json(document: &Document, method: &Method, bytes: &[u8]) -> Result<Option<Value>, Refusal> {
    let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
    let value: Value = if is_blank {
        Value::Object(serde_json::Map::new())
    } else {
        serde_json::from_slice(bytes).map_err(|error| {
            Refusal::bad_request(format!("Invalid JSON payload received. {error}"))
        })?
    };
    match &method.request {
        Some(request) => {
            // Gmail marks fields as required that it fills in itself, such as a label's visibility.
            let required_by = if document.name == "gmail" {
                ""
            } else {
                &method.id
            };
            schema::check_for(document, &request.name, &value, required_by)
                .map_err(Refusal::bad_request)?;
            Ok(Some(value))
        }
        None if value.as_object().is_some_and(serde_json::Map::is_empty) => Ok(None),
        None => Err(Refusal::bad_request(
            "Invalid JSON payload received. The method takes no request body.",
        )),
    }
}
