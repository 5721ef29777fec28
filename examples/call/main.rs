//! Calls one tool once, and prints its result as JSON.
//!
//! ```text
//! cargo run --example call                                         # the names of all tools
//! cargo run --example call -- gmail search_emails '{"query": "is:unread"}'
//! ```
//!
//! `GOOGLE_ACCESS_TOKEN` is the credential, and `GOOGLE_BASE_URL` stands in for Google's own address.
//! Without the two an emulated Google is started, and the tool acts for alice.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use toolgate_auth::{Access, AccessToken, Principal, ScopeSet};
use toolgate_emulator::Emulator;
use toolgate_examples::{environment, toolkits};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope, Toolkit};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [toolkit, tool, arguments] = &words[..] else {
        return usage(&words);
    };
    let arguments: Value = serde_json::from_str(arguments)
        .with_context(|| format!("{arguments} is no JSON; arguments are an object"))?;
    let toolkits = toolkits()?;
    let found = toolkits.into_iter().find(|it| it.name() == toolkit);
    let toolkit = found.with_context(|| format!("there is no toolkit {toolkit}"))?;
    // It serves as long as this lives.
    let (access, _emulator) = access(&*toolkit).await?;
    let bound = BoundToolkit::with_access(toolkit, access);
    let registry = Registry::new(vec![bound], Pipeline::new())?;
    let run = registry.for_run(Principal::anonymous(), RunScope::new("call"));
    match run.call(tool, arguments).await {
        Ok(result) => println!("{result:#}"),
        Err(error) => {
            println!("{:#}", error.to_json());
            bail!("{tool} failed");
        }
    }
    Ok(())
}

fn usage(words: &[String]) -> anyhow::Result<()> {
    for toolkit in toolkits()? {
        for tool in toolkit.tools() {
            println!("{} {}", toolkit.name(), tool.spec().name);
        }
    }
    if words.is_empty() {
        return Ok(());
    }
    bail!("say: call TOOLKIT TOOL 'JSON ARGUMENTS'")
}

/// The credential of the environment, or alice's at an emulator.
async fn access(toolkit: &dyn Toolkit) -> anyhow::Result<(Access, Option<Arc<Emulator>>)> {
    let http = HttpClient::new()?;
    let base = environment("GOOGLE_BASE_URL");
    if let Some(token) = environment("GOOGLE_ACCESS_TOKEN") {
        let endpoints = match base {
            Some(base) => Endpoints::at_base(&base)?,
            None => Endpoints::google(),
        };
        let token = AccessToken::parse(token.trim())?;
        return Ok((Access::from_token(token, http, endpoints), None));
    }
    ensure!(
        base.is_none(),
        "GOOGLE_BASE_URL is set and GOOGLE_ACCESS_TOKEN is not: set it to a token of that Google"
    );
    let emulator = Emulator::builder().start().await?;
    let scopes: ScopeSet = toolkit.requirement().least_scopes();
    let scopes = scopes.to_vec();
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let token = emulator.issue_token("alice@example.com", &scopes);
    let endpoints = Endpoints::at_base(emulator.base_url().as_str())?;
    let access = Access::from_token(AccessToken::parse(&token)?, http, endpoints);
    Ok((access, Some(Arc::new(emulator))))
}
