//! Takes the pictures of the sign-in pages that stand in `docs/signin`, in headless Chromium.
//!
//! ```text
//! TOOLGATE_CHROMIUM=/usr/bin/chromium TOOLGATE_CHROMEDRIVER=/usr/bin/chromedriver \
//!     cargo run --example signin_shots
//! ```

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use axum::http::HeaderMap;
use tokio::net::TcpListener;
use toolgate_auth::sign_in::UserVerifier;
use toolgate_auth::{BoundGoogleAuth, MemoryDatabase, Principal};
use toolgate_calendar::CalendarToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use toolgate_testkit::{Browser, View};

const SIZES: [(&str, u32, u32); 2] = [("phone", 390, 844), ("desktop", 1280, 800)];

/// Alice is logged in, whoever comes.
#[derive(Debug)]
struct Alice;

#[async_trait]
impl UserVerifier for Alice {
    async fn logged_in(
        &self,
        _headers: &HeaderMap,
    ) -> Result<Option<Principal>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Some(Principal::for_user("alice")?))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let browser = Browser::start("pictures of the pages").await;
    let browser = browser.context("no Chromium: set the two variables")?;
    let google = Google::here().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let auth = google.by_links(&url)?.with_app_name("Mail chat");
    let agent = Agent::builder()
        .model(ScriptedModel::new("none", |_| ModelReply::text("")))
        .database(MemoryDatabase::new())
        .google_auth(
            auth.with_user_verifier(Arc::new(Alice))
                .with_several_accounts()
                .build()?,
        )
        .toolkit(GmailToolkit::new())
        .toolkit(CalendarToolkit::new())
        .build()
        .await?;
    let bound = agent.google_auth().context("the agent gives no links")?;
    let pages = toolgate_signin::router(bound.clone(), PageOptions::new())?;
    let server = tokio::spawn(async move { axum::serve(listener, pages).await });
    walk(&browser, bound, &url).await?;
    server.abort();
    Ok(())
}

/// Through the pages, with a picture of each.
async fn walk(browser: &Browser, google: &BoundGoogleAuth, url: &str) -> anyhow::Result<()> {
    let services = ["gmail".to_owned(), "calendar".to_owned()];
    let alice = Principal::for_user("alice")?;
    let link = google.connect_link(&alice, None, &services).await?;
    browser.open(link.url.as_str()).await;
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
    browser.open(link.url.as_str()).await;
    take(browser, "error").await
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
