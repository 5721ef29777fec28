//! `token.json` under the guard: written by a consent, refreshed, changed by others, one person's.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_auth::store::{
    Database, DisconnectReach, ForeignFormat, ListScope, RowStatus, SignInStore, TokenRow,
    TokenStore,
};
use toolgate_auth::{
    BoundGoogleAuth, Browser, ClientSecret, Clock, Disconnected, Error, GoogleAuth, MemoryDatabase,
    OAuthClient, Principal, Requirement, Service, Token, TokenFile, TokenKey, ToolkitScopes,
};
use toolgate_emulator::FaultAction;
use toolgate_testkit::LogCapture;

use crate::support::{READ, World};

pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/gmail.readonly";
const SEND: &str = "gmail.users.messages.send";
const EMAIL: &str = "alice@example.com";

/// A world, a folder with a token file in it, and Python's way of writing one.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) folder: TempDir,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self {
            world: World::start().await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("token.json")
    }

    pub(crate) fn file(&self) -> TokenFile {
        let clock = Arc::clone(&self.world.clock);
        TokenFile::new(self.path()).with_now(Arc::new(move || clock.now()))
    }

    pub(crate) fn google(&self, browser: Option<Browser>) -> GoogleAuth {
        let emulator = &self.world.emulator;
        let client = OAuthClient::new(emulator.client_id())
            .with_secret(ClientSecret::parse(emulator.client_secret()).unwrap());
        let builder = GoogleAuth::builder(client)
            .with_endpoints(self.world.endpoints())
            .with_clock(Arc::clone(&self.world.clock) as Arc<dyn Clock>);
        match browser {
            Some(browser) => builder.with_browser(browser).build().unwrap(),
            None => builder.build().unwrap(),
        }
    }

    /// A process of its own, that opens no browser.
    pub(crate) async fn bind(&self) -> BoundGoogleAuth {
        self.bind_as(&self.google(None)).await
    }

    pub(crate) async fn bind_as(&self, google: &GoogleAuth) -> BoundGoogleAuth {
        let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ, SEND]));
        let service = Service::google();
        google
            .bind(&self.file(), service, vec![gmail])
            .await
            .unwrap()
    }

    /// The token that a new process gets without a browser.
    pub(crate) async fn token(&self) -> Result<Token, Error> {
        token(&self.bind().await).await
    }

    /// A file as a program in Python leaves it, with a refresh token that works.
    pub(crate) fn python_file(&self, scopes: &[&str]) -> Value {
        let emulator = &self.world.emulator;
        json!({
            "token": emulator.issue_token(EMAIL, scopes),
            "refresh_token": emulator.issue_refresh_token(EMAIL, scopes),
            "token_uri": "https://oauth2.googleapis.com/token",
            "client_id": emulator.client_id(),
            "client_secret": emulator.client_secret(),
            "scopes": scopes,
            "universe_domain": "googleapis.com",
            "account": "",
            "expiry": "2020-01-02T03:04:05.678901Z",
        })
    }

    pub(crate) fn write(&self, file: &Value) {
        fs::write(self.path(), file.to_string()).unwrap();
    }

    pub(crate) fn read(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path()).unwrap()).unwrap()
    }

    pub(crate) async fn row(&self) -> TokenRow {
        self.file().get(&key()).await.unwrap().row.unwrap()
    }

    fn refreshes(&self) -> usize {
        self.world.token_requests("refresh_token")
    }
}

fn key() -> TokenKey {
    TokenKey::new(Principal::anonymous(), Service::google())
}

pub(crate) async fn token(bound: &BoundGoogleAuth) -> Result<Token, Error> {
    let access = bound.access(&Principal::anonymous(), "gmail");
    access.token(&Requirement::for_methods(&[READ])).await
}

#[tokio::test]
async fn a_consent_by_a_browser_is_written_for_google_auth_and_its_owner_alone() {
    let desk = Desk::new().await;
    let bound = desk.world.google(Some(desk.world.browser()));
    let bound = desk.bind_as(&bound).await;
    assert_eq!(
        fs::read_dir(desk.folder.path()).unwrap().count(),
        0,
        "nothing is made before there is anything to keep"
    );
    let token = token(&bound).await.unwrap();
    let file = desk.read();
    let emulator = &desk.world.emulator;
    assert_eq!(file["token"], token.access().expose());
    assert_eq!(file["client_id"], emulator.installed_client_id());
    assert_eq!(file["client_secret"], emulator.installed_client_secret());
    assert_eq!(file["token_uri"], "https://oauth2.googleapis.com/token");
    assert_eq!(file["account"], EMAIL);
    assert_eq!(file["universe_domain"], "googleapis.com");
    assert!(file["expiry"].as_str().unwrap().ends_with('Z'));
    let scopes = file["scopes"].as_array().unwrap();
    assert!(scopes.iter().any(|scope| *scope == "openid"), "{scopes:?}");
    #[cfg(unix)]
    for entry in fs::read_dir(desk.folder.path()).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
    // The next process takes it from there, when it is due from Google.
    let later = desk.bind_as(&desk.world.google(None)).await;
    let again = self::token(&later);
    assert_eq!(
        again.await.unwrap().access().expose(),
        token.access().expose()
    );
    desk.world.pass(Duration::from_hours(2));
    let later = desk.bind_as(&desk.world.google(None)).await;
    let later = self::token(&later).await.unwrap();
    assert_ne!(later.access().expose(), token.access().expose());
    assert_eq!((desk.world.browsers(), desk.refreshes()), (1, 1));
    assert_eq!(desk.read()["token"], later.access().expose());
    assert_eq!(desk.read()["refresh_token"], file["refresh_token"]);
}

#[tokio::test]
async fn a_file_of_another_program_is_refreshed_and_keeps_what_is_not_known_here() {
    let desk = Desk::new().await;
    let mut file = desk.python_file(&[SCOPE]);
    file["quota_project_id"] = json!("quota");
    file["rapt_token"] = json!("rapt");
    file["new"] = json!({"deep": [1, null]});
    file["token_uri"] = json!("http://127.0.0.1:9/steals-refresh-tokens");
    desk.write(&file);
    let token = desk.token().await.unwrap();
    let written = desk.read();
    assert_eq!(written["token"], token.access().expose());
    assert_ne!(written["token"], file["token"]);
    assert_ne!(written["expiry"], file["expiry"]);
    assert_eq!(written["token_uri"], "https://oauth2.googleapis.com/token");
    for name in [
        "refresh_token",
        "client_id",
        "client_secret",
        "scopes",
        "quota_project_id",
        "rapt_token",
        "new",
        "account",
    ] {
        assert_eq!(written[name], file[name], "{name}");
    }
    assert_eq!(desk.refreshes(), 1);
}

#[tokio::test]
async fn the_scopes_of_a_file_are_believed_and_no_scopes_are_none() {
    let desk = Desk::new().await;
    let mut file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    let bound = desk.bind().await;
    let access = bound.access(&Principal::anonymous(), "gmail");
    let error = access.token(&Requirement::for_methods(&[SEND])).await;
    assert!(error.unwrap_err().is_scope_missing());
    file["scopes"] = json!(format!("{SCOPE} https://mail.google.com/"));
    desk.write(&file);
    access
        .token(&Requirement::for_methods(&[SEND]))
        .await
        .unwrap();
    for silent in [json!(null), json!([]), json!("")] {
        file["scopes"] = silent;
        desk.write(&file);
        let error = desk.token().await.unwrap_err();
        assert!(error.is_scope_missing(), "{error}");
    }
}

#[tokio::test]
async fn a_file_of_another_client_is_not_used_and_a_consent_takes_its_place() {
    let desk = Desk::new().await;
    let file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    let bound = desk.bind_as(&desk.world.google(None)).await;
    let error = token(&bound).await.unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
    assert_eq!(desk.refreshes(), 0, "a client's token goes to no other");
    let bound = desk.world.google(Some(desk.world.browser()));
    token(&desk.bind_as(&bound).await).await.unwrap();
    let written = desk.read();
    let emulator = &desk.world.emulator;
    assert_eq!(written["client_id"], emulator.installed_client_id());
    assert_eq!(written["client_secret"], emulator.installed_client_secret());
    assert_eq!(desk.row().await.grant_epoch, 2);
}

#[tokio::test]
async fn an_identified_person_never_gets_the_file_nor_a_browser_for_it() {
    let desk = Desk::new().await;
    desk.write(&desk.python_file(&[SCOPE]));
    let limit = Duration::from_secs(5);
    let browser = desk.world.browser().with_time_limit(limit);
    let bound = desk.bind_as(&desk.google(Some(browser))).await;
    let people = [
        Principal::for_user("alice").unwrap(),
        Principal::anonymous().with_tenant("acme").unwrap(),
    ];
    let mut accesses: Vec<_> = people.map(|who| bound.access(&who, "gmail")).into();
    let label = toolgate_auth::AccountLabel::parse("work").unwrap();
    let anonymous = bound.access(&Principal::anonymous(), "gmail");
    accesses.push(anonymous.with_account(Some(label)));
    for access in accesses {
        let error = access.token(&Requirement::for_methods(&[READ])).await;
        let error = error.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(error.to_string().contains("give the agent a database"));
    }
    assert_eq!((desk.world.browsers(), desk.refreshes()), (0, 0));
}

#[tokio::test]
async fn what_another_program_writes_is_noticed() {
    let desk = Desk::new().await;
    let mut file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    desk.token().await.unwrap();
    let first = desk.row().await;
    // A refresh by another program: the same refresh token.
    file["token"] = json!(desk.world.emulator.issue_token(EMAIL, &[SCOPE]));
    file["expiry"] = json!("2999-01-02T03:04:05Z");
    desk.write(&file);
    let refreshed = desk.row().await;
    assert_eq!(refreshed.version, first.version + 1);
    assert_eq!(refreshed.grant_epoch, first.grant_epoch);
    assert_eq!(refreshed.incarnation, first.incarnation);
    let token = desk.token().await.unwrap();
    assert_eq!(file["token"], token.access().expose());
    // A sign-in by another program: another refresh token.
    desk.write(&desk.python_file(&[SCOPE]));
    let consented = desk.row().await;
    assert_eq!(consented.version, refreshed.version + 1);
    assert_eq!(consented.grant_epoch, refreshed.grant_epoch + 1);
    // What was read before neither is written.
    for old in [first, refreshed] {
        let (file, key, at) = (desk.file(), key(), old.marker());
        let lease = file.try_lease(&key, &at, "late", Duration::from_secs(20));
        assert!(lease.await.unwrap().is_none());
    }
    // Whoever removes the file signs out; the next file is a new consent.
    fs::remove_file(desk.path()).unwrap();
    assert!(desk.file().get(&key()).await.unwrap().row.is_none());
    desk.write(&file);
    let again = desk.row().await;
    assert_eq!(again.grant_epoch, consented.grant_epoch + 1);
}

#[tokio::test]
async fn a_refusal_is_remembered_and_another_programs_consent_ends_it() {
    let desk = Desk::new().await;
    desk.write(&desk.python_file(&[SCOPE]));
    desk.world.emulator.revoke(EMAIL);
    for _ in 0..3 {
        let error = desk.token().await.unwrap_err();
        assert!(error.is_reauthorization_required(), "{error}");
    }
    assert_eq!(desk.refreshes(), 1, "google is not asked again");
    assert_eq!(desk.row().await.status, RowStatus::NeedsConsent);
    desk.write(&desk.python_file(&[SCOPE]));
    desk.token().await.unwrap();
}

#[tokio::test]
async fn a_disconnect_removes_the_file_and_no_old_copy_brings_it_back() {
    let desk = Desk::new().await;
    let file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    let bound = desk.bind().await;
    token(&bound).await.unwrap();
    let reach = DisconnectReach::ThisRow;
    let outcome = bound.disconnect(&Principal::anonymous(), None, reach).await;
    assert_eq!(outcome.unwrap(), Disconnected::AtGoogle);
    assert!(!desk.path().exists());
    assert_eq!(desk.world.emulator.live_refresh_tokens(EMAIL), 0);
    // A program that still has it in memory writes it again.
    desk.write(&file);
    for _ in 0..2 {
        let error = desk.token().await.unwrap_err();
        assert!(error.is_reauthorization_required(), "{error}");
        let row = desk.row().await;
        assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
    }
    assert_eq!(desk.refreshes(), 1);
    let deleted = desk.bind().await.delete_user(&Principal::anonymous()).await;
    assert_eq!(deleted.unwrap().grants, 1);
    assert!(desk.file().get(&key()).await.unwrap().row.is_none());
}

#[tokio::test]
async fn a_refusal_of_google_leaves_the_file_as_it_is() {
    let desk = Desk::new().await;
    let file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    let rule = toolgate_emulator::FaultRule::new(FaultAction::oauth_error("invalid_client"));
    desk.world.emulator.faults().add(rule.on_path("/token"));
    assert!(desk.token().await.unwrap_err().is_configuration());
    assert_eq!(desk.read(), file);
    let row = desk.row().await;
    assert_eq!((row.status, row.lease), (RowStatus::Active, None));
}

#[tokio::test]
async fn no_secret_of_a_file_is_logged() {
    let logs = LogCapture::install();
    let desk = Desk::new().await;
    let file = desk.python_file(&[SCOPE]);
    desk.write(&file);
    let token = desk.token().await.unwrap();
    let text = logs.text();
    assert!(text.contains("a token file that another program wrote"));
    assert!(text.contains("store skipped: no database is active"));
    let secrets = ["token", "refresh_token", "client_secret"].map(|it| file[it].as_str());
    for secret in secrets
        .into_iter()
        .flatten()
        .chain([token.access().expose()])
    {
        assert!(!text.contains(secret), "a secret is logged");
    }
}

/// Passes a token file's word on, and would keep the tokens elsewhere.
#[derive(Debug)]
struct Borrowed(TokenFile, MemoryDatabase);

impl Database for Borrowed {
    fn describe(&self) -> String {
        "another database".to_owned()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        self.1.token_store()
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        self.1.sign_in_store()
    }

    fn foreign_format(&self) -> Option<ForeignFormat> {
        self.0.foreign_format()
    }
}

#[tokio::test]
async fn a_database_that_borrows_the_files_word_gets_no_token_in_clear() {
    let desk = Desk::new().await;
    let google = desk.world.google(Some(desk.world.browser()));
    let other = MemoryDatabase::new();
    let borrowed = Borrowed(desk.file(), other.clone());
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let bound = google.bind(&borrowed, Service::google(), vec![toolkit]);
    let token = token(&bound.await.unwrap()).await.unwrap();
    assert_eq!(desk.read()["token"], token.access().expose());
    let rows = other.token_store().unwrap();
    let rows = rows.list(&ListScope::All, None, 10).await.unwrap();
    assert!(rows.is_empty(), "{rows:?}");
}
