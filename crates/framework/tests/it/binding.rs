//! Which store a toolkit gets, and what cannot be built.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_auth::MemoryDatabase;
use toolgate_auth::store::Database;
use toolgate_emulator::Emulator;
use toolgate_framework::{Agent, AgentBuilder, ModelReply, ScriptedModel};
use toolgate_toolkit::{ConsentSource, StorageWish};

use crate::support::{Probe, google};

fn builder() -> AgentBuilder {
    Agent::builder().model(ScriptedModel::new("mute", |_| ModelReply::default()))
}

/// A database for other things.
#[derive(Debug)]
struct Unfit;

impl Database for Unfit {
    fn describe(&self) -> String {
        "a phone book".to_owned()
    }
}

async fn fails(builder: AgentBuilder, expected: &str) {
    let error = builder.build().await.unwrap_err();
    let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
    let text: Vec<String> = chain.map(ToString::to_string).collect();
    let text = text.join(": ");
    assert!(
        error.is_configuration() && text.contains(expected),
        "{text}"
    );
}

#[tokio::test]
async fn the_report_says_which_store_and_why() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let probe = Probe {
        name: Some("mail"),
        ..Probe::default()
    };
    let agent = builder()
        .google_auth(google)
        .database(MemoryDatabase::new())
        .toolkit(probe);
    let agent = agent.build().await.unwrap();
    let reports: Vec<String> = agent.bindings().iter().map(ToString::to_string).collect();
    assert_eq!(reports.len(), 1);
    assert!(
        reports[0].contains("mail") && reports[0].contains("the agent's database"),
        "{reports:?}"
    );
    assert!(agent.google_auth().is_some());
}

#[tokio::test]
async fn what_cannot_work_is_an_error_when_it_is_built() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    fails(Agent::builder(), "has no model").await;
    fails(
        builder().toolkit(Probe::with_google(google.clone())),
        "store",
    )
    .await;
    fails(
        builder()
            .toolkit(Probe::with_google(google.clone()))
            .database(Unfit),
        "a phone book",
    )
    .await;
    let stores = Probe {
        consent: ConsentSource::new()
            .with_google_auth(google)
            .with_storage(StorageWish::StoreTokens),
        ..Probe::default()
    };
    fails(builder().toolkit(stores), "store").await;
    let twice = builder()
        .toolkit(Probe::with_token())
        .toolkit(Probe::with_token());
    fails(twice, "probe").await;
    let other = Probe {
        name: Some("other"),
        ..Probe::with_token()
    };
    fails(
        builder().toolkit(Probe::with_token()).toolkit(other),
        "both have a tool named",
    )
    .await;
}
