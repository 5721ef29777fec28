//! The loopback listener and the browsers, good and bad, that come to it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use toolgate_http::{LoopbackListener, Served};
use url::Url;

const LONG: Duration = Duration::from_secs(20);

/// Sends raw bytes and reads the answer to its end; empty when the connection was not served.
async fn raw(url: &Url, request: &str) -> String {
    let address = url.socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap_or_default();
    answer
}

fn get(url: &Url, path: &str) -> String {
    get_as(url.authority(), path)
}

fn get_as(host: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

/// What a sign-in does: `/start` goes on, `/done` ends, everything else is not its own.
fn sign_in(request: &http::Request<Vec<u8>>) -> Served {
    match request.uri().path() {
        "/start" => Served::Continue(Response::new("started".to_owned())),
        "/done" => Served::Done(Response::new("finished".to_owned())),
        _ => Served::not_found(),
    }
}

#[tokio::test]
async fn serves_until_done_and_closes_then() {
    let listener = LoopbackListener::bind(None).await.unwrap();
    let url = listener.base_url();
    let calls = AtomicUsize::new(0);
    let serving = listener.serve(LONG, async |request| {
        calls.fetch_add(1, Ordering::SeqCst);
        sign_in(&request)
    });
    let visiting = async {
        // A browser's idle connection ahead of time holds nothing up.
        let address = url.socket_addrs(|| None).unwrap()[0];
        let idle = TcpStream::connect(address).await.unwrap();
        assert!(raw(&url, &get(&url, "/favicon.ico")).await.contains("404"));
        assert!(raw(&url, &get(&url, "/start")).await.ends_with("started"));
        assert!(raw(&url, &get(&url, "/done")).await.ends_with("finished"));
        drop(idle);
    };
    let (served, ()) = tokio::join!(serving, visiting);
    served.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    let address = url.socket_addrs(|| None).unwrap()[0];
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_request_for_another_host_never_reaches_the_handler() {
    let listener = LoopbackListener::bind(None).await.unwrap();
    let url = listener.base_url();
    let port = url.port().unwrap();
    let serving = listener.serve(LONG, async |request| sign_in(&request));
    let visiting = async {
        let two = format!(
            "GET /done HTTP/1.1\r\nHost: {}\r\nHost: evil.example\r\n\r\n",
            url.authority()
        );
        let target = format!(
            "GET http://evil.example/done HTTP/1.1\r\nHost: {}\r\n\r\n",
            url.authority()
        );
        for request in [
            get_as("evil.example", "/done"),
            get_as(&format!("evil.example:{port}"), "/done"),
            get_as("127.0.0.1", "/done"),
            get_as("127.0.0.1:1", "/done"),
            "GET /done HTTP/1.1\r\n\r\n".to_owned(),
            two,
            target,
        ] {
            let answer = raw(&url, &request).await;
            assert!(answer.starts_with("HTTP/1.1 4"), "{request} {answer}");
        }
        let by_name = get_as(&format!("localhost:{port}"), "/done");
        assert!(raw(&url, &by_name).await.ends_with("finished"));
    };
    let (served, ()) = tokio::join!(serving, visiting);
    served.unwrap();
}

#[tokio::test]
async fn the_body_and_the_query_reach_the_handler() {
    let listener = LoopbackListener::bind(None).await.unwrap();
    let url = listener.base_url();
    let serving = listener.serve(LONG, async |request| {
        let (parts, body) = request.into_parts();
        let body = String::from_utf8(body).unwrap();
        Served::Done(Response::new(format!(
            "{} {} {body}",
            parts.method, parts.uri
        )))
    });
    let request = format!(
        "POST /x?code=1 HTTP/1.1\r\nHost: {}\r\nContent-Length: 3\r\n\r\na=b",
        url.authority()
    );
    let (served, answer) = tokio::join!(serving, raw(&url, &request));
    served.unwrap();
    assert!(answer.ends_with("POST /x?code=1 a=b"), "{answer}");
}

#[tokio::test]
async fn other_methods_and_large_bodies_are_refused_without_the_handler() {
    let listener = LoopbackListener::bind(None).await.unwrap();
    let url = listener.base_url();
    let serving = listener.serve(LONG, async |request| sign_in(&request));
    let visiting = async {
        let host = url.authority();
        let put = format!("PUT /done HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n");
        assert!(raw(&url, &put).await.starts_with("HTTP/1.1 405"));
        let chunk = format!("11000\r\n{}\r\n0\r\n\r\n", "a".repeat(0x11000));
        let large = format!(
            "POST /done HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
        );
        assert!(!raw(&url, &large).await.contains("finished"));
        assert!(raw(&url, &get(&url, "/done")).await.ends_with("finished"));
    };
    let (served, ()) = tokio::join!(serving, visiting);
    served.unwrap();
}

#[tokio::test]
async fn of_two_that_end_the_sign_in_one_is_handled() {
    let listener = LoopbackListener::bind(None).await.unwrap();
    let url = listener.base_url();
    let calls = AtomicUsize::new(0);
    let serving = listener.serve(LONG, async |request| {
        calls.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        sign_in(&request)
    });
    let request = get(&url, "/done");
    let tries = futures_util::future::join_all((0..8).map(|_| async {
        let address = url.socket_addrs(|| None).unwrap()[0];
        let Ok(mut stream) = TcpStream::connect(address).await else {
            return false;
        };
        let mut answer = String::new();
        if stream.write_all(request.as_bytes()).await.is_ok() {
            stream.read_to_string(&mut answer).await.unwrap_or_default();
        }
        answer.ends_with("finished")
    }));
    let (served, finished) = tokio::join!(serving, tries);
    served.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(finished.into_iter().filter(|done| *done).count(), 1);
}

#[tokio::test]
async fn the_deadline_ends_the_waiting() {
    let listener = LoopbackListener::bind(None).await.unwrap();
    let deadline = Duration::from_millis(30);
    let ended = listener.serve(deadline, async |request| sign_in(&request));
    assert!(ended.await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let first = LoopbackListener::bind(None).await.unwrap();
    let port = first.base_url().port().unwrap();
    let error = LoopbackListener::bind(Some(port)).await.unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    drop(first);
    let again = LoopbackListener::bind(Some(port)).await.unwrap();
    assert_eq!(again.base_url().port(), Some(port));
}
