//! The hub that program code gets: whose it is, where it may go, when it is refused, and what it does to paths.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use toolgate_auth::Principal;
use toolgate_gmail::{GmailHub, GmailToolkit, google_gmail1};
use toolgate_toolkit::{
    Audit, BoundToolkit, CallInfo, HubInfo, Pipeline, Policy, Registry, RunScope, RunTools,
    ToolError,
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
