//! One `GoogleAuth` whose consents are kept in a database, shared by the toolkits of Gmail and Calendar:
//! what is stored is loaded by the next start, refreshed, and saved again; and each person's is theirs.
//!
//! ```text
//! cargo run --example google_auth_db_storage
//! ```
//!
//! Without Google credentials an emulated Google is started, alice and bob sign in by themselves, and the
//! file is gone at the end; with `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (a client of type "Web
//! application" that redirects to `http://127.0.0.1:8080/google/callback`) it asks you, and keeps
//! `toolgate.db` here. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use toolgate_auth::store::{Database as _, TokenRow};
use toolgate_auth::{Clock as _, ExpectedEmail, Principal, Service, SystemClock, TokenKey};
use toolgate_calendar::CalendarToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use toolgate_store_sqlite::SqliteDatabase;

const WISH: &str = "Who wrote, and what is next?";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let (people, file): (&[&str], _) = match google.emulator() {
        Some(_) => (&["alice", "bob"], folder.path().join("toolgate.db")),
        None => (&["you"], PathBuf::from("toolgate.db")),
    };
    println!("\nthe first start:");
    let first = connect(&google, &file, people).await?;
    println!("\nthe second start, with nothing but the file:");
    let second = load(&google, &file, people).await?;
    ensure!(first == second, "somebody got something else: {second:?}");
    println!("\nthe access tokens end:");
    refresh(&google, &file, people).await?;
    println!("\ncarol, who connected nothing:");
    let start = Start::after(0, &google, &file).await?;
    let outcome = start
        .agent
        .run(RunContext::for_user("carol")?, WISH)
        .await?;
    let RunOutcome::ConsentRequired { services, .. } = outcome else {
        bail!("carol got another's: {outcome}");
    };
    println!("  she is asked to connect {}", services.join(" and "));
    Ok(())
}

/// A start of the program: the agent over the file, and the pages for sign-ins.
struct Start {
    agent: Agent,
    database: SqliteDatabase,
    pages: JoinHandle<std::io::Result<()>>,
}

impl Start {
    /// As many hours from now, by the clock that counts for tokens: the database's.
    async fn after(hours: u64, google: &Google, file: &Path) -> anyhow::Result<Self> {
        let port = if google.emulator().is_some() { 0 } else { 8080 };
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let auth = google.by_links(&url)?.with_app_name("Kept in a database");
        // What ties a link to the person it was made for; `with_user_verifier` is the other way.
        let auth = match google.emulator() {
            Some(_) => auth.with_expected_email(ExpectedEmail::new(|principal| {
                principal.user().map(|user| format!("{user}@example.com"))
            })),
            None => auth.allow_unverified_links(),
        };
        let auth = auth.build()?;
        let time = Duration::from_hours(hours);
        let database = SqliteDatabase::builder(file)
            .with_now(Arc::new(move || SystemClock.now().after(time)))
            .open()
            .await?;
        let agent = Agent::builder()
            .model(reads())
            .database(database.clone())
            .toolkit(GmailToolkit::new().google_auth(auth.clone()))
            .toolkit(CalendarToolkit::new().google_auth(auth));
        let agent = agent.build().await?;
        let bound = agent.google_auth().context("the agent gives no links")?;
        let router = toolgate_signin::router(bound.clone(), PageOptions::new())?;
        Ok(Self {
            agent,
            database,
            pages: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }

    async fn answer(&self, user: &str) -> anyhow::Result<String> {
        let outcome = self.agent.run(RunContext::for_user(user)?, WISH).await?;
        let answer = outcome.answer().context("consent was asked for again")?;
        println!("  {user}: {answer}");
        Ok(answer.to_owned())
    }

    /// The row that both toolkits share, as it is stored: sealed.
    async fn row(&self, user: &str) -> anyhow::Result<TokenRow> {
        let key = TokenKey::new(Principal::for_user(user)?, Service::google());
        let tokens = self.database.token_store().context("it keeps no tokens")?;
        tokens.get(&key).await?.row.context("there is no row")
    }
}

/// The program ends.
impl Drop for Start {
    fn drop(&mut self) {
        self.pages.abort();
    }
}

/// Everybody signs in, and gets their own; what is stored is sealed.
async fn connect(google: &Google, file: &Path, people: &[&str]) -> anyhow::Result<Vec<String>> {
    let start = Start::after(0, google, file).await?;
    for report in start.agent.bindings() {
        println!("  {report}");
    }
    let mut answers = Vec::new();
    for user in people {
        let outcome = start.agent.run(RunContext::for_user(*user)?, WISH).await?;
        let answer = match outcome {
            RunOutcome::ConsentRequired { link, run, .. } => {
                let account = format!("{user}@example.com");
                google.sign_in(&account, &link.url).await?;
                start.agent.resume(run).await?.to_string()
            }
            // A file of an earlier day.
            other => other.to_string(),
        };
        println!("  {user}: {answer}");
        let row = start.row(user).await?;
        ensure!(row.sealed.is_some(), "the row holds no consent");
        println!("    one row for both services, at version {}", row.version);
        ensure!(!answers.contains(&answer), "{user} got another's");
        answers.push(answer);
    }
    Ok(answers)
}

/// A new binding loads what is stored, and asks nobody.
async fn load(google: &Google, file: &Path, people: &[&str]) -> anyhow::Result<Vec<String>> {
    let start = Start::after(0, google, file).await?;
    let mut answers = Vec::new();
    for user in people {
        answers.push(start.answer(user).await?);
    }
    Ok(answers)
}

/// A token that ended is refreshed, and the row holds the new one: the next start needs no refresh.
async fn refresh(google: &Google, file: &Path, people: &[&str]) -> anyhow::Result<()> {
    let Some(emulator) = google.emulator() else {
        println!("  in an hour");
        return Ok(());
    };
    let refreshes = || {
        let requests = emulator.requests();
        let asked = requests.iter().filter(|it| it.path == "/token");
        asked.count()
    };
    // Two hours later, and then two more.
    for hours in [2, 4] {
        let start = Start::after(hours, google, file).await?;
        for user in people {
            let (before, asked) = (start.row(user).await?, refreshes());
            start.answer(user).await?;
            let after = start.row(user).await?;
            ensure!(after.version == before.version + 1, "nothing was saved");
            ensure!(refreshes() == asked + 1, "it was not refreshed once");
            println!("    version {} became {}", before.version, after.version);
        }
        let (next, asked) = (Start::after(hours, google, file).await?, refreshes());
        for user in people {
            next.answer(user).await?;
        }
        ensure!(refreshes() == asked, "what was saved was not loaded");
    }
    Ok(())
}

/// Looks into both services at once, and says what is there.
fn reads() -> ScriptedModel {
    ScriptedModel::new("reads", |conversation| {
        if conversation.turn() == 0 {
            return ModelReply::call("search_emails", json!({"query": "in:inbox", "count": 1}))
                .and_call("list_events", json!({"limit": 1}));
        }
        let result = |tool| conversation.result_of(tool).cloned().unwrap_or_default();
        let (found, listed) = (result("search_emails"), result("list_events"));
        let from = found["emails"][0]["from"].as_str().unwrap_or("nobody");
        let next = listed["events"][0]["title"].as_str().unwrap_or("nothing");
        ModelReply::text(format!("{from} wrote; next is {next}"))
    })
}
