//! What a write's end and its look-ups come to, and what is said of it.

use std::sync::atomic::{AtomicU32, Ordering};

use http::{HeaderMap, StatusCode};
use toolgate_auth::{Access, AccessToken, FailureKind, Requirement, Timestamp};
use toolgate_http::{Api, Endpoints, HttpClient};
use toolgate_toolkit::RunScope;

use super::*;
use crate::{
    error::ErrorKind,
    google_error::{GoogleError, Reading},
};

const CREATING: Words = Words {
    done: "created",
    look: "look for it with list_things",
};
const NOT_THERE: &str = "not created: it was looked for several times and is not there";
const DOUBT: &str = "unknown: it may have been created all the same, and it is hidden; look for it with list_things before repeating it";
const NOT_SHOWN: &str = "unknown: it may have been created all the same, and a look-up does not show it yet; look for it with list_things before repeating it";

fn context() -> ToolContext {
    let token = AccessToken::parse("ya29.a0Af").unwrap();
    let endpoints = Endpoints::at_base("http://127.0.0.1:9").unwrap();
    let access = Access::from_token(token, HttpClient::new().unwrap(), endpoints);
    ToolContext::new(access, RunScope::new("run"))
}

fn torn() -> Error {
    let (status, place) = (StatusCode::OK, "id".to_owned());
    Error::from(ErrorKind::Unreadable { status, place })
}

fn lost() -> Error {
    Error::from(ErrorKind::PartMissing)
}

fn unsent() -> Error {
    Error::from(ErrorKind::OutOfTime)
}

fn answered(status: StatusCode) -> Error {
    let requirement = Requirement::for_methods(&["calendar.events.insert"]);
    let reading = Reading {
        api: Api::Calendar,
        requirement: &requirement,
        token: "",
        now: Timestamp::from_millis(0),
    };
    let answer = GoogleError::read(status, HeaderMap::new(), b"{}", reading);
    Error::from(ErrorKind::Google(answer))
}

#[derive(Debug, Clone, Copy)]
enum Look {
    Found,
    Nothing,
    Hidden,
    Failed,
}

impl Look {
    fn seen(self) -> Result<Seen<u8>, Error> {
        match self {
            Self::Found => Ok(Seen::Done(2)),
            Self::Nothing => Ok(Seen::NotDone),
            Self::Hidden => Ok(Seen::Doubtful("it is hidden".to_owned())),
            Self::Failed => Err(lost()),
        }
    }
}

/// Everything of it that a caller can tell.
type Told = (String, FailureKind, bool, bool, bool);

async fn end(settlement: &Settlement<'_>, left: Error, look: Look) -> Result<String, Told> {
    let settled = settlement
        .settle(async { Err::<u8, _>(left) }, || async move { look.seen() })
        .await;
    let error = match settled {
        Ok(settled) => {
            assert_eq!(settled.made, 2);
            assert!(!settlement.cx.has_sent());
            return Ok(settled.status);
        }
        Err(refusal) => ToolError::from(refusal),
    };
    let message = error.message().split_once("; ").unwrap().1;
    Err((
        message.to_owned(),
        error.kind(),
        error.is_retryable(),
        error.may_have_happened(),
        settlement.cx.has_sent(),
    ))
}

#[tokio::test]
async fn what_google_confirms_is_told_without_a_look_up() {
    let cx = context();
    let settlement = Settlement::new(&cx, Duration::ZERO, CREATING);
    let leaving = async {
        assert!(cx.has_sent());
        Ok(1)
    };
    let look = || async { Err(lost()) };
    let settled = settlement.settle(leaving, look).await.unwrap();
    assert_eq!((settled.made, settled.status.as_str()), (1, "created"));
    assert!(!cx.has_sent());
}

#[tokio::test]
async fn a_clear_refusal_is_the_tools_to_explain_and_is_not_looked_into() {
    use FailureKind::{InvalidArgument, Unavailable};
    let bad = answered(StatusCode::BAD_REQUEST);
    for (left, note, kind) in [
        (bad, "not created: google refused it", InvalidArgument),
        (
            unsent(),
            "not created: it certainly did not leave",
            Unavailable,
        ),
    ] {
        let cx = context();
        let settlement = Settlement::new(&cx, Duration::ZERO, CREATING).with_retry();
        let is_retryable = left.is_retryable();
        let told = end(&settlement, left.clone(), Look::Found).await;
        assert_eq!(
            told,
            Err((note.to_owned(), kind, is_retryable, false, false))
        );
        let refusal = settlement
            .settle(async { Err::<u8, _>(left) }, || async { Err(lost()) })
            .await
            .unwrap_err();
        let said = refusal.explained(|_| ToolError::not_found("there is no such thing"));
        assert_eq!(said.message(), format!("there is no such thing; {note}"));
    }
}

#[tokio::test]
async fn an_unclear_end_is_what_the_look_ups_add_up_to() {
    use FailureKind::{Internal, Unavailable};
    let failed = DOUBT.replace("it is hidden", "looking for it failed as well");
    for (left, look, expected) in [
        (
            lost(),
            Look::Nothing,
            (NOT_THERE, Unavailable, true, false, false),
        ),
        (
            torn(),
            Look::Nothing,
            (NOT_THERE, Internal, false, false, false),
        ),
        (
            lost(),
            Look::Hidden,
            (DOUBT, Unavailable, false, true, true),
        ),
        (torn(), Look::Hidden, (DOUBT, Internal, false, true, true)),
        (
            lost(),
            Look::Failed,
            (&failed, Unavailable, false, true, true),
        ),
    ] {
        let cx = context();
        let settlement = Settlement::new(&cx, Duration::ZERO, CREATING);
        let (words, kind, is_retryable, may_have_happened, has_sent) = expected;
        let expected = (
            words.to_owned(),
            kind,
            is_retryable,
            may_have_happened,
            has_sent,
        );
        assert_eq!(
            end(&settlement, left, look).await,
            Err(expected),
            "{look:?}"
        );
    }
    let cx = context();
    let settlement = Settlement::new(&cx, Duration::ZERO, CREATING);
    let found = end(&settlement, torn(), Look::Found).await;
    assert_eq!(found, Ok("created (confirmed by look-up)".to_owned()));
}

#[tokio::test]
async fn what_may_be_tried_again_says_so_once_it_is_denied_and_no_sooner() {
    use FailureKind::{Internal, Unavailable};
    for (left, look, expected) in [
        (
            torn(),
            Look::Nothing,
            (NOT_THERE, Unavailable, true, false, false),
        ),
        (
            lost(),
            Look::Nothing,
            (NOT_THERE, Unavailable, true, false, false),
        ),
        (torn(), Look::Hidden, (DOUBT, Internal, false, true, true)),
    ] {
        let cx = context();
        let settlement = Settlement::new(&cx, Duration::ZERO, CREATING).with_retry();
        let (words, kind, is_retryable, may_have_happened, has_sent) = expected;
        let expected = (
            words.to_owned(),
            kind,
            is_retryable,
            may_have_happened,
            has_sent,
        );
        assert_eq!(
            end(&settlement, left, look).await,
            Err(expected),
            "{look:?}"
        );
    }
}

#[tokio::test]
async fn an_own_id_that_is_taken_is_found_or_unknown_and_never_denied() {
    let taken = || answered(StatusCode::CONFLICT);
    let cx = context();
    let own = Settlement::new(&cx, Duration::ZERO, CREATING).with_own_id();
    let found = end(&own, taken(), Look::Found).await;
    assert_eq!(found, Ok("created (confirmed by look-up)".to_owned()));
    let told = end(&own, taken(), Look::Nothing).await.unwrap_err();
    assert_eq!((told.0.as_str(), told.3, told.4), (NOT_SHOWN, true, true));
    // Another's id is refused, and nothing of ours is behind it.
    let other = Settlement::new(&cx, Duration::ZERO, CREATING);
    let told = end(&other, taken(), Look::Found).await.unwrap_err();
    let refused = "not created: google refused it";
    assert_eq!((told.0.as_str(), told.3, told.4), (refused, false, false));
}

#[tokio::test]
async fn a_repeat_is_made_after_an_unclear_end_alone_and_its_refusal_denies_nothing() {
    let paused = || {
        let mut error = lost();
        error.set_retry_after(Duration::from_mins(10));
        error
    };
    let refused = || answered(StatusCode::BAD_REQUEST);
    let no = || Err(refused());
    let yes = || Ok::<u8, Error>(1);
    for (first, second, tries, outcome) in [
        (yes(), no(), 1, None),
        (no(), yes(), 1, Some(Outcome::Answered)),
        (Err(unsent()), yes(), 1, Some(Outcome::NotSent)),
        (Err(paused()), yes(), 1, Some(Outcome::Unclear)),
        (Err(lost()), yes(), 2, None),
        (Err(lost()), no(), 2, Some(Outcome::Unclear)),
    ] {
        let tried = AtomicU32::new(0);
        let ended = repeated(|| async {
            match tried.fetch_add(1, Ordering::Relaxed) {
                0 => first.clone(),
                _ => second.clone(),
            }
        });
        let ended = ended.await.err().map(|error| error.outcome());
        assert_eq!(
            (tried.into_inner(), ended),
            (tries, outcome),
            "{first:?} {second:?}"
        );
    }
}
