//! Files of Python's google-auth, in and out, with google-auth at the other end.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::{
    ClientSecret, GoogleAuth, HowToImport, Imported, OAuthClient, Principal, Requirement, Service,
    ToolkitScopes,
};
use toolgate_emulator::Emulator;
use toolgate_http::Endpoints;
use toolgate_ops::{RowOutcome, export_token_json, import_token_json, read_token_json};

use crate::support::{CLIENT, Ours, Python, SCOPE, client, document, key, keys};

const HOW: HowToImport = HowToImport {
    overwrite: false,
    dry_run: false,
};

async fn import(ours: &Ours, user: &str, path: &Path, how: HowToImport) -> RowOutcome {
    let grant = read_token_json(path).unwrap();
    let key = key(Some(user));
    let report = import_token_json(&ours.operator, &key, &grant, Some(CLIENT), how);
    report.await.unwrap().outcome
}

fn written(ours: &Ours, name: &str, document: &Value) -> std::path::PathBuf {
    let path = ours.path(name);
    fs::write(&path, document.to_string()).unwrap();
    path
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a_file_that_was_taken_in_comes_out_as_it_was_and_for_its_owner_only() {
    let ours = Ours::new().await;
    let path = written(&ours, "in.json", &document("alice"));
    let new = RowOutcome::Imported(Imported::New);
    assert_eq!(import(&ours, "alice", &path, HOW).await, new);
    let out = ours.path("out.json");
    let alice = key(Some("alice"));
    export_token_json(&ours.operator, &alice, &client(), &out, false)
        .await
        .unwrap();
    let (found, expected) = (read(&out), read(&path));
    for (name, value) in expected.as_object().unwrap() {
        assert!(name == "expiry" || found[name] == *value, "{name}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&out).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_file_that_stands_is_written_over_only_when_that_is_asked_for() {
    let ours = Ours::new().await;
    let path = written(&ours, "in.json", &document("alice"));
    import(&ours, "alice", &path, HOW).await;
    let out = ours.path("out.json");
    fs::write(&out, "mine").unwrap();
    let alice = key(Some("alice"));
    let error = export_token_json(&ours.operator, &alice, &client(), &out, false).await;
    assert!(error.unwrap_err().is_file_standing());
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
    export_token_json(&ours.operator, &alice, &client(), &out, true)
        .await
        .unwrap();
    assert!(read(&out)["refresh_token"] == document("alice")["refresh_token"]);
    // What is not there, or cannot go out, leaves nothing behind.
    let before = fs::read_dir(ours.folder.path()).unwrap().count();
    let other = OAuthClient::new("another");
    for (user, client) in [("bob", &client()), ("alice", &other)] {
        let never = ours.path("never.json");
        let key = key(Some(user));
        let refused = export_token_json(&ours.operator, &key, client, &never, false).await;
        assert!(refused.is_err(), "{user}");
    }
    assert_eq!(fs::read_dir(ours.folder.path()).unwrap().count(), before);
}

#[tokio::test]
async fn what_is_no_such_file_is_told_without_what_it_holds() {
    let ours = Ours::new().await;
    let folder = ours.folder.path().to_owned();
    let secrets = json!({"installed": {"client_secret": "CANARYsecret"}});
    for path in [
        folder,
        ours.path("missing.json"),
        written(&ours, "client.json", &secrets),
        written(&ours, "text.json", &json!("CANARYsecret")),
    ] {
        let error = read_token_json(&path).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("CANARYsecret"), "it shows a secret");
    }
}

/// What google-auth does with a file, as `cargo xtask test` has it.
fn refreshed_by_google_auth(python: &Python, path: &Path, emulator: &Emulator) -> Value {
    let token_uri = emulator.base_url().join("token").unwrap();
    python.told(&json!({"path": path, "token_uri": token_uri.as_str()}))
}

#[tokio::test(flavor = "multi_thread")]
async fn google_auth_and_we_refresh_what_the_other_wrote() {
    let Some(interpreter) = toolgate_testkit::python("token files in and out") else {
        return;
    };
    let (ours, emulator) = (
        Ours::new().await,
        Emulator::builder().start().await.unwrap(),
    );
    let python = Python::start(&interpreter, include_str!("google_auth.py"));
    let secret = ClientSecret::parse(emulator.client_secret()).unwrap();
    let client = OAuthClient::new(emulator.client_id()).with_secret(secret);
    let mut theirs = document("alice");
    theirs["client_id"] = json!(emulator.client_id());
    theirs["client_secret"] = json!(emulator.client_secret());
    theirs["refresh_token"] = json!(emulator.issue_refresh_token("alice@example.com", &[SCOPE]));
    theirs["expiry"] = json!("2020-01-01T00:00:00Z");
    let path = written(&ours, "theirs.json", &theirs);
    let got = refreshed_by_google_auth(&python, &path, &emulator);
    assert_eq!(got, read(&path)["token"], "google-auth wrote its file");

    // Theirs serves here, and is refreshed here.
    let new = RowOutcome::Imported(Imported::New);
    assert_eq!(import(&ours, "alice", &path, HOW).await, new);
    let google = GoogleAuth::builder(client.clone())
        .with_keys(keys("k1"))
        .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
        .build()
        .unwrap();
    let need = Requirement::for_methods(&["gmail.users.messages.list"]);
    let gmail = ToolkitScopes::new("gmail", need.clone());
    let bound = google.bind(ours.storage.database(), Service::google(), vec![gmail]);
    let bound = bound.await.unwrap();
    let access = bound.access(&Principal::for_user("alice").unwrap(), "gmail");
    let served = access.token(&need).await.unwrap();
    assert!(got == served.access().expose(), "what they got serves here");
    let at = ours.row(Some("alice")).await.unwrap().marker();
    let store = ours.storage.database().token_store().unwrap();
    let alice = key(Some("alice"));
    assert!(store.invalidate(&alice, &at, Duration::ZERO).await.unwrap());
    let fresh = google.bind(
        ours.storage.database(),
        Service::google(),
        vec![ToolkitScopes::new("gmail", need.clone())],
    );
    let fresh = fresh.await.unwrap();
    let access = fresh.access(&Principal::for_user("alice").unwrap(), "gmail");
    let refreshed = access.token(&need).await.unwrap();
    assert!(refreshed.access().expose() != served.access().expose());

    // And ours is refreshed there.
    let out = ours.path("ours.json");
    export_token_json(&ours.operator, &alice, &client, &out, false)
        .await
        .unwrap();
    assert!(read(&out)["token"] == refreshed.access().expose());
    let got = refreshed_by_google_auth(&python, &out, &emulator);
    assert!(got != refreshed.access().expose() && got == read(&out)["token"]);
}

#[tokio::test]
async fn a_database_that_takes_no_event_gives_no_file_and_an_import_says_so() {
    let ours = Ours::new().await;
    let path = ours.path("token.json");
    fs::write(&path, document("alice").to_string()).unwrap();
    ours.go_deaf().await;
    let imported = import(&ours, "alice", &path, HOW).await;
    assert_eq!(imported, RowOutcome::Unrecorded);
    assert!(imported.is_written() && imported.to_string().contains("note it by hand"));
    let (alice, client, out) = (key(Some("alice")), client(), ours.path("out.json"));
    let export = export_token_json(&ours.operator, &alice, &client, &out, false);
    let refused = export.await.unwrap_err().to_string();
    assert!(refused.contains("not handed out"), "{refused}");
    assert!(!out.exists());
}
