//! An agent whose environment names a service account: nobody is asked, and no database is needed or
//! used.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use toolgate_auth::store::{Database as _, ListScope};
use toolgate_auth::{Environment, MemoryDatabase, Principal, Requirement};
use toolgate_emulator::{Emulator, ServiceAccountSeed};
use toolgate_framework::{Agent, AgentBuilder, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_toolkit::{BindingReason, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

use crate::support::{Nothing, READ, Said};

const ROBOT: &str = "robot@project.iam.gserviceaccount.com";

/// A toolkit that was told nothing.
#[derive(Debug)]
pub(crate) struct Mail;

impl Toolkit for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let run = |cx: ToolContext, _: Nothing| async move {
            let needs = Requirement::for_methods(&[READ]);
            cx.access().token(&needs).await?;
            let text = "read".to_owned();
            Ok::<_, ToolError>(Said { text })
        };
        vec![
            typed_tool("read_mail", Risk::Read, &[READ], run)
                .core()
                .shared(),
        ]
    }
}

struct Desk {
    emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new(domain: &str) -> Self {
        toolgate_testkit::LogCapture::install();
        let robot = ServiceAccountSeed {
            email: ROBOT.to_owned(),
            delegated_domains: vec![domain.to_owned()],
            delegated_scopes: Requirement::for_methods(&[READ]).least_scopes().to_vec(),
            ..ServiceAccountSeed::default()
        };
        let emulator = Emulator::builder().with_service_account(robot);
        let emulator = emulator.start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = emulator.service_account_key(ROBOT).unwrap();
        std::fs::write(folder.path().join("robot.json"), key).unwrap();
        Self { emulator, folder }
    }

    fn agent(&self) -> AgentBuilder {
        let model = ScriptedModel::new("reader", |it| match it.last_result() {
            None => ModelReply::call("read_mail", json!({})),
            Some(result) => ModelReply::text(result.to_string()),
        });
        let key = self.folder.path().join("robot.json");
        Agent::builder()
            .model(model)
            .toolkit(Mail)
            .environment(Environment::from_pairs([
                ("GOOGLE_SERVICE_ACCOUNT_FILE", key.to_str().unwrap()),
                ("GOOGLE_DELEGATED_USER", "alice@example.com"),
                ("GOOGLE_BASE_URL", self.emulator.base_url().as_str()),
            ]))
    }
}

#[tokio::test]
async fn the_environments_service_account_acts_with_and_without_a_database_and_stores_nothing() {
    let desk = Desk::new("example.com").await;
    let database = MemoryDatabase::new();
    let tokens = database.token_store().unwrap();
    let agents = [
        desk.agent().build().await.unwrap(),
        desk.agent().database(database).build().await.unwrap(),
    ];
    for agent in agents {
        assert_eq!(agent.bindings()[0].reason, BindingReason::ServiceAccount);
        assert!(
            agent.google_auth().is_none(),
            "there is nothing to sign in to"
        );
        let run = RunContext::for_user("17").unwrap();
        let outcome = agent.run(run, "Read.").await.unwrap();
        assert!(outcome.answer().unwrap().contains("read"), "{outcome}");
    }
    assert!(
        tokens
            .list(&ListScope::All, None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_delegation_that_is_missing_is_told_to_the_model_and_pauses_no_run() {
    let desk = Desk::new("elsewhere.example").await;
    let agent = desk.agent().build().await.unwrap();
    let outcome = agent.run(RunContext::anonymous(), "Read.").await.unwrap();
    assert!(matches!(outcome, RunOutcome::Completed { .. }), "{outcome}");
    let answer = outcome.answer().unwrap();
    for part in [
        "permission_denied",
        "domain-wide delegation",
        "unauthorized_client",
    ] {
        assert!(answer.contains(part), "{answer}");
    }
}

#[tokio::test]
async fn all_that_was_said_with_one_person_is_forgotten_at_once() {
    let desk = Desk::new("example.com").await;
    let database = MemoryDatabase::new();
    let agent = desk.agent().database(database).build().await.unwrap();
    let talk = |user: &str, session: &str| {
        let run = RunContext::for_user(user).unwrap();
        run.with_session(session).unwrap()
    };
    let of_tenant = talk("17", "monday").with_tenant("acme").unwrap();
    let others = [talk("18", "monday"), of_tenant];
    for run in others
        .iter()
        .cloned()
        .chain([talk("17", "monday"), talk("17", "friday")])
    {
        agent.run(run, "Read.").await.unwrap();
    }
    let person = Principal::for_user("17").unwrap();
    assert_eq!(agent.forget_person(&person).await.unwrap(), 2);
    assert_eq!(agent.forget_person(&person).await.unwrap(), 0);
    for session in ["monday", "friday"] {
        let said = agent.conversation(&person, session).await.unwrap();
        assert!(said.is_empty(), "{said:?}");
    }
    for other in others {
        let said = agent.conversation(other.principal(), "monday").await;
        assert!(!said.unwrap().is_empty(), "{}", other.principal());
    }
    let without = desk.agent().build().await.unwrap();
    assert!(without.forget_person(&person).await.is_err());
}
