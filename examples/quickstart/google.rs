//! The quickstart with Google itself: your browser, your mail.

use anyhow::Context as _;
use toolgate_auth::{Environment, GoogleAuth};
use toolgate_framework::{RunContext, RunOutcome};

use crate::place::Place;
use crate::site::{Site, listen};
use crate::{say, step};

/// Whether the environment names an OAuth client, and no emulator.
#[expect(
    clippy::disallowed_methods,
    reason = "an example may look at its environment"
)]
pub(crate) fn is_configured() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("GOOGLE_CLIENT_ID") && set("GOOGLE_CLIENT_SECRET")
}

/// One person, yourself: the pages are on this machine, so nobody else reaches the link.
pub(crate) async fn run(place: &Place) -> anyhow::Result<()> {
    let (listener, url) = listen().await?;
    let google = GoogleAuth::builder_from_env(&Environment::process())?
        .with_public_url(&url)
        .with_app_name("Toolgate quickstart")
        .allow_unverified_links()
        .build()?;
    let database = place.open().await?;
    step(1, &format!("Google, and {}", database.describe()));
    let site = Site::open(database, google, listener).await?;
    for report in site.agent.bindings() {
        say(&report.to_string());
    }
    step(2, "A run for you; the model is a script, no language model");
    let mut outcome = site
        .agent
        .run(RunContext::for_user("you")?, "What is new?")
        .await?;
    while let RunOutcome::ConsentRequired { link, run, .. } = outcome {
        say(&format!("the run waits for your consent: {}", link.url));
        if open::that_detached(link.url.as_str()).is_err() {
            say("no browser could be opened; open the link yourself");
        }
        say("press Enter here when you have signed in");
        tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()))
            .await?
            .context("standard input is closed")?;
        outcome = site.agent.resume(run).await?;
    }
    say(&outcome.to_string());
    Ok(())
}
