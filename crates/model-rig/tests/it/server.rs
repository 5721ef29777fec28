//! A provider on the loopback: it answers by a script, one entry a request, and keeps what it was asked.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use futures_util::stream;
use http::HeaderMap;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// What the provider answers.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    torn: bool,
}

impl Scripted {
    pub(crate) fn json(body: &Value) -> Self {
        Self::of("application/json", body.to_string())
    }

    /// Events, each a JSON value, as server-sent ones. With a name, where the provider gives one.
    pub(crate) fn events(events: &[Value]) -> Self {
        let events = events.iter().map(|event| {
            let name = event["type"].as_str();
            let name = name.map(|it| format!("event: {it}\n")).unwrap_or_default();
            format!("{name}data: {event}\n\n")
        });
        Self::of("text/event-stream", events.collect())
    }

    /// The same, and the word that ends a stream of Chat Completions.
    pub(crate) fn chunks(chunks: &[Value]) -> Self {
        let chunks = chunks.iter().map(|chunk| format!("data: {chunk}\n\n"));
        let body = chunks.chain(["data: [DONE]\n\n".to_owned()]).collect();
        Self::of("text/event-stream", body)
    }

    /// A JSON value a line.
    pub(crate) fn lines(lines: &[Value]) -> Self {
        let lines = lines.iter().map(|line| format!("{line}\n"));
        Self::of("application/x-ndjson", lines.collect())
    }

    pub(crate) fn of(kind: &str, body: String) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", kind.to_owned())],
            body,
            torn: false,
        }
    }

    pub(crate) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The connection breaks before the answer is complete.
    pub(crate) fn torn(self) -> Self {
        Self { torn: true, ..self }
    }

    /// What stands in the first half.
    pub(crate) fn cut_in_half(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }

    fn response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = Bytes::from(self.body);
        let body = if self.torn {
            let breaks = Err(io::Error::other("torn"));
            Body::from_stream(stream::iter([Ok(body), breaks]))
        } else {
            Body::from(body)
        };
        response.body(body).unwrap()
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Provider {
    /// Answers with these, in turn, and with 500 when they are used up.
    pub(crate) async fn start(script: impl IntoIterator<Item = Scripted>) -> Self {
        // What the whole test run logs is searched for keys.
        toolgate_testkit::LogCapture::install();
        let script: VecDeque<Scripted> = script.into_iter().collect();
        let script = Arc::new(Mutex::new(script));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let kept = Arc::clone(&asked);
        let service = router(move |request| {
            let (script, kept) = (Arc::clone(&script), Arc::clone(&kept));
            async move {
                let asked = read(request).await;
                kept.lock().unwrap().push(asked);
                let next = script.lock().unwrap().pop_front();
                let used_up = || Scripted::of("text/plain", "the script ended".to_owned());
                next.unwrap_or_else(|| used_up().status(500)).response()
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        let url = Url::parse(&url).unwrap();
        Self { url, asked, task }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn router<F, R>(handler: F) -> axum::Router
where
    F: Fn(Request) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response> + Send + 'static,
{
    axum::Router::new().fallback(move |request: Request| {
        let answer = handler(request);
        async move { Ok::<_, Infallible>(answer.await) }
    })
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Asked {
        target: parts.uri.to_string(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }
}
