//! Files that tools read and write, and those that they cannot reach.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use toolgate_auth::FailureKind;
use toolgate_toolkit::{Folders, ToolError};

/// A folder that is open, and a secret beside it.
fn place() -> TempDir {
    let place = TempDir::new().unwrap();
    fs::create_dir_all(place.path().join("open/within")).unwrap();
    fs::write(place.path().join("secret.txt"), "not yours").unwrap();
    fs::write(place.path().join("open/report.txt"), "a report").unwrap();
    fs::write(place.path().join("open/within/deep.txt"), "deep").unwrap();
    place
}

fn folders(place: &TempDir) -> Folders {
    let open = place.path().join("open");
    let folders = Folders::new().with_read(&open).unwrap();
    folders.with_write(&open).unwrap()
}

async fn refused(folders: &Folders, name: &str) -> ToolError {
    folders.read("attachments", name).await.unwrap_err()
}

#[tokio::test]
async fn a_file_is_read_by_its_name_or_its_whole_path() {
    let place = place();
    let folders = folders(&place);
    let whole = place.path().canonicalize().unwrap().join("open/report.txt");
    for name in ["report.txt", "./report.txt", whole.to_str().unwrap()] {
        let file = folders.read("attachments", name).await.unwrap();
        assert_eq!(
            (file.name.as_str(), &*file.bytes),
            ("report.txt", &b"a report"[..])
        );
    }
    let deep = folders
        .read("attachments", "within/deep.txt")
        .await
        .unwrap();
    assert_eq!(deep.name, "deep.txt");
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_of_the_folder_is_reached() {
    let place = place();
    let open = place.path().join("open");
    std::os::unix::fs::symlink("../secret.txt", open.join("link.txt")).unwrap();
    std::os::unix::fs::symlink(place.path().join("secret.txt"), open.join("absolute.txt")).unwrap();
    std::os::unix::fs::symlink("..", open.join("up")).unwrap();
    std::os::unix::fs::symlink("loop.txt", open.join("loop.txt")).unwrap();
    let folders = folders(&place);
    let secret = place.path().join("secret.txt");
    for name in [
        "../secret.txt",
        "within/../../secret.txt",
        "link.txt",
        "absolute.txt",
        "up/secret.txt",
        "loop.txt",
        secret.to_str().unwrap(),
        "/etc/passwd",
        "report.txt\0",
        "",
        "..",
    ] {
        let error = refused(&folders, name).await;
        assert!(
            matches!(
                error.kind(),
                FailureKind::InvalidArgument | FailureKind::NotFound
            ),
            "{name:?}: {error:?}"
        );
        assert!(!error.message().contains("not yours"));
    }
}

#[tokio::test]
async fn what_a_model_is_shown_of_a_saved_file_reads_that_file() {
    let place = place();
    let open = place.path().join("open");
    for (read, write, within) in [
        (vec!["open"], "open", "new.txt"),
        (vec!["open"], "open/within", "within/new.txt"),
        (vec!["open/within", "open"], "open", "new.txt"),
        // Its folder may not be read: then the name alone is told.
        (vec![], "open/within", "new.txt"),
    ] {
        let mut folders = Folders::new().with_write(place.path().join(write)).unwrap();
        for folder in &read {
            folders = folders.with_read(place.path().join(folder)).unwrap();
        }
        let saved = folders.save("new.txt", b"mine".to_vec()).await.unwrap();
        assert_eq!(saved.within, within, "{read:?} {write}");
        if !read.is_empty() {
            let back = folders.read("attachments", &saved.within).await.unwrap();
            assert_eq!(back.bytes, b"mine", "{read:?} {write}");
        }
        fs::remove_file(saved.path).unwrap();
    }
    // A name that another folder answers to first is given to nothing new.
    let folders = Folders::new().with_read(open.join("within")).unwrap();
    let folders = folders.with_read(&open).unwrap().with_write(&open).unwrap();
    let saved = folders.save("deep.txt", b"mine".to_vec()).await.unwrap();
    assert_eq!(saved.within, "deep (2).txt");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_saved_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = place();
    let saved = folders(&place).save("mail.txt", b"private".to_vec()).await;
    let mode = fs::metadata(saved.unwrap().path).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn only_ordinary_files_are_read_and_a_pipe_is_not_waited_for() {
    let place = place();
    let folders = folders(&place);
    let pipe = place.path().join("open/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for name in ["within", "pipe", "."] {
        let error = refused(&folders, name).await;
        assert_eq!(error.kind(), FailureKind::InvalidArgument, "{name}");
        assert_eq!(error.argument(), Some("attachments"));
    }
}

#[tokio::test]
async fn a_large_file_is_neither_read_nor_written() {
    let place = place();
    let folders = folders(&place).with_max_file(7);
    let error = refused(&folders, "report.txt").await;
    assert!(error.message().contains("has 8 bytes, and 7 are allowed"));
    let error = folders.save("new.txt", vec![0; 8]).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::PermissionDenied);
    assert!(!place.path().join("open/new.txt").exists());
    assert_eq!(
        folders.save("new.txt", vec![0; 7]).await.unwrap().name,
        "new.txt"
    );
}

#[tokio::test]
async fn nothing_is_overwritten_however_many_save_at_once() {
    let place = place();
    let folders = folders(&place);
    let tasks = (0..10).map(|number| {
        let folders = folders.clone();
        tokio::spawn(async move { folders.save("report.txt", vec![number]).await.unwrap() })
    });
    let mut names = BTreeSet::new();
    for task in tasks.collect::<Vec<_>>() {
        let saved = task.await.unwrap();
        assert_eq!(saved.path.file_name().unwrap().to_str(), Some(&*saved.name));
        assert_eq!(fs::read(&saved.path).unwrap().len(), 1);
        names.insert(saved.name);
    }
    let expected = (2..=11).map(|number| format!("report ({number}).txt"));
    assert_eq!(names, expected.collect());
    let old = fs::read_to_string(place.path().join("open/report.txt"));
    assert_eq!(old.unwrap(), "a report");
}

#[tokio::test]
async fn without_a_folder_no_file_is_read_or_written_and_the_error_says_who_can_help() {
    let folders = Folders::new();
    let read = refused(&folders, "report.txt").await;
    let saved = folders.save("report.txt", Vec::new()).await.unwrap_err();
    for error in [read, saved] {
        assert_eq!(error.kind(), FailureKind::PermissionDenied);
        assert!(error.message().ends_with("its owner can allow one"));
    }
    assert!(!folders.can_read() && !folders.can_write());
}

#[test]
fn a_folder_that_is_not_there_is_found_at_the_start() {
    let error = Folders::new().with_read("no/such/folder").unwrap_err();
    assert!(error.is_folder_unusable());
    assert!(error.to_string().contains("no/such/folder"));
    assert!(Folders::new().with_write(Path::new("Cargo.toml")).is_err());
}

#[tokio::test]
async fn a_large_file_is_opened_where_it_may_be_read_and_nowhere_else() {
    let place = place();
    let folders = folders(&place);
    let opened = folders.open("file_path", "within/deep.txt").await.unwrap();
    assert_eq!((opened.name.as_str(), opened.size), ("deep.txt", 4));
    assert_eq!(std::io::read_to_string(opened.file).unwrap(), "deep");
    for name in ["../secret.txt", "within"] {
        let error = folders.open("file_path", name).await.unwrap_err();
        assert_eq!(error.argument(), Some("file_path"), "{name}");
    }
    let error = folders.open("file_path", "none.txt").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::NotFound);
    let small = folders.with_max_file(3);
    let error = small
        .open("file_path", "within/deep.txt")
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("file_path"));
    let none = Folders::new().open("file_path", "report.txt").await;
    assert_eq!(none.unwrap_err().kind(), FailureKind::PermissionDenied);
}

#[tokio::test]
async fn a_new_file_stays_only_where_it_is_kept_and_is_nobody_elses() {
    use std::io::Write as _;

    let place = place();
    let folders = folders(&place);
    let half = folders.create("half.bin").await.unwrap();
    half.file().unwrap().write_all(b"hal").unwrap();
    // Whoever finds it after a crash sees that it is a part.
    let names = || {
        let entries = fs::read_dir(place.path().join("open")).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        names
            .filter(|it| it.starts_with("half"))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(), ["half.bin.part"]);
    drop(half);
    assert!(names().is_empty());
    let new = folders.create("../report.txt").await.unwrap();
    new.file().unwrap().write_all(b"new").unwrap();
    let saved = new.keep().await.unwrap();
    assert_eq!(
        (&*saved.name, &*saved.within),
        ("report (2).txt", "report (2).txt")
    );
    assert_eq!(fs::read(&saved.path).unwrap(), b"new");
    assert_eq!(
        fs::read(place.path().join("open/report.txt")).unwrap(),
        b"a report"
    );
    let none = Folders::new().create("a").await.unwrap_err();
    assert_eq!(none.kind(), FailureKind::PermissionDenied);
}
