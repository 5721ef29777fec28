//! `sizes`: what ten mails cost a model, in characters, as our tools show them and as agno's do.
//!
//! Both sides read the same ten mails at the same emulator: each mail whole, by the tool that reads
//! one (`get_message` is its name on both sides), and all ten on one page of `search_emails`. What
//! counts is the text that a model gets: our result as compact JSON, which is how the run loop hands
//! it on, and the text that agno's tool returns. A mail that does not fit one result of ours is read
//! on to its end, and every piece counts.
//!
//! Smaller is no feat where something is missing. So of each mail that our `get_message` shows, sender,
//! subject, date, facts of the text, the target of every link of its HTML, and the names of its files
//! are looked for, and the benchmark fails where one is not there. A page of our search shows the
//! beginning of each text only, and is held to the headers.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};
use toolgate_toolkit::RunTools;

use crate::mailbox::{self, AgnoMail};
use crate::mails::{MAILS, Mail};
use crate::turns::{Lane, Unit};

/// Half as much.
const BAR: f64 = 0.5;

pub(crate) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let ids: Vec<String> = (0..MAILS.len())
        .map(|number| format!("18c0a11ce{number:07x}"))
        .collect();
    let mails = MAILS.iter().map(Mail::seed).zip(&ids);
    let mails = mails.map(|(mail, id)| mail.with_id(id)).collect();
    let google = mailbox::google(mails).await?;
    let tools = mailbox::tools(google.base_url().as_str(), &mailbox::token(&google))?;
    let mut agno = AgnoMail::start(python, &google).await?;
    let read = read(&tools, &mut agno, &ids).await?;
    let found = found(&tools, &mut agno).await?;
    agno.end().await?;
    Ok(vec![read, found])
}

/// Each mail whole.
async fn read(tools: &RunTools, agno: &mut AgnoMail, ids: &[String]) -> anyhow::Result<Lane> {
    let (mut ours, mut theirs) = (0.0, 0.0);
    for (mail, id) in MAILS.iter().zip(ids) {
        let shown = whole(tools, id).await?;
        check(mail, &shown).context(mail.name)?;
        let one = characters(&shown);
        let arguments = json!({"message_id": id});
        let other = agno.call("get_message", arguments).await?.text;
        let subject: Value = serde_json::from_str(&other).context("agno's answer is no JSON")?;
        anyhow::ensure!(subject["subject"].is_string(), "agno says {other}");
        let other = characters(&[other]);
        eprintln!(
            "sizes: {}: {one} characters against {other} of agno's",
            mail.name
        );
        ours += one;
        theirs += other;
    }
    let against = "get_message of agno 3.1.10";
    Ok(lane("get_message of ten mails", against, ours, theirs))
}

/// All of them on one page.
async fn found(tools: &RunTools, agno: &mut AgnoMail) -> anyhow::Result<Lane> {
    let arguments = json!({"query": "in:inbox", "count": MAILS.len()});
    let page = mailbox::call(tools, "search_emails", arguments.clone()).await?;
    let other = agno.call("search_emails", arguments).await?;
    for count in [mailbox::count(&page)?, other.emails()?] {
        anyhow::ensure!(count == MAILS.len(), "{count} mails were found");
    }
    // The newest comes first.
    let shown = page["emails"].as_array().into_iter().flatten();
    for (mail, shown) in MAILS.iter().rev().zip(shown) {
        check_head(mail, shown).context(mail.name)?;
        let files = shown["attachments"].as_u64().unwrap_or_default();
        anyhow::ensure!(files > 0 || mail.files.is_empty(), "no file is counted");
    }
    let (ours, theirs) = (
        characters(&[page.to_string()]),
        characters(&[other.text]),
    );
    let against = "search_emails of agno 3.1.10";
    Ok(lane("search_emails of ten mails", against, ours, theirs))
}

fn lane(case: &'static str, against: &'static str, ours: f64, theirs: f64) -> Lane {
    Lane::new("sizes", case, against)
        .with_bar(BAR)
        .counted(Unit::Characters, vec![ours], vec![theirs])
}

/// All results that it takes to read a mail to its end.
async fn whole(tools: &RunTools, id: &str) -> anyhow::Result<Vec<String>> {
    let mut results = Vec::new();
    let mut arguments = json!({"message_id": id});
    loop {
        let result = mailbox::call(tools, "get_message", arguments.clone()).await?;
        results.push(result.to_string());
        let Some(next) = result["next_offset"].as_u64() else {
            return Ok(results);
        };
        arguments["offset"] = next.into();
    }
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn characters(results: &[String]) -> f64 {
    let counts = results.iter().map(|result| result.chars().count());
    counts.sum::<usize>() as f64
}

/// What a task may need of a mail is there.
fn check(mail: &Mail, results: &[String]) -> anyhow::Result<()> {
    let results: Vec<Value> = results
        .iter()
        .map(|result| serde_json::from_str(result))
        .collect::<Result<_, _>>()?;
    let first = results.first().context("there is no result")?;
    check_head(mail, first)?;
    let body: Vec<&str> = results
        .iter()
        .filter_map(|result| result["body"].as_str())
        .collect();
    let body = body.concat();
    let facts = mail.facts.iter().map(|&fact| fact.to_owned());
    for wanted in facts.chain(mail.links()) {
        let plain = wanted.trim_start_matches("mailto:").trim_start_matches("tel:");
        anyhow::ensure!(body.contains(plain), "{wanted:?} is not in {body}");
    }
    let files = first["attachments"].as_array().into_iter().flatten();
    let files: Vec<&str> = files.filter_map(|file| file["filename"].as_str()).collect();
    for wanted in mail.files {
        let there = files.iter().any(|file| file.starts_with(wanted));
        anyhow::ensure!(there, "no {wanted} among {files:?}");
    }
    Ok(())
}

fn check_head(mail: &Mail, shown: &Value) -> anyhow::Result<()> {
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    for (member, wanted) in [("subject", mail.subject), ("date", mail.date)] {
        let found = text(member);
        anyhow::ensure!(found == wanted, "{member} is {found:?}, not {wanted:?}");
    }
    let from = text("from");
    anyhow::ensure!(from.contains(mail.from), "it is from {from:?}");
    Ok(())
}
