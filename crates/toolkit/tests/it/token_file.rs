//! The token file of a program of one person: who gets it, who shares it, and whom it is not for.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use toolgate_auth::store::Database;
use toolgate_auth::{FailureKind, GoogleAuth, MemoryDatabase, OAuthClient, Principal};
use toolgate_toolkit::{
    BindingMode, BindingReason, BoundToolkit, ConsentSource, Pipeline, Registry, Risk, RunScope,
    StorageWish, StoreChoice, Tool, ToolContext, ToolError, Toolkit, Wish, bind, decide,
    typed_tool,
};

use crate::consent::google as google_with_links;
use crate::sample::{Nothing, Text, log_for_the_leak_check};

/// A toolkit whose one tool needs a token.
#[derive(Debug, Clone)]
struct Mail {
    name: &'static str,
    tool: &'static str,
    consent: ConsentSource,
}

impl Toolkit for Mail {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let run = |cx: ToolContext, _: Nothing| async move {
            let needs = toolgate_auth::Requirement::for_methods(&["gmail.users.messages.list"]);
            cx.access().token(&needs).await?;
            let text = "done".to_owned();
            Ok::<_, ToolError>(Text { text })
        };
        let tool = typed_tool(self.tool, Risk::Read, &["gmail.users.messages.list"], run);
        vec![tool.core().shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

/// For a program on the person's own machine; nothing in these tests opens a browser.
fn google() -> GoogleAuth {
    log_for_the_leak_check();
    GoogleAuth::builder(OAuthClient::new("id.apps.googleusercontent.com"))
        .build()
        .unwrap()
}

fn mail(name: &'static str, google: &GoogleAuth, file: &Path) -> Mail {
    let tool = if name == "gmail" { "search" } else { "find" };
    Mail {
        name,
        tool,
        consent: ConsentSource::new()
            .with_google_auth(google.clone())
            .with_token_file(file),
    }
}

async fn bound(toolkits: Vec<Mail>) -> Result<Vec<BoundToolkit>, toolgate_toolkit::Error> {
    let unbound = toolkits.into_iter();
    let unbound = unbound.map(|it| (Arc::new(it) as Arc<dyn Toolkit>, None));
    bind(unbound.collect()).await
}

#[test]
fn who_gets_a_token_file_as_a_table() {
    #[derive(Debug)]
    struct NoTokens;
    impl Database for NoTokens {
        fn describe(&self) -> String {
            "a phone book".to_owned()
        }
    }
    let (memory, none) = (MemoryDatabase::new(), NoTokens);
    let (memory, none) = (Some(&memory as &dyn Database), Some(&none as &dyn Database));
    let (any, keep) = (StorageWish::Default, StorageWish::StoreTokens);
    let file = Some(Path::new("token.json"));
    for (storage, token_file, explicit, agent, expected) in [
        (any, file, None, None, Some(StoreChoice::TokenFile)),
        // With a database of any kind there is no file.
        (any, file, memory, None, Some(StoreChoice::Explicit)),
        (any, file, None, memory, Some(StoreChoice::Agent)),
        (any, file, None, none, None),
        // Who keeps a consent of its own keeps it in a database.
        (keep, file, None, None, None),
        // Links are for people, and people are for a database.
        (any, None, None, None, None),
    ] {
        let wish = Wish {
            toolkit: "gmail",
            storage,
            has_google_auth: true,
            has_credential: false,
            has_service_account: false,
            token_file,
        };
        let decided = decide(wish, explicit, agent);
        let choice = decided.as_ref().ok().map(|(choice, _)| *choice);
        assert_eq!(choice, expected, "{wish:?}");
        if expected.is_none() {
            assert!(decided.unwrap_err().is_store_missing(), "{wish:?}");
        }
    }
}

#[test]
fn a_toolkit_wishes_for_its_file_unless_it_gives_links() {
    let path = Path::new("elsewhere/t.json");
    let mut toolkit = mail("gmail", &google(), path);
    assert_eq!(Wish::of(&toolkit).token_file, Some(path));
    toolkit.consent = toolkit.consent.with_google_auth(google_with_links());
    assert_eq!(Wish::of(&toolkit).token_file, None);
    toolkit.consent = ConsentSource::new().with_token_file(path);
    assert_eq!(Wish::of(&toolkit).token_file, None);
    assert_eq!(
        crate::sample::Sample {
            name: "s",
            tools: vec![]
        }
        .consent()
        .token_file(),
        Path::new("token.json")
    );
}

#[tokio::test]
async fn toolkits_that_name_one_file_share_the_consent_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, google) = (folder.path().join("token.json"), google());
    let toolkits = vec![
        mail("gmail", &google, &file),
        mail("calendar", &google, &file),
    ];
    let toolkits = bound(toolkits).await.unwrap();
    let auths: Vec<_> = toolkits.iter().filter_map(BoundToolkit::auth).collect();
    assert!(auths[0].is_same(auths[1]));
    assert_eq!(auths[0].services(), ["calendar", "gmail"]);
    let report = toolkits[0].report();
    assert_eq!(report.reason, BindingReason::TokenFile);
    assert_eq!(report.mode, BindingMode::Coordinated);
    assert_eq!(
        report.to_string(),
        format!(
            "gmail keeps consent in token file {}, for the anonymous user alone, since neither it nor the agent has a database",
            file.display()
        )
    );
}

#[tokio::test]
async fn one_file_is_one_by_whatever_path() {
    let (relative, google) = (Path::new("no-such-token.json"), google());
    let absolute = std::path::absolute(relative).unwrap();
    let toolkits = vec![
        mail("gmail", &google, relative),
        mail("calendar", &google, &absolute),
    ];
    let toolkits = bound(toolkits).await.unwrap();
    let auths: Vec<_> = toolkits.iter().filter_map(BoundToolkit::auth).collect();
    assert!(auths[0].is_same(auths[1]));
}

#[tokio::test]
async fn two_consents_in_one_file_are_an_error_when_they_are_bound() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    let toolkits = |second: &Path| {
        vec![
            mail("gmail", &google(), &file),
            mail("calendar", &google(), second),
        ]
    };
    let error = bound(toolkits(&file)).await.unwrap_err();
    assert!(error.is_collision(), "{error}");
    assert!(error.to_string().contains("calendar and gmail"), "{error}");
    let other = folder.path().join("calendar.json");
    assert_eq!(bound(toolkits(&other)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_person_gets_a_clear_error_and_the_anonymous_user_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    let toolkits = bound(vec![mail("gmail", &google(), &file)]).await.unwrap();
    let registry = Registry::new(toolkits, Pipeline::new()).unwrap();
    let call = async |who: Principal| {
        let tools = registry.for_run(who, RunScope::new("r"));
        tools.call("search", json!({})).await.unwrap_err()
    };
    let error = call(Principal::for_user("alice").unwrap()).await;
    assert_eq!(error.kind(), FailureKind::Internal, "{error}");
    assert!(error.message().contains("give the agent a database"));
    let error = call(Principal::anonymous()).await;
    assert_eq!(error.kind(), FailureKind::ConsentRequired, "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn with_a_database_the_file_is_neither_read_nor_written() {
    let folder = tempfile::tempdir().unwrap();
    // Whoever reads this fails.
    let file = folder.path().join("token.json");
    std::fs::write(&file, "no token file").unwrap();
    let mut toolkit = mail("gmail", &google(), &file);
    let store = Arc::new(MemoryDatabase::new());
    toolkit.consent = toolkit.consent.with_store(store);
    let toolkits = bound(vec![toolkit]).await.unwrap();
    assert_eq!(toolkits[0].report().reason, BindingReason::ExplicitStore);
    let registry = Registry::new(toolkits, Pipeline::new()).unwrap();
    let tools = registry.for_run(Principal::anonymous(), RunScope::new("r"));
    let error = tools.call("search", json!({})).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::ConsentRequired, "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
