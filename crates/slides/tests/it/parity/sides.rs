//! The same call on each side, each against a Drive of its own, and what is known of it afterwards.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_testkit::parity::{Agno, AgnoCall, Facts, OwnTool, Parity, Said, Side, changes};
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::world::{ALICE, DRIVE, PRESENTATIONS, World, all_tools};

/// What Google calls a presentation.
const KIND: &str = "application/vnd.google-apps.presentation";

/// Alice's presentations.
pub(super) struct Decks {
    world: World,
    before: BTreeMap<String, Facts>,
}

#[async_trait]
impl Side for Decks {
    fn parity() -> Parity {
        let fixture = include_str!("../../parity/slides.json");
        Parity::new("slides", fixture, env!("CARGO_TARGET_TMPDIR"))
    }

    fn tools() -> BTreeMap<String, OwnTool> {
        let tools = all_tools().tools().into_iter();
        let tools = tools.map(|tool| {
            let spec = tool.spec();
            // It changes nothing of Google's: its risk is that of the file that it may save.
            let saves = spec.name == "get_slide_thumbnail";
            let (schema, reads) = (spec.input_schema.clone(), saves || spec.risk == Risk::Read);
            (spec.name.to_owned(), OwnTool { schema, reads })
        });
        tools.collect()
    }

    async fn fresh() -> Self {
        let world = World::office().await;
        let before = content(&world).await;
        Self { world, before }
    }

    fn agnos(&self, agno: &mut Agno, tool: &str, arguments: &Value) -> Said {
        let scopes = [DRIVE, PRESENTATIONS];
        Said::by_agno(agno.call(AgnoCall {
            toolkit: "slides",
            root: self.world.emulator.base_url().as_str(),
            token: &self.world.emulator.issue_token(ALICE, &scopes),
            options: &json!({}),
            tool,
            arguments,
        }))
    }

    async fn ours(&self, tool: &str, arguments: &Value) -> Said {
        let said = self.world.call(tool, arguments.clone()).await;
        Said::by_ours(said.map_err(|error| error.to_json()))
    }

    async fn facts(&self, said: &Said, texts: &[String]) -> Facts {
        let after = content(&self.world).await;
        let mut facts = changes("presentation", &self.before, &after);
        let names = after.values().filter_map(|it| it["name"].as_str());
        facts.extend(said.shows(BTreeMap::from([
            ("names", names.map(str::to_owned).collect()),
            ("texts", texts.to_vec()),
        ])));
        let known = |id: &str| self.before.contains_key(id);
        facts.extend(said.shows_ids(after.keys(), known));
        facts
    }
}

/// All presentations by id: the name, and each slide by what is on it.
async fn content(world: &World) -> BTreeMap<String, Facts> {
    let q = format!("q=mimeType%3D'{KIND}'&fields=files(id,name,trashed)");
    let list = world.google(ALICE, &format!("drive/v3/files?{q}")).await;
    let mut all = BTreeMap::new();
    for file in list["files"].as_array().unwrap() {
        let id = file["id"].as_str().unwrap();
        let deck = world.google(ALICE, &format!("v1/presentations/{id}")).await;
        let mut facts = Facts::from([("name".to_owned(), file["name"].clone())]);
        if file["trashed"] == true {
            facts.insert("trashed".to_owned(), json!(true));
        }
        for (at, slide) in deck["slides"].as_array().into_iter().flatten().enumerate() {
            facts.insert(format!("slide {}", at + 1), described(slide));
        }
        all.insert(id.to_owned(), facts);
    }
    all
}

/// A slide without the ids that each side chooses anew.
fn described(slide: &Value) -> Value {
    let elements = slide["pageElements"].as_array().into_iter().flatten();
    let mut shown: Vec<String> = elements.map(element).collect();
    let fill = &slide["pageProperties"]["pageBackgroundFill"]["stretchedPictureFill"];
    if fill.is_object() {
        shown.push("a picture behind".to_owned());
    }
    shown.join("; ").into()
}

fn element(element: &Value) -> String {
    let text = |content: &Value| {
        let parts = content["textElements"].as_array().into_iter().flatten();
        let runs = parts.filter_map(|it| it["textRun"]["content"].as_str());
        runs.collect::<String>().trim_end().to_owned()
    };
    let shape = &element["shape"];
    let kind = shape["placeholder"]["type"].as_str();
    let kind = kind
        .or_else(|| shape["shapeType"].as_str())
        .unwrap_or("other");
    if let Some(video) = element["video"]["id"].as_str() {
        return format!("video {video}");
    }
    let rows = element["table"]["tableRows"].as_array();
    let cells = rows.into_iter().flatten().map(|row| {
        let cells = row["tableCells"].as_array().into_iter().flatten();
        cells
            .map(|it| text(&it["text"]))
            .collect::<Vec<_>>()
            .join(", ")
    });
    let cells = cells.collect::<Vec<_>>().join(" / ");
    format!("{kind} {}{cells}", text(&shape["text"]))
        .trim_end()
        .to_owned()
}
