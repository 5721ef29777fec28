//! An emulator with people's spreadsheets, and the toolkit bound to it by an explicit credential.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use toolgate_auth::{Access, AccessToken, Principal};
use toolgate_emulator::{Emulator, EmulatorBuilder, RecordedRequest, Seed};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_sheets::SheetsToolkit;
use toolgate_toolkit::{
    BoundToolkit, Pipeline, Registry, RunScope, RunTools, Selection, ToolError,
};

pub(crate) const ALICE: &str = "alice@example.com";
const MAIL: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const DRIVE: &str = "https://www.googleapis.com/auth/drive";

/// An emulator, and Alice at it.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    http: HttpClient,
}

impl World {
    /// Alice's Drive with a folder of files of all kinds, and Bob's with what he shares.
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

    pub(crate) fn tools_of(&self, person: &str, toolkit: SheetsToolkit) -> RunTools {
        self.tools_with(person, toolkit, &[DRIVE])
    }

    pub(crate) fn tools_with(
        &self,
        person: &str,
        toolkit: SheetsToolkit,
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
        toolkit: SheetsToolkit,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let access = self.access(ALICE, &[DRIVE]);
        let bound = BoundToolkit::with_access(Arc::new(toolkit), access);
        let registry = Registry::new(vec![bound], pipeline).unwrap();
        let alice = Principal::for_user(ALICE).unwrap();
        let tools = registry.for_run(alice, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    pub(crate) async fn call_of(
        &self,
        toolkit: &SheetsToolkit,
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

    /// Calls a tool that may do no more than these scopes allow.
    pub(crate) async fn call_as(
        &self,
        scopes: &[&str],
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let access = self.access(ALICE, scopes);
        let bound = BoundToolkit::with_access(Arc::new(all_tools()), access);
        let registry = Registry::new(vec![bound], Pipeline::new()).unwrap();
        let alice = Principal::for_user(ALICE).unwrap();
        let tools = registry.for_run(alice, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Asks the emulator without the toolkit.
    pub(crate) async fn google(&self, person: &str, path: &str) -> Value {
        let url = format!("{}{path}", self.emulator.base_url());
        let token = self.emulator.issue_token(person, &[DRIVE, MAIL]);
        let request = http::Request::get(url)
            .header("authorization", format!("Bearer {token}"))
            .body(Vec::new());
        let answer = self.http.send(request.unwrap(), Duration::from_secs(10));
        serde_json::from_slice(answer.await.unwrap().body()).unwrap()
    }

    /// Changes a spreadsheet as another person, without the toolkit.
    pub(crate) async fn change(&self, person: &str, id: &str, requests: Value) {
        let url = format!(
            "{}v4/spreadsheets/{id}:batchUpdate",
            self.emulator.base_url()
        );
        let token = self.emulator.issue_token(person, &[DRIVE]);
        let body = serde_json::json!({ "requests": requests }).to_string();
        let request = http::Request::post(url)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body.into_bytes());
        let answer = self.http.send(request.unwrap(), Duration::from_secs(10));
        assert!(answer.await.unwrap().status().is_success(), "{requests}");
    }

    /// All that was entered into a spreadsheet.
    pub(crate) async fn cells(&self, id: &str) -> Value {
        let path = format!(
            "v4/spreadsheets/{id}?fields=sheets(properties(title),data(rowData(values(userEnteredValue))))"
        );
        self.google(ALICE, &path).await
    }

    /// The cells of a range as people see them.
    pub(crate) async fn shown(&self, id: &str, range: &str) -> Value {
        let range = range
            .replace(' ', "%20")
            .replace('#', "%23")
            .replace('!', "%21");
        let path = format!("v4/spreadsheets/{id}/values/{range}");
        self.google(ALICE, &path).await["values"].clone()
    }

    pub(crate) fn requests(&self, method: &str) -> Vec<RecordedRequest> {
        let all = self.emulator.requests().into_iter();
        all.filter(|it| it.api_method.as_deref() == Some(method))
            .collect()
    }

    pub(crate) fn count(&self, method: &str) -> usize {
        self.requests(method).len()
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
}

/// The toolkit with every tool that it has, of which none waits between the look-ups of a settlement.
pub(crate) fn all_tools() -> SheetsToolkit {
    SheetsToolkit::new()
        .with_tools(Selection::all())
        .unwrap()
        .with_settlement_time(Duration::ZERO)
}

/// The text within the fence.
pub(crate) fn unfenced(text: &Value) -> String {
    let text = text.as_str().unwrap();
    let (open, rest) = text.split_once(">\n").unwrap();
    let name = open.strip_prefix("<cells-").unwrap();
    rest.strip_suffix(&format!("\n</cells-{name}>"))
        .unwrap()
        .to_owned()
}

/// How many characters a model pays for.
pub(crate) fn size(value: &Value) -> usize {
    value.to_string().chars().count()
}
