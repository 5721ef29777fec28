//! A toolkit to test with: tools that echo, wait, write and fail.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Access, AccessToken};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{Risk, RunScope, Tool, ToolContext, ToolError, Toolkit, typed_tool};

/// How far a search goes.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Depth {
    /// Subjects only.
    Shallow,
    /// Bodies too.
    Deep,
}

/// A span of time.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    /// The first moment.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) from: String,
    /// The last moment; open when left out.
    pub(crate) until: Option<String>,
}

/// Searches mail.
///
/// Give a query as in Gmail's
/// search box.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    /// What to look for.
    #[schemars(example = "from:ann")]
    pub(crate) query: String,
    /// How many at most.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 100))]
    pub(crate) limit: u32,
    /// How far to look.
    pub(crate) depth: Option<Depth>,
    /// When it was sent.
    pub(crate) span: Option<Span>,
    /// Labels that all must be there.
    #[serde(default)]
    pub(crate) labels: Vec<String>,
}

fn ten() -> u32 {
    10
}

/// What a search found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// The arguments as they came.
    pub(crate) echo: String,
    /// Where to go on; none at the end.
    pub(crate) next: Option<String>,
}

async fn search(_cx: ToolContext, args: Search) -> Result<Found, ToolError> {
    let echo = serde_json::to_string(&args).unwrap();
    Ok(Found { echo, next: None })
}

/// Takes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Text.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Text {
    /// The text.
    pub(crate) text: String,
}

async fn hang(_cx: ToolContext, _args: Nothing) -> Result<Text, ToolError> {
    std::future::pending().await
}

async fn send_and_hang(cx: ToolContext, _args: Nothing) -> Result<Text, ToolError> {
    cx.mark_sent();
    std::future::pending().await
}

async fn send_and_fail(cx: ToolContext, _args: Nothing) -> Result<Text, ToolError> {
    cx.mark_sent();
    Err(ToolError::unavailable("the connection broke"))
}

async fn send_and_settle(cx: ToolContext, _args: Nothing) -> Result<Text, ToolError> {
    cx.mark_sent();
    cx.mark_settled();
    Err(ToolError::unavailable("google said no"))
}

async fn who(cx: ToolContext, _args: Nothing) -> Result<Text, ToolError> {
    let text = cx
        .principal()
        .map_or_else(|| "nobody".to_owned(), ToString::to_string);
    Ok(Text { text })
}

async fn long(_cx: ToolContext, _args: Nothing) -> Result<Text, ToolError> {
    Ok(Text {
        text: "x".repeat(100_000),
    })
}

/// All sample tools.
pub(crate) fn tools() -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool("search", Risk::Read, &["gmail.users.messages.list"], search)
            .core()
            .shared(),
        typed_tool("hang", Risk::Read, &[], hang).shared(),
        typed_tool(
            "send_and_hang",
            Risk::Send,
            &["gmail.users.messages.send"],
            send_and_hang,
        )
        .shared(),
        typed_tool("send_and_fail", Risk::Send, &[], send_and_fail).shared(),
        typed_tool("send_and_settle", Risk::Send, &[], send_and_settle).shared(),
        typed_tool("who", Risk::Read, &[], who).core().shared(),
        typed_tool("long", Risk::Read, &[], long).shared(),
    ]
}

pub(crate) fn tool(name: &str) -> Arc<dyn Tool> {
    tools()
        .into_iter()
        .find(|it| it.spec().name == name)
        .unwrap()
}

pub(crate) fn access() -> Access {
    log_for_the_leak_check();
    let token = AccessToken::parse("ya29.CANARYsecret-sample").unwrap();
    Access::from_token(token, HttpClient::new().unwrap(), Endpoints::google())
}

pub(crate) fn context(run: RunScope) -> ToolContext {
    ToolContext::new(access(), run)
}

/// What all crates log here is kept, for the leak check over the whole test run.
pub(crate) fn log_for_the_leak_check() {
    toolgate_testkit::LogCapture::install();
}

/// What has to come to an end. Far beyond any call's own time, for tests whose time is paused.
pub(crate) async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(5), work)
        .await
        .unwrap()
}

/// A toolkit of some of the sample tools.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) tools: Vec<Arc<dyn Tool>>,
}

impl Toolkit for Sample {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.tools.clone()
    }

    fn instructions(&self) -> Option<String> {
        Some(format!("About {}.", self.name))
    }
}
