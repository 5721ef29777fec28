//! An emulator with people's presentations, and the toolkit bound to it by an explicit credential.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use toolgate_auth::{Access, AccessToken, Principal};
use toolgate_emulator::{Emulator, EmulatorBuilder, RecordedRequest, Seed};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::{
    BoundToolkit, Folders, Pipeline, Registry, RunScope, RunTools, Selection, ToolError,
};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const DRIVE: &str = "https://www.googleapis.com/auth/drive";
pub(crate) const PRESENTATIONS: &str = "https://www.googleapis.com/auth/presentations";

/// An emulator, and Alice at it.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    http: HttpClient,
}

impl World {
    /// Alice's presentations, and Bob's with what he shares.
    pub(crate) async fn office() -> Self {
        Self::seeded(crate::seed::office()).await
    }

    /// Whoever the seed describes.
    pub(crate) async fn seeded(seed: Seed) -> Self {
        Self::started(Emulator::builder().with_seed(seed)).await
    }

    async fn started(emulator: EmulatorBuilder) -> Self {
        // What all crates log here is kept, for the leak check over the whole test run.
        toolgate_testkit::LogCapture::install();
        let emulator = emulator.start().await.unwrap();
        let http = HttpClient::new().unwrap();
        Self { emulator, http }
    }

    pub(crate) fn access(&self, person: &str, scopes: &[&str]) -> Access {
        let token = self.emulator.issue_token(person, scopes);
        let endpoints = Endpoints::at_base(self.emulator.base_url().as_str()).unwrap();
        let token = AccessToken::parse(&token).unwrap();
        Access::from_token(token, self.http.clone(), endpoints)
    }

    pub(crate) fn tools_of(&self, person: &str, toolkit: SlidesToolkit) -> RunTools {
        self.tools_with(person, toolkit, &[DRIVE, PRESENTATIONS])
    }

    pub(crate) fn tools_with(
        &self,
        person: &str,
        toolkit: SlidesToolkit,
        scopes: &[&str],
    ) -> RunTools {
        let access = self.access(person, scopes);
        let bound = BoundToolkit::with_access(Arc::new(toolkit), access);
        let registry = Registry::new(vec![bound], Pipeline::new()).unwrap();
        let person = Principal::for_user(person).unwrap();
        registry.for_run(person, RunScope::new("run"))
    }

    /// Calls a tool as Alice, with all that it may need.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.call_of(&all_tools(), tool, arguments).await
    }

    /// Calls a tool of Alice's by a pipeline of its own.
    pub(crate) async fn call_under(
        &self,
        pipeline: Pipeline,
        toolkit: SlidesToolkit,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let access = self.access(ALICE, &[DRIVE, PRESENTATIONS]);
        let bound = BoundToolkit::with_access(Arc::new(toolkit), access);
        let registry = Registry::new(vec![bound], pipeline).unwrap();
        let alice = Principal::for_user(ALICE).unwrap();
        let tools = registry.for_run(alice, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    pub(crate) async fn call_of(
        &self,
        toolkit: &SlidesToolkit,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let tools = self.tools_of(ALICE, toolkit.clone());
        tools.call(tool, arguments).await
    }

    /// Calls a tool, which has to succeed.
    pub(crate) async fn done(&self, tool: &str, arguments: Value) -> Value {
        let shown = format!("{tool} {arguments}");
        match self.call(tool, arguments).await {
            Ok(result) => result,
            Err(error) => panic!("{shown}: {error}"),
        }
    }

    /// Asks the emulator without the toolkit.
    pub(crate) async fn google(&self, person: &str, path: &str) -> Value {
        let url = format!("{}{path}", self.emulator.base_url());
        let token = self.emulator.issue_token(person, &[DRIVE, PRESENTATIONS]);
        let request = http::Request::get(url)
            .header("authorization", format!("Bearer {token}"))
            .body(Vec::new());
        let answer = self.http.send(request.unwrap(), Duration::from_secs(10));
        serde_json::from_slice(answer.await.unwrap().body()).unwrap()
    }

    /// Changes a presentation of Alice's without the toolkit.
    pub(crate) async fn change(&self, deck: &str, requests: &[Value]) {
        let body = serde_json::json!({"requests": requests});
        assert_eq!(self.batch(deck, &body).await, 200);
    }

    /// Asks for a change of a presentation of Alice's without the toolkit: the status of the answer.
    pub(crate) async fn batch(&self, deck: &str, body: &Value) -> u16 {
        let base = self.emulator.base_url();
        let url = format!("{base}v1/presentations/{deck}:batchUpdate");
        let token = self.emulator.issue_token(ALICE, &[PRESENTATIONS]);
        let request = http::Request::post(url)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body).unwrap());
        let answer = self.http.send(request.unwrap(), Duration::from_secs(10));
        answer.await.unwrap().status().as_u16()
    }

    pub(crate) fn requests(&self, method: &str) -> Vec<RecordedRequest> {
        let all = self.emulator.requests().into_iter();
        all.filter(|it| it.api_method.as_deref() == Some(method))
            .collect()
    }

    pub(crate) fn count(&self, method: &str) -> usize {
        self.requests(method).len()
    }
}

/// The toolkit with every tool that it has, of which none waits between the look-ups of a settlement.
pub(crate) fn all_tools() -> SlidesToolkit {
    SlidesToolkit::new()
        .with_tools(Selection::all())
        .unwrap()
        .with_settlement_time(Duration::ZERO)
}

/// A folder that tools may read and write, and the toolkit that does.
pub(crate) fn with_folder() -> (TempDir, SlidesToolkit) {
    let folder = TempDir::new().unwrap();
    let folders = Folders::new().with_read(folder.path()).unwrap();
    let folders = folders.with_write(folder.path()).unwrap();
    (folder, all_tools().with_folders(folders))
}

/// The text within the fence.
pub(crate) fn unfenced(text: &Value) -> String {
    let text = text.as_str().unwrap();
    let (open, rest) = text.split_once(">\n").unwrap();
    let name = open.strip_prefix("<slide-").unwrap();
    rest.strip_suffix(&format!("\n</slide-{name}>"))
        .unwrap()
        .to_owned()
}

/// How many characters a model pays for.
pub(crate) fn size(value: &Value) -> usize {
    value.to_string().chars().count()
}
