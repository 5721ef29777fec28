//! A loopback Google, people who have consented, and processes that know nothing yet.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use toolgate_auth::store::{Consent, Database, Incarnation, Sealed};
use toolgate_auth::{
    Access, Browser, ClientSecret, GoogleAuth, KeyRing, KeySource, OAuthClient, Principal,
    Requirement, SealingKey, Service, TokenKey, ToolkitScopes,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_http::{Endpoints, HttpClient};

const METHODS: [&str; 3] = [
    "gmail.users.messages.list",
    "gmail.users.messages.get",
    "gmail.users.drafts.create",
];

/// What one tool call needs.
pub(crate) fn requirement() -> Requirement {
    Requirement::for_methods(&METHODS[..1])
}

pub(crate) fn key(user: usize) -> anyhow::Result<TokenKey> {
    Ok(TokenKey::new(principal(user)?, Service::google()))
}

fn principal(user: usize) -> anyhow::Result<Principal> {
    Ok(Principal::for_user(format!("user-{user}"))?)
}

/// A consent as large as a real one, of an account of its own.
pub(crate) fn consent(user: usize) -> Consent {
    let ciphertext = "x".repeat(500);
    Consent {
        incarnation: Incarnation::new(format!("incarnation-{user}")),
        account_id: Some(format!("sub-{user}")),
        account_email: Some(format!("user-{user}@example.com")),
        client_id: "1234567890-abcdef.apps.googleusercontent.com".to_owned(),
        sealed: Sealed {
            data: serde_json::json!({
                "fmt": 1, "alg": "xchacha20-poly1305", "key_id": "k1", "sealed_epoch": 1,
                "nonce": "n".repeat(32), "ciphertext": ciphertext,
            }),
            key_id: "k1".to_owned(),
        },
        consented_scopes: scopes(),
        token_scopes: scopes(),
        expires_in: Duration::from_hours(1),
        lifetime: Duration::from_hours(1),
        refresh_expires_in: None,
        project: Some("1234567890".to_owned()),
        rt_hash: Some("h".repeat(88)),
        rt_prefix_mac: Some("m".repeat(43)),
    }
}

fn scopes() -> Vec<String> {
    Requirement::for_methods(&METHODS).least_scopes().to_vec()
}

/// The loopback Google.
pub(crate) struct World {
    /// It serves as long as this lives.
    _emulator: Emulator,
    google: GoogleAuth,
}

impl World {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let emulator = Emulator::builder().start().await?;
        let secret = ClientSecret::parse(emulator.installed_client_secret())?;
        let client = OAuthClient::new(emulator.installed_client_id()).with_secret(secret);
        let google = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str())?)
            .with_http(HttpClient::new()?)
            .with_keys(KeySource::Ring(KeyRing::new(
                "k1",
                SealingKey::from_bytes([7; 32]),
            )?))
            .with_browser(browser())
            .build()?;
        Ok(Self {
            _emulator: emulator,
            google,
        })
    }

    /// What a process that has just started holds: it has everybody's way and nobody's token.
    pub(crate) async fn process(
        &self,
        database: &dyn Database,
        users: usize,
    ) -> anyhow::Result<Vec<Access>> {
        let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&METHODS));
        let bound = self
            .google
            .bind(database, Service::google(), vec![toolkit])
            .await?;
        // Binding looks for unfinished disconnects in the background.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let access = |user| Ok(bound.access(&principal(user)?, "gmail"));
        (0..users).map(access).collect()
    }

    /// So many people consent.
    pub(crate) async fn connect(
        &self,
        database: &dyn Database,
        users: usize,
    ) -> anyhow::Result<()> {
        for access in self.process(database, users).await? {
            access.token(&requirement()).await.context("a sign-in")?;
        }
        Ok(())
    }
}

/// A browser in which one person allows everything, link after link.
fn browser() -> Browser {
    let following = Mutex::new(tokio::task::JoinSet::new());
    let following = Arc::new(following);
    Browser::opened_by(move |link| {
        let link = link.clone();
        let mut following = following.lock().unwrap_or_else(PoisonError::into_inner);
        following.spawn(async move { Person::new("alice@example.com").follow(&link).await });
        true
    })
}
