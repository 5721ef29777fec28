//! Resumable uploads: a session first, then the bytes in as many pieces as they take.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use http::header::{CONTENT_RANGE, HeaderName, LOCATION, RANGE};

use super::{body, finish};
use crate::call::{Call, Media};
use crate::discovery::route::Route;
use crate::exchange::{Answer, Request};
use crate::random;
use crate::refusal::Refusal;
use crate::state::Shared;

/// Every piece but the last is a multiple of this.
const GRAIN: usize = 256 * 1024;

const UPLOAD_TYPE: HeaderName = HeaderName::from_static("x-upload-content-type");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("x-upload-content-length");
const UPLOAD_ID: HeaderName = HeaderName::from_static("x-guploader-uploadid");

/// The sessions that wait for bytes, by upload id.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<String, Session>>);

/// What was asked for when the session began, and what has come since.
#[derive(Debug, Clone)]
struct Session {
    route: &'static Route,
    call: Call,
    content_type: String,
    /// How many bytes there will be, once that is known.
    total: Option<usize>,
    bytes: Vec<u8>,
    /// How the method answered, for whoever asks again.
    done: Option<Answer>,
}

/// What a request to a session brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// Nothing: it asks how far the session is.
    Question,
    /// Bytes from there on, with their whole number where it is known.
    From(usize, Option<usize>),
}

impl Sessions {
    /// The method and the account that a session is for.
    pub(crate) fn purpose(&self, id: &str) -> Option<(String, String)> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let call = &sessions.get(id)?.call;
        Some((call.method.clone(), call.account.clone()))
    }

    fn take(&self, id: &str) -> Option<Session> {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(id)
    }

    fn keep(&self, id: &str, session: Session) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(id.to_owned(), session);
    }
}

/// The upload id of a request to a session.
pub(crate) fn id_of(request: &Request) -> Option<String> {
    let is_upload =
        request.path.starts_with("/upload/") || request.path.starts_with("/resumable/upload/");
    let query = crate::discovery::params::read(&request.query);
    let id = query.get("upload_id")?.first()?.clone();
    is_upload.then_some(id)
}

/// Begins a session for a call whose bytes are still to come.
pub(super) fn begin(
    shared: &Shared,
    route: &'static Route,
    call: Call,
    request: &Request,
) -> Result<Answer, Refusal> {
    let header = |name| request.header(name).map(str::to_owned);
    let total: Option<usize> = header(UPLOAD_LENGTH).and_then(|length| length.parse().ok());
    body::check_size(&route.method, total.unwrap_or_default())?;
    let id = random::text();
    let session = Session {
        route,
        call,
        content_type: header(UPLOAD_TYPE).unwrap_or_else(|| "message/rfc822".to_owned()),
        total: total.filter(|total| *total > 0),
        bytes: Vec::new(),
        done: None,
    };
    shared.sessions.keep(&id, session);
    let mut location = shared.config.base_url.clone();
    location.set_path(&request.path);
    let query = format!("{}&upload_id={id}", request.query);
    location.set_query(Some(query.trim_start_matches('&')));
    Ok(Answer::empty(StatusCode::OK)
        .with(LOCATION, location.as_str())
        .with(UPLOAD_ID, &id))
}

/// Takes the next piece of a session; the last one is answered as the method answers.
pub(crate) fn proceed(shared: &Shared, id: &str, request: &Request) -> Answer {
    let outcome = match shared.sessions.take(id) {
        Some(session) => session.proceed(shared, id, request),
        None => Err(Refusal::new(404, "NOT_FOUND", "notFound", "Not Found")),
    };
    outcome.unwrap_or_else(|refusal| refusal.answer())
}

impl Session {
    fn proceed(mut self, shared: &Shared, id: &str, request: &Request) -> Result<Answer, Refusal> {
        let outcome = match &self.done {
            Some(answer) => Ok(answer.clone()),
            None => self.add(request).map(|()| self.incomplete()),
        };
        if self.done.is_some() || outcome.is_err() || self.total != Some(self.bytes.len()) {
            shared.sessions.keep(id, self);
            return outcome;
        }
        let media = Media {
            content_type: self.content_type.clone(),
            bytes: std::mem::take(&mut self.bytes),
        };
        body::check_media(&self.route.method, &media)?;
        self.call.media = Some(media);
        let answer = finish(shared, self.route, &self.call)?;
        self.call.media = None;
        self.done = Some(answer.clone());
        shared.sessions.keep(id, self);
        Ok(answer)
    }

    fn add(&mut self, request: &Request) -> Result<(), Refusal> {
        let malformed = || Refusal::bad_request("Failed to parse Content-Range header.");
        let piece = match request.header(CONTENT_RANGE) {
            None => Piece::From(
                self.bytes.len(),
                Some(self.bytes.len() + request.body.len()),
            ),
            Some(range) => piece(range, request.body.len()).ok_or_else(malformed)?,
        };
        let Piece::From(start, total) = piece else {
            return Ok(());
        };
        // Bytes that came already may come again, after an answer that was lost.
        if start > self.bytes.len() {
            return Err(Refusal::bad_request("Invalid request: a piece is missing."));
        }
        let is_last = total == Some(start + request.body.len());
        if !is_last && !request.body.len().is_multiple_of(GRAIN) {
            let message = "Every piece but the last must be a multiple of 262144 bytes.";
            return Err(Refusal::bad_request(message));
        }
        body::check_size(&self.route.method, start + request.body.len())?;
        self.bytes.truncate(start);
        self.bytes.extend_from_slice(&request.body);
        self.total = total.or(self.total);
        Ok(())
    }

    /// 308, with what has come so far.
    fn incomplete(&self) -> Answer {
        let answer = Answer::empty(StatusCode::PERMANENT_REDIRECT);
        match self.bytes.len() {
            0 => answer,
            count => answer.with(RANGE, &format!("bytes=0-{}", count - 1)),
        }
    }
}

/// What a `Content-Range` says of a body of `length` bytes.
fn piece(range: &str, length: usize) -> Option<Piece> {
    let (span, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let total = match total {
        "*" => None,
        number => Some(number.parse::<usize>().ok()?),
    };
    if span == "*" {
        return (length == 0).then_some(Piece::Question);
    }
    let (start, end) = span.split_once('-')?;
    let (start, end): (usize, usize) = (start.parse().ok()?, end.parse().ok()?);
    let fits = end.checked_add(1)? == start.checked_add(length)? && total.is_none_or(|it| end < it);
    fits.then_some(Piece::From(start, total))
}

#[cfg(test)]
mod tests {
    use super::{Piece, piece};

    #[test]
    fn a_range_says_which_bytes_a_piece_holds() {
        let table = [
            ("bytes */10", 0, Some(Piece::Question)),
            ("bytes */*", 0, Some(Piece::Question)),
            ("bytes */10", 1, None),
            ("bytes 0-4/10", 5, Some(Piece::From(0, Some(10)))),
            ("bytes 5-9/10", 5, Some(Piece::From(5, Some(10)))),
            ("bytes 5-9/*", 5, Some(Piece::From(5, None))),
            ("bytes 5-9/9", 5, None),
            ("bytes 5-9/10", 4, None),
            ("bytes 5-/10", 5, None),
            ("0-4/10", 5, None),
            ("bytes 0-18446744073709551615/*", 0, None),
        ];
        for (range, length, expected) in table {
            assert_eq!(piece(range, length), expected, "{range}");
        }
    }
}
