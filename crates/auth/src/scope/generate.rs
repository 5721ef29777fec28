//! Holds `table.rs` to Google's discovery documents, and writes it on request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::excluded::{At, EXCLUSIONS, PREFIX, is_counted};

const DOCUMENTS: [&str; 6] = [
    "calendar.v3.json",
    "drive.v3.json",
    "gmail.v1.json",
    "oauth2.v2.json",
    "sheets.v4.json",
    "slides.v1.json",
];

type Methods = BTreeMap<String, BTreeSet<String>>;

/// Every method of the documents with the scopes they list.
fn documented() -> Methods {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../emulator/discovery");
    let mut methods = Methods::new();
    for name in DOCUMENTS {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        walk(&serde_json::from_str(&text).unwrap(), &mut methods);
    }
    methods
}

fn walk(resource: &Value, methods: &mut Methods) {
    let children = |name| resource.get(name).and_then(Value::as_object).into_iter();
    for method in children("methods").flat_map(serde_json::Map::values) {
        let scopes = method.get("scopes").and_then(Value::as_array);
        let scopes = scopes.into_iter().flatten().filter_map(Value::as_str);
        let id = method["id"].as_str().unwrap().to_owned();
        methods.insert(id, scopes.map(str::to_owned).collect());
    }
    for child in children("resources").flat_map(serde_json::Map::values) {
        walk(child, methods);
    }
}

/// The ids that an exclusion names, uses of a method (`id?use`) included.
fn named_ids() -> impl Iterator<Item = &'static str> {
    EXCLUSIONS
        .iter()
        .flat_map(|exclusion| match exclusion.at {
            At::Everywhere => &[],
            At::Only(ids) | At::Except(ids) => ids,
        })
        .copied()
}

/// What the table should hold.
fn wanted() -> Methods {
    let mut methods = documented();
    for id in named_ids().filter(|id| id.contains('?')) {
        let (method, _) = id.split_once('?').unwrap();
        let scopes = methods[method].clone();
        methods.insert(id.to_owned(), scopes);
    }
    for (id, scopes) in &mut methods {
        scopes.retain(|scope| is_counted(scope, id));
    }
    methods
}

fn constant(scope: &str) -> String {
    let short = scope.strip_prefix(PREFIX).unwrap_or(scope);
    let short = short.trim_start_matches("https://").trim_end_matches('/');
    short.to_uppercase().replace('.', "_")
}

fn render(methods: &Methods) -> String {
    let mut text = String::from(
        "//! Which scopes Google accepts for each method. Generated from the discovery documents less\n\
         //! `excluded.rs`: run `UPDATE_EXPECT=1 cargo test -p toolgate-auth` after a change of either.\n\n",
    );
    let scopes: BTreeSet<&String> = methods.values().flatten().collect();
    for scope in scopes {
        let line = format!("const {}: &str = \"{scope}\";", constant(scope));
        if line.len() > 100 {
            writeln!(text, "const {}: &str =\n    \"{scope}\";", constant(scope)).unwrap();
        } else {
            writeln!(text, "{line}").unwrap();
        }
    }
    text.push_str(
        "\n/// The methods in the order of their ids, each with the scopes that count for it.\n\
         #[rustfmt::skip]\n\
         pub(super) const METHODS: &[(&str, &[&str])] = &[\n",
    );
    for (id, scopes) in methods {
        let names: Vec<_> = scopes.iter().map(|scope| constant(scope)).collect();
        writeln!(text, "    (\"{id}\", &[{}]),", names.join(", ")).unwrap();
    }
    text.push_str("];\n");
    text
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the switch that lets this test write the file it checks"
)]
fn the_table_is_what_the_discovery_documents_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scope/table.rs");
    let wanted = render(&wanted());
    if std::env::var("UPDATE_EXPECT").is_ok_and(|value| value == "1") {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == wanted,
        "src/scope/table.rs differs from the discovery documents less src/scope/excluded.rs; run \
         `UPDATE_EXPECT=1 cargo test -p toolgate-auth the_table_is` and review what changed"
    );
}

#[test]
fn every_method_keeps_a_scope() {
    for (id, scopes) in wanted() {
        assert!(!scopes.is_empty() || id == "oauth2.tokeninfo", "{id}");
    }
}

#[test]
fn every_exclusion_says_why_and_meets_something() {
    let documented = documented();
    let uses = wanted();
    for id in named_ids() {
        let met = uses
            .keys()
            .any(|key| key == id || (id.ends_with('.') && key.starts_with(id)));
        assert!(met, "{id} is no method");
    }
    for exclusion in EXCLUSIONS {
        assert!(!exclusion.reason.is_empty());
        for scope in exclusion.scopes {
            let url = format!("{PREFIX}{scope}");
            assert!(documented.values().any(|s| s.contains(&url)), "{scope}");
        }
    }
}
