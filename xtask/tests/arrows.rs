//! The arrows between crates, and who may know which foreign crate.
//!
//! `ARROWS` is the table of the house style. A change to it is a decision: write it down in
//! `docs/decisions/`.

#![expect(
    clippy::unwrap_used,
    reason = "a workspace that cannot be read fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Each crate, and the crates of ours that it may need.
const ARROWS: &[(&str, &[&str])] = &[
    ("toolgate-http", &[]),
    ("toolgate-text", &[]),
    ("toolgate-emulator", &[]),
    ("toolgate-migrations", &[]),
    ("toolgate-auth", &["toolgate-http"]),
    ("toolgate-toolkit", &["toolgate-auth"]),
    (
        "toolgate-google-http",
        &["toolgate-auth", "toolgate-http", "toolgate-toolkit"],
    ),
    ("toolgate-gmail", TOOLKIT),
    ("toolgate-calendar", TOOLKIT),
    ("toolgate-drive", TOOLKIT),
    ("toolgate-sheets", TOOLKIT),
    ("toolgate-slides", TOOLKIT),
    ("toolgate-store-sql", &["toolgate-auth"]),
    ("toolgate-store-sqlite", STORE),
    ("toolgate-store-postgres", STORE),
    ("toolgate-framework", &["toolgate-toolkit", "toolgate-auth"]),
    (
        "toolgate-model-rig",
        &["toolgate-framework", "toolgate-http"],
    ),
    ("toolgate-signin", &["toolgate-auth"]),
    ("toolgate-yup-oauth2", &["toolgate-auth"]),
    (
        "toolgate-ops",
        &[
            "toolgate-auth",
            "toolgate-http",
            "toolgate-migrations",
            "toolgate-store-sql",
            "toolgate-store-sqlite",
            "toolgate-store-postgres",
        ],
    ),
    (
        "toolgate-testkit",
        &[
            "toolgate-auth",
            "toolgate-toolkit",
            "toolgate-emulator",
            "toolgate-http",
        ],
    ),
];

const TOOLKIT: &[&str] = &[
    "toolgate-toolkit",
    "toolgate-google-http",
    "toolgate-auth",
    "toolgate-text",
];
const STORE: &[&str] = &["toolgate-store-sql", "toolgate-migrations", "toolgate-auth"];

/// Programs, which may need any public crate; nobody needs them.
const PROGRAMS: &[&str] = &["xtask", "toolgate-examples", "toolgate-benches"];

/// For tests, and never more than a dev-dependency.
const FOR_TESTS: &str = "toolgate-testkit";

/// Foreign crates that only these name in their manifests.
const DIRECT: &[(&str, &[&str])] = &[
    ("hyper-util", HTTP),
    ("hyper-rustls", HTTP),
    ("rustls", HTTP),
    ("tokio-rustls", HTTP),
];
const HTTP: &[&str] = &["toolgate-http", "toolgate-emulator"];

/// Foreign crates that stand only in the trees of these; nowhere, where none is named.
const IN_TREES: &[(&str, &[&str])] = &[
    (
        "sea-orm",
        &[
            "toolgate-store-sql",
            "toolgate-store-sqlite",
            "toolgate-store-postgres",
            "toolgate-migrations",
            "toolgate-ops",
        ],
    ),
    ("sqlx-sqlite", &["toolgate-store-sqlite", "toolgate-ops"]),
    ("libsqlite3-sys", &["toolgate-store-sqlite", "toolgate-ops"]),
    (
        "sqlx-postgres",
        &["toolgate-store-postgres", "toolgate-ops"],
    ),
    ("sqlx-mysql", &[]),
    ("rig-core", &["toolgate-model-rig"]),
    ("reqwest", &[]),
    ("aws-lc-rs", &[]),
    ("aws-lc-sys", &[]),
    ("openssl", &[]),
    ("openssl-sys", &[]),
    ("native-tls", &[]),
];

/// Who needs whom, as manifests and as cargo resolves them; dev-dependencies are left out.
#[derive(Debug, Default)]
struct Graph {
    direct: BTreeMap<String, BTreeSet<String>>,
    trees: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Each sentence is a rule that does not hold.
    fn broken_rules(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (name, needs) in &self.direct {
            broken.extend(self.broken_arrows(name, needs));
            for (foreign, allowed) in DIRECT {
                if needs.contains(*foreign) && !allowed.contains(&name.as_str()) {
                    broken.push(format!("{name} must not name {foreign}"));
                }
            }
        }
        for (name, tree) in &self.trees {
            for (foreign, allowed) in IN_TREES {
                // What no user depends on may hold whatever some crate may.
                let for_us = name == FOR_TESTS || PROGRAMS.contains(&name.as_str());
                let may = allowed.contains(&name.as_str()) || (for_us && !allowed.is_empty());
                if tree.contains(*foreign) && !may {
                    broken.push(format!("{foreign} must not be in the tree of {name}"));
                }
            }
        }
        broken
    }

    fn broken_arrows(&self, name: &str, needs: &BTreeSet<String>) -> Vec<String> {
        let is_ours = |other: &&String| self.direct.contains_key(*other);
        let listed = ARROWS.iter().find(|(listed, _)| *listed == name);
        let mut broken = Vec::new();
        if listed.is_none() && !PROGRAMS.contains(&name) {
            broken.push(format!("{name} has no arrows: add it to the table"));
        }
        for other in needs.iter().filter(is_ours) {
            let may = match listed {
                Some((_, allowed)) => allowed.contains(&other.as_str()),
                None => other != FOR_TESTS && !PROGRAMS.contains(&other.as_str()),
            };
            if !may {
                broken.push(format!("{name} must not need {other}"));
            }
        }
        broken
    }

    fn of_the_workspace() -> Self {
        let metadata: Value =
            serde_json::from_str(&cargo(&["metadata", "--format-version=1", "--no-deps"])).unwrap();
        let mut graph = Self::default();
        for package in metadata["packages"].as_array().unwrap() {
            let name = text(&package["name"]);
            let needs = package["dependencies"].as_array().unwrap().iter();
            let needs = needs.filter(|dependency| dependency["kind"] != "dev");
            let needs = needs.map(|dependency| text(&dependency["name"])).collect();
            let tree = tree(&name).into_iter().filter(|other| *other != name);
            graph.trees.insert(name.clone(), tree.collect());
            graph.direct.insert(name, needs);
        }
        graph
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The names of all that is built for a user of this package, with all its features.
fn tree(package: &str) -> BTreeSet<String> {
    let what = [
        "--package",
        package,
        "--all-features",
        "--edges=normal,build",
    ];
    let how = ["--prefix=none", "--format={p}", "--offline"];
    cargo(&[&["tree"][..], &what, &how].concat())
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells its children which cargo it is"
)]
fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(program)
        .current_dir(root)
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_workspace_keeps_to_the_arrows() {
    let graph = Graph::of_the_workspace();
    assert!(graph.direct.len() > 10, "the workspace was not read");
    let sqlite = &graph.trees["toolgate-store-sqlite"];
    assert!(sqlite.contains("sqlx-sqlite"), "the trees were not read");
    let broken = graph.broken_rules();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A made-up workspace: `name: direct dependencies | what else is in its tree`.
fn made_up(packages: &[&str]) -> Vec<String> {
    let mut graph = Graph::default();
    for package in packages {
        let (name, rest) = package.split_once(':').unwrap();
        let (direct, tree) = rest.split_once('|').unwrap_or((rest, ""));
        let words = |text: &str| -> BTreeSet<String> {
            text.split_whitespace().map(str::to_owned).collect()
        };
        let tree = words(direct).union(&words(tree)).cloned().collect();
        graph.trees.insert(name.to_owned(), tree);
        graph.direct.insert(name.to_owned(), words(direct));
    }
    graph.broken_rules()
}

#[test]
fn what_the_table_allows_is_allowed() {
    let broken = made_up(&[
        "toolgate-http: hyper-util rustls hyper-rustls serde",
        "toolgate-auth: toolgate-http | hyper-util rustls",
        "toolgate-store-sql: toolgate-auth sea-orm",
        "toolgate-store-sqlite: toolgate-store-sql toolgate-auth sea-orm | sqlx-sqlite libsqlite3-sys",
        "toolgate-ops: toolgate-store-sqlite | sea-orm sqlx-sqlite sqlx-postgres",
        "toolgate-framework:",
        "toolgate-model-rig: toolgate-framework toolgate-http rig-core",
        "xtask: toolgate-ops | sea-orm sqlx-sqlite",
    ]);
    assert_eq!(broken, [""; 0]);
}

fn check(package: &str, expected: &str) {
    // The last of a name counts, so that these are there unless the case is about them.
    let others = [
        "toolgate-http:",
        "toolgate-text:",
        "toolgate-testkit:",
        "xtask:",
    ];
    let packages: Vec<_> = others.into_iter().chain([package]).collect();
    assert_eq!(made_up(&packages), [expected], "{package}");
}

#[test]
fn a_manifest_that_names_too_much_is_told() {
    for (package, named) in [
        ("toolgate-auth", "toolgate-text"),
        ("toolgate-emulator", "toolgate-http"),
        ("toolgate-examples", "xtask"),
        ("toolgate-examples", "toolgate-testkit"),
    ] {
        check(
            &format!("{package}: {named}"),
            &format!("{package} must not need {named}"),
        );
    }
    for foreign in ["hyper-util", "hyper-rustls", "rustls", "tokio-rustls"] {
        check(
            &format!("toolgate-gmail: {foreign}"),
            &format!("toolgate-gmail must not name {foreign}"),
        );
    }
    check(
        "toolgate-new: serde",
        "toolgate-new has no arrows: add it to the table",
    );
}

#[test]
fn a_tree_that_holds_too_much_is_told() {
    for (package, foreign) in [
        ("toolgate-auth", "sea-orm"),
        ("toolgate-framework", "sea-orm"),
        ("toolgate-store-sqlite", "sqlx-postgres"),
        ("toolgate-store-postgres", "sqlx-sqlite"),
        ("toolgate-store-postgres", "libsqlite3-sys"),
        ("toolgate-store-sql", "sqlx-sqlite"),
        ("toolgate-migrations", "sqlx-postgres"),
        ("toolgate-ops", "sqlx-mysql"),
        ("toolgate-http", "reqwest"),
        ("toolgate-gmail", "aws-lc-rs"),
        ("toolgate-framework", "rig-core"),
        ("toolgate-model-rig", "aws-lc-sys"),
        ("toolgate-model-rig", "reqwest"),
        ("xtask", "aws-lc-sys"),
        ("xtask", "openssl"),
        ("xtask", "openssl-sys"),
        ("toolgate-examples", "native-tls"),
    ] {
        check(
            &format!("{package}: | {foreign}"),
            &format!("{foreign} must not be in the tree of {package}"),
        );
    }
}
