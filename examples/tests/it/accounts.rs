//! One person with two Google accounts over the five toolkits: each call reaches the one that is meant,
//! and one that does not say which reaches neither.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use toolgate_auth::store::Database;
use toolgate_auth::{
    AccountLabel, ClientSecret, GoogleAuth, MemoryDatabase, OAuthClient, Principal,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_examples::toolkits;
use toolgate_gmail::GmailToolkit;
use toolgate_http::Endpoints;
use toolgate_signin::PageOptions;
use toolgate_toolkit::{
    ConsentSource, Pipeline, Registry, RunScope, RunTools, Tool, ToolError, ToolSpec, Toolkit, bind,
};

use crate::world::{address, canary, emulator, message_id, users};

/// A toolkit whose consent is that of several accounts.
#[derive(Debug)]
struct Given {
    toolkit: Arc<dyn Toolkit>,
    consent: ConsentSource,
}

impl Toolkit for Given {
    fn name(&self) -> &'static str {
        self.toolkit.name()
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.toolkit.tools()
    }

    fn instructions(&self) -> Option<String> {
        self.toolkit.instructions()
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

/// These toolkits, bound for people with several accounts at a loopback Google.
async fn registry(emulator: &Emulator, url: &str, toolkits: Vec<Arc<dyn Toolkit>>) -> Registry {
    let client = OAuthClient::new(emulator.client_id())
        .with_secret(ClientSecret::parse(emulator.client_secret()).unwrap());
    let google = GoogleAuth::builder(client)
        .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
        .with_public_url(url)
        .allow_unverified_links()
        .with_several_accounts()
        .build()
        .unwrap();
    let database: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    let toolkits = toolkits.into_iter().map(|toolkit| {
        let consent = ConsentSource::new().with_google_auth(google.clone());
        let given: Arc<dyn Toolkit> = Arc::new(Given { toolkit, consent });
        (given, Some(Arc::clone(&database)))
    });
    let bound = bind(toolkits.collect()).await.unwrap();
    Registry::new(bound, Pipeline::new()).unwrap()
}

/// What each tool says of itself where a person may have several accounts.
pub(crate) async fn specs(toolkits: Vec<Arc<dyn Toolkit>>) -> Vec<ToolSpec> {
    let emulator = Emulator::builder().start().await.unwrap();
    let registry = registry(&emulator, "http://127.0.0.1:1", toolkits).await;
    registry.specs().cloned().collect()
}

/// Alice, whose default account is that of u0, and whose account `work` is that of u1.
struct Desk {
    emulator: Emulator,
    registry: Registry,
}

impl Desk {
    async fn new() -> Self {
        let emulator = emulator(&users(3)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let callback = format!("{url}/google/callback");
        emulator.register_redirect_uri(&callback).unwrap();
        let registry = registry(&emulator, &url, toolkits().unwrap()).await;
        let auth = registry.toolkits()[0].auth().unwrap().clone();
        let pages = toolgate_signin::router(auth.clone(), PageOptions::new()).unwrap();
        tokio::spawn(async move { axum::serve(listener, pages).await });
        let services: Vec<String> = auth.services().into_iter().map(str::to_owned).collect();
        for (label, user) in [(None, "u0"), (Some("work"), "u1")] {
            let label = label.map(|it| AccountLabel::parse(it).unwrap());
            let alice = alice();
            let link = auth.connect_link(&alice, label.as_ref(), &services);
            let link = link.await.unwrap().url;
            let page = Person::new(address(user)).follow(&link).await.unwrap();
            assert!(page.status.is_success(), "{}", page.body);
        }
        Self { emulator, registry }
    }

    fn tools(&self) -> RunTools {
        self.registry.for_run(alice(), RunScope::new("r"))
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.tools().call(tool, arguments).await
    }
}

fn alice() -> Principal {
    Principal::for_user("alice").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_reads_and_writes_in_the_account_that_is_meant() {
    let desk = Desk::new().await;
    for (named, mine, other) in [
        (json!(null), "u0", "u1"),
        (json!("default"), "u0", "u1"),
        (json!("work"), "u1", "u0"),
        (json!(address("u1")), "u1", "u0"),
    ] {
        // The mails that a search finds are read in a batch.
        let arguments = json!({"query": "in:anywhere", "account": named});
        let found = desk
            .call("search_emails", arguments)
            .await
            .unwrap()
            .to_string();
        assert!(found.contains(&canary(mine)), "{named}: {found}");
        assert!(!found.contains(&canary(other)), "{named}: {found}");
        let arguments = json!({"message_id": message_id(mine), "account": named});
        let read = desk
            .call("get_message", arguments)
            .await
            .unwrap()
            .to_string();
        assert!(read.contains(&canary(mine)), "{named}: {read}");
        let arguments = json!({"message_id": message_id(other), "account": named});
        desk.call("get_message", arguments).await.unwrap_err();
    }
    let arguments = json!({"body": "Hello", "subject": "Mine", "to": "a@example.net",
        "account": "work"});
    desk.call("create_draft_email", arguments).await.unwrap();
    let arguments = json!({"name": "Mine", "account": "work"});
    desk.call("create_folder", arguments).await.unwrap();
    for (account, has) in [("work", true), ("default", false)] {
        for tool in ["list_drafts", "list_files"] {
            let listed = desk.call(tool, json!({ "account": account })).await;
            let listed = listed.unwrap().to_string();
            assert_eq!(
                listed.contains("Mine"),
                has,
                "{tool} of {account}: {listed}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_both_accounts_at_once_are_each_of_their_own() {
    let desk = Desk::new().await;
    let search = async |account: &str| {
        let arguments = json!({"query": "in:anywhere", "account": account});
        desk.call("search_emails", arguments)
            .await
            .unwrap()
            .to_string()
    };
    for _ in 0..20 {
        let (default, work) = tokio::join!(search("default"), search("work"));
        assert!(default.contains(&canary("u0")) && !default.contains(&canary("u1")));
        assert!(work.contains(&canary("u1")) && !work.contains(&canary("u0")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_acts_with_the_account_of_its_context() {
    let desk = Desk::new().await;
    for (label, user) in [(None, "u0"), (Some("work"), "u1")] {
        let label = label.map(|it| AccountLabel::parse(it).unwrap());
        let cx = desk.tools().context("gmail").unwrap().with_account(label);
        let hub = GmailToolkit::new().hub(&cx).await.unwrap();
        let (_, profile) = hub.users().get_profile("me").doit().await.unwrap();
        assert_eq!(profile.email_address, Some(address(user)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_tool_reaches_google_while_it_is_not_known_which_account_is_meant() {
    let desk = Desk::new().await;
    let own = format!(
        "one of default ({}), work ({})",
        address("u0"),
        address("u1")
    );
    let specs: Vec<ToolSpec> = desk.registry.specs().cloned().collect();
    assert!(specs.iter().filter(|it| !it.risk.is_read_only()).count() > 50);
    desk.emulator.clear_requests();
    for spec in specs {
        let somebody_elses = json!({"account": address("u2")});
        let mut refused = vec![somebody_elses];
        if !spec.risk.is_read_only() {
            refused.push(json!({}));
        }
        for arguments in refused {
            let error = desk.call(spec.name, arguments).await.unwrap_err();
            assert_eq!(error.argument(), Some("account"), "{}: {error}", spec.name);
            assert!(error.message().contains(&own), "{}: {error}", spec.name);
        }
    }
    assert!(desk.emulator.requests().is_empty());
}
