//! What a run adds to a session is bounded before its model is asked again.

use std::sync::Arc;

use toolgate_auth::MemoryDatabase;

use super::*;

async fn held(kind: SessionKind) -> Keeper {
    let sessions = Sessions::of(Arc::new(MemoryDatabase::new()), None).unwrap();
    let context = context();
    let session = SessionId::parse("chat").unwrap();
    let key = SessionKey::new(context.principal().clone(), session);
    let held = sessions.create(&key, kind, b"{}");
    Keeper::In(Box::new(held.await.unwrap().unwrap()))
}

fn context() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

/// What was said comes to so many bytes, beside its frame.
fn progress(bytes: usize) -> Progress {
    Progress {
        turns: 1,
        ..Progress::new("x".repeat(bytes))
    }
}

#[tokio::test]
async fn a_run_whose_session_is_full_after_its_calls_ends_before_the_model_is_asked_again() {
    let mut keeper = held(SessionKind::Conversation).await;
    for (mut progress, is_full) in [(progress(LONGEST - 500), false), (progress(LONGEST), true)] {
        let before = progress.messages.clone();
        let seen = keeper.after_calls(&context(), &mut progress).await;
        assert_eq!(seen.is_err_and(|it| it.is_session_full()), is_full);
        assert_eq!(progress.messages, before);
    }
    // Who keeps no conversation is not held to its bound.
    for mut keeper in [Keeper::Nowhere, held(SessionKind::Run).await] {
        let mut whole = progress(LONGEST);
        let seen = keeper.after_calls(&context(), &mut whole).await;
        assert!(seen.is_ok(), "{seen:?}");
    }
}
