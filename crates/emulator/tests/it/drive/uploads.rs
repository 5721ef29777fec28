//! Long contents: in sessions that break and go on, and downloads in ranges.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use super::harness::{Drive, User};
use crate::client::{Reply, authorized};

const GRAIN: usize = 256 * 1024;

/// Somewhat more than two pieces of 2 MiB: it stands in a file.
fn long() -> Vec<u8> {
    let bytes = (0..=252_u8).cycle();
    bytes.take(4 * 1024 * 1024 + 1234).collect()
}

async fn begin(user: &User<'_>, line: &str, meta: &Value, length: usize) -> String {
    let (verb, path) = line.split_once(' ').unwrap();
    let path = format!("/upload/drive/v3/{path}?uploadType=resumable&fields=id,size,md5Checksum");
    let request = authorized(verb, &path, &user.token)
        .header("content-type", "application/json")
        .header("x-upload-content-type", "application/x-test")
        .header("x-upload-content-length", length.to_string());
    let body = Bytes::from(meta.to_string());
    let reply = user
        .drive
        .client
        .send(request.body(body).unwrap())
        .await
        .unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    let base = user.drive.emulator.base_url();
    let location = reply.header("location");
    location
        .strip_prefix(base.as_str().trim_end_matches('/'))
        .unwrap()
        .to_owned()
}

async fn put(drive: &Drive, session: &str, range: &str, body: &[u8]) -> Result<Reply, String> {
    let request = Request::put(session).header("content-range", range);
    drive
        .client
        .send(request.body(Bytes::copy_from_slice(body)).unwrap())
        .await
}

#[tokio::test]
async fn an_upload_that_breaks_anywhere_goes_on_where_it_broke() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let (data, total) = (long(), long().len());
    let session = begin(&alice, "POST files", &json!({ "name": "long.bin" }), total).await;
    let (mut sent, mut breaks) = (
        0,
        [0, 1, GRAIN - 1, GRAIN, GRAIN + 1, 3 * GRAIN].into_iter(),
    );
    let done = loop {
        if let Some(after) = breaks.next() {
            let action = FaultAction::BreakUpload {
                after_bytes: after as u64,
            };
            let rule = FaultRule::new(action)
                .on_method("drive.files.create")
                .times(1);
            drive.emulator.faults().add(rule);
            let range = format!("bytes {sent}-{}/{total}", total - 1);
            put(&drive, &session, &range, &data[sent..])
                .await
                .unwrap_err();
            let asked = put(&drive, &session, &format!("bytes */{total}"), b"")
                .await
                .unwrap();
            assert_eq!(asked.status, 308);
            let expected = match sent + after {
                0 => String::new(),
                kept => format!("bytes=0-{}", kept - 1),
            };
            assert_eq!(asked.header("range"), expected);
            sent += after;
            continue;
        }
        let end = total.min(sent + 4 * GRAIN);
        let range = format!("bytes {sent}-{}/{total}", end - 1);
        let reply = put(&drive, &session, &range, &data[sent..end])
            .await
            .unwrap();
        sent = end;
        if reply.status != 308 {
            break reply.json();
        }
    };
    assert_eq!(done["size"], total.to_string());
    let id = done["id"].as_str().unwrap();
    assert_eq!(alice.download(id).await, data);
    assert_eq!(alice.file(id).await["mimeType"], "application/x-test");
    let again = put(&drive, &session, &format!("bytes */{total}"), b"")
        .await
        .unwrap();
    assert_eq!(
        again.json()["id"],
        id,
        "a finished session tells how it ended"
    );
}

#[tokio::test]
async fn the_last_piece_may_break_behind_its_end() {
    let drive = Drive::of(json!([{ "id": "t1", "name": "a", "text": "x" }])).await;
    let alice = drive.alice();
    let session = begin(&alice, "PATCH files/t1", &json!({}), 5).await;
    let action = FaultAction::BreakUpload { after_bytes: 5 };
    drive.emulator.faults().add(FaultRule::new(action).times(1));
    put(&drive, &session, "bytes 0-4/5", b"hello")
        .await
        .unwrap_err();
    let asked = put(&drive, &session, "bytes */5", b"").await.unwrap();
    assert_eq!((asked.status, &asked.json()["size"]), (200, &json!("5")));
    assert_eq!(alice.download("t1").await, "hello");
    let broken = drive.emulator.requests();
    let broken = broken.iter().find(|it| it.status.is_none()).unwrap();
    assert_eq!(broken.api_method.as_deref(), Some("drive.files.update"));
}

#[tokio::test]
async fn a_simple_upload_that_breaks_leaves_nothing() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let action = FaultAction::BreakUpload { after_bytes: 10 };
    drive.emulator.faults().add(FaultRule::new(action).times(1));
    let path = "/upload/drive/v3/files?uploadType=media";
    let request = || authorized("POST", path, &alice.token).header("content-type", "a/b");
    let body = Bytes::from(long());
    drive
        .client
        .send(request().body(body.clone()).unwrap())
        .await
        .unwrap_err();
    assert!(alice.search("", "").await.is_empty());
    let made = drive
        .client
        .send(request().body(body.clone()).unwrap())
        .await
        .unwrap()
        .json();
    assert_eq!(alice.download(made["id"].as_str().unwrap()).await, body);
}

#[tokio::test]
async fn a_download_comes_in_ranges_and_breaks_on_demand() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let data = long();
    let session = begin(&alice, "POST files", &json!({ "name": "l" }), data.len()).await;
    let range = format!("bytes 0-{}/{}", data.len() - 1, data.len());
    let made = put(&drive, &session, &range, &data).await.unwrap().json();
    let path = format!("/drive/v3/files/{}?alt=media", made["id"].as_str().unwrap());
    let ask = async |range: &str| {
        let request = authorized("GET", &path, &alice.token).header("range", range);
        drive.client.send(request.body(Bytes::new()).unwrap()).await
    };
    let last = data.len() - 1;
    for (range, start, end) in [
        ("bytes=0-0", 0, 0),
        ("bytes=70000-3000000", 70_000, 3_000_000),
        ("bytes=4194304-", 4_194_304, last),
        ("bytes=-5", data.len() - 5, last),
        ("bytes=10-99999999", 10, last),
    ] {
        let reply = ask(range).await.unwrap();
        assert_eq!(reply.status, 206, "{range}");
        let expected = format!("bytes {start}-{end}/{}", data.len());
        assert_eq!(reply.header("content-range"), expected);
        assert_eq!(reply.body, data[start..=end], "{range}");
    }
    let beyond = ask("bytes=99999999-").await.unwrap();
    assert_eq!(beyond.status, 416);
    assert_eq!(ask("bytes=oops").await.unwrap().status, 200);
    let action = FaultAction::BreakDownload {
        after_bytes: 2_000_000,
    };
    drive.emulator.faults().add(FaultRule::new(action).times(1));
    ask("bytes=0-").await.unwrap_err();
    assert_eq!(ask("bytes=0-").await.unwrap().body, data);
}

/// Sends the head of a piece and so much of its body, closes, and waits until the other end did.
fn hang_up(port: u16, session: &str, range: &str, length: usize, body: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "PUT {session} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\ncontent-range: {range}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    // It may end as a reset, which is an end as well.
    let _ = stream.read_to_end(&mut Vec::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_before_the_client_hung_up_is_kept() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let data = long();
    let total = data.len();
    let session = begin(&alice, "POST files", &json!({ "name": "l" }), total).await;
    let (port, head) = (drive.emulator.port(), data[..1_500_000].to_vec());
    let (at, range) = (session.clone(), format!("bytes 0-{}/{total}", total - 1));
    let hung_up = tokio::task::spawn_blocking(move || hang_up(port, &at, &range, total, &head));
    hung_up.await.unwrap();
    let asked = put(&drive, &session, &format!("bytes */{total}"), b"")
        .await
        .unwrap();
    assert_eq!(
        (asked.status, asked.header("range")),
        (308, "bytes=0-1499999")
    );
    let range = format!("bytes 1500000-{}/{total}", total - 1);
    let done = put(&drive, &session, &range, &data[1_500_000..])
        .await
        .unwrap()
        .json();
    assert_eq!(alice.download(done["id"].as_str().unwrap()).await, data);
}
