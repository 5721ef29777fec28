//! Google itself where its credentials are set, and an emulated one otherwise.

use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::DateTime;
use tokio::sync::watch;
use tokio::task::JoinSet;
use toolgate_auth::{
    Browser, ClientSecret, Clock as _, Environment, GoogleAuth, GoogleAuthBuilder, OAuthClient,
    SystemClock,
};
use toolgate_emulator::{Emulator, Person, Seed};
use toolgate_http::Endpoints;
use url::Url;

/// Google, as an example meets it.
#[derive(Debug)]
pub struct Google {
    /// None where it is Google itself.
    emulator: Option<Emulator>,
}

impl Google {
    /// Google itself where `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` are set, and otherwise an
    /// emulator in this process, with the mail of alice and bob.
    ///
    /// # Errors
    /// When the emulator cannot be started.
    pub async fn here() -> anyhow::Result<Self> {
        Self::with(Seed::sample()).await
    }

    /// The same, with other people in the emulator.
    ///
    /// # Errors
    /// As [`here`](Self::here).
    pub async fn with(seed: Seed) -> anyhow::Result<Self> {
        let set = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"];
        if set.into_iter().all(is_set) {
            return Ok(Self { emulator: None });
        }
        let emulator = Emulator::builder().with_seed(seed).start().await?;
        println!("Google is played by an emulator at {}", emulator.base_url());
        let emulator = Some(emulator);
        Ok(Self { emulator })
    }

    /// The emulator, where there is one.
    pub fn emulator(&self) -> Option<&Emulator> {
        self.emulator.as_ref()
    }

    /// Consent by a browser on this machine. At the emulator `account` walks through it.
    ///
    /// # Errors
    /// When the environment or the emulator's client is malformed.
    pub fn in_browser(&self, account: &str) -> anyhow::Result<GoogleAuthBuilder> {
        let Some(emulator) = &self.emulator else {
            let google = GoogleAuth::builder_from_env(&Environment::process())?;
            return Ok(google.with_browser(until_ctrl_c(Browser::default())));
        };
        let client = OAuthClient::new(emulator.installed_client_id())
            .with_secret(ClientSecret::parse(emulator.installed_client_secret())?);
        Ok(GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str())?)
            .with_browser(browser_of(account)))
    }

    /// Consent by links of the application at `url`.
    ///
    /// # Errors
    /// As [`in_browser`](Self::in_browser).
    pub fn by_links(&self, url: &str) -> anyhow::Result<GoogleAuthBuilder> {
        let Some(emulator) = &self.emulator else {
            let google = GoogleAuth::builder_from_env(&Environment::process())?;
            return Ok(google.with_public_url(url));
        };
        emulator.register_redirect_uri(&format!("{url}/google/callback"))?;
        let client = OAuthClient::new(emulator.client_id())
            .with_secret(ClientSecret::parse(emulator.client_secret())?);
        Ok(GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str())?)
            .with_public_url(url))
    }

    /// Has `account` sign in by a link: the emulator's person does, or you, in a browser.
    ///
    /// # Errors
    /// When the sign-in ends with anything but success.
    pub async fn sign_in(&self, account: &str, link: &Url) -> anyhow::Result<()> {
        if self.emulator.is_some() {
            let page = Person::new(account).follow(link).await?;
            let (status, path) = (page.status, page.url.path());
            ensure!(status.is_success(), "the sign-in ended at {path}");
            return Ok(());
        }
        println!("open {link}\nand press Enter when you have signed in");
        let enter = || std::io::stdin().read_line(&mut String::new());
        tokio::task::spawn_blocking(enter)
            .await?
            .context("standard input is closed")?;
        Ok(())
    }
}

/// The same, whose wait ends on Ctrl-C, with an error that says so. From the first sign-in on the signal
/// is tokio's, so that where none waits for it the program is ended here.
fn until_ctrl_c(browser: Browser) -> Browser {
    let presses = watch::Sender::new(());
    let sign_ins = presses.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if presses.send(()).is_err() {
                std::process::exit(130);
            }
        }
    });
    browser.cancelled_by(move || {
        let mut next = sign_ins.subscribe();
        async move { drop(next.changed().await) }
    })
}

/// A browser in which `account` allows everything.
fn browser_of(account: &str) -> Browser {
    let (account, walks) = (account.to_owned(), Mutex::new(JoinSet::new()));
    Browser::opened_by(move |link| {
        let (person, link) = (Person::new(&account), link.clone());
        let Ok(mut walks) = walks.lock() else {
            return false;
        };
        walks.spawn(async move { person.follow(&link).await.map(drop) });
        true
    })
}

/// The day so many days from now, as tools take days: `2027-06-01`.
pub fn in_days(days: u64) -> String {
    let then = SystemClock.now().after(Duration::from_hours(24 * days));
    let then = DateTime::from_timestamp_millis(then.as_millis()).unwrap_or_default();
    then.format("%Y-%m-%d").to_string()
}

fn is_set(name: &str) -> bool {
    environment(name).is_some()
}

/// What the environment holds under a name; nothing where that is empty.
#[expect(
    clippy::disallowed_methods,
    reason = "an example may look at its environment"
)]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
