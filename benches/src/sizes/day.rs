//! A day of events, by `fetch_all_events`, in two tasks:
//!
//! - *Seeing what there is*: of each event the benchmark looks for its title, when it is, where, its link to a
//!   call, whether it belongs to a series, how many guests gave which answer, and how its description begins.
//! - *Reading the day whole*, which takes ours a `get_event` for each event with guests: there who is invited,
//!   what each of them answered and the whole description are looked for. Agno's one result has all of it. No
//!   bar is set for that: nobody reads every event of a day to its end.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use toolgate_calendar::CalendarToolkit;
use toolgate_emulator::{Emulator, Seed};
use toolgate_toolkit::Selection;

use crate::sides::{self, Agno};
use crate::turns::Lane;

use super::{characters, lane, told};

const OWNER: &str = "alice@example.com";
const SCOPE: &str = "https://www.googleapis.com/auth/calendar";
const TOOL: &str = "fetch_all_events";
const DAY: &str = include_str!("day.yaml");

/// What a task may need of the day: of each event, by its title, what the day shows of it, and what it shows
/// itself.
const FACTS: [(&str, &[&str], &[&str]); 8] = [
    (
        "Stand-up",
        &[
            "09:00",
            "09:15",
            "https://meet.google.com/abc-defg-hij",
            "standup00\"",
            r#""accepted":3,"no_reply":1,"tentative":1,"total":5"#,
        ],
        &["bob@example.com", "erin@example.com", "needs"],
    ),
    ("Offsite in Gdańsk", &["2027-03-22", "2027-03-24"], &[]),
    (
        "Review of the third quarter",
        &[
            "10:00",
            "11:30",
            "Room 4",
            "Revenue by region",
            r#""declined":1"#,
        ],
        &[
            "carol@partner.example",
            "Heidi Novak",
            "declined",
            "https://docs.example/q3",
            "churn",
            "Please read",
        ],
    ),
    ("Lunch with Dan", &["12:30", "Bar Mleczny"], &[]),
    ("Focus", &["13:30", "15:00"], &[]),
    (
        "Interview: platform engineer",
        &["15:00", "16:00", "https://zoom.example/j/1234"],
        &[
            "Ask about migrations",
            "https://forms.example/interview?id=77",
            "tentative",
        ],
    ),
    ("One to one", &["16:15", "16:45"], &["dan@example.com"]),
    ("Pick up the parcel", &["18:00", "ul. Prosta 3"], &[]),
];

pub(super) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let seed = Seed::from_yaml(DAY)?;
    let google = Emulator::builder().with_seed(seed).start().await?;
    let token = google.issue_token(OWNER, &[SCOPE]);
    let calendar = CalendarToolkit::new().with_tools(Selection::only([TOOL, "get_event"]))?;
    let tools = sides::tools(Arc::new(calendar), google.base_url().as_str(), &token)?;
    let mut agno = Agno::start(python, "calendar", (&google, &token), &json!({})).await?;
    let ours = json!({"start_date": "2027-03-22", "end_date": "2027-03-22"});
    let ours = sides::call(&tools, TOOL, ours).await?;
    let theirs =
        json!({"start_date": "2027-03-22T00:00:00+01:00", "end_date": "2027-03-23T00:00:00+01:00"});
    let theirs = agno.call(TOOL, theirs).await?;
    agno.end().await?;
    let events = ours["events"].as_array().context("no list of events")?;
    let count = theirs.done()?.as_array().map(Vec::len);
    ensure!(count == Some(events.len()), "agno has {count:?} events");
    ensure!(count == Some(FACTS.len()), "there are {count:?} events");
    let mut results = vec![ours.to_string()];
    let first = lane(
        "a day of events, seen",
        characters(&results),
        characters(std::slice::from_ref(&theirs.text)),
    );
    for event in events {
        let (_, day, itself) = facts(event)?;
        check(event, day)?;
        if !itself.is_empty() {
            let one = sides::call(&tools, "get_event", json!({"event_id": event["id"]})).await?;
            check(&one, itself)?;
            results.push(one.to_string());
        }
    }
    let whole = told(
        "a day of events, whole",
        characters(&results),
        characters(&[theirs.text]),
    );
    Ok(vec![first, whole])
}

fn facts(
    event: &Value,
) -> anyhow::Result<&'static (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
)> {
    let title = event["title"].as_str().context("no title")?;
    let facts = FACTS.iter().find(|(name, ..)| *name == title);
    facts.with_context(|| format!("no event is {title}"))
}

fn check(event: &Value, facts: &[&str]) -> anyhow::Result<()> {
    let text = event.to_string();
    for fact in facts {
        ensure!(text.contains(fact), "no {fact} in {text}");
    }
    Ok(())
}
