//! What the databases hold: no token, code, verifier, nonce or secret in clear.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use toolgate_auth::Principal;

use crate::world::{Databases, World, busy_model, emulator, users};

/// Everything the emulator issued holds this word.
const MARKER: &str = "CANARYsecret";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_of_either_database_holds_no_secret_in_clear() {
    let databases = Databases::fresh("a dump of PostgreSQL").await;
    let users = users(2);
    let mut wire = BTreeSet::new();
    for database in databases.all().await {
        let emulator = Arc::new(emulator(&users).await);
        let world = World::open(&emulator, database, busy_model()).await;
        world.connect("u0").await;
        world.run("u0").await;
        // One sign-in that is still open: its verifier and nonce are stored too.
        let principal = Principal::for_user("u1").unwrap();
        world
            .bound()
            .connect_link(&principal, None, &["gmail".to_owned()])
            .await
            .unwrap();
        wire.extend(secrets_on_the_wire(&emulator.requests()));
    }
    assert!(wire.len() >= 4, "there are no secrets to look for");
    for (name, dump) in dumps(&databases) {
        assert!(
            dump.windows(9).any(|it| it == b"u0@exampl"),
            "{name}: the dump is empty"
        );
        // What the secrets of an open sign-in and of a grant would stand beside.
        let names = ["\"verifier\"", "refresh_token\":\"1//", "ya29.", MARKER];
        let clear = names.into_iter().chain(wire.iter().map(String::as_str));
        for secret in clear {
            let found = dump.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!found, "{name} holds {secret} in clear");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_sign_ins_state_and_browser_either_database_holds_hashes_only() {
    let databases = Databases::fresh("states in PostgreSQL").await;
    let emulator = Arc::new(emulator(&users(1)).await);
    let mut kept: Vec<[String; 2]> = Vec::new();
    let mut clear: Vec<Vec<u8>> = Vec::new();
    for database in databases.all().await {
        let world = World::open(&emulator, database, busy_model()).await;
        let principal = Principal::for_user("u0").unwrap();
        let link = world
            .bound()
            .connect_link(&principal, None, &["gmail".to_owned()])
            .await
            .unwrap();
        let state = link.url.path_segments().unwrap().next_back().unwrap();
        let sign_in = world.bound().sign_in().unwrap();
        let google = sign_in.proceed(state, &HeaderMap::new()).await.unwrap();
        let cookie = google.set_cookies[0].to_str().unwrap();
        let secret = cookie.split(['=', ';']).nth(1).unwrap();
        let id = id_of(state);
        kept.push([hash(&id), hash(secret.as_bytes())]);
        clear.extend([state, secret].map(|it| it.as_bytes().to_vec()));
        clear.extend(renderings(&id));
    }
    let dumps = dumps(&databases);
    assert_eq!(dumps.len(), kept.len());
    for ((name, dump), kept) in dumps.iter().zip(kept) {
        let holds = |what: &[u8]| dump.windows(what.len()).any(|it| it == what);
        for hash in kept {
            assert!(holds(hash.as_bytes()), "{name} has no {hash}");
        }
        for secret in &clear {
            assert!(!holds(secret), "{name} holds a state, its id or a cookie");
        }
    }
}

/// The random id within a state: behind the version and the key's id.
fn id_of(state: &str) -> Vec<u8> {
    let bytes = URL_SAFE_NO_PAD.decode(state).unwrap();
    let start = 2 + usize::from(bytes[1]);
    bytes[start..start + 32].to_vec()
}

fn hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

/// The ways in which a database could hold bytes.
fn renderings(bytes: &[u8]) -> [Vec<u8>; 4] {
    let hex = bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    [
        bytes.to_vec(),
        hex.into_bytes(),
        URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
        STANDARD.encode(bytes).into_bytes(),
    ]
}

/// Bearers, codes, verifiers, refresh tokens and client secrets that went over the wire.
fn secrets_on_the_wire(requests: &[toolgate_emulator::RecordedRequest]) -> BTreeSet<String> {
    let secret = ["code", "code_verifier", "refresh_token", "client_secret"];
    let bearers = requests.iter().filter_map(|it| it.bearer.clone());
    let forms = requests.iter().filter(|it| it.path == "/token");
    let forms = forms.flat_map(|it| url::form_urlencoded::parse(it.body.as_bytes()));
    let sent = forms.filter(|(name, _)| secret.contains(&&**name));
    bearers
        .chain(sent.map(|(_, value)| value.into_owned()))
        .collect()
}

fn dumps(databases: &Databases) -> Vec<(&'static str, Vec<u8>)> {
    let mut dumps = vec![("SQLite", sqlite_files(&databases.sqlite_path()))];
    if let Some(postgres) = &databases.postgres {
        dumps.push(("PostgreSQL", pg_dump(postgres.url())));
    }
    dumps
}

/// The file and its write-ahead log, byte by byte.
fn sqlite_files(path: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(path).unwrap();
    for extension in ["db-wal", "db-shm"] {
        bytes.extend(std::fs::read(path.with_extension(extension)).unwrap_or_default());
    }
    bytes
}

fn pg_dump(url: &str) -> Vec<u8> {
    let output = Command::new("pg_dump").arg(url).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
