//! A service account's authenticator of yup-oauth2's as the source of tokens.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use toolgate_auth::{
    BoundServiceAccount, Failure as _, FailureKind, GoogleAuth, Principal, Requirement,
    ServiceAccount, ToolkitScopes,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, ServiceAccountSeed};
use toolgate_yup_oauth2::AuthenticatorTokens;
use yup_oauth2::{ServiceAccountAuthenticator, ServiceAccountKey};

const ROBOT: &str = "robot@project.iam.gserviceaccount.com";
const READ: &str = "gmail.users.messages.list";

struct World {
    emulator: Emulator,
    bound: BoundServiceAccount,
    asked: Arc<AtomicUsize>,
}

async fn world() -> World {
    toolgate_testkit::LogCapture::install();
    let scopes = Requirement::for_methods(&[READ]).least_scopes().to_vec();
    let robot = ServiceAccountSeed {
        email: ROBOT.to_owned(),
        delegated_domains: vec!["example.com".to_owned()],
        delegated_scopes: scopes,
        ..ServiceAccountSeed::default()
    };
    let emulator = Emulator::builder().with_service_account(robot);
    let emulator = emulator.start().await.unwrap();
    let key = emulator.service_account_key(ROBOT).unwrap();
    let key: ServiceAccountKey = serde_json::from_str(&key).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let tokens = AuthenticatorTokens::new("yup-oauth2", move |subject, scopes| {
        count.fetch_add(1, Ordering::SeqCst);
        let builder = ServiceAccountAuthenticator::builder(key.clone());
        async move {
            let builder = match subject {
                Some(subject) => builder.subject(subject),
                None => builder,
            };
            builder.build().await?.token(&scopes).await
        }
    });
    let account = ServiceAccount::from_source(Arc::new(tokens)).acting_for_each_user();
    let google = GoogleAuth::service_account(account).build().unwrap();
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let bound = google.bind_service_account(toolkit).unwrap();
    World {
        emulator,
        bound,
        asked,
    }
}

impl World {
    async fn token(&self, person: &str) -> Result<String, toolgate_auth::Error> {
        let access = self.bound.access(&Principal::for_user(person).unwrap());
        let token = access.token(&Requirement::for_methods(&[READ])).await?;
        Ok(token.access().expose().to_owned())
    }
}

#[tokio::test]
async fn fifty_callers_ask_an_authenticator_once_for_each_person() {
    let world = world().await;
    let calls = (0..50).map(|number| {
        world.token(if number % 2 == 0 {
            "alice@example.com"
        } else {
            "bob@example.com"
        })
    });
    let tokens = futures_util::future::join_all(calls).await;
    let tokens: Vec<String> = tokens.into_iter().map(Result::unwrap).collect();
    assert_ne!(tokens[0], tokens[1]);
    for (number, token) in tokens.iter().enumerate() {
        assert_eq!(*token, tokens[number % 2]);
    }
    assert_eq!(world.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_an_authenticator_is_refused_is_told_by_its_code_and_no_token_is_no_success() {
    let world = world().await;
    let error = world.token("eve@elsewhere.example").await.unwrap_err();
    assert!(
        error.to_string().contains("domain-wide delegation"),
        "{error}"
    );
    assert_eq!(error.kind(), FailureKind::PermissionDenied);
    // An error of Google's in JSON, which yup-oauth2 takes for a success without a token.
    let body = json!({ "error": { "code": 500 } });
    let failing = FaultAction::Json { status: 500, body };
    world
        .emulator
        .faults()
        .add(FaultRule::new(failing).on_method("token").times(1));
    let error = world.token("alice@example.com").await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    world.token("alice@example.com").await.unwrap();
}
