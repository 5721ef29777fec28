//! Chromium, driven as a person drives it.

mod keeper;
mod wire;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use serde_json::{Value, json};
use thirtyfour::{
    By, CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver,
    WebElement,
    error::WebDriverResult,
    extensions::query::{ElementPollerWithTimeout, ElementQueryable as _},
};

use crate::environment::chromium;
use keeper::Keeper;
use wire::ToDriver;

/// No sandbox, since tests may run as root in a container; and nothing that calls home.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
];

const ONLY_A_STATUS: &str = "the server responded with a status of";

/// A page is waited for this long: a machine may be busy.
const PATIENCE: Duration = Duration::from_mins(2);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A browser with a profile of its own: no cookie of another test, and none of another browser.
///
/// It ends with this value, also when the test fails or is killed.
#[derive(Debug)]
pub struct Browser {
    /// `None` once it is being dropped.
    driver: Option<WebDriver>,
    keeper: Keeper,
}

/// How large a window is, and in which colours pages are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Whether the person likes it dark.
    pub dark: bool,
}

impl Browser {
    /// Starts one; none where no Chromium is, as [`postgres_url`](crate::postgres_url) has it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(what: &str) -> Option<Self> {
        Self::launch(what, false).await
    }

    /// One that takes certificates of authorities that it does not know.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_trusting_anybody(what: &str) -> Option<Self> {
        Self::launch(what, true).await
    }

    async fn launch(what: &str, trusting: bool) -> Option<Self> {
        let (driver, browser) = chromium(what)?;
        let keeper = Keeper::start(&driver);
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(browser.to_str().unwrap()).unwrap();
        for argument in ARGUMENTS {
            wanted.add_arg(argument).unwrap();
        }
        let profile = format!(
            "--user-data-dir={}",
            keeper.folder().join("profile").display()
        );
        wanted.add_arg(&profile).unwrap();
        let logs = json!({"browser": "ALL", "performance": "ALL"});
        wanted.set("goog:loggingPrefs", logs).unwrap();
        wanted.accept_insecure_certs(trusting).unwrap();
        let driver = WebDriver::builder(keeper.url(), wanted)
            .client(ToDriver::new())
            .poller(Arc::new(ElementPollerWithTimeout::new(
                PATIENCE, LOOK_EVERY,
            )))
            .await
            .unwrap();
        Some(Self {
            driver: Some(driver),
            keeper,
        })
    }

    /// What drives it, for what is not here.
    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().unwrap()
    }

    /// Where it keeps all that it writes; it goes with the browser.
    pub fn folder(&self) -> PathBuf {
        self.keeper.folder().to_owned()
    }

    /// Types an address, and waits until its page is there.
    pub async fn open(&self, address: &str) {
        self.driver().goto(address).await.unwrap();
    }

    /// Waits until something that fits the selector is there.
    pub async fn find(&self, selector: &str) -> WebElement {
        found(self.driver().query(By::Css(selector)).first().await)
    }

    /// Waits until there is a heading with this text, which tells one page from another.
    ///
    /// # Panics
    /// When none comes; the page that is there instead is in the text.
    pub async fn sees(&self, heading: &str) {
        let path = format!("//h1[contains(normalize-space(), {heading:?})]");
        let seen = self.driver().query(By::XPath(path)).exists().await;
        if !seen.unwrap() {
            assert_eq!(self.text().await, heading, "another page");
        }
    }

    /// Waits for a button or a link with this text, and clicks it.
    pub async fn click(&self, text: &str) {
        let path = format!("//*[self::a or self::button][normalize-space() = {text:?}]");
        let element = found(self.driver().query(By::XPath(path)).first().await);
        element.click().await.unwrap();
    }

    /// The words that a person reads.
    pub async fn text(&self) -> String {
        self.find("body").await.text().await.unwrap()
    }

    /// How many elements of the page fit the selector now.
    pub async fn count(&self, selector: &str) -> usize {
        let all = self.driver().find_all(By::Css(selector)).await;
        all.unwrap().len()
    }

    /// Where it is.
    pub async fn address(&self) -> String {
        self.driver().current_url().await.unwrap().to_string()
    }

    /// Whether and as what the page's cookies are kept: each with all its attributes.
    pub async fn cookies(&self) -> Vec<Value> {
        let cdp = self.driver().cdp();
        let all = cdp.send_raw("Network.getCookies", json!({})).await.unwrap();
        all["cookies"].as_array().cloned().unwrap_or_default()
    }

    /// What the browser complained of since it was asked last: scripts, policies, certificates. That
    /// an answer has a status of an error is no complaint.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver().get_log("browser").await.unwrap();
        let messages = log.into_iter().map(|entry| entry.message);
        messages.filter(|it| !it.contains(ONLY_A_STATUS)).collect()
    }

    /// The addresses that pages asked for since this was asked last, whether it went there or not.
    /// What is built into the browser is left out.
    pub async fn requested(&self) -> BTreeSet<String> {
        let log = self.driver().get_log("performance").await.unwrap();
        let asked = |entry: &str| {
            let event: Value = serde_json::from_str(entry).unwrap();
            let event = &event["message"];
            let is_request = event["method"] == "Network.requestWillBeSent";
            let url = event["params"]["request"]["url"].as_str()?;
            let built_in = url.starts_with("chrome://") || url.starts_with("data:");
            (is_request && !built_in).then(|| url.to_owned())
        };
        log.iter()
            .filter_map(|entry| asked(&entry.message))
            .collect()
    }

    /// Shows pages as on a screen of this size and in these colours from now on.
    pub async fn view(&self, view: View) {
        let View {
            width,
            height,
            dark,
        } = view;
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let cdp = self.driver().cdp();
        for (method, parameters) in [
            ("Emulation.setDeviceMetricsOverride", size),
            ("Emulation.setEmulatedMedia", json!({"features": features})),
        ] {
            cdp.send_raw(method, parameters).await.unwrap();
        }
    }

    /// What is on the screen, as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.driver().screenshot_as_png().await.unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The keeper ends both; a last command would only wait for what is being killed.
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
    }
}

#[track_caller]
fn found(element: WebDriverResult<WebElement>) -> WebElement {
    element.unwrap()
}
