//! Downloads: a stream into a file, resumed where it broke, and checked at its end.

use std::fs::File;

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderValue, IF_MATCH, RANGE};
use http::{HeaderMap, Request, Response, StatusCode};
use toolgate_auth::Token;
use toolgate_http::{BodyStream, StreamDeadlines};

use crate::call::Call;
use crate::error::{Error, ErrorKind};
use crate::rest::Rest;
use crate::sink::{Check, Sink};
use crate::transfer::Progress;

/// What is collected before it is written.
const PIECE: usize = 1024 * 1024;
/// How much of a refusal is read.
const REFUSAL: usize = 64 * 1024;
/// How often a download begins anew because the file changed or arrived damaged.
const BEGINNINGS: u32 = 3;

/// What is downloaded, and what is known of it.
#[derive(Clone, Debug)]
pub struct Download {
    call: Call,
    most: u64,
    size: Option<u64>,
    check: Check,
    progress: Option<Progress>,
}

impl Download {
    /// By this call, and no more than this many bytes.
    pub fn new(call: Call, most: u64) -> Self {
        Self {
            call,
            most,
            size: None,
            check: Check::Nothing,
            progress: None,
        }
    }

    /// Google says that there are so many bytes.
    #[must_use]
    pub fn with_size(self, size: Option<u64>) -> Self {
        Self { size, ..self }
    }

    /// Google says that these are its digests, in hexadecimal: SHA-256 and MD5. The first that it says
    /// is held against what arrives.
    #[must_use]
    pub fn with_digests(self, sha256: Option<String>, md5: Option<String>) -> Self {
        let check = match (sha256, md5) {
            (Some(sha256), _) => Check::Sha256(sha256),
            (None, Some(md5)) => Check::Md5(md5),
            (None, None) => Check::Nothing,
        };
        Self { check, ..self }
    }

    /// Tells of each piece that is written.
    #[must_use]
    pub fn with_progress(self, progress: Progress) -> Self {
        Self {
            progress: Some(progress),
            ..self
        }
    }

    fn has_digest(&self) -> bool {
        !matches!(self.check, Check::Nothing)
    }
}

impl Rest {
    /// Downloads into an empty file, and says how many bytes it holds now.
    ///
    /// What broke goes on where it broke, if the file can be known to be the same: by its etag, or by
    /// its digest at the end. Otherwise it begins anew. After an error the file's content is worth
    /// nothing.
    ///
    /// # Errors
    /// As [`Rest::send`]; and when there are more bytes than are taken, they are not those that Google
    /// says, or they cannot be written.
    pub async fn download(&self, download: &Download, file: File) -> Result<u64, Error> {
        self.check_declared(&download.call)?;
        if let Some(size) = download.size {
            within(size, download)?;
        }
        let all = Coming::new(self, download, file).run();
        match tokio::time::timeout(self.remaining(), all).await {
            Ok(ended) => ended,
            Err(_) => Err(Error::from(ErrorKind::OutOfTime)),
        }
    }
}

fn within(size: u64, download: &Download) -> Result<(), Error> {
    if size <= download.most {
        return Ok(());
    }
    let most = download.most;
    Err(Error::from(ErrorKind::Larger { most }))
}

/// A download under way.
struct Coming<'a> {
    rest: &'a Rest,
    download: &'a Download,
    sink: Sink,
    etag: Option<HeaderValue>,
    /// How many bytes there are, as the last answer says that gave a part.
    total: Option<u64>,
    best: u64,
    tried: u32,
    begun: u32,
    renewed: bool,
}

impl<'a> Coming<'a> {
    fn new(rest: &'a Rest, download: &'a Download, file: File) -> Self {
        Self {
            rest,
            download,
            sink: Sink::new(file, download.check.clone()),
            etag: None,
            total: None,
            best: 0,
            tried: 0,
            begun: 1,
            renewed: false,
        }
    }

    fn written(&self) -> u64 {
        self.sink.written()
    }

    async fn run(mut self) -> Result<u64, Error> {
        loop {
            let token = self.rest.token().await?;
            match self.stream(&token).await {
                Ok(()) if self.is_whole().await? => return Ok(self.written()),
                Ok(()) => self.begin_anew(Error::from(ErrorKind::Damaged)).await?,
                Err(error) if has_changed(&error) && self.written() > 0 => {
                    self.begin_anew(error).await?;
                }
                Err(error) => self.failed(error, &token).await?,
            }
        }
    }

    async fn is_whole(&mut self) -> Result<bool, Error> {
        let sizes = [self.download.size, self.total];
        let has_sizes = sizes.iter().flatten().all(|size| *size == self.written());
        Ok(has_sizes && self.sink.is_right().await?)
    }

    async fn begin_anew(&mut self, error: Error) -> Result<(), Error> {
        if self.begun >= BEGINNINGS {
            return Err(error);
        }
        self.begun += 1;
        self.empty().await
    }

    async fn empty(&mut self) -> Result<(), Error> {
        self.etag = None;
        Ok(self.sink.again().await?)
    }

    async fn failed(&mut self, error: Error, token: &Token) -> Result<(), Error> {
        if error.is_unauthorized() && !self.renewed {
            self.renewed = true;
            self.rest.access.rejected(token).await;
            return Ok(());
        }
        if self.written() > self.best {
            self.best = self.written();
            (self.tried, self.renewed) = (0, false);
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
        tracing::debug!(tried = self.tried, written = self.written(), %error, "a download broke");
        self.rest.retry.sleep(delay).await;
        if self.etag.is_none() && !self.download.has_digest() {
            self.empty().await?;
        }
        Ok(())
    }

    /// One answer, as far as it comes.
    async fn stream(&mut self, token: &Token) -> Result<(), Error> {
        let (parts, body) = self.open(token).await?.into_parts();
        let (from, total) = match parts.status {
            StatusCode::PARTIAL_CONTENT => part(&parts.headers),
            _ => (Some(0), None),
        };
        self.total = total;
        if from != Some(self.written()) {
            // Whatever was asked for, this is another part.
            self.empty().await?;
            if from != Some(0) {
                return Err(Error::from(ErrorKind::Damaged));
            }
        }
        let etag = parts.headers.get(ETAG).cloned();
        self.etag = etag.filter(|etag| !etag.as_bytes().starts_with(b"W/"));
        let length = parts.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        let all = self.written().saturating_add(length.unwrap_or(0));
        within(all, self.download)?;
        let room = self.download.most - self.written();
        self.take(body.up_to(usize::try_from(room).unwrap_or(usize::MAX)))
            .await
    }

    async fn take(&mut self, mut body: BodyStream) -> Result<(), Error> {
        let mut held = Vec::new();
        let ended = loop {
            match body.next_into(&mut held).await {
                Some(Ok(())) if held.len() < PIECE => {}
                Some(Ok(())) => {
                    held = self.sink.write(held).await?;
                    self.tell();
                }
                Some(Err(error)) if error.is_too_large() => {
                    let most = self.download.most;
                    break Err(Error::from(ErrorKind::Larger { most }));
                }
                Some(Err(error)) => break Err(Error::from(ErrorKind::Http(error))),
                None => break Ok(()),
            }
        };
        if !held.is_empty() {
            self.sink.write(held).await?;
        }
        self.sink.settle().await?;
        self.tell();
        ended
    }

    fn tell(&self) {
        if let Some(progress) = &self.download.progress {
            progress.tell(self.written(), self.download.size);
        }
    }

    async fn open(&self, token: &Token) -> Result<Response<BodyStream>, Error> {
        let call = &self.download.call;
        let url = call.url(self.rest.access.endpoints())?;
        let request = Request::get(url.as_str()).body(Vec::new());
        let mut request = request.map_err(|_| ErrorKind::Url)?;
        let headers = request.headers_mut();
        headers.extend(call.headers());
        self.rest.sign(headers, token)?;
        if self.written() > 0 {
            let rest = format!("bytes={}-", self.written());
            let rest = HeaderValue::try_from(rest).map_err(|_| ErrorKind::Url)?;
            headers.insert(RANGE, rest);
            if let Some(etag) = &self.etag {
                headers.insert(IF_MATCH, etag.clone());
            }
        }
        let time = self.rest.try_time(0);
        let deadlines = StreamDeadlines {
            head: time,
            piece: time,
        };
        let answer = self.rest.access.http().open(request, deadlines).await;
        let answer = answer.map_err(ErrorKind::Http)?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let refusal = refusal(answer).await?;
        Err(match self.rest.judge(refusal, call, token) {
            Err(error) => error,
            Ok(_) => Error::from(ErrorKind::Url),
        })
    }
}

/// What is there is no longer what was begun with.
fn has_changed(error: &Error) -> bool {
    let status = error.google().map(|it| it.status);
    matches!(
        status,
        Some(StatusCode::PRECONDITION_FAILED | StatusCode::RANGE_NOT_SATISFIABLE)
    )
}

/// Where a part begins, and of how many bytes it is one: `Content-Range: bytes 42-99/100`.
fn part(headers: &HeaderMap) -> (Option<u64>, Option<u64>) {
    let range = headers.get(CONTENT_RANGE).and_then(|it| it.to_str().ok());
    let range = range.and_then(|it| it.strip_prefix("bytes ")?.split_once('-'));
    let Some((start, rest)) = range else {
        return (None, None);
    };
    let total = rest.split_once('/').and_then(|(_, it)| it.parse().ok());
    (start.parse().ok(), total)
}

/// Google's word on why not.
async fn refusal(answer: Response<BodyStream>) -> Result<Response<Vec<u8>>, Error> {
    let (parts, body) = answer.into_parts();
    let mut body = body.up_to(REFUSAL);
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        match piece {
            Ok(more) => bytes.extend_from_slice(&more),
            Err(error) if error.is_too_large() => break,
            Err(error) => return Err(Error::from(ErrorKind::Http(error))),
        }
    }
    Ok(Response::from_parts(parts, bytes))
}
