//! A service account that acts for each run's person, by domain-wide delegation: nobody signs in, and
//! nothing is stored.
//!
//! ```text
//! cargo run --example service_account
//! ```
//!
//! Without further word an emulated Google is started, whose administrator allows it. With
//! `GOOGLE_SERVICE_ACCOUNT_FILE` set it is Google itself: give it addresses of your domain
//! (`-- ann@example.com bo@example.com`), after an administrator has allowed the account's client id the
//! scopes that this prints. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use anyhow::{Context as _, ensure};
use serde_json::json;
use toolgate_auth::{GoogleAuth, ServiceAccount};
use toolgate_emulator::{Emulator, ServiceAccountSeed};
use toolgate_examples::environment;
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_http::Endpoints;
use toolgate_toolkit::{BindingReason, Toolkit as _};

const ROBOT: &str = "robot@example.iam.gserviceaccount.com";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let gmail = GmailToolkit::new();
    let scopes = gmail.requirement().least_scopes().to_vec();
    println!("an administrator has to allow: {}", scopes.join(","));
    let here = match environment("GOOGLE_SERVICE_ACCOUNT_FILE") {
        Some(path) => Here::google(&path)?,
        None => Here::emulated(scopes).await?,
    };
    let agent = Agent::builder()
        .model(senders())
        .google_auth(here.google)
        .toolkit(gmail)
        .build()
        .await?;
    for report in agent.bindings() {
        println!("{report}");
        ensure!(report.reason == BindingReason::ServiceAccount, "{report}");
    }
    let mut answers = Vec::new();
    for person in &here.people {
        let run = RunContext::for_user(person)?;
        let outcome = agent.run(run, "Who wrote?").await?;
        let answer = outcome.answer().context("the run has no answer")?;
        println!("{person}: {answer}");
        answers.push(answer.to_owned());
    }
    if let Some(emulator) = here.emulator {
        ensure!(answers[0] != answers[1], "one person got the other's mail");
        let requests = emulator.requests();
        let tokens = requests
            .iter()
            .filter(|it| it.api_method.as_deref() == Some("token"));
        println!("tokens asked for: {}", tokens.count());
    }
    Ok(())
}

/// Where Google is, and for whom the account acts.
struct Here {
    google: GoogleAuth,
    people: Vec<String>,
    emulator: Option<Emulator>,
}

impl Here {
    fn google(path: &str) -> anyhow::Result<Self> {
        let robot = ServiceAccount::from_file(path)?.acting_for_each_user();
        let people: Vec<String> = std::env::args().skip(1).collect();
        ensure!(
            !people.is_empty(),
            "name the addresses of people of your domain"
        );
        Ok(Self {
            google: GoogleAuth::service_account(robot).build()?,
            people,
            emulator: None,
        })
    }

    async fn emulated(scopes: Vec<String>) -> anyhow::Result<Self> {
        let robot = ServiceAccountSeed {
            email: ROBOT.to_owned(),
            delegated_domains: vec!["example.com".to_owned()],
            delegated_scopes: scopes,
            ..ServiceAccountSeed::default()
        };
        let emulator = Emulator::builder()
            .with_service_account(robot)
            .start()
            .await?;
        println!("Google is played by an emulator at {}", emulator.base_url());
        let key = emulator.service_account_key(ROBOT).context("no key")?;
        let robot = ServiceAccount::from_json(&key)?.acting_for_each_user();
        let google = GoogleAuth::service_account(robot)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str())?)
            .build()?;
        Ok(Self {
            google,
            people: emulator.accounts(),
            emulator: Some(emulator),
        })
    }
}

/// Searches, and says who wrote.
fn senders() -> ScriptedModel {
    ScriptedModel::new("senders", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", json!({"query": "in:inbox", "count": 3})),
        Some(found) => {
            let mails = found["emails"].as_array().into_iter().flatten();
            let senders: Vec<_> = mails.filter_map(|it| it["from"].as_str()).collect();
            ModelReply::text(senders.join("; "))
        }
    })
}
