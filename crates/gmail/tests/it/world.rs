//! An emulator with one mailbox, and the toolkit bound to it by an explicit credential.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use mail_parser::MimeHeaders as _;
use proptest::prelude::ProptestConfig;
use serde_json::Value;
use tempfile::TempDir;
use toolgate_auth::{Access, AccessToken, Principal};
use toolgate_emulator::{
    Emulator, EmulatorBuilder, MessageIds, RecordedRequest, Seed, SeedAccount, SeedMessage,
};
use toolgate_gmail::GmailToolkit;
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{
    BoundToolkit, Folders, Pipeline, Registry, RunScope, RunTools, Selection, ToolError,
};

/// How the ids of the sample's mails begin.
const SAMPLE: &str = "18c0a11ce";

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const MODIFY: &str = "https://www.googleapis.com/auth/gmail.modify";
pub(crate) const READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const SETTINGS: &str = "https://www.googleapis.com/auth/gmail.settings.basic";
pub(crate) const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";

/// Alice's mailbox.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    http: HttpClient,
}

impl World {
    /// The emulator's own sample.
    pub(crate) async fn sample() -> Self {
        Self::started(Emulator::builder()).await
    }

    /// The same over TLS, by an authority that only this world's client trusts.
    pub(crate) async fn over_tls() -> Self {
        Self::started(Emulator::builder().with_tls(true)).await
    }

    /// Alice with these messages.
    pub(crate) async fn with(messages: impl IntoIterator<Item = SeedMessage>) -> Self {
        let account = SeedAccount::new(ALICE, "Alice Example");
        let account = messages
            .into_iter()
            .fold(account, SeedAccount::with_message);
        Self::of(account).await
    }

    /// One account, which is Alice's.
    pub(crate) async fn of(account: SeedAccount) -> Self {
        Self::seeded(Seed {
            accounts: vec![account],
        })
        .await
    }

    /// Whoever the seed describes.
    pub(crate) async fn seeded(seed: Seed) -> Self {
        Self::started(Emulator::builder().with_seed(seed)).await
    }

    /// The same at a moment that does not pass, in milliseconds since the Unix epoch.
    pub(crate) async fn seeded_at(seed: Seed, now: i64) -> Self {
        let emulator = Emulator::builder().with_seed(seed);
        Self::started(emulator.with_clock(Arc::new(move || now))).await
    }

    /// The sample, where Gmail makes this of the ids of mails that are sent.
    pub(crate) async fn where_ids_are(message_ids: MessageIds) -> Self {
        Self::started(Emulator::builder().with_message_ids(message_ids)).await
    }

    /// One account, in such a place.
    pub(crate) async fn of_with(account: SeedAccount, message_ids: MessageIds) -> Self {
        let seed = Seed {
            accounts: vec![account],
        };
        let emulator = Emulator::builder().with_seed(seed);
        Self::started(emulator.with_message_ids(message_ids)).await
    }

    async fn started(emulator: EmulatorBuilder) -> Self {
        // What all crates log here is kept, for the leak check over the whole test run.
        toolgate_testkit::LogCapture::install();
        let emulator = emulator.start().await.unwrap();
        let mut http = HttpClient::builder();
        if let Some(pem) = emulator.ca_certificate_pem() {
            http = http.with_root_certificate_pem(pem.as_bytes());
        }
        Self {
            emulator,
            http: http.build().unwrap(),
        }
    }

    pub(crate) fn access(&self, scopes: &[&str]) -> Access {
        let token = self.emulator.issue_token(ALICE, scopes);
        let endpoints = Endpoints::at_base(self.emulator.base_url().as_str()).unwrap();
        let token = AccessToken::parse(&token).unwrap();
        Access::from_token(token, self.http.clone(), endpoints)
    }

    pub(crate) fn tools(&self, toolkit: GmailToolkit, scopes: &[&str], run: RunScope) -> RunTools {
        let bound = BoundToolkit::with_access(Arc::new(toolkit), self.access(scopes));
        let registry = Registry::new(vec![bound], Pipeline::new()).unwrap();
        registry.for_run(Principal::for_user("alice").unwrap(), run)
    }

    /// Calls a tool with all that it may need.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.call_as(&[MODIFY, SETTINGS], tool, arguments).await
    }

    pub(crate) async fn call_as(
        &self,
        scopes: &[&str],
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let tools = self.tools(all_tools(), scopes, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Calls a tool of this toolkit.
    pub(crate) async fn call_of(
        &self,
        toolkit: &GmailToolkit,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let tools = self.tools(toolkit.clone(), &[MODIFY], RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Calls a tool whose results take this much.
    pub(crate) async fn call_within(
        &self,
        budget: usize,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let toolkit = all_tools().with_result_budget(budget);
        let pipeline = Pipeline::new().with_result_budget(budget.max(20_000));
        self.call_under(pipeline, toolkit, tool, arguments).await
    }

    /// Calls a tool of this toolkit in a run of this pipeline, with all that it may need.
    pub(crate) async fn call_under(
        &self,
        pipeline: Pipeline,
        toolkit: GmailToolkit,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let access = self.access(&[MODIFY, SETTINGS]);
        let bound = BoundToolkit::with_access(Arc::new(toolkit), access);
        let registry = Registry::new(vec![bound], pipeline).unwrap();
        let alice = Principal::for_user("alice").unwrap();
        let tools = registry.for_run(alice, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Calls a tool that has two seconds, so that no retry waits for long.
    pub(crate) async fn call_soon(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        let ends = Instant::now() + Duration::from_secs(2);
        let run = RunScope::new("run").with_deadline(Some(ends));
        let tools = self.tools(all_tools(), &[MODIFY, SETTINGS], run);
        tools.call(tool, arguments).await
    }

    /// How often a method was called.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.requests(method).len()
    }

    pub(crate) fn requests(&self, method: &str) -> Vec<RecordedRequest> {
        let all = self.emulator.requests().into_iter();
        all.filter(|it| it.api_method.as_deref() == Some(method))
            .collect()
    }

    /// Every request was as Google's discovery documents say.
    pub(crate) fn assert_lawful(&self) {
        let requests = self.emulator.requests();
        let refused: Vec<_> = requests
            .iter()
            .filter(|it| it.status == Some(400))
            .collect();
        assert!(refused.is_empty(), "{refused:#?}");
        assert!(!requests.is_empty());
    }

    /// Every request came by this version of HTTP. The log has a request's headers and not its
    /// version, but `Host` is one of them in HTTP/1.1 alone.
    pub(crate) async fn assert_spoke(&self, version: http::Version) {
        let requests = self.emulator.requests();
        let mut requests = requests.iter().filter(|it| !it.batched).peekable();
        assert!(requests.peek().is_some());
        for request in requests {
            let is_http_1 = request.headers.contains_key("host");
            assert_eq!(is_http_1, version == http::Version::HTTP_11, "{request:?}");
        }
        let answer = self.answer("users/me/profile").await;
        assert_eq!(answer.version(), version);
    }

    /// The mails that were sent, but for those of the sample, the latest first, with unfolded headers.
    pub(crate) async fn sent(&self) -> Vec<DraftSeen> {
        let list = self
            .google("users/me/messages?labelIds=SENT&includeSpamTrash=true&q=newer_than:1d")
            .await;
        let mut sent = Vec::new();
        for message in list["messages"].as_array().into_iter().flatten() {
            let id = message["id"].as_str().unwrap();
            if !id.starts_with(SAMPLE) {
                let path = format!("users/me/messages/{id}?format=raw");
                sent.push(DraftSeen::of(id, &self.google(&path).await));
            }
        }
        sent
    }

    /// The drafts in the mailbox, as they would be sent, with unfolded headers.
    pub(crate) async fn drafts(&self) -> Vec<DraftSeen> {
        let list = self.google("users/me/drafts").await;
        let mut drafts = Vec::new();
        for draft in list["drafts"].as_array().into_iter().flatten() {
            let id = draft["id"].as_str().unwrap();
            let draft = self
                .google(&format!("users/me/drafts/{id}?format=raw"))
                .await;
            drafts.push(DraftSeen::of(id, &draft["message"]));
        }
        drafts
    }

    /// Asks the emulator without the toolkit.
    pub(crate) async fn google(&self, path: &str) -> Value {
        serde_json::from_slice(self.answer(path).await.body()).unwrap()
    }

    async fn answer(&self, path: &str) -> http::Response<Vec<u8>> {
        let url = format!("{}gmail/v1/{path}", self.emulator.base_url());
        let bearer = format!("Bearer {}", self.emulator.issue_token(ALICE, &[MODIFY]));
        let request = http::Request::get(url)
            .header("authorization", bearer)
            .body(Vec::new());
        self.http
            .send(request.unwrap(), Duration::from_secs(10))
            .await
            .unwrap()
    }
}

/// The toolkit with every tool that it has, of which none waits between the look-ups of a settlement.
pub(crate) fn all_tools() -> GmailToolkit {
    GmailToolkit::new()
        .with_tools(Selection::all())
        .unwrap()
        .with_settlement_time(Duration::ZERO)
}

/// A draft or a sent mail as Gmail holds it.
#[derive(Debug)]
pub(crate) struct DraftSeen {
    pub(crate) id: String,
    pub(crate) thread_id: String,
    /// With unfolded headers.
    pub(crate) raw: String,
    /// As they are.
    pub(crate) bytes: Vec<u8>,
}

impl DraftSeen {
    fn of(id: &str, message: &Value) -> Self {
        let bytes = URL_SAFE.decode(message["raw"].as_str().unwrap()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        Self {
            id: id.to_owned(),
            thread_id: message["threadId"].as_str().unwrap().to_owned(),
            raw: text.replace("\r\n ", " ").replace("\r\n\t", " "),
            bytes,
        }
    }

    /// Its parts, taken apart by another's code.
    pub(crate) fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default()
            .parse(&self.bytes)
            .unwrap()
    }

    /// The files on it: name, type and bytes.
    pub(crate) fn files(&self) -> Vec<(String, String, Vec<u8>)> {
        let message = self.parsed();
        message
            .attachments()
            .map(|part| {
                let kind = part.content_type().unwrap();
                let name = part.attachment_name().unwrap_or_default().to_owned();
                let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap());
                (name, kind, part.contents().to_vec())
            })
            .collect()
    }

    /// A header's value, unfolded; none where it is missing.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.raw.split_once("\r\n\r\n").unwrap();
        head.split("\r\n").find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The text within the fence.
pub(crate) fn unfenced(text: &Value) -> &str {
    let text = text.as_str().unwrap();
    let (open, rest) = text.split_once(">\n").unwrap();
    let name = open.strip_prefix("<mail-").unwrap();
    rest.strip_suffix(&format!("\n</mail-{name}>")).unwrap()
}

/// A folder that tools may read and write, and the toolkit that does.
pub(crate) fn with_folder() -> (TempDir, GmailToolkit) {
    let folder = TempDir::new().unwrap();
    let folders = Folders::new().with_read(folder.path()).unwrap();
    let folders = folders.with_write(folder.path()).unwrap();
    (folder, all_tools().with_folders(folders))
}

/// How many characters a model pays for.
pub(crate) fn size(value: &Value) -> usize {
    value.to_string().chars().count()
}

/// A mail with an id of the shape of Gmail's.
pub(crate) fn mail(number: u64, subject: &str, text: &str) -> SeedMessage {
    let mut message = SeedMessage::new("Carol Reyes <carol@partner.example>", subject, text);
    message.id = Some(id(number));
    message.date = format!("-{}m", 10_000 - number);
    message
}

/// The id of [`mail`].
pub(crate) fn id(number: u64) -> String {
    format!("18c{number:013x}")
}

/// So many cases, and a bounded search for a smaller one that fails.
pub(crate) fn bounded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        max_shrink_iters: 100,
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}
