//! The hub that program code gets: whose it is, where it may go, when it is refused, and what it does to paths.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use toolgate_auth::{
    Browser, ClientSecret, Clock, GoogleAuth, KeyRing, KeySource, MemoryDatabase, OAuthClient,
    Principal, Requirement, SealingKey, Service, SystemClock, Timestamp, ToolkitScopes,
};
use toolgate_emulator::Person;
use toolgate_gmail::{GmailHub, GmailToolkit, google_gmail1};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{
    Audit, BoundToolkit, CallInfo, HubInfo, Pipeline, Policy, Registry, RunScope, RunTools,
    ToolError, Toolkit as _,
};

use crate::world::{ALICE, MODIFY, World};

fn run(world: &World, pipeline: Pipeline) -> RunTools {
    let gmail = Arc::new(GmailToolkit::new());
    let bound = BoundToolkit::with_access(gmail, world.access(&[MODIFY]));
    let registry = Registry::new(vec![bound], pipeline).unwrap();
    registry.for_run(
        Principal::for_user("alice").unwrap(),
        RunScope::new("run-7"),
    )
}

async fn hub(world: &World, pipeline: Pipeline) -> Result<GmailHub, ToolError> {
    let cx = run(world, pipeline).context("gmail").unwrap();
    GmailToolkit::new().hub(&cx).await
}

#[tokio::test]
async fn a_hub_reads_and_uploads_as_the_person_of_the_run() {
    for world in [World::sample().await, World::over_tls().await] {
        let hub = hub(&world, Pipeline::new()).await.unwrap();
        let (_, profile) = hub.users().get_profile("me").doit().await.unwrap();
        assert_eq!(profile.email_address.as_deref(), Some(ALICE));
        let raw = std::io::Cursor::new(b"To: ann@example.org\r\nSubject: s\r\n\r\nb".to_vec());
        let message = google_gmail1::api::Message::default();
        let kind = "message/rfc822".parse().unwrap();
        hub.users()
            .messages_send(message, "me")
            .upload(raw, kind)
            .await
            .unwrap();
        assert_eq!(world.sent().await.len(), 1);
        let requests = world.emulator.requests();
        assert!(
            requests
                .iter()
                .all(|it| it.account.as_deref() == Some(ALICE)),
            "{requests:?}"
        );
    }
}

#[tokio::test]
async fn a_hub_goes_to_googles_endpoints_and_nowhere_else() {
    let world = World::sample().await;
    let other = World::sample().await;
    let mut hub = hub(&world, Pipeline::new()).await.unwrap();
    hub.base_url(other.emulator.base_url().to_string());
    let error = hub.users().get_profile("me").doit().await.unwrap_err();
    assert!(
        matches!(error, google_gmail1::Error::HttpError(_)),
        "{error:?}"
    );
    assert!(other.emulator.requests().is_empty());
}

/// Alice's hub on a consent that is kept and refreshed, and what moves the time of its database.
async fn stored_hub(world: &World) -> (GmailHub, Arc<AtomicI64>) {
    let later = Arc::new(AtomicI64::new(0));
    let passed = Arc::clone(&later);
    let now = move || {
        Timestamp::from_millis(SystemClock.now().as_millis() + passed.load(Ordering::SeqCst))
    };
    let database = MemoryDatabase::new().with_now(Arc::new(now));
    let emulator = &world.emulator;
    let secret = ClientSecret::parse(emulator.installed_client_secret()).unwrap();
    let client = OAuthClient::new(emulator.installed_client_id()).with_secret(secret);
    let browser = Browser::opened_by(|link| {
        let link = link.clone();
        tokio::spawn(async move { Person::new(ALICE).follow(&link).await });
        true
    });
    let ring = KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap();
    let google = GoogleAuth::builder(client)
        .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
        .with_http(HttpClient::new().unwrap())
        .with_keys(KeySource::Ring(ring))
        .with_browser(browser)
        .build()
        .unwrap();
    let gmail = GmailToolkit::new();
    let scopes = ToolkitScopes::new("gmail", gmail.requirement());
    let bound = google.bind(&database, Service::google(), vec![scopes]);
    let alice = Principal::for_user("alice").unwrap();
    let access = bound.await.unwrap().access(&alice, "gmail");
    access
        .token(&Requirement::for_methods(&["gmail.users.getProfile"]))
        .await
        .unwrap();
    let bound = BoundToolkit::with_access(Arc::new(gmail.clone()), access);
    let registry = Registry::new(vec![bound], Pipeline::new()).unwrap();
    let run = registry.for_run(alice, RunScope::new("run-7"));
    let hub = gmail.hub(&run.context("gmail").unwrap()).await.unwrap();
    (hub, later)
}

fn refreshes(world: &World) -> usize {
    let requests = world.emulator.requests();
    let refresh = requests.iter().filter(|it| it.path == "/token");
    refresh
        .filter(|it| it.body.contains("grant_type=refresh_token"))
        .count()
}

#[tokio::test]
async fn a_token_that_google_refuses_a_hub_is_told_to_the_guard_and_the_request_made_again() {
    let world = World::sample().await;
    let (hub, later) = stored_hub(&world).await;
    hub.users().get_profile("me").doit().await.unwrap();
    // A refusal within a minute of a refresh forces no other.
    let minute = i64::try_from(Duration::from_secs(61).as_millis()).unwrap();
    later.fetch_add(minute, Ordering::SeqCst);
    assert_eq!(world.emulator.expire_access_tokens(ALICE), 1);
    world.emulator.clear_requests();
    let (_, profile) = hub.users().get_profile("me").doit().await.unwrap();
    assert_eq!(profile.email_address.as_deref(), Some(ALICE));
    let asked = world.requests("gmail.users.getProfile");
    let statuses: Vec<_> = asked.iter().map(|it| it.status).collect();
    assert_eq!(
        (statuses, refreshes(&world)),
        (vec![Some(401), Some(200)], 1)
    );
    assert_ne!(asked[0].bearer, asked[1].bearer);

    // What carries a body is sent again whole, and done once.
    later.fetch_add(minute, Ordering::SeqCst);
    world.emulator.expire_access_tokens(ALICE);
    let raw = std::io::Cursor::new(b"To: ann@example.org\r\nSubject: s\r\n\r\nb".to_vec());
    let call = hub
        .users()
        .messages_send(google_gmail1::api::Message::default(), "me");
    call.upload(raw, "message/rfc822".parse().unwrap())
        .await
        .unwrap();
    assert_eq!((world.sent().await.len(), refreshes(&world)), (1, 2));
}

#[tokio::test]
async fn a_body_too_large_to_keep_is_refused_once_and_the_guard_knows() {
    let world = World::sample().await;
    let (hub, later) = stored_hub(&world).await;
    later.fetch_add(61_000, Ordering::SeqCst);
    world.emulator.expire_access_tokens(ALICE);
    let mut raw = b"To: ann@example.org\r\nSubject: s\r\n\r\n".to_vec();
    raw.resize(9 * 1024 * 1024, b'x');
    let call = hub
        .users()
        .messages_send(google_gmail1::api::Message::default(), "me");
    let kind = "message/rfc822".parse().unwrap();
    call.upload(std::io::Cursor::new(raw), kind)
        .await
        .unwrap_err();
    assert_eq!(world.count("gmail.users.messages.send"), 1);
    hub.users().get_profile("me").doit().await.unwrap();
    assert_eq!(refreshes(&world), 1);
    let statuses = world.requests("gmail.users.getProfile");
    assert_eq!(statuses[0].status, Some(200));
}

#[tokio::test]
async fn a_token_that_stays_refused_is_not_tried_for_ever() {
    let world = World::sample().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    world.emulator.expire_access_tokens(ALICE);
    let error = hub.users().get_profile("me").doit().await.unwrap_err();
    assert!(
        matches!(error, google_gmail1::Error::BadRequest(_)),
        "{error:?}"
    );
    assert_eq!(world.count("gmail.users.getProfile"), 1);
}

/// Decides calls, and has never heard of hubs.
#[derive(Debug)]
struct OnlyReads;

#[async_trait]
impl Policy for OnlyReads {
    async fn decide(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }
}

/// Takes calls down, and hubs where it is told to.
#[derive(Debug, Default)]
struct Book {
    with_hubs: bool,
    seen: Mutex<Vec<String>>,
}

#[async_trait]
impl Audit for Book {
    async fn begin(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn end(&self, _call: &CallInfo<'_>, _outcome: Result<(), &ToolError>) {}

    async fn hub(&self, hub: &HubInfo<'_>) -> Result<(), ToolError> {
        if !self.with_hubs {
            return Err(ToolError::unavailable("the book is closed"));
        }
        let line = format!("{} {:?} {}", hub.toolkit, hub.principal, hub.run.run_id());
        self.seen.lock().unwrap().push(line);
        Ok(())
    }
}

#[tokio::test]
async fn a_policy_that_restricts_tools_refuses_hubs() {
    let world = World::sample().await;
    let pipeline = Pipeline::new().with_policy(Arc::new(OnlyReads));
    let error = hub(&world, pipeline).await.err().unwrap();
    assert_eq!(error.kind_name(), "permission_denied");
    assert!(
        error.message().contains("gmail") && error.message().contains("use the tools"),
        "{error}"
    );
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_hub_is_taken_down_or_not_handed_out() {
    let world = World::sample().await;
    let book = Arc::new(Book {
        with_hubs: true,
        ..Book::default()
    });
    hub(&world, Pipeline::new().with_audit(book.clone()))
        .await
        .unwrap();
    let seen = book.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].starts_with("gmail") && seen[0].ends_with("run-7"),
        "{seen:?}"
    );
    let closed = Pipeline::new().with_audit(Arc::new(Book::default()));
    let error = hub(&world, closed).await.err().unwrap();
    assert_eq!(error.kind_name(), "unavailable");
}

/// What the pinned google-apis-common makes of an id. The day that it encodes path parameters, this fails: then the warning
/// at `GmailToolkit::hub` goes, and callers that encode themselves stop it.
#[tokio::test]
async fn canary_the_hub_does_not_encode_path_parameters() {
    let world = World::sample().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    for (id, path, query) in [
        ("a/../b#c?d", "/gmail/v1/users/me/messages/b", "alt=json"),
        ("x/../../profile", "/gmail/v1/users/me/profile", "alt=json"),
        (
            "x/../../../../../../drive/v3/files",
            "/drive/v3/files",
            "alt=json",
        ),
        (
            "a?format=raw",
            "/gmail/v1/users/me/messages/a",
            "format=raw&alt=json",
        ),
    ] {
        world.emulator.clear_requests();
        let _ = hub.users().messages_get("me", id).doit().await;
        let requests = world.emulator.requests();
        assert_eq!(
            (requests[0].path.as_str(), requests[0].query.as_str()),
            (path, query),
            "{id}"
        );
    }
}
