//! `tool-overhead`: what a tool costs the processor beyond a program that is written by hand.
//!
//! Both sides find fifty mails and read them, at one Google, by the same three requests: a list, and
//! two batches of twenty-five at once, answered in gzip.
//!
//! - *Ours* is `search_emails` as an agent calls it, from its arguments as JSON (read, checked against
//!   the schema, taken through the pipeline) to the text that a model gets, which is fitted into its
//!   budget of characters, each mail fenced off as content from outside. The token is an explicit one;
//!   what the guard takes is the business of `resolve-hot`.
//! - *By hand* is [`ByHand`]: google-gmail1's hub for the list, its HTTP client for the batches, its
//!   types for the mails, and a struct of the same facts of each mail, written as JSON. It has none of
//!   what a tool has to have: no schema, no budget, no deadline, no retries, no fence, and an error is
//!   the end. HTML becomes Markdown by the same library on both sides, since what that takes is not
//!   the tool's doing; it is most of the time of mails as they come in.
//!
//! Beside short plain mails, of which a program by hand makes next to nothing, what a tool has to do
//! beyond it is no small part, and their bar is not met: some 10 µs a mail go into addresses and
//! subjects decoded and cleaned, each mail measured and cut to its share of the budget, the result as
//! a tree of values that the pipeline checks, and byte-wise leniency in what is read.
//!
//! That both say the same of each mail is checked before anything is measured. What counts is the
//! processor's time of this whole process, in user mode and in the kernel, so that neither waiting nor
//! what else the machine does is in it. Google is another process.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use toolgate_emulator::SeedMessage;
use toolgate_toolkit::RunTools;

use crate::by_hand::{ByHand, Found};
use crate::child::Child;
use crate::mailbox;
use crate::mails::{MAILS, Mail};
use crate::sides;
use crate::turns::{Lane, per_call};

const FIFTY: usize = 50;
const QUERY: &str = "in:inbox";
const BAR: f64 = 1.15;
const CALLS: usize = 10;
const ROUNDS: usize = 40;

/// What the mails are like: short plain ones, beside which a tool's own work shows most, and others
/// as they come in, of those kinds that a program by hand would read alike.
const PLAIN: &str = "plain mails";
const MIXED: &str = "mails as they come in";
const KINDS: [&str; 6] = [
    "newsletter",
    "invoice",
    "thread",
    "personal",
    "notification",
    "shipping",
];

pub(crate) async fn run() -> anyhow::Result<Vec<Lane>> {
    let mut lanes = Vec::new();
    for mails in [PLAIN, MIXED] {
        lanes.push(run_with(mails).await?);
    }
    Ok(lanes)
}

async fn run_with(mails: &'static str) -> anyhow::Result<Lane> {
    let google = Google::start(mails).await?;
    let Place { base, token } = &google.place;
    let tools = mailbox::tools(base, token)?;
    let by_hand = ByHand::new(base, token);
    compare(&ours(&tools).await?, &by_hand.search(QUERY, FIFTY).await?)?;
    let lane = Lane::new("tool-overhead", mails, "google-gmail1 by hand")
        .with_bar(BAR)
        .measure(
            ROUNDS,
            async || {
                let start = processor_time()?;
                for _ in 0..CALLS {
                    std::hint::black_box(ours(&tools).await?);
                }
                Ok(per_call(processor_time()?.saturating_sub(start), CALLS))
            },
            async || {
                let start = processor_time()?;
                for _ in 0..CALLS {
                    let found = by_hand.search(QUERY, FIFTY).await?;
                    std::hint::black_box(serde_json::to_string(&found)?);
                }
                Ok(per_call(processor_time()?.saturating_sub(start), CALLS))
            },
        )
        .await?;
    google.end().await?;
    Ok(lane)
}

async fn ours(tools: &RunTools) -> anyhow::Result<String> {
    let arguments = json!({"query": QUERY, "count": FIFTY});
    let page = sides::call(tools, "search_emails", arguments).await?;
    Ok(page.to_string())
}

/// Of this process, all its threads.
fn processor_time() -> anyhow::Result<Duration> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec)?, u32::try_from(time.tv_nsec)?);
    Ok(Duration::new(seconds, nanos))
}

/// Both found the same mails and say the same of each.
fn compare(ours: &str, by_hand: &[Found]) -> anyhow::Result<()> {
    let ours: Value = serde_json::from_str(ours)?;
    let ours = ours["emails"].as_array().context("no list of mails")?;
    for count in [ours.len(), by_hand.len()] {
        ensure!(count == FIFTY, "{count} mails were found");
    }
    for (ours, by_hand) in ours.iter().zip(by_hand) {
        let by_hand = serde_json::to_value(by_hand)?;
        for member in ["id", "thread_id", "date", "labels", "unread", "attachments"] {
            let (one, other) = (&ours[member], &by_hand[member]);
            ensure!(one == other, "{member}: {one} and {other}");
        }
        // Ours are cut to what the page has room for; quotes and brackets are a matter of taste.
        for member in ["from", "to", "subject", "excerpt"] {
            let text = |it: &Value| it[member].as_str().unwrap_or_default().to_owned();
            let bare = |text: &str| text.replace(['"', '<', '>'], "");
            let (one, other) = (text(ours), bare(&text(&by_hand)));
            let one = bare(uncut(unfenced(&one)));
            ensure!(!one.is_empty(), "no {member}");
            ensure!(other.starts_with(&one), "{member}: {one:?} and {other:?}");
        }
    }
    Ok(())
}

fn unfenced(text: &str) -> &str {
    let inner = text
        .strip_prefix("<mail-")
        .and_then(|it| it.split_once('\n'));
    let inner = inner.and_then(|(_, rest)| rest.rsplit_once("\n</mail-"));
    inner.map_or(text, |(inner, _)| inner)
}

/// Without the mark of a cut, or the number of people who are left out.
fn uncut(text: &str) -> &str {
    let named = match text.rsplit_once(" and ") {
        Some((named, more)) if more.ends_with(" more") => named,
        _ => text,
    };
    named.trim_end_matches('…')
}

/// A loopback Google in a process of its own.
struct Google {
    child: Child,
    place: Place,
}

#[derive(Serialize, Deserialize)]
struct Place {
    base: String,
    token: String,
}

impl Google {
    async fn start(mails: &str) -> anyhow::Result<Self> {
        let mut child = Child::of_this_program(&["--google", mails])?;
        let place = serde_json::from_str(&child.answer().await?)?;
        Ok(Self { child, place })
    }

    async fn end(self) -> anyhow::Result<()> {
        self.child.end().await
    }
}

/// Is that other process, until its standard input ends.
pub(crate) async fn serve(mails: &str) -> anyhow::Result<()> {
    let mails = match mails {
        PLAIN => (0..FIFTY).map(plain).collect(),
        _ => mixed().collect(),
    };
    let google = mailbox::google(mails).await?;
    let place = Place {
        base: google.base_url().to_string(),
        token: mailbox::token(&google),
    };
    println!("{}", serde_json::to_string(&place)?);
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    google.shutdown().await;
    Ok(())
}

fn plain(number: usize) -> SeedMessage {
    let subject = format!("Lunch on Friday, or the {number}th?");
    let text = format!(
        "Hi Alice,\n\nare you in town on the {number}th? There is a new place at the old fish hall, \
         the menu is at https://fishhall.example/menu/{number} and they take tables until 13:30.\n\n\
         My train leaves at 15:05, so noon would suit me. My treat: I still owe you 27.50 for the \
         concert.\n\nSee you,\nNina\n"
    );
    SeedMessage::new("Nina Park <nina.park@mail.example>", subject, text)
}

fn mixed() -> impl Iterator<Item = SeedMessage> {
    let mails = MAILS.iter().filter(|mail| KINDS.contains(&mail.name));
    mails.map(Mail::seed).cycle().take(FIFTY)
}
