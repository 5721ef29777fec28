//! A raw loopback server: each connection gets scripted bytes, and what it sent is kept.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Writes these bytes and closes.
    Answer(Vec<u8>),
    /// Keeps the connection open and says nothing.
    Hold,
    /// Writes these bytes, then keeps the connection open and says nothing more.
    Stall(Vec<u8>),
}

/// A server that plays one act for every connection.
#[derive(Debug)]
pub(crate) struct RawServer {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl RawServer {
    pub(crate) async fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, act, Arc::clone(&seen)));
        Self { url, seen, task }
    }

    /// The heads of the requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, act: Act, seen: Arc<Mutex<Vec<String>>>) {
    let mut open = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let head = read_head(&mut stream).await;
        seen.lock().unwrap().push(head);
        match &act {
            Act::Answer(bytes) => {
                stream.write_all(bytes).await.unwrap();
                stream.shutdown().await.unwrap();
            }
            Act::Hold => open.push(stream),
            Act::Stall(bytes) => {
                stream.write_all(bytes).await.unwrap();
                open.push(stream);
            }
        }
    }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.unwrap() == 1 {
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).unwrap()
}

/// An answer with this status line, these header lines and this body.
pub(crate) fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
