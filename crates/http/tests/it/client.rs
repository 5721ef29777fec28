//! What the client sends, accepts and refuses.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use toolgate_http::{Error, HttpClient};

use crate::server::{Act, RawServer, answer};

const LONG: Duration = Duration::from_secs(20);

async fn get(client: &HttpClient, url: &str, deadline: Duration) -> Result<Vec<u8>, Error> {
    let request = http::Request::get(url).body(Vec::new()).unwrap();
    Ok(client.send(request, deadline).await?.into_body())
}

async fn get_from(act: Act, client: &HttpClient) -> Result<Vec<u8>, Error> {
    let server = RawServer::start(act).await;
    get(client, &server.url, LONG).await
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zipped(body: &[u8]) -> Act {
    Act::Answer(answer("200 OK", &["Content-Encoding: gzip"], body))
}

#[tokio::test]
async fn asks_for_gzip_in_both_headers_that_google_looks_at() {
    let server = RawServer::start(Act::Answer(answer("200 OK", &[], b""))).await;
    let named = HttpClient::builder().with_user_agent("my-agent/1");
    get(&named.build().unwrap(), &server.url, LONG)
        .await
        .unwrap();
    let head = server.seen().remove(0).to_ascii_lowercase();
    assert!(head.contains("accept-encoding: gzip\r\n"), "{head}");
    assert!(head.contains("user-agent: my-agent/1 (gzip)\r\n"), "{head}");
}

#[tokio::test]
async fn gzip_is_taken_off_with_its_header() {
    let server = RawServer::start(zipped(&gzip(b"{\"a\":1}"))).await;
    let request = http::Request::get(&server.url).body(Vec::new()).unwrap();
    let client = HttpClient::new().unwrap();
    let answer = client.send(request, LONG).await.unwrap();
    assert_eq!(answer.body(), b"{\"a\":1}");
    assert!(!answer.headers().contains_key("content-encoding"));
    assert!(!answer.headers().contains_key("content-length"));
}

#[tokio::test]
async fn a_gzip_bomb_is_refused_at_the_limit() {
    let bomb = gzip(&vec![b'a'; 4 * 1024 * 1024]);
    assert!(
        bomb.len() < 100_000,
        "the bomb passes the limit on the wire"
    );
    let client = HttpClient::builder().with_max_body(100_000).build();
    let error = get_from(zipped(&bomb), &client.unwrap()).await.unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn damaged_gzip_is_broken_and_not_an_empty_body() {
    let whole = gzip(b"some text that is worth compressing, some text");
    let mut flipped = whole.clone();
    let middle = flipped.len() - 6;
    flipped[middle] ^= 0xff;
    let cases: [&[u8]; 3] = [&whole[..whole.len() - 4], &flipped, b"not gzip at all"];
    let client = HttpClient::new().unwrap();
    for body in cases {
        let error = get_from(zipped(body), &client).await.unwrap_err();
        assert!(error.is_broken() && !error.is_unsent(), "{error}");
    }
}

#[tokio::test]
async fn an_empty_answer_that_calls_itself_gzip_is_empty() {
    let client = HttpClient::new().unwrap();
    let body = get_from(zipped(b""), &client).await.unwrap();
    assert!(body.is_empty());
}

#[tokio::test]
async fn a_large_body_is_refused_whether_announced_or_not() {
    let client = HttpClient::builder().with_max_body(10).build().unwrap();
    let unannounced = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n01234567890".to_vec();
    for bytes in [answer("200 OK", &[], b"01234567890"), unannounced] {
        let error = get_from(Act::Answer(bytes), &client).await.unwrap_err();
        assert!(error.is_too_large(), "{error}");
    }
    let fits = Act::Answer(answer("200 OK", &[], b"0123456789"));
    assert_eq!(get_from(fits, &client).await.unwrap(), b"0123456789");
}

#[tokio::test]
async fn a_body_cut_in_the_middle_is_an_error() {
    let mut cut = answer("200 OK", &[], b"0123456789");
    cut.truncate(cut.len() - 3);
    let error = get_from(Act::Answer(cut), &HttpClient::new().unwrap()).await;
    let error = error.unwrap_err();
    assert!(error.is_broken(), "{error}");
    assert!(!error.is_unsent() && !error.is_timeout());
}

#[tokio::test]
async fn an_answer_that_never_begins_may_have_been_processed() {
    let error = get_from(Act::Answer(Vec::new()), &HttpClient::new().unwrap()).await;
    let error = error.unwrap_err();
    assert!(error.is_broken() && !error.is_unsent(), "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_unsent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&HttpClient::new().unwrap(), &url, LONG).await;
    let error = error.unwrap_err();
    assert!(error.is_unsent() && !error.is_timeout(), "{error}");
}

#[tokio::test]
async fn the_deadline_covers_the_answer_and_the_body() {
    let client = HttpClient::new().unwrap();
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012".to_vec();
    for act in [Act::Hold, Act::Stall(head)] {
        let server = RawServer::start(act).await;
        let error = get(&client, &server.url, Duration::from_millis(50)).await;
        let error = error.unwrap_err();
        assert!(error.is_timeout() && !error.is_unsent(), "{error}");
    }
}

#[tokio::test]
async fn a_handshake_that_hangs_is_unsent() {
    let server = RawServer::start(Act::Hold).await;
    let url = server.url.replace("http:", "https:");
    let client = HttpClient::builder().with_connect_timeout(Duration::from_millis(50));
    let error = get(&client.build().unwrap(), &url, LONG).await.unwrap_err();
    assert!(error.is_unsent() && !error.is_timeout(), "{error}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let target = RawServer::start(Act::Answer(answer("200 OK", &[], b"secret"))).await;
    let location = format!("Location: {}", target.url);
    let first = RawServer::start(Act::Answer(answer("307 T", &[&location], b"moved"))).await;
    let request = http::Request::get(&first.url).body(Vec::new()).unwrap();
    let client = HttpClient::new().unwrap();
    let answer = client.send(request, LONG).await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], target.url.as_str());
    assert!(target.seen().is_empty());
}

#[tokio::test]
async fn status_and_headers_of_errors_are_kept() {
    let bytes = answer("429 Slow", &["Retry-After: 7"], b"{}");
    let server = RawServer::start(Act::Answer(bytes)).await;
    let request = http::Request::post(&server.url).body(b"x".to_vec());
    let client = HttpClient::new().unwrap();
    let answer = client.send(request.unwrap(), LONG).await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "7");
    assert_eq!(answer.body(), b"{}");
}

#[tokio::test]
async fn plain_http_leaves_this_machine_never() {
    let client = HttpClient::new().unwrap();
    for url in ["http://example.com/", "ftp://127.0.0.1/", "/relative"] {
        let error = get(&client, url, LONG).await.unwrap_err();
        assert!(error.is_configuration() && error.is_unsent(), "{url}");
    }
}

#[tokio::test]
async fn errors_name_no_path_and_no_query() {
    let server = RawServer::start(Act::Hold).await;
    let url = format!("{}path-canary?code=query-canary", server.url);
    let deadline = Duration::from_millis(20);
    let error = get(&HttpClient::new().unwrap(), &url, deadline).await;
    let error = error.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("127.0.0.1") && !text.contains("canary"));
}

#[test]
fn what_cannot_be_a_user_agent_or_a_certificate_is_refused() {
    let agent = HttpClient::builder().with_user_agent("a\nb").build();
    assert!(agent.unwrap_err().is_configuration());
    let damaged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in [&b"no certificate here"[..], damaged] {
        let client = HttpClient::builder().with_root_certificate_pem(pem);
        assert!(client.build().unwrap_err().is_configuration());
    }
}
