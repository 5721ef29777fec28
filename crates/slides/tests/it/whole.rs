//! Results are bounded, lose nothing, and are a fraction of Google's own answer.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use toolgate_emulator::{Seed, SeedAccount};

use crate::seed::{DECK, deck};
use crate::world::{ALICE, World, all_tools, size, unfenced};

/// A presentation of so many slides with so many lines of text each, and notes.
fn long(slides: usize, count: usize) -> Seed {
    let slide = |number: usize| {
        let line = |at: usize| format!("line {at} of slide {number} says \"something\" of its own");
        let lines: Vec<String> = (0..count).map(line).collect();
        let notes = "notes that the speaker reads aloud ".repeat(count + count / 2);
        format!(
            "Title {number}\n{}\nNotes:\n{notes}{number}",
            lines.join("\n")
        )
    };
    let slides: Vec<String> = (1..=slides).map(slide).collect();
    let slides: Vec<&str> = slides.iter().map(String::as_str).collect();
    let mut alice = SeedAccount::new(ALICE, "Alice Example");
    alice.drive.files = vec![deck(DECK, "Long", &slides)];
    Seed {
        accounts: vec![alice],
    }
}

/// All texts that pages show, by slide and member, joined where they are continued.
fn said(pages: &[Value]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for slide in pages.iter().flat_map(|it| it["slides"].as_array().unwrap()) {
        let id = slide["slide_id"].as_str().unwrap();
        let mut add = |name: String, text: &Value| {
            if text.is_string() {
                let said: &mut String = all.entry(name).or_default();
                said.push_str(&unfenced(text));
            }
        };
        add(format!("{id} text"), &slide["text"]);
        add(format!("{id} notes"), &slide["notes"]);
        for element in slide["elements"].as_array().into_iter().flatten() {
            add(element["id"].as_str().unwrap().to_owned(), &element["text"]);
        }
    }
    all
}

#[tokio::test]
async fn the_pages_of_every_reading_together_are_the_whole_and_each_fits() {
    let world = World::seeded(long(20, 8)).await;
    for tool in [
        "get_presentation",
        "read_all_text",
        "get_speaker_notes",
        "get_presentation_metadata",
    ] {
        let whole = all_tools().with_result_budget(1_000_000);
        let arguments = json!({"presentation_id": DECK});
        let whole = world
            .call_under(wide(), whole, tool, arguments)
            .await
            .unwrap();
        assert_eq!(whole.get("next_page_token"), None, "{tool}");
        let small = all_tools().with_result_budget(4_000);
        let mut pages = Vec::new();
        let mut arguments = json!({"presentation_id": DECK});
        loop {
            let page = world
                .call_of(&small, tool, arguments.clone())
                .await
                .unwrap();
            assert!(size(&page) <= 4_000, "{tool} {}", size(&page));
            let next = page["next_page_token"].clone();
            pages.push(page);
            if next.is_null() {
                break;
            }
            arguments["page_token"] = next;
        }
        assert!(pages.len() > 1, "{tool}");
        let ids = |pages: &[Value]| -> Vec<Value> {
            let slides = pages.iter().flat_map(|it| it["slides"].as_array().unwrap());
            let mut ids: Vec<Value> = slides.map(|it| it["slide_id"].clone()).collect();
            ids.dedup();
            ids
        };
        assert_eq!(ids(&pages), ids(std::slice::from_ref(&whole)), "{tool}");
        assert_eq!(said(&pages), said(&[whole]), "{tool}");
    }
}

#[tokio::test]
async fn a_presentation_of_five_hundred_slides_is_read_to_its_end() {
    let world = World::seeded(long(500, 1)).await;
    for tool in ["get_presentation", "read_all_text"] {
        let mut arguments = json!({"presentation_id": DECK});
        let mut pages = Vec::new();
        loop {
            let page = world.call(tool, arguments.clone()).await.unwrap();
            assert!(size(&page) <= 20_000, "{tool} {}", size(&page));
            arguments["page_token"] = page["next_page_token"].clone();
            pages.push(page);
            if arguments["page_token"].is_null() {
                break;
            }
        }
        let said = said(&pages);
        let notes = said.iter().filter(|(name, _)| name.ends_with("notes"));
        assert_eq!(notes.count(), 500, "{tool}");
        let last = said
            .iter()
            .find(|(name, _)| name.as_str() == "slide_500 notes");
        assert!(last.unwrap().1.ends_with("500"), "{tool}");
        assert_eq!(pages[0]["slide_count"], 500);
    }
}

fn wide() -> toolgate_toolkit::Pipeline {
    toolgate_toolkit::Pipeline::new().with_result_budget(1_000_000)
}

#[tokio::test]
async fn a_presentation_as_a_model_gets_it_is_half_of_googles_answer_at_most_and_says_as_much() {
    let world = World::seeded(long(20, 8)).await;
    let raw = world
        .google(ALICE, &format!("v1/presentations/{DECK}"))
        .await;
    let whole = all_tools().with_result_budget(1_000_000);
    let arguments = json!({"presentation_id": DECK});
    let ours = world
        .call_under(wide(), whole, "get_presentation", arguments)
        .await
        .unwrap();
    assert!(
        size(&ours) * 2 <= size(&raw),
        "{} {}",
        size(&ours),
        size(&raw)
    );
    let texts = said(&[ours]);
    for slide in raw["slides"].as_array().unwrap() {
        for element in slide["pageElements"].as_array().unwrap() {
            let id = element["objectId"].as_str().unwrap();
            let parts = element["shape"]["text"]["textElements"]
                .as_array()
                .into_iter()
                .flatten();
            for run in parts.filter_map(|it| it["textRun"]["content"].as_str()) {
                assert!(texts[id].contains(run.trim()), "{id} {run}");
            }
        }
    }
}
