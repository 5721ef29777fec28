//! The quickstart with the emulator: every step is checked, and the first that fails ends it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use toolgate_auth::store::{Database, ListScope, TokenRow};
use toolgate_auth::{
    ClientSecret, ExpectedEmail, GoogleAuth, OAuthClient, Random as _, Service, SystemRandom,
    TokenKey,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, Person};
use toolgate_framework::{Agent, Answer, RunContext, RunOutcome};
use toolgate_http::Endpoints;

use crate::checks;
use crate::place::Place;
use crate::site::{Site, listen};
use crate::{say, script, step};

const PROMPT: &str = "What is new in my mail? Draft a reply to the newest.";

struct Stage {
    emulator: Emulator,
    /// Each run of the quickstart has rows of its own, so that `--db` can name the same database
    /// again: the emulator is a new Google every time.
    tenant: String,
}

pub(crate) async fn run(place: &Place) -> anyhow::Result<()> {
    let emulator = Emulator::builder()
        .with_seed(checks::seed())
        .start()
        .await?;
    let mut number = [0; 4];
    SystemRandom.fill(&mut number);
    let tenant = format!("quickstart-{:08x}", u32::from_be_bytes(number));
    let stage = Stage { emulator, tenant };
    let database = place.open().await?;
    step(1, "A loopback Google, and a database");
    say(&format!(
        "Google is played by an emulator at {}",
        stage.emulator.base_url()
    ));
    say(&format!("grants are kept in {}", database.describe()));

    step(
        2,
        "One agent: a database, one GoogleAuth, the Gmail toolkit",
    );
    let site = stage.open(Arc::clone(&database)).await?;
    for report in site.agent.bindings() {
        say(&report.to_string());
    }
    say("the model is a script, no language model");

    step(3, "A run for alice, who has not signed in yet");
    let answer = stage.first_run(&site.agent, "alice").await?;
    say(&format!("alice gets: {}", answer.text));
    checks::own_mail_only(&answer, "alice")?;

    step(4, "A second run for alice, and meanwhile bob's first");
    stage.both_at_once(&site.agent).await?;
    checks::bearers(&stage.emulator.requests())?;
    say("the emulator's log: each access token was used for one person's mail only");

    step(
        5,
        "A restart: agent and database are dropped and opened again",
    );
    let key_file = site
        .agent
        .bindings()
        .first()
        .and_then(|report| report.key_file.clone());
    drop(site);
    drop(database);
    let database = place.open().await?;
    let site = stage.open(Arc::clone(&database)).await?;
    stage.asked_nothing_again(&site.agent).await?;

    step(6, "An hour later: alice's access token has expired");
    stage
        .fifty_calls_one_refresh(&site.agent, &*database)
        .await?;

    step(7, "bob takes his consent back, at Google");
    stage.bob_revokes(&site.agent, &*database).await?;

    step(8, "What is stored");
    stage.show_stored(&*database, key_file.as_deref()).await?;
    say("all of it held");
    Ok(())
}

impl Stage {
    async fn open(&self, database: Arc<dyn Database>) -> anyhow::Result<Site> {
        let (listener, url) = listen().await?;
        self.emulator
            .register_redirect_uri(&format!("{url}/google/callback"))?;
        let client = OAuthClient::new(self.emulator.client_id())
            .with_secret(ClientSecret::parse(self.emulator.client_secret())?);
        let google = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(self.emulator.base_url().as_str())?)
            .with_public_url(url)
            .with_app_name("Toolgate quickstart")
            .with_expected_email(ExpectedEmail::new(|principal| {
                principal.user().map(|user| format!("{user}@example.com"))
            }))
            .build()?;
        Site::open(database, google, listener).await
    }

    fn context(&self, user: &str) -> anyhow::Result<RunContext> {
        Ok(RunContext::for_user(user)?.with_tenant(&self.tenant)?)
    }

    /// A run that pauses for consent, the person's way through it, and the rest of the run.
    async fn first_run(&self, agent: &Agent, user: &str) -> anyhow::Result<Answer> {
        let outcome = agent.run(self.context(user)?, PROMPT).await?;
        let RunOutcome::ConsentRequired {
            link,
            services,
            run,
        } = outcome
        else {
            anyhow::bail!("{user} was not asked for consent");
        };
        say(&format!(
            "{user} has to connect {}: the run pauses with a link",
            services.join(", ")
        ));
        say(&format!("  {}", link.url));
        let person = Person::new(format!("{user}@example.com"));
        let page = person.follow(&link.url).await?;
        ensure!(
            page.status.is_success(),
            "{user}'s sign-in ended at {}",
            page.url.path()
        );
        say(&format!(
            "{user} opens it, presses Continue, allows it at Google, and ends at {}",
            page.url.path()
        ));
        match agent.resume(run).await? {
            RunOutcome::Completed(answer) => Ok(answer),
            _ => anyhow::bail!("{user}'s run did not go on after the sign-in"),
        }
    }

    /// Alice's second run is held in the middle of its search until bob's first is over.
    async fn both_at_once(&self, agent: &Arc<Agent>) -> anyhow::Result<()> {
        let hold = FaultRule::new(FaultAction::hold())
            .on_method("gmail.users.messages.list")
            .on_account("alice@example.com")
            .times(1);
        self.emulator.faults().add(hold);
        let (running, context) = (Arc::clone(agent), self.context("alice")?);
        let alice = tokio::spawn(async move { running.run(context, PROMPT).await });
        self.emulator.faults().wait_for_held(1).await;
        say("alice's run is under way: Google has her search and has not answered yet");
        let bobs = self.first_run(agent, "bob").await?;
        say(&format!("bob gets: {}", bobs.text));
        checks::own_mail_only(&bobs, "bob")?;
        self.emulator.faults().release();
        let RunOutcome::Completed(alices) = alice.await?? else {
            anyhow::bail!("alice was asked for consent again");
        };
        say(&format!("alice gets: {}", alices.text));
        checks::own_mail_only(&alices, "alice")
    }

    async fn asked_nothing_again(&self, agent: &Agent) -> anyhow::Result<()> {
        for user in ["alice", "bob"] {
            let outcome = agent.run(self.context(user)?, PROMPT).await?;
            let RunOutcome::Completed(answer) = outcome else {
                anyhow::bail!("{user} was asked for consent again: {outcome}");
            };
            checks::own_mail_only(&answer, user)?;
            say(&format!(
                "{user} is not asked for consent, and gets: {}",
                answer.text
            ));
        }
        Ok(())
    }

    /// As if an access token had come to its end: Google refuses it, and so says the row.
    async fn expire(&self, database: &dyn Database, user: &str) -> anyhow::Result<()> {
        let tokens = database.token_store().context("no tokens are kept")?;
        let person = self.context(user)?.principal().clone();
        let key = TokenKey::new(person, Service::google());
        let row = tokens.get(&key).await?.row.context("a row is gone")?;
        tokens
            .invalidate(&key, &row.marker(), Duration::ZERO)
            .await?;
        let address = format!("{user}@example.com");
        self.emulator.expire_access_tokens(&address);
        Ok(())
    }

    async fn fifty_calls_one_refresh(
        &self,
        agent: &Agent,
        database: &dyn Database,
    ) -> anyhow::Result<()> {
        self.expire(database, "alice").await?;
        self.emulator.clear_requests();
        let outcome = agent.run(self.context("alice")?, script::FIFTY).await?;
        let RunOutcome::Completed(answer) = outcome else {
            anyhow::bail!("alice was asked for consent again: {outcome}");
        };
        checks::all_answered(&answer, 50)?;
        let refreshes = checks::refreshes(&self.emulator.requests());
        ensure!(refreshes == 1, "google was asked for {refreshes} refreshes");
        say(&format!("alice gets: {}", answer.text));
        say("the emulator's log: for all of them the token was refreshed once");
        Ok(())
    }

    async fn bob_revokes(&self, agent: &Agent, database: &dyn Database) -> anyhow::Result<()> {
        self.emulator.revoke("bob@example.com");
        self.expire(database, "bob").await?;
        let outcome = agent.run(self.context("bob")?, PROMPT).await?;
        let RunOutcome::ConsentRequired { link, .. } = outcome else {
            anyhow::bail!("bob was not asked for consent: {outcome}");
        };
        say("bob's next run pauses, with a link to sign in again:");
        say(&format!("  {}", link.url));
        let outcome = agent.run(self.context("alice")?, PROMPT).await?;
        let RunOutcome::Completed(answer) = outcome else {
            anyhow::bail!("alice was asked for consent: {outcome}");
        };
        checks::own_mail_only(&answer, "alice")?;
        say(&format!("alice's run is none the wiser: {}", answer.text));
        Ok(())
    }

    async fn show_stored(
        &self,
        database: &dyn Database,
        key_file: Option<&Path>,
    ) -> anyhow::Result<()> {
        say(&format!("the database: {}", database.describe()));
        match key_file {
            Some(path) => say(&format!("the key that seals it: {}", path.display())),
            None => say("the key that seals it comes from the environment"),
        }
        let tokens = database
            .token_store()
            .context("the database keeps no tokens")?;
        let tenant = toolgate_auth::TenantId::parse(&self.tenant)?;
        let rows = tokens
            .list(&ListScope::Tenant(Some(tenant)), None, 10)
            .await?;
        ensure!(
            rows.len() == 2,
            "there are {} rows where there should be 2",
            rows.len()
        );
        for row in &rows {
            checks::is_sealed(row)?;
        }
        show_row(&rows[0]);
        Ok(())
    }
}

fn show_row(row: &TokenRow) {
    say("a row:");
    say(&format!("  id            {}", row.key.id()));
    say(&format!("  person        {}", row.key.principal()));
    say(&format!("  service       {}", row.key.service()));
    say(&format!(
        "  account       {}",
        row.account_email.as_deref().unwrap_or("unknown")
    ));
    say(&format!("  status        {}", row.status));
    say(&format!(
        "  scopes        {}",
        row.consented_scopes.join(" ")
    ));
    let sealed = row
        .sealed
        .as_ref()
        .map(|it| it.data.to_string())
        .unwrap_or_default();
    let shown: String = sealed.chars().take(160).collect();
    say(&format!("  token_data    {shown}.."));
}
