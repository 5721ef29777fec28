//! Toolkits that share a consent: one guard, one link for all, each person's own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use toolgate_auth::store::{Database, NewSignIn, SignInInsert, SignInRow, SignInStore, StoreError};
use toolgate_auth::{
    ClientSecret, FailureKind, GoogleAuth, MemoryDatabase, OAuthClient, Principal, Timestamp,
};
use toolgate_testkit::Wraps;
use toolgate_toolkit::{
    BindingMode, BoundToolkit, Cancellation, ConsentSource, Pipeline, Registry, Risk, RunScope,
    StorageWish, Tool, ToolContext, ToolError, Toolkit, bind, typed_tool,
};

use crate::sample::{Nothing, Text, bounded, log_for_the_leak_check};

/// A toolkit whose one tool needs a token and does nothing with it.
#[derive(Debug)]
struct Needs {
    name: &'static str,
    tool: &'static str,
    method: &'static str,
    consent: ConsentSource,
}

impl Toolkit for Needs {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let method = self.method;
        let run = move |cx: ToolContext, _: Nothing| async move {
            let requirement = toolgate_auth::Requirement::for_methods(&[method]);
            cx.access().token(&requirement).await?;
            Ok::<_, ToolError>(Text {
                text: "done".to_owned(),
            })
        };
        vec![
            typed_tool(self.tool, Risk::Read, &[method], run)
                .core()
                .shared(),
        ]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

pub(crate) fn google() -> GoogleAuth {
    log_for_the_leak_check();
    let client = OAuthClient::new("id.apps.googleusercontent.com")
        .with_secret(ClientSecret::parse("GOCSPX-CANARYsecret-example").unwrap());
    GoogleAuth::builder(client)
        .with_public_url("https://app.example.com")
        .with_app_name("Example")
        .with_hosted_domain("example.com")
        .build()
        .unwrap()
}

fn needs(name: &'static str, google: &GoogleAuth, storage: StorageWish) -> Arc<dyn Toolkit> {
    let (tool, method) = match name {
        "gmail" => ("search_emails", "gmail.users.messages.list"),
        _ => ("list_events", "calendar.events.list"),
    };
    Arc::new(Needs {
        name,
        tool,
        method,
        consent: ConsentSource::new()
            .with_google_auth(google.clone())
            .with_storage(storage),
    })
}

async fn bound(storage: StorageWish) -> Vec<BoundToolkit> {
    let google = google();
    let database: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    let toolkits = ["gmail", "calendar"]
        .map(|name| (needs(name, &google, storage), Some(Arc::clone(&database))));
    bind(toolkits.into()).await.unwrap()
}

async fn refused(registry: &Registry, user: &str, tool: &str) -> ToolError {
    let principal = Principal::for_user(user).unwrap();
    let tools = registry.for_run(principal, RunScope::new("r"));
    tools.call(tool, json!({})).await.unwrap_err()
}

#[tokio::test]
async fn toolkits_with_one_google_auth_share_a_guard_and_a_consent() {
    let bound = bound(StorageWish::Default).await;
    for toolkit in &bound {
        assert_eq!(toolkit.report().mode, BindingMode::Coordinated);
        assert_eq!(toolkit.auth().unwrap().services(), ["calendar", "gmail"]);
        assert_eq!(toolkit.auth().unwrap().service().as_str(), "google");
    }
}

#[tokio::test]
async fn one_consent_is_of_one_google_auth_and_one_store() {
    let (one, other) = (google(), google());
    let here: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    let there: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    for (google, store) in [(&one, &there), (&other, &here)] {
        let toolkits = vec![
            (
                needs("gmail", &one, StorageWish::Default),
                Some(Arc::clone(&here)),
            ),
            (
                needs("calendar", google, StorageWish::Default),
                Some(Arc::clone(store)),
            ),
        ];
        for toolkit in bind(toolkits).await.unwrap() {
            assert_eq!(toolkit.auth().unwrap().services(), [toolkit.name()]);
        }
    }
}

#[tokio::test]
async fn toolkits_that_store_their_own_have_each_its_own() {
    let bound = bound(StorageWish::StoreTokens).await;
    for toolkit in &bound {
        assert_eq!(toolkit.report().mode, BindingMode::Simple);
        assert_eq!(toolkit.auth().unwrap().services(), [toolkit.name()]);
        assert_eq!(toolkit.auth().unwrap().service().as_str(), toolkit.name());
    }
}

#[tokio::test]
async fn a_missing_consent_is_answered_with_a_link_of_our_own_for_that_person() {
    let registry = Registry::new(bound(StorageWish::Default).await, Pipeline::new()).unwrap();
    let alice = refused(&registry, "alice", "search_emails").await;
    assert_eq!(alice.kind(), FailureKind::ConsentRequired);
    let link = alice.link().unwrap();
    assert!(
        link.url
            .as_str()
            .starts_with("https://app.example.com/google/connect/")
    );
    assert_eq!(link.services, ["calendar", "gmail"]);
    assert_eq!(alice.to_json()["error"]["link"], link.url.as_str());

    let again = refused(&registry, "alice", "list_events").await;
    assert_eq!(again.link().unwrap().url, link.url, "one link for one need");
    let bob = refused(&registry, "bob", "search_emails").await;
    assert_ne!(bob.link().unwrap().url, link.url);
}

#[tokio::test]
async fn two_agents_with_one_toolkit_may_each_use_what_theirs_declares() {
    let google = google();
    let database: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    let gmail = |tool, method| -> Arc<dyn Toolkit> {
        let consent = ConsentSource::new().with_google_auth(google.clone());
        Arc::new(Needs {
            name: "gmail",
            tool,
            method,
            consent,
        })
    };
    let toolkits = [
        gmail("search_emails", "gmail.users.messages.list"),
        gmail("list_labels", "gmail.users.labels.list"),
    ];
    let toolkits = toolkits.map(|toolkit| (toolkit, Some(Arc::clone(&database))));
    for (toolkit, tool) in bind(toolkits.into())
        .await
        .unwrap()
        .into_iter()
        .zip(["search_emails", "list_labels"])
    {
        let registry = Registry::new(vec![toolkit], Pipeline::new()).unwrap();
        let error = refused(&registry, "alice", tool).await;
        assert_eq!(error.kind(), FailureKind::ConsentRequired, "{error}");
    }
}

/// A database in which no sign-in can be begun: it never answers.
#[derive(Debug, Clone, Default)]
struct Silent(MemoryDatabase);

impl Wraps for Silent {
    fn inner(&self) -> Arc<dyn Database> {
        Arc::new(self.0.clone())
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        Some(Arc::new(self.clone()))
    }
}

toolgate_testkit::wraps_database!(Silent);

#[async_trait]
impl SignInStore for Silent {
    async fn insert(
        &self,
        _sign_in: &NewSignIn,
        _ttl: Duration,
        _max_open: u32,
    ) -> Result<SignInInsert, StoreError> {
        std::future::pending().await
    }

    async fn get(&self, _id: &str) -> Result<Option<(SignInRow, Timestamp)>, StoreError> {
        std::future::pending().await
    }

    async fn bind_browser(&self, _id: &str, _binding: &str) -> Result<bool, StoreError> {
        std::future::pending().await
    }

    async fn consume(&self, _id: &str, _binding: &str) -> Result<Option<SignInRow>, StoreError> {
        std::future::pending().await
    }

    async fn remove_all(&self, _whose: &Principal) -> Result<u64, StoreError> {
        std::future::pending().await
    }

    async fn sweep(&self, _older_than: Duration) -> Result<u64, StoreError> {
        std::future::pending().await
    }
}

async fn without_links() -> Registry {
    let toolkit = needs("gmail", &google(), StorageWish::Default);
    let database: Arc<dyn Database> = Arc::new(Silent::default());
    let bound = bind(vec![(toolkit, Some(database))]).await.unwrap();
    Registry::new(bound, Pipeline::new()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_never_made_ends_with_the_calls_time() {
    let registry = without_links().await;
    let error = bounded(Box::pin(refused(&registry, "alice", "search_emails"))).await;
    assert_eq!(error.kind(), FailureKind::ConsentRequired);
    assert!(error.link().is_none());
    assert!(error.message().contains("not enough time"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_never_made_ends_when_the_run_is_cancelled() {
    let registry = without_links().await;
    let cancellation = Cancellation::new();
    let run = RunScope::new("r").with_cancellation(cancellation.clone());
    let tools = registry.for_run(Principal::for_user("alice").unwrap(), run);
    let calling = bounded(tools.call("search_emails", json!({})));
    let (outcome, ()) = tokio::join!(calling, async { cancellation.cancel() });
    let error = outcome.unwrap_err();
    assert!(error.link().is_none());
    assert!(error.message().contains("cancelled"), "{error}");
}
