//! Outlines and templates as people write them: what cannot be done is told, and costs nothing of the rest.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, Seed, SeedAccount};

use crate::golden::BATCH;
use crate::seed::{PRIVATE, PUBLIC, TEMPLATE, deck, office};
use crate::world::{ALICE, World, unfenced};

fn link(id: &str) -> String {
    format!("https://drive.google.com/file/d/{id}/view")
}

async fn outlined(world: &World, outline: &str) -> (Value, Vec<Value>) {
    let made = world
        .done("create_from_outline", json!({"outline": outline}))
        .await;
    let read = json!({"presentation_id": made["presentation_id"]});
    let deck = world.done("get_presentation", read).await;
    (made, deck["slides"].as_array().unwrap().clone())
}

fn warnings(made: &Value) -> Vec<String> {
    let all = made["warnings"].as_array().into_iter().flatten();
    all.map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_image_that_google_cannot_fetch_is_told_and_the_rest_is_there() {
    let world = World::office().await;
    let outline = format!(
        "# Maps\n\n## Public\n\n![ours]({})\n\n## Private\n\n![theirs]({})\n\n> Notes: look\n",
        link(PUBLIC),
        link(PRIVATE)
    );
    let (made, slides) = outlined(&world, &outline).await;
    let told = warnings(&made);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("slide 3: the image") && told[0].contains(PRIVATE),
        "{told:?}"
    );
    assert!(
        made["slides"][1]["source_urls"][0]
            .as_str()
            .unwrap()
            .contains(PUBLIC)
    );
    let images = slides.iter().map(|slide| {
        let elements = slide["elements"].as_array().unwrap().iter();
        elements.filter(|it| it["kind"] == "image").count()
    });
    assert_eq!(images.collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(unfenced(&slides[2]["notes"]), "look");
    let permissions = format!("drive/v3/files/{PRIVATE}/permissions?fields=permissions(type)");
    let permissions = world.google(ALICE, &permissions).await;
    assert_eq!(permissions["permissions"], json!([{"type": "user"}]));
}

#[tokio::test]
async fn a_link_that_is_no_web_address_stays_a_text() {
    let world = World::office().await;
    let outline = "## Links\n\nsee [the plan](plan.md), [below](#costs), [me](javascript:x) and [site](https://a.example/)\n";
    let (made, slides) = outlined(&world, outline).await;
    let told = warnings(&made);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].contains("`plan.md`") && told[2].contains("`javascript:x`"),
        "{told:?}"
    );
    let body = slides[0]["elements"].as_array().unwrap();
    let body = body.iter().find(|it| it["placeholder"] == "BODY").unwrap();
    assert_eq!(
        unfenced(&body["text"]),
        "see the plan, below, me and [site](https://a.example/)"
    );
}

#[tokio::test]
async fn more_than_a_slide_shows_is_told_by_its_number() {
    let world = World::office().await;
    let long = "word ".repeat(200);
    let list = "- item\n".repeat(13);
    let table = format!("| a | b |\n| --- | --- |\n{}", "| 1 | 2 |\n".repeat(11));
    let half = format!("{}\n\n![x]({})", "word ".repeat(100), link(PUBLIC));
    let fine = "word ".repeat(100);
    let outline = format!(
        "## A\n\n{long}\n\n## B\n\n{list}\n\n## C\n\n{table}\n\n## D\n\n{half}\n\n## E\n\n{fine}\n"
    );
    let (made, slides) = outlined(&world, &outline).await;
    let told = warnings(&made);
    let starts: Vec<&str> = told.iter().map(|it| &it[..8]).collect();
    assert_eq!(
        starts,
        ["slide 1:", "slide 2:", "slide 3:", "slide 4:"],
        "{told:?}"
    );
    assert_eq!(slides.len(), 5);
}

#[tokio::test]
async fn numbered_lists_code_and_empty_headings_become_what_google_takes() {
    let world = World::office().await;
    let outline =
        "# \n\nNo title here\n\n## Steps\n\n1. one\n2. two\n   1. inner\n\n```\nlet x = 1;\n```\n";
    let (made, slides) = outlined(&world, outline).await;
    assert_eq!((warnings(&made).len(), slides.len()), (0, 2), "{made}");
    let all = slides[1]["elements"].as_array().unwrap();
    let body = all.iter().find(|it| it["placeholder"] == "BODY").unwrap();
    let text = unfenced(&body["text"]);
    assert!(text.starts_with("1. one\n2. two\n  a. inner\n"), "{text}");
    let path = format!(
        "v1/presentations/{}",
        made["presentation_id"].as_str().unwrap()
    );
    let raw = world.google(ALICE, &path).await.to_string();
    assert!(raw.contains("Courier New"), "{raw}");
}

/// A template with placeholders everywhere: in a title, in a text of two styles, in a table, in notes.
fn template() -> Seed {
    let mut seed = office();
    seed.accounts = vec![SeedAccount::new(ALICE, "Alice Example")];
    seed.accounts[0].drive.files = vec![deck(
        TEMPLATE,
        "Offer",
        &[
            "Offer for {{name}}\nOn {{date}}",
            "Prices\n| For | Price |\n| {{name}} | {{price}} |\nNotes:\nGreet {{name}}, then {{date}}",
            "Dear {{name}}\nYours for {{price}}, {{signature}}",
        ],
    )];
    seed
}

#[tokio::test]
async fn ten_recipients_each_get_their_own_values_everywhere_and_nobody_elses() {
    let world = World::seeded(template()).await;
    // A placeholder of two styles is one all the same.
    let styled = json!({"updateTextStyle": {"objectId": "slide_1_title", "fields": "bold", "style": {"bold": true},
        "textRange": {"type": "FIXED_RANGE", "startIndex": 10, "endIndex": 15}}});
    world.change(TEMPLATE, &[styled]).await;
    let whole = async |id: &str| world.google(ALICE, &format!("v1/presentations/{id}")).await;
    let before = whole(TEMPLATE).await;
    let person = |number: usize| (format!("Person-{number}!"), format!("{number}00 euros"));
    let mut made = Vec::new();
    for number in 0..10 {
        let (name, price) = person(number);
        let merged = world
            .done("create_from_template", json!({"template_id": TEMPLATE, "title": format!("Offer for {name}"),
                "replacements": [{"placeholder": "{{name}}", "text": name}, {"placeholder": "{{price}}", "text": price},
                    {"placeholder": "{{date}}", "text": "May 3"}, {"placeholder": "{{colour}}", "text": "red"}]}))
            .await;
        assert_eq!(merged["not_found"], json!(["{{colour}}"]));
        assert_eq!(merged["unfilled"], json!(["{{signature}}"]), "{merged}");
        let times = merged["replaced"].as_array().unwrap();
        let name = times
            .iter()
            .find(|it| it["placeholder"] == "{{name}}")
            .unwrap();
        assert_eq!(name["times"], 4);
        made.push(merged["presentation_id"].as_str().unwrap().to_owned());
    }
    let distinct: std::collections::BTreeSet<&String> = made.iter().collect();
    assert_eq!(distinct.len(), 10);
    for (number, id) in made.iter().enumerate() {
        let read = world
            .done("read_all_text", json!({"presentation_id": id}))
            .await;
        let slides = read["slides"].as_array().unwrap();
        let (name, price) = person(number);
        assert_eq!(
            unfenced(&slides[0]["text"]),
            format!("Offer for {name}\n\nOn May 3")
        );
        let table = unfenced(&slides[1]["text"]);
        assert!(table.ends_with(&format!("| {name} | {price} |")), "{table}");
        assert_eq!(
            unfenced(&slides[1]["notes"]),
            format!("Greet {name}, then May 3")
        );
        let copy = whole(id).await.to_string();
        for other in (0..10).filter(|it| *it != number) {
            let (name, price) = person(other);
            assert!(
                !copy.contains(&name) && !copy.contains(&format!("\"{price}")),
                "{number} {other}"
            );
        }
    }
    let mut after = whole(TEMPLATE).await;
    after["revisionId"] = before["revisionId"].clone();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_copy_whose_placeholders_may_be_filled_is_told_as_that_and_by_its_id() {
    let world = World::office().await;
    let cut = FaultAction::DropConnection {
        at: toolgate_emulator::FaultPoint::After,
    };
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(cut).on_method(BATCH));
    let down = FaultAction::status_with_reason(403, "domainPolicy");
    faults.add(FaultRule::new(down).on_method("slides.presentations.get"));
    let merge = json!({"template_id": TEMPLATE, "title": "Offer", "replacements": [{"placeholder": "{{name}}", "text": "Ada"}]});
    let error = world.call("create_from_template", merge).await.unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    let told = error.message();
    assert!(
        told.contains("the copy `") && !told.contains("none of its placeholders"),
        "{told}"
    );
}
