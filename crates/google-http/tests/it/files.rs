//! A server of files that breaks connections where it is told to, byte by byte.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use toolgate_google_http::{GRAIN, Rest};

use crate::google::{Naps, TOKEN, rest_at};

/// What happens to the next requests that carry bytes, or ask for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Fine,
    /// So many bytes of the body pass, and the connection is cut.
    CutAfter(usize),
    /// Answered so, unprocessed.
    Status(u16),
    /// Answered as if nothing had come.
    Ignored,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) fates: VecDeque<Fate>,
    /// What has been uploaded, or is to be downloaded.
    pub(crate) bytes: Vec<u8>,
    pub(crate) etag: Option<&'static str>,
    /// Whether parts are given.
    pub(crate) ranges: bool,
    pub(crate) sessions: usize,
    pub(crate) made: usize,
    /// Bytes of bodies that came or went.
    pub(crate) carried: usize,
    /// The first line and the headers of each request.
    pub(crate) heads: Vec<String>,
    /// Where sessions are said to be, if elsewhere.
    pub(crate) elsewhere: Option<String>,
    pub(crate) total: Option<usize>,
    /// How many bytes it says that it has, whatever it has.
    pub(crate) claims: Option<usize>,
    /// Questions are answered with 404.
    pub(crate) forgets: bool,
    /// What the next answer that gives a part is like.
    pub(crate) odd: Option<Odd>,
}

/// A part that is not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Odd {
    /// It ends after so many bytes.
    Short(usize),
    /// It announces as many bytes as a number holds.
    Huge,
}

pub(crate) struct Files {
    pub(crate) base: String,
    pub(crate) state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for Files {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Files {
    pub(crate) async fn start(state: State) -> (Self, Rest, Naps) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(state));
        let (shared, own) = (Arc::clone(&state), base.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (state, base) = (Arc::clone(&shared), own.clone());
                tokio::spawn(async move { serve(stream, &state, &base).await });
            }
        });
        let (rest, naps) = rest_at(&base, TOKEN);
        (Self { base, state, task }, rest, naps)
    }

    pub(crate) async fn with_fates(fates: impl IntoIterator<Item = Fate>) -> (Self, Rest, Naps) {
        Self::start(State {
            fates: fates.into_iter().collect(),
            ..State::default()
        })
        .await
    }

    pub(crate) async fn holding(
        bytes: &[u8],
        fates: impl IntoIterator<Item = Fate>,
    ) -> (Self, Rest, Naps) {
        Self::start(State {
            fates: fates.into_iter().collect(),
            bytes: bytes.to_vec(),
            ranges: true,
            ..State::default()
        })
        .await
    }
}

/// Serves a connection until it is cut: then both ends know nothing of what was under way.
async fn serve(stream: TcpStream, state: &Mutex<State>, base: &str) {
    let mut stream = BufReader::new(stream);
    while let Some(head) = head(&mut stream).await {
        state.lock().unwrap().heads.push(head.clone());
        let length = header(&head, "content-length").map_or(0, |it| it.parse().unwrap());
        let answer = if head.starts_with("POST") {
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            begin(&mut state.lock().unwrap(), &head, base)
        } else if head.starts_with("GET") {
            give(&mut state.lock().unwrap(), &head)
        } else {
            take(&mut stream, state, &head, length).await
        };
        let Some((answer, is_whole)) = answer else {
            return;
        };
        if stream.get_mut().write_all(&answer).await.is_err() || !is_whole {
            return;
        }
    }
}

async fn head(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(": ")?;
        own.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

type Answer = Option<(Vec<u8>, bool)>;

#[expect(clippy::unnecessary_wraps, reason = "so the callers read alike")]
fn answer(status: u16, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n");
    Some(((head + body).into_bytes(), true))
}

fn begin(state: &mut State, head: &str, base: &str) -> Answer {
    if head.contains("uploadType=multipart") {
        return match state.fates.pop_front() {
            Some(Fate::Status(code)) => answer(code, "", "{}"),
            Some(Fate::CutAfter(_)) => None,
            _ => {
                state.made += 1;
                answer(200, "", r#"{"id":"made"}"#)
            }
        };
    }
    state.sessions += 1;
    state.bytes.clear();
    let total = header(head, "x-upload-content-length").unwrap();
    state.total = Some(total.parse().unwrap());
    let base = state.elsewhere.as_deref().unwrap_or(base);
    let place = format!(
        "Location: {base}upload/drive/v3/files?upload_id={}\r\n",
        state.sessions
    );
    answer(200, &place, "")
}

/// A piece of an upload, or the question how far it is.
async fn take(
    stream: &mut BufReader<TcpStream>,
    state: &Mutex<State>,
    head: &str,
    length: usize,
) -> Answer {
    let range = header(head, "content-range").unwrap().to_owned();
    let (span, total) = range
        .strip_prefix("bytes ")
        .unwrap()
        .split_once('/')
        .unwrap();
    let total: usize = total.parse().unwrap();
    let fate = match span {
        "*" => Fate::Fine,
        _ => state
            .lock()
            .unwrap()
            .fates
            .pop_front()
            .unwrap_or(Fate::Fine),
    };
    let passes = match fate {
        Fate::CutAfter(bytes) => bytes.min(length),
        _ => length,
    };
    let mut body = vec![0; passes];
    stream.read_exact(&mut body).await.unwrap();
    let mut state = state.lock().unwrap();
    if let Fate::Status(code) = fate {
        return answer(code, "", "{}");
    }
    if span == "*" && state.forgets {
        return answer(404, "", "{}");
    }
    if span != "*" && fate != Fate::Ignored {
        let (start, end) = span.split_once('-').unwrap();
        let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
        // It goes on exactly where this side is.
        assert_eq!((start, end + 1), (state.bytes.len(), start + length));
        assert!(end + 1 == total || length.is_multiple_of(GRAIN), "{range}");
        state.carried += passes;
        state.bytes.extend_from_slice(&body);
    }
    assert_eq!(state.total, Some(total));
    let is_new = state.made < state.sessions && state.bytes.len() == total;
    state.made += usize::from(is_new);
    if matches!(fate, Fate::CutAfter(_)) {
        return None;
    }
    match state.claims.unwrap_or(state.bytes.len()) {
        all if all == total => answer(200, "", r#"{"id":"made"}"#),
        0 => answer(308, "", ""),
        some => answer(308, &format!("Range: bytes=0-{}\r\n", some - 1), ""),
    }
}

/// A file, or the part of it that is asked for.
fn give(state: &mut State, head: &str) -> Answer {
    let fate = state.fates.pop_front().unwrap_or(Fate::Fine);
    if let Fate::Status(code) = fate {
        return answer(code, "", "{}");
    }
    let asked = header(head, "if-match");
    if asked.is_some() && asked != state.etag {
        return answer(412, "", "{}");
    }
    let range = header(head, "range").filter(|_| state.ranges);
    let start: usize = range.map_or(0, |it| {
        let it = it.strip_prefix("bytes=").unwrap();
        it.strip_suffix('-').unwrap().parse().unwrap()
    });
    let all = state.bytes.len();
    let odd = state.odd.take_if(|_| range.is_some());
    let end = match odd {
        Some(Odd::Short(bytes)) => start + bytes,
        _ => all,
    };
    let length = match odd {
        Some(Odd::Huge) => u64::MAX - 9,
        _ => (end - start) as u64,
    };
    let mut headers = format!("Content-Length: {length}\r\n");
    if let Some(etag) = state.etag {
        write!(headers, "ETag: {etag}\r\n").unwrap();
    }
    let status = if range.is_some() { 206 } else { 200 };
    if range.is_some() {
        write!(
            headers,
            "Content-Range: bytes {start}-{}/{all}\r\n",
            end - 1
        )
        .unwrap();
    }
    let mut passes = end - start;
    if let Fate::CutAfter(bytes) = fate {
        passes = passes.min(bytes);
    }
    state.carried += passes;
    let mut out = format!("HTTP/1.1 {status} X\r\n{headers}\r\n").into_bytes();
    out.extend_from_slice(&state.bytes[start..start + passes]);
    Some((out, fate == Fate::Fine))
}
