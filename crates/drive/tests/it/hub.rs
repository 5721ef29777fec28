//! The hub that program code gets: whose it is, where it may go, when it is refused, and what it does to paths.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use toolgate_auth::{
    Browser, ClientSecret, Clock, GoogleAuth, KeyRing, KeySource, MemoryDatabase, OAuthClient,
    Principal, Requirement, SealingKey, Service, SystemClock, Timestamp, ToolkitScopes,
};
use toolgate_drive::{
    DriveHub, DriveToolkit,
    google_drive3::{
        self,
        api::{About, File},
    },
};
use toolgate_emulator::Person;
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{
    Audit, BoundToolkit, CallInfo, HubInfo, Pipeline, Policy, Registry, RunScope, RunTools,
    ToolError, Toolkit as _,
};

use crate::world::{ALICE, DRIVE, World};

fn run(world: &World, pipeline: Pipeline) -> RunTools {
    let drive = Arc::new(DriveToolkit::new());
    let bound = BoundToolkit::with_access(drive, world.access(ALICE, &[DRIVE]));
    let registry = Registry::new(vec![bound], pipeline).unwrap();
    registry.for_run(
        Principal::for_user("alice").unwrap(),
        RunScope::new("run-7"),
    )
}

async fn hub(world: &World, pipeline: Pipeline) -> Result<DriveHub, ToolError> {
    let cx = run(world, pipeline).context("drive").unwrap();
    DriveToolkit::new().hub(&cx).await
}

async fn about(hub: &DriveHub) -> Result<About, google_drive3::Error> {
    let about = hub.about().get().param("fields", "user").doit().await;
    about.map(|(_, about)| about)
}

fn email(about: About) -> Option<String> {
    about.user.unwrap().email_address
}

async fn upload(hub: &DriveHub, bytes: Vec<u8>) -> Result<File, google_drive3::Error> {
    let new = File {
        name: Some("by the hub.txt".to_owned()),
        ..Default::default()
    };
    let content = std::io::Cursor::new(bytes);
    let create = hub.files().create(new);
    let made = create.upload(content, "text/plain".parse().unwrap()).await;
    made.map(|(_, made)| made)
}

#[tokio::test]
async fn a_hub_reads_and_uploads_as_the_person_of_the_run() {
    let world = World::office().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    assert_eq!(email(about(&hub).await.unwrap()).as_deref(), Some(ALICE));
    let made = upload(&hub, b"hello".to_vec()).await.unwrap();
    let facts = serde_json::json!({"file_id": made.id});
    let facts = world.done("get_file", facts).await;
    assert_eq!(
        (&facts["name"], &facts["size"]),
        (&"by the hub.txt".into(), &5.into())
    );
    let requests = world.emulator.requests();
    let is_hers = |it: &toolgate_emulator::RecordedRequest| it.account.as_deref() == Some(ALICE);
    assert!(requests.iter().all(is_hers), "{requests:?}");
    let path = "/upload/drive/v3/files";
    assert!(requests.iter().any(|it| it.path.starts_with(path)));
}

#[tokio::test]
async fn a_hub_goes_to_googles_endpoints_and_nowhere_else() {
    let world = World::office().await;
    let other = World::office().await;
    let mut hub = hub(&world, Pipeline::new()).await.unwrap();
    hub.base_url(other.emulator.base_url().to_string());
    let error = about(&hub).await.unwrap_err();
    assert!(
        matches!(error, google_drive3::Error::HttpError(_)),
        "{error:?}"
    );
    assert!(other.emulator.requests().is_empty());
}

/// Alice's hub on a consent that is kept and refreshed, and what moves the time of its database.
async fn stored_hub(world: &World) -> (DriveHub, Arc<AtomicI64>) {
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
    let drive = DriveToolkit::new();
    let scopes = ToolkitScopes::new("drive", drive.requirement());
    let bound = google.bind(&database, Service::google(), vec![scopes]);
    let alice = Principal::for_user("alice").unwrap();
    let access = bound.await.unwrap().access(&alice, "drive");
    let list = Requirement::for_methods(&["drive.files.list"]);
    access.token(&list).await.unwrap();
    let bound = BoundToolkit::with_access(Arc::new(drive.clone()), access);
    let registry = Registry::new(vec![bound], Pipeline::new()).unwrap();
    let run = registry.for_run(alice, RunScope::new("run-7"));
    let hub = drive.hub(&run.context("drive").unwrap()).await.unwrap();
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
    let world = World::office().await;
    let (hub, later) = stored_hub(&world).await;
    about(&hub).await.unwrap();
    // A refusal within a minute of a refresh forces no other.
    later.fetch_add(61_000, Ordering::SeqCst);
    assert_eq!(world.emulator.expire_access_tokens(ALICE), 1);
    world.emulator.clear_requests();
    assert_eq!(email(about(&hub).await.unwrap()).as_deref(), Some(ALICE));
    let asked = world.requests("drive.about.get");
    let statuses: Vec<_> = asked.iter().map(|it| it.status).collect();
    assert_eq!(
        (statuses, refreshes(&world)),
        (vec![Some(401), Some(200)], 1)
    );
    assert_ne!(asked[0].bearer, asked[1].bearer);
    // What carries a body is sent again whole, and done once.
    later.fetch_add(61_000, Ordering::SeqCst);
    world.emulator.expire_access_tokens(ALICE);
    upload(&hub, b"hello".to_vec()).await.unwrap();
    let found = serde_json::json!({"query": "name = 'by the hub.txt'"});
    assert_eq!(world.done("search_files", found).await["count"], 1);
    assert_eq!(refreshes(&world), 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_not_tried_for_ever() {
    let world = World::office().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    world.emulator.expire_access_tokens(ALICE);
    let error = about(&hub).await.unwrap_err();
    assert!(
        matches!(error, google_drive3::Error::BadRequest(_)),
        "{error:?}"
    );
    assert_eq!(world.count("drive.about.get"), 1);
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
    let world = World::office().await;
    let pipeline = Pipeline::new().with_policy(Arc::new(OnlyReads));
    let error = hub(&world, pipeline).await.err().unwrap();
    assert_eq!(error.kind_name(), "permission_denied");
    assert!(
        error.message().contains("drive") && error.message().contains("use the tools"),
        "{error}"
    );
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_hub_is_taken_down_or_not_handed_out() {
    let world = World::office().await;
    let book = Arc::new(Book {
        with_hubs: true,
        ..Book::default()
    });
    let pipeline = Pipeline::new().with_audit(book.clone());
    hub(&world, pipeline).await.unwrap();
    let seen = book.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].starts_with("drive") && seen[0].ends_with("run-7"),
        "{seen:?}"
    );
    let closed = Pipeline::new().with_audit(Arc::new(Book::default()));
    let error = hub(&world, closed).await.err().unwrap();
    assert_eq!(error.kind_name(), "unavailable");
}

/// What the pinned google-apis-common makes of an id. The day that it encodes path parameters, this fails: then the warning
/// at `DriveToolkit::hub` goes, and callers that encode themselves stop it.
#[tokio::test]
async fn canary_the_hub_does_not_encode_path_parameters() {
    let world = World::office().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    for (id, path, query) in [
        ("a/../b#c?d", "/drive/v3/files/b", "alt=json"),
        ("x/../../about", "/drive/v3/about", "alt=json"),
        ("a?fields=id", "/drive/v3/files/a", "fields=id&alt=json"),
    ] {
        world.emulator.clear_requests();
        let _ = hub.files().get(id).doit().await;
        let requests = world.emulator.requests();
        assert_eq!(
            (requests[0].path.as_str(), requests[0].query.as_str()),
            (path, query),
            "{id}"
        );
    }
}
