//! Batches: order, size, and only failed parts repeated.

use serde::Deserialize;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_emulator::{Emulator, FaultAction, FaultRule};
use toolgate_google_http::{BATCH_SIZE, Call, Error, Outcome, Path, Query, Rest};

use crate::google::{GET, LIST, PATCH, emulated, refusal, reply, scripted};

#[derive(Debug, Deserialize)]
struct Message {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Messages {
    messages: Vec<Message>,
}

fn get(id: &str) -> Call {
    let path = Path::new("users/me/messages").seg(id).unwrap();
    Call::new(&GET, path).with_query(Query::new().with("format", "minimal").fields("id"))
}

async fn ids(rest: &Rest) -> Vec<String> {
    let path = Path::new("users/me/messages");
    let list = rest
        .get::<Messages>(&LIST, path, Query::new())
        .await
        .unwrap();
    list.body.messages.into_iter().map(|it| it.id).collect()
}

fn told(
    results: Vec<Result<toolgate_google_http::Answer<Message>, Error>>,
) -> Vec<Result<String, u16>> {
    results
        .into_iter()
        .map(|result| match result {
            Ok(answer) => Ok(answer.body.id),
            Err(error) => Err(error.status().map_or(0, |it| it.as_u16())),
        })
        .collect()
}

fn parts(emulator: &Emulator) -> (usize, usize) {
    let requests = emulator.requests();
    let outer = requests
        .iter()
        .filter(|it| it.api_method.as_deref() == Some("batch"))
        .count();
    (outer, requests.iter().filter(|it| it.batched).count())
}

#[tokio::test]
async fn results_stand_in_the_order_of_the_calls_each_for_itself() {
    let (emulator, rest, _) = emulated().await;
    let mut wanted = ids(&rest).await;
    wanted.reverse();
    wanted.insert(1, "ffffffffffffffff".to_owned());
    let results = rest
        .batch::<Message>(wanted.iter().map(|id| get(id)).collect())
        .await
        .unwrap();
    let mut expected: Vec<Result<String, u16>> = wanted.iter().cloned().map(Ok).collect();
    expected[1] = Err(404);
    assert_eq!(told(results), expected);
    let bearers: Vec<_> = emulator
        .requests()
        .into_iter()
        .map(|it| it.bearer)
        .collect();
    assert!(bearers.iter().all(Option::is_some));
    emulator.shutdown().await;
}

#[tokio::test]
async fn only_failed_parts_are_repeated() {
    let (emulator, rest, naps) = emulated().await;
    let wanted = ids(&rest).await;
    let before = parts(&emulator);
    let rule = FaultRule::new(FaultAction::status_with_reason(429, "rateLimitExceeded"));
    emulator
        .faults()
        .add(rule.on_method("gmail.users.messages.get").after(1).times(2));
    let results = rest
        .batch::<Message>(wanted.iter().map(|id| get(id)).collect())
        .await
        .unwrap();
    assert_eq!(
        told(results),
        wanted.iter().cloned().map(Ok).collect::<Vec<_>>()
    );
    let after = parts(&emulator);
    assert_eq!(after.0 - before.0, 2);
    assert_eq!(after.1 - before.1, wanted.len() + 2);
    assert_eq!(naps.taken().len(), 1);
    emulator.shutdown().await;
}

#[tokio::test]
async fn batches_are_small_and_two_are_under_way_at_once() {
    let (emulator, rest, _) = emulated().await;
    let id = ids(&rest).await.remove(0);
    let faults = emulator.faults();
    faults.add(FaultRule::new(FaultAction::hold()).on_path("/batch"));
    let calls = vec![get(&id); 2 * BATCH_SIZE + 1];
    let asking = rest.batch::<Message>(calls);
    let watching = async {
        faults.wait_for_held(2).await;
        let outer = emulator
            .requests()
            .iter()
            .filter(|it| it.path.starts_with("/batch"))
            .count();
        assert_eq!((outer, faults.held()), (2, 2));
        faults.clear();
        faults.release();
    };
    let (results, ()) = tokio::join!(asking, watching);
    let results = told(results.unwrap());
    assert_eq!(results.len(), 2 * BATCH_SIZE + 1);
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(parts(&emulator), (3, 2 * BATCH_SIZE + 1));
    emulator.shutdown().await;
}

#[tokio::test]
async fn a_batch_holds_fifty_calls_at_most() {
    let (emulator, rest, _) = emulated().await;
    let id = ids(&rest).await.remove(0);
    let results = rest.batch::<Message>(vec![get(&id); 101]).await.unwrap();
    assert!(told(results).iter().all(Result::is_ok));
    let requests = emulator.requests();
    let batches = requests
        .iter()
        .filter(|it| it.api_method.as_deref() == Some("batch"));
    let sizes: Vec<usize> = batches
        .map(|it| it.body.matches("GET /gmail/v1/").count())
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 101);
    assert!(sizes.iter().all(|size| *size <= 50), "{sizes:?}");
    emulator.shutdown().await;
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_is_repeated_as_a_whole() {
    let (emulator, rest, naps) = emulated().await;
    let wanted = ids(&rest).await;
    emulator.faults().add(
        FaultRule::new(FaultAction::status(503))
            .on_path("/batch")
            .times(1),
    );
    emulator.faults().add(
        FaultRule::new(FaultAction::TornBody)
            .on_path("/batch")
            .times(1),
    );
    let results = rest
        .batch::<Message>(wanted.iter().map(|id| get(id)).collect())
        .await
        .unwrap();
    assert!(told(results).iter().all(Result::is_ok));
    assert_eq!(naps.taken().len(), 2);
    emulator.shutdown().await;
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_the_whole() {
    let (google, rest, naps) =
        scripted([refusal(401, "authError"), refusal(401, "authError")]).await;
    let results = rest
        .batch::<Message>(vec![get("a"), get("b")])
        .await
        .unwrap();
    assert_eq!(google.seen().len(), 2);
    assert!(naps.taken().is_empty());
    for result in results {
        assert_eq!(result.unwrap_err().kind(), FailureKind::ConsentRequired);
    }
}

#[tokio::test]
async fn parts_that_google_leaves_out_are_missed_and_asked_for_again() {
    let part = |id: usize, body: &str| {
        format!(
            "--b_x\r\nContent-Type: application/http\r\nContent-ID: <response-part-{id}>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{body}\r\n"
        )
    };
    let multipart = |body: String| {
        reply(200, format!("{body}--b_x--\r\n"))
            .with("content-type", "multipart/mixed; boundary=b_x")
    };
    let first = multipart(part(1, r#"{"id":"b"}"#) + part(7, r#"{"id":"stranger"}"#).as_str());
    let second = multipart(part(0, r#"{"id":"a"}"#));
    let (google, rest, _) = scripted([first, second]).await;
    let results = rest
        .batch::<Message>(vec![get("a"), get("b")])
        .await
        .unwrap();
    assert_eq!(told(results), [Ok("a".to_owned()), Ok("b".to_owned())]);
    let seen = google.seen();
    assert_eq!(seen[0].uri, "/batch/gmail/v1");
    assert!(
        seen[0]
            .body
            .contains("GET /gmail/v1/users/me/messages/b?format=minimal&fields=id HTTP/1.1\r\n")
    );
    assert!(
        !seen[0].body.contains("ya29"),
        "the token goes into the outer head only"
    );
    assert!(!seen[1].body.contains("messages/b"), "{}", seen[1].body);
}

#[tokio::test]
async fn an_answer_that_is_no_batch_is_unclear() {
    let (_google, rest, _) = scripted((0..9).map(|_| reply(200, "{}"))).await;
    let results = rest.batch::<Message>(vec![get("a")]).await.unwrap();
    for result in results {
        assert_eq!(result.unwrap_err().outcome(), Outcome::Unclear);
    }
}

#[tokio::test]
async fn a_batch_is_of_one_api_and_of_declared_methods() {
    let (google, rest, _) = scripted([]).await;
    let event = Call::new(&PATCH, Path::new("calendars/primary/events/e"));
    assert!(rest.batch::<Message>(vec![get("a"), event]).await.is_err());
    assert!(rest.batch::<Message>(Vec::new()).await.unwrap().is_empty());
    assert!(google.seen().is_empty());
}
