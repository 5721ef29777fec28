//! One box unticked in a real browser: the tool that was allowed works, and the other says what it lacks.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::MemoryDatabase;
use toolgate_emulator::{Emulator, RecordedRequest};
use toolgate_framework::{Agent, Message, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use toolgate_testkit::Browser;
use toolgate_toolkit::Selection;

use crate::world::{address, canary, emulator, google, users};

const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
const LONG: Duration = Duration::from_mins(4);

/// Searches and writes a draft at once, and is done with the answers.
fn both() -> ScriptedModel {
    ScriptedModel::new("both", |it| match it.turn() {
        0 => ModelReply::call("search_emails", json!({"query": "in:inbox"})).and_call(
            "create_draft_email",
            json!({"to": "nina@example.net", "subject": "Hello", "body": "Hello."}),
        ),
        _ => ModelReply::text("done"),
    })
}

/// An agent with two tools, whose sign-in pages are served.
async fn agent(emulator: &Emulator) -> Agent {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let callback = format!("{url}/google/callback");
    emulator.register_redirect_uri(&callback).unwrap();
    let tools = Selection::only(["search_emails", "create_draft_email"]);
    let agent = Agent::builder()
        .model(both())
        .database(Arc::new(MemoryDatabase::new()))
        .google_auth(google(emulator, &url))
        .toolkit(GmailToolkit::new().with_tools(tools).unwrap());
    let agent = agent.build().await.unwrap();
    let bound = agent.google_auth().unwrap().clone();
    let pages = toolgate_signin::router(bound, PageOptions::new()).unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    agent
}

/// What a tool answered, and whether that is an error.
fn result(messages: &[Message], tool: &str) -> (bool, String) {
    let mut results = messages.iter().filter_map(|message| match message {
        Message::ToolResult {
            name,
            is_error,
            content,
            ..
        } if name == tool => Some((*is_error, content.to_string())),
        _ => None,
    });
    results.next().unwrap()
}

fn requests_of(emulator: &Emulator, method: &str) -> usize {
    let requests = emulator.requests();
    let of_method = |it: &&RecordedRequest| it.api_method.as_deref() == Some(method);
    requests.iter().filter(of_method).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_chromium_a_box_is_unticked_and_the_run_goes_on_with_the_tool_that_still_can() {
    let Some(browser) = Browser::start("a tool call after a consent in Chromium").await else {
        return;
    };
    let names = users(1);
    let emulator = emulator(&names).await;
    let agent = agent(&emulator).await;
    let context = RunContext::for_user(&*names[0]).unwrap();
    let outcome = agent.run(context, "both").await.unwrap();
    let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
        panic!("nobody was asked for consent: {outcome}");
    };
    browser.open(link.url.as_str()).await;
    browser.click("Continue").await;
    let account = format!("input[name=account][value='{}']", address(&names[0]));
    browser.find(&account).await.click().await.unwrap();
    let scope = format!("input[name=scope][value='{COMPOSE}']");
    browser.find(&scope).await.click().await.unwrap();
    browser.click("Allow").await;
    browser.sees("Connected").await;

    let outcome = agent.resume_when_connected(run, LONG).await.unwrap();
    let RunOutcome::Completed(answer) = outcome else {
        panic!("the run did not go on: {outcome}");
    };
    let (failed, found) = result(&answer.messages, "search_emails");
    assert!(!failed && found.contains(&canary(&names[0])), "{found}");
    let (failed, said) = result(&answer.messages, "create_draft_email");
    assert!(failed && said.contains("insufficient_scope"), "{said}");
    for (method, times) in [
        ("gmail.users.messages.list", 1),
        ("gmail.users.drafts.create", 0),
    ] {
        assert_eq!(requests_of(&emulator, method), times, "{method}");
    }
}
