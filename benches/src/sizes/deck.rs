//! A deck of 20 slides, in two tasks:
//!
//! - *Reading it*, by `get_presentation` on both sides: of each slide each text, each cell of its tables, its
//!   notes and the ids by which it and its elements, pictures among them, are changed are looked for. Agno's takes
//!   a mask of `fields` from a model that knows Google's; without one, as here, it gives Google's raw answer.
//! - *What is said*, by `read_all_text`: agno's leaves out the notes, ours are looked for. No bar is set, since
//!   neither has much beside the words.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use toolgate_emulator::{Emulator, Seed};
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::RunTools;

use crate::sides::{self, Agno};
use crate::turns::Lane;

use super::{against, characters, told};

const OWNER: &str = "alice@example.com";
const SCOPE: &str = "https://www.googleapis.com/auth/presentations.readonly";
const ID: &str = "1OfficeSlidesReview00000000000001";

pub(super) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let google = Emulator::builder()
        .with_seed(Seed::office())
        .start()
        .await?;
    let token = google.issue_token(OWNER, &[SCOPE]);
    let base = google.base_url();
    let tools = sides::tools(Arc::new(SlidesToolkit::new()), base.as_str(), &token)?;
    let mut agno = Agno::start(python, "slides", (&google, &token), &json!({})).await?;
    let arguments = json!({"presentation_id": ID});
    let raw = agno.call("get_presentation", arguments.clone()).await?;
    let said = agno.call("read_all_text", arguments).await?;
    agno.end().await?;
    let deck = raw.done()?;
    let slides = deck["slides"].as_array().context("agno has no slides")?;
    ensure!(slides.len() == 20, "agno has {} slides", slides.len());

    let read = whole(&tools, "get_presentation").await?;
    let spoken = whole(&tools, "read_all_text").await?;
    for slide in slides {
        check(slide, &shown(&read, slide), true)?;
        check(slide, &shown(&spoken, slide), false)?;
    }
    Ok(vec![
        against(
            "a deck of 20 slides",
            "get_presentation of agno 3.1.10 without a mask",
            size(&read),
            characters(&[raw.text]),
        ),
        told(
            "a deck of 20 slides, its words",
            size(&spoken),
            characters(&[said.text]),
        ),
    ])
}

/// All pages of a presentation.
async fn whole(tools: &RunTools, tool: &str) -> anyhow::Result<Vec<Value>> {
    let mut arguments = json!({"presentation_id": ID});
    let mut results = Vec::new();
    loop {
        let read = sides::call(tools, tool, arguments.clone()).await?;
        let next = read["next_page_token"].clone();
        results.push(read);
        if next.is_null() {
            return Ok(results);
        }
        arguments["page_token"] = next;
    }
}

/// What the pages show of a slide, which may go on behind the end of one.
fn shown(pages: &[Value], slide: &Value) -> String {
    let slides = pages.iter().filter_map(|page| page["slides"].as_array());
    let parts = slides.flatten();
    let parts = parts.filter(|it| it["slide_id"] == slide["objectId"]);
    parts.map(Value::to_string).collect()
}

/// The size of them all.
fn size(pages: &[Value]) -> f64 {
    let texts: Vec<String> = pages.iter().map(Value::to_string).collect();
    characters(&texts)
}

/// All that Google tells of a slide and a person sees or hears is there; with ids, what can be changed too.
fn check(slide: &Value, text: &str, with_ids: bool) -> anyhow::Result<()> {
    let mut words = Vec::new();
    runs(slide, &mut words);
    ensure!(!words.is_empty(), "a slide without a word");
    for word in words {
        // As it stands in JSON.
        let word = json!(word.trim()).to_string();
        let word = word.trim_matches('"');
        ensure!(text.contains(word), "no {word:?}");
    }
    let mut ids = vec![&slide["objectId"]];
    let elements = slide["pageElements"].as_array().into_iter().flatten();
    if with_ids {
        ids.extend(elements.map(|element| &element["objectId"]));
    }
    for id in ids {
        ensure!(text.contains(&id.to_string()), "no {id}");
    }
    Ok(())
}

/// The texts of a page, its tables and its notes.
fn runs<'a>(value: &'a Value, words: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            if let Some(content) = value["textRun"]["content"].as_str() {
                words.extend(content.lines().filter(|line| !line.trim().is_empty()));
            }
            members.values().for_each(|it| runs(it, words));
        }
        Value::Array(items) => items.iter().for_each(|it| runs(it, words)),
        _ => {}
    }
}
