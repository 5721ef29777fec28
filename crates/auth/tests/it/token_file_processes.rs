//! Several processes on one token file, and processes that are killed.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::store::{Consent, RefreshedGrant, Sealed, TokenStore as _};
use toolgate_auth::{
    ClientSecret, GoogleAuth, OAuthClient, Principal, Requirement, Service, TokenFile, TokenKey,
    ToolkitScopes,
};
use toolgate_emulator::Emulator;
use toolgate_http::Endpoints;
use toolgate_testkit::{Worker, process_argument, run_at_once, say};

use crate::support::READ;
use crate::token_file::{SCOPE, token};

/// What a process is told.
fn told(emulator: &Emulator, path: &Path) -> String {
    json!({
        "base": emulator.base_url().as_str(),
        "id": emulator.client_id(),
        "secret": emulator.client_secret(),
        "path": path,
    })
    .to_string()
}

/// A process: gets a token from the file, as a program that was just started.
async fn get_a_token(told: &str) {
    let told: Value = serde_json::from_str(told).unwrap();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let client =
        OAuthClient::new(text("id")).with_secret(ClientSecret::parse(text("secret")).unwrap());
    let google = GoogleAuth::builder(client)
        .with_endpoints(Endpoints::at_base(&text("base")).unwrap())
        .build()
        .unwrap();
    let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let file = TokenFile::new(text("path"));
    let bound = google.bind(&file, Service::google(), vec![gmail]).await;
    let bound = bound.unwrap();
    let tokens = (0..20).map(|_| token(&bound));
    for token in futures_util::future::join_all(tokens).await {
        token.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_that_find_one_expired_file_refresh_it_once() {
    if let Some(told) = process_argument() {
        return get_a_token(&told).await;
    }
    let emulator = Emulator::builder()
        .with_rotating_refresh_tokens(true)
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    let file = json!({
        "token": emulator.issue_token("alice@example.com", &[SCOPE]),
        "refresh_token": emulator.issue_refresh_token("alice@example.com", &[SCOPE]),
        "client_id": emulator.client_id(),
        "client_secret": emulator.client_secret(),
        "scopes": [SCOPE],
        "expiry": "2020-01-01T00:00:00Z",
    });
    fs::write(&path, file.to_string()).unwrap();
    let argument = told(&emulator, &path);
    let name = "token_file_processes::four_processes_that_find_one_expired_file_refresh_it_once";
    let processes = tokio::task::spawn_blocking(move || run_at_once(name, 4, &argument));
    processes.await.unwrap();
    let requests = emulator.requests();
    let refreshes = requests.iter().filter(|it| it.path == "/token").count();
    assert_eq!(refreshes, 1);
    let written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_ne!(written["refresh_token"], file["refresh_token"]);
}

fn key() -> TokenKey {
    TokenKey::new(Principal::anonymous(), Service::google())
}

/// Tokens that say which write they are of. They are long, so that a write takes its time.
fn numbered(number: i64) -> Sealed {
    let long = "x".repeat(2000);
    Sealed {
        data: json!({
            "access": format!("{number}.{long}"),
            "refresh": format!("{number}/{long}"),
        }),
        key_id: "plaintext".to_owned(),
    }
}

fn number(text: &str) -> i64 {
    text.split(['.', '/']).next().unwrap().parse().unwrap()
}

/// A process: writes one refresh after the other until it is killed.
async fn write_for_ever(path: &str) {
    let file = TokenFile::new(path);
    if file.get(&key()).await.unwrap().row.is_none() {
        let consent = Consent {
            sealed: numbered(1),
            ..toolgate_testkit::sample::consent(1)
        };
        file.upsert(&key(), &consent, None).await.unwrap();
    }
    let mut marker = toolgate_testkit::sample::row(&file, &key()).await.marker();
    say("writing");
    loop {
        let refreshed = RefreshedGrant {
            sealed: numbered(marker.version + 1),
            ..toolgate_testkit::sample::refreshed(1)
        };
        let key = key();
        let commit = file.commit_refresh(&key, &marker, 1, &refreshed);
        marker = commit.await.unwrap().unwrap();
    }
}

/// The file as another program reads it at any moment.
fn whole(path: &PathBuf) -> i64 {
    let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let numbers = ["token", "refresh_token"].map(|it| number(file[it].as_str().unwrap()));
    assert_eq!(numbers[0], numbers[1]);
    numbers[0]
}

#[tokio::test]
async fn a_file_is_whole_at_every_moment_and_its_row_fits_it_after_a_kill() {
    if let Some(path) = process_argument() {
        return write_for_ever(&path).await;
    }
    let name =
        "token_file_processes::a_file_is_whole_at_every_moment_and_its_row_fits_it_after_a_kill";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    for kills in 1..=12 {
        let mut worker = Worker::start(name, path.to_str().unwrap());
        worker.wait_for("writing");
        // At another point of its loop each time: after so many looks at new files.
        let (begin, mut last, mut looks) = (whole(&path), whole(&path), 0);
        while last < begin + kills || looks < kills * 7 {
            last = whole(&path);
            looks += 1;
        }
        worker.kill();
        let standing = whole(&path);
        assert!(standing >= last);
        let row = TokenFile::new(&path)
            .get(&key())
            .await
            .unwrap()
            .row
            .unwrap();
        assert_eq!(row.version, standing, "the row is that of the file");
        assert_eq!(row.grant_epoch, 1, "it was not taken for another program's");
        assert_eq!(row.sealed, Some(numbered(standing)));
        assert_eq!(row.lifetime, Duration::from_mins(55));
    }
}
