//! The report: the sheet that has its numbers, its outline, and the steps of whoever makes it.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_emulator::{Seed, SeedAccount, SeedFile, SeedGrant};
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, ScriptedModel};
use toolgate_sheets::SheetsToolkit;
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::{Folders, Selection};

pub(crate) const TASK: &str =
    "Report what the offsite cost, with a picture and notes, and as a PDF.";
/// What was spent, as the sheet has it.
const COSTS: [(&str, u32); 4] = [
    ("Hotel", 1_640),
    ("Train", 720),
    ("Meals", 450),
    ("Boat", 160),
];
const PICTURE: &str = "1PictureOfTheBay";

/// Alice, and a picture in her Drive that anyone with the link may see.
pub(crate) fn seed() -> Seed {
    let mut alice = SeedAccount::new("alice@example.com", "Alice Example");
    alice.drive.files = vec![SeedFile {
        id: Some(PICTURE.to_owned()),
        name: "bay.png".to_owned(),
        mime_type: Some("image/png".to_owned()),
        base64: Some(STANDARD.encode(include_bytes!("bay.png"))),
        shared_with: vec![SeedGrant {
            role: "reader".to_owned(),
            ..SeedGrant::default()
        }],
        ..SeedFile::default()
    }];
    Seed {
        accounts: vec![alice],
    }
}

/// The address of that picture.
pub(crate) fn seeded_picture() -> String {
    format!("https://drive.google.com/file/d/{PICTURE}/view")
}

/// Whoever makes the report: the tools of two services, and a script in place of a language model.
pub(crate) async fn agent(
    google: &Google,
    folder: &Path,
    picture: Option<String>,
) -> anyhow::Result<Agent> {
    let sheets = Selection::only(["create_sheet", "update_sheet", "read_records"]);
    let slides = Selection::only([
        "create_from_outline",
        "get_slide_thumbnail",
        "export_presentation",
    ]);
    let slides = SlidesToolkit::new()
        .with_tools(slides)?
        .with_folders(Folders::new().with_write(folder)?)
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let sheets = SheetsToolkit::new()
        .with_tools(sheets)?
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let script = move |conversation: &Conversation<'_>| report(conversation, picture.as_deref());
    let agent = Agent::builder()
        .model(ScriptedModel::new("report", script))
        .database(MemoryDatabase::new())
        .toolkit(sheets)
        .toolkit(slides);
    Ok(agent.build().await?)
}

/// One step a turn, each from what the ones before it gave.
fn report(conversation: &Conversation<'_>, picture: Option<&str>) -> ModelReply {
    let result = |tool| conversation.result_of(tool).cloned().unwrap_or_default();
    let sheet = || result("create_sheet")["spreadsheet_id"].clone();
    match conversation.turn() {
        0 => ModelReply::call(
            "create_sheet",
            json!({"title": "Costs of the offsite", "tabs": ["Costs"]}),
        ),
        1 => {
            let costs = COSTS.map(|(what, euros)| json!([what, euros]));
            let rows: Vec<Value> = [json!(["What", "Euros"])]
                .into_iter()
                .chain(costs)
                .collect();
            let update = json!({"spreadsheet_id": sheet(), "range_name": "Costs!A1", "data": rows});
            ModelReply::call("update_sheet", update)
        }
        2 => ModelReply::call("read_records", json!({"spreadsheet_id": sheet()})),
        3 => {
            let outline = outline(&records(&result("read_records")), picture);
            ModelReply::call("create_from_outline", json!({"outline": outline}))
        }
        4 => saving(&result("create_from_outline")),
        _ => ModelReply::text(format!(
            "{} is ready: {}",
            result("create_from_outline")["title"],
            result("export_presentation")["name"]
        )),
    }
}

/// A picture of each slide, and all of them as PDF.
fn saving(deck: &Value) -> ModelReply {
    let id = &deck["presentation_id"];
    let export = json!({"presentation_id": id, "format": "pdf"});
    let slides = deck["slides"].as_array().into_iter().flatten().enumerate();
    slides.fold(
        ModelReply::call("export_presentation", export),
        |reply, (at, slide)| {
            let picture = json!({"presentation_id": id, "slide_id": slide["slide_id"],
                "filename": format!("slide {}", at + 1)});
            reply.and_call("get_slide_thumbnail", picture)
        },
    )
}

/// The rows of the sheet: what, and how much.
fn records(read: &Value) -> Vec<(String, u32)> {
    let lines = read["rows"].as_str().unwrap_or_default().lines();
    let rows = lines.filter_map(|line| {
        // The first column is the row's number.
        let mut cells = line.split(',').skip(1);
        Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?))
    });
    rows.collect()
}

/// The outline, with the sheet's numbers.
fn outline(costs: &[(String, u32)], picture: Option<&str>) -> String {
    let total: u32 = costs.iter().map(|(_, euros)| euros).sum();
    let (most, euros) = costs
        .iter()
        .max_by_key(|(_, euros)| *euros)
        .cloned()
        .unwrap_or_default();
    let share = (euros * 100).checked_div(total).unwrap_or(0);
    let rows = costs
        .iter()
        .map(|(what, euros)| format!("| {what} | {euros} |\n"));
    let rows = rows.collect::<Vec<_>>().concat();
    let picture = picture.map_or_else(String::new, |url| {
        format!("![A sail boat in the bay at sunset]({url})\n\n")
    });
    format!(
        "# Three days in Lisbon\n\nWhat the offsite cost, and what it brought\n\n\
         > Notes: Welcome everybody, and thank those who planned it.\n\n\
         ## In short\n\n\
         - **{total} euros** for twelve people\n  - {} euros for each of us\n\
         - {most}: {share} % of it\n  - booked late; next time in *January*\n\
         - Two plans are decided, and one is dropped\n\n\
         > Notes: Begin with the number, people ask for it first.\n\n\
         ## What it cost\n\n| What | Euros |\n| --- | --- |\n{rows}| Total | {total} |\n\n\
         > Notes: The numbers come from the sheet \"Costs of the offsite\".\n\n\
         ## What it brought\n\n\
         - Everybody met, many for the first time\n\
         - A plan for the spring that all agree on\n\
         - One evening on the water\n\n{picture}\
         > Notes: Tell of the evening on the boat.\n\n\
         # What comes next\n\n\
         ## Until the next one\n\n\
         1. Book the hotel in January\n2. Vote on the place\n3. Answer the [questions](https://forms.example/offsite)\n\n\
         > Notes: Ask who would plan the next one.\n",
        total / 12
    )
}
