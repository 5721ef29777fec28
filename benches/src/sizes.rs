//! `sizes`: what ten mails, a day of events, a sheet of 500 rows and a deck of 20 slides cost a model, in
//! characters, as our tools show them and as agno's do.
//!
//! Both sides read the same content of the same emulator, by tools of the same names where nothing else is
//! said.
//!
//! What counts is the text that a model gets: our result as compact JSON, which is how it is handed on,
//! and the text that agno's tool returns. What does not fit one result of ours is read on to its end,
//! and every piece counts.
//!
//! Smaller is no feat where something is missing: each part looks for all that a task may need, and fails
//! where one thing is not there.

mod day;
mod deck;
mod mails;
mod sheet;

use std::path::Path;

use serde_json::Value;

use crate::turns::{Lane, Unit};

/// Half as much.
const BAR: f64 = 0.5;

pub(crate) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let mut lanes = mails::run(python).await?;
    lanes.extend(day::run(python).await?);
    lanes.extend(sheet::run(python).await?);
    lanes.extend(deck::run(python).await?);
    Ok(lanes)
}

fn lane(case: &'static str, ours: f64, theirs: f64) -> Lane {
    against(case, "the same tools of agno 3.1.10", ours, theirs)
}

/// With what agno's side is called.
fn against(case: &'static str, other: &'static str, ours: f64, theirs: f64) -> Lane {
    Lane::new("sizes", case, other).with_bar(BAR).counted(
        Unit::Characters,
        vec![ours],
        vec![theirs],
    )
}

/// Without a bar.
fn told(case: &'static str, ours: f64, theirs: f64) -> Lane {
    lane(case, ours, theirs).without_bar()
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn characters(texts: &[String]) -> f64 {
    let counts = texts.iter().map(|text| text.chars().count());
    counts.sum::<usize>() as f64
}

/// The lines of a text that stands within a fence.
fn lines(fenced: &Value) -> Vec<String> {
    let lines = fenced.as_str().unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.starts_with('<'));
    lines.map(str::to_owned).collect()
}
