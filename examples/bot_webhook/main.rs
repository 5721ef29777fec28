//! A bot behind a webhook, as chats call one: a message comes in, and the answer goes
//! out, or a link to sign in with. The run goes on when the person has signed in.
//!
//! ```text
//! cargo run --example bot_webhook
//! ```
//!
//! Without Google credentials an emulated Google is started, and a person called alice writes to the
//! bot; with `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (a client of type "Web application" that
//! redirects to `http://127.0.0.1:8080/google/callback`) it serves until Ctrl-C:
//!
//! ```text
//! curl http://127.0.0.1:8080/webhook -H 'content-type: application/json' -d '{"user":"you","text":"hi"}'
//! ```
//!
//! The model is a script. A bot of your own checks the sender's signature first: who the message is
//! from decides whose mail is read.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::MemoryDatabase;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, PausedRun, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_http::HttpClient;
use toolgate_signin::PageOptions;
use url::Url;

/// A message to the bot.
#[derive(Deserialize, Serialize)]
struct Incoming {
    user: String,
    text: String,
}

/// What the bot says.
#[derive(Deserialize, Serialize)]
struct Outgoing {
    text: String,
    /// Where the person signs in, if that is what is missing.
    link: Option<Url>,
}

/// The agent, and the runs that wait for somebody's consent.
struct Bot {
    agent: Agent,
    waiting: Mutex<HashMap<String, PausedRun>>,
}

impl Bot {
    async fn answer(&self, message: Incoming) -> anyhow::Result<Outgoing> {
        let Incoming { user, text } = message;
        let paused = self.waiting().remove(&user);
        // Whoever was asked to sign in gets the answer to what they asked before.
        let outcome = match paused {
            Some(run) => self.agent.resume(run).await?,
            None => self.agent.run(RunContext::for_user(&user)?, text).await?,
        };
        Ok(match outcome {
            RunOutcome::ConsentRequired {
                link,
                services,
                run,
            } => {
                self.waiting().insert(user, run);
                let text = format!(
                    "Please connect {} first, then write again.",
                    services.join(", ")
                );
                let link = Some(link.url);
                Outgoing { text, link }
            }
            outcome => Outgoing {
                text: outcome.to_string(),
                link: None,
            },
        })
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, PausedRun>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn webhook(
    State(bot): State<Arc<Bot>>,
    Json(message): Json<Incoming>,
) -> Result<Json<Outgoing>, (StatusCode, String)> {
    let answer = bot.answer(message).await;
    // Errors say what to do next and hold no secrets; which of them a chat should see is yours.
    let refused = |error: anyhow::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    answer.map(Json).map_err(refused)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let port = if google.emulator().is_some() { 0 } else { 8080 };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    // Only this machine reaches the pages here. In a chat say `with_user_verifier`: who is logged in.
    let auth = google.by_links(&url)?.with_app_name("A bot");
    let agent = Agent::builder()
        .model(assistant())
        .database(MemoryDatabase::new())
        .google_auth(auth.allow_unverified_links().build()?)
        .toolkit(GmailToolkit::new())
        .build()
        .await?;
    let bound = agent.google_auth().context("the agent gives no links")?;
    let pages = toolgate_signin::router(bound.clone(), PageOptions::new())?;
    let waiting = Mutex::default();
    let bot = Router::new()
        .route("/webhook", post(webhook))
        .with_state(Arc::new(Bot { agent, waiting }));
    let server = tokio::spawn(async move { axum::serve(listener, bot.merge(pages)).await });
    println!("the bot listens at {url}/webhook");
    match google.emulator() {
        Some(_) => alice_writes(&google, &url).await,
        None => Ok(server.await??),
    }
}

/// What a chat platform and a person would do.
async fn alice_writes(google: &Google, url: &str) -> anyhow::Result<()> {
    let message = || Incoming {
        user: "alice".to_owned(),
        text: "What is unread?".to_owned(),
    };
    let first = call(url, &message()).await?;
    println!("alice: What is unread?\nbot:   {}", first.text);
    let link = first.link.context("the bot gave no link")?;
    google.sign_in("alice@example.com", &link).await?;
    println!("(alice signs in)");
    let second = call(url, &message()).await?;
    anyhow::ensure!(second.link.is_none(), "the bot asked for consent again");
    println!("bot:   {}", second.text);
    Ok(())
}

async fn call(url: &str, message: &Incoming) -> anyhow::Result<Outgoing> {
    let request = axum::http::Request::post(format!("{url}/webhook"))
        .header("content-type", "application/json")
        .body(serde_json::to_vec(message)?)?;
    let answer = HttpClient::new()?
        .send(request, Duration::from_secs(30))
        .await?;
    Ok(serde_json::from_slice(answer.body())?)
}

fn assistant() -> ScriptedModel {
    ScriptedModel::new("unread", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", json!({"query": "is:unread", "count": 5})),
        Some(found) => ModelReply::text(format!("You have {} unread mails.", found["count"])),
    })
}
