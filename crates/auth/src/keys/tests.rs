//! Where keys come from, and what is refused before anything is sealed.

mod key_file;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tempfile::TempDir;

use super::*;
use crate::clock::SystemRandom;
use crate::config::Environment;
use crate::store::{Database, MetaStore, StoreError};

const KEY_A: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const KEY_B: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

#[derive(Debug, Default)]
struct Meta(Mutex<BTreeMap<String, String>>);

#[async_trait]
impl MetaStore for Meta {
    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    async fn put_if_absent(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let mut values = self.0.lock().unwrap();
        Ok(values
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned())
            .clone())
    }
}

#[derive(Debug)]
struct Db {
    meta: Arc<Meta>,
    key_file: Option<PathBuf>,
    plaintext: bool,
    ephemeral: bool,
}

impl Database for Db {
    fn describe(&self) -> String {
        "test database".to_owned()
    }

    fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
        let meta = Arc::clone(&self.meta);
        Some(meta)
    }

    fn default_key_file(&self) -> Option<PathBuf> {
        self.key_file.clone()
    }

    fn is_ephemeral(&self) -> bool {
        self.ephemeral
    }

    fn allows_plaintext(&self) -> bool {
        self.plaintext
    }
}

fn shared() -> Db {
    Db {
        meta: Arc::default(),
        key_file: None,
        plaintext: false,
        ephemeral: false,
    }
}

fn embedded(folder: &TempDir) -> Db {
    let key_file = Some(folder.path().join("toolgate.key"));
    Db {
        meta: Arc::default(),
        key_file,
        plaintext: true,
        ephemeral: false,
    }
}

async fn resolve_with(
    source: KeySource,
    database: &Db,
    variables: &[(&str, &str)],
) -> Result<(KeyRing, Option<PathBuf>), Error> {
    let environment = Environment::from_pairs(variables.iter().copied());
    resolve::resolve_keys_in(&source, database, &environment, &SystemRandom).await
}

#[tokio::test]
async fn a_look_at_the_keys_takes_those_of_the_environment_that_is_given() {
    let look = async |variables: &[(&str, &str)]| {
        let environment = Environment::from_pairs(variables.iter().copied());
        let source = KeySource::Database;
        super::look_at_keys(&source, &shared(), &environment).await
    };
    let key = format!("k9:{}", "A".repeat(43));
    let ring = look(&[("TOOLGATE_KEY", &key)]).await.unwrap().unwrap();
    assert_eq!(ids(&ring), ["k9"]);
    assert!(look(&[]).await.unwrap_err().is_configuration());
}

async fn resolve(database: &Db, variables: &[(&str, &str)]) -> Result<KeyRing, Error> {
    let found = resolve_with(KeySource::Database, database, variables).await;
    found.map(|(ring, _)| ring)
}

fn ids(ring: &KeyRing) -> Vec<&str> {
    ring.ids().collect()
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_named_and_changes_nothing() {
    let database = shared();
    resolve(&database, &[("TOOLGATE_KEY", &format!("main:{KEY_A}"))])
        .await
        .unwrap();
    let before = database.meta.0.lock().unwrap().clone();
    let wrong = [("TOOLGATE_KEY", format!("main:{KEY_B}"))];
    let wrong = [(wrong[0].0, wrong[0].1.as_str())];
    let error = resolve(&database, &wrong).await.unwrap_err();
    assert!(
        error.is_key_unavailable() && error.to_string().contains("\"main\""),
        "{error}"
    );
    assert_eq!(*database.meta.0.lock().unwrap(), before);

    let rotated = format!("next:{KEY_B},main:{KEY_A}");
    let ring = resolve(&database, &[("TOOLGATE_KEY", &rotated)])
        .await
        .unwrap();
    assert_eq!(ids(&ring), ["next", "main"]);
    let swapped = format!("next:{KEY_B},main:{KEY_B}");
    let error = resolve(&database, &[("TOOLGATE_KEY", &swapped)])
        .await
        .unwrap_err();
    assert!(error.is_key_unavailable(), "old keys are checked too");
}

#[tokio::test]
async fn the_check_records_give_no_key_away() {
    let database = shared();
    resolve(&database, &[("TOOLGATE_KEY", KEY_B)])
        .await
        .unwrap();
    let records = format!("{:?}", database.meta.0.lock().unwrap());
    assert!(
        records.contains("key_check:k") && !records.contains("AQEB"),
        "{records}"
    );
}

#[tokio::test]
async fn a_shared_database_without_a_key_says_the_three_ways() {
    for source in [KeySource::Database, KeySource::Environment] {
        let error = resolve_with(source, &shared(), &[]).await.unwrap_err();
        let text = error.to_string();
        assert!(error.is_configuration());
        for way in ["TOOLGATE_KEY ", "TOOLGATE_KEY_FILE", "KeyRing"] {
            assert!(text.contains(way), "{text}");
        }
    }
}

fn in_memory() -> Db {
    Db {
        ephemeral: true,
        ..shared()
    }
}

#[tokio::test]
async fn a_database_in_memory_is_sealed_with_a_random_key_of_the_process() {
    let root = |ring: &KeyRing| *ring.key(ring.active_id()).unwrap().root.expose();
    let database = in_memory();
    let (made, path) = resolve_with(KeySource::Database, &database, &[])
        .await
        .unwrap();
    assert!(!made.is_plaintext() && path.is_none());
    assert_ne!(root(&made), [0; 32]);
    let again = resolve(&database, &[]).await.unwrap();
    let other = resolve(&in_memory(), &[]).await.unwrap();
    assert_eq!(ids(&made), ids(&again));
    assert_eq!((root(&made), root(&made)), (root(&again), root(&other)));
}

#[tokio::test]
async fn a_database_in_memory_takes_the_key_that_is_configured() {
    let set = [("TOOLGATE_KEY", format!("main:{KEY_B}"))];
    let set = [(set[0].0, set[0].1.as_str())];
    assert_eq!(ids(&resolve(&in_memory(), &set).await.unwrap()), ["main"]);
    let strict = resolve_with(KeySource::Environment, &in_memory(), &[]).await;
    assert!(strict.unwrap_err().is_configuration());
}

#[tokio::test]
async fn storing_in_clear_has_to_be_allowed_by_the_database() {
    let folder = TempDir::new().unwrap();
    let plain = || KeySource::InsecurePlaintext;
    let (ring, path) = resolve_with(plain(), &embedded(&folder), &[])
        .await
        .unwrap();
    assert!(ring.is_plaintext() && path.is_none());
    let error = resolve_with(plain(), &shared(), &[]).await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
    let by_ring = KeySource::Ring(KeyRing::insecure_plaintext());
    assert!(resolve_with(by_ring, &shared(), &[]).await.is_err());
}

#[tokio::test]
async fn a_key_in_the_environment_is_taken_as_it_is_or_refused() {
    let folder = TempDir::new().unwrap();
    let database = embedded(&folder);
    let check = async |variables: &[(&str, &str)], expected: &str| {
        let error = resolve(&database, variables).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains(KEY_A), "{error}");
    };
    check(&[("TOOLGATE_KEY", &format!("{KEY_A}\n"))], "line break").await;
    check(&[("TOOLGATE_KEY", &format!(" {KEY_A}"))], "white space").await;
    check(&[("TOOLGATE_KEY", "short")], "32 bytes").await;
    check(&[("TOOLGATE_KEY", &format!("{KEY_A},"))], "32 bytes").await;
    check(
        &[("TOOLGATE_KEY", KEY_A), ("TOOLGATE_KEY_FILE", "x")],
        "both",
    )
    .await;
    assert!(
        !folder.path().join("toolgate.key").exists(),
        "no key file was made"
    );
    let ring = resolve(
        &database,
        &[("TOOLGATE_KEY", KEY_A), ("TOOLGATE_KEY_FILE", "")],
    )
    .await;
    assert!(ring.is_ok());
}

#[test]
fn ids_are_checked_and_unique() {
    let key = || SealingKey::from_bytes([1; 32]);
    for id in ["", "a b", "a:b", "plaintext", "é", &"a".repeat(65)] {
        assert!(
            KeyRing::new(id, key()).unwrap_err().is_configuration(),
            "{id}"
        );
    }
    let ring = KeyRing::new("a", key()).unwrap();
    assert!(ring.with_old_key("a", key()).is_err());
}

#[test]
fn derived_keys_differ_by_key_and_purpose() {
    let ring = KeyRing::new("a", SealingKey::from_bytes([1; 32])).unwrap();
    let ring = ring
        .with_old_key("b", SealingKey::from_bytes([2; 32]))
        .unwrap();
    let derived = |id: &str, purpose| *ring.derive(id, purpose).unwrap().expose();
    let all = [
        derived("a", "x"),
        derived("a", "y"),
        derived("b", "x"),
        derived("b", "y"),
        [1; 32],
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(!all[..index].contains(one));
    }
    assert_eq!(derived("a", "x"), derived("a", "x"));
    assert!(ring.derive("c", "x").is_none());
    assert!(
        KeyRing::insecure_plaintext()
            .derive(PLAINTEXT, "x")
            .is_some()
    );
    assert!(ring.derive(PLAINTEXT, "x").is_none());
}

#[test]
fn the_prefix_mac_follows_the_first_sixteen_characters_and_the_key() {
    let ring = |byte| KeyRing::new("a", SealingKey::from_bytes([byte; 32])).unwrap();
    let of = |ring: &KeyRing, token| ring.rt_prefix_mac(&RefreshToken::parse(token).unwrap());
    let first = of(&ring(1), "1//0123456789abcXXXX");
    assert!(
        first.starts_with("a.") && !first.contains("0123"),
        "{first}"
    );
    assert_eq!(first, of(&ring(1), "1//0123456789abcYYYYY"));
    assert_ne!(first, of(&ring(1), "1//0123456789abdXXXX"));
    assert_ne!(first, of(&ring(2), "1//0123456789abcXXXX"));
    assert!(of(&ring(1), "short").len() > 10);
}
