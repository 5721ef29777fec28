//! A coordinator with two members: one reads mail, one keeps the diary. Alice and bob ask it at once;
//! each member works for the person whose run it is, and a consent that a member needs pauses the
//! team's run, which goes on with that member where it stopped.
//!
//! ```text
//! cargo run --example team
//! ```
//!
//! The members have neither a database nor a `GoogleAuth`: they take the team's, so that a person is
//! asked once for both. Without Google credentials an emulated Google is started, and alice and bob
//! sign in at once; with `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (a client of type "Web
//! application" that redirects to `http://127.0.0.1:8080/google/callback`) it asks you. The models are
//! scripts.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::{ExpectedEmail, MemoryDatabase};
use toolgate_calendar::CalendarToolkit;
use toolgate_emulator::Emulator;
use toolgate_examples::Google;
use toolgate_framework::{
    Agent, AgentBuilder, ModelReply, PausedRun, RunContext, RunEvent, RunOutcome, RunStream,
    ScriptedModel, Team,
};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use url::Url;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let (port, people): (u16, &[&str]) = match google.emulator() {
        Some(_) => (0, &["alice", "bob"]),
        None => (8080, &["you"]),
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let team = team(&google, &url).await?;
    for binding in team.bindings() {
        println!("  {binding}");
    }
    let bound = team.google_auth().context("the team gives no links")?;
    let pages = toolgate_signin::router(bound.clone(), PageOptions::new())?;
    tokio::spawn(async move { axum::serve(listener, pages).await });

    let mut waiting = Vec::new();
    for user in people {
        let context = RunContext::for_user(*user)?;
        let (link, run) = paused(team.run(context, "Who wrote, and what is next?").await?)?;
        let waits: Vec<_> = run.waiting().iter().map(|it| it.name.as_str()).collect();
        println!("\n{user}'s run waits in {}", waits.join(" and in "));
        google
            .sign_in(&format!("{user}@example.com"), &link)
            .await?;
        waiting.push((*user, run));
    }
    for (user, run) in waiting {
        println!("\n{user} has signed in, and the run goes on:");
        told(user, team.resume_stream(run)).await?;
    }
    google
        .emulator()
        .map_or(Ok(()), |it| check(it, people.len()))
}

async fn team(google: &Google, url: &str) -> anyhow::Result<Team> {
    let auth = google.by_links(url)?.with_app_name("The desk");
    // What ties a link to the person it was made for; `with_user_verifier` is the other way.
    let auth = match google.emulator() {
        Some(_) => auth.with_expected_email(ExpectedEmail::new(|principal| {
            principal.user().map(|user| format!("{user}@example.com"))
        })),
        None => auth.allow_unverified_links(),
    };
    let team = Team::builder()
        .model(desk())
        .database(MemoryDatabase::new())
        .google_auth(auth.build()?)
        .member("mail", "Reads the person's mail.", mail())
        .member("diary", "Knows what the person has to do when.", diary());
    Ok(team.build().await?)
}

/// Asks both members at once, and says what they found.
fn desk() -> ScriptedModel {
    ScriptedModel::new("desk", |conversation| {
        let answer = |member| conversation.result_of(member)?["answer"].as_str();
        let (mail, diary) = (answer("delegate_to_mail"), answer("delegate_to_diary"));
        match (mail, diary) {
            (Some(mail), Some(diary)) => ModelReply::text(format!("{mail}; {diary}")),
            _ => ModelReply::call("delegate_to_mail", json!({"task": "Who wrote last?"}))
                .and_call("delegate_to_diary", json!({"task": "What is next?"})),
        }
    })
}

fn mail() -> AgentBuilder {
    let model = ScriptedModel::new("mail", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", json!({"query": "in:inbox", "count": 1})),
        Some(found) => {
            let from = found["emails"][0]["from"].as_str();
            ModelReply::text(format!("{} wrote", from.unwrap_or("nobody")))
        }
    });
    Agent::builder().model(model).toolkit(GmailToolkit::new())
}

fn diary() -> AgentBuilder {
    let model = ScriptedModel::new("diary", |conversation| match conversation.last_result() {
        None => ModelReply::call("list_events", json!({"limit": 1})),
        Some(found) => {
            let next = found["events"][0]["title"].as_str();
            ModelReply::text(format!("next is {}", next.unwrap_or("nothing")))
        }
    });
    Agent::builder()
        .model(model)
        .toolkit(CalendarToolkit::new())
}

fn paused(outcome: RunOutcome) -> anyhow::Result<(Url, PausedRun)> {
    match outcome {
        RunOutcome::ConsentRequired { link, run, .. } => Ok((link.url, run)),
        other => bail!("no consent was needed: {other}"),
    }
}

/// Prints what a run tells, members by their names.
async fn told(user: &str, mut run: RunStream) -> anyhow::Result<()> {
    while let Some(event) = run.next().await {
        match event? {
            RunEvent::Member { member, event, .. } => match *event {
                RunEvent::ToolEnd { name, .. } => println!("  {member} used {name}"),
                RunEvent::Text(text) => println!("  {member} says: {text}"),
                _ => {}
            },
            RunEvent::Completed(answer) => println!("  {user} hears: {}", answer.text),
            RunEvent::ConsentRequired { .. } => bail!("{user} has not signed in"),
            _ => {}
        }
    }
    Ok(())
}

/// Each person was asked once, for both members, and each member reached Google once for each.
fn check(emulator: &Emulator, people: usize) -> anyhow::Result<()> {
    let requests = emulator.requests();
    let count = |path: &str| requests.iter().filter(|it| it.path.ends_with(path)).count();
    ensure!(
        count("/o/oauth2/v2/auth") == people,
        "consent was not asked for once"
    );
    ensure!(
        count("/users/me/messages") == people,
        "the mail was not searched once"
    );
    ensure!(count("/events") == people, "the diary was not read once");
    println!("\nthe emulator's log: each person was asked once, for both members");
    Ok(())
}
