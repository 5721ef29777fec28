//! Ten mails, in two tasks of the same names on both sides.
//!
//! - *Reading all ten whole*, each mail by `get_message`, and the conversation by `get_thread`. Four of
//!   the ten are HTML alone, as newsletters, shops and services send it. Four bring a plain text as
//!   well, which agno shows instead: of these ours saves nothing but the history below a conversation's
//!   mails, and has the links, which such texts often lack. So how many there are of either kind decides
//!   what comes out; standard error says it of each. With plain texts in the newsletter and the
//!   notification too, and the conversation's last mail alone in place of the conversation, ours was
//!   0.77 times agno's, and would miss the bar.
//! - *Seeing what there is*, all ten on one page of `search_emails`. agno's page has every text that it
//!   finds, ours the beginning of each, for which the page before told what to read whole.
//!
//! Where mails are read, the benchmark looks for each one's sender, subject, date, facts of the text,
//! targets of all links of its HTML and the names of its files. On the page it looks for sender, subject,
//! date and whether files are attached.

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use toolgate_toolkit::RunTools;

use crate::mailbox;
use crate::mails::{self, MAILS, Mail, THREAD};
use crate::sides::{self, Agno};
use crate::turns::Lane;

use super::{characters, lane};

pub(super) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let mails = mails::history().chain(MAILS.iter().map(|mail| match mail.name {
        THREAD => mails::end_of_history(mail),
        _ => mail.seed(),
    }));
    let google = mailbox::google(mails.collect()).await?;
    let tools = mailbox::tools(google.base_url().as_str(), &mailbox::token(&google))?;
    let mut agno = mailbox::agno(python, &google).await?;
    let (page, found) = found(&tools, &mut agno).await?;
    let read = read(&tools, &mut agno, &page).await?;
    agno.end().await?;
    Ok(vec![read, found])
}

/// All of them on one page, the newest last.
async fn found(tools: &RunTools, agno: &mut Agno) -> anyhow::Result<(Vec<Value>, Lane)> {
    let arguments = json!({"query": "in:inbox", "count": MAILS.len()});
    let ours = sides::call(tools, "search_emails", arguments.clone()).await?;
    let theirs = agno.call("search_emails", arguments).await?;
    for count in [mailbox::count(&ours)?, mailbox::count(&theirs.done()?)?] {
        ensure!(count == MAILS.len(), "{count} mails were found");
    }
    let mut page = ours["emails"].as_array().cloned().unwrap_or_default();
    page.reverse();
    for (mail, shown) in MAILS.iter().zip(&page) {
        check_head(mail, shown, &shown["subject"]).context(mail.name)?;
        let files = shown["attachments"].as_u64().unwrap_or_default();
        ensure!((files > 0) != mail.files.is_empty(), "{}: files", mail.name);
    }
    let ours = characters(&[ours.to_string()]);
    let theirs = characters(&[theirs.text]);
    Ok((page, lane("a page of ten mails", ours, theirs)))
}

/// Each of them whole.
async fn read(tools: &RunTools, agno: &mut Agno, page: &[Value]) -> anyhow::Result<Lane> {
    let (mut ours, mut theirs) = (0.0, 0.0);
    for (mail, found) in MAILS.iter().zip(page) {
        let (tool, arguments) = match mail.name {
            THREAD => ("get_thread", json!({"thread_id": found["thread_id"]})),
            _ => ("get_message", json!({"message_id": found["id"]})),
        };
        let other = agno.call(tool, arguments.clone()).await?;
        other.done()?;
        let other = characters(&[other.text]);
        let results = whole(tools, tool, arguments).await?;
        check(mail, &results).context(mail.name)?;
        let texts: Vec<String> = results.iter().map(Value::to_string).collect();
        let own = characters(&texts);
        eprintln!("sizes: {}: {own} characters, agno's {other}", mail.name);
        ours += own;
        theirs += other;
    }
    Ok(lane("ten mails, whole", ours, theirs))
}

/// All results that it takes to read something to its end.
async fn whole(tools: &RunTools, tool: &str, mut arguments: Value) -> anyhow::Result<Vec<Value>> {
    let mut results = Vec::new();
    loop {
        let result = sides::call(tools, tool, arguments.clone()).await?;
        let (offset, skip) = (&result["next_offset"], &result["next_skip"]);
        if let Some(offset) = offset.as_u64() {
            arguments["offset"] = offset.into();
        } else if let Some(skip) = skip.as_u64() {
            arguments["skip"] = skip.into();
        } else {
            results.push(result);
            return Ok(results);
        }
        results.push(result);
    }
}

/// What a task may need of a mail is there.
fn check(mail: &Mail, results: &[Value]) -> anyhow::Result<()> {
    // The mails of a conversation, or the pieces of a mail.
    let turns = results
        .iter()
        .filter_map(|result| result["messages"].as_array());
    let turns: Vec<&Value> = turns.flatten().collect();
    let pieces = if turns.is_empty() {
        results.iter().collect()
    } else {
        turns
    };
    let text: String = pieces
        .iter()
        .flat_map(|piece| [&piece["from"], &piece["body"]])
        .filter_map(Value::as_str)
        .collect();
    let facts = mail.facts.iter().map(|&fact| fact.to_owned());
    for wanted in facts.chain(mail.links()) {
        let bare = wanted
            .trim_start_matches("mailto:")
            .trim_start_matches("tel:");
        ensure!(text.contains(bare), "{wanted:?} is not in {text}");
    }
    let newest = if mail.name == THREAD {
        pieces.last()
    } else {
        pieces.first()
    };
    let newest = *newest.context("there is no result")?;
    // A conversation says its subject once.
    let subject = results.first().map(|result| &result["subject"]);
    check_head(mail, newest, subject.context("there is no result")?)?;
    let files = newest["attachments"].as_array().into_iter().flatten();
    let files: Vec<&str> = files.filter_map(|file| file["filename"].as_str()).collect();
    for wanted in mail.files {
        let there = files.iter().any(|file| file.starts_with(wanted));
        ensure!(there, "no {wanted} among {files:?}");
    }
    Ok(())
}

fn check_head(mail: &Mail, shown: &Value, subject: &Value) -> anyhow::Result<()> {
    let bare = |subject: &str| subject.trim_start_matches("Re: ").to_owned();
    let subject = subject.as_str().map(bare);
    ensure!(
        subject == Some(bare(mail.subject)),
        "it is about {subject:?}"
    );
    let text = |name: &str| shown[name].as_str().unwrap_or_default();
    ensure!(text("date") == mail.date, "it is of {}", text("date"));
    ensure!(
        text("from").contains(mail.from),
        "it is from {}",
        text("from")
    );
    Ok(())
}
