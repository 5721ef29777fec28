//! Answers that are read piece by piece.

use std::time::Duration;

use toolgate_http::{BodyStream, Error, HttpClient, StreamDeadlines};

use crate::server::{Act, RawServer, answer};

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(50);

async fn open(
    client: &HttpClient,
    url: &str,
    head: Duration,
    piece: Duration,
) -> Result<http::Response<BodyStream>, Error> {
    let request = http::Request::get(url).body(Vec::new()).unwrap();
    client.open(request, StreamDeadlines { head, piece }).await
}

async fn body_of(act: Act, piece: Duration) -> (RawServer, BodyStream) {
    let server = RawServer::start(act).await;
    let client = HttpClient::new().unwrap();
    let answer = open(&client, &server.url, LONG, piece).await.unwrap();
    (server, answer.into_body())
}

#[tokio::test]
async fn a_piece_is_there_before_the_next_one_and_silence_ends_it() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012".to_vec();
    let (_server, mut body) = body_of(Act::Stall(head), SHORT).await;
    assert_eq!(body.next().await.unwrap().unwrap(), b"012");
    let error = body.next().await.unwrap().unwrap_err();
    assert!(error.is_timeout() && !error.is_unsent(), "{error}");
    assert!(body.next().await.is_none(), "an error is the last item");
}

#[tokio::test]
async fn a_server_that_sends_no_head_is_waited_for_so_long_and_no_longer() {
    let server = RawServer::start(Act::Hold).await;
    let client = HttpClient::new().unwrap();
    let error = open(&client, &server.url, SHORT, LONG).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

#[tokio::test]
async fn the_end_and_a_torn_body_are_told_apart() {
    let whole = Act::Answer(answer("429 Slow", &["Retry-After: 7"], b"all of it"));
    let server = RawServer::start(whole).await;
    let client = HttpClient::new().unwrap();
    let answer = open(&client, &server.url, LONG, LONG).await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "7");
    let mut body = answer.into_body();
    assert_eq!(body.next().await.unwrap().unwrap(), b"all of it");
    assert!(body.next().await.is_none());

    let torn = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012".to_vec();
    let (_server, mut body) = body_of(Act::Answer(torn), LONG).await;
    assert_eq!(body.next().await.unwrap().unwrap(), b"012");
    let error = body.next().await.unwrap().unwrap_err();
    assert!(error.is_broken(), "{error}");
}

#[tokio::test]
async fn no_encoding_is_asked_for_and_none_is_taken() {
    let zipped = answer("200 OK", &["Content-Encoding: gzip"], b"\x1f\x8b");
    let server = RawServer::start(Act::Answer(zipped)).await;
    let client = HttpClient::new().unwrap();
    let error = open(&client, &server.url, LONG, LONG).await.unwrap_err();
    assert!(error.is_broken(), "{error}");
    let head = server.seen().remove(0).to_ascii_lowercase();
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_left() {
    let server = RawServer::start(Act::Answer(answer("200 OK", &[], &[b'a'; 64]))).await;
    let client = HttpClient::builder().with_max_body(63).build().unwrap();
    let answer = open(&client, &server.url, LONG, LONG).await.unwrap();
    let error = answer.into_body().next().await.unwrap().unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn a_stream_goes_where_a_request_may_go() {
    let client = HttpClient::new().unwrap();
    let error = open(&client, "http://example.com/", LONG, LONG).await;
    assert!(error.unwrap_err().is_configuration());
}
