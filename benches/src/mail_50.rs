//! `mail-50`: fifty mails found and read, where each request takes 50 ms longer.
//!
//! One call of `search_emails` each, on the same mailbox of the same emulator: ours through the
//! pipeline as an agent calls it, agno's `GmailTools.search_emails` in a Python beside it, with its
//! connection kept and its own time taken within that Python. The emulator waits 50 ms before it
//! carries out a request, a batch being one request. It runs in this process, on this one thread, so
//! that what it does itself costs ours as much as agno.

use std::path::Path;
use std::time::Instant;

use serde_json::json;
use toolgate_emulator::{Emulator, FaultAction, FaultRule};

use crate::mailbox;
use crate::mails::{MAILS, Mail};
use crate::sides;
use crate::turns::{Lane, Unit, per_call};

const FIFTY: usize = 50;
const LATENCY: u64 = 50;
/// Ours may take so many.
const MOST_TRIPS: f64 = 4.0;
const ROUNDS: usize = 10;

pub(crate) async fn run(python: &Path) -> anyhow::Result<Vec<Lane>> {
    let mails = MAILS.iter().map(Mail::seed).cycle().take(FIFTY);
    let google = mailbox::google(mails.collect()).await?;
    let tools = mailbox::tools(google.base_url().as_str(), &mailbox::token(&google))?;
    let mut agno = mailbox::agno(python, &google).await?;
    let mut trips = Vec::new();
    let ours = async || {
        delay(&google, &["batch", "gmail.users.messages.list"]);
        let start = Instant::now();
        let arguments = json!({"query": "in:inbox", "count": FIFTY});
        let page = sides::call(&tools, "search_emails", arguments).await?;
        let spent = start.elapsed();
        check(mailbox::count(&page)?)?;
        trips.push(delayed(&google)?);
        Ok(per_call(spent, 1))
    };
    let theirs = async || {
        let methods = ["gmail.users.messages.get", "gmail.users.messages.list"];
        delay(&google, &methods);
        let arguments = json!({"query": "in:inbox", "count": FIFTY});
        let page = agno.call("search_emails", arguments).await?;
        check(mailbox::count(&page.done()?)?)?;
        delayed(&google)?;
        Ok(per_call(page.spent(), 1))
    };
    let against = "GmailTools.search_emails of agno 3.1.10";
    let time = Lane::new("mail-50", "50 ms a request", against)
        // Ten times as fast.
        .with_bar(0.1)
        .measure(ROUNDS, ours, theirs)
        .await?;
    agno.end().await?;
    let counted = Lane::new("mail-50", "round trips of ours", "four of them").counted(
        Unit::RoundTrips,
        trips.clone(),
        vec![MOST_TRIPS; trips.len()],
    );
    Ok(vec![time, counted])
}

/// From now on requests to these methods take longer. They are named, since the parts of a batch,
/// which pass the same rules, are no requests of their own.
fn delay(google: &Emulator, methods: &[&str]) {
    google.clear_requests();
    google.faults().clear();
    for method in methods {
        let latency = FaultAction::Latency { millis: LATENCY };
        google
            .faults()
            .add(FaultRule::new(latency).on_method(*method));
    }
}

/// How many requests there were since then, every one of which was delayed.
#[expect(clippy::cast_precision_loss, reason = "a few requests")]
fn delayed(google: &Emulator) -> anyhow::Result<f64> {
    let requests = google.requests().into_iter().filter(|it| !it.batched);
    let requests = requests.count();
    let rules = google.faults().list();
    let delayed: u32 = rules.iter().map(|rule| rule.applied).sum();
    anyhow::ensure!(
        usize::try_from(delayed)? == requests,
        "{delayed} of {requests} requests were delayed"
    );
    Ok(requests as f64)
}

fn check(found: usize) -> anyhow::Result<()> {
    anyhow::ensure!(found == FIFTY, "{found} mails were found, not {FIFTY}");
    Ok(())
}
