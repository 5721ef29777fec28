//! What the doctor finds: each problem provoked once, and no secret shown.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;

use serde_json::json;
use toolgate_auth::store::{SessionKind, SessionStatus};
use toolgate_auth::{
    EnvConfig, Environment, HowToImport, ImportedGrant, KeySource, Operator, Principal, SessionId,
    SessionKey, Sessions,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, ServiceAccountSeed};
use toolgate_ops::{DatabaseUrl, Doctor, Finding, Level, Schema, Storage};

use crate::support::{CLIENT, Ours, document, key};

/// 32 bytes that begin with the canary.
const KEY: &str = "Q0FOQVJZc2VjcmV0Q0FOQVJZc2VjcmV0Q0FOQVJZc2U=";

/// A set-up in which all is well, but for what a test changes.
struct SetUp {
    folder: tempfile::TempDir,
    url: DatabaseUrl,
    variables: Vec<(String, String)>,
}

impl SetUp {
    async fn good() -> Self {
        toolgate_testkit::LogCapture::install();
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("toolgate.db"));
        Schema::open(&url).await.unwrap().up().await.unwrap();
        let set_up = Self {
            folder,
            url,
            variables: Vec::new(),
        };
        set_up
            .with("GOOGLE_CLIENT_ID", CLIENT)
            .with("GOOGLE_CLIENT_SECRET", "GOCSPX-CANARYsecret")
            .with("TOOLGATE_KEY", &format!("k1:{KEY}"))
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(it, _)| it != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn doctor(&self) -> Doctor {
        let environment = Environment::from_pairs(self.variables.clone());
        Doctor::new(environment, self.url.clone())
            .with_token_file(self.folder.path().join("token.json"))
    }

    async fn examine(&self) -> Vec<Finding> {
        hushed(self.doctor().offline().examine().await)
    }
}

/// Nothing that is found shows a secret.
fn hushed(found: Vec<Finding>) -> Vec<Finding> {
    for finding in &found {
        let shown = format!("{finding} {finding:?} {}", json!(finding));
        assert!(
            !shown.contains("CANARY"),
            "{} shows a secret",
            finding.check
        );
        assert!(!shown.contains("Q0FOQVJZ"), "{} shows a key", finding.check);
    }
    found
}

/// What is not as it should be.
fn wrong(found: &[Finding]) -> Vec<(&'static str, Level)> {
    let wrong = found.iter().filter(|it| it.level != Level::Ok);
    wrong.map(|it| (it.check, it.level)).collect()
}

#[tokio::test]
async fn where_all_is_well_every_check_says_so() {
    let set_up = SetUp::good().await;
    let found = set_up.examine().await;
    assert_eq!(wrong(&found), [], "{found:?}");
    let checks: Vec<_> = found.iter().map(|it| it.check).collect();
    let expected = [
        "variables",
        "environment",
        "client",
        "redirect",
        "database",
        "schema",
        "database clock",
        "keys",
        "rows",
        "sealed rows",
        "sessions",
    ];
    assert_eq!(checks, expected);
}

#[tokio::test]
async fn each_wrong_variable_and_file_is_named() {
    let (problem, warning) = (Level::Problem, Level::Warning);
    for (name, value, expected) in [
        ("GOOGLE_CLIENT_ID", "", ("environment", problem)),
        ("GOOGLE_CLIENT_ID", "CANARYsecret", ("client", problem)),
        ("GOOGLE_CLIENT_SECRET", "", ("client", warning)),
        (
            "GOOGLE_CLIENT_SECRET",
            "CANARYsecret\n",
            ("variables", problem),
        ),
        (
            "GOOGLE_REDIRECT_URI",
            "CANARYsecret",
            ("environment", problem),
        ),
        (
            "GOOGLE_REDIRECT_URI",
            "http://example.com/",
            ("redirect", problem),
        ),
        (
            "GOOGLE_REDIRECT_URI",
            "https://a:CANARYsecret@example.com/",
            ("redirect", problem),
        ),
        (
            "GOOGLE_REDIRECT_URI",
            "https://example.com/?a=CANARYsecret",
            ("redirect", warning),
        ),
        (
            "GOOGLE_SERVICE_ACCOUNT_FILE",
            "/nowhere.json",
            ("service account", problem),
        ),
        ("TOOLGATE_KEY", "k1:CANARYsecret", ("environment", problem)),
    ] {
        let found = SetUp::good().await.with(name, value).examine().await;
        assert!(wrong(&found).contains(&expected), "{name}: {found:?}");
    }
    let set_up = SetUp::good().await;
    let no_key = set_up.file("account.json", r#"{"type": "CANARYsecret"}"#);
    set_up.file("token.json", r#"{"refresh_token": "CANARYsecret"}"#);
    let found = set_up
        .with("GOOGLE_SERVICE_ACCOUNT_FILE", &no_key)
        .examine()
        .await;
    assert_eq!(
        wrong(&found),
        [("service account", problem), ("token.json", problem)]
    );
}

#[tokio::test]
async fn all_that_is_malformed_is_named_at_once_and_ends_no_other_check() {
    let set_up = SetUp::good().await;
    let wrong_ones = [
        ("GOOGLE_CLIENT_SECRET", "CANARYsecret\n"),
        ("GOOGLE_REDIRECT_URI", "CANARYsecret"),
        ("GOOGLE_HOSTED_DOMAIN", "CANARYsecret"),
        ("GOOGLE_OAUTH_NONINTERACTIVE", "CANARYsecret"),
        ("GOOGLE_DELEGATED_USER", "CANARYsecret"),
        ("GOOGLE_API_TIMEOUT", "CANARYsecret"),
        ("GOOGLE_CLOUD_QUOTA_PROJECT_ID", "CANARY/secret"),
        ("GOOGLE_BASE_URL", "CANARYsecret"),
        ("TOOLGATE_KEY", "k1:CANARYsecret"),
    ];
    let set_up = wrong_ones
        .iter()
        .fold(set_up, |set_up, (name, value)| set_up.with(name, value));
    // Not offline: where no Google stands is not known, so that none is asked.
    let found = hushed(set_up.doctor().examine().await);
    let named = found.iter().filter(|it| it.level == Level::Problem);
    let named: Vec<_> = named.map(|it| it.says.as_str()).collect();
    assert_eq!(named.len(), wrong_ones.len(), "{named:#?}");
    for (name, _) in wrong_ones {
        let count = named.iter().filter(|says| says.contains(name)).count();
        assert_eq!(count, 1, "{name}: {named:#?}");
    }
    let checks: Vec<_> = found.iter().map(|it| it.check).collect();
    assert!(
        checks.ends_with(&["database", "schema", "database clock"]),
        "{checks:?}"
    );

    let why = DatabaseUrl::parse("mysql://app:CANARYsecret@db/app").unwrap_err();
    let environment = Environment::from_pairs(SetUp::good().await.variables);
    let doctor = Doctor::without_database(environment, why).offline();
    let found = hushed(doctor.examine().await);
    assert_eq!(wrong(&found), [("database", Level::Problem)], "{found:?}");
    assert!(found.iter().any(|it| it.check == "client"));
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_may_read_are_told() {
    use std::os::unix::fs::PermissionsExt as _;

    let set_up = SetUp::good().await;
    let robot = "robot@project.iam.gserviceaccount.com";
    let seed = ServiceAccountSeed {
        email: robot.to_owned(),
        ..ServiceAccountSeed::default()
    };
    let emulator = Emulator::builder().with_service_account(seed);
    let account = emulator.start().await.unwrap().service_account_key(robot);
    let account = set_up.file("account.json", &account.unwrap());
    let token = set_up.file("token.json", &document("alice").to_string());
    let client =
        json!({"installed": {"client_id": CLIENT, "client_secret": "GOCSPX-CANARYsecret"}});
    let client = set_up.file("client.json", &client.to_string());
    let set_up = set_up
        .with("GOOGLE_SERVICE_ACCOUNT_FILE", &account)
        .with("GOOGLE_APPLICATION_CREDENTIALS", &account)
        .with("GOOGLE_CLIENT_ID", "")
        .with("GOOGLE_CLIENT_SECRET", "")
        .with("GOOGLE_CLIENT_SECRETS_FILE", &client);
    let warning = Level::Warning;
    for (mode, expected) in [
        (
            0o644,
            &[
                ("client's file", warning),
                ("service account", warning),
                ("application credentials", warning),
                ("token.json", warning),
            ][..],
        ),
        (0o600, &[]),
    ] {
        for path in [&account, &token, &client] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        assert_eq!(wrong(&set_up.examine().await), expected);
    }
}

#[tokio::test]
async fn application_credentials_that_are_none_are_told_by_their_kind() {
    let set_up = SetUp::good().await;
    for (text, expected) in [
        (None, "cannot be read"),
        (
            Some(r#"{"type": "external_account", "a": "CANARYsecret"}"#),
            "has no key in it",
        ),
        (
            Some(r#"{"installed": {"a": "CANARYsecret"}}"#),
            "is of an OAuth client",
        ),
        (Some("CANARYsecret"), "is not"),
    ] {
        let path = match text {
            Some(text) => set_up.file("default.json", text),
            None => set_up.folder.path().join("no.json").display().to_string(),
        };
        let pairs = [
            ("GOOGLE_CLIENT_ID", CLIENT),
            ("GOOGLE_APPLICATION_CREDENTIALS", &path),
        ];
        let doctor = Doctor::without_database(Environment::from_pairs(pairs), "none");
        let found = hushed(doctor.offline().examine().await);
        let of = |it: &&Finding| it.check == "application credentials";
        let found = found.iter().find(of).unwrap();
        assert_eq!(found.level, Level::Warning);
        assert!(found.says.contains(expected), "{found}");
    }
}

#[tokio::test]
async fn what_does_not_open_though_its_key_is_there_is_told() {
    let set_up = SetUp::good().await;
    let storage = Storage::open(&set_up.url).await.unwrap();
    let operator = storage.operator(&key_source(&set_up)).await.unwrap();
    let grant = document("alice").to_string();
    let grant = ImportedGrant::from_authorized_user(grant.as_bytes()).unwrap();
    let (alice, bob, how) = (key(Some("alice")), key(Some("bob")), HowToImport::default());
    operator.import(&alice, &grant, how).await.unwrap();
    operator.import(&bob, &grant, how).await.unwrap();
    let chat = SessionId::parse("chat").unwrap();
    let chat = SessionKey::new(Principal::for_user("alice").unwrap(), chat);
    let sessions = Sessions::of(storage.shared_database(), None).unwrap();
    let sessions = sessions.with_keys(key_source(&set_up));
    let (kind, idle) = (SessionKind::Conversation, SessionStatus::Idle);
    sessions
        .store(&chat, kind, idle, b"CANARYsecret")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(wrong(&set_up.examine().await), []);

    // Bob's stands in alice's row, and in her conversation.
    let store = storage.database().token_store().unwrap();
    let bobs = store.get(&bob).await.unwrap().row.unwrap().sealed.unwrap();
    let at = store.get(&alice).await.unwrap().row.unwrap().marker();
    assert!(store.reseal(&alice, &at, &bobs, None).await.unwrap());
    let problem = Level::Problem;
    let found = set_up.examine().await;
    assert_eq!(wrong(&found), [("sealed rows", problem)], "{found:?}");
    let says = &found.iter().find(|it| it.level == problem).unwrap().says;
    assert!(
        says.contains(alice.id().as_str()) && says.contains("backup"),
        "{says}"
    );
    let store = storage.database().session_store().unwrap();
    let at = store.get(&chat).await.unwrap().unwrap().0.marker();
    assert!(store.reseal(&chat, &at, &bobs).await.unwrap());
    let found = set_up.examine().await;
    assert_eq!(
        wrong(&found),
        [("sealed rows", problem), ("sessions", problem)]
    );
}

#[tokio::test]
async fn tables_of_another_name_are_found_when_they_are_named() {
    let mut set_up = SetUp::good().await;
    set_up.url = DatabaseUrl::sqlite(set_up.folder.path().join("crm.db"));
    let schema = Schema::open(&set_up.url).await.unwrap();
    let schema = schema.with_table_name("crm_tokens").unwrap();
    schema.up().await.unwrap();
    let found = set_up.examine().await;
    assert_eq!(wrong(&found), [("schema", Level::Problem)]);
    assert!(found.last().unwrap().says.contains("--token-table"));
    let doctor = set_up
        .doctor()
        .with_table_name(Some("crm_tokens".to_owned()));
    assert_eq!(wrong(&hushed(doctor.offline().examine().await)), []);
}

#[tokio::test]
async fn a_database_that_is_not_there_or_of_another_schema_is_told() {
    let mut set_up = SetUp::good().await;
    let good = set_up.url.clone();
    set_up.url = DatabaseUrl::sqlite(set_up.folder.path().join("nowhere.db"));
    assert_eq!(
        wrong(&set_up.examine().await),
        [("database", Level::Problem)]
    );
    assert!(!set_up.folder.path().join("nowhere.db").exists());
    set_up.url = DatabaseUrl::parse("postgres://app:CANARYsecret@127.0.0.1:1/app").unwrap();
    assert_eq!(
        wrong(&set_up.examine().await),
        [("database", Level::Problem)]
    );
    set_up.url = good;
    let schema = Schema::open(&set_up.url).await.unwrap();
    while !schema.down(1).await.unwrap().is_empty() {}
    let found = set_up.examine().await;
    assert_eq!(wrong(&found), [("schema", Level::Problem)]);
    let says = &found.last().unwrap().says;
    assert!(says.contains("migrate up"), "{says}");
}

#[tokio::test]
async fn a_key_that_is_missing_or_wrong_is_told_and_nothing_is_made() {
    let set_up = SetUp::good().await.with("TOOLGATE_KEY", "");
    let found = set_up.examine().await;
    assert_eq!(wrong(&found), [("keys", Level::Warning)], "{found:?}");
    let files = || fs::read_dir(set_up.folder.path()).unwrap().count();
    let before = files();
    let storage = Storage::open(&set_up.url).await.unwrap();
    let look = Operator::look(storage.database(), &KeySource::Database);
    assert!(look.await.unwrap().is_none());
    assert!(files() <= before, "a key file was made");

    // Looking at it makes no record: any key still fits.
    let set_up = set_up.with("TOOLGATE_KEY", &format!("k1:{KEY}"));
    assert_eq!(wrong(&set_up.examine().await), []);
    let other = KEY.replace("Q0FO", "Q0FP");
    let set_up = set_up.with("TOOLGATE_KEY", &format!("k1:{other}"));
    assert_eq!(wrong(&set_up.examine().await), []);
    // Used with one, the other is wrong.
    storage.operator(&key_source(&set_up)).await.unwrap();
    let set_up = set_up.with("TOOLGATE_KEY", &format!("k1:{KEY}"));
    assert_eq!(wrong(&set_up.examine().await), [("keys", Level::Problem)]);
    // And no key at all is a key that was lost.
    let set_up = set_up.with("TOOLGATE_KEY", "");
    assert_eq!(wrong(&set_up.examine().await), [("keys", Level::Problem)]);
}

fn key_source(set_up: &SetUp) -> KeySource {
    let environment = Environment::from_pairs(set_up.variables.clone());
    EnvConfig::read(&environment).unwrap().keys
}

#[tokio::test]
async fn rows_under_old_and_unknown_keys_are_counted() {
    let ours = Ours::new().await;
    let grant = document("alice").to_string();
    let grant = ImportedGrant::from_authorized_user(grant.as_bytes()).unwrap();
    let (alice, how) = (key(Some("alice")), HowToImport::default());
    ours.operator.import(&alice, &grant, how).await.unwrap();
    let url = DatabaseUrl::sqlite(ours.path("toolgate.db"));
    assert_levels_by_keys(&ours, &url).await;
    // A conversation alone keeps its key needed, too.
    let store = ours.storage.database().token_store().unwrap();
    let incarnation = ours.row(Some("alice")).await.unwrap().incarnation;
    assert!(store.delete(&alice, &incarnation).await.unwrap());
    let chat = SessionId::parse("chat").unwrap();
    let chat = SessionKey::new(Principal::for_user("alice").unwrap(), chat);
    let (kind, idle) = (SessionKind::Conversation, SessionStatus::Idle);
    let stored = ours.sessions("k1");
    let stored = stored.store(&chat, kind, idle, b"CANARYsecret").await;
    assert!(stored.unwrap().is_some());
    assert_levels_by_keys(&ours, &url).await;
}

/// What lies under `k1` is told with that key in use, with it behind another, and without it.
async fn assert_levels_by_keys(ours: &Ours, url: &DatabaseUrl) {
    let base64 = |byte: char| {
        // 32 equal bytes, as `support::keys` has them.
        let text = match byte {
            '1' => "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=",
            _ => "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=",
        };
        format!("k{byte} {text}")
    };
    for (file, expected) in [
        (base64('1'), Level::Ok),
        (format!("{}\n{}", base64('2'), base64('1')), Level::Warning),
        (base64('2'), Level::Problem),
    ] {
        let path = ours.path("keys");
        fs::write(&path, file).unwrap();
        let variables = [
            ("GOOGLE_CLIENT_ID", CLIENT.to_owned()),
            ("TOOLGATE_KEY_FILE", path.display().to_string()),
        ];
        let doctor = Doctor::new(Environment::from_pairs(variables), url.clone());
        let found = hushed(doctor.offline().examine().await);
        let rows = found.iter().find(|it| it.check == "rows").unwrap();
        assert_eq!(rows.level, expected, "{rows}");
    }
}

#[tokio::test]
async fn endpoints_and_a_callback_that_do_not_answer_as_they_should_are_told() {
    let emulator = Emulator::builder().start().await.unwrap();
    let base = emulator.base_url();
    let set_up = SetUp::good().await.with("GOOGLE_BASE_URL", base.as_str());
    let found = hushed(set_up.doctor().examine().await);
    assert_eq!(wrong(&found), [], "{found:?}");
    let online = ["google", "google's clock", "token endpoint"];
    let checks: Vec<_> = found.iter().map(|it| it.check).collect();
    assert!(checks.ends_with(&online), "{checks:?}");

    // What stands there instead serves no callback.
    let callback = emulator.base_url().join("google/callback").unwrap();
    let set_up = set_up.with("GOOGLE_REDIRECT_URI", callback.as_str());
    let found = hushed(set_up.doctor().examine().await);
    assert_eq!(wrong(&found), [("callback", Level::Problem)]);
    let set_up = set_up.with("GOOGLE_REDIRECT_URI", "");

    let body = json!({});
    for path in ["/.well-known/openid-configuration", "/token"] {
        let action = FaultAction::Json {
            status: 503,
            body: body.clone(),
        };
        emulator.faults().add(FaultRule::new(action).on_path(path));
    }
    let found = hushed(set_up.doctor().examine().await);
    let problem = Level::Problem;
    assert!(wrong(&found).contains(&("google", problem)), "{found:?}");
    assert!(
        wrong(&found).contains(&("token endpoint", problem)),
        "{found:?}"
    );
    let gone = emulator.base_url().clone();
    emulator.shutdown().await;
    let set_up = set_up.with("GOOGLE_BASE_URL", gone.as_str());
    let found = hushed(set_up.doctor().examine().await);
    assert_eq!(
        wrong(&found),
        [("google", problem), ("token endpoint", problem)]
    );
}

#[tokio::test]
async fn a_canary_in_every_variable_is_never_shown() {
    for damaged in ["CANARYsecret", "CANARYsecret\n", " CANARYsecret"] {
        for variable in EnvConfig::VARIABLES {
            let set_up = SetUp::good().await.with(variable.name, damaged);
            assert!(!set_up.examine().await.is_empty());
        }
    }
}
