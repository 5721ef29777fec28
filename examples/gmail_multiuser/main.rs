//! Many people, one agent: each signs in by a link of their own, and each gets their own mail, however
//! many runs are under way at once.
//!
//! ```text
//! cargo run --example gmail_multiuser
//! ```
//!
//! Without Google credentials an emulated Google is started, and alice and bob sign in at once; with
//! `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (a client of type "Web application" that redirects
//! to `http://127.0.0.1:8080/google/callback`) it asks you. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use toolgate_auth::{ExpectedEmail, MemoryDatabase};
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;

/// Runs of each person.
const RUNS: usize = 20;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let (port, people): (u16, &[&str]) = match google.emulator() {
        Some(_) => (0, &["alice", "bob"]),
        None => (8080, &["you"]),
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let auth = google.by_links(&url)?.with_app_name("Many people");
    // What ties a link to the person it was made for; `with_user_verifier` is the other way.
    let auth = match google.emulator() {
        Some(_) => auth.with_expected_email(ExpectedEmail::new(|principal| {
            principal.user().map(|user| format!("{user}@example.com"))
        })),
        None => auth.allow_unverified_links(),
    };
    let agent = Agent::builder()
        .model(senders())
        .database(MemoryDatabase::new())
        .google_auth(auth.build()?)
        .toolkit(GmailToolkit::new())
        .build()
        .await?;
    let bound = agent.google_auth().context("the agent gives no links")?;
    let pages = toolgate_signin::router(bound.clone(), PageOptions::new())?;
    tokio::spawn(async move { axum::serve(listener, pages).await });

    for user in people {
        let outcome = agent
            .run(RunContext::for_user(*user)?, "Who wrote?")
            .await?;
        let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
            bail!("{user} was not asked for consent");
        };
        println!("{user} is given a link of their own and signs in");
        google
            .sign_in(&format!("{user}@example.com"), &link.url)
            .await?;
        println!("  {user}: {}", agent.resume(run).await?);
    }
    let answers = all_at_once(Arc::new(agent), people).await?;
    ensure!(
        answers.len() == people.len(),
        "somebody got another's mail: {answers:?}"
    );
    println!(
        "{} more runs at once: each person got the same answer in each",
        people.len() * RUNS
    );
    Ok(())
}

/// Everybody's runs, interleaved; the different answers, each with whose it was.
async fn all_at_once(agent: Arc<Agent>, people: &[&str]) -> anyhow::Result<BTreeSet<String>> {
    let mut runs = JoinSet::new();
    for _ in 0..RUNS {
        for user in people {
            let (agent, user) = (Arc::clone(&agent), (*user).to_owned());
            runs.spawn(async move {
                let context = RunContext::for_user(&user)?;
                let answer = agent.run(context, "Who wrote?").await?;
                anyhow::Ok(format!("{user}: {answer}"))
            });
        }
    }
    runs.join_all().await.into_iter().collect()
}

/// Searches, and says who wrote.
fn senders() -> ScriptedModel {
    ScriptedModel::new("senders", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", json!({"query": "in:inbox", "count": 3})),
        Some(found) => {
            let mails = found["emails"].as_array().into_iter().flatten();
            let senders: Vec<_> = mails.filter_map(|it| it["from"].as_str()).collect();
            ModelReply::text(senders.join("; "))
        }
    })
}
