//! The operators' tasks as an operator runs them: the program itself, on both databases, with secrets
//! wherever a program is told any, and none of them in what it prints.
#![cfg(feature = "migrate")]
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_auth::store::{SessionKind, SessionStatus};
use toolgate_auth::{Principal, Service, SessionId, SessionKey, Sessions, TokenKey, UserId};
use toolgate_emulator::{Emulator, FaultAction, FaultRule};
use toolgate_ops::{DatabaseUrl, Storage};
use toolgate_testkit::fresh_postgres_database;
use url::Url;

/// 32 bytes each that begin with the canary.
const KEY: &str = "Q0FOQVJZc2VjcmV0Q0FOQVJZc2VjcmV0Q0FOQVJZc2U=";
const NEXT_KEY: &str = "Q0FOQVJZc2VjcmV0Q0FOQVJZc2VjcmV0Q0FOQVJZc2Y=";
/// 32 bytes as agno writes them.
const FERNET: &str = "Q0FOQVJZc2VjcmV0LUNBTkFSWXNlY3JldC1DQU5BUlk=";
const SCOPE: &str = "https://www.googleapis.com/auth/gmail.readonly";
const TABLE: &str = "crm_tokens";
const ALICE: &str = "alice@example.com";

/// An operator's desk: a database whose tables have another name, and what the program is told.
struct Desk {
    folder: TempDir,
    emulator: Emulator,
    /// With its password, where it has one.
    url: String,
    variables: Vec<(&'static str, String)>,
}

impl Desk {
    async fn new(url: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("toolgate.db").display());
        let emulator = Emulator::builder().start().await.unwrap();
        let desk = Self {
            url: url.unwrap_or(file),
            variables: vec![
                ("GOOGLE_BASE_URL", emulator.base_url().to_string()),
                ("TOOLGATE_KEY", format!("k1:{KEY}")),
            ],
            folder,
            emulator,
        };
        let done = desk.run(&["migrate", "up"]).await;
        assert!(done.is_ok(), "{done:?}");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.retain(|(it, _)| *it != name);
        self.variables.push((name, value.into()));
    }

    fn unset(&mut self, name: &str) {
        self.variables.retain(|(it, _)| *it != name);
    }

    /// What it printed where it ended well, else what it said was wrong.
    async fn run(&self, words: &[&str]) -> Result<String, String> {
        self.run_told(words, "").await
    }

    /// The same with something on its standard input. The emulator answers meanwhile.
    async fn run_told(&self, words: &[&str], told: &str) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(words).args(["--token-table", TABLE]);
        command.current_dir(self.folder.path()).env_clear();
        command.env("DATABASE_URL", &self.url);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let told = told.to_owned();
        let done = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            child
                .stdin
                .take()
                .unwrap()
                .write_all(told.as_bytes())
                .unwrap();
            child.wait_with_output().unwrap()
        });
        said(done.await.unwrap())
    }

    async fn json(&self, words: &[&str]) -> Value {
        let done = self.run(words).await;
        let text = done.unwrap_or_else(|failed| failed);
        let (json, _) = text.rsplit_once(']').unwrap();
        serde_json::from_str(&format!("{json}]")).unwrap()
    }

    async fn storage(&self) -> Storage {
        let url = DatabaseUrl::parse(&self.url).unwrap();
        Storage::open_with(&url, Some(TABLE)).await.unwrap()
    }

    /// A person's grant, as google-auth writes it, that the emulator knows.
    fn token_json(&self, email: &str) -> String {
        let document = json!({"token": "ya29.CANARYsecret",
            "refresh_token": self.emulator.issue_refresh_token(email, &[SCOPE]),
            "client_id": self.emulator.installed_client_id(),
            "client_secret": "GOCSPX-CANARYsecret", "scopes": [SCOPE],
            "expiry": "2230-01-02T03:04:05Z"});
        let path = self.path("token.json");
        fs::write(&path, document.to_string()).unwrap();
        path.display().to_string()
    }

    async fn import(&self, user: &[&str]) -> Result<String, String> {
        let file = self.token_json(ALICE);
        self.run(&[&["import", "token-json", &file], user].concat())
            .await
    }

    /// A conversation of a person, which the key of the environment seals.
    async fn talk(&self, user: Option<&str>) {
        let storage = self.storage().await;
        let keys = toolgate_auth::Environment::from_pairs(self.variables.clone());
        let keys = toolgate_auth::EnvConfig::read(&keys).unwrap().keys;
        let sessions = Sessions::of(storage.shared_database(), None).unwrap();
        let key = SessionKey::new(person(user), SessionId::parse("chat").unwrap());
        let (kind, idle) = (SessionKind::Conversation, SessionStatus::Idle);
        let sessions = sessions.with_keys(keys);
        let stored = sessions.store(&key, kind, idle, b"CANARYsecret").await;
        assert!(stored.unwrap().is_some());
    }

    async fn events(&self) -> Vec<String> {
        let audit = self.storage().await.database().audit_store().unwrap();
        let events = audit.events(None, None, 1000).await.unwrap().into_iter();
        events.map(|it| it.event.event).collect()
    }
}

/// No secret is printed, whatever comes of it.
fn said(output: Output) -> Result<String, String> {
    let (out, err) = (output.stdout, output.stderr);
    let text = [&out[..], &err[..]].map(String::from_utf8_lossy).concat();
    for secret in ["CANARY", "Q0FOQVJZ", "hunter2"] {
        assert!(!text.contains(secret), "a secret is printed");
    }
    match output.status.code() {
        Some(0) => Ok(text),
        Some(1) => Err(text),
        other => Err(format!("it ended with {other:?}")),
    }
}

fn person(user: Option<&str>) -> Principal {
    let user = user.map(|user| UserId::parse(user).unwrap());
    Principal::from_parts(None, user)
}

/// Grants come in by files.
async fn grants_come_in(desk: &mut Desk) {
    let asked = desk
        .import(&["--user", "alice", "--dry-run"])
        .await
        .unwrap();
    assert!(
        asked.contains("1 of 1 would be written (nothing was)"),
        "{asked}"
    );
    assert!(
        desk.import(&["--user", "alice"])
            .await
            .unwrap()
            .contains("new")
    );
    let again = desk.import(&["--user", "alice"]).await.unwrap();
    assert!(again.contains("0 of 1 written, 1 kept"), "{again}");
    desk.import(&["--anonymous"]).await.unwrap();
}

/// And out again, with the client's secret of the environment.
async fn grants_go_out(desk: &mut Desk) {
    let out = desk.path("out.json").display().to_string();
    let export = ["export", "token-json", "--user", "alice", "--out", &out];
    let refused = desk.run(&export).await.unwrap_err();
    assert!(refused.contains("GOOGLE_CLIENT_ID"), "{refused}");
    let id = desk.emulator.installed_client_id().to_owned();
    desk.set("GOOGLE_CLIENT_ID", id);
    desk.set("GOOGLE_CLIENT_SECRET", "GOCSPX-CANARYsecret");
    desk.run(&export).await.unwrap();
    assert!(
        fs::read_to_string(&out)
            .unwrap()
            .contains("ya29.CANARYsecret")
    );
}

/// A database of agno's is made of them, and taken in.
async fn grants_go_to_agno_and_back(desk: &mut Desk) {
    let agno = format!("sqlite:///{}", desk.path("agno.db").display());
    desk.set("AGNO_DATABASE_URL", &agno);
    let sealed = ["export", "agno", "--fernet-key-file", "-"];
    let done = desk.run_told(&sealed, FERNET).await.unwrap();
    assert!(done.contains("2 of 2 written"), "{done}");
    // Nobody's rows open without the key, so that nothing could be taken.
    let import = ["import", "agno", "--overwrite"];
    let failed = desk.run(&import).await.unwrap_err();
    assert!(
        failed.contains("0 of 2 written, 0 kept as they were, 2 skipped"),
        "{failed}"
    );
    assert!(failed.contains("none could be taken"), "{failed}");
    desk.set("GOOGLE_TOKEN_ENCRYPTION_KEY", FERNET);
    let done = desk.run(&import).await.unwrap();
    assert!(done.contains("2 of 2 written"), "{done}");
    let done = desk.run(&["import", "agno"]).await.unwrap();
    assert!(
        done.contains("0 of 2 written, 2 kept as they were, 0 skipped"),
        "{done}"
    );
}

/// Rows and conversations come under a new key.
async fn keys_are_rotated(desk: &mut Desk) {
    desk.talk(Some("alice")).await;
    desk.set("TOOLGATE_KEY", format!("k2:{NEXT_KEY},k1:{KEY}"));
    let used = desk.run(&["keys", "status"]).await.unwrap();
    assert!(used.contains("k1: 2 rows, 1 conversations"), "{used}");
    let found = desk.json(&["doctor", "--json", "--offline"]).await;
    assert_eq!(level_of(&found, "rows"), "warning");
    let done = desk.run(&["keys", "rotate", "--batch", "1"]).await.unwrap();
    assert!(done.contains("2 rows and 1 conversations"), "{done}");
    desk.set("TOOLGATE_KEY", format!("k2:{NEXT_KEY}"));
    let used = desk.run(&["keys", "status"]).await.unwrap();
    assert!(used.contains("k2: 2 rows (seals)"), "{used}");
    assert!(
        desk.events()
            .await
            .contains(&"key_rotation_ended".to_owned())
    );
}

fn level_of<'a>(found: &'a Value, check: &str) -> &'a str {
    let found = found.as_array().unwrap();
    let of = found.iter().find(|it| it["check"] == check);
    of.unwrap()["level"].as_str().unwrap()
}

/// The doctor fails where something cannot work, and an address that is none ends no other check.
async fn the_doctor_is_asked(desk: &mut Desk) {
    let found = desk.json(&["doctor", "--json"]).await;
    let checks = found.as_array().unwrap().iter();
    let bad: Vec<_> = checks.filter(|it| it["level"] == "problem").collect();
    // The emulator's client has an id of its own shape, and all else is well.
    assert!(bad.is_empty(), "{bad:?}");
    assert!(desk.run(&["doctor"]).await.is_ok());
    let url = std::mem::replace(&mut desk.url, "mysql://u:hunter2@h/d".to_owned());
    let failed = desk.run(&["doctor", "--offline"]).await.unwrap_err();
    assert!(
        failed.contains("problem") && failed.contains("1 to mend"),
        "{failed}"
    );
    let found = desk.json(&["doctor", "--json", "--offline"]).await;
    assert_eq!(level_of(&found, "database"), "problem");
    assert_eq!(level_of(&found, "client"), "ok");
    desk.url = url;
}

/// People are disconnected at Google and forgotten, without an OAuth client.
async fn people_are_deleted(desk: &mut Desk) {
    desk.unset("GOOGLE_CLIENT_ID");
    desk.unset("GOOGLE_CLIENT_SECRET");
    let asked = desk.run(&["users", "delete", "alice"]).await.unwrap_err();
    assert!(asked.contains("say --yes"), "{asked}");
    let faults = desk.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_path("/revoke"));
    let failed = desk
        .run(&["users", "delete", "alice", "--yes"])
        .await
        .unwrap_err();
    assert!(failed.contains("later"), "{failed}");
    let pending = desk
        .run(&["users", "finish-disconnects"])
        .await
        .unwrap_err();
    assert!(pending.contains("0 finished, 1 pending"), "{pending}");
    faults.clear();
    let done = desk.run(&["users", "finish-disconnects"]).await.unwrap();
    assert!(done.contains("1 finished, 0 pending"), "{done}");
    desk.talk(None).await;
    let done = desk
        .run(&["users", "delete", "alice", "--yes"])
        .await
        .unwrap();
    assert!(done.contains("1 connections"), "{done}");
    let done = desk
        .run(&["users", "delete", "--anonymous", "--yes"])
        .await
        .unwrap();
    assert!(
        done.contains("1 connections") && done.contains("1 conversations"),
        "{done}"
    );
    for user in [Some("alice"), None] {
        let tokens = desk.storage().await.database().token_store().unwrap();
        let key = TokenKey::new(person(user), Service::google());
        assert!(tokens.get(&key).await.unwrap().row.is_none());
    }
    assert!(desk.events().await.contains(&"user_deleted".to_owned()));
}

async fn everything_is_run(desk: &mut Desk) {
    grants_come_in(desk).await;
    grants_go_out(desk).await;
    grants_go_to_agno_and_back(desk).await;
    keys_are_rotated(desk).await;
    the_doctor_is_asked(desk).await;
    people_are_deleted(desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operators_task_runs_on_sqlite_and_prints_no_secret() {
    everything_is_run(&mut Desk::new(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operators_task_runs_on_postgresql_and_prints_no_secret() {
    let Some(database) = fresh_postgres_database("the operators' tasks").await else {
        return;
    };
    let mut desk = Desk::new(Some(database.url().to_owned())).await;
    // The address may stand on the line where the password comes apart from it.
    let mut url: Url = database.url().parse().unwrap();
    let password = url.password().unwrap_or_default().to_owned();
    let said = ["keys", "status", "--database-url", database.url()];
    if !password.is_empty() {
        let refused = desk.run(&said).await.unwrap_err();
        assert!(refused.contains("PGPASSWORD") && !refused.contains(&password));
        url.set_password(None).unwrap();
    }
    desk.set("PGPASSWORD", password);
    let done = desk
        .run(&["keys", "status", "--database-url", url.as_str()])
        .await;
    assert!(done.is_ok(), "{done:?}");
    let done = desk
        .run(&["migrate", "status", "--database-url", url.as_str()])
        .await;
    assert!(done.is_ok(), "{done:?}");
    desk.unset("PGPASSWORD");
    everything_is_run(&mut desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_on_the_line_is_refused_before_anything_is_done() {
    let desk = Desk::new(None).await;
    let address = "postgres://u:hunter2@127.0.0.1:1/d";
    for words in [
        &["migrate", "up", "--database-url", address][..],
        &["keys", "status", "--database-url", address],
        &["import", "agno", "--from", address],
        &["export", "agno", "--to", address, "--plain"],
    ] {
        let refused = desk.run(words).await.unwrap_err();
        assert!(refused.contains("on the command line"), "{refused}");
    }
}
