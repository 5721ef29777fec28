//! An agent without a database: the environment's client, a token file, one person.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use toolgate_auth::{Environment, MemoryDatabase, Requirement};
use toolgate_emulator::Emulator;
use toolgate_framework::{Agent, AgentBuilder, ModelReply, RunContext, ScriptedModel};
use toolgate_toolkit::{
    BindingReason, ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool,
};

use crate::support::{Nothing, READ, Said};

const SCOPE: &str = "https://www.googleapis.com/auth/gmail.readonly";

/// A toolkit that was told nothing but its file.
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
            let needs = Requirement::for_methods(&[READ]);
            cx.access().token(&needs).await?;
            let text = "read".to_owned();
            Ok::<_, ToolError>(Said { text })
        };
        vec![
            typed_tool(self.tool, Risk::Read, &[READ], run)
                .core()
                .shared(),
        ]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

/// The emulator, and a file as another program left it.
struct Desk {
    emulator: Emulator,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        toolgate_testkit::LogCapture::install();
        let emulator = Emulator::builder().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = json!({
            "refresh_token": emulator.issue_refresh_token("alice@example.com", &[SCOPE]),
            "client_id": emulator.client_id(),
            "client_secret": emulator.client_secret(),
            "scopes": [SCOPE],
        });
        std::fs::write(folder.path().join("token.json"), file.to_string()).unwrap();
        Self { emulator, folder }
    }

    fn mail(&self, name: &'static str, tool: &'static str) -> Mail {
        let file = self.folder.path().join("token.json");
        Mail {
            name,
            tool,
            consent: ConsentSource::new().with_token_file(file),
        }
    }

    fn environment(&self) -> Environment {
        Environment::from_pairs([
            ("GOOGLE_CLIENT_ID", self.emulator.client_id()),
            ("GOOGLE_CLIENT_SECRET", self.emulator.client_secret()),
            ("GOOGLE_BASE_URL", self.emulator.base_url().as_str()),
            ("GOOGLE_OAUTH_NONINTERACTIVE", "true"),
        ])
    }

    fn agent(&self) -> AgentBuilder {
        let model = ScriptedModel::new("reader", |it| match it.last_result() {
            None => ModelReply::call("read_mail", json!({})),
            Some(result) => ModelReply::text(result.to_string()),
        });
        Agent::builder()
            .model(model)
            .environment(self.environment())
    }

    fn requests(&self) -> usize {
        self.emulator.requests().len()
    }
}

#[tokio::test]
async fn a_program_of_one_person_needs_a_toolkit_and_the_environment_only() {
    let desk = Desk::new().await;
    let agent = desk.agent().toolkit(desk.mail("mail", "read_mail"));
    let agent = agent.build().await.unwrap();
    let reports = agent.bindings();
    assert_eq!(reports[0].reason, BindingReason::TokenFile);
    let store = reports[0].store.as_deref().unwrap();
    assert!(store.starts_with("token file ") && store.ends_with("token.json"));
    let outcome = agent.run(RunContext::anonymous(), "Read.").await.unwrap();
    assert!(outcome.answer().unwrap().contains("read"), "{outcome}");
    let spent = desk.requests();
    // A person by name gets neither that person's mail nor a browser, but a word on what to do.
    let alice = RunContext::for_user("alice").unwrap();
    let outcome = agent.run(alice, "Read.").await.unwrap();
    let answer = outcome.answer().unwrap();
    assert!(answer.contains("give the agent a database"), "{answer}");
    assert_eq!(desk.requests(), spent, "google is not asked for her");
}

#[tokio::test]
async fn all_toolkits_that_were_told_nothing_share_the_environments_consent() {
    let desk = Desk::new().await;
    let agent = desk
        .agent()
        .toolkit(desk.mail("mail", "read_mail"))
        .toolkit(desk.mail("post", "read_post"));
    let agent = agent.build().await.unwrap();
    for report in agent.bindings() {
        assert_eq!(report.service, Some(toolgate_auth::Service::google()));
    }
    agent.run(RunContext::anonymous(), "Read.").await.unwrap();
}

#[tokio::test]
async fn the_environment_is_for_programs_without_a_database_and_names_a_client() {
    let desk = Desk::new().await;
    let mail = desk.mail("mail", "read_mail");
    let with_database = desk.agent().toolkit(mail.clone());
    let with_database = with_database.database(MemoryDatabase::new());
    let error = with_database.build().await.unwrap_err();
    assert!(error.to_string().contains("GoogleAuth"), "{error}");
    let empty = Environment::from_pairs::<&str, &str>([]);
    let agent = desk.agent().environment(empty).toolkit(mail.clone());
    let agent = agent.build().await.unwrap();
    let outcome = agent.run(RunContext::anonymous(), "Read.").await.unwrap();
    let answer = outcome.answer().unwrap();
    assert!(answer.contains("set GOOGLE_CLIENT_ID"), "{answer}");
    let damaged = Environment::from_pairs([("GOOGLE_CLIENT_ID", " id")]);
    let error = desk.agent().environment(damaged).toolkit(mail);
    let error = error.build().await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
}
