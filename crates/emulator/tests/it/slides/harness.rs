//! Slides' clients in tests.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use toolgate_emulator::{Emulator, Seed};

use crate::client::{ALICE, BOB, Client, Reply, authorized};

pub(crate) const FULL: &str = "https://www.googleapis.com/auth/presentations";
pub(crate) const READONLY: &str = "https://www.googleapis.com/auth/presentations.readonly";
pub(crate) const DRIVE: &str = "https://www.googleapis.com/auth/drive";
pub(crate) const DRIVE_READONLY: &str = "https://www.googleapis.com/auth/drive.readonly";
pub(crate) const APP_FILES: &str = "https://www.googleapis.com/auth/drive.file";

/// 15 March 2026, noon UTC.
const NOW: i64 = 1_773_576_000_000;

/// An emulator with Alice and Bob.
pub(crate) struct Slides {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    time: Arc<AtomicI64>,
}

/// One of them, with their token.
pub(crate) struct User<'a> {
    pub(crate) slides: &'a Slides,
    token: String,
}

/// A presentation of somebody's.
pub(crate) struct Deck<'a> {
    pub(crate) user: User<'a>,
    pub(crate) id: String,
}

impl Slides {
    /// Where Alice has these files, and Bob none.
    pub(crate) async fn of(files: Value) -> Self {
        let seed = json!({ "accounts": [
            { "email": ALICE, "name": "Alice", "drive": { "files": files } },
            { "email": BOB, "name": "Bob" },
        ]});
        Self::with(Seed::from_json(&seed.to_string()).unwrap()).await
    }

    pub(crate) async fn with(seed: Seed) -> Self {
        let time = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&time);
        let clock = Arc::new(move || clock.load(Ordering::Relaxed));
        let builder = Emulator::builder().with_seed(seed).with_clock(clock);
        let emulator = builder.start().await.unwrap();
        let client = Client::of(&emulator);
        Self {
            emulator,
            client,
            time,
        }
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn pass(&self, ms: i64) {
        self.time.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn alice(&self) -> User<'_> {
        self.user(ALICE, FULL)
    }

    pub(crate) fn user(&self, email: &str, scope: &str) -> User<'_> {
        self.user_with(email, &[scope])
    }

    pub(crate) fn user_with(&self, email: &str, scopes: &[&str]) -> User<'_> {
        User {
            slides: self,
            token: self.emulator.issue_token(email, scopes),
        }
    }

    /// A new presentation of Alice's, made by her application.
    pub(crate) async fn deck(&self) -> Deck<'_> {
        let user = self.alice();
        let made = user
            .ok("POST /v1/presentations", json!({ "title": "Plan" }))
            .await;
        let id = made["presentationId"].as_str().unwrap().to_owned();
        Deck { user, id }
    }

    /// What a link shows to whoever has it.
    pub(crate) async fn open(&self, link: &str) -> Reply {
        let path = link.strip_prefix(self.emulator.base_url().as_str());
        let request = http::Request::get(format!("/{}", path.unwrap()));
        let sent = self.client.send(request.body(Bytes::new()).unwrap());
        sent.await.unwrap()
    }
}

impl User<'_> {
    /// Makes a call; the line is a method and a path.
    pub(crate) async fn call(&self, line: &str, body: Value) -> Reply {
        let (verb, path) = line.split_once(' ').unwrap();
        let request = authorized(verb, path, &self.token);
        let (request, body) = if body.is_null() {
            (request, Bytes::new())
        } else {
            let request = request.header("content-type", "application/json");
            (request, body.to_string().into())
        };
        let sent = self.slides.client.send(request.body(body).unwrap()).await;
        sent.unwrap()
    }

    pub(crate) async fn ok(&self, line: &str, body: Value) -> Value {
        let reply = self.call(line, body).await;
        assert!(
            reply.status < 300,
            "{line}: {} {}",
            reply.status,
            reply.text()
        );
        if reply.body.is_empty() {
            Value::Null
        } else {
            reply.json()
        }
    }

    /// Status and message of a refusal.
    pub(crate) async fn refused(&self, line: &str, body: Value) -> (u16, String) {
        let reply = self.call(line, body).await;
        assert!(reply.status >= 400, "{line}: {}", reply.text());
        let (status, _, message) = reply.error();
        (status, message)
    }
}

impl Deck<'_> {
    fn line(&self) -> String {
        format!("POST /v1/presentations/{}:batchUpdate", self.id)
    }

    /// Carries out requests; returns the replies.
    pub(crate) async fn update(&self, requests: Value) -> Value {
        let body = json!({ "requests": requests });
        self.user.ok(&self.line(), body).await["replies"].take()
    }

    /// The message of a batch's refusal.
    pub(crate) async fn refused(&self, requests: Value) -> String {
        let body = json!({ "requests": requests });
        let (status, message) = self.user.refused(&self.line(), body).await;
        assert_eq!(status, 400, "{message}");
        message
    }

    pub(crate) async fn batch(&self, body: Value) -> Reply {
        self.user.call(&self.line(), body).await
    }

    pub(crate) async fn get(&self) -> Value {
        let line = format!("GET /v1/presentations/{}", self.id);
        self.user.ok(&line, Value::Null).await
    }

    pub(crate) async fn page(&self, id: &str) -> Value {
        let line = format!("GET /v1/presentations/{}/pages/{id}", self.id);
        self.user.ok(&line, Value::Null).await
    }

    /// An element of a slide, wherever it stands.
    pub(crate) async fn element(&self, id: &str) -> Value {
        let deck = self.get().await;
        let slides = deck["slides"].as_array().unwrap();
        let elements = slides
            .iter()
            .flat_map(|slide| slide["pageElements"].as_array().into_iter().flatten());
        let mut found = elements.filter(|it| it["objectId"] == id);
        found.next().unwrap().clone()
    }

    /// The ids of what stands on a page, from back to front.
    pub(crate) async fn elements_of(&self, page: &str) -> Vec<String> {
        let page = self.page(page).await;
        let elements = page["pageElements"].as_array().unwrap().iter();
        let id = |it: &Value| it["objectId"].as_str().unwrap().to_owned();
        elements.map(id).collect()
    }

    /// The ids of the slides.
    pub(crate) async fn order(&self) -> Vec<String> {
        let deck = self.get().await;
        let slides = deck["slides"].as_array().cloned().unwrap_or_default();
        let id = |slide: &Value| slide["objectId"].as_str().unwrap().to_owned();
        slides.iter().map(id).collect()
    }

    /// A slide for a title and a body, with a text box `box01` on it.
    pub(crate) async fn with_slide(self) -> Self {
        self.update(json!([
            { "createSlide": {
                "objectId": "slide1",
                "slideLayoutReference": { "predefinedLayout": "TITLE_AND_BODY" },
                "placeholderIdMappings": [
                    { "layoutPlaceholder": { "type": "TITLE" }, "objectId": "title1" },
                    { "layoutPlaceholder": { "type": "BODY" }, "objectId": "body01" },
                ],
            }},
            { "createShape": {
                "objectId": "box01",
                "shapeType": "TEXT_BOX",
                "elementProperties": { "pageObjectId": "slide1" },
            }},
        ]))
        .await;
        self
    }
}

/// The text of a shape or a cell as Google's text elements tell it.
pub(crate) fn text_of(shown: &Value) -> String {
    let elements = shown["text"]["textElements"].as_array();
    let runs = elements.into_iter().flatten();
    let runs = runs.filter_map(|it| it["textRun"]["content"].as_str());
    runs.collect()
}

/// A chart of five bars, 320 pixels wide and 200 high.
pub(crate) const CHART: &str = "iVBORw0KGgoAAAANSUhEUgAAAUAAAADIBAMAAABrKiWYAAAAD1BMVEX///9ChfT/q0AAl6dZWVnBKLSHAAAAq0lEQVR42u3WQQ0AIAwEQSxgAQtYwL8mBPRFw6OQWQGXeV5rkiRdaQECApYEjhggICAgICAgICAgICAgIOBt4IwBAgICAgICAgICAgICAgICAgJ+AOwxQEBAQEBAQEDAs+8GCAgICAgICAgICAgICAgICAgICAhYHpgdAwQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBMwA6/UYUJIkSVKiDfoS9A756xErAAAAAElFTkSuQmCC";

/// A server on this machine that has one file, whatever is asked for; returns its address.
///
/// It ends with the test's runtime.
pub(crate) async fn serve(file: Vec<u8>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let length = file.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.write_all(&file).await;
        }
    });
    format!("http://{address}/picture")
}

/// The bytes behind base64.
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

/// Where something new goes on `slide1`: at a place in points, so wide and high.
pub(crate) fn at(x: f64, y: f64, width: f64, height: f64) -> Value {
    json!({
        "pageObjectId": "slide1",
        "size": {
            "width": { "magnitude": width, "unit": "PT" },
            "height": { "magnitude": height, "unit": "PT" },
        },
        "transform": { "scaleX": 1, "scaleY": 1, "translateX": x, "translateY": y, "unit": "PT" },
    })
}
