//! `sizes`: what ten mails and a day of events cost a model, in characters, as our tools show them and as
//! agno's do.
//!
//! Both sides read the same content of the same emulator by the same tools, which bear the same names
//! on both sides.
//!
//! What counts is the text that a model gets: our result as compact JSON, which is how it is handed on,
//! and the text that agno's tool returns. What does not fit one result of ours is read on to its end,
//! and every piece counts.
//!
//! Smaller is no feat where something is missing: each part looks for all that a task may need, and fails
//! where one thing is not there.

mod day;
mod mails;

use std::path::Path;

use crate::turns::{Lane, Unit};

/// Half as much.
const BAR: f64 = 0.5;

pub(crate) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let mut lanes = mails::run(python).await?;
    lanes.extend(day::run(python).await?);
    Ok(lanes)
}

fn lane(case: &'static str, ours: f64, theirs: f64) -> Lane {
    told(case, ours, theirs).with_bar(BAR)
}

/// Without a bar.
fn told(case: &'static str, ours: f64, theirs: f64) -> Lane {
    Lane::new("sizes", case, "the same tools of agno 3.1.10").counted(
        Unit::Characters,
        vec![ours],
        vec![theirs],
    )
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn characters(texts: &[String]) -> f64 {
    let counts = texts.iter().map(|text| text.chars().count());
    counts.sum::<usize>() as f64
}
