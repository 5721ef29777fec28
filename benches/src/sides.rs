//! A toolkit of ours as an agent has it, and agno's of the same name, at one loopback Google.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use toolgate_auth::{Access, AccessToken, Principal};
use toolgate_emulator::Emulator;
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope, RunTools, Toolkit};

use crate::python::Python;

/// Behind the pipeline, as they are without any setting.
pub(crate) fn tools(
    toolkit: Arc<dyn Toolkit>,
    base: &str,
    token: &str,
) -> anyhow::Result<RunTools> {
    let token = AccessToken::parse(token)?;
    let access = Access::from_token(token, HttpClient::new()?, Endpoints::at_base(base)?);
    let bound = BoundToolkit::with_access(toolkit, access);
    let registry = Registry::new(vec![bound], Pipeline::new())?;
    let alice = Principal::for_user("alice")?;
    Ok(registry.for_run(alice, RunScope::new("benchmark")))
}

/// Calls one of our tools.
pub(crate) async fn call(tools: &RunTools, tool: &str, arguments: Value) -> anyhow::Result<Value> {
    let answer = tools.call(tool, arguments).await;
    answer.map_err(|error| anyhow::anyhow!("{tool}: {error}"))
}

/// A Python with one of agno's toolkits at the same Google.
pub(crate) struct Agno(Python);

/// What one of agno's tools answered.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    /// In nanoseconds, without our way to Python and back.
    spent: u64,
    /// What a model gets.
    pub(crate) text: String,
}

impl Agno {
    /// Agno's toolkit of this name, made with these options beyond its tools' own flags.
    pub(crate) async fn start(
        python: &Path,
        name: &str,
        (google, token): (&Emulator, &str),
        options: &Value,
    ) -> anyhow::Result<Self> {
        let (base, options) = (google.base_url(), options.to_string());
        let arguments = [name, base.as_str(), token, &options];
        let program = include_str!("agno_tools.py");
        Ok(Self(Python::start(python, program, &arguments).await?))
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

    /// What was asked for, and not what went wrong.
    pub(crate) fn done(&self) -> anyhow::Result<Value> {
        let answer: Value = serde_json::from_str(&self.text).context("agno's answer is no JSON")?;
        let is_done = answer.get("error").is_none();
        anyhow::ensure!(is_done, "agno says {}", self.text);
        Ok(answer)
    }
}
