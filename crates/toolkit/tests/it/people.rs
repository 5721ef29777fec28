//! Two people at once over one registry.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;
use toolgate_auth::{MemoryDatabase, Principal};
use toolgate_toolkit::{
    ConsentSource, Pipeline, Registry, Risk, RunScope, Tool, ToolContext, ToolError, Toolkit, bind,
    typed_tool,
};

use crate::consent::google;
use crate::sample::{Nothing, Text, bounded};

/// A toolkit over a guard, whose one tool tells whose call it serves while another one is under
/// way.
#[derive(Debug)]
struct Whose {
    consent: ConsentSource,
    both: Arc<Barrier>,
}

impl Toolkit for Whose {
    fn name(&self) -> &'static str {
        "whose"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let both = Arc::clone(&self.both);
        let tell = move |cx: ToolContext, _: Nothing| {
            let both = Arc::clone(&both);
            async move {
                both.wait().await;
                let access = cx.access().principal().unwrap().to_string();
                let run = cx.principal().unwrap().to_string();
                let text = format!("{access} {run} {}", cx.run().run_id());
                both.wait().await;
                Ok::<_, ToolError>(Text { text })
            }
        };
        let methods = &["gmail.users.messages.list"];
        vec![typed_tool("whose", Risk::Read, methods, tell).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

#[tokio::test]
async fn calls_of_two_people_at_once_are_each_of_their_own_person() {
    let whose = Whose {
        consent: ConsentSource::new().with_google_auth(google()),
        both: Arc::new(Barrier::new(2)),
    };
    let toolkits = vec![(
        Arc::new(whose) as Arc<dyn Toolkit>,
        Some(Arc::new(MemoryDatabase::new()) as _),
    )];
    let registry = Registry::new(bind(toolkits).await.unwrap(), Pipeline::new()).unwrap();
    let run = |user: &str, name: &'static str| {
        registry.for_run(Principal::for_user(user).unwrap(), RunScope::new(name))
    };
    let (alice, bob) = (run("alice", "one"), run("bob", "two"));
    for _ in 0..3 {
        let (of_alice, of_bob) = bounded(Box::pin(async {
            tokio::join!(alice.call("whose", json!({})), bob.call("whose", json!({})))
        }))
        .await;
        assert_eq!(of_alice.unwrap()["text"], "alice alice one");
        assert_eq!(of_bob.unwrap()["text"], "bob bob two");
    }
}
