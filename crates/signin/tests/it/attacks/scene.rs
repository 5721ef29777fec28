//! What attackers find: alice is connected and about to consent again, bob has a sign-in of his own
//! under way, and other set-ups run over the same database and keys.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use http::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use http::{Request, StatusCode};
use serde_json::Value;
use toolgate_auth::Principal;
use toolgate_auth::store::TokenRow;

use crate::browser::{Browser, Page, callback, parameter};
use crate::databases::Kind;
use crate::sessions::{logged_in, verified_on};
use crate::site::{PUBLIC_URL, Site};

/// Events by whether it is known whom they concern, their name and their outcome.
pub(super) type Counts = BTreeMap<(bool, String, String), usize>;

pub(super) struct Scene {
    pub(super) site: Site,
    /// With another redirect URI, with another client, and with another toolkit.
    others: [Site; 3],
    /// In the middle of a second sign-in, of which Google's answer is not delivered.
    pub(super) alice: Browser,
    pub(super) link: String,
    pub(super) state: String,
    pub(super) code: String,
    /// Alice's first answer, which was taken, and a browser with the cookies that she had then.
    pub(super) spent: String,
    pub(super) spent_link: String,
    pub(super) thief: Browser,
    /// In the middle of his first sign-in.
    pub(super) bob: Browser,
    pub(super) bobs_state: String,
    /// A state of the same form under a key that is not ours.
    pub(super) foreign_state: String,
}

/// A request of an attack.
pub(super) struct Sent {
    browser: Browser,
    request: http::request::Builder,
    elsewhere: Option<usize>,
}

impl Sent {
    pub(super) fn get(browser: &Browser, address: impl AsRef<str>) -> Self {
        Self::new(browser, Request::get(path(address.as_ref())))
    }

    /// A form that says where it comes from: by `Sec-Fetch-Site`, and by `Origin`.
    pub(super) fn form(browser: &Browser, address: &str, from: [Option<&str>; 2]) -> Self {
        let mut request =
            Request::post(path(address)).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in ["sec-fetch-site", ORIGIN.as_str()].into_iter().zip(from) {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        Self::new(browser, request)
    }

    pub(super) fn own_form(browser: &Browser, address: &str) -> Self {
        Self::form(browser, address, [Some("same-origin"), Some(PUBLIC_URL)])
    }

    /// The same to one of the other set-ups.
    pub(super) fn to(self, other: usize) -> Self {
        let elsewhere = Some(other);
        Self { elsewhere, ..self }
    }

    fn new(browser: &Browser, request: http::request::Builder) -> Self {
        Self {
            browser: browser.clone(),
            request,
            elsewhere: None,
        }
    }
}

fn path(address: &str) -> String {
    address
        .strip_prefix(PUBLIC_URL)
        .unwrap_or(address)
        .to_owned()
}

impl Scene {
    pub(super) async fn set(kind: Kind, foreign_state: String) -> Self {
        let site = verified_on(kind).await;
        let others = [
            site.with_other_redirect().await,
            site.with_other_client().await,
            site.with_other_toolkit().await,
        ];
        let first = site.link("alice").await.url;
        let mut alice = logged_in("alice");
        let spent = alice.answer_of(&site, &first, "alice@example.com").await;
        let thief = alice.clone();
        let connected = alice.finish(&site, spent.as_str()).await;
        connected.assert_says("<h1>Connected");
        let link = site.link("alice").await.url;
        let answer = alice.answer_of(&site, &link, "alice@example.com").await;
        let mut bob = logged_in("bob");
        let bobs = site.link("bob").await.url;
        let bobs = bob.answer_of(&site, &bobs, "bob@example.com").await;
        Self {
            site,
            others,
            alice,
            link: link.into(),
            state: parameter(&answer, "state"),
            code: parameter(&answer, "code"),
            spent: spent.into(),
            spent_link: first.into(),
            thief,
            bob,
            bobs_state: parameter(&bobs, "state"),
            foreign_state,
        }
    }

    /// Google's answer to alice.
    pub(super) fn answer(&self) -> String {
        callback(&[("state", &self.state), ("code", &self.code)])
    }

    /// The grants, the audit, and how many codes Google was asked to exchange.
    pub(super) async fn stands(&self) -> (Vec<TokenRow>, Counts, usize) {
        let site = &self.site;
        (site.grants().await, self.audit().await, site.exchanges())
    }

    async fn audit(&self) -> Counts {
        let mut counts = Counts::new();
        for event in self.site.events().await {
            let known = event.detail.get("person").is_none();
            assert_eq!(known, event.principal != Principal::anonymous());
            *counts
                .entry((known, event.event, event.outcome))
                .or_default() += 1;
        }
        counts
    }

    /// The page at which the request ends, or what is told of it in JSON.
    pub(super) async fn answer_to(&self, sent: Sent, in_json: bool) -> Page {
        let mut browser = sent.browser;
        if in_json {
            let json = "application/json".parse().unwrap();
            browser.headers.insert(ACCEPT, json);
        }
        let site = sent.elsewhere.map_or(&self.site, |at| &self.others[at]);
        let page = browser.send(site, sent.request).await;
        assert!(
            !page.header("set-cookie").starts_with("a="),
            "it set a cookie"
        );
        let location = match serde_json::from_str::<Value>(&page.body) {
            Ok(told) => told["location"].as_str().map(str::to_owned),
            Err(_) if page.status == StatusCode::SEE_OTHER => Some(page.location().to_owned()),
            Err(_) => None,
        };
        match location.filter(|it| it.starts_with("/google/")) {
            Some(location) => browser.get(site, &location).await,
            None => page,
        }
    }

    /// Alice's browser delivers her own answer.
    pub(super) async fn finish_alice(&mut self) -> Page {
        let answer = self.answer();
        self.alice.finish(&self.site, &answer).await
    }
}
