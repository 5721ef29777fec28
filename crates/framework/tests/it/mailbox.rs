//! A toolkit that asks Google whose mailbox it reads.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Barrier;
use toolgate_auth::{GoogleAuth, Requirement};
use toolgate_emulator::Emulator;
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};
use url::Url;

use crate::support::{Nothing, Said};

const PROFILE: &str = "gmail.users.getProfile";

/// Asks Google whose mailbox it is, while calls of other runs are as far.
#[derive(Debug)]
pub(crate) struct Mailbox {
    name: &'static str,
    consent: ConsentSource,
    url: Url,
    all: Arc<Barrier>,
}

impl Mailbox {
    /// Whose calls wait until `all` are as far.
    pub(crate) fn at(emulator: &Emulator, all: Arc<Barrier>) -> Self {
        let profile = "gmail/v1/users/me/profile";
        Self {
            name: "mailbox",
            consent: ConsentSource::new(),
            url: emulator.base_url().join(profile).unwrap(),
            all,
        }
    }

    pub(crate) fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub(crate) fn asking(self, google: GoogleAuth) -> Self {
        let consent = self.consent.with_google_auth(google);
        Self { consent, ..self }
    }
}

impl Toolkit for Mailbox {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (url, all) = (self.url.clone(), Arc::clone(&self.all));
        let whose = move |cx: ToolContext, _: Nothing| {
            let (url, all) = (url.clone(), Arc::clone(&all));
            async move {
                let needs = Requirement::for_methods(&[PROFILE]);
                let token = cx.access().token(&needs).await?;
                all.wait().await;
                let bearer = format!("Bearer {}", token.access().expose());
                let request = http::Request::get(url.as_str()).header("authorization", bearer);
                let request = request.body(Vec::new()).unwrap();
                let http = cx.access().http();
                let answer = http.send(request, Duration::from_secs(20)).await.unwrap();
                let profile: Value = serde_json::from_slice(answer.body()).unwrap();
                let address = profile["emailAddress"].as_str().unwrap();
                let text = format!("{} reads {address}", cx.principal().unwrap());
                Ok::<_, ToolError>(Said { text })
            }
        };
        vec![typed_tool("whose_mailbox", Risk::Read, &[PROFILE], whose).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}
