//! Uploads: small files at once, large ones in a session that is resumed where it broke.

mod session;

use http::header::{HeaderName, HeaderValue, LOCATION};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::call::{Answer, Call, Method, Query};
use crate::error::{Error, ErrorKind};
use crate::path::Path;
use crate::rest::{Rest, read};
use crate::transfer::{Progress, Source};
use session::Session;

/// Every piece but the last is a multiple of this.
pub const GRAIN: usize = 256 * 1024;
/// The bytes of a piece, unless set otherwise: the only ones that stand in memory.
pub const CHUNK: usize = 8 * 1024 * 1024;
/// Up to this size a file goes at once; Google takes up to 5 MB so.
const AT_ONCE: u64 = 4 * 1024 * 1024;
/// How many sessions are begun, where Google forgets one.
const SESSIONS: usize = 3;

const UPLOAD_TYPE: HeaderName = HeaderName::from_static("x-upload-content-type");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("x-upload-content-length");

/// What is uploaded, but for its bytes.
#[derive(Clone, Debug)]
pub struct Upload {
    pub(crate) call: Call,
    about: serde_json::Value,
    kind: String,
    chunk: usize,
    at_once: u64,
    progress: Option<Progress>,
}

impl Upload {
    /// By this method: what is said of the file in JSON, and the media type of its bytes.
    ///
    /// # Errors
    /// When the description cannot be written as JSON, or the media type is not one.
    pub fn new(
        method: &Method,
        path: Path,
        query: Query,
        about: &impl Serialize,
        kind: &str,
    ) -> Result<Self, Error> {
        HeaderValue::from_str(kind).map_err(|_| ErrorKind::Kind)?;
        Ok(Self {
            call: Call::new(method, path).with_query(query).into_upload(),
            about: serde_json::to_value(about).map_err(ErrorKind::Unwritable)?,
            kind: kind.to_owned(),
            chunk: CHUNK,
            at_once: AT_ONCE,
            progress: None,
        })
    }

    /// Says that the description carries an id of our own choice, so that a repeat makes no second
    /// file.
    #[must_use]
    pub fn with_own_id(self) -> Self {
        Self {
            call: self.call.with_own_id(),
            ..self
        }
    }

    /// Sends pieces of this many bytes, made a multiple of [`GRAIN`]; whatever is larger than one
    /// piece goes in a session.
    #[must_use]
    pub fn with_chunk(self, bytes: usize) -> Self {
        let chunk = (bytes / GRAIN).max(1) * GRAIN;
        Self {
            chunk,
            at_once: AT_ONCE.min(chunk as u64),
            ..self
        }
    }

    /// Tells of each piece that Google has.
    #[must_use]
    pub fn with_progress(self, progress: Progress) -> Self {
        Self {
            progress: Some(progress),
            ..self
        }
    }
}

impl Rest {
    /// Uploads a file and reads the JSON that comes back.
    ///
    /// A piece whose end is not clear is not sent blindly again: Google is asked how much it has, and
    /// the upload goes on there. A session that Google has forgotten is begun anew, where that can
    /// make no second file.
    ///
    /// # Errors
    /// As [`Rest::send`]; and when the source cannot be read, or is no longer what it was.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        upload: &Upload,
        source: &dyn Source,
    ) -> Result<Answer<T>, Error> {
        self.check_declared(&upload.call)?;
        let answer = if source.size() <= upload.at_once {
            self.upload_at_once(upload, source).await?
        } else {
            self.upload_in_sessions(upload, source).await?
        };
        read(answer)
    }

    async fn upload_at_once(
        &self,
        upload: &Upload,
        source: &dyn Source,
    ) -> Result<Answer<Vec<u8>>, Error> {
        let size = source.size();
        let bytes = whole(
            source,
            0,
            usize::try_from(size).unwrap_or(usize::MAX),
            Vec::new(),
        )
        .await?;
        unchanged(source).await?;
        let boundary = self.boundary(&bytes);
        let call = upload
            .call
            .clone()
            .with_parameter("uploadType", "multipart");
        let call = call.with_multipart(&upload.about, &upload.kind, &bytes, &boundary)?;
        let answer = self.send_declared(&call).await?;
        if let Some(progress) = &upload.progress {
            progress.tell(size, Some(size));
        }
        Ok(answer)
    }

    /// A boundary that does not stand in these bytes.
    fn boundary(&self, bytes: &[u8]) -> String {
        loop {
            let mut random = [0; 16];
            self.access.random().fill(&mut random);
            let boundary = format!("part-{:032x}", u128::from_be_bytes(random));
            if memchr::memmem::find(bytes, boundary.as_bytes()).is_none() {
                return boundary;
            }
        }
    }

    async fn upload_in_sessions(
        &self,
        upload: &Upload,
        source: &dyn Source,
    ) -> Result<Answer<Vec<u8>>, Error> {
        let (mut begun, mut unclear) = (0, false);
        loop {
            let mut error = match self.begin_session(upload, source.size()).await {
                Ok(url) => {
                    begun += 1;
                    let mut session = Session::new(self, upload, source, url);
                    let error = match session.run().await {
                        Ok(answer) => return Ok(answer),
                        Err(error) => error,
                    };
                    unclear |= session.may_be_done();
                    if is_lost(&error) && begun < SESSIONS && session.may_begin_anew() {
                        tracing::debug!(%error, "the session is lost: another begins");
                        continue;
                    }
                    error
                }
                Err(error) => error,
            };
            if unclear {
                error.set_unclear();
            }
            return Err(error);
        }
    }

    /// Nothing is made by it, so it may be repeated.
    async fn begin_session(&self, upload: &Upload, size: u64) -> Result<Url, Error> {
        let kind = HeaderValue::from_str(&upload.kind).map_err(|_| ErrorKind::Kind)?;
        let call = upload.call.clone().with_json(&upload.about)?.with_own_id();
        let call = call
            .with_parameter("uploadType", "resumable")
            .with_header(UPLOAD_TYPE, kind)
            .with_header(UPLOAD_LENGTH, HeaderValue::from(size));
        let answer = self.send_declared(&call).await?;
        let place = answer.headers.get(LOCATION).and_then(|it| it.to_str().ok());
        let url = place.and_then(|it| Url::parse(it).ok());
        // The token goes there.
        let url = url.filter(|url| self.access.endpoints().allows(url));
        let problem = "it names no session at google";
        url.ok_or_else(|| Error::from(ErrorKind::Session { problem }))
    }
}

/// Google has forgotten the session.
fn is_lost(error: &Error) -> bool {
    let status = error.google().map(|it| it.status.as_u16());
    matches!(status, Some(404 | 410))
}

/// Asked before the last byte leaves, so that nothing becomes of a file that others write to.
async fn unchanged(source: &dyn Source) -> Result<(), Error> {
    if source.is_unchanged().await? {
        return Ok(());
    }
    Err(Error::from(ErrorKind::SourceChanged))
}

/// Exactly so many bytes.
async fn whole(
    source: &dyn Source,
    at: u64,
    length: usize,
    spare: Vec<u8>,
) -> Result<Vec<u8>, Error> {
    let bytes = source.read(at, length, spare).await?;
    if bytes.len() == length {
        return Ok(bytes);
    }
    Err(Error::from(ErrorKind::SourceChanged))
}
