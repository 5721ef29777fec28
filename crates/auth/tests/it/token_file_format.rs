//! What may stand where a token file is expected: files good and bad, links, folders, pipes.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use toolgate_testkit::LogCapture;

use crate::token_file::{Desk, SCOPE, token};

/// What a file makes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Token,
    Consent,
    /// Neither: the file is to be mended, and stays as it is.
    Broken(&'static str),
}

async fn outcome(desk: &Desk) -> (bool, String) {
    match desk.token().await {
        Ok(_) => (true, String::new()),
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            let text = source.unwrap_or_default();
            // A file that is broken is never "not signed in".
            assert_eq!(error.is_reauthorization_required(), text.is_empty());
            assert!(!text.contains("CANARY"), "what stands in the file is told");
            (false, text)
        }
    }
}

async fn check(name: &str, text: &str, expected: Outcome) {
    let desk = Desk::new().await;
    fs::write(desk.path(), text).unwrap();
    let (served, error) = outcome(&desk).await;
    match expected {
        Outcome::Token => assert!(served, "{name}: {error}"),
        Outcome::Consent => assert!(!served && error.is_empty(), "{name}: {error}"),
        Outcome::Broken(problem) => {
            assert!(error.contains(problem), "{name}: {error}");
            assert!(error.contains("nothing was changed"), "{name}: {error}");
            assert_eq!(fs::read_to_string(desk.path()).unwrap(), text, "{name}");
        }
    }
}

/// A file as Python writes it, with these keys changed; `"-"` takes one out.
fn changed(file: &Value, changes: &Value) -> String {
    let mut file = file.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        file.insert(name.clone(), value.clone());
    }
    file.retain(|_, value| *value != "-");
    Value::Object(file).to_string()
}

#[tokio::test]
async fn the_table_of_changed_files() {
    const FRESH: &str = "2999-01-01T00:00:00Z";
    let desk = Desk::new().await;
    let good = desk.python_file(&[SCOPE]);
    // Another desk's emulator does not know the refresh token: who is asked for it gets no token.
    let asked = Outcome::Consent;
    let gcloud = json!({"token": "-", "expiry": "-", "scopes": "-", "type": "authorized_user"});
    for (changes, expected) in [
        (json!({"expiry": FRESH}), Outcome::Token),
        (json!({"expiry": FRESH, "rapt_token": null}), Outcome::Token),
        (json!({"expiry": FRESH, "scopes": SCOPE}), Outcome::Token),
        (
            json!({"expiry": FRESH, "refresh_token": null}),
            Outcome::Token,
        ),
        (json!({"expiry": FRESH, "token": "-"}), asked),
        (json!({}), asked),
        (json!({"expiry": "-"}), asked),
        (json!({"expiry": null}), asked),
        (json!({"refresh_token": null}), Outcome::Consent),
        (json!({"client_id": "another"}), Outcome::Consent),
        (gcloud, Outcome::Consent),
        (json!({"refresh_token": "-"}), Outcome::Broken("lacks")),
        (json!({"client_id": "-"}), Outcome::Broken("lacks")),
        (json!({"client_secret": "-"}), Outcome::Broken("lacks")),
        (json!({"token": 1}), Outcome::Broken("text")),
        (json!({"client_id": []}), Outcome::Broken("text")),
        (json!({"scopes": {"a": 1}}), Outcome::Broken("scopes")),
        (json!({"expiry": "soon"}), Outcome::Broken("expiry")),
        (
            json!({"token": "ya29.CANARYsecret\n"}),
            Outcome::Broken("damaged"),
        ),
    ] {
        check(&changes.to_string(), &changed(&good, &changes), expected).await;
    }
}

#[tokio::test]
async fn the_table_of_other_texts() {
    let desk = Desk::new().await;
    let good = desk.python_file(&[SCOPE]).to_string();
    let secrets = json!({"installed": {"client_id": "id", "client_secret": "CANARYsecret"}});
    for (text, problem) in [
        (String::new(), "no JSON"),
        (good.split_at(80).0.to_owned(), "no JSON"),
        (format!("{good}{good}"), "no JSON"),
        ("[]".to_owned(), "no JSON"),
        (secrets.to_string(), "Google Cloud console"),
    ] {
        check("a text", &text, Outcome::Broken(problem)).await;
    }
}

#[tokio::test]
async fn what_is_no_plain_file_is_refused_and_not_waited_for() {
    let desk = Desk::new().await;
    fs::create_dir(desk.path()).unwrap();
    let (_, error) = outcome(&desk).await;
    assert!(error.contains("is a directory"), "{error}");
    fs::remove_dir(desk.path()).unwrap();
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo")
            .arg(desk.path())
            .status();
        assert!(made.unwrap().success());
        let (_, error) = outcome(&desk).await;
        assert!(error.contains("has to be a plain file"), "{error}");
        fs::remove_file(desk.path()).unwrap();
        std::os::unix::fs::symlink("nowhere.json", desk.path()).unwrap();
        let (_, error) = outcome(&desk).await;
        assert!(error.contains("could not be found"), "{error}");
        fs::remove_file(desk.path()).unwrap();
    }
    fs::write(desk.path(), " ".repeat(70_000)).unwrap();
    let (_, error) = outcome(&desk).await;
    assert!(error.contains("too large"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_not_be_read_is_not_a_missing_one() {
    let desk = Desk::new().await;
    desk.write(&desk.python_file(&[SCOPE]));
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(desk.path()).is_ok() {
        // Root reads everything: a loop of links is as closed to it.
        fs::remove_file(desk.path()).unwrap();
        std::os::unix::fs::symlink("token.json", desk.path()).unwrap();
    }
    let (served, error) = outcome(&desk).await;
    assert!(!served && error.contains("could not be"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_and_what_it_names_is_written() {
    let desk = Desk::new().await;
    let mounted = desk.folder.path().join("mounted");
    fs::create_dir(&mounted).unwrap();
    desk.write(&desk.python_file(&[SCOPE]));
    fs::rename(desk.path(), mounted.join("secret.json")).unwrap();
    std::os::unix::fs::symlink("mounted/secret.json", desk.path()).unwrap();
    let fresh = token(&desk.bind().await).await.unwrap();
    assert!(fs::symlink_metadata(desk.path()).unwrap().is_symlink());
    let written: Value =
        serde_json::from_slice(&fs::read(mounted.join("secret.json")).unwrap()).unwrap();
    assert_eq!(written["token"], fresh.access().expose());
    assert!(mounted.join("secret.json.lock").exists());
    assert_eq!(fs::read_dir(desk.folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_read_is_told_once_and_closed_when_it_is_written() {
    let logs = LogCapture::install();
    let desk = Desk::new().await;
    desk.write(&desk.python_file(&[SCOPE]));
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o644)).unwrap();
    let start = logs.position();
    let bound = desk.bind().await;
    for _ in 0..3 {
        token(&bound).await.unwrap();
    }
    let told = format!("run `chmod 600` on it path={}", desk.path().display());
    assert_eq!(logs.since(start).matches(&told).count(), 1);
    let mode = fs::metadata(desk.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Counters never fall: what was read before an old copy came back is as overtaken as ever.
#[tokio::test]
async fn an_old_copy_that_is_put_back_is_a_later_write() {
    let desk = Desk::new().await;
    let state = desk.folder.path().join("token.json.state");
    desk.write(&desk.python_file(&[SCOPE]));
    let (old, first) = (fs::read(desk.path()).unwrap(), desk.row().await);
    let before = fs::read_to_string(&state).unwrap();
    desk.token().await.unwrap();
    let after = fs::read_to_string(&state).unwrap();
    fs::write(desk.path(), &old).unwrap();
    assert_eq!(desk.row().await.version, first.version + 2);
    // Also behind a process that died between the file and its state.
    desk.token().await.unwrap();
    let entry = |text: &str| serde_json::from_str::<Value>(text).unwrap()["entries"][0].clone();
    let later = fs::read_to_string(&state).unwrap();
    let both = json!({"entries": [entry(&before), entry(&later)]});
    assert_ne!(entry(&after), entry(&later));
    fs::write(&state, both.to_string()).unwrap();
    let standing = desk.row().await;
    fs::write(desk.path(), &old).unwrap();
    assert_eq!(desk.row().await.version, standing.version + 1);
}

#[tokio::test]
async fn a_damaged_state_is_as_good_as_none() {
    let desk = Desk::new().await;
    desk.write(&desk.python_file(&[SCOPE]));
    desk.token().await.unwrap();
    let state = desk.folder.path().join("token.json.state");
    let before = desk.row().await;
    assert!(!fs::read_to_string(&state).unwrap().contains("CANARY"));
    fs::write(&state, "half a st").unwrap();
    let after = desk.row().await;
    assert_ne!(after.incarnation, before.incarnation);
    assert_eq!(after.sealed, before.sealed);
    desk.token().await.unwrap();
}
