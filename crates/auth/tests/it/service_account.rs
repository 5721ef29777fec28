//! Service accounts: whose token each run gets, how often Google is asked, and what is said where it
//! refuses.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use toolgate_auth::{
    Access, Clock, Environment, Error, Failure as _, FailureKind, GoogleAuth, GoogleAuthBuilder,
    MemoryDatabase, Principal, Requirement, Service, ServiceAccount, SystemClock, Timestamp,
    ToolkitScopes,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, ServiceAccountSeed};
use toolgate_http::Endpoints;
use toolgate_testkit::LogCapture;

pub(crate) const ROBOT: &str = "robot@project.iam.gserviceaccount.com";
pub(crate) const READ: &str = "gmail.users.messages.list";
pub(crate) const FILES: &str = "drive.files.list";
const READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";

/// A clock that tests move.
#[derive(Debug)]
pub(crate) struct MovedClock(Instant, AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + self.1.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Instant {
        self.0 + Duration::from_millis(self.1.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// The emulator with a service account that may act for the people of example.com.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    moved: Arc<MovedClock>,
    pub(crate) clock: Arc<dyn Clock>,
}

fn usual() -> ServiceAccountSeed {
    ServiceAccountSeed {
        email: ROBOT.to_owned(),
        delegated_domains: vec!["example.com".to_owned()],
        delegated_scopes: [least(&[READ]), least(&[FILES])].concat(),
        token_creators: vec![ROBOT.to_owned()],
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(usual()).await
    }

    /// At the time that it is, which every answer says in its date.
    pub(crate) async fn today() -> Self {
        LogCapture::install();
        let builder = Emulator::builder().with_service_account(usual());
        Self {
            emulator: builder.start().await.unwrap(),
            clock: Arc::new(SystemClock),
            moved: Arc::new(MovedClock(Instant::now(), AtomicI64::new(0))),
        }
    }

    pub(crate) async fn with(seed: ServiceAccountSeed) -> Self {
        LogCapture::install();
        let clock = Arc::new(MovedClock(Instant::now(), AtomicI64::new(0)));
        let time = Arc::clone(&clock);
        let builder = Emulator::builder().with_service_account(seed);
        let builder = builder.with_clock(Arc::new(move || time.now().as_millis()));
        let emulator = builder.start().await.unwrap();
        Self {
            emulator,
            moved: Arc::clone(&clock),
            clock,
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.moved.1.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn robot(&self) -> ServiceAccount {
        ServiceAccount::from_json(&self.emulator.service_account_key(ROBOT).unwrap()).unwrap()
    }

    pub(crate) fn builder(&self, account: ServiceAccount) -> GoogleAuthBuilder {
        GoogleAuth::service_account(account)
            .with_endpoints(Endpoints::at_base(self.emulator.base_url().as_str()).unwrap())
            .with_clock(Arc::clone(&self.clock))
    }

    pub(crate) fn access(&self, account: ServiceAccount, methods: &[&'static str]) -> Run {
        let google = self.builder(account).build().unwrap();
        run_of(&google, methods)
    }

    /// How often this account's token was asked for.
    pub(crate) fn asked(&self, account: &str) -> usize {
        let requests = self.emulator.requests();
        let tokens = requests
            .iter()
            .filter(|it| it.api_method.as_deref() == Some("token"));
        tokens
            .filter(|it| it.account.as_deref() == Some(account))
            .count()
    }
}

/// A toolkit with a service account.
pub(crate) struct Run {
    bound: toolgate_auth::BoundServiceAccount,
    requirement: Requirement,
}

pub(crate) fn run_of(google: &GoogleAuth, methods: &[&'static str]) -> Run {
    let requirement = Requirement::for_methods(methods);
    let toolkit = ToolkitScopes::new("toolkit", requirement.clone());
    Run {
        bound: google.bind_service_account(toolkit).unwrap(),
        requirement,
    }
}

impl Run {
    pub(crate) fn of(&self, principal: &Principal) -> Access {
        self.bound.access(principal)
    }

    pub(crate) async fn token(&self, principal: &Principal) -> Result<String, Error> {
        let token = self.of(principal).token(&self.requirement).await?;
        Ok(token.access().expose().to_owned())
    }
}

fn least(methods: &[&'static str]) -> Vec<String> {
    Requirement::for_methods(methods).least_scopes().to_vec()
}

pub(crate) fn person(id: &str) -> Principal {
    Principal::for_user(id).unwrap()
}

#[tokio::test]
async fn each_run_gets_the_token_of_its_own_person_and_nobody_gets_anothers() {
    let world = World::start().await;
    let run = world.access(world.robot().acting_for_each_user(), &[READ]);
    let (alice, bob) = (person(ALICE), person(BOB));
    // Interleaved, so that whatever is shared would show.
    let calls = (0..40).map(|number| run.token(if number % 2 == 0 { &alice } else { &bob }));
    let tokens = futures_util::future::join_all(calls).await;
    let tokens: Vec<String> = tokens.into_iter().map(Result::unwrap).collect();
    for (number, token) in tokens.iter().enumerate() {
        assert_eq!(*token, tokens[number % 2]);
    }
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!((world.asked(ALICE), world.asked(BOB)), (1, 1));
    assert_eq!(run.of(&alice).principal(), Some(&alice));
}

#[tokio::test]
async fn fifty_calls_at_once_ask_google_once_and_so_do_those_that_fail() {
    let world = World::start().await;
    let run = world.access(world.robot().acting_for(ALICE).unwrap(), &[READ]);
    let alice = person("anybody");
    let fifty = || futures_util::future::join_all((0..50).map(|_| run.token(&alice)));
    for token in fifty().await {
        token.unwrap();
    }
    assert_eq!(world.asked(ALICE), 1);
    let run = world.access(world.robot().acting_for(BOB).unwrap(), &[READ]);
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(503)).on_method("token"));
    let fifty = futures_util::future::join_all((0..50).map(|_| run.token(&alice)));
    for token in fifty.await {
        assert!(token.unwrap_err().is_transient());
    }
    assert_eq!(world.asked(BOB), 1);
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end_and_a_living_one_outlasts_a_failure() {
    let world = World::start().await;
    let run = world.access(world.robot().acting_for(ALICE).unwrap(), &[READ]);
    let anybody = Principal::anonymous();
    let first = run.token(&anybody).await.unwrap();
    world.pass(Duration::from_mins(54));
    assert_eq!(run.token(&anybody).await.unwrap(), first);
    assert_eq!(world.asked(ALICE), 1);
    // Within its last minute everybody waits for another, and it serves where there is none.
    world.pass(Duration::from_secs(330));
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_method("token"));
    assert_eq!(run.token(&anybody).await.unwrap(), first);
    faults.clear();
    let second = run.token(&anybody).await.unwrap();
    assert_ne!(second, first);
    world.pass(Duration::from_hours(2));
    assert_ne!(run.token(&anybody).await.unwrap(), second);
}

#[tokio::test]
async fn nothing_of_a_service_account_is_stored_and_no_database_is_needed() {
    let world = World::start().await;
    let client = toolgate_auth::OAuthClient::new(world.emulator.client_id());
    let database = MemoryDatabase::new();
    let google = GoogleAuth::builder(client)
        .with_service_account(world.robot().acting_for(ALICE).unwrap())
        .with_endpoints(Endpoints::at_base(world.emulator.base_url().as_str()).unwrap())
        .with_clock(Arc::clone(&world.clock))
        .build()
        .unwrap();
    let scopes = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    google
        .bind(&database, Service::google(), vec![scopes])
        .await
        .unwrap();
    run_of(&google, &[READ]).token(&person("x")).await.unwrap();
    let store = toolgate_auth::store::Database::token_store(&database).unwrap();
    let all = toolgate_auth::store::ListScope::All;
    assert!(store.list(&all, None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn each_toolkit_asks_for_its_own_scopes_and_another_ones_cost_it_nothing() {
    // The administrator allowed mail and nothing else.
    let world = World::with(ServiceAccountSeed {
        email: ROBOT.to_owned(),
        delegated_domains: vec!["example.com".to_owned()],
        delegated_scopes: vec![READONLY.to_owned()],
        ..ServiceAccountSeed::default()
    })
    .await;
    let account = world.robot().acting_for(ALICE).unwrap();
    let google = world.builder(account).build().unwrap();
    let anybody = Principal::anonymous();
    let error = run_of(&google, &[FILES]).token(&anybody).await.unwrap_err();
    assert!(error.to_string().contains("auth/drive"), "{error}");
    let mail = run_of(&google, &["gmail.users.messages.get"]);
    mail.token(&anybody).await.unwrap();
    // A tool gets no further than its toolkit.
    let beyond = Requirement::for_methods(&[FILES]);
    let error = mail.of(&anybody).token(&beyond).await.unwrap_err();
    assert!(error.to_string().contains("did not declare"), "{error}");
}

#[tokio::test]
async fn a_run_without_a_person_is_told_what_to_set_and_never_becomes_the_accounts_own() {
    let world = World::start().await;
    let check = async |account: ServiceAccount, methods, principal: Principal, expected: &str| {
        let run = world.access(account, methods);
        let error = run.token(&principal).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(error.consent_needed().is_none() && !error.is_transient());
        assert!(error.to_string().contains(expected), "{error}");
    };
    let nobody = Principal::anonymous;
    let each = || world.robot().acting_for_each_user();
    check(
        world.robot(),
        &[READ][..],
        nobody(),
        "GOOGLE_DELEGATED_USER",
    )
    .await;
    check(world.robot(), &[READ][..], person(ALICE), "no mailbox").await;
    check(each(), &[READ][..], nobody(), "names nobody").await;
    check(each(), &[FILES][..], nobody(), "names nobody").await;
    check(each(), &[FILES][..], person("17"), "no e-mail address").await;
    assert_eq!(world.emulator.requests().len(), 0);
    // For itself it has files, and no mailbox.
    let run = world.access(world.robot(), &[FILES]);
    run.token(&nobody()).await.unwrap();
    assert_eq!(world.asked(ROBOT), 1);
}

#[tokio::test]
async fn the_id_of_a_tenants_person_is_nobodys_address_unless_the_program_says_so() {
    let world = World::start().await;
    let of = |tenant: &str| person(ALICE).with_tenant(tenant).unwrap();
    let run = world.access(world.robot().acting_for_each_user(), &[READ]);
    for principal in [of("acme"), of("globex")] {
        let error = run.token(&principal).await.unwrap_err();
        assert!(error.is_configuration() && !error.is_transient(), "{error}");
        for part in ["tenant", "acting_for_users_by"] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
    assert_eq!(world.emulator.requests().len(), 0);
    // The program knows whose id that is in which tenant.
    let robot = world.robot().acting_for_users_by(|principal| {
        let tenant = principal.tenant()?.as_str();
        Some(if tenant == "acme" { ALICE } else { BOB }.to_owned())
    });
    let run = world.access(robot, &[READ]);
    let tokens = [run.token(&of("acme")).await, run.token(&of("globex")).await];
    let [first, second] = tokens.map(Result::unwrap);
    assert_ne!(first, second);
    assert_eq!((world.asked(ALICE), world.asked(BOB)), (1, 1));
}

#[tokio::test]
async fn the_address_of_a_person_is_the_programs_to_tell() {
    let world = World::start().await;
    let robot = world.robot().acting_for_users_by(|principal| {
        let user = principal.user()?.as_str();
        (user == "17").then(|| BOB.to_owned())
    });
    let run = world.access(robot, &[READ]);
    run.token(&person("17")).await.unwrap();
    assert_eq!((world.asked(BOB), world.asked(ALICE)), (1, 0));
    assert!(run.token(&person(ALICE)).await.is_err());
}

#[tokio::test]
async fn what_google_refuses_says_what_an_administrator_has_to_do_and_asks_nobody_to_sign_in() {
    let world = World::today().await;
    let check = async |subject: &str, methods, expected: &str| {
        let account = world.robot().acting_for(subject).unwrap();
        let run = world.access(account, methods);
        let error = run.token(&Principal::anonymous()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.kind(), FailureKind::PermissionDenied);
        assert!(!error.is_reauthorization_required() && !error.is_transient());
    };
    check("eve@elsewhere.example", &[READ], "unauthorized_client").await;
    check(ALICE, &["gmail.users.messages.send"], "access_denied").await;
    check("nobody@example.com", &[READ], "unknown or suspended").await;
    // A clock that is wrong is told by the date of the answer.
    let world = World::start().await;
    let account = world.robot().acting_for("nobody@example.com").unwrap();
    let run = world.access(account, &[READ]);
    let error = run.token(&Principal::anonymous()).await.unwrap_err();
    assert!(error.to_string().contains("clock is wrong"), "{error}");
}

#[tokio::test]
async fn a_token_that_an_api_refuses_is_asked_for_again_and_once_a_minute_only() {
    let world = World::start().await;
    let run = world.access(world.robot().acting_for(ALICE).unwrap(), &[READ]);
    let access = run.of(&Principal::anonymous());
    let requirement = Requirement::for_methods(&[READ]);
    let token = access.token(&requirement).await.unwrap();
    access.rejected(&token).await;
    let same = access.token(&requirement).await.unwrap();
    assert_eq!(same.access().expose(), token.access().expose());
    world.pass(Duration::from_mins(2));
    access.rejected(&token).await;
    let other = access.token(&requirement).await.unwrap();
    assert_ne!(other.access().expose(), token.access().expose());
    // An old one that is refused late costs the new one nothing.
    world.pass(Duration::from_mins(2));
    access.rejected(&token).await;
    access.token(&requirement).await.unwrap();
    assert_eq!(world.asked(ALICE), 2);
}

#[tokio::test]
async fn the_environment_alone_makes_a_service_account_act() {
    let world = World::today().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("robot.json");
    std::fs::write(&path, world.emulator.service_account_key(ROBOT).unwrap()).unwrap();
    let base = world.emulator.base_url();
    let environment = Environment::from_pairs([
        ("GOOGLE_SERVICE_ACCOUNT_FILE", path.to_str().unwrap()),
        ("GOOGLE_DELEGATED_USER", ALICE),
        ("GOOGLE_BASE_URL", base.as_str()),
    ]);
    let google = GoogleAuth::from_environment(&environment).unwrap();
    assert!(google.has_service_account());
    let run = run_of(&google, &[READ]);
    run.token(&Principal::anonymous()).await.unwrap();
    assert_eq!(world.asked(ALICE), 1);
    let missing = Environment::from_pairs([("GOOGLE_SERVICE_ACCOUNT_FILE", "/no/such/robot.json")]);
    let error = GoogleAuth::from_environment(&missing).unwrap_err();
    assert!(error.to_string().contains("/no/such/robot.json"), "{error}");
}
