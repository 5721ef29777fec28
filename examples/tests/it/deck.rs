//! A whole task: an outline and a sheet's numbers become an illustrated presentation with notes, pictures and a PDF.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

#[path = "../../slides_from_outline/report.rs"]
mod report;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use toolgate_emulator::Emulator;
use toolgate_examples::Google;
use toolgate_framework::RunContext;
use toolgate_http::HttpClient;

/// What Google itself has of a presentation.
async fn deck(emulator: &Emulator, id: &str) -> Value {
    let token = emulator.issue_token(
        "alice@example.com",
        &["https://www.googleapis.com/auth/presentations"],
    );
    let request = http::Request::get(format!("{}v1/presentations/{id}", emulator.base_url()))
        .header("authorization", format!("Bearer {token}"))
        .body(Vec::new());
    let http = HttpClient::new().unwrap();
    let answer = http.send(request.unwrap(), Duration::from_secs(10)).await;
    serde_json::from_slice(answer.unwrap().body()).unwrap()
}

/// All that an element says, cell by cell.
fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let content = members.get("textRun").and_then(|it| it["content"].as_str());
            all.extend(content.map(|it| it.trim().to_owned()));
            members.values().for_each(|it| texts(it, all));
        }
        Value::Array(items) => items.iter().for_each(|it| texts(it, all)),
        _ => {}
    }
}

fn said(value: &Value) -> Vec<String> {
    let mut all = Vec::new();
    texts(value, &mut all);
    all.retain(|it| !it.is_empty());
    all
}

fn elements<'a>(slide: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let elements = slide["pageElements"].as_array().unwrap().iter();
    elements.filter(move |it| it.get(kind).is_some())
}

#[tokio::test]
async fn an_outline_and_a_sheets_numbers_become_an_illustrated_deck_with_notes_and_a_pdf() {
    let google = Google::with(report::seed()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let picture = Some(report::seeded_picture());
    let agent = report::agent(&google, folder.path(), picture)
        .await
        .unwrap();
    let outcome = agent.run(RunContext::anonymous(), report::TASK).await;
    assert!(outcome.unwrap().to_string().contains("is ready"));

    let emulator = google.emulator().unwrap();
    let requests = emulator.requests();
    let exported = requests.iter().find(|it| it.path.ends_with("/export"));
    let id = exported.unwrap().path.split('/').nth(4).unwrap();
    let deck = deck(emulator, id).await;
    let slides = deck["slides"].as_array().unwrap();
    assert_eq!(slides.len(), 6);

    // The numbers of the sheet, and their total, each in its cell.
    let table = elements(&slides[2], "table").next().unwrap();
    assert_eq!(
        said(table),
        [
            "What", "Euros", "Hotel", "1640", "Train", "720", "Meals", "450", "Boat", "160",
            "Total", "2970"
        ]
    );
    assert!(
        said(&slides[1])
            .join(" ")
            .contains("2970 euros for twelve people")
    );
    // The picture, with what it shows for those who cannot see it, within the page.
    let image = elements(&slides[3], "image").next().unwrap();
    assert_eq!(image["description"], "A sail boat in the bay at sunset");
    assert!(
        image["image"]["sourceUrl"]
            .as_str()
            .unwrap()
            .contains("1PictureOfTheBay")
    );
    // Notes on every slide but the section's.
    let notes = slides
        .iter()
        .map(|it| said(&it["slideProperties"]["notesPage"]).len());
    assert_eq!(notes.collect::<Vec<_>>(), [1, 1, 1, 1, 0, 1]);

    let mut files = BTreeSet::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        files.insert(file.unwrap().file_name().into_string().unwrap());
    }
    let pictures = (1..=6).map(|number| format!("slide {number}.png"));
    let pdf = "Three days in Lisbon.pdf".to_owned();
    assert_eq!(files, pictures.chain([pdf.clone()]).collect());
    let pdf = std::fs::read(folder.path().join(pdf)).unwrap();
    let pages = String::from_utf8_lossy(&pdf)
        .matches("/Type /Page ")
        .count();
    assert_eq!(pages, slides.len());
    // Pictures of different slides are different ones.
    let read = |number: usize| std::fs::read(folder.path().join(format!("slide {number}.png")));
    let distinct: BTreeSet<Vec<u8>> = (1..=6).map(|number| read(number).unwrap()).collect();
    assert_eq!(distinct.len(), 6);
}
