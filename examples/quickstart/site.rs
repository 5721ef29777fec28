//! The agent and the sign-in pages that belong to it, as an application would run them.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use toolgate_auth::GoogleAuth;
use toolgate_auth::store::Database;
use toolgate_framework::Agent;
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;

use crate::script;

/// An agent whose sign-in pages are served. Dropping it ends both.
pub(crate) struct Site {
    pub(crate) agent: Arc<Agent>,
    pages: JoinHandle<()>,
}

impl Site {
    /// Builds the agent over a database and serves its sign-in pages at `listener`.
    pub(crate) async fn open(
        database: Arc<dyn Database>,
        google: GoogleAuth,
        listener: TcpListener,
    ) -> anyhow::Result<Self> {
        let agent = Agent::builder()
            .model(script::assistant())
            .database(database)
            .google_auth(google)
            .toolkit(GmailToolkit::new())
            .build()
            .await?;
        let bound = agent
            .google_auth()
            .context("the agent gives no sign-in links")?
            .clone();
        let router = toolgate_signin::router(bound, PageOptions::new())?;
        let pages = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the sign-in pages stopped");
            }
        });
        Ok(Self {
            agent: Arc::new(agent),
            pages,
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.pages.abort();
    }
}

/// A free port of this machine, and how browsers reach it.
pub(crate) async fn listen() -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}
