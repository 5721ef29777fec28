//! Downloads: streamed, resumed, checked and bounded.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::sync::{Arc, Mutex};

use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Call, Download, Error, Path, Progress, Query, Rest};

use crate::files::{Fate, Files, Odd, State, header};
use crate::google::{MEDIA, Reply, reply, scripted};

/// "The quick brown fox jumps over the lazy dog", whose digests everybody knows.
const FOX: &[u8] = b"The quick brown fox jumps over the lazy dog";
const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
const SHA256: &str = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";

fn download(most: u64) -> Download {
    let query = Query::new().with("alt", "media");
    let path = Path::new("files").seg("f1").unwrap();
    Download::new(Call::new(&MEDIA, path).with_query(query), most)
}

fn known() -> Download {
    download(1_000)
        .with_size(Some(43))
        .with_digests(Some(SHA256.to_owned()), Some(MD5.to_owned()))
}

/// What stands in the file then.
async fn run(rest: &Rest, download: &Download) -> Result<Vec<u8>, Error> {
    let mut file: File = tempfile::tempfile().unwrap();
    let count = rest.download(download, file.try_clone().unwrap()).await?;
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, count);
    Ok(bytes)
}

#[tokio::test]
async fn a_file_arrives_as_it_is_and_tells_how_far_it_is() {
    let large: Vec<u8> = (0..5_000_000_u32)
        .map(|at| (at / 7).to_le_bytes()[0])
        .collect();
    let (files, rest, _) = Files::holding(&large, []).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let progress = Progress::new(move |done, all| notes.lock().unwrap().push((done, all)));
    let download = download(5_000_000).with_size(Some(5_000_000));
    let got = run(&rest, &download.with_progress(progress)).await.unwrap();
    assert!(got == large);
    let told = told.lock().unwrap();
    assert!(told.is_sorted() && told.len() >= 4, "{told:?}");
    assert_eq!(told.last(), Some(&(5_000_000, Some(5_000_000))));
    let head = &files.state.lock().unwrap().heads[0];
    assert!(head.starts_with("GET /drive/v3/files/f1?alt=media "));
    assert_eq!(header(head, "accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn a_download_that_is_cut_anywhere_goes_on_where_it_broke() {
    for passed in 0..43 {
        let (files, rest, _) = Files::holding(FOX, [Fate::CutAfter(passed)]).await;
        assert_eq!(run(&rest, &known()).await.unwrap(), FOX, "{passed}");
        assert_eq!(files.state.lock().unwrap().carried, 43, "{passed}");
    }
    // Often, and each time further.
    let (_files, rest, _) = Files::holding(FOX, [Fate::CutAfter(2); 30]).await;
    assert_eq!(run(&rest, &known()).await.unwrap(), FOX);
}

#[tokio::test]
async fn without_digest_and_etag_a_broken_download_begins_anew() {
    let (files, rest, _) = Files::holding(FOX, [Fate::CutAfter(20)]).await;
    assert_eq!(run(&rest, &download(1_000)).await.unwrap(), FOX);
    let state = files.state.lock().unwrap();
    assert_eq!(state.carried, 63);
    assert_eq!(header(&state.heads[1], "range"), None);
}

#[tokio::test]
async fn with_an_etag_it_goes_on_only_in_the_same_version() {
    let state = |etag| State {
        bytes: FOX.to_vec(),
        etag: Some(etag),
        ranges: true,
        fates: [Fate::CutAfter(20)].into(),
        ..State::default()
    };
    let (files, rest, _) = Files::start(state("\"1\"")).await;
    assert_eq!(run(&rest, &download(1_000)).await.unwrap(), FOX);
    {
        let state = files.state.lock().unwrap();
        assert_eq!(header(&state.heads[1], "if-match"), Some("\"1\""));
        assert_eq!(header(&state.heads[1], "range"), Some("bytes=20-"));
    }
    // A weak one says nothing of bytes.
    let (files, rest, _) = Files::start(state("W/\"1\"")).await;
    run(&rest, &download(1_000)).await.unwrap();
    assert_eq!(header(&files.state.lock().unwrap().heads[1], "range"), None);
}

#[tokio::test]
async fn a_file_that_changes_on_the_way_is_never_a_mixture() {
    let (files, rest, _) = Files::start(State {
        bytes: FOX.to_vec(),
        etag: Some("\"1\""),
        ranges: true,
        fates: [Fate::CutAfter(20)].into(),
        ..State::default()
    })
    .await;
    let state = Arc::clone(&files.state);
    let change = Progress::new(move |_, _| {
        let mut state = state.lock().unwrap();
        state.etag = Some("\"2\"");
        state.bytes = b"another file altogether, and a longer one at that".to_vec();
    });
    let got = run(&rest, &download(1_000).with_progress(change))
        .await
        .unwrap();
    assert_eq!(got, b"another file altogether, and a longer one at that");
}

#[tokio::test]
async fn a_server_that_knows_no_parts_gives_the_whole_again() {
    let (files, rest, _) = Files::start(State {
        bytes: FOX.to_vec(),
        fates: [Fate::CutAfter(20)].into(),
        ..State::default()
    })
    .await;
    assert_eq!(run(&rest, &known()).await.unwrap(), FOX);
    assert_eq!(files.state.lock().unwrap().carried, 63);
}

#[tokio::test]
async fn what_is_not_what_google_says_is_an_error_after_another_try() {
    let wrong = |sha256: Option<&str>, md5: &str, size| {
        let digests = (sha256.map(str::to_owned), Some(md5.to_owned()));
        download(1_000)
            .with_size(Some(size))
            .with_digests(digests.0, digests.1)
    };
    for download in [
        wrong(Some(&"0".repeat(64)), MD5, 43),
        wrong(None, &"0".repeat(32), 43),
        wrong(Some(SHA256), MD5, 42),
        wrong(None, MD5, 42),
    ] {
        let (files, rest, _) = Files::holding(FOX, []).await;
        let error = run(&rest, &download).await.unwrap_err();
        assert!(error.is_damaged(), "{error}");
        assert_eq!(files.state.lock().unwrap().heads.len(), 3);
    }
}

#[tokio::test]
async fn no_more_than_the_bound_is_taken_whatever_was_announced() {
    let (files, rest, _) = Files::holding(FOX, []).await;
    let error = run(&rest, &download(42).with_size(Some(43)))
        .await
        .unwrap_err();
    assert!(error.is_larger() && files.state.lock().unwrap().heads.is_empty());
    let error = run(&rest, &download(42)).await.unwrap_err();
    assert!(error.is_larger(), "{error}");
    assert_eq!(error.kind(), FailureKind::InvalidArgument);
    assert_eq!(run(&rest, &download(43)).await.unwrap(), FOX);
}

#[tokio::test]
async fn refusals_are_read_and_those_that_pass_waited_out() {
    let (_files, rest, naps) = Files::holding(FOX, [Fate::Status(503), Fate::Status(429)]).await;
    assert_eq!(run(&rest, &known()).await.unwrap(), FOX);
    assert_eq!(naps.taken().len(), 2);
    let (_files, rest, naps) = Files::holding(FOX, [Fate::Status(404)]).await;
    let error = run(&rest, &known()).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::NotFound);
    assert!(naps.taken().is_empty());
}

#[tokio::test]
async fn a_long_wait_is_told_and_not_sat_through_however_much_time_there_is() {
    let rests = |reply: Reply| async {
        let (google, rest, naps) = scripted([reply]).await;
        let ends = std::time::Instant::now() + std::time::Duration::from_hours(1);
        (google, rest.until(ends), naps)
    };
    let busy = || reply(503, "{}").with("retry-after", "600");
    let (_google, rest, naps) = rests(busy()).await;
    let down = run(&rest, &known()).await.unwrap_err();
    assert_eq!(down.retry_after().unwrap().as_secs(), 600);
    assert!(naps.taken().is_empty());
    let (_google, rest, naps) = rests(busy()).await;
    let path = Path::new("files").seg("f1").unwrap();
    let call = rest.get::<serde_json::Value>(&MEDIA, path, Query::new());
    assert_eq!(
        call.await.unwrap_err().retry_after().unwrap().as_secs(),
        600
    );
    assert!(naps.taken().is_empty());
}

fn with_a_part(odd: Odd) -> State {
    State {
        bytes: FOX.to_vec(),
        etag: Some("\"1\""),
        ranges: true,
        fates: [Fate::CutAfter(20)].into(),
        odd: Some(odd),
        ..State::default()
    }
}

#[tokio::test]
async fn a_part_that_ends_early_is_not_taken_for_the_end() {
    // Neither size nor digest are known: the part alone says of how many bytes it is one.
    let (files, rest, _) = Files::start(with_a_part(Odd::Short(5))).await;
    assert_eq!(run(&rest, &download(1_000)).await.unwrap(), FOX);
    assert!(files.state.lock().unwrap().odd.is_none());
}

#[tokio::test]
async fn a_part_that_announces_more_than_a_number_holds_is_too_large() {
    let (_files, rest, _) = Files::start(with_a_part(Odd::Huge)).await;
    let error = run(&rest, &download(1_000)).await.unwrap_err();
    assert!(error.is_larger(), "{error}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_and_google_is_not_asked_again() {
    let (files, rest, _) = Files::holding(FOX, []).await;
    let full = File::options().write(true).open("/dev/full").unwrap();
    let error = rest.download(&known(), full).await.unwrap_err();
    assert!(
        error.to_string().contains("could not be read or written"),
        "{error}"
    );
    assert_eq!(error.kind(), FailureKind::Unavailable);
    assert_eq!(files.state.lock().unwrap().heads.len(), 1);
}
