//! The emulator, a person who has signed in through Toolgate, and an authenticator of theirs.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use toolgate_auth::store::{Database, TokenRow, TokenStore};
use toolgate_auth::{
    BoundGoogleAuth, Browser, ClientSecret, GoogleAuth, KeyRing, KeySource, MemoryDatabase,
    OAuthClient, Principal, Requirement, SealingKey, Service, TokenKey, ToolkitScopes,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_http::Endpoints;
use toolgate_testkit::LogCapture;
use toolgate_yup_oauth2::{GrantStorage, NoFlow};
use yup_oauth2::authenticator::DefaultAuthenticator;
use yup_oauth2::{ApplicationSecret, InstalledFlowAuthenticator, InstalledFlowReturnMethod};

pub(crate) const READ: &str = "gmail.users.messages.list";
pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const EMAIL: &str = "alice@example.com";

/// What would wait for a person without an end, if it began yup-oauth2's own sign-in.
pub(crate) async fn bounded<T>(work: impl Future<Output = T>) -> T {
    let limit = Duration::from_mins(1);
    tokio::time::timeout(limit, work).await.unwrap()
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) google: BoundGoogleAuth,
    pub(crate) store: Arc<dyn TokenStore>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::on(&MemoryDatabase::new(), false).await
    }

    pub(crate) async fn rotating() -> Self {
        Self::on(&MemoryDatabase::new(), true).await
    }

    pub(crate) async fn on(database: &dyn Database, rotating: bool) -> Self {
        LogCapture::install();
        // yup-oauth2 prints tokens at debug level: here they are none that the leak check looks for.
        let emulator = Emulator::builder()
            .with_secret_marker("printed-by-yup-oauth2")
            .with_rotating_refresh_tokens(rotating)
            .start()
            .await
            .unwrap();
        let secret = ClientSecret::parse(emulator.installed_client_secret()).unwrap();
        let client = OAuthClient::new(emulator.installed_client_id()).with_secret(secret);
        let browser = Browser::opened_by(|link| {
            let link = link.clone();
            tokio::spawn(async move { Person::new(EMAIL).follow(&link).await });
            true
        });
        let ring = KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap();
        let google = GoogleAuth::builder(client)
            .with_keys(KeySource::Ring(ring))
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
            .with_browser(browser)
            .build()
            .unwrap();
        let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
        let google = google.bind(database, Service::google(), vec![gmail]).await;
        Self {
            emulator,
            google: google.unwrap(),
            store: database.token_store().unwrap(),
        }
    }

    #[expect(clippy::unused_self, reason = "she is of this world")]
    pub(crate) fn alice(&self) -> Principal {
        Principal::for_user("alice").unwrap()
    }

    pub(crate) fn key(&self) -> TokenKey {
        TokenKey::new(self.alice(), Service::google())
    }

    /// The token that Toolgate's own tools get; alice signs in where that is needed.
    pub(crate) async fn token(&self) -> String {
        let access = self.google.access(&self.alice(), "gmail");
        let token = access.token(&Requirement::for_methods(&[READ])).await;
        token.unwrap().access().expose().to_owned()
    }

    pub(crate) fn storage(&self) -> GrantStorage {
        GrantStorage::new(&self.google, &self.alice()).unwrap()
    }

    pub(crate) async fn authenticator(&self) -> DefaultAuthenticator {
        let at = |path| self.emulator.base_url().join(path).unwrap().to_string();
        let secret = ApplicationSecret {
            client_id: self.emulator.installed_client_id().to_owned(),
            client_secret: self.emulator.installed_client_secret().to_owned(),
            auth_uri: at("o/oauth2/v2/auth"),
            token_uri: at("token"),
            ..ApplicationSecret::default()
        };
        InstalledFlowAuthenticator::builder(secret, InstalledFlowReturnMethod::Interactive)
            .with_storage(Box::new(self.storage()))
            .flow_delegate(Box::new(NoFlow))
            .build()
            .await
            .unwrap()
    }

    pub(crate) async fn row(&self) -> TokenRow {
        toolgate_testkit::sample::row(&*self.store, &self.key()).await
    }

    /// The stored access token ends now, as when an API has refused it in another process.
    pub(crate) async fn expire(&self) {
        let (key, at) = (self.key(), self.row().await.marker());
        let invalidated = self.store.invalidate(&key, &at, Duration::ZERO);
        assert!(invalidated.await.unwrap());
    }

    /// How many refreshes were asked for.
    pub(crate) fn refreshes(&self) -> usize {
        let requests = self.emulator.requests();
        let requests = requests.iter().filter(|it| it.path == "/token");
        let refresh = "grant_type=refresh_token";
        requests.filter(|it| it.body.contains(refresh)).count()
    }
}
