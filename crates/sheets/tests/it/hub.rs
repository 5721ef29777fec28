//! The hub that program code gets: whose it is, where it may go, and what it does to paths.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use async_trait::async_trait;
use toolgate_auth::Principal;
use toolgate_sheets::{SheetsHub, SheetsToolkit};
use toolgate_toolkit::{BoundToolkit, CallInfo, Pipeline, Policy, Registry, RunScope, ToolError};

use crate::seed::TRACKER;
use crate::world::{ALICE, DRIVE, World};

async fn hub(world: &World, pipeline: Pipeline) -> Result<SheetsHub, ToolError> {
    let sheets = Arc::new(SheetsToolkit::new());
    let bound = BoundToolkit::with_access(sheets, world.access(ALICE, &[DRIVE]));
    let registry = Registry::new(vec![bound], pipeline).unwrap();
    let alice = Principal::for_user("alice").unwrap();
    let run = registry.for_run(alice, RunScope::new("run-7"));
    SheetsToolkit::new()
        .hub(&run.context("sheets").unwrap())
        .await
}

#[tokio::test]
async fn a_hub_reads_as_the_person_of_the_run() {
    let world = World::office().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    let read = hub
        .spreadsheets()
        .values_get(TRACKER, "Tracker!A2")
        .doit()
        .await;
    let (_, range) = read.unwrap();
    assert_eq!(range.values.unwrap()[0][0], "Venue");
    let requests = world.emulator.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].account.as_deref(), Some(ALICE));
}

#[tokio::test]
async fn a_hub_goes_to_googles_endpoints_and_nowhere_else() {
    let world = World::office().await;
    let other = World::office().await;
    let mut hub = hub(&world, Pipeline::new()).await.unwrap();
    hub.base_url(other.emulator.base_url().to_string());
    assert!(hub.spreadsheets().get(TRACKER).doit().await.is_err());
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

#[tokio::test]
async fn a_policy_that_restricts_tools_refuses_hubs() {
    let world = World::office().await;
    let pipeline = Pipeline::new().with_policy(Arc::new(OnlyReads));
    let error = hub(&world, pipeline).await.err().unwrap();
    assert_eq!(error.kind_name(), "permission_denied");
    assert!(world.emulator.requests().is_empty());
}

/// What the pinned google-apis-common makes of an id. The day that it encodes path parameters, this fails: then the warning
/// at `SheetsToolkit::hub` goes, and callers that encode themselves stop it.
#[tokio::test]
async fn canary_the_hub_does_not_encode_path_parameters() {
    let world = World::office().await;
    let hub = hub(&world, Pipeline::new()).await.unwrap();
    let _ = hub.spreadsheets().get("a/../b#c").doit().await;
    let requests = world.emulator.requests();
    assert_eq!(requests[0].path, "/v4/spreadsheets/b");
}
