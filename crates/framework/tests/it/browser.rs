//! Runs of an installed application: a browser that is open when the run ends, and none where nothing
//! is interactive.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::timeout;
use toolgate_auth::{
    Browser, ClientSecret, Environment, GoogleAuth, GoogleAuthBuilder, MemoryDatabase, OAuthClient,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_framework::{
    Agent, AgentBuilder, Cancellation, ModelReply, RunContext, RunOutcome, ScriptedModel,
};
use toolgate_http::Endpoints;
use url::Url;

use crate::service_account::Mail;
use crate::support::bounded;

async fn emulator() -> Emulator {
    toolgate_testkit::LogCapture::install();
    Emulator::builder().start().await.unwrap()
}

fn builder(emulator: &Emulator) -> GoogleAuthBuilder {
    let secret = ClientSecret::parse(emulator.installed_client_secret()).unwrap();
    let client = OAuthClient::new(emulator.installed_client_id()).with_secret(secret);
    let endpoints = Endpoints::at_base(emulator.base_url().as_str()).unwrap();
    GoogleAuth::builder(client).with_endpoints(endpoints)
}

/// Reads mail, and says what came of it.
fn reader() -> AgentBuilder {
    let model = ScriptedModel::new("reader", |it| match it.last_result() {
        None => ModelReply::call("read_mail", json!({})),
        Some(result) => ModelReply::text(result.to_string()),
    });
    let agent = Agent::builder().model(model).toolkit(Mail);
    agent.database(MemoryDatabase::new())
}

/// A browser that shows each link to the test, and leaves it there.
fn shown() -> (Browser, mpsc::UnboundedReceiver<Url>) {
    let (send, links) = mpsc::unbounded_channel();
    let send = Mutex::new(send);
    let browser = Browser::opened_by(move |link| send.lock().unwrap().send(link.clone()).is_ok());
    (browser.with_time_limit(Duration::from_hours(1)), links)
}

#[tokio::test]
async fn a_run_that_is_cancelled_while_its_browser_is_open_ends_at_once_and_the_person_may_finish()
{
    let google = emulator().await;
    let (browser, mut links) = shown();
    let google_auth = builder(&google).with_browser(browser).build().unwrap();
    let agent = reader().google_auth(google_auth).build().await.unwrap();
    let cancellation = Cancellation::new();
    let run = RunContext::for_user("alice").unwrap();
    let run = run.with_cancellation(cancellation.clone());
    let waiting = tokio::spawn({
        let agent = agent.clone();
        async move { agent.run(run, "Read.").await }
    });
    let link = bounded(links.recv()).await.unwrap();
    cancellation.cancel();
    // The call's own time is two minutes: this only bounds how long a failure takes.
    let ended = timeout(Duration::from_mins(1), waiting).await.unwrap();
    let ended = ended.unwrap();
    assert!(ended.unwrap_err().is_cancelled());
    // Whoever is at Google's page by then is not sent away, and is asked nothing the next time.
    let page = Person::new("alice@example.com").follow(&link).await;
    assert!(page.unwrap().status.is_success());
    let run = RunContext::for_user("alice").unwrap();
    let outcome = bounded(agent.run(run, "Read.")).await.unwrap();
    assert!(outcome.answer().unwrap().contains("read"), "{outcome}");
    assert!(links.try_recv().is_err(), "no second browser was opened");
}

#[tokio::test]
async fn where_nothing_is_interactive_a_tool_says_so_or_gives_a_link_and_opens_no_browser() {
    let google = emulator().await;
    let (browser, mut links) = shown();
    let forbidden = builder(&google).with_browser(browser).interactive(false);
    let said = Environment::from_pairs([
        ("GOOGLE_CLIENT_ID", google.installed_client_id()),
        ("GOOGLE_BASE_URL", google.base_url().as_str()),
        ("GOOGLE_OAUTH_NONINTERACTIVE", "true"),
    ]);
    let of_environment = GoogleAuth::from_environment(&said).unwrap();
    for google_auth in [forbidden.build().unwrap(), of_environment] {
        let agent = reader().google_auth(google_auth).build().await.unwrap();
        let run = RunContext::for_user("alice").unwrap();
        let outcome = bounded(agent.run(run, "Read.")).await.unwrap();
        let answer = outcome.answer().unwrap();
        for part in ["consent_required", "not interactive"] {
            assert!(answer.contains(part), "{answer}");
        }
    }
    // A link is for another machine's browser, and opens nothing here.
    let by_links = builder(&google)
        .with_public_url("http://127.0.0.1:1")
        .allow_unverified_links()
        .interactive(false);
    let agent = reader().google_auth(by_links.build().unwrap());
    let agent = agent.build().await.unwrap();
    let run = RunContext::for_user("alice").unwrap();
    let outcome = bounded(agent.run(run, "Read.")).await.unwrap();
    assert!(
        matches!(outcome, RunOutcome::ConsentRequired { .. }),
        "{outcome}"
    );
    assert!(links.try_recv().is_err(), "a browser was opened");
}
