//! Resumable uploads: a session first, then the bytes in as many pieces as they take.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{CONTENT_RANGE, HeaderName, LOCATION, RANGE};
use http::{Method, StatusCode};

use super::{body, finish};
use crate::call::{Call, Media};
use crate::content::{Content, Spool};
use crate::discovery::route::Route;
use crate::exchange::{Answer, Request};
use crate::random;
use crate::refusal::Refusal;
use crate::state::Shared;

/// Every piece but the last is a multiple of this.
const GRAIN: u64 = 256 * 1024;

const UPLOAD_TYPE: HeaderName = HeaderName::from_static("x-upload-content-type");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("x-upload-content-length");
const UPLOAD_ID: HeaderName = HeaderName::from_static("x-guploader-uploadid");

/// The sessions that wait for bytes, by upload id.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<String, Arc<Mutex<Session>>>>);

/// What was asked for when the session began, and what has come since.
#[derive(Debug)]
struct Session {
    route: &'static Route,
    call: Call,
    content_type: String,
    /// How many bytes there will be, once that is known.
    total: Option<u64>,
    spool: Spool,
    /// Counts the requests to it; what comes late of an earlier one is passed over.
    turn: u64,
    /// How the method answered, for whoever asks again.
    done: Option<Answer>,
}

/// What a request to a session brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// Nothing: it asks how far the session is.
    Question,
    /// Bytes from there on, with their whole number where it is known.
    From(u64, Option<u64>),
}

impl Sessions {
    /// The method and the account that a session is for.
    pub(crate) fn purpose(&self, id: &str) -> Option<(String, String)> {
        let session = self.of(id)?;
        let session = session.lock().unwrap_or_else(PoisonError::into_inner);
        Some((session.call.method.clone(), session.call.account.clone()))
    }

    /// Begins the next request to a session, and ends the ones before; `None` without a session.
    pub(crate) fn enter(&self, id: &str) -> Option<u64> {
        let session = self.of(id)?;
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        session.turn += 1;
        Some(session.turn)
    }

    /// Keeps what came of a piece whose connection was cut, unless another request came since.
    pub(crate) fn interrupted(&self, id: &str, turn: u64, request: &Request, part: &Content) {
        let Some(session) = self.of(id) else { return };
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        if session.turn == turn && session.done.is_none() {
            session.keep_part(request, part);
        }
    }

    fn of(&self, id: &str) -> Option<Arc<Mutex<Session>>> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(id).cloned()
    }

    fn keep(&self, id: &str, session: Session) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(id.to_owned(), Arc::new(Mutex::new(session)));
    }

    fn forget(&self, id: &str) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(id);
    }
}

/// Whether a path takes uploads.
pub(crate) fn is_upload(path: &str) -> bool {
    path.starts_with("/upload/") || path.starts_with("/resumable/upload/")
}

/// The upload id of a request to a session.
pub(crate) fn id_of(request: &Request) -> Option<String> {
    let query = crate::discovery::params::read(&request.query);
    let id = query.get("upload_id")?.first()?.clone();
    is_upload(&request.path).then_some(id)
}

/// Begins a session for a call whose bytes are still to come.
pub(super) fn begin(
    shared: &Shared,
    route: &'static Route,
    call: Call,
    request: &Request,
) -> Result<Answer, Refusal> {
    let header = |name| request.header(name).map(str::to_owned);
    let total: Option<u64> = header(UPLOAD_LENGTH).and_then(|length| length.parse().ok());
    body::check_size(&route.method, total.unwrap_or_default())?;
    let id = random::text();
    let usual = if call.method.starts_with("gmail.") {
        "message/rfc822"
    } else {
        "application/octet-stream"
    };
    let session = Session {
        route,
        call,
        content_type: header(UPLOAD_TYPE).unwrap_or_else(|| usual.to_owned()),
        total: total.filter(|total| *total > 0),
        spool: Spool::default(),
        turn: 0,
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
    let outcome = match shared.sessions.of(id) {
        Some(session) => session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .proceed(shared, id, request),
        None => Err(Refusal::new(404, "NOT_FOUND", "notFound", "Not Found")),
    };
    outcome.unwrap_or_else(|refusal| refusal.answer())
}

impl Session {
    fn proceed(&mut self, shared: &Shared, id: &str, request: &Request) -> Result<Answer, Refusal> {
        if let Some(answer) = &self.done {
            return Ok(answer.clone());
        }
        if request.method == Method::DELETE {
            shared.sessions.forget(id);
            return Ok(cancelled());
        }
        self.add(request)?;
        if self.total != Some(self.spool.len()) {
            return Ok(self.incomplete());
        }
        let outcome = self.finish(shared);
        match &outcome {
            Ok(answer) => self.done = Some(answer.clone()),
            Err(_) => shared.sessions.forget(id),
        }
        outcome
    }

    fn finish(&mut self, shared: &Shared) -> Result<Answer, Refusal> {
        let media = Media {
            content_type: self.content_type.clone(),
            content: std::mem::take(&mut self.spool).finish(),
        };
        body::check_media(&self.route.method, &media)?;
        self.call.media = Some(media);
        let answer = finish(shared, self.route, &self.call);
        self.call.media = None;
        answer
    }

    fn add(&mut self, request: &Request) -> Result<(), Refusal> {
        let malformed = || Refusal::bad_request("Failed to parse Content-Range header.");
        let content = request.content();
        let (held, length) = (self.spool.len(), content.len());
        let piece = match request.header(CONTENT_RANGE) {
            None => Piece::From(held, Some(held + length)),
            Some(range) => piece(range, length).ok_or_else(malformed)?,
        };
        let Piece::From(start, total) = piece else {
            return Ok(());
        };
        // Bytes that came already may come again, after an answer that was lost.
        if start > held {
            return Err(Refusal::bad_request("Invalid request: a piece is missing."));
        }
        let is_last = total == Some(start + length);
        if !is_last && !length.is_multiple_of(GRAIN) {
            let message = "Every piece but the last must be a multiple of 262144 bytes.";
            return Err(Refusal::bad_request(message));
        }
        body::check_size(&self.route.method, start + length)?;
        self.write(start, &content)
            .map_err(|_| Refusal::bad_request("The upload cannot be stored."))?;
        self.total = total.or(self.total);
        Ok(())
    }

    fn write(&mut self, start: u64, content: &Content) -> std::io::Result<()> {
        self.spool.truncate(start)?;
        self.spool.append(content)
    }

    /// Keeps the start of a piece that was cut off.
    fn keep_part(&mut self, request: &Request, part: &Content) {
        let (start, total) = match request.header(CONTENT_RANGE) {
            None => (self.spool.len(), None),
            Some(range) => match span(range) {
                Some((start, _, total)) => (start, total),
                None => return,
            },
        };
        let fits = start <= self.spool.len() && start + part.len() >= self.spool.len();
        if fits && self.write(start, part).is_ok() {
            self.total = total.or(self.total);
        }
    }

    /// 308, with what has come so far.
    fn incomplete(&self) -> Answer {
        let answer = Answer::empty(StatusCode::PERMANENT_REDIRECT);
        match self.spool.len() {
            0 => answer,
            count => answer.with(RANGE, &format!("bytes=0-{}", count - 1)),
        }
    }
}

/// 499, as Google answers whoever gives a session up.
fn cancelled() -> Answer {
    Answer::empty(StatusCode::from_u16(499).unwrap_or(StatusCode::NO_CONTENT))
}

/// What a `Content-Range` says of a body of `length` bytes.
fn piece(range: &str, length: u64) -> Option<Piece> {
    if let Some(total) = range.strip_prefix("bytes */") {
        let is_number = total == "*" || total.parse::<u64>().is_ok();
        return (length == 0 && is_number).then_some(Piece::Question);
    }
    let (start, end, total) = span(range)?;
    let fits = end.checked_add(1)? == start.checked_add(length)? && total.is_none_or(|it| end < it);
    fits.then_some(Piece::From(start, total))
}

/// The first and the last byte of a `Content-Range`, and how many there are, where it says.
fn span(range: &str) -> Option<(u64, u64, Option<u64>)> {
    let (span, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let total = match total {
        "*" => None,
        number => Some(number.parse().ok()?),
    };
    let (start, end) = span.split_once('-')?;
    Some((start.parse().ok()?, end.parse().ok()?, total))
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
