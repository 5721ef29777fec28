//! Takes the pictures of the sign-in pages that stand in `docs/signin`, in headless Chromium.
//!
//! ```text
//! TOOLGATE_CHROMIUM=/usr/bin/chromium TOOLGATE_CHROMEDRIVER=/usr/bin/chromedriver \
//!     cargo run --example signin_shots
//! ```

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use async_trait::async_trait;
use axum::http::HeaderMap;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use toolgate_auth::sign_in::UserVerifier;
use toolgate_auth::{AccountLabel, BoundGoogleAuth, MemoryDatabase, Principal};
use toolgate_calendar::CalendarToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::{Branding, Logo, PageOptions};
use toolgate_testkit::{Browser, View};

/// The logo of an application that has one.
const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="210" height="48" viewBox="0 0 210 48">
<rect width="48" height="48" rx="12" fill="#7a1fa2"/><path d="M10 16h28v18H10z M10 16l14 11 14-11" fill="none" stroke="#fff" stroke-width="3"/>
<text x="60" y="32" font-family="sans-serif" font-size="24" font-weight="700" fill="#9c4dcc">Mail chat</text></svg>"##;
const SIZES: [(&str, u32, u32); 2] = [("phone", 390, 844), ("desktop", 1280, 800)];

/// Who is logged in, whoever comes.
#[derive(Debug, Clone)]
struct LoggedIn(Arc<Mutex<&'static str>>);

impl LoggedIn {
    fn is_now(&self, name: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }
}

#[async_trait]
impl UserVerifier for LoggedIn {
    async fn logged_in(
        &self,
        _headers: &HeaderMap,
    ) -> Result<Option<Principal>, Box<dyn std::error::Error + Send + Sync>> {
        let name = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(Principal::for_user(name)?))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let browser = Browser::start("pictures of the pages").await;
    let browser = browser.context("no Chromium: set the two variables")?;
    let google = Google::here().await?;
    let logged_in = LoggedIn(Arc::new(Mutex::new("alice")));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let auth = google.by_links(&url)?.with_app_name("Mail chat");
    let agent = Agent::builder()
        .model(ScriptedModel::new("none", |_| ModelReply::text("")))
        .database(MemoryDatabase::new())
        .google_auth(
            auth.with_user_verifier(Arc::new(logged_in.clone()))
                .with_several_accounts()
                .build()?,
        )
        .toolkit(GmailToolkit::new())
        .toolkit(CalendarToolkit::new())
        .build()
        .await?;
    let bound = agent.google_auth().context("the agent gives no links")?;
    let (bound, address) = (bound.clone(), listener.local_addr()?);
    drop(listener);
    let plain = Site::serve(&bound, address, PageOptions::new()).await?;
    walk(&browser, &bound, &url, &logged_in).await?;
    plain.end().await;
    let branding = Branding::new()
        .with_logo(Logo::from_bytes("image/svg+xml", LOGO))
        .with_accent("#7a1fa2")
        .with_dark_accent("#d7a6f0");
    let options = PageOptions::new().with_branding(branding);
    let branded = Site::serve(&bound, address, options).await?;
    // Another browser: this one keeps the stylesheet of before for a while.
    let another = Browser::start("pictures of a branding").await;
    let another = another.context("no Chromium: set the two variables")?;
    another.open(&link(&bound, "alice", None).await?).await;
    take(&another, "branded").await?;
    branded.end().await;
    Ok(())
}

/// A link for somebody's default account, or for a further one.
async fn link(
    google: &BoundGoogleAuth,
    name: &str,
    account: Option<&AccountLabel>,
) -> anyhow::Result<String> {
    let services = ["gmail".to_owned(), "calendar".to_owned()];
    let person = Principal::for_user(name)?;
    let link = google.connect_link(&person, account, &services).await?;
    Ok(link.url.into())
}

/// The pages, served.
struct Site(JoinHandle<std::io::Result<()>>);

impl Site {
    async fn serve(
        google: &BoundGoogleAuth,
        address: SocketAddr,
        options: PageOptions,
    ) -> anyhow::Result<Self> {
        let pages = toolgate_signin::router(google.clone(), options)?;
        let listener = TcpListener::bind(address).await?;
        Ok(Self(tokio::spawn(async move {
            axum::serve(listener, pages).await
        })))
    }

    /// Its address is free afterwards.
    async fn end(self) {
        self.0.abort();
        drop(self.0.await);
    }
}

/// Through the pages, with a picture of each.
async fn walk(
    browser: &Browser,
    google: &BoundGoogleAuth,
    url: &str,
    logged_in: &LoggedIn,
) -> anyhow::Result<()> {
    let first = link(google, "alice", None).await?;
    browser.open(&first).await;
    take(browser, "connect").await?;
    browser.click("Continue").await;
    let account = browser.find("input[value='alice@example.com']").await;
    account.click().await?;
    let left_out = browser.find("input[type=checkbox][name=scope]").await;
    left_out.click().await?;
    browser.click("Allow").await;
    browser.sees("Connected").await;
    take(browser, "done").await?;
    browser.open(&format!("{url}/google/connections")).await;
    take(browser, "connections").await?;
    let work = AccountLabel::parse("work")?;
    let further = link(google, "alice", Some(&work)).await?;
    connect(browser, &further, "bob@example.com").await?;
    browser.open(&format!("{url}/google/connections")).await;
    browser.find("details.names summary").await.click().await?;
    take(browser, "names").await?;
    // Somebody else connects the same account.
    logged_in.is_now("bob");
    let shared = link(google, "bob", None).await?;
    connect(browser, &shared, "alice@example.com").await?;
    logged_in.is_now("alice");
    browser
        .open(&format!("{url}/google/connections/disconnect"))
        .await;
    take(browser, "disconnect").await?;
    browser.open(&first).await;
    take(browser, "error").await
}

/// From a link to the done page.
async fn connect(browser: &Browser, link: &str, email: &str) -> anyhow::Result<()> {
    browser.open(link).await;
    browser.click("Continue").await;
    let account = format!("input[value='{email}']");
    browser.find(&account).await.click().await?;
    browser.click("Allow").await;
    browser.sees("Connected").await;
    Ok(())
}

/// In both sizes and both colours.
async fn take(browser: &Browser, page: &str) -> anyhow::Result<()> {
    for (size, width, height) in SIZES {
        for (colours, dark) in [("light", false), ("dark", true)] {
            let view = View {
                width,
                height,
                dark,
            };
            browser.view(view).await;
            if browser.count("details[open]").await > 0 {
                browser
                    .find("details[open]")
                    .await
                    .scroll_into_view()
                    .await?;
            }
            let path = folder().join(format!("{page}-{size}-{colours}.png"));
            std::fs::write(&path, browser.picture().await)?;
            println!("{}", path.display());
        }
    }
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/signin")
}
