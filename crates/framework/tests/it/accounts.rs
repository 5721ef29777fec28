//! Several Google accounts of one person, as an agent's model and runs meet them.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use http::HeaderMap;
use serde_json::{Value, json};
use toolgate_auth::store::{Consent, Database as _, TokenRow};
use toolgate_auth::{
    AccountLabel, Browser, ClientSecret, GoogleAuth, GoogleAuthBuilder, MemoryDatabase,
    OAuthClient, Principal, Service, TokenKey,
};
use toolgate_emulator::Emulator;
use toolgate_framework::{Agent, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_http::{Endpoints, LoopbackListener};
use toolgate_testkit::sample;
use url::Url;

use crate::support::{Probe, bounded, sign_in};

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";

/// An agent whose model makes the call that the prompt says, and answers with its result.
struct Desk {
    emulator: Emulator,
    database: MemoryDatabase,
    agent: Agent,
    pages: LoopbackListener,
}

fn obedient() -> ScriptedModel {
    ScriptedModel::new("obedient", |it| match it.turn() {
        0 => {
            let call: Value = serde_json::from_str(it.prompt()).unwrap();
            ModelReply::call(call[0].as_str().unwrap(), call[1].clone())
        }
        _ => ModelReply::text(it.last_result().unwrap().to_string()),
    })
}

impl Desk {
    async fn new(configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder) -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        let pages = LoopbackListener::bind(None).await.unwrap();
        let redirect = pages.base_url().join("google/callback").unwrap();
        emulator.register_redirect_uri(redirect.as_str()).unwrap();
        let client = OAuthClient::new(emulator.client_id())
            .with_secret(ClientSecret::parse(emulator.client_secret()).unwrap());
        let builder = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap());
        let google = configure(builder.with_public_url(pages.base_url().as_str()));
        let database = MemoryDatabase::new();
        let agent = Agent::builder()
            .model(obedient())
            .database(database.clone())
            .toolkit(Probe::with_google(google.build().unwrap()));
        Self {
            emulator,
            database,
            agent: agent.build().await.unwrap(),
            pages,
        }
    }

    async fn several() -> Self {
        Self::new(|it| it.allow_unverified_links().with_several_accounts()).await
    }

    /// Alice has an account that grants nothing, and whose secrets open for nobody.
    async fn plant(&self, label: Option<&str>, email: &str) {
        let consent = Consent {
            account_id: Some(self.emulator.subject(email).unwrap()),
            account_email: Some(email.to_owned()),
            client_id: self.emulator.client_id().to_owned(),
            ..sample::consent(1)
        };
        let store = self.database.token_store().unwrap();
        store.upsert(&key(label), &consent, None).await.unwrap();
    }

    async fn row(&self, label: Option<&str>) -> TokenRow {
        let store = self.database.token_store().unwrap();
        store.get(&key(label)).await.unwrap().row.unwrap()
    }

    async fn run(&self, tool: &str, arguments: Value) -> RunOutcome {
        let prompt = json!([tool, arguments]).to_string();
        let context = RunContext::for_user("alice").unwrap();
        self.agent.run(context, prompt).await.unwrap()
    }

    /// What the tool answers.
    async fn call(&self, tool: &str, arguments: Value) -> Value {
        told(&self.run(tool, arguments).await)
    }

    /// Which account a link is for.
    async fn account_of(&self, link: &Url) -> Option<String> {
        let sign_in = self.agent.google_auth().unwrap().sign_in().unwrap();
        let state = link.path_segments().unwrap().next_back().unwrap();
        let page = sign_in.page(state, &HeaderMap::new()).await.unwrap();
        page.account.map(|it| it.to_string())
    }
}

fn told(outcome: &RunOutcome) -> Value {
    serde_json::from_str(outcome.answer().unwrap()).unwrap()
}

fn key(label: Option<&str>) -> TokenKey {
    let label = label.map(|it| AccountLabel::parse(it).unwrap());
    let alice = Principal::for_user("alice").unwrap();
    TokenKey::new(alice, Service::google()).with_account_label(label)
}

#[tokio::test]
async fn a_run_that_pauses_for_an_account_resumes_with_that_account() {
    let desk = Desk::several().await;
    desk.plant(None, ALICE).await;
    desk.plant(Some("work"), BOB).await;
    let default = desk.row(None).await;
    let arguments = json!({"text": "hello", "account": "bob@example.com"});
    let RunOutcome::ConsentRequired { link, run, .. } = desk.run("read_mail", arguments).await
    else {
        panic!("nobody was asked for consent");
    };
    assert_eq!(desk.account_of(&link.url).await.as_deref(), Some("work"));
    let Desk {
        agent,
        pages,
        database,
        emulator: _google,
    } = desk;
    sign_in(&agent, pages, &[(&link.url, BOB)]).await;
    let outcome = agent.resume(run).await.unwrap();
    assert_eq!(told(&outcome)["text"], "alice: hello");
    let store = database.token_store().unwrap();
    let row = async |label| store.get(&key(label)).await.unwrap().row.unwrap();
    assert_eq!(row(Some("work")).await.grant_epoch, 2);
    assert_eq!(row(None).await, default, "the default account is as it was");
}

#[tokio::test]
async fn a_link_is_for_the_account_that_is_named() {
    let desk = Desk::several().await;
    desk.plant(None, ALICE).await;
    desk.plant(Some("work"), BOB).await;
    for (named, account) in [
        (json!(null), None),
        (json!("default"), None),
        (json!("Alice@Example.com"), None),
        (json!("WORK"), Some("work")),
        (json!(BOB), Some("work")),
        (json!(" home "), Some("home")),
    ] {
        let arguments = json!({ "account": named });
        let told = desk.call("authenticate_google", arguments).await;
        let link = told["url"].as_str().unwrap().parse().unwrap();
        assert_eq!(desk.account_of(&link).await.as_deref(), account, "{named}");
    }
    for unusable in [
        json!("wanda@work.example"),
        json!("x".repeat(41)),
        json!("a\nb"),
    ] {
        let arguments = json!({ "account": unusable });
        let told = desk.call("authenticate_google", arguments).await;
        assert_eq!(told["error"]["kind"], "invalid_argument", "{told}");
        assert_eq!(told["error"]["argument"], "account");
    }
}

#[tokio::test]
async fn of_names_that_differ_in_case_a_link_is_for_the_one_as_it_is_written() {
    let desk = Desk::several().await;
    desk.plant(Some("Work"), ALICE).await;
    desk.plant(Some("work"), BOB).await;
    for name in ["work", "Work"] {
        let arguments = json!({ "account": name });
        let told = desk.call("authenticate_google", arguments).await;
        let link = told["url"].as_str().unwrap().parse().unwrap();
        assert_eq!(desk.account_of(&link).await.as_deref(), Some(name));
    }
}

#[tokio::test]
async fn a_persons_own_accounts_are_listed_with_the_one_that_is_the_default() {
    let desk = Desk::several().await;
    let listed = async || desk.call("list_google_accounts", json!({})).await;
    assert_eq!(listed().await, json!({"accounts": []}));
    let work = |is_default| {
        json!({"account": "work", "email": BOB, "is_default": is_default, "services": [],
            "status": "connected"})
    };
    desk.plant(Some("work"), BOB).await;
    assert_eq!(listed().await, json!({"accounts": [work(true)]}));
    desk.plant(None, ALICE).await;
    let default = json!({"account": "default", "email": ALICE, "is_default": true,
        "services": [], "status": "connected"});
    assert_eq!(listed().await, json!({"accounts": [default, work(false)]}));
    let context = RunContext::for_user("bob").unwrap();
    let prompt = json!(["list_google_accounts", {}]).to_string();
    let of_bob = desk.agent.run(context, prompt).await.unwrap();
    assert_eq!(told(&of_bob), json!({"accounts": []}));
}

/// The tools of this agent that take an account, and whether accounts are listed.
fn takes(agent: &Agent) -> (Vec<&str>, bool) {
    let tools = agent.tools().iter();
    let takes = tools.filter(|it| it.input_schema["properties"]["account"].is_object());
    let takes = takes.map(|it| it.name.as_str()).collect();
    let lists = agent
        .tools()
        .iter()
        .any(|it| it.name == "list_google_accounts");
    (takes, lists)
}

#[tokio::test]
async fn accounts_are_chosen_and_listed_only_where_there_may_be_several() {
    let desk = Desk::several().await;
    assert_eq!(
        takes(&desk.agent),
        (
            vec!["authenticate_google", "read_calendar", "read_mail"],
            true
        )
    );
    let desk = Desk::new(GoogleAuthBuilder::allow_unverified_links).await;
    assert_eq!(takes(&desk.agent), (Vec::new(), false));
    let told = desk
        .call("authenticate_google", json!({"account": "work"}))
        .await;
    assert_eq!(told["error"]["argument"], "account", "{told}");
}

#[tokio::test]
async fn a_program_that_opens_a_browser_lists_accounts_and_gives_no_link() {
    let emulator = Emulator::builder().start().await.unwrap();
    let builder = GoogleAuth::builder(OAuthClient::new(emulator.installed_client_id()));
    let google = builder.with_browser(Browser::opened_by(|_| true));
    let google = google.with_several_accounts().build().unwrap();
    let agent = Agent::builder()
        .model(obedient())
        .database(MemoryDatabase::new());
    let agent = agent
        .toolkit(Probe::with_google(google))
        .build()
        .await
        .unwrap();
    assert_eq!(takes(&agent), (vec!["read_calendar", "read_mail"], true));
    assert!(
        agent
            .tools()
            .iter()
            .all(|it| it.name != "authenticate_google")
    );
}

#[tokio::test]
async fn a_run_that_waits_for_a_first_account_goes_on_with_whatever_name_it_was_given() {
    let desk = Desk::several().await;
    let RunOutcome::ConsentRequired { run, .. } =
        desk.run("read_mail", json!({"text": "hello"})).await
    else {
        panic!("nobody was asked for consent");
    };
    let Desk { agent, pages, .. } = desk;
    let auth = agent.google_auth().unwrap();
    let (alice, work) = (
        Principal::for_user("alice").unwrap(),
        AccountLabel::parse("work").unwrap(),
    );
    let services = ["probe".to_owned()];
    let link = auth.connect_link(&alice, Some(&work), &services);
    let link = link.await.unwrap();
    let waiting = tokio::spawn({
        let agent = agent.clone();
        async move {
            agent
                .resume_when_connected(run, Duration::from_secs(30))
                .await
        }
    });
    tokio::task::yield_now().await;
    sign_in(&agent, pages, &[(&link.url, BOB)]).await;
    let outcome = bounded(waiting).await.unwrap().unwrap();
    assert_eq!(told(&outcome)["text"], "alice: hello");
}
