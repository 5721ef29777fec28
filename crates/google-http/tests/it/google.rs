//! A scripted Google, and what the tests share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method as Verb, Uri};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use toolgate_auth::{Access, AccessToken, Requirement};
use toolgate_emulator::Emulator;
use toolgate_google_http::{Method, Rest, RetryPolicy, Sleeper};
use toolgate_http::{Api, Endpoints, HttpClient};

pub(crate) const TOKEN: &str = "ya29.CANARYsecret-token";
pub(crate) static LIST: Method = Method::get(Api::Gmail, "gmail.users.messages.list");
pub(crate) static GET: Method = Method::get(Api::Gmail, "gmail.users.messages.get");
pub(crate) static SEND: Method = Method::post(Api::Gmail, "gmail.users.messages.send");
pub(crate) static PATCH: Method = Method::patch(Api::Calendar, "calendar.events.patch");
pub(crate) static DELETE: Method = Method::delete(Api::Gmail, "gmail.users.messages.delete");
pub(crate) static PUT_VALUES: Method =
    Method::put(Api::Sheets, "sheets.spreadsheets.values.update");

pub(crate) static DRAFT: Method = Method::post(Api::Gmail, "gmail.users.drafts.create");
pub(crate) static BATCH_UPDATE: Method =
    Method::post(Api::Sheets, "sheets.spreadsheets.batchUpdate");

pub(crate) static CREATE: Method = Method::post(Api::Drive, "drive.files.create");
pub(crate) static MEDIA: Method = Method::get(Api::Drive, "drive.files.get?alt=media");

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) verb: Verb,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// An answer to give.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

pub(crate) fn reply(status: u16, body: impl Into<String>) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: body.into(),
    }
}

pub(crate) fn refusal(status: u16, reason: &str) -> Reply {
    let body = format!(
        r#"{{"error":{{"code":{status},"message":"no","errors":[{{"reason":"{reason}"}}]}}}}"#
    );
    reply(status, body)
}

impl Reply {
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

#[derive(Default)]
struct Shared {
    script: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
}

/// Answers by its script, in order; 599 when that is at its end.
pub(crate) struct Google {
    pub(crate) base: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Google {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            script: Mutex::new(script.into_iter().collect()),
            seen: Mutex::default(),
        });
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base, shared, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Drop for Google {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    verb: Verb,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    shared.seen.lock().unwrap().push(Seen {
        verb,
        uri: uri.to_string(),
        headers,
        body,
    });
    let next = shared.script.lock().unwrap().pop_front();
    let next = next.unwrap_or_else(|| reply(599, "the script is at its end"));
    let mut response = next.body.into_response();
    *response.status_mut() = http::StatusCode::from_u16(next.status).unwrap();
    for (name, value) in next.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// Notes how long it was to sleep, and does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Naps(Arc<Mutex<Vec<Duration>>>);

impl Naps {
    pub(crate) fn taken(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Sleeper for Naps {
    async fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }
}

pub(crate) fn access(base: &str, token: &str) -> Access {
    // What all crates log here is kept, for the leak check over the whole test run.
    toolgate_testkit::LogCapture::install();
    let endpoints = Endpoints::at_base(base).unwrap();
    let token = AccessToken::parse(token).unwrap();
    Access::from_token(token, HttpClient::new().unwrap(), endpoints)
}

/// A `Rest` that never sleeps, and its notes.
pub(crate) fn rest_at(base: &str, token: &str) -> (Rest, Naps) {
    let naps = Naps::default();
    let retry = RetryPolicy::default().with_sleeper(Arc::new(naps.clone()));
    let methods = [
        &LIST,
        &GET,
        &SEND,
        &PATCH,
        &DELETE,
        &PUT_VALUES,
        &DRAFT,
        &BATCH_UPDATE,
        &CREATE,
        &MEDIA,
    ]
    .map(Method::id);
    let requirement = Requirement::for_methods(&methods);
    (
        Rest::new(access(base, token), requirement).with_retry(retry),
        naps,
    )
}

pub(crate) async fn scripted(script: impl IntoIterator<Item = Reply>) -> (Google, Rest, Naps) {
    let google = Google::start(script).await;
    let (rest, naps) = rest_at(&google.base, TOKEN);
    (google, rest, naps)
}

/// Alice's mailbox at a fresh emulator.
pub(crate) async fn emulated() -> (Emulator, Rest, Naps) {
    let emulator = Emulator::builder().start().await.unwrap();
    let scope = "https://mail.google.com/";
    let token = emulator.issue_token("alice@example.com", &[scope]);
    let (rest, naps) = rest_at(emulator.base_url().as_str(), &token);
    (emulator, rest, naps)
}
