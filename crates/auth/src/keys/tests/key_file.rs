//! Key files: made at first use, read in every lawful form, refused where they are none.

use super::*;

#[tokio::test]
async fn an_embedded_database_gets_a_key_file_at_first_use_and_keeps_it() {
    let folder = TempDir::new().unwrap();
    let database = embedded(&folder);
    let (made, path) = resolve_with(KeySource::Database, &database, &[])
        .await
        .unwrap();
    let path = path.unwrap();
    assert_eq!(path, folder.path().join("toolgate.key"));
    let text = std::fs::read(&path).unwrap();
    let again = resolve(&database, &[]).await.unwrap();
    assert_eq!(made.active_id(), again.active_id());
    assert_eq!(
        made.key(made.active_id()).unwrap().root.expose(),
        again.key(again.active_id()).unwrap().root.expose()
    );
    assert_eq!(std::fs::read(&path).unwrap(), text);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    resolve(&embedded(&folder), &[]).await.unwrap();
    let metadata = std::fs::metadata(folder.path().join("toolgate.key")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_who_start_at_once_get_the_same_key() {
    for _ in 0..10 {
        let folder = TempDir::new().unwrap();
        let meta: Arc<Meta> = Arc::default();
        let starts = (0..8).map(|_| {
            let database = Db {
                meta: Arc::clone(&meta),
                ..embedded(&folder)
            };
            tokio::spawn(async move {
                let ring = file::create(database.key_file.as_ref().unwrap(), &SystemRandom).await;
                ring.unwrap().active_id().to_owned()
            })
        });
        let ids = futures_util::future::try_join_all(starts).await.unwrap();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
}

#[tokio::test]
async fn a_lost_key_file_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let database = embedded(&folder);
    let id = resolve(&database, &[])
        .await
        .unwrap()
        .active_id()
        .to_owned();
    std::fs::remove_file(folder.path().join("toolgate.key")).unwrap();
    let error = resolve(&database, &[]).await.unwrap_err();
    assert!(error.is_key_unavailable());
    assert!(
        error.to_string().contains(&id) && error.to_string().contains("restore"),
        "{error}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[tokio::test]
async fn keys_are_read_in_every_lawful_form() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys");
    let standard = "-".repeat(43).replace('-', "+") + "=";
    let check = async |text: &str, expected: &[&str]| {
        write(&path, text);
        let ring = file::read(&path).await.unwrap().unwrap();
        assert_eq!(ids(&ring), expected, "{text}");
    };
    check(&format!("2027 {KEY_A}\n"), &["2027"]).await;
    check(&format!("# note\n\n  a\t{KEY_A}\r\nb {KEY_B}"), &["a", "b"]).await;
    check(&format!("a {KEY_A}\nb {KEY_B} active\n"), &["b", "a"]).await;
    check(&format!("a {KEY_A}=\n"), &["a"]).await;
    check(&format!("a {}I=\n", &standard[..42]), &["a"]).await;
    write(&path, KEY_A);
    let bare = file::read(&path).await.unwrap().unwrap();
    assert!(bare.active_id().starts_with('k') && bare.active_id().len() == 13);
    let variable = file::parse_variable("TOOLGATE_KEY", KEY_A).unwrap();
    assert_eq!(
        bare.active_id(),
        variable.active_id(),
        "the id follows from the key"
    );
}

#[tokio::test]
async fn a_malformed_key_file_says_where_and_shows_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("toolgate.key");
    let database = embedded(&folder);
    let check = async |text: &str, expected: &str| {
        write(&path, text);
        let error = resolve(&database, &[]).await.unwrap_err();
        let message = error.to_string();
        assert!(
            error.is_key_unavailable() || error.is_configuration(),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
        assert!(
            !message.contains(KEY_A) && !message.contains("canary"),
            "{message}"
        );
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            text,
            "it stands as it was"
        );
    };
    check("", "holds no key").await;
    check("# only a comment\n", "holds no key").await;
    check("canary\n", "line 1").await;
    check(&format!("a {KEY_A}\nb canary"), "line 2").await;
    check(&format!("a {KEY_A} active of them"), "line 1").await;
    check(&format!("a {KEY_A}\na {KEY_B}"), "\"a\"").await;
    check(&format!("plaintext {KEY_A}"), "plaintext").await;
    check(
        &format!("a {KEY_A} active\nb {KEY_B} active"),
        "more than one",
    )
    .await;
    check(&format!("a {}", &KEY_A[1..]), "32 bytes").await;
}

#[tokio::test]
async fn an_unreadable_key_file_is_a_typed_error() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("toolgate.key");
    std::fs::create_dir(&path).unwrap();
    let error = resolve(&embedded(&folder), &[]).await.unwrap_err();
    assert!(
        error.is_key_unavailable() && error.to_string().contains("toolgate.key"),
        "{error}"
    );

    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    let error = resolve(&embedded(&folder), &[]).await.unwrap_err();
    assert!(error.is_key_unavailable(), "{error}");
    std::fs::write(&path, vec![b'a'; 70_000]).unwrap();
    assert!(
        resolve(&embedded(&folder), &[])
            .await
            .unwrap_err()
            .is_key_unavailable()
    );
}

#[tokio::test]
async fn a_named_key_file_has_to_exist() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("none");
    let name = path.to_str().unwrap();
    let error = resolve(&shared(), &[("TOOLGATE_KEY_FILE", name)])
        .await
        .unwrap_err();
    assert!(
        error.is_key_unavailable() && error.to_string().contains(name),
        "{error}"
    );
    let error = resolve_with(KeySource::File(path.clone()), &shared(), &[])
        .await
        .unwrap_err();
    assert!(error.is_key_unavailable());
    assert!(!path.exists());

    write(&path, &format!("a {KEY_A}"));
    let (ring, used) = resolve_with(KeySource::File(path.clone()), &shared(), &[])
        .await
        .unwrap();
    assert_eq!((ring.active_id(), used), ("a", Some(path)));
}
