//! A world for tests: the emulator, a database in memory, a clock, and a browser that consents.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use toolgate_auth::store::{Consent, Database, TokenRow};
use toolgate_auth::{
    BoundGoogleAuth, Browser, ClientSecret, Clock, Error, GoogleAuth, GoogleAuthBuilder, KeyRing,
    KeySource, MemoryDatabase, OAuthClient, Principal, PushChannels, Random, Requirement,
    SealingKey, Service, Timestamp, Token, TokenKey, ToolkitScopes,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, Person};
use toolgate_http::{Endpoints, HttpClient};

pub(crate) const READ: &str = "gmail.users.messages.list";
const START: i64 = 1_790_000_000_000;

/// A clock that tests move.
#[derive(Debug)]
pub(crate) struct TestClock {
    began: Instant,
    passed: AtomicI64,
}

impl TestClock {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            passed: AtomicI64::new(0),
        }
    }

    fn passed(&self) -> i64 {
        self.passed.load(Ordering::SeqCst)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START + self.passed())
    }

    fn monotonic(&self) -> Instant {
        self.began + Duration::from_millis(self.passed().unsigned_abs())
    }
}

/// The same clock, but its wall clock is wrong.
#[derive(Debug)]
struct Skewed {
    true_clock: Arc<TestClock>,
    off_by: i64,
}

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.true_clock.now().as_millis() + self.off_by)
    }

    fn monotonic(&self) -> Instant {
        self.true_clock.monotonic()
    }
}

/// All that a test of the guard needs.
pub(crate) struct World {
    pub(crate) emulator: Arc<Emulator>,
    pub(crate) database: MemoryDatabase,
    pub(crate) clock: Arc<TestClock>,
    browsers: Arc<AtomicUsize>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(false).await
    }

    pub(crate) async fn rotating() -> Self {
        Self::with(true).await
    }

    async fn with(rotating: bool) -> Self {
        // What all crates log here is kept, for the leak check over the whole test run.
        toolgate_testkit::LogCapture::install();
        let clock = Arc::new(TestClock::new());
        let (emulator_time, store_time) = (Arc::clone(&clock), Arc::clone(&clock));
        let emulator = Emulator::builder()
            .with_clock(Arc::new(move || emulator_time.now().as_millis()))
            .with_rotating_refresh_tokens(rotating)
            .start()
            .await
            .unwrap();
        let database = MemoryDatabase::new().with_now(Arc::new(move || store_time.now()));
        Self {
            emulator: Arc::new(emulator),
            database,
            clock,
            browsers: Arc::default(),
        }
    }

    /// Time goes by for everybody.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock
            .passed
            .fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// What everybody's clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    #[expect(clippy::unused_self, reason = "she is of this world")]
    pub(crate) fn alice(&self) -> Principal {
        Principal::for_user("alice").unwrap()
    }

    pub(crate) fn endpoints(&self) -> Endpoints {
        Endpoints::at_base(self.emulator.base_url().as_str()).unwrap()
    }

    /// A browser in which alice@example.com allows everything, whoever opens it.
    pub(crate) fn browser(&self) -> Browser {
        let browsers = Arc::clone(&self.browsers);
        Browser::opened_by(move |link| {
            browsers.fetch_add(1, Ordering::SeqCst);
            let link = link.clone();
            tokio::spawn(async move { Person::new("alice@example.com").follow(&link).await });
            true
        })
    }

    /// How many browsers were opened.
    pub(crate) fn browsers(&self) -> usize {
        self.browsers.load(Ordering::SeqCst)
    }

    fn client(id: &str, secret: &str) -> OAuthClient {
        OAuthClient::new(id).with_secret(ClientSecret::parse(secret).unwrap())
    }

    pub(crate) fn google(&self, browser: Option<Browser>) -> GoogleAuth {
        self.google_of(self.installed_client(), browser)
    }

    fn installed_client(&self) -> OAuthClient {
        let id = self.emulator.installed_client_id();
        Self::client(id, self.emulator.installed_client_secret())
    }

    fn google_of(&self, client: OAuthClient, browser: Option<Browser>) -> GoogleAuth {
        let mut builder = self.builder(client);
        if let Some(browser) = browser {
            builder = builder.with_browser(browser);
        }
        builder.build().unwrap()
    }

    /// A definition that opens a browser, and ends these channels with a connection.
    pub(crate) fn google_with_channels(&self, channels: Arc<dyn PushChannels>) -> GoogleAuth {
        let builder = self.builder(self.installed_client());
        let builder = builder.with_browser(self.browser());
        builder.with_push_channels(channels).build().unwrap()
    }

    fn builder(&self, client: OAuthClient) -> GoogleAuthBuilder {
        let ring = KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap();
        GoogleAuth::builder(client)
            .with_endpoints(self.endpoints())
            .with_http(HttpClient::new().unwrap())
            .with_clock(Arc::clone(&self.clock) as Arc<dyn Clock>)
            .with_keys(KeySource::Ring(ring))
    }

    pub(crate) async fn bind(&self, methods: &[&'static str]) -> BoundGoogleAuth {
        self.bind_to(&self.database, methods).await
    }

    pub(crate) async fn bind_to(
        &self,
        database: &dyn Database,
        methods: &[&'static str],
    ) -> BoundGoogleAuth {
        bind(&self.google(Some(self.browser())), database, methods).await
    }

    pub(crate) async fn bind_without_browser(&self, methods: &[&'static str]) -> BoundGoogleAuth {
        self.bind_without_browser_to(&self.database, methods).await
    }

    pub(crate) async fn bind_without_browser_to(
        &self,
        database: &dyn Database,
        methods: &[&'static str],
    ) -> BoundGoogleAuth {
        bind(&self.google(None), database, methods).await
    }

    /// A process whose wall clock is off by so many seconds.
    pub(crate) async fn bind_with_wall_clock_off_by(
        &self,
        seconds: i64,
        methods: &[&'static str],
    ) -> BoundGoogleAuth {
        let clock = Arc::new(Skewed {
            true_clock: Arc::clone(&self.clock),
            off_by: seconds * 1000,
        });
        let client = self.installed_client();
        let google = self.builder(client).with_clock(clock).build().unwrap();
        bind(&google, &self.database, methods).await
    }

    /// The same database, and another OAuth client than the one that connected.
    pub(crate) async fn bind_with_installed_client(
        &self,
        methods: &[&'static str],
    ) -> BoundGoogleAuth {
        let client = Self::client(self.emulator.client_id(), self.emulator.client_secret());
        bind(&self.google_of(client, None), &self.database, methods).await
    }

    /// A definition that gives links, and throws these dice.
    pub(crate) fn links_by(&self, random: Arc<dyn Random>) -> GoogleAuth {
        let builder = self.builder(self.installed_client());
        let builder = builder
            .with_public_url("http://127.0.0.1:1")
            .with_random(random);
        builder.allow_unverified_links().build().unwrap()
    }

    /// A definition that a test changes before it is bound.
    pub(crate) async fn bind_with(
        &self,
        methods: &[&'static str],
        change: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    ) -> BoundGoogleAuth {
        let google = change(self.builder(self.installed_client()));
        bind(&google.build().unwrap(), &self.database, methods).await
    }

    pub(crate) async fn bind_definition(
        &self,
        google: &GoogleAuth,
        methods: &[&'static str],
    ) -> BoundGoogleAuth {
        bind(google, &self.database, methods).await
    }

    /// Alice consents, in a process of her own.
    pub(crate) async fn connect(&self, methods: &[&'static str]) {
        self.token(methods).await.unwrap();
    }

    /// A token for alice, in a process of its own.
    pub(crate) async fn token(&self, methods: &[&'static str]) -> Result<Token, Error> {
        let bound = self.bind(methods).await;
        bound
            .access(&self.alice(), "gmail")
            .token(&Requirement::for_methods(methods))
            .await
    }

    pub(crate) async fn token_without_browser(
        &self,
        methods: &[&'static str],
    ) -> Result<Token, Error> {
        let bound = self.bind_without_browser(methods).await;
        bound
            .access(&self.alice(), "gmail")
            .token(&Requirement::for_methods(methods))
            .await
    }

    /// How many requests of this grant type the token endpoint got.
    pub(crate) fn token_requests(&self, grant_type: &str) -> usize {
        let wanted = format!("grant_type={grant_type}");
        let requests = self.emulator.requests();
        requests
            .iter()
            .filter(|it| it.path == "/token" && it.body.contains(&wanted))
            .count()
    }

    pub(crate) fn answer_token_requests_with(&self, body: Value) {
        let action = FaultAction::Json { status: 200, body };
        self.emulator
            .faults()
            .add(FaultRule::new(action).on_path("/token"));
    }

    /// Alice's row as it stands.
    pub(crate) async fn row(&self) -> TokenRow {
        let key = TokenKey::new(self.alice(), Service::google());
        let store = self.database.token_store().unwrap();
        store.get(&key).await.unwrap().row.unwrap()
    }

    /// Writes a copy of a row under another key, as somebody with access to the database could.
    pub(crate) async fn plant(&self, row: &TokenRow, key: &TokenKey) {
        let consent = Consent {
            incarnation: row.incarnation.clone(),
            account_id: row.account_id.clone(),
            account_email: row.account_email.clone(),
            client_id: row.client_id.clone(),
            sealed: row.sealed.clone().unwrap(),
            consented_scopes: row.consented_scopes.clone(),
            token_scopes: row.token_scopes.clone(),
            expires_in: Duration::from_hours(1),
            lifetime: Duration::from_hours(1),
            refresh_expires_in: None,
            project: row.project.clone(),
            rt_hash: row.rt_hash.clone(),
            rt_prefix_mac: row.rt_prefix_mac.clone(),
        };
        let store = self.database.token_store().unwrap();
        store.upsert(key, &consent, None).await.unwrap();
    }
}

async fn bind(
    google: &GoogleAuth,
    database: &dyn Database,
    methods: &[&'static str],
) -> BoundGoogleAuth {
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(methods));
    google
        .bind(database, Service::google(), vec![toolkit])
        .await
        .unwrap()
}
