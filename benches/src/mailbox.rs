//! One person's mailbox at a loopback Google, our tools on it, and agno's.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use toolgate_auth::{Access, AccessToken, Principal};
use toolgate_emulator::{Emulator, Seed, SeedAccount, SeedMessage};
use toolgate_gmail::GmailToolkit;
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope, RunTools};

use crate::agno::SCOPES;
use crate::python::Python;

const OWNER: &str = "alice@example.com";
const PROGRAM: &str = include_str!("agno_mail.py");

/// A Google at which one person has these mails.
pub(crate) async fn google(mails: Vec<SeedMessage>) -> anyhow::Result<Emulator> {
    let account = SeedAccount::new(OWNER, "Alice Example");
    let account = mails.into_iter().fold(account, SeedAccount::with_message);
    let seed = Seed {
        accounts: vec![account],
    };
    Ok(Emulator::builder().with_seed(seed).start().await?)
}

/// A token of that person's.
pub(crate) fn token(google: &Emulator) -> String {
    google.issue_token(OWNER, &SCOPES)
}

/// Our tools as an agent has them in a run: behind the pipeline, as they are without any setting.
pub(crate) fn tools(base: &str, token: &str) -> anyhow::Result<RunTools> {
    let token = AccessToken::parse(token)?;
    let access = Access::from_token(token, HttpClient::new()?, Endpoints::at_base(base)?);
    let gmail = BoundToolkit::with_access(Arc::new(GmailToolkit::new()), access);
    let registry = Registry::new(vec![gmail], Pipeline::new())?;
    let alice = Principal::for_user("alice")?;
    Ok(registry.for_run(alice, RunScope::new("benchmark")))
}

/// Calls one of our tools.
pub(crate) async fn call(tools: &RunTools, tool: &str, arguments: Value) -> anyhow::Result<Value> {
    let answer = tools.call(tool, arguments).await;
    answer.map_err(|error| anyhow::anyhow!("{tool}: {error}"))
}

/// A Python with agno's toolkit at the same Google.
pub(crate) struct AgnoMail(Python);

/// What one of agno's tools answered.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    /// In nanoseconds, without our way to Python and back.
    spent: u64,
    /// What a model gets.
    pub(crate) text: String,
}

impl AgnoMail {
    pub(crate) async fn start(python: &Path, google: &Emulator) -> anyhow::Result<Self> {
        let (base, token) = (google.base_url(), token(google));
        let mut arguments = vec![base.as_str(), &token];
        arguments.extend(SCOPES);
        Ok(Self(Python::start(python, PROGRAM, &arguments).await?))
    }

    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> anyhow::Result<Answered> {
        let Self(python) = self;
        let line = python.ask(&json!([tool, arguments]).to_string()).await?;
        serde_json::from_str(&line).context("agno's answer is not understood")
    }

    pub(crate) async fn end(self) -> anyhow::Result<()> {
        self.0.end().await
    }
}

impl Answered {
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent)
    }

    /// Whether it is what was asked for, and not what went wrong.
    pub(crate) fn is_done(&self) -> bool {
        let read = serde_json::from_str::<Value>(&self.text);
        read.is_ok_and(|answer| answer.is_object() && answer.get("error").is_none())
    }

    /// The mails of a search.
    pub(crate) fn emails(&self) -> anyhow::Result<usize> {
        let page: Value = serde_json::from_str(&self.text).context("agno's answer is no JSON")?;
        count(&page).with_context(|| format!("agno says {}", self.text))
    }
}

/// How many mails a page of a search shows, ours or agno's.
pub(crate) fn count(page: &Value) -> anyhow::Result<usize> {
    let emails = page["emails"].as_array().context("no list of mails")?;
    Ok(emails.len())
}
