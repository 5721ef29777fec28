//! The hub of google-calendar3: whose it is, where it connects, and that policies decide.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use toolgate_auth::Principal;
use toolgate_calendar::CalendarToolkit;
use toolgate_toolkit::{BoundToolkit, CallInfo, Pipeline, Policy, Registry, RunScope, ToolError};

use crate::world::{ALICE, CALENDAR, World};

fn registry(world: &World, toolkit: &CalendarToolkit, pipeline: Pipeline) -> Registry {
    let access = world.access(ALICE, &[CALENDAR]);
    let bound = BoundToolkit::with_access(Arc::new(toolkit.clone()), access);
    Registry::new(vec![bound], pipeline).unwrap()
}

#[tokio::test]
async fn the_hub_calls_any_method_with_the_persons_own_token() {
    let world = World::people().await;
    let toolkit = CalendarToolkit::new();
    let registry = registry(&world, &toolkit, Pipeline::new());
    let alice = registry.for_run(Principal::for_user("alice").unwrap(), RunScope::new("run"));
    let hub = toolkit
        .hub(&alice.context("calendar").unwrap())
        .await
        .unwrap();
    let (_, event) = hub
        .events()
        .get("primary", "recap000")
        .doit()
        .await
        .unwrap();
    assert_eq!(event.summary.as_deref(), Some("Review"));
    let sent = &world.requests("calendar.events.get")[0];
    assert_eq!(sent.account.as_deref(), Some(ALICE));
}

#[derive(Debug)]
struct NothingOfHubs;

#[async_trait::async_trait]
impl Policy for NothingOfHubs {
    async fn decide(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_policy_that_says_nothing_of_hubs_refuses_them() {
    let world = World::people().await;
    let toolkit = CalendarToolkit::new();
    let pipeline = Pipeline::new().with_policy(Arc::new(NothingOfHubs));
    let registry = registry(&world, &toolkit, pipeline);
    let alice = registry.for_run(Principal::for_user("alice").unwrap(), RunScope::new("run"));
    let refused = toolkit.hub(&alice.context("calendar").unwrap()).await;
    assert_eq!(refused.err().unwrap().kind_name(), "permission_denied");
}
