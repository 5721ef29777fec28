//! The key files of service accounts: what is believed of them, what is refused, and that nothing of
//! them is shown.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_auth::{Principal, ServiceAccount};
use toolgate_emulator::RecordedRequest;
use toolgate_testkit::LogCapture;

use crate::service_account::{ALICE, READ, ROBOT, World};

const SECRET: &str = "CANARYsecret-of-a-file";

async fn key() -> Value {
    let world = World::start().await;
    serde_json::from_str(&world.emulator.service_account_key(ROBOT).unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_no_service_accounts_key_is_told_apart_and_never_quoted() {
    let good = key().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.json");
    let check = |text: String, expected: &str| {
        std::fs::write(&path, &text).unwrap();
        for error in [
            ServiceAccount::from_json(&text).unwrap_err(),
            ServiceAccount::from_file(&path).unwrap_err(),
        ] {
            let told = format!("{error} {error:?}");
            assert!(error.is_configuration(), "{told}");
            assert!(told.contains(expected), "{told}");
            assert!(
                !told.contains("CANARY") && !told.contains("PRIVATE"),
                "{told}"
            );
        }
    };
    check(SECRET.to_owned(), "not the key");
    check(json!({ "type": SECRET }).to_string(), "not the key");
    let client = json!({ "installed": { "client_id": "1-a", "client_secret": SECRET } });
    check(client.to_string(), "OAuthClient::from_file");
    let person = json!({ "type": "authorized_user", "refresh_token": SECRET });
    check(person.to_string(), "application_default");
    let token_file = json!({ "token": SECRET, "refresh_token": SECRET });
    check(token_file.to_string(), "the consent of a person");
    let federated = json!({ "type": "external_account", "audience": SECRET });
    check(federated.to_string(), "from_source");
    let changed = |name: &str, value: Value| {
        let mut file = good.clone();
        file[name] = value;
        file.to_string()
    };
    check(changed("private_key", json!(SECRET)), "private_key");
    check(changed("private_key", Value::Null), "private_key");
    let empty = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZc2VjcmV0\n-----END PRIVATE KEY-----\n";
    check(changed("private_key", json!(empty)), "private_key");
    check(changed("client_email", Value::Null), "client_email");
    check(
        changed("universe_domain", json!("example.net")),
        "googleapis.com",
    );
    assert!(ServiceAccount::from_json(&good.to_string()).is_ok());
}

#[tokio::test]
async fn where_a_file_would_have_the_word_sent_is_not_believed() {
    let world = World::start().await;
    let mut file: Value =
        serde_json::from_str(&world.emulator.service_account_key(ROBOT).unwrap()).unwrap();
    file["token_uri"] = json!("http://127.0.0.1:1/token");
    let account = ServiceAccount::from_json(&file.to_string()).unwrap();
    let run = world.access(account.acting_for(ALICE).unwrap(), &[READ]);
    run.token(&Principal::anonymous()).await.unwrap();
    assert_eq!(world.asked(ALICE), 1);
}

#[tokio::test]
async fn neither_the_key_nor_its_word_nor_a_token_is_logged_or_printed() {
    let logs = LogCapture::install();
    let world = World::start().await;
    let account = world.robot().acting_for(ALICE).unwrap();
    let google = world.builder(account.clone()).build().unwrap();
    let run = world.access(account.clone(), &[READ]);
    let token = run.token(&Principal::anonymous()).await.unwrap();
    let access = run.of(&Principal::anonymous());
    let printed = format!("{account:?} {google:?} {access:?}");
    assert!(printed.contains(ROBOT), "{printed}");
    let requests = world.emulator.requests();
    let is_token = |it: &&RecordedRequest| it.api_method.as_deref() == Some("token");
    let body = &requests.iter().find(is_token).unwrap().body;
    let form = url::form_urlencoded::parse(body.as_bytes()).into_owned();
    let fields: Vec<(String, String)> = form.collect();
    let assertion = &fields
        .iter()
        .find(|(name, _)| name == "assertion")
        .unwrap()
        .1;
    let file: Value =
        serde_json::from_str(&world.emulator.service_account_key(ROBOT).unwrap()).unwrap();
    let pem = file["private_key"]
        .as_str()
        .unwrap()
        .lines()
        .nth(3)
        .unwrap()
        .to_owned();
    let text = logs.text();
    assert!(
        text.contains("a service account's token is asked for"),
        "{text}"
    );
    for secret in [token.as_str(), assertion, &assertion[..40], &pem] {
        // The header of every word is the same and tells nothing.
        let secret = secret.strip_prefix("eyJ").unwrap_or(secret);
        assert!(
            !text.contains(secret) && !printed.contains(secret),
            "{text}"
        );
    }
}
