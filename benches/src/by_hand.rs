//! A search as somebody writes it by hand on google-gmail1, with batches, for one program's needs.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, SecondsFormat};
use flate2::read::GzDecoder;
use google_gmail1::Gmail;
use google_gmail1::api::{Message, MessagePart};
use google_gmail1::hyper_util::client::legacy::Client;
use google_gmail1::hyper_util::client::legacy::connect::HttpConnector;
use google_gmail1::hyper_util::rt::TokioExecutor;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use serde::Serialize;
use toolgate_text::{Limits, html_to_markdown, split_quoted};

const LIST: &str = "messages(id,threadId),nextPageToken,resultSizeEstimate";
const GET: &str = "format=full&fields=id%2CthreadId%2ClabelIds%2Csnippet%2CinternalDate%2Cpayload";
const IN_A_BATCH: usize = 25;
const BOUNDARY: &str = "batch_by-hand-by-hand-by-hand-by-hand-by-hand-by-hand";
/// Characters of a text.
const EXCERPT: usize = 400;

/// The hub for what it can do, and its client for what it cannot.
pub(crate) struct ByHand {
    hub: Gmail<HttpConnector>,
    client: google_gmail1::common::Client<HttpConnector>,
    batch: String,
    bearer: String,
}

/// What the program wants to know of a mail.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    id: String,
    thread_id: String,
    subject: String,
    from: String,
    to: String,
    date: String,
    labels: Vec<String>,
    unread: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<usize>,
    excerpt: String,
}

impl ByHand {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is what ours is measured against"
    )]
    pub(crate) fn new(base: &str, token: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let mut hub = Gmail::new(client.clone(), token.to_owned());
        hub.base_url(base.to_owned());
        Self {
            hub,
            client,
            batch: format!("{base}batch/gmail/v1"),
            bearer: format!("Bearer {token}"),
        }
    }

    /// The newest mails that a query finds.
    pub(crate) async fn search(&self, query: &str, count: usize) -> anyhow::Result<Vec<Found>> {
        let list = self.hub.users().messages_list("me").q(query);
        let list = list
            .max_results(u32::try_from(count)?)
            .param("fields", LIST);
        let (_, list) = list.doit().await?;
        let ids = list.messages.unwrap_or_default();
        let ids: Vec<String> = ids.into_iter().filter_map(|message| message.id).collect();
        let (first, second) = ids.split_at(ids.len().min(IN_A_BATCH));
        let (mut first, second) = tokio::try_join!(self.get(first), self.get(second))?;
        first.extend(second);
        Ok(first)
    }

    async fn get(&self, ids: &[String]) -> anyhow::Result<Vec<Found>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let kind = format!("multipart/mixed; boundary={BOUNDARY}");
        let request = Request::post(&self.batch)
            .header(AUTHORIZATION, &self.bearer)
            .header(CONTENT_TYPE, kind)
            .header(ACCEPT_ENCODING, "gzip")
            .header(USER_AGENT, "by-hand (gzip)")
            .body(google_gmail1::common::to_body(Some(asked(ids))))?;
        let (head, body) = self.client.request(request).await?.into_parts();
        ensure!(head.status.is_success(), "a batch: {}", head.status);
        let body = body.collect().await?.to_bytes();
        let text = match head.headers.get(CONTENT_ENCODING) {
            Some(_) => std::io::read_to_string(GzDecoder::new(&body[..]))?,
            None => String::from_utf8(body.to_vec())?,
        };
        read(&text, &head.headers, ids.len())
    }
}

/// The body of a batch.
fn asked(ids: &[String]) -> String {
    let parts = ids.iter().enumerate().map(|(number, id)| {
        format!(
            "--{BOUNDARY}\r\nContent-Type: application/http\r\n\
             Content-Transfer-Encoding: binary\r\nContent-ID: <part-{number}>\r\n\r\n\
             GET /gmail/v1/users/me/messages/{id}?{GET} HTTP/1.1\r\n\r\n\r\n"
        )
    });
    parts.chain([format!("--{BOUNDARY}--\r\n")]).collect()
}

/// The answer to a batch, in the order of the questions.
fn read(text: &str, headers: &HeaderMap, count: usize) -> anyhow::Result<Vec<Found>> {
    let kind = headers.get(CONTENT_TYPE).context("no content type")?;
    let (_, boundary) = kind
        .to_str()?
        .split_once("boundary=")
        .context("no boundary")?;
    let mut found: Vec<Option<Found>> = (0..count).map(|_| None).collect();
    let marker = format!("--{boundary}\r\n");
    for part in text.split(&marker).skip(1) {
        let (head, answer) = part.split_once("\r\n\r\n").context("no part")?;
        let (inner, json) = answer.split_once("\r\n\r\n").context("no answer")?;
        ensure!(inner.starts_with("HTTP/1.1 200"), "a part: {inner}");
        let (_, number) = head.split_once("part-").context("no number")?;
        let (number, _) = number.split_once('>').context("no number")?;
        // A closing line may follow.
        let mut answers = serde_json::Deserializer::from_str(json).into_iter::<Message>();
        let message = answers.next().context("no message")??;
        let place = found.get_mut(number.parse::<usize>()?);
        *place.context("no such part")? = Some(Found::of(message)?);
    }
    let found: Option<Vec<Found>> = found.into_iter().collect();
    found.context("a part is missing")
}

impl Found {
    fn of(message: Message) -> anyhow::Result<Self> {
        let payload = message.payload.context("no payload")?;
        let mut labels = message.label_ids.unwrap_or_default();
        let all = labels.len();
        labels.retain(|label| label != "UNREAD");
        let date = message
            .internal_date
            .and_then(DateTime::from_timestamp_millis);
        let date = date.context("no date")?;
        let mut text = Text::default();
        text.read(&payload);
        let body = match text.html {
            Some(html) => html_to_markdown(&html, &Limits::default()).text,
            None => text.plain.unwrap_or_default(),
        };
        let (fresh, _) = split_quoted(&body);
        Ok(Self {
            id: message.id.unwrap_or_default(),
            thread_id: message.thread_id.unwrap_or_default(),
            subject: header(&payload, "Subject").to_owned(),
            from: header(&payload, "From").to_owned(),
            to: header(&payload, "To").to_owned(),
            date: date.to_rfc3339_opts(SecondsFormat::Secs, true),
            unread: all > labels.len(),
            labels,
            attachments: Some(text.files).filter(|files| *files > 0),
            excerpt: fresh.trim_start().chars().take(EXCERPT).collect(),
        })
    }
}

fn header<'a>(part: &'a MessagePart, name: &str) -> &'a str {
    let mut headers = part.headers.iter().flatten();
    let found = headers.find(|header| header.name.as_deref() == Some(name));
    found
        .and_then(|header| header.value.as_deref())
        .unwrap_or_default()
}

/// The texts of a mail, and how many files it has.
#[derive(Default)]
struct Text {
    html: Option<String>,
    plain: Option<String>,
    files: usize,
}

impl Text {
    fn read(&mut self, part: &MessagePart) {
        let body = part.body.as_ref();
        let data = body.and_then(|body| body.data.as_deref());
        let text = || data.map(|data| String::from_utf8_lossy(data).replace("\r\n", "\n"));
        let is_file = part.filename.as_ref().is_some_and(|name| !name.is_empty());
        match part.mime_type.as_deref() {
            _ if is_file => self.files += 1,
            Some("text/html") if self.html.is_none() => self.html = text(),
            Some("text/plain") if self.plain.is_none() => self.plain = text(),
            _ => part.parts.iter().flatten().for_each(|part| self.read(part)),
        }
    }
}
