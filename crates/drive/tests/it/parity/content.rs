//! What is in a person's Drive at one moment, read without either toolkit.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use toolgate_testkit::parity::{Facts, Said, changes};

use crate::world::World;

/// What is known of a file as Google has it.
const MEMBERS: [&str; 4] = ["name", "mimeType", "description", "trashed"];
/// Everything that Alice sees.
const ALL: &str =
    "files?fields=*&corpora=allDrives&includeItemsFromAllDrives=true&supportsAllDrives=true";

/// Everything that a person sees in Drive.
pub(super) struct Content {
    /// By id.
    files: BTreeMap<String, Facts>,
    links: Vec<String>,
    owners: Vec<String>,
}

impl Content {
    pub(super) async fn of(world: &World) -> Self {
        let list = parsed(&world.answer(ALL).await);
        let listed = list["files"].as_array().unwrap();
        let names = listed.iter().map(|file| (&file["id"], &file["name"]));
        let names: Vec<(&Value, &Value)> = names.collect();
        let mut content = Self {
            files: BTreeMap::new(),
            links: Vec::new(),
            owners: Vec::new(),
        };
        for file in listed {
            let mut facts = described(file, &names);
            if let Some(text) = text_of(world, file).await {
                facts.insert("content".to_owned(), text.into());
            }
            content.files.insert(text(&file["id"]), facts);
            let owners = file["owners"].as_array().into_iter().flatten();
            let owners = owners.map(|owner| text(&owner["emailAddress"]));
            content.owners.extend(owners);
            content.links.push(text(&file["webViewLink"]));
        }
        content
    }

    /// What changed since then.
    pub(super) fn changes_since(&self, before: &Self) -> Facts {
        changes("file", &before.files, &self.files)
    }

    /// What of these files, and which of these texts, an answer shows.
    pub(super) fn shown(&self, said: &Said, before: &Self, texts: &[String]) -> Facts {
        let all = |fact: &str| {
            let facts = self.files.values().filter_map(|file| file.get(fact));
            facts.map(text).collect::<Vec<_>>()
        };
        let mut facts = said.shows(BTreeMap::from([
            ("descriptions", all("description")),
            ("kinds", all("mimeType")),
            ("links", self.links.clone()),
            ("names", all("name")),
            ("owners", self.owners.clone()),
            ("texts", texts.to_vec()),
        ]));
        let known = |id: &str| before.files.contains_key(id);
        facts.extend(said.shows_ids(self.files.keys(), known));
        facts
    }
}

/// A file without what is another each time, such as its times.
fn described(file: &Value, names: &[(&Value, &Value)]) -> Facts {
    let known = MEMBERS.map(|name| (name, file[name].clone()));
    let parents = file["parents"].as_array().into_iter().flatten();
    // What is in no folder of the list is in the root, whose id is another for each account.
    let folder = |id: &Value| {
        names
            .iter()
            .find(|(it, _)| *it == id)
            .map(|it| it.1.clone())
    };
    let parents: Vec<Value> = parents.filter_map(folder).collect();
    let people = file["permissions"].as_array().into_iter().flatten();
    let mut people: Vec<String> = people
        .map(|it| format!("{} {}", text(&it["role"]), text(&it["emailAddress"])))
        .collect();
    people.sort();
    let facts = known.into_iter();
    let facts = facts.chain([("folders", json!(parents)), ("people", json!(people))]);
    facts
        .filter(|(_, it)| !matches!(it, Value::Null | Value::Bool(false)) && *it != json!([]))
        .map(|(name, it)| (name.to_owned(), it))
        .collect()
}

/// What is in a file of text, or what is read in a document.
async fn text_of(world: &World, file: &Value) -> Option<String> {
    let id = text(&file["id"]);
    let path = match file["mimeType"].as_str()? {
        "application/vnd.google-apps.document" => format!("files/{id}/export?mimeType=text/plain"),
        kind if kind.starts_with("text/") => format!("files/{id}?alt=media&supportsAllDrives=true"),
        _ => return None,
    };
    Some(String::from_utf8(world.answer(&path).await).unwrap())
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
