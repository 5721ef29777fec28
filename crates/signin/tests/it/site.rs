//! One application with its database, its pages and its Google.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use serde_json::{Value, json};
use toolgate_auth::sign_in::SignInLink;
use toolgate_auth::store::{AuditEvent, Database, ListScope, SignInRow, TokenRow};
use toolgate_auth::{
    AccountLabel, BoundGoogleAuth, ClientSecret, Clock, GoogleAuth, GoogleAuthBuilder, KeyRing,
    KeySource, OAuthClient, Principal, Requirement, SealingKey, Service, ToolkitScopes,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, Seed};
use toolgate_http::Endpoints;
use toolgate_signin::PageOptions;
use toolgate_testkit::LogCapture;
use url::Url;

use crate::browser::parameter;
use crate::clock::{CANARY, CanaryRandom, TestClock};
use crate::databases::Kind;

pub(crate) const PUBLIC_URL: &str = "http://127.0.0.1:4000";
pub(crate) const READ: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
const METHODS: [&str; 2] = ["gmail.users.messages.list", "gmail.users.drafts.create"];

/// An application, served in this process.
pub(crate) struct Site {
    pub(crate) emulator: Arc<Emulator>,
    pub(crate) router: Router,
    pub(crate) google: BoundGoogleAuth,
    pub(crate) database: Arc<dyn Database>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) public_url: String,
    kind: Kind,
    key: u8,
}

/// Puts a database of a test's in front of another.
type Wrap = dyn Fn(Arc<dyn Database>) -> Arc<dyn Database> + Send + Sync;

/// How a site is to be.
pub(crate) struct SiteBuilder {
    public_url: String,
    key: u8,
    pages: PageOptions,
    kind: Kind,
    wrap: Box<Wrap>,
}

/// Ties links to nobody, so that tests choose what ties them.
pub(crate) async fn unverified() -> Site {
    SiteBuilder::new()
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await
}

/// The same, where a person may connect several accounts.
pub(crate) async fn several() -> Site {
    SiteBuilder::new()
        .start(|builder| builder.allow_unverified_links().with_several_accounts())
        .await
}

impl SiteBuilder {
    pub(crate) fn new() -> Self {
        Self {
            public_url: PUBLIC_URL.to_owned(),
            key: 7,
            pages: PageOptions::new(),
            kind: Kind::Memory,
            wrap: Box::new(|database| database),
        }
    }

    pub(crate) fn at(self, public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
            ..self
        }
    }

    pub(crate) fn with_key(self, key: u8) -> Self {
        Self { key, ..self }
    }

    pub(crate) fn with_pages(self, pages: PageOptions) -> Self {
        Self { pages, ..self }
    }

    /// Over this database.
    pub(crate) fn on(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn over(
        self,
        wrap: impl Fn(Arc<dyn Database>) -> Arc<dyn Database> + Send + Sync + 'static,
    ) -> Self {
        Self {
            wrap: Box::new(wrap),
            ..self
        }
    }

    pub(crate) async fn start(
        self,
        configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    ) -> Site {
        // What all crates log here is kept, for the leak check over the whole test run.
        LogCapture::install();
        let emulator = Emulator::builder().with_seed(seed()).start().await.unwrap();
        let redirect_uri = format!("{}/google/callback", self.public_url);
        emulator.register_redirect_uri(&redirect_uri).unwrap();
        let clock = Arc::new(TestClock::default());
        let now = Arc::clone(&clock);
        let database = self.kind.open(Arc::new(move || now.now())).await;
        let client = client(emulator.client_id(), emulator.client_secret());
        let builder = builder(client, &emulator, &clock, &self.public_url, self.key);
        let wrapped = (self.wrap)(Arc::clone(&database));
        let google = bind(configure(builder), &*wrapped).await;
        let router = toolgate_signin::router(google.clone(), self.pages).unwrap();
        Site {
            emulator: Arc::new(emulator),
            router,
            google,
            database,
            clock,
            public_url: self.public_url,
            kind: self.kind,
            key: self.key,
        }
    }
}

fn client(id: &str, secret: &str) -> OAuthClient {
    OAuthClient::new(id).with_secret(ClientSecret::parse(secret).unwrap())
}

fn builder(
    client: OAuthClient,
    emulator: &Emulator,
    clock: &Arc<TestClock>,
    public_url: &str,
    key: u8,
) -> GoogleAuthBuilder {
    let mut bytes = [key; 32];
    bytes[..CANARY.len()].copy_from_slice(CANARY);
    let ring = KeyRing::new("k1", SealingKey::from_bytes(bytes)).unwrap();
    GoogleAuth::builder(client)
        .with_public_url(public_url)
        .with_app_name("Example & Co")
        .with_keys(KeySource::Ring(ring))
        .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
        .with_clock(Arc::clone(clock) as Arc<dyn Clock>)
        .with_random(Arc::new(CanaryRandom))
}

pub(crate) fn gmail() -> ToolkitScopes {
    ToolkitScopes::new("gmail", Requirement::for_methods(&METHODS))
}

pub(crate) fn calendar() -> ToolkitScopes {
    let lists = Requirement::for_methods(&["calendar.events.list"]);
    ToolkitScopes::new("calendar", lists)
}

async fn bind(builder: GoogleAuthBuilder, database: &dyn Database) -> BoundGoogleAuth {
    bind_with(builder, database, gmail()).await
}

async fn bind_with(
    builder: GoogleAuthBuilder,
    database: &dyn Database,
    toolkit: ToolkitScopes,
) -> BoundGoogleAuth {
    bind_to(&builder.build().unwrap(), database, vec![toolkit]).await
}

async fn bind_to(
    google: &GoogleAuth,
    database: &dyn Database,
    toolkits: Vec<ToolkitScopes>,
) -> BoundGoogleAuth {
    let bound = google.bind(database, Service::google(), toolkits);
    bound.await.unwrap()
}

/// Alice and Bob, and Wanda, whose account is of a Workspace.
fn seed() -> Seed {
    Seed::from_yaml(
        "
accounts:
  - { email: alice@example.com, name: Alice }
  - { email: bob@example.com, name: Bob }
  - { email: wanda@work.example, name: Wanda, hosted_domain: work.example }
",
    )
    .unwrap()
}

/// A person: `alice`, or `alice of acme`, who is of a tenant.
pub(crate) fn person(name: &str) -> Principal {
    match name.split_once(" of ") {
        Some((user, tenant)) => person(user).with_tenant(tenant).unwrap(),
        None => Principal::for_user(name).unwrap(),
    }
}

impl Site {
    /// The same application with another OAuth client, over the same database and keys.
    pub(crate) async fn with_other_client(&self) -> Self {
        let emulator = &self.emulator;
        let client = client(
            emulator.installed_client_id(),
            emulator.installed_client_secret(),
        );
        self.beside(client, |builder| builder).await
    }

    /// Another process of the same application, over the same database and keys.
    pub(crate) async fn replica(&self) -> Self {
        let client = client(self.emulator.client_id(), self.emulator.client_secret());
        self.beside(client, |builder| builder).await
    }

    /// The same application where Google sends browsers back to another address.
    pub(crate) async fn with_other_redirect(&self) -> Self {
        let client = client(self.emulator.client_id(), self.emulator.client_secret());
        let redirect_uri = format!("{}/google/elsewhere", self.public_url);
        self.beside(client, |builder| builder.with_redirect_uri(redirect_uri))
            .await
    }

    /// Another set-up of the application, over the same database and keys.
    pub(crate) async fn rebuilt(
        &self,
        configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    ) -> Self {
        let client = client(self.emulator.client_id(), self.emulator.client_secret());
        self.beside(client, configure).await
    }

    /// A process of another version of the application, which has another toolkit.
    pub(crate) async fn with_other_toolkit(&self) -> Self {
        let client = client(self.emulator.client_id(), self.emulator.client_secret());
        let builder = self.builder(client).allow_unverified_links();
        self.served(bind_with(builder, &*self.database, calendar()).await)
    }

    /// A process in which agents share one definition and this database: a binding for each of these
    /// lists of toolkits, with pages of its own.
    pub(crate) async fn bound_as(&self, agents: Vec<Vec<ToolkitScopes>>) -> Vec<Self> {
        let client = client(self.emulator.client_id(), self.emulator.client_secret());
        let google = self.builder(client).allow_unverified_links();
        let google = google.build().unwrap();
        let mut sites = Vec::new();
        for toolkits in agents {
            sites.push(self.served(bind_to(&google, &*self.database, toolkits).await));
        }
        sites
    }

    fn builder(&self, client: OAuthClient) -> GoogleAuthBuilder {
        let (emulator, clock) = (&self.emulator, &self.clock);
        builder(client, emulator, clock, &self.public_url, self.key)
    }

    async fn beside(
        &self,
        client: OAuthClient,
        configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    ) -> Self {
        let builder = configure(self.builder(client).allow_unverified_links());
        self.served(bind(builder, &*self.database).await)
    }

    fn served(&self, google: BoundGoogleAuth) -> Self {
        Self {
            emulator: Arc::clone(&self.emulator),
            router: toolgate_signin::router(google.clone(), PageOptions::new()).unwrap(),
            google,
            database: Arc::clone(&self.database),
            kind: self.kind.clone(),
            clock: Arc::clone(&self.clock),
            public_url: self.public_url.clone(),
            key: self.key,
        }
    }

    /// The access token that the agent gets for a person's default account.
    pub(crate) async fn token(&self, name: &str) -> String {
        let access = self.google.access(&person(name), "gmail");
        let token = access.token(&Requirement::for_methods(&METHODS)).await;
        token.unwrap().access().expose().to_owned()
    }

    /// Google will answer the next exchange for this account with an id token that says `claims`
    /// besides what it has to say.
    pub(crate) fn answer_with_claims(&self, authorize: &Url, email: &str, claims: &Value) {
        let now = self.clock.now().as_millis() / 1000;
        let mut all = json!({
            "iss": "https://accounts.google.com",
            "aud": self.emulator.client_id(),
            "sub": self.emulator.subject(email).unwrap(),
            "iat": now,
            "exp": now + 3600,
            "nonce": parameter(authorize, "nonce"),
        });
        all.as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        let scopes = ["openid", "email", READ, COMPOSE];
        let body = json!({
            "access_token": self.emulator.issue_token(email, &scopes),
            "refresh_token": self.emulator.issue_refresh_token(email, &scopes),
            "expires_in": 3600,
            "scope": scopes.join(" "),
            "token_type": "Bearer",
            "id_token": self.emulator.sign_id_token(&all),
        });
        let action = FaultAction::Json { status: 200, body };
        let rule = FaultRule::new(action).on_method("token").times(1);
        self.emulator.faults().add(rule);
    }

    /// A link for a person's default account.
    pub(crate) async fn link(&self, name: &str) -> SignInLink {
        self.link_for(name, "gmail").await.unwrap()
    }

    /// The same for this service.
    pub(crate) async fn link_for(
        &self,
        name: &str,
        service: &str,
    ) -> Result<SignInLink, toolgate_auth::Error> {
        let services = [service.to_owned()];
        let person = person(name);
        self.google.connect_link(&person, None, &services).await
    }

    /// A link for a further account of a person.
    pub(crate) async fn link_as(
        &self,
        name: &str,
        label: &str,
    ) -> Result<SignInLink, toolgate_auth::Error> {
        let label = AccountLabel::parse(label).unwrap();
        self.google
            .connect_link(&person(name), Some(&label), &["gmail".to_owned()])
            .await
    }

    /// All grants that are stored.
    pub(crate) async fn grants(&self) -> Vec<TokenRow> {
        let store = self.database.token_store().unwrap();
        store.list(&ListScope::All, None, 100).await.unwrap()
    }

    /// The grant of a person's default account.
    pub(crate) async fn grant(&self, name: &str) -> TokenRow {
        let rows = self.grants().await;
        let mine = |row: &&TokenRow| {
            *row.key.principal() == person(name) && row.key.account_label().is_none()
        };
        rows.iter().find(mine).cloned().unwrap()
    }

    /// The pending sign-in of the one link that was made.
    pub(crate) async fn only_sign_in(&self, ids: &[String]) -> SignInRow {
        assert_eq!(ids.len(), 1);
        let store = self.database.sign_in_store().unwrap();
        store.get(&ids[0]).await.unwrap().unwrap().0
    }

    /// How many codes Google was asked to exchange.
    pub(crate) fn exchanges(&self) -> usize {
        let requests = self.emulator.requests();
        requests
            .iter()
            .filter(|request| request.api_method.as_deref() == Some("token"))
            .count()
    }

    /// What the audit log holds, as counted pairs of event and outcome.
    pub(crate) async fn audit(&self) -> BTreeMap<(String, String), usize> {
        let mut counts = BTreeMap::new();
        for event in self.events().await {
            *counts.entry((event.event, event.outcome)).or_default() += 1;
        }
        counts
    }

    /// What the audit log holds.
    pub(crate) async fn events(&self) -> Vec<AuditEvent> {
        let store = self.database.audit_store().unwrap();
        let records = store.events(None, None, 1000).await.unwrap();
        records.into_iter().map(|it| it.event).collect()
    }

    /// Fails unless nothing was stored and Google was asked nothing.
    pub(crate) async fn assert_untouched(&self, why: &str) {
        assert_eq!(self.grants().await.len(), 0, "a grant was stored: {why}");
        assert_eq!(self.exchanges(), 0, "google was asked: {why}");
    }
}
