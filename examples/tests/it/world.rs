//! Many people, one agent, the sign-in pages, and a loopback Google with a mailbox for each.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::store::Database;
use toolgate_auth::{
    BoundGoogleAuth, ClientSecret, ExpectedEmail, GoogleAuth, KeyRing, KeySource, OAuthClient,
    Principal, SealingKey,
};
use toolgate_emulator::{Emulator, Person, Seed, SeedAccount, SeedMailbox, SeedMessage};
use toolgate_framework::{Agent, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_http::Endpoints;
use toolgate_signin::PageOptions;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;
use toolgate_testkit::{FreshPostgres, fresh_postgres_database};

pub(crate) const KEY: [u8; 32] = *b"CANARYsecret-CANARYsecret-CANARY";

/// A word that stands in one mailbox only.
pub(crate) fn canary(user: &str) -> String {
    format!("canary{user}end")
}

pub(crate) fn address(user: &str) -> String {
    format!("{user}@example.com")
}

/// The id of a message that exists in one mailbox only.
pub(crate) fn message_id(user: &str) -> String {
    let number: u64 = user.trim_start_matches('u').parse().unwrap();
    format!("{:016x}", 0xc0de_0000 + number)
}

pub(crate) fn users(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("u{number}")).collect()
}

pub(crate) async fn emulator(users: &[String]) -> Emulator {
    emulator_with(users, false).await
}

/// The same, where each refresh may give a new refresh token and kill the old one.
pub(crate) async fn emulator_with(users: &[String], rotating: bool) -> Emulator {
    // What all crates log here is kept, for the leak check over the whole test run.
    toolgate_testkit::LogCapture::install();
    let accounts = users.iter().map(|user| SeedAccount {
        email: address(user),
        name: user.clone(),
        gmail: SeedMailbox {
            messages: vec![message(user)],
            ..SeedMailbox::default()
        },
        ..SeedAccount::default()
    });
    Emulator::builder()
        .with_rotating_refresh_tokens(rotating)
        .with_seed(Seed {
            accounts: accounts.collect(),
        })
        .start()
        .await
        .unwrap()
}

fn message(user: &str) -> SeedMessage {
    SeedMessage {
        id: Some(message_id(user)),
        from: "Nina <nina@example.net>".to_owned(),
        subject: format!("About {}", canary(user)),
        date: "-1h".to_owned(),
        labels: vec!["INBOX".to_owned(), "UNREAD".to_owned()],
        text: Some(format!("All of {}.", canary(user))),
        ..SeedMessage::default()
    }
}

/// Searches for one's own canary and reads one's own message, many times at once.
pub(crate) fn busy_model() -> ScriptedModel {
    ScriptedModel::new("busy", |it| {
        let user = it.prompt().to_owned();
        if it.turn() >= 3 {
            return ModelReply::text("done");
        }
        let mut reply = ModelReply::default();
        for _ in 0..3 {
            reply = reply
                .and_call("search_emails", json!({"query": canary(&user)}))
                .and_call("get_message", json!({"message_id": message_id(&user)}));
        }
        reply
    })
}

/// An agent whose sign-in pages are served.
pub(crate) struct World {
    /// Google runs as long as the world does.
    _emulator: Arc<Emulator>,
    pub(crate) agent: Arc<Agent>,
}

impl World {
    pub(crate) async fn open(
        emulator: &Arc<Emulator>,
        database: Arc<dyn Database>,
        model: ScriptedModel,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        emulator
            .register_redirect_uri(&format!("{url}/google/callback"))
            .unwrap();
        let agent = Agent::builder()
            .model(model)
            .database(database)
            .google_auth(google(emulator, &url))
            .toolkit(GmailToolkit::new())
            .build()
            .await
            .unwrap();
        let world = Self {
            _emulator: Arc::clone(emulator),
            agent: Arc::new(agent),
        };
        let router = toolgate_signin::router(world.bound().clone(), PageOptions::new()).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        world
    }

    pub(crate) fn bound(&self) -> &BoundGoogleAuth {
        self.agent.google_auth().unwrap()
    }

    /// The person signs in.
    pub(crate) async fn connect(&self, user: &str) {
        let principal = Principal::for_user(user).unwrap();
        let link = self
            .bound()
            .connect_link(&principal, None, &["gmail".to_owned()])
            .await;
        let page = Person::new(address(user))
            .follow(&link.unwrap().url)
            .await
            .unwrap();
        assert!(page.status.is_success(), "{}", page.body);
    }

    pub(crate) async fn run(&self, user: &str) -> RunOutcome {
        self.agent
            .run(RunContext::for_user(user).unwrap(), user)
            .await
            .unwrap()
    }
}

pub(crate) fn google(emulator: &Emulator, url: &str) -> GoogleAuth {
    let client = OAuthClient::new(emulator.client_id())
        .with_secret(ClientSecret::parse(emulator.client_secret()).unwrap());
    GoogleAuth::builder(client)
        .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
        .with_public_url(url)
        .with_expected_email(ExpectedEmail::new(|principal| {
            principal.user().map(|user| address(user.as_str()))
        }))
        .with_keys(KeySource::Ring(
            KeyRing::new("k1", SealingKey::from_bytes(KEY)).unwrap(),
        ))
        .build()
        .unwrap()
}

/// Both kinds of database, each fresh; what has to live as long as they do comes with them.
pub(crate) struct Databases {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) postgres: Option<FreshPostgres>,
}

impl Databases {
    pub(crate) async fn fresh(what: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            postgres: fresh_postgres_database(what).await,
        }
    }

    /// Without PostgreSQL.
    pub(crate) fn folder_only() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            postgres: None,
        }
    }

    /// The URL of the PostgreSQL database, where there is one.
    pub(crate) fn postgres_place(&self) -> Option<String> {
        self.postgres.as_ref().map(|it| it.url().to_owned())
    }

    /// The URL of the same database through PgBouncer in transaction mode, where there is one.
    pub(crate) fn pooled_place(&self, what: &str) -> Option<String> {
        self.postgres.as_ref()?.pooled_url(what)
    }

    pub(crate) fn sqlite_path(&self) -> std::path::PathBuf {
        self.folder.path().join("app.db")
    }

    pub(crate) async fn all(&self) -> Vec<Arc<dyn Database>> {
        let sqlite = SqliteDatabase::open(self.sqlite_path()).await.unwrap();
        let mut all: Vec<Arc<dyn Database>> = vec![Arc::new(sqlite)];
        if let Some(postgres) = &self.postgres {
            all.push(Arc::new(
                PostgresDatabase::connect(postgres.url()).await.unwrap(),
            ));
        }
        all
    }
}
