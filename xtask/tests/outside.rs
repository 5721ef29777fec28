//! The README's ten lines, as a program outside the workspace: it builds, its tree holds what it
//! needs and no more, and it runs against the emulator.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;
use toolgate_emulator::{Emulator, Person};
use url::Url;

/// What stands before the program in the README, and before the one without a database.
const SQLITE: &str = "<!-- ten-lines: sqlite -->";
const TOKEN_FILE: &str = "<!-- ten-lines: token.json -->";

/// All of ours that the programs get.
const OURS: [&str; 7] = [
    "toolgate-auth",
    "toolgate-framework",
    "toolgate-gmail",
    "toolgate-google-http",
    "toolgate-http",
    "toolgate-text",
    "toolgate-toolkit",
];

/// What the one with a database gets as well.
const STORES: [&str; 3] = [
    "toolgate-migrations",
    "toolgate-store-sql",
    "toolgate-store-sqlite",
];

/// Foreign crates that only other toolkits and stores need.
const OTHERS: [&str; 6] = [
    "google-calendar3",
    "google-drive3",
    "google-sheets4",
    "sqlx-postgres",
    "sqlx-mysql",
    "reqwest",
];

/// What would make ring's build script, in the target folder that is shared, run again.
const OF_THE_PACKAGE: [&str; 6] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// Longer than any healthy run takes.
const PATIENCE: Duration = Duration::from_mins(1);

fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap().to_path_buf()
}

/// The README's program behind this marker.
fn ten_lines(marker: &str) -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(marker).unwrap();
    let (_, rest) = rest.split_once("```rust,no_run\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    program.to_owned()
}

/// A package like a user's, whose dependencies are those that the program names.
fn manifest(program: &str) -> String {
    let root = root();
    let crates = program
        .lines()
        .filter_map(|line| line.strip_prefix("use toolgate_"))
        .filter_map(|path| path.split("::").next())
        .map(|name| name.replace('_', "-"))
        .collect::<BTreeSet<_>>();
    assert!(crates.len() >= 2, "a framework and a toolkit");
    let ours = crates
        .iter()
        .map(|name| {
            let path = root.join("crates").join(name);
            format!("toolgate-{name} = {{ path = \"{}\" }}", path.display())
        })
        .collect::<Vec<_>>()
        .join("\n");
    // The profile is the workspace's own, so that dependencies are the same.
    format!(
        "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dependencies]\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n{ours}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n\
         [profile.dev.package.\"*\"]\ndebug = false\n"
    )
}

fn write_package(marker: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = ten_lines(marker);
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest(&program)).unwrap();
    fs::write(folder.path().join("src/main.rs"), program).unwrap();
    // The versions that the workspace is tested with, and those that are on this machine.
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    folder
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells its children which cargo it is"
)]
async fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    for name in OF_THE_PACKAGE {
        command.env_remove(name);
    }
    let output = command
        .current_dir(folder)
        .args(arguments)
        .env("CARGO_TARGET_DIR", target())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The workspace's own: what is built already with the same features is not built again.
fn target() -> &'static Path {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap()
}

/// Runs the program once. Where it prints a link because it finds no browser, the person follows it.
/// Returns what it printed, and whether it asked.
async fn run(folder: &Path, emulator: &Emulator, person: &Person) -> (String, bool) {
    let mut child = Command::new(target().join("debug/outside"))
        .current_dir(folder)
        .env_clear()
        .env("GOOGLE_BASE_URL", emulator.base_url().as_str())
        .env("GOOGLE_CLIENT_ID", emulator.installed_client_id())
        .env("GOOGLE_CLIENT_SECRET", emulator.installed_client_secret())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut told = Vec::new();
    let mut asked = false;
    while let Some(line) = timeout(PATIENCE, stderr.next_line())
        .await
        .unwrap()
        .unwrap()
    {
        let link = line
            .split_whitespace()
            .find_map(|word| Url::parse(word).ok());
        if let Some(link) = link.filter(|link| link.scheme() == "http") {
            let page = person.follow(&link).await.unwrap();
            assert!(page.body.starts_with("Connected"), "{}", page.body);
            asked = true;
        }
        told.push(line);
    }
    let mut printed = String::new();
    stdout.read_to_string(&mut printed).await.unwrap();
    let status = timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{printed}\n{}", told.join("\n"));
    (printed, asked)
}

/// All crates of ours in the package's tree, which holds nothing that only others need.
async fn ours_in_the_tree(folder: &Path) -> Vec<String> {
    let tree = [
        "tree",
        "--offline",
        "--edges=normal,build",
        "--prefix=none",
        "--format={p}",
    ];
    let tree = cargo(folder, &tree).await;
    let names: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for other in OTHERS {
        assert!(!names.contains(other), "{other} is in the tree");
    }
    let ours = names.iter().filter(|name| name.starts_with("toolgate-"));
    ours.map(|name| (*name).to_owned()).collect()
}

/// Builds the package and runs it twice: the second time the consent is found.
async fn build_and_run_twice(folder: &Path) {
    cargo(folder, &["build", "--offline", "--quiet"]).await;
    let emulator = Emulator::builder().start().await.unwrap();
    let person = Person::new("alice@example.com");
    let (first, asked) = run(folder, &emulator, &person).await;
    assert!(asked, "the first run asks for consent");
    let count = first.trim().strip_prefix("unread mails: ").unwrap();
    assert!(count.parse::<u32>().unwrap() > 0, "{first}");
    let (second, asked) = run(folder, &emulator, &person).await;
    assert!(!asked, "the second run finds the consent where it was kept");
    assert_eq!(second, first);
    emulator.shutdown().await;
}

/// Both in one test: they are built as one package in one folder.
#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_programs_build_and_run_outside_the_workspace() {
    let package = write_package(SQLITE);
    let mut with_a_store = [&OURS[..], &STORES].concat();
    with_a_store.sort_unstable();
    assert_eq!(ours_in_the_tree(package.path()).await, with_a_store);
    build_and_run_twice(package.path()).await;
    assert!(!package.path().join("token.json").exists());

    let package = write_package(TOKEN_FILE);
    let file = package.path().join("token.json");
    assert_eq!(ours_in_the_tree(package.path()).await, OURS);
    build_and_run_twice(package.path()).await;
    assert!(fs::read_to_string(file).unwrap().contains("refresh_token"));
}
