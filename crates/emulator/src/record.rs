//! What the emulator remembers of each request.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::exchange::Request;

/// A request that the emulator received, for assertions.
///
/// It holds tokens as they came over the wire: a record is for tests to compare, not to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// Counts the requests of this emulator from 0.
    pub sequence: u64,
    /// The HTTP method.
    pub method: String,
    /// The path as it came over the wire.
    pub path: String,
    /// The query as it came over the wire; empty when there was none.
    pub query: String,
    /// The method's id in Google's discovery documents, such as `gmail.users.messages.get`, or one
    /// of `authorize`, `token`, `revoke`, `userinfo`, `tokeninfo`, `certs`,
    /// `openid-configuration`, `metadata-token`, `batch`, or IAM's. Every request of a resumable upload bears its method.
    pub api_method: Option<String>,
    /// The account that the request's token, code or refresh token belongs to.
    pub account: Option<String>,
    /// The access token that came with it.
    pub bearer: Option<String>,
    /// The answer's status; none while it is under way, and when the connection was cut instead.
    pub status: Option<u16>,
    /// The status that the work ended with, whether or not the client got to see it; none when the
    /// request was not carried out, or not yet. With a [`FaultPoint::After`](crate::FaultPoint) it
    /// tells that a method was carried out whose answer got lost.
    #[serde(default)]
    pub processed: Option<u16>,
    /// The request's body as text; media and other bytes are shown as far as they are UTF-8. Uploads
    /// of more than 1 MiB in one request are not kept: it is empty for these.
    pub body: String,
    /// The request's headers by lower-case name, without `authorization`.
    pub headers: BTreeMap<String, String>,
    /// Whether the request was a part of a batch.
    pub batched: bool,
}

/// The requests in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Log {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    records: Vec<RecordedRequest>,
}

impl Log {
    /// Records a request on arrival and returns its number.
    pub(crate) fn arrived(
        &self,
        request: &Request,
        api_method: Option<String>,
        account: Option<String>,
        batched: bool,
    ) -> u64 {
        let headers = request
            .headers
            .iter()
            .filter(|(name, _)| **name != http::header::AUTHORIZATION)
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let sequence = inner.next;
        inner.next += 1;
        inner.records.push(RecordedRequest {
            sequence,
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.clone(),
            api_method,
            account,
            bearer: request.bearer().map(str::to_owned),
            status: None,
            processed: None,
            body: String::from_utf8_lossy(&request.body).into_owned(),
            headers,
            batched,
        });
        sequence
    }

    /// Notes that the work is done, and with which status.
    pub(crate) fn processed(&self, sequence: u64, status: u16) {
        self.change(sequence, |record| record.processed = Some(status));
    }

    /// Notes the answer's status.
    pub(crate) fn answered(&self, sequence: u64, status: u16) {
        self.change(sequence, |record| record.status = Some(status));
    }

    fn change(&self, sequence: u64, change: impl FnOnce(&mut RecordedRequest)) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let at = inner
            .records
            .binary_search_by_key(&sequence, |record| record.sequence);
        if let Ok(at) = at {
            change(&mut inner.records[at]);
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .records
            .clone()
    }

    pub(crate) fn clear(&self) {
        self.inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .records
            .clear();
    }
}
