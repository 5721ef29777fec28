//! One consent for three toolkits of which the person denies one: what was granted works, and what was
//! denied asks for itself alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::store::Database;
use toolgate_calendar::CalendarToolkit;
use toolgate_drive::DriveToolkit;
use toolgate_emulator::{Emulator, Person, RecordedRequest};
use toolgate_framework::{Agent, Message, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use url::Url;

use crate::world::{Databases, address, google};

/// All that the core tools of Drive may be allowed by.
const DRIVE: [&str; 3] = [
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/drive.file",
    "https://www.googleapis.com/auth/drive.readonly",
];
const TOOLS: [&str; 3] = ["search_emails", "list_events", "list_files"];

/// Asks for mail, events and files at once, and is done with the answers.
fn all_at_once() -> ScriptedModel {
    ScriptedModel::new("eager", |it| match it.turn() {
        0 => ModelReply::call("search_emails", json!({"query": "in:inbox"}))
            .and_call("list_events", json!({}))
            .and_call("list_files", json!({})),
        _ => ModelReply::text("done"),
    })
}

/// An agent with three toolkits of one consent, whose sign-in pages are served.
async fn agent(emulator: &Emulator, database: Arc<dyn Database>) -> Agent {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let callback = format!("{url}/google/callback");
    emulator.register_redirect_uri(&callback).unwrap();
    let agent = Agent::builder()
        .model(all_at_once())
        .database(database)
        .google_auth(google(emulator, &url))
        .toolkit(GmailToolkit::new())
        .toolkit(CalendarToolkit::new())
        .toolkit(DriveToolkit::new());
    let agent = agent.build().await.unwrap();
    let bound = agent.google_auth().unwrap().clone();
    let pages = toolgate_signin::router(bound, PageOptions::new()).unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    agent
}

async fn run(agent: &Agent) -> RunOutcome {
    let context = RunContext::for_user("alice").unwrap();
    agent.run(context, "everything").await.unwrap()
}

/// What Google was asked for by a link that this person followed.
async fn asked_for(emulator: &Emulator, link: &Url, person: &Person) -> Vec<String> {
    emulator.clear_requests();
    let page = person.follow(link).await.unwrap();
    assert!(page.status.is_success(), "{}", page.body);
    let requests = emulator.requests();
    let consent = requests.iter().find(|it| it.path == "/o/oauth2/v2/auth");
    let query = &consent.unwrap().query;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, scopes) = pairs.find(|(name, _)| name == "scope").unwrap();
    scopes.split(' ').map(str::to_owned).collect()
}

fn requests_of(emulator: &Emulator, method: &str) -> usize {
    let requests = emulator.requests();
    let of_method = |it: &&RecordedRequest| it.api_method.as_deref() == Some(method);
    requests.iter().filter(of_method).count()
}

/// The tools that gave a result, and none an error.
fn results(outcome: &RunOutcome) -> Vec<&str> {
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}");
    };
    let results = answer.messages.iter().filter_map(|message| match message {
        Message::ToolResult {
            name,
            is_error,
            content,
            ..
        } => {
            assert!(!is_error, "{name}: {content}");
            Some(name.as_str())
        }
        _ => None,
    });
    results.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_granted_works_where_another_toolkit_was_denied() {
    let databases = Databases::fresh("one of three denied over PostgreSQL").await;
    for database in databases.all().await {
        let emulator = Emulator::builder().start().await.unwrap();
        let agent = agent(&emulator, database).await;
        let RunOutcome::ConsentRequired {
            link, run: first, ..
        } = run(&agent).await
        else {
            panic!("nobody was asked for consent");
        };
        assert_eq!(first.waiting().len(), TOOLS.len());
        let declines = Person::new(address("alice")).declining(&DRIVE);
        let asked = asked_for(&emulator, &link.url, &declines).await;
        assert!(
            DRIVE.iter().any(|it| asked.iter().any(|asked| asked == it)),
            "{asked:?}"
        );
        emulator.clear_requests();
        let RunOutcome::ConsentRequired {
            link,
            services,
            run,
        } = agent.resume(first).await.unwrap()
        else {
            panic!("Drive answered without consent");
        };
        assert_eq!(services, ["drive"]);
        let waiting: Vec<_> = run.waiting().iter().map(|it| it.name.as_str()).collect();
        assert_eq!(waiting, ["list_files"]);
        for (method, times) in [
            ("gmail.users.messages.list", 1),
            ("calendar.events.list", 1),
            ("drive.files.list", 0),
        ] {
            assert_eq!(requests_of(&emulator, method), times, "{method}");
        }
        let allows = Person::new(address("alice"));
        let asked = asked_for(&emulator, &link.url, &allows).await;
        assert!(
            asked
                .iter()
                .all(|it| !it.contains("gmail") && !it.contains("calendar")),
            "{asked:?}"
        );
        let outcome = agent.resume(run).await.unwrap();
        let mut results = results(&outcome);
        results.sort_unstable();
        assert_eq!(results, ["list_events", "list_files", "search_emails"]);
        assert_eq!(requests_of(&emulator, "drive.files.list"), 1);
        assert_eq!(
            requests_of(&emulator, "gmail.users.messages.list"),
            0,
            "it was asked again"
        );
    }
}
