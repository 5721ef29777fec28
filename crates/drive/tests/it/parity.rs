//! Parity with agno's Drive tools: the same names, agno's arguments, the same effects; and what
//! differs is listed with the reason.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod content;
mod sides;

use serde_json::json;
use toolgate_emulator::Seed;

use crate::world::World;
use sides::Files;

toolgate_testkit::parity_suite!(
    Files,
    tools: 5,
    page: include_str!("../../../../docs/parity.md")
);

/// The queries that agno's own instructions show a model, and what of the seed each finds.
const SHOWN_BY_AGNO: [(&str, &[&str]); 9] = [
    ("name contains 'report'", &["d-report"]),
    ("name = 'Old plan.txt'", &[]),
    (
        "mimeType = 'application/vnd.google-apps.spreadsheet'",
        &["x-budget"],
    ),
    ("mimeType = 'application/pdf'", &[]),
    (
        "mimeType = 'application/vnd.google-apps.folder'",
        &["f-offsite"],
    ),
    (
        "modifiedTime > '2026-03-05T12:00:00'",
        &["t-team", "d-plan"],
    ),
    ("sharedWithMe", &["t-bob"]),
    ("starred", &["d-plan"]),
    (
        "'f-offsite' in parents and (name contains 'plan' or mimeType = 'text/plain')",
        &["d-plan", "x-budget", "t-taxi"],
    ),
];

#[tokio::test]
async fn queries_as_agnos_instructions_show_them_find_the_same_in_both_lists() {
    let seed = Seed::from_yaml(include_str!("../parity/drive-seed.yaml")).unwrap();
    let world = World::seeded(seed).await;
    for (query, expected) in SHOWN_BY_AGNO {
        for tool in ["search_files", "list_files"] {
            let found = world.done(tool, json!({"query": query})).await;
            let files = found["files"].as_array().unwrap().iter();
            let ids: Vec<&str> = files.map(|file| file["id"].as_str().unwrap()).collect();
            assert_eq!(ids, expected, "{tool}: {query}");
        }
    }
}
