//! Conversations in the agent's database: whose they are, what comes first, and one run at a time.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use toolgate_auth::store::{Database, SessionKind, SessionStatus, SessionWrite};
use toolgate_auth::{KeySource, MemoryDatabase, Principal, SessionId, SessionKey, Sessions};
use toolgate_framework::{
    Agent, Error, Message, Model, ModelError, ModelReply, ModelRequest, RunContext, RunOutcome,
    ScriptedModel, async_trait,
};

use crate::broken::Broken;
use crate::support::Probe;

/// Says what it heard so far, the last first.
fn parrot() -> ScriptedModel {
    ScriptedModel::new("parrot", |it| {
        let heard = it.request().messages.iter().filter_map(|it| match it {
            Message::User(text) => Some(text.as_str()),
            _ => None,
        });
        ModelReply::text(heard.collect::<Vec<_>>().join(", "))
    })
}

async fn agent(database: impl Database + 'static, model: impl Model + 'static) -> Agent {
    let builder = Agent::builder().model(model).database(database);
    builder.toolkit(Probe::with_token()).build().await.unwrap()
}

fn talk(user: &str, session: &str) -> RunContext {
    let run = RunContext::for_user(user).unwrap();
    run.with_session(session).unwrap()
}

fn person(user: &str) -> Principal {
    Principal::for_user(user).unwrap()
}

fn key(user: &str, session: &str) -> SessionKey {
    SessionKey::new(person(user), SessionId::parse(session).unwrap())
}

async fn say(agent: &Agent, run: RunContext, text: &str) -> String {
    let outcome = agent.run(run, text).await.unwrap();
    outcome.answer().unwrap().to_owned()
}

#[tokio::test]
async fn a_conversation_goes_on_in_any_process_for_its_own_person_alone() {
    let database = MemoryDatabase::new();
    let first = agent(database.clone(), parrot()).await;
    assert_eq!(say(&first, talk("alice", "chat"), "one").await, "one");
    let second = agent(database.clone(), parrot()).await;
    assert_eq!(say(&second, talk("alice", "chat"), "two").await, "one, two");
    for other in [
        talk("bob", "chat"),
        talk("alice", "another"),
        talk("alice", "chat").with_tenant("acme").unwrap(),
        RunContext::anonymous().with_session("chat").unwrap(),
        RunContext::for_user("alice").unwrap(),
    ] {
        assert_eq!(say(&second, other, "three").await, "three");
    }
    let outcome = first.run(talk("alice", "chat"), "four").await.unwrap();
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    assert_eq!(answer.text, "one, two, four");
    let kept = second.conversation(&person("alice"), "chat").await.unwrap();
    assert_eq!(kept, answer.messages);
    assert_eq!(kept.len(), 6);
    assert!(
        first
            .forget_session(&person("alice"), "chat")
            .await
            .unwrap()
    );
    assert!(
        !first
            .forget_session(&person("alice"), "chat")
            .await
            .unwrap()
    );
    assert_eq!(say(&second, talk("alice", "chat"), "five").await, "five");
}

#[tokio::test]
async fn one_run_at_a_time_goes_on_in_a_session() {
    let probe = Probe::with_token();
    let (log, gate) = (probe.log.clone(), Arc::clone(&probe.gate));
    let model = ScriptedModel::new("posts", |it| match it.last_result() {
        None => ModelReply::call("post", json!({"text": it.prompt()})),
        Some(_) => ModelReply::text("posted"),
    });
    let builder = Agent::builder().model(model).toolkit(probe);
    let agent = builder
        .database(MemoryDatabase::new())
        .build()
        .await
        .unwrap();
    let held = tokio::spawn({
        let agent = agent.clone();
        async move { agent.run(talk("alice", "chat"), "held").await }
    });
    while log.entries().is_empty() {
        tokio::task::yield_now().await;
    }
    let error = agent.run(talk("alice", "chat"), "x").await.unwrap_err();
    assert!(error.is_conflict() && !error.is_taken(), "{error}");
    assert!(error.to_string().contains("chat"), "{error}");
    let error = agent
        .paused_run(&person("alice"), "chat")
        .await
        .unwrap_err();
    assert!(error.is_taken(), "{error}");
    assert!(
        agent
            .paused_runs(&person("alice"))
            .await
            .unwrap()
            .is_empty()
    );
    say(&agent, talk("alice", "aside"), "y").await;
    gate.notify_one();
    assert_eq!(held.await.unwrap().unwrap().answer(), Some("posted"));
    say(&agent, talk("alice", "chat"), "z").await;
    assert_eq!(log.entries(), ["post held", "post y", "post z"]);
}

/// Fails while it is told to.
#[derive(Debug)]
struct Moody(Arc<AtomicBool>);

#[async_trait]
impl Model for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        let posts = request.messages.iter();
        let posts = posts.filter(|it| matches!(it, Message::ToolResult { .. }));
        match (posts.count(), self.0.load(Ordering::SeqCst)) {
            (0, _) => Ok(ModelReply::call("post", json!({"text": "once"}))),
            (_, true) => Err(ModelError::new("not now")),
            _ => Ok(ModelReply::text(request.messages.len().to_string())),
        }
    }
}

#[tokio::test]
async fn what_was_done_before_an_error_is_kept_and_not_done_again() {
    for again in ["resume", "run"] {
        let (probe, moody) = (Probe::with_token(), Arc::new(AtomicBool::new(true)));
        let log = probe.log.clone();
        let builder = Agent::builder().model(Moody(Arc::clone(&moody)));
        let builder = builder.toolkit(probe).database(MemoryDatabase::new());
        let agent = builder.build().await.unwrap();
        let error = agent.run(talk("alice", "chat"), "Go").await.unwrap_err();
        assert!(error.model_error().is_some(), "{error}");
        moody.store(false, Ordering::SeqCst);
        if again == "resume" {
            let paused = agent.paused_run(&person("alice"), "chat").await.unwrap();
            let outcome = agent.resume(paused.unwrap()).await.unwrap();
            assert_eq!(outcome.answer(), Some("3"));
        } else {
            // The prompt, the call, its result, and the next prompt.
            assert_eq!(say(&agent, talk("alice", "chat"), "Again").await, "4");
        }
        assert_eq!(log.entries(), ["post once"], "{again}");
    }
}

/// The bytes that a stored envelope holds, whatever seals them.
async fn stored_bytes(database: &MemoryDatabase, key: &SessionKey) -> Vec<u8> {
    use base64::Engine as _;
    let store = database.session_store().unwrap();
    let (row, _) = store.get(key).await.unwrap().unwrap();
    let text = row.sealed.data["ciphertext"].as_str().unwrap().to_owned();
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .unwrap()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}

#[tokio::test]
async fn what_people_say_is_sealed_before_it_is_stored() {
    for (keys, sealed) in [
        (KeySource::Database, true),
        (KeySource::InsecurePlaintext, false),
    ] {
        let database = MemoryDatabase::new();
        let builder = Agent::builder().model(parrot()).session_keys(keys);
        let agent = builder.database(database.clone()).build().await.unwrap();
        say(&agent, talk("alice", "chat"), "the surgery is on Monday").await;
        let bytes = stored_bytes(&database, &key("alice", "chat")).await;
        assert_eq!(contains(&bytes, "surgery"), !sealed);
    }
}

#[tokio::test]
async fn a_document_opens_in_its_own_row_and_at_its_own_version_alone() {
    let database = MemoryDatabase::new();
    let agent = agent(database.clone(), parrot()).await;
    say(&agent, talk("alice", "chat"), "one").await;
    let store = database.session_store().unwrap();
    let (of_alice, _) = store.get(&key("alice", "chat")).await.unwrap().unwrap();
    let copied = |version: &str| SessionWrite {
        incarnation: of_alice.incarnation.clone(),
        kind: SessionKind::Conversation,
        status: SessionStatus::Idle,
        sealed: of_alice.sealed.clone(),
        owner: version.to_owned(),
        hold: None,
    };
    for other in [key("bob", "chat"), key("alice", "other")] {
        let mut at = None;
        // Up to the version that the document is of.
        for _ in 0..of_alice.version {
            at = store.put(&other, &copied("c"), at.as_ref()).await.unwrap();
        }
        assert_eq!(at.unwrap().version, of_alice.version);
        let user = other.principal().user().unwrap().as_str().to_owned();
        let run = talk(&user, other.session().as_str());
        let error = agent.run(run, "what did she say?").await.unwrap_err();
        assert!(error.to_string().contains("does not open"), "{error}");
    }
    let at = of_alice.marker();
    let old = copied("old");
    assert!(
        store
            .put(&key("alice", "chat"), &old, Some(&at))
            .await
            .unwrap()
            .is_some()
    );
    let error = agent.run(talk("alice", "chat"), "two").await.unwrap_err();
    assert!(error.to_string().contains("does not open"), "{error}");
}

async fn store_document(database: &MemoryDatabase, document: &Value) {
    let sessions = Sessions::of(Arc::new(database.clone()), None).unwrap();
    let document = serde_json::to_vec(document).unwrap();
    let (kind, status) = (SessionKind::Conversation, SessionStatus::Paused);
    let key = key("alice", "chat");
    let stored = sessions.store(&key, kind, status, &document).await;
    assert!(stored.unwrap().is_some());
}

#[tokio::test]
async fn a_document_of_a_later_version_or_none_is_an_error_and_stays() {
    let of_format = |format: u32| {
        json!({"format": format, "run": "r", "progress": {
            "messages": [{"user": "Hello"}], "turns": 0,
            "usage": {"input": 0, "output": 0, "cached": 0}}})
    };
    let cases = [
        (of_format(2), "later version"),
        (json!({"format": 2, "all": "new"}), "later version"),
        (json!({"format": 1}), "cannot be read"),
        (json!([]), "cannot be read"),
    ];
    for (document, says) in cases {
        let database = MemoryDatabase::new();
        let agent = agent(database.clone(), parrot()).await;
        store_document(&database, &document).await;
        let before = stored_bytes(&database, &key("alice", "chat")).await;
        let all: [Error; 3] = [
            agent.run(talk("alice", "chat"), "x").await.unwrap_err(),
            agent
                .paused_run(&person("alice"), "chat")
                .await
                .unwrap_err(),
            agent
                .conversation(&person("alice"), "chat")
                .await
                .unwrap_err(),
        ];
        for error in all {
            assert!(error.to_string().contains(says), "{error}: {document}");
        }
        let waiting = agent.paused_runs(&person("alice")).await.unwrap();
        assert!(waiting.is_empty(), "{waiting:?}");
        let unreadable = agent.unreadable_runs(&person("alice")).await.unwrap();
        assert_eq!(unreadable, ["chat"]);
        assert_eq!(stored_bytes(&database, &key("alice", "chat")).await, before);
    }
    let database = MemoryDatabase::new();
    store_document(&database, &of_format(1)).await;
    let agent = agent(database, parrot()).await;
    assert_eq!(
        say(&agent, talk("alice", "chat"), "you").await,
        "Hello, you"
    );
}

#[tokio::test]
async fn without_storage_of_sessions_a_session_is_refused_and_a_run_goes_as_before() {
    let database = Broken::new(&MemoryDatabase::new()).unwrap();
    let agent = agent(database.without_sessions(), parrot()).await;
    let error = agent.run(talk("alice", "chat"), "x").await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
    let plain = RunContext::for_user("alice").unwrap();
    assert_eq!(say(&agent, plain, "one").await, "one");
}

#[tokio::test]
async fn an_answer_that_the_database_does_not_take_is_given_all_the_same() {
    let database = Broken::new(&MemoryDatabase::new()).unwrap();
    let breaks = database.clone();
    let model = ScriptedModel::new("breaks", move |_| {
        breaks.set(true);
        ModelReply::text("the answer")
    });
    let agent = agent(database.clone(), model).await;
    let outcome = agent.run(talk("alice", "chat"), "Go").await.unwrap();
    assert_eq!(outcome.answer(), Some("the answer"));
    database.set(false);
    // What the database has is the prompt, and the session is free.
    while agent.run(talk("alice", "chat"), "Go on").await.is_err() {
        database.set(false);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_call_that_may_leave_is_not_made_where_the_database_does_not_say_so_first() {
    let database = Broken::new(&MemoryDatabase::new()).unwrap();
    let (probe, breaks) = (Probe::with_token(), database.clone());
    let log = probe.log.clone();
    let model = ScriptedModel::new("posts", move |it| match it.last_result() {
        None => {
            breaks.set(true);
            ModelReply::call("post", json!({"text": "x"})).and_call("say", json!({"text": "y"}))
        }
        Some(_) => ModelReply::text("posted"),
    });
    let builder = Agent::builder().model(model).toolkit(probe);
    let agent = builder.database(database.clone()).build().await.unwrap();
    let error = agent.run(talk("alice", "chat"), "Go").await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(log.entries().is_empty());
}

#[tokio::test]
async fn a_session_that_is_full_says_so_before_the_model_is_asked_and_nothing_is_stored() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&asked);
    let model = ScriptedModel::new("counts", move |_| {
        counts.fetch_add(1, Ordering::SeqCst);
        ModelReply::text("heard")
    });
    let agent = agent(MemoryDatabase::new(), model).await;
    let prompt = "x".repeat(8 * 1024 * 1024);
    let error = agent.run(talk("alice", "chat"), prompt).await.unwrap_err();
    assert!(error.is_session_full() && !error.is_transient(), "{error}");
    assert!(
        error.to_string().contains("chat holds more than 8 MiB"),
        "{error}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let kept = agent.conversation(&person("alice"), "chat").await.unwrap();
    assert!(kept.is_empty());
    assert_eq!(say(&agent, talk("alice", "chat"), "x").await, "heard");
}
