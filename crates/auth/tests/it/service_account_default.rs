//! Application default credentials, impersonation, and tokens from elsewhere.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_auth::{
    AccessToken, Environment, Error, Failure as _, FailureKind, Impersonation, Principal,
    ServiceAccount, ServiceToken, ServiceTokenRequest, ServiceTokens,
};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::service_account::{ALICE, BOB, FILES, READ, ROBOT, World};

/// What the environment has, in a home of its own.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn default_with(&self, pairs: &[(&str, &str)]) -> Result<ServiceAccount, Error> {
        let home = ("HOME", self.0.path().to_str().unwrap());
        let pairs = pairs.iter().copied().chain([home]);
        ServiceAccount::application_default(&Environment::from_pairs(pairs))
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn person_of(world: &World, scopes: &[&str]) -> String {
    let emulator = &world.emulator;
    json!({
        "type": "authorized_user",
        "client_id": emulator.client_id(),
        "client_secret": emulator.client_secret(),
        "refresh_token": emulator.issue_refresh_token(ALICE, scopes),
    })
    .to_string()
}

async fn describe(world: &World, account: ServiceAccount) -> Result<String, Error> {
    let told = account.describe();
    let run = world.access(account, &[FILES]);
    run.token(&Principal::anonymous()).await.map(|_| told)
}

#[cfg(unix)]
#[tokio::test]
async fn default_credentials_are_the_file_that_is_named_then_gclouds_then_the_machines() {
    let world = World::start().await;
    let home = Home::new();
    let told = describe(&world, home.default_with(&[]).unwrap()).await;
    assert_eq!(told.unwrap(), "the service account of this machine");
    let path = "/computeMetadata/v1/instance/service-accounts/default/token";
    let requests = world.emulator.requests();
    let asked = requests.iter().find(|it| it.path == path).unwrap();
    assert!(asked.query.starts_with("scopes=https"), "{}", asked.query);
    let scopes = ["https://www.googleapis.com/auth/drive"];
    let file = ".config/gcloud/application_default_credentials.json";
    home.write(file, &person_of(&world, &scopes));
    let account = home.default_with(&[]).unwrap();
    // It has what its person allowed, which is not what was asked here.
    let error = describe(&world, account).await.unwrap_err();
    assert!(error.to_string().contains("--scopes="), "{error}");
    let metadata = ["https://www.googleapis.com/auth/drive.metadata.readonly"];
    home.write(file, &person_of(&world, &metadata));
    let told = describe(&world, home.default_with(&[]).unwrap()).await;
    assert_eq!(told.unwrap(), "the account that gcloud signed in");
    let key = world.emulator.service_account_key(ROBOT).unwrap();
    let path = home.write("robot.json", &key);
    let named = ("GOOGLE_APPLICATION_CREDENTIALS", path.as_str());
    let told = describe(&world, home.default_with(&[named]).unwrap()).await;
    assert_eq!(told.unwrap(), format!("the service account {ROBOT}"));
    // For a person, whom only a key can act for.
    let alice = ("GOOGLE_DELEGATED_USER", ALICE);
    describe(&world, home.default_with(&[named, alice]).unwrap())
        .await
        .unwrap();
    assert_eq!(world.asked(ALICE), 3);
    for account in [
        home.default_with(&[alice]).unwrap(),
        Home::new().default_with(&[alice]).unwrap(),
    ] {
        let error = describe(&world, account).await.unwrap_err();
        assert!(
            error.to_string().contains("cannot act for others"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn default_credentials_that_have_ended_or_are_damaged_say_what_to_run() {
    let world = World::start().await;
    let home = Home::new();
    let named = |text: &str| {
        let path = home.write("file.json", text);
        home.default_with(&[("GOOGLE_APPLICATION_CREDENTIALS", &path)])
    };
    let ended = person_of(
        &world,
        &["https://www.googleapis.com/auth/drive.metadata.readonly"],
    );
    world.emulator.revoke(ALICE);
    let error = describe(&world, named(&ended).unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("gcloud auth"), "{error}");
    assert_eq!(error.kind(), FailureKind::PermissionDenied);
    assert!(error.consent_needed().is_none());
    let mut file: Value = serde_json::from_str(&ended).unwrap();
    file["refresh_token"] = Value::Null;
    let error = named(&file.to_string()).unwrap_err();
    assert!(error.to_string().contains("gcloud auth"), "{error}");
    let error = named("CANARYsecret").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
    let missing = [("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file.json")];
    let error = home.default_with(&missing).unwrap_err();
    assert!(error.to_string().contains("/no/such/file.json"), "{error}");
}

#[tokio::test]
async fn whoever_answers_in_the_place_of_the_metadata_server_gives_no_token() {
    let world = World::start().await;
    let body =
        json!({ "access_token": "CANARYsecret", "expires_in": 3600, "token_type": "Bearer" });
    let answer = FaultAction::Json { status: 200, body };
    world
        .emulator
        .faults()
        .add(FaultRule::new(answer).on_method("metadata-token"));
    let account = Home::new().default_with(&[]).unwrap();
    let error = describe(&world, account).await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
    assert!(
        error.to_string().contains("no application default"),
        "{error}"
    );
}

#[tokio::test]
async fn a_service_account_is_acted_as_for_itself_and_for_a_person() {
    let world = World::start().await;
    let target = || Impersonation::of(ROBOT).unwrap();
    let short = target().with_lifetime(Duration::from_mins(10)).unwrap();
    let run = world.access(world.robot().impersonating(short), &[FILES]);
    let anybody = Principal::anonymous();
    let first = run.token(&anybody).await.unwrap();
    world.pass(Duration::from_mins(7));
    assert_eq!(run.token(&anybody).await.unwrap(), first);
    world.pass(Duration::from_mins(4));
    assert_ne!(
        run.token(&anybody).await.unwrap(),
        first,
        "it lived ten minutes"
    );
    let account = world.robot().impersonating(target()).acting_for_each_user();
    let run = world.access(account, &[READ]);
    let alice = Principal::for_user(ALICE).unwrap();
    run.token(&alice).await.unwrap();
    assert_eq!(world.asked(ALICE), 1);
}

#[tokio::test]
async fn whoever_may_not_act_as_a_service_account_is_told_which_role_is_missing() {
    let world = World::start().await;
    let other = "other@project.iam.gserviceaccount.com";
    let target = Impersonation::of(other).unwrap();
    let run = world.access(world.robot().impersonating(target), &[FILES]);
    let error = run.token(&Principal::anonymous()).await.unwrap_err();
    for part in ["serviceAccountTokenCreator", other, ROBOT] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(error.kind(), FailureKind::PermissionDenied);
    let by_way = Impersonation::of(ROBOT).unwrap().by_way_of(other).unwrap();
    let run = world.access(world.robot().impersonating(by_way), &[FILES]);
    assert!(run.token(&Principal::anonymous()).await.is_err());
    let requests = world.emulator.requests();
    assert!(
        requests
            .last()
            .unwrap()
            .body
            .contains(&format!("projects/-/serviceAccounts/{other}"))
    );
    for bad in ["", "robot", "a/../b@c.d", "a:b@c.d", "a@c.d?x=1"] {
        assert!(Impersonation::of(bad).is_err(), "{bad}");
    }
    let never = Impersonation::of(ROBOT)
        .unwrap()
        .with_lifetime(Duration::ZERO);
    assert!(never.is_err());
}

/// A token from elsewhere.
#[derive(Debug)]
struct Elsewhere;

#[async_trait]
impl ServiceTokens for Elsewhere {
    fn describe(&self) -> String {
        "elsewhere".to_owned()
    }

    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        assert_eq!(wanted.scopes.len(), 1);
        match wanted.subject {
            Some(ALICE) => Ok(ServiceToken::new(
                AccessToken::parse("ya29.elsewhere")?,
                Duration::from_hours(1),
            )),
            Some(_) => Err(wanted.refused("unauthorized_client")),
            None => Err(wanted.unavailable(Some(Duration::from_secs(7)))),
        }
    }
}

#[tokio::test]
async fn tokens_from_elsewhere_are_kept_and_told_as_our_own() {
    let world = World::start().await;
    let elsewhere = || ServiceAccount::from_source(Arc::new(Elsewhere));
    let run = world.access(elsewhere().acting_for_each_user(), &[READ]);
    let of = async |user: &str| run.token(&Principal::for_user(user).unwrap()).await;
    assert_eq!(of(ALICE).await.unwrap(), "ya29.elsewhere");
    let error = of("eve@elsewhere.example").await.unwrap_err();
    assert!(
        error.to_string().contains("domain-wide delegation"),
        "{error}"
    );
    let run = world.access(elsewhere(), &[FILES]);
    let error = run.token(&Principal::anonymous()).await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn who_wants_a_mailbox_of_default_credentials_is_told_whose_they_are() {
    let world = World::start().await;
    let home = Home::new();
    let mail = ["https://www.googleapis.com/auth/gmail.readonly"];
    let path = home.write("person.json", &person_of(&world, &mail));
    let persons = home.default_with(&[("GOOGLE_APPLICATION_CREDENTIALS", &path)]);
    let machines = home.default_with(&[]);
    for (account, said, unsaid) in [
        (persons, "a person's own", "service account has no mailbox"),
        (machines, "of this machine", "GOOGLE_DELEGATED_USER"),
        (
            Ok(world.robot()),
            "GOOGLE_DELEGATED_USER",
            "of this machine",
        ),
    ] {
        let run = world.access(account.unwrap(), &[READ]);
        let error = run.token(&Principal::anonymous()).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        let told = error.to_string();
        assert!(told.contains(said) && !told.contains(unsaid), "{told}");
    }
    assert_eq!(world.emulator.requests().len(), 0);
}

/// Acts as the robot for each person, by its own key.
fn by_its_own_key(world: &World) -> ServiceAccount {
    let target = Impersonation::of(ROBOT).unwrap();
    world.robot().impersonating(target).acting_for_each_user()
}

#[tokio::test]
async fn the_token_by_which_another_account_is_acted_as_is_asked_for_once_for_all_people() {
    let world = World::start().await;
    let run = world.access(by_its_own_key(&world), &[READ]);
    let people = [ALICE, BOB].map(|user| Principal::for_user(user).unwrap());
    let calls = (0..20).map(|number| run.token(&people[number % 2]));
    for token in futures_util::future::join_all(calls).await {
        token.unwrap();
    }
    assert_eq!((world.asked(ALICE), world.asked(BOB)), (1, 1));
    assert_eq!(world.asked(ROBOT), 1);
    let requests = world.emulator.requests();
    let configurations = requests.iter().filter(|it| it.path.contains("openid"));
    assert_eq!(configurations.count(), 1, "{requests:?}");
    // It outlives a person's token no more than its own time.
    world.pass(Duration::from_mins(61));
    run.token(&people[0]).await.unwrap();
    assert_eq!((world.asked(ALICE), world.asked(ROBOT)), (2, 2));
}

#[tokio::test]
async fn a_kept_token_that_is_refused_where_another_account_is_acted_as_is_asked_for_again() {
    let world = World::start().await;
    let run = world.access(by_its_own_key(&world), &[READ]);
    let of = async |user: &str| run.token(&Principal::for_user(user).unwrap()).await;
    of(ALICE).await.unwrap();
    world.pass(Duration::from_mins(2));
    world.emulator.expire_access_tokens(ROBOT);
    of(BOB).await.unwrap();
    assert_eq!((world.asked(BOB), world.asked(ROBOT)), (1, 2));
}

#[tokio::test]
async fn a_token_of_one_google_is_sent_to_no_other_where_another_account_is_acted_as() {
    let (first, second) = (World::start().await, World::start().await);
    let account = by_its_own_key(&first);
    let alice = Principal::for_user(ALICE).unwrap();
    let run = first.access(account.clone(), &[READ]);
    run.token(&alice).await.unwrap();
    // The other one gives a token of its own, and is not shown what the first one gave.
    let run = second.access(account, &[READ]);
    run.token(&alice).await.unwrap();
    assert_eq!((first.asked(ROBOT), second.asked(ROBOT)), (1, 1));
}
