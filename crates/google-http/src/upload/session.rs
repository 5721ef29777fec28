//! One session of an upload: piece by piece, and after each doubt a question.

use std::sync::Arc;

use http::header::{CONTENT_RANGE, HeaderValue, RANGE};
use http::{Request, Response, StatusCode};
use toolgate_auth::Token;
use url::Url;

use super::{Upload, unchanged, whole};
use crate::call::Answer;
use crate::error::{Error, ErrorKind, Outcome};
use crate::rest::Rest;
use crate::transfer::Source;

/// How often a piece may be answered without being taken.
const IDLE: u32 = 5;

/// An upload in one session.
pub(super) struct Session<'a> {
    rest: &'a Rest,
    upload: &'a Upload,
    source: &'a dyn Source,
    url: Url,
    /// Bytes that Google has.
    at: u64,
    /// The most that it ever had.
    best: u64,
    /// Bytes that have left, whether or not Google has them.
    left: u64,
    /// Whether the last byte has left, and it is not known what became of it.
    may_be_done: bool,
    /// Whether it is not clear how much Google has.
    in_doubt: bool,
    /// Tries since the last progress.
    tried: u32,
    idle: u32,
    renewed: bool,
    /// The room of the piece before, so that no more than one stands in memory.
    spare: Vec<u8>,
}

/// What Google says of the session.
enum Said {
    Done(Answer<Vec<u8>>),
    /// It has so many bytes.
    Has(u64),
}

impl<'a> Session<'a> {
    pub(super) fn new(
        rest: &'a Rest,
        upload: &'a Upload,
        source: &'a dyn Source,
        url: Url,
    ) -> Self {
        Self {
            rest,
            upload,
            source,
            url,
            at: 0,
            best: 0,
            left: 0,
            may_be_done: false,
            in_doubt: false,
            tried: 0,
            idle: 0,
            renewed: false,
            spare: Vec::new(),
        }
    }

    /// Whether the last byte has left.
    fn left_whole(&self) -> bool {
        self.left == self.source.size()
    }

    /// Whether another session can make no second file.
    pub(super) fn may_begin_anew(&self) -> bool {
        self.upload.call.carries_own_id || !self.left_whole()
    }

    /// Whether there may be a file of it, after an error.
    pub(super) fn may_be_done(&self) -> bool {
        self.may_be_done
    }

    /// Sends what is missing until Google has all.
    pub(super) async fn run(&mut self) -> Result<Answer<Vec<u8>>, Error> {
        loop {
            let token = self.rest.token().await?;
            let said = if self.in_doubt {
                self.ask(&token).await
            } else {
                self.send(&token).await
            };
            match said {
                Ok(Said::Done(answer)) => {
                    self.tell(self.source.size());
                    return Ok(answer);
                }
                Ok(Said::Has(count)) => self.went_on(count)?,
                Err(error) => self.failed(error, &token).await?,
            }
        }
    }

    fn went_on(&mut self, count: u64) -> Result<(), Error> {
        let total = self.source.size();
        if count > self.left {
            // What it believes to have would be missing in the file.
            let problem = "it has more bytes than were sent";
            return Err(Error::from(ErrorKind::Session { problem }));
        }
        self.may_be_done &= count == total;
        if count > self.best {
            self.best = count;
            (self.tried, self.idle, self.renewed) = (0, 0, false);
        } else if !self.in_doubt {
            self.idle += 1;
        }
        if self.idle >= IDLE {
            return Err(Error::from(ErrorKind::Stuck { at: count, total }));
        }
        self.in_doubt = false;
        self.at = count;
        self.tell(count);
        Ok(())
    }

    fn tell(&self, done: u64) {
        if let Some(progress) = &self.upload.progress {
            progress.tell(done, Some(self.source.size()));
        }
    }

    /// Waits before the question, unless nothing more is to be tried.
    async fn failed(&mut self, error: Error, token: &Token) -> Result<(), Error> {
        self.in_doubt = true;
        self.may_be_done |= self.left_whole() && error.outcome() == Outcome::Unclear;
        if error.is_unauthorized() && !self.renewed {
            self.renewed = true;
            self.rest.access.rejected(token).await;
            return Ok(());
        }
        self.tried += 1;
        let random = self.rest.access.random();
        let delay = self.rest.retry.delay(&error, true, self.tried, &**random);
        let Some(delay) = delay else {
            return Err(error);
        };
        if !self.rest.can_wait(delay) {
            let mut error = error;
            error.set_retry_after(delay);
            return Err(error);
        }
        tracing::debug!(tried = self.tried, at = self.at, %error, "an upload broke: asking how far it came");
        self.rest.retry.sleep(delay).await;
        Ok(())
    }

    /// The next piece. Google may have taken a part of the one before, so that pieces begin anywhere.
    async fn send(&mut self, token: &Token) -> Result<Said, Error> {
        let total = self.source.size();
        let left = total - self.at;
        let length = usize::try_from(left).unwrap_or(usize::MAX);
        let length = length.min(self.upload.chunk);
        let spare = std::mem::take(&mut self.spare);
        let bytes = whole(self.source, self.at, length, spare).await?;
        let end = self.at + length as u64;
        let range = match length {
            // There is nothing left to send; only the answer is missing.
            0 => format!("bytes */{total}"),
            _ => format!("bytes {}-{}/{total}", self.at, end - 1),
        };
        if end == total {
            unchanged(self.source).await?;
        }
        self.left = self.left.max(end);
        self.put(&range, bytes, token).await
    }

    async fn ask(&mut self, token: &Token) -> Result<Said, Error> {
        let range = format!("bytes */{}", self.source.size());
        self.put(&range, Vec::new(), token).await
    }

    async fn put(&mut self, range: &str, bytes: Vec<u8>, token: &Token) -> Result<Said, Error> {
        let time = self.rest.try_time(bytes.len());
        if time.is_zero() {
            return Err(Error::from(ErrorKind::OutOfTime));
        }
        let bytes = Arc::new(bytes);
        let mut request = Request::put(self.url.as_str())
            .body(Arc::clone(&bytes))
            .map_err(|_| ErrorKind::Url)?;
        let range = HeaderValue::try_from(range).map_err(|_| ErrorKind::Url)?;
        request.headers_mut().insert(CONTENT_RANGE, range);
        self.rest.sign(request.headers_mut(), token)?;
        let answer = self.rest.access.http().send_shared(request, time).await;
        self.spare = Arc::try_unwrap(bytes).unwrap_or_default();
        let answer = answer.map_err(ErrorKind::Http)?;
        if answer.status() == StatusCode::PERMANENT_REDIRECT {
            return count(&answer).map(Said::Has);
        }
        let answer = self.rest.judge(answer, &self.upload.call, token);
        answer.map(Said::Done)
    }
}

/// `Range: bytes=0-41`, which is missing where nothing has come.
fn count(answer: &Response<Vec<u8>>) -> Result<u64, Error> {
    let Some(range) = answer.headers().get(RANGE) else {
        return Ok(0);
    };
    let last = range
        .to_str()
        .ok()
        .and_then(|it| it.strip_prefix("bytes=0-"));
    let last: Option<u64> = last.and_then(|it| it.trim().parse().ok());
    let count = last.and_then(|last| last.checked_add(1));
    let problem = "it does not say how much it has";
    count.ok_or_else(|| Error::from(ErrorKind::Session { problem }))
}
