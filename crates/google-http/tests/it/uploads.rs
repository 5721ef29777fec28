//! Uploads: at once, in pieces, and broken everywhere.

use std::io;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{FileSource, GRAIN, Outcome, Path, Progress, Query, Source, Upload};

use crate::files::{Fate, Files, State, header};
use crate::google::CREATE;

/// Bytes in memory, and the longest that was read of them at once.
#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    said: u64,
    longest: Mutex<usize>,
}

#[async_trait]
impl Source for Held {
    fn size(&self) -> u64 {
        self.said
    }

    async fn read(&self, at: u64, length: usize, _spare: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut longest = self.longest.lock().unwrap();
        *longest = length.max(*longest);
        let rest = &self.bytes[usize::try_from(at).unwrap().min(self.bytes.len())..];
        Ok(rest[..length.min(rest.len())].to_vec())
    }
}

fn source(size: usize) -> Held {
    Held {
        // No two pieces are alike.
        bytes: (0..size)
            .map(|at| (at / 251 + at).to_le_bytes()[0])
            .collect(),
        said: size as u64,
        longest: Mutex::default(),
    }
}

/// Of pieces as small as they get.
fn upload() -> Upload {
    let about = json!({"id": "own", "name": "a.bin", "description": null});
    let query = Query::new().fields("id");
    let upload = Upload::new(&CREATE, Path::new("files"), query, &about, "text/x-own").unwrap();
    upload.with_chunk(GRAIN).with_own_id()
}

const SIZE: usize = 3 * GRAIN + 100;

#[tokio::test]
async fn a_large_file_goes_piece_by_piece_in_one_session() {
    let (files, rest, _) = Files::with_fates([]).await;
    let source = source(SIZE);
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let progress = Progress::new(move |done, all| notes.lock().unwrap().push((done, all)));
    let upload = upload().with_progress(progress);
    let answer = rest.upload::<Value>(&upload, &source).await.unwrap();
    assert_eq!(answer.body["id"], "made");
    let state = files.state.lock().unwrap();
    assert_eq!((state.sessions, state.made), (1, 1));
    assert!(state.bytes == source.bytes);
    assert_eq!(*source.longest.lock().unwrap(), GRAIN);
    let grain = GRAIN as u64;
    let steps = [grain, 2 * grain, 3 * grain, SIZE as u64].map(|done| (done, Some(SIZE as u64)));
    assert_eq!(*told.lock().unwrap(), steps);
    let begun = &state.heads[0];
    assert!(begun.starts_with("POST /upload/drive/v3/files?fields=id&uploadType=resumable "));
    assert_eq!(header(begun, "x-upload-content-type"), Some("text/x-own"));
    assert_eq!(header(begun, "x-upload-content-length"), Some("786532"));
    assert!(
        state
            .heads
            .iter()
            .all(|head| header(head, "authorization").is_some())
    );
}

#[tokio::test]
async fn an_upload_that_is_cut_at_any_boundary_or_inside_a_piece_goes_on_where_it_broke() {
    for piece in 0..4 {
        for passed in [0, 1, 1_000, GRAIN / 2, GRAIN - 1, GRAIN] {
            let mut fates = vec![Fate::Fine; piece];
            fates.push(Fate::CutAfter(passed));
            let (files, rest, naps) = Files::with_fates(fates).await;
            let source = source(SIZE);
            let answer = rest.upload::<Value>(&upload(), &source).await;
            assert_eq!(answer.unwrap().body["id"], "made", "{piece} {passed}");
            let state = files.state.lock().unwrap();
            assert!(state.bytes == source.bytes, "{piece} {passed}");
            assert_eq!((state.sessions, state.made), (1, 1), "{piece} {passed}");
            // What had come was not sent again.
            assert_eq!(state.carried, SIZE, "{piece} {passed}");
            assert_eq!(naps.taken().len(), 1);
        }
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_at_every_piece_comes_to_its_end() {
    // More often than a call is tried: each progress gives new tries.
    let fates = (0..40).map(|n| Fate::CutAfter(GRAIN / 8 + n));
    let (files, rest, _) = Files::with_fates(fates).await;
    let source = source(SIZE);
    rest.upload::<Value>(&upload(), &source).await.unwrap();
    let state = files.state.lock().unwrap();
    assert!(state.bytes == source.bytes);
    assert_eq!((state.sessions, state.made), (1, 1));
}

#[tokio::test]
async fn refusals_that_pass_are_waited_out_and_others_are_told() {
    for status in [429, 500, 503] {
        let (files, rest, naps) = Files::with_fates([Fate::Fine, Fate::Status(status)]).await;
        let source = source(SIZE);
        rest.upload::<Value>(&upload(), &source).await.unwrap();
        assert!(files.state.lock().unwrap().bytes == source.bytes);
        assert_eq!(naps.taken().len(), 1, "{status}");
    }
    let (_files, rest, naps) = Files::with_fates([Fate::Status(403)]).await;
    let refused = rest.upload::<Value>(&upload(), &source(SIZE)).await;
    assert_eq!(refused.unwrap_err().kind(), FailureKind::PermissionDenied);
    assert!(naps.taken().is_empty());
}

#[tokio::test]
async fn a_session_that_google_forgot_is_begun_anew() {
    for status in [404, 410] {
        let fates = [Fate::Fine, Fate::Status(status)];
        let (files, rest, _) = Files::with_fates(fates).await;
        let source = source(SIZE);
        rest.upload::<Value>(&upload(), &source).await.unwrap();
        let state = files.state.lock().unwrap();
        assert!(state.bytes == source.bytes);
        assert_eq!(state.sessions, 2);
    }
    // But not for ever.
    let (files, rest, _) = Files::with_fates([Fate::Status(404); 9]).await;
    let error = rest
        .upload::<Value>(&upload(), &source(SIZE))
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
    assert_eq!(files.state.lock().unwrap().sessions, 3);
}

#[tokio::test]
async fn without_an_own_id_what_may_have_become_a_file_is_not_begun_anew() {
    let about = json!({"name": "a.bin"});
    let upload = Upload::new(
        &CREATE,
        Path::new("files"),
        Query::new(),
        &about,
        "text/plain",
    );
    let upload = upload.unwrap().with_chunk(GRAIN);
    let fates = [Fate::Fine, Fate::Fine, Fate::Fine, Fate::Status(404)];
    let (files, rest, _) = Files::with_fates(fates).await;
    rest.upload::<Value>(&upload, &source(SIZE))
        .await
        .unwrap_err();
    assert_eq!(files.state.lock().unwrap().sessions, 1);
    // Nor is a small one sent twice.
    let (files, rest, _) = Files::with_fates([Fate::CutAfter(0)]).await;
    let error = rest
        .upload::<Value>(&upload, &source(10))
        .await
        .unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unclear);
    assert_eq!(files.state.lock().unwrap().heads.len(), 1);
}

#[tokio::test]
async fn a_session_that_takes_nothing_is_given_up() {
    let (_files, rest, _) = Files::with_fates([Fate::Ignored; 40]).await;
    let error = rest
        .upload::<Value>(&upload(), &source(SIZE))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not go on"), "{error}");
}

#[tokio::test]
async fn a_session_elsewhere_gets_neither_bytes_nor_token() {
    let (other, _, _) = Files::with_fates([]).await;
    let (_files, rest, _) = Files::start(State {
        elsewhere: Some(other.base.clone()),
        ..State::default()
    })
    .await;
    let error = rest
        .upload::<Value>(&upload(), &source(SIZE))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("names no session"), "{error}");
    assert!(other.state.lock().unwrap().heads.is_empty());
}

#[tokio::test]
async fn a_source_that_shrinks_is_told_and_leaves_no_file() {
    let (files, rest, _) = Files::with_fates([]).await;
    let mut source = source(SIZE);
    source.bytes.truncate(2 * GRAIN + 5);
    let error = rest.upload::<Value>(&upload(), &source).await.unwrap_err();
    assert!(error.to_string().contains("has changed"), "{error}");
    assert_eq!(files.state.lock().unwrap().made, 0);
}

#[tokio::test]
async fn a_small_file_goes_at_once_and_again_where_that_makes_no_second_one() {
    let (files, rest, _) = Files::with_fates([Fate::CutAfter(0), Fate::Status(503)]).await;
    let folder = tempfile::tempdir().unwrap();
    for size in [0, 10] {
        let path = folder.path().join("a");
        std::fs::write(&path, vec![7; size]).unwrap();
        let source = FileSource::new(std::fs::File::open(path).unwrap()).unwrap();
        let answer = rest.upload::<Value>(&upload(), &source).await.unwrap();
        assert_eq!(answer.body["id"], "made");
    }
    let state = files.state.lock().unwrap();
    assert_eq!((state.sessions, state.made, state.heads.len()), (0, 2, 4));
    assert!(
        state
            .heads
            .iter()
            .all(|it| it.contains("uploadType=multipart"))
    );
}

#[tokio::test]
async fn a_media_type_that_ends_its_header_is_refused() {
    let kind = "text/plain\r\nX-Own: 1";
    let about = json!({});
    let refused = Upload::new(&CREATE, Path::new("files"), Query::new(), &about, kind);
    assert_eq!(refused.unwrap_err().kind(), FailureKind::InvalidArgument);
}

#[tokio::test]
async fn a_file_is_read_from_any_place_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, b"0123456789").unwrap();
    let source = FileSource::new(std::fs::File::open(path).unwrap()).unwrap();
    assert_eq!(source.size(), 10);
    assert_eq!(source.read(7, 9, Vec::new()).await.unwrap(), b"789");
    assert_eq!(
        source
            .read(2, 3, b"what was there before".to_vec())
            .await
            .unwrap(),
        b"234"
    );
}

#[tokio::test]
async fn what_was_never_sent_is_not_believed_to_be_there() {
    let (files, rest, _) = Files::start(State {
        claims: Some(2 * GRAIN),
        ..State::default()
    })
    .await;
    let source = source(SIZE);
    let error = rest.upload::<Value>(&upload(), &source).await.unwrap_err();
    assert!(
        error.to_string().contains("more bytes than were sent"),
        "{error}"
    );
    assert_eq!(files.state.lock().unwrap().made, 0);
}

#[tokio::test]
async fn what_may_have_become_a_file_is_unclear_whatever_ends_it() {
    let about = json!({"name": "a.bin"});
    let upload = Upload::new(
        &CREATE,
        Path::new("files"),
        Query::new(),
        &about,
        "text/plain",
    );
    let upload = upload.unwrap().with_chunk(GRAIN);
    for (last, outcome, made) in [
        (Fate::CutAfter(GRAIN), Outcome::Unclear, 1),
        (Fate::Status(403), Outcome::Answered, 0),
    ] {
        let fates = [Fate::Fine, Fate::Fine, Fate::Fine, last];
        let (files, rest, _) = Files::start(State {
            fates: fates.into(),
            forgets: true,
            ..State::default()
        })
        .await;
        let error = rest.upload::<Value>(&upload, &source(SIZE)).await;
        let error = error.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{error}");
        assert_eq!(files.state.lock().unwrap().made, made);
    }
}

#[tokio::test]
async fn a_file_that_others_write_to_on_the_way_becomes_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    // In a session, and at once.
    for size in [SIZE, 10] {
        let (files, rest, _) = Files::with_fates([]).await;
        std::fs::write(&path, vec![7; size]).unwrap();
        let source = FileSource::new(std::fs::File::open(&path).unwrap()).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        let error = rest.upload::<Value>(&upload(), &source).await.unwrap_err();
        assert!(error.to_string().contains("has changed"), "{error}");
        assert_eq!(files.state.lock().unwrap().made, 0);
    }
}

#[tokio::test]
async fn a_file_of_a_whole_number_of_pieces_goes_in_these() {
    let (files, rest, _) = Files::with_fates([]).await;
    let source = source(3 * GRAIN);
    rest.upload::<Value>(&upload(), &source).await.unwrap();
    let state = files.state.lock().unwrap();
    assert!(state.bytes == source.bytes);
    assert_eq!((state.made, state.heads.len()), (1, 4));
}
