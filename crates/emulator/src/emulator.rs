//! A running emulator.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinHandle;
use url::Url;

use crate::builder::EmulatorBuilder;
use crate::error::{Error, ErrorKind};
use crate::faults::Faults;
use crate::oauth::{self, ClientKind, ClientSeed};
use crate::record::RecordedRequest;
use crate::state::Shared;

/// A loopback Google that runs until it is shut down or dropped.
pub struct Emulator {
    shared: Arc<Shared>,
    web: ClientSeed,
    installed: ClientSeed,
    ca_pem: Option<String>,
    port: u16,
    task: JoinHandle<()>,
}

impl Emulator {
    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Begins to choose how the emulator is to be.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    pub(crate) fn new(
        shared: Arc<Shared>,
        clients: &[ClientSeed],
        ca_pem: Option<String>,
        port: u16,
        task: JoinHandle<()>,
    ) -> Self {
        let first = |kind, default: &dyn Fn(&str) -> ClientSeed| {
            clients
                .iter()
                .find(|client| client.kind == kind)
                .cloned()
                .unwrap_or_else(|| default(""))
        };
        Self {
            web: first(ClientKind::Web, &ClientSeed::default_web),
            installed: first(ClientKind::Installed, &ClientSeed::default_installed),
            shared,
            ca_pem,
            port,
            task,
        }
    }

    /// The address that stands for all of Google's, such as `http://127.0.0.1:4100/`.
    pub fn base_url(&self) -> Url {
        self.shared.config.base_url.clone()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The id of the first web client.
    pub fn client_id(&self) -> &str {
        &self.web.client_id
    }

    /// The secret of the first web client.
    pub fn client_secret(&self) -> &str {
        &self.web.client_secret
    }

    /// The id of the first installed client, which may use any loopback redirect.
    pub fn installed_client_id(&self) -> &str {
        &self.installed.client_id
    }

    /// The secret of the first installed client.
    pub fn installed_client_secret(&self) -> &str {
        &self.installed.client_secret
    }

    /// Registers a redirect for the web client of [`client_id`](Self::client_id).
    ///
    /// # Errors
    /// When Google's console would refuse it: neither https nor http on loopback, or a fragment.
    pub fn register_redirect_uri(&self, redirect_uri: &str) -> Result<(), Error> {
        if !oauth::is_lawful_redirect(redirect_uri) {
            let problem =
                format!("redirect {redirect_uri:?} is neither https nor http on loopback");
            let client_id = self.web.client_id.clone();
            return Err(ErrorKind::Client { client_id, problem }.into());
        }
        self.shared.with_grants(|grants| {
            for client in &mut grants.clients {
                if client.client_id == self.web.client_id {
                    client.redirect_uris.push(redirect_uri.to_owned());
                }
            }
        });
        Ok(())
    }

    /// The e-mail addresses of the accounts.
    pub fn accounts(&self) -> Vec<String> {
        self.shared
            .accounts
            .iter()
            .map(|account| account.email.clone())
            .collect()
    }

    /// Google's stable identifier of an account.
    pub fn subject(&self, email: &str) -> Option<String> {
        self.shared
            .account(email)
            .map(|account| account.sub.clone())
    }

    /// Every request so far, in the order in which they came; those of a batch stand behind it.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.shared.log.clear();
    }

    /// The faults of this emulator.
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// From now on a page of any list has at most so many entries, whatever is asked for; `None`
    /// goes back to Google's own limit.
    pub fn limit_pages(&self, entries: Option<usize>) {
        self.shared.limit_pages(entries);
    }

    /// Makes the account's access tokens expire now; returns how many there were.
    pub fn expire_access_tokens(&self, email: &str) -> usize {
        let now_ms = self.shared.now_ms();
        self.shared
            .with_grants(|grants| grants.expire_access(email, now_ms))
    }

    /// Takes back all that the account granted, as the person can in their Google account.
    pub fn revoke(&self, email: &str) {
        self.shared.with_grants(|grants| grants.revoke(email));
    }

    /// How many refresh tokens of the account are alive.
    pub fn live_refresh_tokens(&self, email: &str) -> usize {
        self.shared
            .with_grants(|grants| grants.live_refresh_tokens(email))
    }

    /// An access token without a consent, for tests of one layer.
    ///
    /// The APIs refuse a token for an account that does not exist.
    pub fn issue_token(&self, email: &str, scopes: &[&str]) -> String {
        oauth::issue_access(&self.shared, &self.web.client_id, email, scopes)
    }

    /// A refresh token of the web client without a consent, for tests of one layer.
    pub fn issue_refresh_token(&self, email: &str, scopes: &[&str]) -> String {
        oauth::issue_refresh(&self.shared, &self.web.client_id, email, scopes)
    }

    /// The Pub/Sub topic that changes of the account's mail are told to now, as `users.watch` asked;
    /// none when nothing was asked, when it was stopped, and when its week is over.
    ///
    /// The emulator knows no Pub/Sub: nothing is told.
    pub fn watched_topic(&self, email: &str) -> Option<String> {
        let now_ms = self.shared.now_ms();
        self.shared.with_mailboxes(|mailboxes| {
            let topic = mailboxes.of(email)?.watched_by(now_ms)?;
            Some(topic.to_owned())
        })
    }

    /// The ids of the notification channels of Calendar and Drive that the account has open, as the
    /// `watch` methods made them: neither stopped nor over.
    ///
    /// Nothing is delivered to them.
    pub fn open_channels(&self, email: &str) -> Vec<String> {
        let now_ms = self.shared.now_ms();
        self.shared
            .with_channels(|channels| channels.open(email, now_ms))
    }

    /// Signs an id token with these claims, so that a test can have one that is wrong.
    pub fn sign_id_token(&self, claims: &Value) -> String {
        self.shared.key.sign(claims)
    }

    /// The key file of a service account, as Google's console gives it out; none where there is no such
    /// account. Its endpoints are this emulator's.
    pub fn service_account_key(&self, email: &str) -> Option<String> {
        let base = &self.shared.config.base_url;
        self.shared.services.key_file(email, base)
    }

    /// The certificate authority to trust, in PEM; none without TLS.
    pub fn ca_certificate_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Stops the emulator and cuts its connections.
    pub async fn shutdown(mut self) {
        self.task.abort();
        // It ends as cancelled, which is what was asked for.
        let _ = (&mut self.task).await;
    }
}

impl fmt::Debug for Emulator {
    /// Shows where it is; what it holds is full of secrets, and long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.shared.config.base_url.as_str())
            .finish_non_exhaustive()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}
