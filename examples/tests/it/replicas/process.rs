//! One of the processes: what it is told, and what it does.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use toolgate_auth::store::{Database, NowFn, TokenRow};
use toolgate_auth::{
    BoundGoogleAuth, ClientSecret, GoogleAuth, GoogleAuthBuilder, KeyRing, KeySource, OAuthClient,
    Principal, Requirement, SealingKey, Service, Timestamp, TokenKey, ToolkitScopes,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_http::Endpoints;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;
use toolgate_testkit::{Worker, say};

use super::hooks::{Hooked, Hooks};
use crate::world::{KEY, address};

const READ: &str = "gmail.users.messages.list";

/// Where the grants are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

/// What a process is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Orders {
    place: Place,
    google: String,
    client: (String, String),
    /// For whom each of its tasks asks for a token.
    users: Vec<String>,
    hooks: Hooks,
}

impl Orders {
    pub(super) fn new(place: &Place, emulator: &Emulator, users: Vec<String>) -> Self {
        let (id, secret) = (
            emulator.installed_client_id(),
            emulator.installed_client_secret(),
        );
        Self {
            place: place.clone(),
            google: emulator.base_url().to_string(),
            client: (id.to_owned(), secret.to_owned()),
            users,
            hooks: Hooks::default(),
        }
    }

    /// The same, for other people.
    pub(super) fn for_users(&self, users: Vec<String>) -> Self {
        Self {
            users,
            ..self.clone()
        }
    }

    pub(super) fn with_hooks(self, hooks: Hooks) -> Self {
        Self { hooks, ..self }
    }

    /// Starts a process that runs the named test with these orders.
    pub(super) fn start(&self, test: &str) -> Worker {
        Worker::start(test, &serde_json::to_string(self).unwrap())
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) async fn database(&self) -> Hooked {
        Hooked::new(self.place.open().await, self.hooks)
    }

    pub(super) async fn bind(&self) -> BoundGoogleAuth {
        self.bind_to(&self.database().await, None).await
    }

    pub(super) async fn bind_to(
        &self,
        database: &dyn Database,
        browser: Option<toolgate_auth::Browser>,
    ) -> BoundGoogleAuth {
        self.bind_with(database, |google| match browser {
            Some(browser) => google.with_browser(browser),
            None => google,
        })
        .await
    }

    /// The same with a definition that a test changes.
    pub(super) async fn bind_with(
        &self,
        database: &dyn Database,
        change: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    ) -> BoundGoogleAuth {
        let (id, secret) = &self.client;
        let client = OAuthClient::new(id).with_secret(ClientSecret::parse(secret).unwrap());
        let ring = KeyRing::new("k1", SealingKey::from_bytes(KEY)).unwrap();
        let google = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(&self.google).unwrap())
            .with_keys(KeySource::Ring(ring));
        let google = change(google);
        let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
        let google = google.build().unwrap();
        google
            .bind(database, Service::google(), vec![gmail])
            .await
            .unwrap()
    }

    /// The people sign in, in a browser, and their access tokens are made to count as expired.
    pub(super) async fn prepare(&self) {
        let database = self.place.open().await;
        for user in &self.users {
            let person = user.clone();
            let browser = toolgate_auth::Browser::opened_by(move |link| {
                let (link, person) = (link.clone(), Person::new(address(&person)));
                tokio::spawn(async move { person.follow(&link).await });
                true
            });
            let bound = self.bind_to(&*database, Some(browser)).await;
            token(&bound, user).await.unwrap();
            self.expire(user).await;
        }
    }

    /// A person's access token is made to count as expired.
    pub(super) async fn expire(&self, user: &str) {
        let (store, row) = (self.place.open().await.token_store(), self.row(user).await);
        let (store, marker) = (store.unwrap(), row.marker());
        let expired = store.invalidate(&row.key, &marker, Duration::ZERO).await;
        assert!(expired.unwrap());
    }

    pub(super) async fn row(&self, user: &str) -> TokenRow {
        let store = self.place.open().await.token_store().unwrap();
        store.get(&key(user)).await.unwrap().row.unwrap()
    }
}

impl Place {
    pub(super) async fn open(&self) -> Arc<dyn Database> {
        match self {
            Self::Sqlite(path) => Arc::new(SqliteDatabase::open(path).await.unwrap()),
            Self::Postgres(url) => Arc::new(PostgresDatabase::connect(url).await.unwrap()),
        }
    }

    /// The same at a moment that does not pass: a statement's time is a parameter where one is given.
    pub(super) async fn open_at(&self, now: Timestamp) -> Arc<dyn Database> {
        let now: NowFn = Arc::new(move || now);
        match self {
            Self::Sqlite(path) => {
                let builder = SqliteDatabase::builder(path).with_now(now);
                Arc::new(builder.open().await.unwrap())
            }
            Self::Postgres(url) => {
                let builder = PostgresDatabase::builder(url).with_now(now);
                Arc::new(builder.connect().await.unwrap())
            }
        }
    }
}

pub(super) fn key(user: &str) -> TokenKey {
    TokenKey::new(Principal::for_user(user).unwrap(), Service::google())
}

/// A person's token, as its secret text, or what was said instead.
pub(super) async fn token(bound: &BoundGoogleAuth, user: &str) -> Result<String, String> {
    let person = Principal::for_user(user).unwrap();
    let access = bound.access(&person, "gmail");
    let token = access.token(&Requirement::for_methods(&[READ])).await;
    token
        .map(|token| token.access().expose().to_owned())
        .map_err(|error| error.to_string())
}

/// What a process does: a task for each name, all at once. It says when all wait, and what came.
pub(super) async fn obey(argument: &str) {
    let orders: Orders = serde_json::from_str(argument).unwrap();
    let bound = orders.bind().await;
    let waiting = AtomicUsize::new(0);
    let all = orders.users.len();
    let tasks = orders.users.iter().map(|user| {
        let (bound, waiting) = (&bound, &waiting);
        async move {
            let mut task = pin!(token(bound, user));
            let mut first = true;
            poll_fn(|cx| {
                let polled = task.as_mut().poll(cx);
                if std::mem::take(&mut first) && waiting.fetch_add(1, Ordering::SeqCst) + 1 == all {
                    say("waiting");
                }
                Poll::map(polled, |token| token)
            })
            .await
        }
    });
    let tokens = join_all(tasks).await;
    let failed = tokens.iter().find_map(|token| token.as_ref().err());
    assert_eq!(failed, None, "of {all} tasks");
    let mut tokens: Vec<_> = tokens.into_iter().map(Result::unwrap).collect();
    tokens.sort();
    tokens.dedup();
    say(&format!("done {}", tokens.len()));
}

/// How many refreshes Google was asked for.
pub(super) fn refreshes(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let refresh = |body: &str| body.contains("grant_type=refresh_token");
    requests
        .iter()
        .filter(|it| it.path == "/token" && refresh(&it.body))
        .count()
}
