//! What the token endpoint may answer to a refresh, and what the row of either database says then.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use toolgate_auth::store::{Database, RowStatus, TokenRow, TokenStore};
use toolgate_auth::{
    BoundGoogleAuth, Browser, ClientSecret, Error, GoogleAuth, KeyRing, KeySource, OAuthClient,
    Principal, Requirement, SealingKey, Service, TokenKey, ToolkitScopes,
};
use toolgate_emulator::{Emulator, FaultAction, FaultPoint, FaultRule, Person};
use toolgate_http::Endpoints;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;
use toolgate_testkit::FakeClock;

use crate::world::{Databases, KEY, address, emulator, users};

const READ: &str = "gmail.users.messages.list";
const TWO_HOURS: Duration = Duration::from_hours(2);
/// Longer than any back-off.
const BACK_OFF: Duration = Duration::from_mins(5);

/// What a row is to say: its status, the reason, and the last error of a failure that may pass.
type Word = (RowStatus, Option<&'static str>, Option<&'static str>);

fn passing(error: &'static str) -> Word {
    (RowStatus::Active, None, Some(error))
}

fn cases() -> Vec<(&'static str, FaultAction, Word)> {
    let cut = |at| FaultAction::DropConnection { at };
    let error = FaultAction::oauth_error;
    let rapt = FaultAction::OAuthError {
        error: "invalid_grant".to_owned(),
        subtype: Some("invalid_rapt".to_owned()),
        status: None,
    };
    let no_token = FaultAction::Json {
        status: 200,
        body: json!({"expires_in": 1}),
    };
    let incomplete = passing("answered incompletely");
    let (its_side, strange) = ("an error on its side", "an answer that is not OAuth's");
    let nonsense = passing("an answer that is no token answer");
    let refused = |status, reason| (status, Some(reason), Some(reason));
    let (condemned, blocked) = (RowStatus::NeedsConsent, RowStatus::Blocked);
    let policy = "admin_policy_enforced";
    let untouched = (RowStatus::Active, None, None);
    vec![
        ("torn", FaultAction::TornBody, incomplete),
        ("cut before", cut(FaultPoint::Before), incomplete),
        ("cut after", cut(FaultPoint::After), incomplete),
        ("200 html", FaultAction::Html { status: 200 }, nonsense),
        (
            "400 html",
            FaultAction::Html { status: 400 },
            passing(strange),
        ),
        (
            "502 html",
            FaultAction::Html { status: 502 },
            passing(its_side),
        ),
        ("500", FaultAction::status(500), passing(its_side)),
        ("no token", no_token, nonsense),
        (
            "an unknown code",
            error("temporarily_unavailable"),
            passing("an error code that is not known"),
        ),
        (
            "revoked",
            error("invalid_grant"),
            refused(condemned, "revoked"),
        ),
        ("session", rapt, refused(condemned, "session_policy")),
        ("policy", error(policy), refused(blocked, policy)),
        ("client", error("invalid_client"), untouched),
        ("grant type", error("unauthorized_client"), untouched),
    ]
}

/// One database, on a clock of the test's.
struct Desk {
    emulator: Emulator,
    database: Arc<dyn Database>,
    clock: FakeClock,
}

impl Desk {
    /// A process of its own, so that nothing is remembered.
    async fn token(&self, user: &str, browser: Option<Browser>) -> Result<(), Error> {
        let bound = self.bind(browser).await;
        let access = bound.access(&Principal::for_user(user)?, "gmail");
        access
            .token(&Requirement::for_methods(&[READ]))
            .await
            .map(drop)
    }

    async fn bind(&self, browser: Option<Browser>) -> BoundGoogleAuth {
        let secret = ClientSecret::parse(self.emulator.installed_client_secret()).unwrap();
        let client = OAuthClient::new(self.emulator.installed_client_id()).with_secret(secret);
        let ring = KeyRing::new("k1", SealingKey::from_bytes(KEY)).unwrap();
        let mut google = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(self.emulator.base_url().as_str()).unwrap())
            .with_keys(KeySource::Ring(ring));
        if let Some(browser) = browser {
            google = google.with_browser(browser);
        }
        let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
        let google = google.build().unwrap();
        let bound = google.bind(&*self.database, Service::google(), vec![gmail]);
        bound.await.unwrap()
    }

    /// The person consents, and the access token ends.
    async fn connect(&self, user: &str) {
        let person = address(user);
        let browser = Browser::opened_by(move |link| {
            let (link, person) = (link.clone(), Person::new(person.clone()));
            tokio::spawn(async move { person.follow(&link).await });
            true
        });
        self.token(user, Some(browser)).await.unwrap();
        self.clock.advance(TWO_HOURS);
    }

    fn tokens(&self) -> Arc<dyn TokenStore> {
        self.database.token_store().unwrap()
    }

    async fn row(&self, user: &str) -> TokenRow {
        let key = TokenKey::new(Principal::for_user(user).unwrap(), Service::google());
        self.tokens().get(&key).await.unwrap().row.unwrap()
    }

    async fn check(&self, user: &str, case: &str, action: FaultAction, word: Word) {
        self.connect(user).await;
        let before = self.row(user).await;
        let faults = self.emulator.faults();
        let fault = faults.add(FaultRule::new(action).on_path("/token").times(1));
        let error = self.token(user, None).await.unwrap_err();
        assert_eq!(faults.applied(fault), 1, "{case}");
        let row = self.row(user).await;
        let (status, reason, noted) = word;
        let said = (row.status, row.status_reason.as_deref());
        assert_eq!(said, (status, reason), "{case}");
        assert_eq!(row.last_error.as_deref(), noted, "{case}");
        assert_eq!(row.lease, None, "{case}");
        // Whatever it was, the secrets stay.
        assert_eq!(row.marker(), before.marker(), "{case}");
        assert_eq!(row.sealed, before.sealed, "{case}");
        let passes = status == RowStatus::Active;
        let counted = passes && noted.is_some();
        let failures = (row.fail_count, row.next_attempt_at.is_some());
        assert_eq!(failures, (i64::from(counted), counted), "{case}");
        assert_eq!(error.is_transient(), counted, "{case}: {error}");
        let asks = status == RowStatus::NeedsConsent;
        assert_eq!(error.is_reauthorization_required(), asks, "{case}: {error}");
        self.clock.advance(BACK_OFF);
        assert_eq!(self.token(user, None).await.is_ok(), passes, "{case}");
        let after = self.row(user).await;
        assert_eq!(after.version - before.version, i64::from(passes), "{case}");
        if passes {
            let cleared = (after.fail_count, after.last_error, after.next_attempt_at);
            assert_eq!(cleared, (0, None, None), "{case}");
        }
    }
}

async fn check_all(database: impl Database + 'static, clock: FakeClock) {
    let cases = cases();
    let everybody = users(cases.len());
    let desk = Desk {
        emulator: emulator(&everybody).await,
        database: Arc::new(database),
        clock,
    };
    for (user, (case, action, word)) in everybody.iter().zip(cases) {
        desk.check(user, case, action, word).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_to_a_refresh_leaves_its_row_in_sqlite() {
    let (databases, clock) = (Databases::folder_only(), FakeClock::new());
    let builder = SqliteDatabase::builder(databases.sqlite_path()).with_now(clock.now_fn());
    check_all(builder.open().await.unwrap(), clock).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_to_a_refresh_leaves_its_row_in_postgresql() {
    let databases = Databases::fresh("answers to a refresh, in PostgreSQL").await;
    let Some(url) = databases.postgres_place() else {
        return;
    };
    let clock = FakeClock::new();
    let builder = PostgresDatabase::builder(&url).with_now(clock.now_fn());
    check_all(builder.connect().await.unwrap(), clock).await;
}
