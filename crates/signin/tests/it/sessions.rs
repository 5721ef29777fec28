//! An application with a login of its own.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use toolgate_auth::Principal;
use toolgate_auth::sign_in::UserVerifier;

use crate::browser::Browser;
use crate::databases::Kind;
use crate::site::{Site, SiteBuilder, person};

/// The application's session, as a header says it.
#[derive(Debug)]
pub(crate) struct Session;

#[async_trait]
impl UserVerifier for Session {
    async fn logged_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Principal>, Box<dyn std::error::Error + Send + Sync>> {
        let Some(session) = headers.get("x-session") else {
            return Ok(None);
        };
        if session == "down" {
            return Err("the session store does not answer".into());
        }
        Ok(Some(person(session.to_str()?)))
    }
}

/// A site that knows who is logged in.
pub(crate) async fn verified() -> Site {
    verified_on(Kind::Memory).await
}

/// The same over a database of this kind.
pub(crate) async fn verified_on(kind: Kind) -> Site {
    SiteBuilder::new()
        .on(kind)
        .start(|builder| builder.with_user_verifier(Arc::new(Session)))
        .await
}

/// The same, where a person may connect several accounts.
pub(crate) async fn verified_several() -> Site {
    SiteBuilder::new()
        .start(|builder| {
            builder
                .with_user_verifier(Arc::new(Session))
                .with_several_accounts()
        })
        .await
}

/// The browser of somebody who is.
pub(crate) fn logged_in(name: &str) -> Browser {
    let mut browser = Browser::new();
    browser.log_in(name);
    browser
}

impl Browser {
    /// Somebody logs in, in place of whoever was.
    pub(crate) fn log_in(&mut self, name: &str) {
        self.headers.insert("x-session", name.parse().unwrap());
    }
}
