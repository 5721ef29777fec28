//! An agent with Gmail's tools on a loopback Google, driven by each provider: it pauses for
//! consent, the person gives it in their browser, and it reads two people's mail at once.

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use toolgate_auth::{ClientSecret, ExpectedEmail, GoogleAuth, MemoryDatabase, OAuthClient};
use toolgate_emulator::{Emulator, Person};
use toolgate_framework::{Agent, Message, RunContext, RunEvent, RunStream};
use toolgate_gmail::GmailToolkit;
use toolgate_http::Endpoints;
use toolgate_model_rig::RigModel;
use toolgate_signin::PageOptions;

use crate::script::{Format, anthropic, chat, gemini, ollama, openai};
use crate::server::Provider;
use crate::wire::{How, KEY, builder};

/// An agent whose sign-in pages are served.
struct Site {
    agent: Agent,
    /// Stops when it is dropped.
    _emulator: Emulator,
    pages: JoinHandle<()>,
}

impl Site {
    async fn open(model: RigModel) -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let redirect = format!("{base}/google/callback");
        emulator.register_redirect_uri(&redirect).unwrap();
        let client = OAuthClient::new(emulator.client_id())
            .with_secret(ClientSecret::parse(emulator.client_secret()).unwrap());
        let google = GoogleAuth::builder(client)
            .with_public_url(&base)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
            .with_expected_email(ExpectedEmail::new(|principal| {
                principal.user().map(|user| format!("{user}@example.com"))
            }))
            .build()
            .unwrap();
        let agent = Agent::builder()
            .model(model)
            .database(MemoryDatabase::new())
            .google_auth(google)
            .toolkit(GmailToolkit::new());
        let agent = agent.build().await.unwrap();
        let auth = agent.google_auth().unwrap().clone();
        let router = toolgate_signin::router(auth, PageOptions::new()).unwrap();
        let pages = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            agent,
            _emulator: emulator,
            pages,
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.pages.abort();
    }
}

async fn all(mut run: RunStream) -> (Vec<String>, RunEvent) {
    let mut told = Vec::new();
    let mut last = None;
    while let Some(event) = run.next().await {
        let event = event.unwrap();
        assert!(!format!("{event:?}").contains("CANARY"));
        match &event {
            RunEvent::Text(text) => told.push(text.clone()),
            RunEvent::ToolStart { call } => told.push(format!("start {}", call.name)),
            RunEvent::ToolEnd { name, is_error, .. } => told.push(format!("end {name} {is_error}")),
            _ => {}
        }
        last = Some(event);
    }
    (told, last.unwrap())
}

async fn reads_mail_after_consent(reference: &str, format: Format) {
    let how = How::InPieces;
    let calls = [
        ("search_emails", json!({"query": "is:unread"})),
        ("search_emails", json!({"query": "from:carol"})),
    ];
    let script = [
        (format.calls)(how, &calls),
        (format.text)(how, &["You have ", "mail."]),
    ];
    let provider = Provider::start(script).await;
    let site = Site::open(builder(reference, &provider).build().unwrap()).await;
    let alice = RunContext::for_user("alice").unwrap();
    let (told, last) = all(site.agent.run_stream(alice, "What is unread?")).await;
    assert_eq!(
        told,
        ["start search_emails", "start search_emails"],
        "{reference}"
    );
    let RunEvent::ConsentRequired { link, run, .. } = last else {
        panic!("{reference}: {last:?}")
    };
    assert_eq!(run.waiting().len(), 2);
    let person = Person::new("alice@example.com");
    let page = person.follow(&link.url).await.unwrap();
    assert!(page.body.contains("onnected"), "{reference}");
    let (told, last) = all(site.agent.resume_stream(run)).await;
    let RunEvent::Completed(answer) = last else {
        panic!("{reference}: {last:?}")
    };
    assert_eq!(answer.text, "You have mail.");
    assert_eq!(
        told[2..],
        [
            "end search_emails false",
            "end search_emails false",
            "You have ",
            "mail."
        ]
    );
    let found = counts(&answer.messages);
    assert!(
        found.len() == 2 && found.iter().all(|count| *count > 0),
        "{found:?}"
    );
    assert!(found[0] != found[1], "two different searches");
    // What the tools found went to the model, and no token did.
    let asked = provider.asked();
    let sent = asked[1].body.to_string();
    assert!(sent.contains("carol@partner.example"), "{reference}");
    assert!(
        !sent.contains("CANARY") && !sent.contains(KEY),
        "{reference}"
    );
    assert!(
        answer.usage.input_tokens >= 200,
        "{reference}: {:?}",
        answer.usage
    );
}

/// What each search found, in the calls' order.
fn counts(messages: &[Message]) -> Vec<u64> {
    let results = messages.iter().filter_map(|message| match message {
        Message::ToolResult { content, .. } => content["count"].as_u64(),
        _ => None,
    });
    results.collect()
}

#[tokio::test]
async fn openai_reads_mail_after_consent() {
    reads_mail_after_consent("openai:gpt-5.2", openai::FORMAT).await;
}

#[tokio::test]
async fn anthropic_reads_mail_after_consent() {
    reads_mail_after_consent("anthropic:claude-opus-4-5", anthropic::FORMAT).await;
}

#[tokio::test]
async fn gemini_reads_mail_after_consent() {
    reads_mail_after_consent("gemini:gemini-2.5-flash", gemini::FORMAT).await;
}

#[tokio::test]
async fn ollama_reads_mail_after_consent() {
    reads_mail_after_consent("ollama:qwen3", ollama::FORMAT).await;
}

#[tokio::test]
async fn a_provider_of_chat_completions_reads_mail_after_consent() {
    reads_mail_after_consent("groq:llama", chat::FORMAT).await;
}

/// A call that makes no sense is the model's to mend, whatever the provider.
#[tokio::test]
async fn wrong_arguments_go_back_to_the_model_as_data() {
    let how = How::Whole;
    let calls = [("search_emails", json!({"query": 7})), ("fly", Value::Null)];
    let script = [
        (chat::FORMAT.calls)(how, &calls),
        (chat::FORMAT.text)(how, &["Sorry."]),
    ];
    let provider = Provider::start(script).await;
    let site = Site::open(builder("groq:llama", &provider).build().unwrap()).await;
    let alice = RunContext::for_user("alice").unwrap();
    let outcome = site.agent.run(alice, "What is unread?").await.unwrap();
    assert_eq!(outcome.answer(), Some("Sorry."));
    let sent = provider.asked()[1].body["messages"].to_string();
    assert!(sent.contains("invalid_argument") && sent.contains("not_found"));
}
