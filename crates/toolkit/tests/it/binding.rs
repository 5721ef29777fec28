//! Which store a toolkit gets, and why: the whole table.

use std::sync::Arc;

use toolgate_auth::MemoryDatabase;
use toolgate_auth::store::Database;
use toolgate_toolkit::{
    BindingMode, BindingReason, Registry, StorageWish, StoreChoice, Toolkit, Wish, bind, decide,
};

use crate::sample::{self, Sample};

/// A database of the application that keeps no tokens.
#[derive(Debug)]
struct NoTokens;

impl Database for NoTokens {
    fn describe(&self) -> String {
        "the app's own database".to_owned()
    }
}

/// A wish, and whether the explicit store and the agent's database keep tokens (or are absent).
type Case = (StorageWish, bool, bool, Option<bool>, Option<bool>);
type Outcome = Result<
    (
        StoreChoice,
        BindingReason,
        BindingMode,
        Option<&'static str>,
    ),
    &'static str,
>;

fn run(case: Case) -> Outcome {
    let (storage, has_google_auth, has_credential, explicit, agent) = case;
    let (memory, none) = (MemoryDatabase::new(), NoTokens);
    let pick = |keeps: Option<bool>| -> Option<&dyn Database> {
        keeps.map(|keeps| {
            if keeps {
                &memory as &dyn Database
            } else {
                &none
            }
        })
    };
    let wish = Wish {
        toolkit: "gmail",
        storage,
        has_google_auth,
        has_credential,
        has_service_account: false,
        token_file: None,
    };
    match decide(wish, pick(explicit), pick(agent)) {
        Ok((choice, report)) => {
            assert_eq!(report.store.is_some(), choice != StoreChoice::None);
            let service = match report.service.as_ref().map(toolgate_auth::Service::as_str) {
                Some("google") => Some("google"),
                Some("gmail") => Some("gmail"),
                other => {
                    assert_eq!(other, None);
                    None
                }
            };
            Ok((choice, report.reason, report.mode, service))
        }
        Err(error) => {
            assert!(error.is_store_missing(), "{error}");
            let useless = error
                .to_string()
                .contains("has no token storage; give it one");
            Err(if useless { "useless" } else { "missing" })
        }
    }
}

#[test]
fn the_rules_of_binding_as_a_table() {
    use BindingMode::{Coordinated, ExplicitCredential as Given, Simple};
    use StorageWish::{Default as Any, StoreTokens as Keep};
    let keeps = Some(true);
    let useless = Some(false);
    let explicit = |mode, service| {
        Ok((
            StoreChoice::Explicit,
            BindingReason::ExplicitStore,
            mode,
            Some(service),
        ))
    };
    let agent = |mode, service| {
        Ok((
            StoreChoice::Agent,
            BindingReason::AgentDatabase,
            mode,
            Some(service),
        ))
    };
    let none = |reason| Ok((StoreChoice::None, reason, Simple, None));
    let given = Ok((
        StoreChoice::None,
        BindingReason::ExplicitCredential,
        Given,
        None,
    ));
    let table: Vec<(Case, Outcome)> = vec![
        // An explicit credential comes first and stores nothing.
        ((Any, false, true, None, None), given),
        ((Keep, true, true, keeps, keeps), given),
        // The toolkit's own store beats the agent's.
        ((Any, false, false, keeps, keeps), explicit(Simple, "gmail")),
        ((Keep, false, false, keeps, None), explicit(Simple, "gmail")),
        (
            (Any, true, false, keeps, useless),
            explicit(Coordinated, "google"),
        ),
        // A store of its own that keeps no tokens is a mistake, whatever else there is.
        ((Any, false, false, useless, keeps), Err("useless")),
        ((Any, true, false, useless, keeps), Err("useless")),
        // The agent's database otherwise.
        ((Any, false, false, None, keeps), agent(Simple, "gmail")),
        ((Keep, true, false, None, keeps), agent(Simple, "gmail")),
        (
            (Any, true, false, None, keeps),
            agent(Coordinated, "google"),
        ),
        // One that keeps no tokens is skipped, and said.
        (
            (Any, false, false, None, useless),
            none(BindingReason::NoTokenStorage),
        ),
        (
            (Any, false, false, None, None),
            none(BindingReason::NoStore),
        ),
        // What needs a store and gets none is an error now.
        ((Keep, false, false, None, None), Err("missing")),
        ((Keep, false, false, None, useless), Err("missing")),
        ((Any, true, false, None, None), Err("missing")),
        ((Any, true, false, None, useless), Err("missing")),
    ];
    for (case, expected) in table {
        assert_eq!(run(case), expected, "{case:?}");
    }
}

#[test]
fn a_service_account_comes_before_every_store_and_keeps_nothing() {
    let memory = MemoryDatabase::new();
    for storage in [StorageWish::Default, StorageWish::StoreTokens] {
        for explicit in [None, Some(&memory as &dyn Database)] {
            let wish = Wish {
                toolkit: "gmail",
                storage,
                has_google_auth: true,
                has_credential: false,
                has_service_account: true,
                token_file: None,
            };
            let (choice, report) = decide(wish, explicit, Some(&memory)).unwrap();
            assert_eq!(choice, StoreChoice::None);
            assert_eq!(report.reason, BindingReason::ServiceAccount);
            assert_eq!(report.mode, BindingMode::ServiceAccount);
            assert!(report.store.is_none() && report.service.is_none());
            assert_eq!(
                report.to_string(),
                "gmail uses a service account, in the place of people's consent, and keeps none"
            );
            // A credential that the toolkit was given comes first.
            let given = Wish {
                has_credential: true,
                ..wish
            };
            let (_, report) = decide(given, explicit, Some(&memory)).unwrap();
            assert_eq!(report.reason, BindingReason::ExplicitCredential);
        }
    }
}

fn report(agent: Option<&dyn Database>, has_google_auth: bool) -> String {
    let storage = StorageWish::Default;
    let wish = Wish {
        toolkit: "gmail",
        storage,
        has_google_auth,
        has_credential: false,
        has_service_account: false,
        token_file: None,
    };
    decide(wish, None, agent).unwrap().1.to_string()
}

#[test]
fn a_report_is_a_sentence_that_says_where_and_why() {
    let memory = MemoryDatabase::new();
    let store = memory.describe();
    assert_eq!(
        report(Some(&memory), true),
        format!(
            "gmail keeps consent in {store}, the agent's database, shared with other toolkits (service google)"
        )
    );
    assert_eq!(
        report(Some(&memory), false),
        format!(
            "gmail keeps consent in {store}, the agent's database, for itself alone (service gmail)"
        )
    );
    assert_eq!(
        report(Some(&NoTokens), false),
        "gmail keeps no consent: the agent's database (the app's own database) has no token storage and was skipped"
    );
    assert_eq!(
        report(None, false),
        "gmail keeps no consent: neither it nor the agent has a store"
    );
}

fn plain(name: &'static str) -> Arc<dyn Toolkit> {
    Arc::new(Sample {
        name,
        tools: vec![sample::tool("who")],
    })
}

#[tokio::test]
async fn a_store_without_a_way_to_consent_fails_at_build_and_says_what_to_give() {
    let memory: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    let error = bind(vec![(plain("gmail"), Some(memory))])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("GoogleAuth"), "{error}");
}

#[tokio::test]
async fn a_toolkit_with_nothing_binds_and_its_calls_say_so() {
    let bound = bind(vec![(plain("gmail"), None)]).await.unwrap();
    assert_eq!(bound[0].report().reason, BindingReason::NoStore);
    assert!(bound[0].auth().is_none());
    let registry = Registry::new(bound, toolgate_toolkit::Pipeline::new()).unwrap();
    let alice = toolgate_auth::Principal::for_user("alice").unwrap();
    let tools = registry.for_run(alice, toolgate_toolkit::RunScope::new("r"));
    let error = tools.call("who", serde_json::json!({})).await.unwrap_err();
    assert!(error.message().contains("no way to Google"), "{error}");
}
