//! An application that listens, with a chat on another site that hands out its links.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use axum::{Router, response::Html, routing::get};
use tokio::{net::TcpListener, task::JoinSet};
use toolgate_auth::GoogleAuthBuilder;
use toolgate_emulator::TlsFront;
use toolgate_testkit::Browser;
use url::Url;

use crate::site::{Site, SiteBuilder};

/// What the link in the chat is called.
const LINK: &str = "Connect Google";

/// The application, and the chat. Neither outlives this value.
pub(super) struct Scene {
    pub(super) site: Site,
    chat: String,
    messages: Arc<Mutex<String>>,
    _front: Option<TlsFront>,
    _servers: JoinSet<()>,
}

impl Scene {
    /// Links are tied to nobody.
    pub(super) async fn unverified() -> Self {
        Self::start(GoogleAuthBuilder::allow_unverified_links).await
    }

    /// The application is `localhost` to browsers, Google and the chat are `127.0.0.1`: all of them
    /// are sites apart, as they are in life.
    pub(super) async fn start(
        configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let site = SiteBuilder::new().at(&url).start(configure).await;
        Self::of(site, listener, None).await
    }

    /// The same, which browsers reach over TLS.
    pub(super) async fn over_tls() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = TlsFront::start(listener.local_addr().unwrap()).await;
        let front = front.unwrap();
        let url = front.url().origin().ascii_serialization();
        let site = SiteBuilder::new().at(&url);
        let site = site.start(GoogleAuthBuilder::allow_unverified_links).await;
        Self::of(site, listener, Some(front)).await
    }

    async fn of(site: Site, listener: TcpListener, front: Option<TlsFront>) -> Self {
        let mut servers = JoinSet::new();
        let router = site.router.clone();
        servers.spawn(async move { axum::serve(listener, router).await.unwrap() });

        let messages = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&messages);
        let page = move || async move { Html(shown.lock().unwrap().clone()) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let chat = format!("http://{}/chat", listener.local_addr().unwrap());
        let router = Router::new().route("/chat", get(page));
        servers.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            site,
            chat,
            messages,
            _front: front,
            _servers: servers,
        }
    }

    /// Somebody writes a link into the chat.
    pub(super) fn write(&self, link: &str) {
        let mut messages = self.messages.lock().unwrap();
        messages.clear();
        let _ = write!(
            messages,
            "<!doctype html><title>Chat</title><link rel=icon href='data:,'>"
        );
        let _ = write!(messages, "<p>Bot: please <a href=\"{link}\">{LINK}</a></p>");
    }

    /// The agent gives a person a link in the chat, and the person follows it.
    pub(super) async fn follow_link(&self, browser: &Browser, name: &str) -> Url {
        let link = self.site.link(name).await;
        self.write(link.url.as_str());
        self.open_chat(browser).await;
        link.url
    }

    /// Opens the chat and clicks the link in it.
    pub(super) async fn open_chat(&self, browser: &Browser) {
        browser.open(&self.chat).await;
        browser.click(LINK).await;
    }

    /// From the connect page on to Google's; the address of that.
    pub(super) async fn go_on(&self, browser: &Browser) -> Url {
        browser.sees("Connect Google to Example & Co").await;
        browser.click("Continue").await;
        browser.sees("Sign in with the emulated Google").await;
        Url::parse(&browser.address().await).unwrap()
    }

    /// On Google's page: everything but these scopes is allowed, with this account.
    pub(super) async fn allow(&self, browser: &Browser, email: &str, without: &[&str]) {
        let account = format!("input[name=account][value='{email}']");
        browser.find(&account).await.click().await.unwrap();
        for scope in without {
            let scope = format!("input[name=scope][value='{scope}']");
            browser.find(&scope).await.click().await.unwrap();
        }
        browser.click("Allow").await;
    }

    /// All the way from the chat, with everything allowed.
    pub(super) async fn connect(&self, browser: &Browser, name: &str, email: &str) -> Url {
        let link = self.follow_link(browser, name).await;
        self.go_on(browser).await;
        self.allow(browser, email, &[]).await;
        browser.sees("Connected").await;
        link
    }

    /// The sites that a browser may ask anything of.
    pub(super) fn origins(&self) -> [String; 3] {
        let chat = Url::parse(&self.chat).unwrap();
        let site = Url::parse(&self.site.public_url).unwrap();
        let google = self.site.emulator.base_url();
        [chat, site, google].map(|url| url.origin().ascii_serialization())
    }
}
