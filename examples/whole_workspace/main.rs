//! All five toolkits in one run, for two people at once: each is asked for figures by mail, and their run
//! finds their sheet in Drive, makes a presentation of it, books a time to show it, and drafts the answer.
//!
//! ```text
//! cargo run --example whole_workspace
//! ```
//!
//! One agent, one `GoogleAuth`: each person is asked for consent once, for the chosen tools of all five
//! services, and both runs go on side by side. Without Google credentials an emulated Google is started,
//! and alice and bob sign in at once; with `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (a client of
//! type "Web application" that redirects to `http://127.0.0.1:8080/google/callback`) it asks you, who need
//! a mail about figures and a sheet of that name. Nobody is mailed. The model is a script; give the agent a
//! language model (`toolgate-model-rig`) and the same tools.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use toolgate_auth::{ExpectedEmail, GoogleAuth, MemoryDatabase};
use toolgate_calendar::CalendarToolkit;
use toolgate_drive::DriveToolkit;
use toolgate_emulator::{Emulator, RecordedRequest, Seed};
use toolgate_examples::{Google, in_days};
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_sheets::SheetsToolkit;
use toolgate_signin::PageOptions;
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::Selection;

const WISH: &str = "Answer whoever asked for the figures: make a presentation, and find a time.";

/// Each person, what stands in their sheet alone, and what it comes to.
const PEOPLE: [(&str, &str, u32); 2] = [("alice", "Gdynia", 2_500), ("bob", "Lagos", 97)];

/// In place of what a tool did not give.
const MISSING: &str = "(nothing)";

/// What each run does at Google, one of each service.
const METHODS: [&str; 5] = [
    "gmail.users.drafts.create",
    "calendar.events.insert",
    "drive.files.list",
    "sheets.spreadsheets.get",
    "slides.presentations.batchUpdate",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::with(Seed::from_yaml(include_str!("people.yaml"))?).await?;
    let (port, people): (u16, &[&str]) = match google.emulator() {
        Some(_) => (0, &["alice", "bob"]),
        None => (8080, &["you"]),
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let agent = agent(auth(&google, &url)?).await?;
    let bound = agent.google_auth().context("the agent gives no links")?;
    let pages = toolgate_signin::router(bound.clone(), PageOptions::new())?;
    tokio::spawn(async move { axum::serve(listener, pages).await });

    let mut runs = Vec::new();
    for user in people {
        let context = RunContext::for_user(*user)?;
        let RunOutcome::ConsentRequired { link, run, .. } = agent.run(context, WISH).await? else {
            bail!("{user} was not asked for consent");
        };
        let address = format!("{user}@example.com");
        google.sign_in(&address, &link.url).await?;
        println!("{user} signed in, once for all five services");
        runs.push(agent.resume(run));
    }
    // Side by side: while one waits for Google, the other goes on.
    let outcomes = futures_util::future::try_join_all(runs).await?;
    for (user, outcome) in people.iter().zip(&outcomes) {
        println!("{user}: {outcome}");
        let is_whole = !outcome.to_string().contains(MISSING);
        ensure!(is_whole, "{user}: not everything was done");
    }
    match google.emulator() {
        Some(emulator) => check(emulator),
        None => Ok(()),
    }
}

/// What ties a link to the person it was made for; `with_user_verifier` is the other way.
fn auth(google: &Google, url: &str) -> anyhow::Result<GoogleAuth> {
    let auth = google.by_links(url)?.with_app_name("Figures");
    let auth = match google.emulator() {
        Some(_) => auth.with_expected_email(ExpectedEmail::new(|principal| {
            principal.user().map(|user| format!("{user}@example.com"))
        })),
        None => auth.allow_unverified_links(),
    };
    Ok(auth.build()?)
}

async fn agent(auth: GoogleAuth) -> anyhow::Result<Agent> {
    let gmail = Selection::only(["search_emails", "create_draft_email"]);
    let calendar = Selection::only(["find_available_slots", "create_event"]);
    let drive = Selection::only(["search_files"]);
    let sheets = Selection::only(["read_records"]);
    let slides = Selection::only(["create_from_outline"]);
    let agent = Agent::builder()
        .model(ScriptedModel::new("figures", figures))
        .database(MemoryDatabase::new())
        .google_auth(auth)
        .toolkit(GmailToolkit::new().with_tools(gmail)?)
        .toolkit(CalendarToolkit::new().with_tools(calendar)?)
        .toolkit(DriveToolkit::new().with_tools(drive)?)
        .toolkit(SheetsToolkit::new().with_tools(sheets)?)
        .toolkit(SlidesToolkit::new().with_tools(slides)?);
    Ok(agent.build().await?)
}

/// One step a turn, each from what the ones before it gave.
fn figures(conversation: &Conversation<'_>) -> ModelReply {
    let result = |tool| conversation.result_of(tool).cloned().unwrap_or_default();
    match conversation.turn() {
        0 => ModelReply::call(
            "search_emails",
            json!({"query": "in:inbox subject:figures", "count": 1}),
        )
        .and_call(
            "search_files",
            json!({"name": "Figures", "type": "spreadsheet", "max_results": 1}),
        )
        .and_call(
            "find_available_slots",
            json!({"start_date": in_days(1), "end_date": in_days(5), "duration_minutes": 30}),
        ),
        1 => {
            let sheet = &result("search_files")["files"][0]["id"];
            ModelReply::call("read_records", json!({"spreadsheet_id": sheet}))
        }
        2 => {
            let outline = outline(&result("read_records"));
            ModelReply::call("create_from_outline", json!({"outline": outline}))
        }
        3 => {
            let slot = &result("find_available_slots")["available_slots"][0];
            let event = json!({"title": "The figures", "start_date": slot["start"],
                "end_date": slot["end"], "description": result("create_from_outline")["url"]});
            ModelReply::call("create_event", event)
        }
        4 => {
            let (deck, event) = (result("create_from_outline"), result("create_event"));
            let body = format!(
                "The figures: {}. Shall we talk at {}?",
                text(&deck["url"]),
                text(&event["event"]["start"])
            );
            let mail = &result("search_emails")["emails"][0]["id"];
            ModelReply::call(
                "create_draft_email",
                json!({"message_id": mail, "body": body}),
            )
        }
        _ => ModelReply::text(format!(
            "made {}, to be shown at {}, and drafted {}",
            text(&result("create_from_outline")["url"]),
            text(&result("create_event")["event"]["start"]),
            text(&result("create_draft_email")["subject"])
        )),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or(MISSING)
}

/// The rows of a sheet as a table, with the total for the speaker.
fn outline(records: &Value) -> String {
    let lines = text(&records["rows"]).lines();
    // Without what says whose words these are, and without the numbers of rows.
    let rows: Vec<Vec<&str>> = lines
        .filter(|line| !line.starts_with('<'))
        .map(|line| line.split(',').skip(1).collect())
        .collect();
    let sales = rows
        .iter()
        .filter_map(|row| row.last()?.parse::<i64>().ok());
    let total: i64 = sales.sum();
    let mut table: Vec<String> = rows
        .iter()
        .map(|row| format!("| {} |", row.join(" | ")))
        .collect();
    let columns = rows.first().map_or(0, Vec::len);
    table.insert(table.len().min(1), format!("|{}", " --- |".repeat(columns)));
    let table = table.join("\n");
    format!("# The figures\n\n## By region\n\n{table}\n\n> Notes: {total} in all\n")
}

/// Who reached which service, whose presentation holds what, and how often anybody was asked.
fn check(emulator: &Emulator) -> anyhow::Result<()> {
    let requests = emulator.requests();
    for (user, own, total) in PEOPLE {
        let address = format!("{user}@example.com");
        let is_theirs = |it: &&RecordedRequest| it.account.as_deref() == Some(&address);
        for method in METHODS {
            let mut calls = requests
                .iter()
                .filter(|it| it.api_method.as_deref() == Some(method));
            let done = calls.any(|it| is_theirs(&it) && it.status == Some(200));
            ensure!(done, "{user}: nothing came of {method}");
        }
        let notes = format!("{total} in all");
        for words in [own, &notes] {
            let holding = requests.iter().filter(|it| it.body.contains(words));
            let holding: Vec<_> = holding.collect();
            ensure!(!holding.is_empty(), "nothing was made of {words}");
            let is_own = holding.iter().all(is_theirs);
            ensure!(is_own, "{words} is not {user}'s alone");
        }
    }
    let consents = requests.iter().filter(|it| it.path == "/o/oauth2/v2/auth");
    let consents = consents.count();
    ensure!(consents == 2, "consent was asked for {consents} times");
    println!(
        "the emulator's log: consent was asked for once each, and nobody's figures met another's"
    );
    Ok(())
}
