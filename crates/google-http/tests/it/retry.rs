//! What is repeated, after how long, and what never is.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};
use toolgate_google_http::{Call, Error, Outcome, Path, Query, Rest, RetryPolicy};

use crate::google::{GET, LIST, Naps, Reply, SEND, emulated, refusal, reply, rest_at, scripted};

fn read() -> Call {
    Call::new(&LIST, Path::new("users/me/messages"))
}

fn write() -> Call {
    let call = Call::new(&SEND, Path::new("users/me/messages/send"));
    call.with_json(&json!({"raw": "aGk="})).unwrap()
}

/// Sends once failed by `first`, then answered; says how often it went out.
async fn tries(call: Call, first: Reply) -> (usize, Result<(), Error>, Vec<Duration>) {
    let (google, rest, naps) = scripted([first, reply(200, "{}")]).await;
    let outcome = rest.send::<Value>(call).await.map(drop);
    (google.seen().len(), outcome, naps.taken())
}

#[tokio::test]
async fn reads_are_repeated_and_writes_only_when_certainly_not_done() {
    let table = [
        // status, reason, repeated: a read, a write, a write with its own id
        (500, "backendError", true, false, true),
        (502, "x", true, false, true),
        (503, "x", true, false, true),
        (504, "x", true, false, true),
        (408, "x", true, false, true),
        (429, "rateLimitExceeded", true, true, true),
        (403, "userRateLimitExceeded", true, true, true),
        (403, "dailyLimitExceeded", false, false, false),
        (403, "forbidden", false, false, false),
        (400, "badRequest", false, false, false),
        (404, "notFound", false, false, false),
    ];
    for (status, reason, reads, writes, with_id) in table {
        for (call, again) in [
            (read(), reads),
            (write(), writes),
            (write().with_own_id(), with_id),
        ] {
            let (sent, outcome, naps) = tries(call, refusal(status, reason)).await;
            assert_eq!(sent, if again { 2 } else { 1 }, "{status} {reason}");
            assert_eq!(outcome.is_ok(), again, "{status} {reason}");
            assert_eq!(naps.len(), usize::from(again));
        }
    }
}

#[tokio::test]
async fn a_write_that_may_have_been_done_says_so() {
    let (_, outcome, _) = tries(write(), refusal(503, "x")).await;
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (FailureKind::Unavailable, Outcome::Unclear)
    );
    let (_, outcome, _) = tries(write(), refusal(400, "badRequest")).await;
    assert_eq!(outcome.unwrap_err().outcome(), Outcome::Answered);
}

#[tokio::test]
async fn a_clear_refusal_of_a_repeat_does_not_deny_the_try_before_it() {
    let refused = || refusal(403, "forbidden");
    for (first, outcome) in [
        (refusal(503, "x"), Outcome::Unclear),
        (refusal(429, "x"), Outcome::Answered),
    ] {
        let (google, rest, _) = scripted([first, refused()]).await;
        let error = rest.send::<Value>(write().with_own_id()).await.unwrap_err();
        assert_eq!(google.seen().len(), 2);
        assert_eq!(error.kind(), FailureKind::PermissionDenied);
        assert_eq!(error.outcome(), outcome);
    }
}

#[tokio::test]
async fn google_is_not_asked_again_before_the_time_it_gave() {
    let (_, outcome, naps) = tries(read(), refusal(429, "x").with("retry-after", "9")).await;
    assert!(outcome.is_ok());
    assert_eq!(naps, [Duration::from_secs(9)]);
}

#[tokio::test]
async fn a_wait_beyond_the_calls_time_is_handed_on_instead() {
    let later = refusal(429, "x").with("retry-after", "900");
    let (sent, outcome, naps) = tries(read(), later).await;
    let error = outcome.unwrap_err();
    assert_eq!(sent, 1);
    assert!(naps.is_empty());
    assert_eq!(error.kind(), FailureKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_mins(15)));
}

async fn all_naps(status: u16, tries: u32) -> (usize, Vec<Duration>) {
    let script = (0..20).map(|_| refusal(status, "x"));
    let (google, rest, naps) = scripted(script).await;
    let retry = RetryPolicy::default()
        .with_tries(tries)
        .with_sleeper(std::sync::Arc::new(naps.clone()));
    // Long enough for the longest back-off, which is not slept.
    let rest = rest
        .until(Instant::now() + Duration::from_hours(1))
        .with_retry(retry);
    rest.send::<Value>(read()).await.unwrap_err();
    (google.seen().len(), naps.taken())
}

#[tokio::test]
async fn back_off_is_jittered_doubles_and_is_capped() {
    let (sent, naps) = all_naps(503, 12).await;
    assert_eq!((sent, naps.len()), (12, 11));
    for (index, nap) in (0_u32..).zip(&naps) {
        let most = Duration::from_millis(500) * 2_u32.pow(index);
        assert!(*nap <= most.min(Duration::from_secs(64)), "{index} {nap:?}");
    }
    let first: Vec<Duration> = naps.iter().copied().take(3).collect();
    let (_, others) = all_naps(503, 12).await;
    assert_ne!(first, others[..3]);
}

#[tokio::test]
async fn tries_are_bounded() {
    for tries in [1, 3] {
        assert_eq!(
            all_naps(503, tries).await.0,
            usize::try_from(tries).unwrap()
        );
    }
}

#[tokio::test]
async fn what_never_reached_google_is_repeated_even_if_it_writes() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let (rest, naps) = rest_at(&base, "ya29.x");
    let error = rest.send::<Value>(write()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (FailureKind::Unavailable, Outcome::NotSent)
    );
    assert_eq!(naps.taken().len(), 4);
}

async fn with_fault(action: FaultAction, call: Call) -> (Rest, Naps, usize, Result<Value, Error>) {
    let (emulator, rest, naps) = emulated().await;
    emulator.faults().add(FaultRule::new(action).times(1));
    let outcome = rest.send::<Value>(call).await.map(|answer| answer.body);
    let sent = emulator.requests().len();
    emulator.shutdown().await;
    (rest, naps, sent, outcome)
}

#[tokio::test]
async fn a_cut_connection_after_a_send_is_unclear_and_never_repeated() {
    for at in [FaultPoint::Before, FaultPoint::After] {
        let (_, naps, sent, outcome) =
            with_fault(FaultAction::DropConnection { at }, write()).await;
        assert_eq!(sent, 1);
        assert_eq!(outcome.unwrap_err().outcome(), Outcome::Unclear);
        assert!(naps.taken().is_empty());
    }
}

#[tokio::test]
async fn a_read_survives_a_cut_connection_a_torn_body_and_a_proxys_page() {
    for action in [
        FaultAction::DropConnection {
            at: FaultPoint::After,
        },
        FaultAction::TornBody,
        FaultAction::Html { status: 502 },
    ] {
        let (_, naps, sent, outcome) = with_fault(action, read()).await;
        assert!(!outcome.unwrap()["messages"].as_array().unwrap().is_empty());
        assert_eq!((sent, naps.taken().len()), (2, 1));
    }
}

#[tokio::test]
async fn an_id_that_tries_to_leave_its_place_finds_nothing() {
    let (emulator, rest, _) = emulated().await;
    for id in ["x/../../../profile", "x#y", "x?format=raw", "x/modify"] {
        let path = Path::new("users/me/messages").seg(id).unwrap();
        let error = rest
            .get::<Value>(&GET, path, Query::new())
            .await
            .unwrap_err();
        let seen = emulator.requests().pop().unwrap();
        assert_eq!(
            seen.api_method.as_deref(),
            Some("gmail.users.messages.get"),
            "{id}"
        );
        assert_eq!(seen.query, "", "{id}");
        assert!(
            matches!(error.status().unwrap().as_u16(), 400 | 404),
            "{id} {error}"
        );
    }
    emulator.shutdown().await;
}
