//! Taking in the body of a request; uploads go to a file as they come, and what came before a cut
//! is kept where a session waits for it.

use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use crate::api::resumable;
use crate::content::{IN_MEMORY, Spool};
use crate::dispatch;
use crate::exchange::Request;
use crate::state::Shared;

const LARGEST_BODY: usize = 200 * 1024 * 1024;
const LARGEST_UPLOAD: u64 = 1024 * 1024 * 1024;

/// The body of an upload under way; a session keeps it when it ends before its end.
struct Arriving<'a> {
    shared: &'a Shared,
    request: &'a Request,
    spool: Spool,
    /// The session that it is for, and which of its requests this is.
    session: Option<(String, u64)>,
}

/// Reads the body of a request whose head is known.
///
/// # Errors
/// When the connection ends before the body does, the body is too long, or a fault cuts it.
pub(crate) async fn receive(
    shared: &Shared,
    mut request: Request,
    body: Incoming,
) -> io::Result<Request> {
    if !resumable::is_upload(&request.path) {
        let body = Limited::new(body, LARGEST_BODY).collect().await;
        request.body = body.map_err(io::Error::other)?.to_bytes();
        return Ok(request);
    }
    let (name, account) = dispatch::identify(shared, &request);
    let most = shared
        .faults
        .upload_cut(&request.path, name.as_deref(), account.as_deref());
    let mut arriving = Arriving::new(shared, &request);
    if let Err(error) = arriving.read(body, most).await {
        if most.is_some() {
            shared.log.arrived(&request, name, account, false);
        }
        return Err(error);
    }
    let content = arriving.finish();
    if content.len() <= IN_MEMORY as u64 {
        request.body = content.bytes()?;
    } else {
        request.long = Some(content);
    }
    Ok(request)
}

impl<'a> Arriving<'a> {
    fn new(shared: &'a Shared, request: &'a Request) -> Self {
        let session = resumable::id_of(request).and_then(|id| {
            let turn = shared.sessions.enter(&id)?;
            Some((id, turn))
        });
        Self {
            shared,
            request,
            spool: Spool::default(),
            session,
        }
    }

    /// Reads up to the end, or up to `most` bytes, where a fault ends it.
    async fn read(&mut self, mut body: Incoming, most: Option<u64>) -> io::Result<()> {
        let cut = || io::Error::from(io::ErrorKind::ConnectionAborted);
        while let Some(frame) = body.frame().await {
            let data: Bytes = match frame.map_err(io::Error::other)?.into_data() {
                Ok(data) => data,
                Err(_) => continue,
            };
            let room = most.map_or(u64::MAX, |most| most.saturating_sub(self.spool.len()));
            let taken = usize::try_from(room).map_or(data.len(), |room| room.min(data.len()));
            self.spool.push(&data[..taken])?;
            if taken < data.len() {
                return Err(cut());
            }
            if self.spool.len() > LARGEST_UPLOAD {
                return Err(io::Error::from(io::ErrorKind::FileTooLarge));
            }
        }
        if most.is_some() { Err(cut()) } else { Ok(()) }
    }

    fn finish(mut self) -> crate::content::Content {
        self.session = None;
        std::mem::take(&mut self.spool).finish()
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        if let Some((id, turn)) = &self.session {
            let part = std::mem::take(&mut self.spool).finish();
            self.shared
                .sessions
                .interrupted(id, *turn, self.request, &part);
        }
    }
}
