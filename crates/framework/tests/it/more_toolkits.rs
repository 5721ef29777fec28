//! An agent that is built again with one more toolkit: what was granted goes on, and the rest is asked
//! for beside it.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use toolgate_auth::store::Database as _;
use toolgate_auth::{GoogleAuth, MemoryDatabase, Principal, Requirement, Service, TokenKey};
use toolgate_emulator::{Emulator, RecordedRequest};
use toolgate_framework::{Agent, AgentBuilder, ModelReply, RunContext, ScriptedModel};
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

use crate::support::{EVENTS, Nothing, READ, Said, google, paused, results, sign_in};

/// A toolkit with one tool, which calls one method.
#[derive(Debug)]
struct One {
    name: &'static str,
    method: &'static str,
    consent: ConsentSource,
}

impl Toolkit for One {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let method = self.method;
        let methods: &'static [&'static str] = if method == READ { &[READ] } else { &[EVENTS] };
        let call = move |cx: ToolContext, _: Nothing| async move {
            let needed = Requirement::for_methods(methods);
            cx.access().token(&needed).await?;
            let text = "called".to_owned();
            Ok::<_, ToolError>(Said { text })
        };
        vec![typed_tool(self.name, Risk::Read, methods, call).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

fn one(name: &'static str, method: &'static str) -> One {
    One {
        name,
        method,
        consent: ConsentSource::new(),
    }
}

/// Calls the tools that the prompt names, at once.
async fn agent(database: &MemoryDatabase, google: &GoogleAuth, toolkits: Vec<One>) -> Agent {
    let model = ScriptedModel::new("calls", |it| match it.last_result() {
        None => it
            .prompt()
            .split(' ')
            .fold(ModelReply::default(), |reply, tool| {
                reply.and_call(tool, json!({}))
            }),
        Some(_) => ModelReply::text("done"),
    });
    let builder = Agent::builder().model(model).google_auth(google.clone());
    let builder = builder.database(database.clone());
    let builder = toolkits.into_iter().fold(builder, AgentBuilder::toolkit);
    builder.build().await.unwrap()
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

fn scopes(method: &str) -> Vec<String> {
    let methods: &[&'static str] = if method == READ { &[READ] } else { &[EVENTS] };
    Requirement::for_methods(methods).least_scopes().to_vec()
}

async fn granted(database: &MemoryDatabase) -> Vec<String> {
    let store = database.token_store().unwrap();
    let key = TokenKey::new(Principal::for_user("alice").unwrap(), Service::google());
    store.get(&key).await.unwrap().row.unwrap().consented_scopes
}

#[tokio::test]
async fn one_more_toolkit_asks_for_what_it_needs_beside_what_was_granted_and_the_others_go_on() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (first, pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let before = agent(&database, &first, vec![one("mail", READ)]).await;
    let (link, run) = paused(before.run(alice(), "mail").await.unwrap());
    sign_in(&before, pages, &[(&link.url, "alice@example.com")]).await;
    assert_eq!(before.resume(run).await.unwrap().answer(), Some("done"));
    let old = granted(&database).await;
    assert!(scopes(READ).iter().all(|it| old.contains(it)), "{old:?}");
    assert!(!scopes(EVENTS).iter().any(|it| old.contains(it)), "{old:?}");
    drop(before);

    let (google, pages) = google(&emulator).await;
    let toolkits = vec![one("mail", READ), one("diary", EVENTS)];
    let after = agent(&database, &google, toolkits).await;
    let outcome = after.run(alice(), "mail").await.unwrap();
    assert_eq!(
        outcome.answer(),
        Some("done"),
        "what was granted works as before"
    );
    // Both at once: the one is answered, and the other alone asks.
    let (link, run) = paused(after.run(alice(), "mail diary").await.unwrap());
    assert_eq!(link.services, ["diary"]);
    assert_eq!(run.waiting().len(), 1);
    sign_in(&after, pages, &[(&link.url, "alice@example.com")]).await;
    let asked = emulator.requests();
    let authorize = |it: &&RecordedRequest| it.api_method.as_deref() == Some("authorize");
    let query = &asked.iter().rfind(authorize).unwrap().query;
    assert!(query.contains("include_granted_scopes=true"), "{query}");
    assert!(
        query.contains("calendar") && !query.contains("gmail"),
        "{query}"
    );
    let outcome = after.resume(run).await.unwrap();
    assert!(results(&outcome).iter().all(|(_, _, is_error)| !is_error));
    let new = granted(&database).await;
    for method in [READ, EVENTS] {
        assert!(scopes(method).iter().all(|it| new.contains(it)), "{new:?}");
    }
    let outcome = after.run(alice(), "mail diary").await.unwrap();
    assert!(results(&outcome).iter().all(|(_, _, is_error)| !is_error));
}
