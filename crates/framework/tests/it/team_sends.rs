//! A member whose call would leave waits for consent: it has not left, and leaves once when there is one.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use toolgate_auth::{GoogleAuth, MemoryDatabase, Principal, Requirement};
use toolgate_emulator::Emulator;
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel, Team};
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

use crate::support::{Log, Nothing, Said, google, paused, sign_in};

const SEND: &str = "gmail.users.messages.send";

/// Sends a mail, with the person's consent.
#[derive(Debug)]
struct Post {
    log: Log,
    consent: ConsentSource,
}

impl Toolkit for Post {
    fn name(&self) -> &'static str {
        "post"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let log = self.log.clone();
        let send = move |cx: ToolContext, _: Nothing| {
            let log = log.clone();
            async move {
                let needed = Requirement::for_methods(&[SEND]);
                cx.access().token(&needed).await?;
                log.add("sent".to_owned());
                let text = "sent".to_owned();
                Ok::<_, ToolError>(Said { text })
            }
        };
        vec![typed_tool("send_mail", Risk::Send, &[SEND], send).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

async fn team(google: &GoogleAuth, database: &MemoryDatabase, log: &Log) -> Team {
    let member = ScriptedModel::new("sends", |it| match it.last_result() {
        None => ModelReply::call("send_mail", json!({})),
        Some(result) => ModelReply::text(result.to_string()),
    });
    let lead = ScriptedModel::new("lead", |it| match it.last_result() {
        None => ModelReply::call("delegate_to_sender", json!({"task": "send it"})),
        Some(result) => ModelReply::text(result["answer"].as_str().unwrap()),
    });
    let post = Post {
        log: log.clone(),
        consent: ConsentSource::new(),
    };
    let member = Agent::builder().model(member).toolkit(post);
    let team = Team::builder().model(lead).google_auth(google.clone());
    let team = team.database(database.clone());
    let team = team.member("sender", "Sends mail.", member);
    team.build().await.unwrap()
}

#[tokio::test]
async fn what_a_member_could_not_send_for_want_of_consent_is_sent_once_there_is_one() {
    for restarted in [false, true] {
        for session in [None, Some("chat")] {
            let emulator = Emulator::builder().start().await.unwrap();
            let (google, pages) = google(&emulator).await;
            let (database, log) = (MemoryDatabase::new(), Log::default());
            let mut team_now = team(&google, &database, &log).await;
            let context = RunContext::for_user("alice").unwrap();
            let context = match session {
                Some(session) => context.with_session(session).unwrap(),
                None => context,
            };
            let (link, mut run) = paused(team_now.run(context, "Go").await.unwrap());
            if restarted {
                let name = run.session().unwrap().to_owned();
                team_now = team(&google, &database, &log).await;
                let person = Principal::for_user("alice").unwrap();
                let found = team_now.coordinator().paused_run(&person, &name).await;
                run = found.unwrap().unwrap();
            }
            let people = [(&link.url, "alice@example.com")];
            sign_in(team_now.coordinator(), pages, &people).await;
            let outcome = team_now.resume(run).await.unwrap();
            assert_eq!(outcome.answer(), Some(r#"{"text":"sent"}"#));
            assert_eq!(log.entries(), ["sent"]);
        }
    }
}
