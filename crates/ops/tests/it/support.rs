//! A database of ours, one of agno's, and the program that is told to use that.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{Connection as _, Executor as _, SqliteConnection};
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_auth::store::TokenRow;
use toolgate_auth::{
    ClientSecret, KeyRing, KeySource, OAuthClient, Operator, Principal, SealingKey, Service,
    Sessions, TokenKey,
};
use toolgate_ops::{DatabaseUrl, Schema, Storage};

pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const CLIENT: &str = "123-abc.apps.googleusercontent.com";

/// A database of ours with its schema.
pub(crate) struct Ours {
    pub(crate) folder: TempDir,
    pub(crate) storage: Storage,
    pub(crate) operator: Operator,
}

impl Ours {
    pub(crate) async fn new() -> Self {
        toolgate_testkit::LogCapture::install();
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("toolgate.db"));
        Self::at(url, folder).await
    }

    pub(crate) async fn at(url: DatabaseUrl, folder: TempDir) -> Self {
        Schema::open(&url).await.unwrap().up().await.unwrap();
        let storage = Storage::open(&url).await.unwrap();
        let operator = storage.operator(&keys("k1")).await.unwrap();
        Self {
            folder,
            storage,
            operator,
        }
    }

    /// From now on the database takes no event, and all else.
    pub(crate) async fn go_deaf(&self) {
        self.run("ALTER TABLE auth_events RENAME TO events_elsewhere")
            .await;
    }

    /// Does to the database what none of ours would.
    pub(crate) async fn run(&self, statement: &'static str) {
        let options = SqliteConnectOptions::new().filename(self.path("toolgate.db"));
        let mut db = SqliteConnection::connect_with(&options).await.unwrap();
        db.execute(statement).await.unwrap();
        db.close().await.unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn row(&self, user: Option<&str>) -> Option<TokenRow> {
        let store = self.storage.database().token_store().unwrap();
        store.get(&key(user)).await.unwrap().row
    }

    /// Conversations, with these keys.
    pub(crate) fn sessions(&self, keys: &str) -> Sessions {
        let sessions = Sessions::of(self.storage.shared_database(), None);
        sessions.unwrap().with_keys(self::keys(keys))
    }

    /// What is stored for a person, as another program would read it.
    pub(crate) async fn document(&self, user: Option<&str>) -> Value {
        let grant = self.operator.export(&key(user)).await.unwrap().unwrap();
        let secret = ClientSecret::parse("GOCSPX-CANARYsecret").unwrap();
        let document = grant.to_authorized_user(Some(&secret)).unwrap();
        serde_json::from_slice(document.expose()).unwrap()
    }
}

/// A ring with this key active and `k1` beside it, unless it is to be alone.
pub(crate) fn keys(active: &str) -> KeySource {
    let sealing = |id: &str| SealingKey::from_bytes([id.as_bytes()[1]; 32]);
    let (active, is_alone) = match active.strip_suffix(" alone") {
        Some(active) => (active, true),
        None => (active, active == "k1"),
    };
    let ring = KeyRing::new(active, sealing(active)).unwrap();
    KeySource::Ring(if is_alone {
        ring
    } else {
        ring.with_old_key("k1", sealing("k1")).unwrap()
    })
}

pub(crate) fn key(user: Option<&str>) -> TokenKey {
    let user = user.map(|user| Principal::for_user(user).unwrap());
    TokenKey::new(user.unwrap_or_default(), Service::google())
}

pub(crate) fn client() -> OAuthClient {
    let secret = ClientSecret::parse("GOCSPX-CANARYsecret").unwrap();
    OAuthClient::new(CLIENT).with_secret(secret)
}

/// A grant as google-auth writes it; `name` tells one from another.
pub(crate) fn document(name: &str) -> Value {
    json!({"token": format!("ya29.{name}-CANARYsecret"),
        "refresh_token": format!("1//{name}-CANARYsecret"),
        "token_uri": "https://oauth2.googleapis.com/token", "client_id": CLIENT,
        "client_secret": "GOCSPX-CANARYsecret", "scopes": [SCOPE],
        "expiry": "2230-01-02T03:04:05.678901Z"})
}

/// What agno keeps of it.
pub(crate) fn token_data(name: &str) -> Value {
    let mut data = document(name);
    data.as_object_mut().unwrap().remove("scopes");
    data
}

/// A Python that is told by lines of JSON, and answers each by one. It ends with this.
pub(crate) struct Python {
    child: Child,
    told: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Python {
    pub(crate) fn start(interpreter: &Path, program: &str) -> Self {
        let mut child = Command::new(interpreter)
            .args(["-c", program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            told: Mutex::new((stdin, stdout)),
        }
    }

    /// What it answers. It blocks.
    pub(crate) fn told(&self, told: &Value) -> Value {
        let mut pipes = self.told.lock().unwrap();
        writeln!(pipes.0, "{told}").unwrap();
        let mut line = String::new();
        pipes.1.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "Python failed: its error stands above");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
