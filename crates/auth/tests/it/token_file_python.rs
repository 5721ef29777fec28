//! Token files between this crate and Python's google-auth: each reads and refreshes what the other
//! wrote.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::NaiveDateTime;
use serde_json::{Value, json};
use toolgate_auth::store::TokenStore as _;
use toolgate_auth::{
    Browser, ClientSecret, GoogleAuth, OAuthClient, Principal, Requirement, Service, Timestamp,
    TokenFile, TokenKey, ToolkitScopes,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_http::Endpoints;
use toolgate_testkit::LogCapture;

use crate::support::READ;
use crate::token_file::token;

/// Tells Python what to do; what it answers.
async fn python(interpreter: &Path, told: Value) -> Value {
    let mut command = Command::new(interpreter);
    command.args(["-c", include_str!("google_auth.py")]);
    let run = move || {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        writeln!(stdin, "{told}").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "Python failed");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// A program of one person, which is started anew for each token.
struct Program {
    emulator: Emulator,
    path: PathBuf,
}

impl Program {
    async fn token(&self) -> String {
        let emulator = &self.emulator;
        let secret = ClientSecret::parse(emulator.installed_client_secret()).unwrap();
        let client = OAuthClient::new(emulator.installed_client_id()).with_secret(secret);
        let browser = Browser::opened_by(|link| {
            let link = link.clone();
            tokio::spawn(async move { Person::new("alice@example.com").follow(&link).await });
            true
        });
        let google = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
            .with_browser(browser)
            .build()
            .unwrap();
        let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
        let file = TokenFile::new(&self.path);
        let bound = google.bind(&file, Service::google(), vec![gmail]).await;
        let token = token(&bound.unwrap()).await.unwrap();
        token.access().expose().to_owned()
    }

    async fn expires_at(&self) -> Timestamp {
        let key = TokenKey::new(Principal::anonymous(), Service::google());
        let row = TokenFile::new(&self.path).get(&key).await.unwrap().row;
        row.unwrap().expires_at
    }

    fn refreshes(&self) -> usize {
        let requests = self.emulator.requests();
        let refresh = "grant_type=refresh_token";
        let requests = requests.iter().filter(|it| it.path == "/token");
        requests.filter(|it| it.body.contains(refresh)).count()
    }
}

fn seconds(text: &str) -> i64 {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
    time.unwrap().and_utc().timestamp()
}

#[tokio::test]
async fn each_reads_and_refreshes_what_the_other_wrote() {
    let Some(interpreter) = toolgate_testkit::python("token files between the languages") else {
        return;
    };
    LogCapture::install();
    let folder = tempfile::tempdir().unwrap();
    let program = Program {
        emulator: Emulator::builder().start().await.unwrap(),
        path: folder.path().join("token.json"),
    };
    let read = async || python(&interpreter, json!({"do": "read", "path": program.path})).await;

    let consented = program.token().await;
    let found = read().await;
    let file: Value = serde_json::from_slice(&fs::read(&program.path).unwrap()).unwrap();
    assert!(found["token"] == consented, "another token is read");
    for name in ["refresh_token", "client_id", "client_secret", "scopes"] {
        assert!(found[name] == file[name], "{name}");
    }
    assert_eq!(found["valid"], true);
    assert_eq!(found["same_keys"], true, "Python would write other keys");
    let expiry = seconds(found["expiry"].as_str().unwrap());
    assert_eq!(expiry, program.expires_at().await.as_millis() / 1000);

    let token_uri = program.emulator.base_url().join("token").unwrap();
    let told = json!({"do": "refresh", "path": program.path, "token_uri": token_uri.as_str()});
    let theirs = python(&interpreter, told).await;
    assert!(theirs != consented && theirs == program.token().await);
    assert_eq!(program.refreshes(), 1, "what Python got serves here too");
    let found = read().await;
    let expiry = seconds(found["expiry"].as_str().unwrap());
    assert_eq!(expiry, program.expires_at().await.as_millis() / 1000);

    let mut file: Value = serde_json::from_slice(&fs::read(&program.path).unwrap()).unwrap();
    file["expiry"] = json!("2020-01-01T00:00:00.5Z");
    fs::write(&program.path, file.to_string()).unwrap();
    assert_eq!(read().await["valid"], false);
    let ours = program.token().await;
    let found = read().await;
    assert!(found["token"] == ours && theirs != ours);
    assert_eq!(found["valid"], true);
    assert_eq!(program.refreshes(), 2);
}

#[tokio::test]
async fn both_refuse_the_same_files() {
    let Some(interpreter) = toolgate_testkit::python("token files between the languages") else {
        return;
    };
    let good = json!({"token": "ya29.a", "refresh_token": "1//r", "client_id": "id",
        "client_secret": "s", "scopes": ["a"], "expiry": "2030-01-02T03:04:05Z"});
    let mut texts = vec![
        good.to_string(),
        good.to_string()[..40].to_owned(),
        String::new(),
    ];
    for name in good.as_object().unwrap().keys() {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(name);
        texts.push(without.to_string());
        without[name] = Value::Null;
        texts.push(without.to_string());
    }
    for expiry in [
        "2030-01-02T03:04:05",
        "2030-01-02T03:04:05.678901Z",
        "2030-01-02T03:04:05.5ZZ",
        "2030-01-02",
        "2030-01-02 03:04:05Z",
        "2030-01-02T03:04:05+00:00",
        "2030-02-30T03:04:05Z",
        "",
    ] {
        let mut with = good.clone();
        with["expiry"] = json!(expiry);
        texts.push(with.to_string());
    }
    for scopes in [json!("a b"), json!([]), json!("")] {
        let mut with = good.clone();
        with["scopes"] = scopes;
        texts.push(with.to_string());
    }
    let theirs = python(&interpreter, json!({"do": "accept", "texts": texts})).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    let key = TokenKey::new(Principal::anonymous(), Service::google());
    let (mut accepted, mut refused) = (0, 0);
    for (text, theirs) in texts.iter().zip(theirs.as_array().unwrap()) {
        fs::write(&path, text).unwrap();
        let ours = TokenFile::new(&path).get(&key).await.is_ok();
        assert_eq!(json!(ours), *theirs, "{text}");
        *if ours { &mut accepted } else { &mut refused } += 1;
    }
    assert!(accepted > 10 && refused > 8, "{accepted} and {refused}");
}
