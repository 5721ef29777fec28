//! What spreadsheets a person has at one moment, read without either toolkit.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use toolgate_testkit::parity::{Facts, Said, changes};

use crate::seed::BOB;
use crate::world::{ALICE, World};

/// All spreadsheets of a person, and the mails that Bob has.
pub(super) struct Content {
    /// By id.
    books: BTreeMap<String, Facts>,
    mails: usize,
}

impl Content {
    pub(super) async fn of(world: &World) -> Self {
        let list = "drive/v3/files?fields=files(id,name,permissions(role,emailAddress))";
        let list = world.google(ALICE, list).await;
        let mut books = BTreeMap::new();
        for file in list["files"].as_array().unwrap() {
            let id = file["id"].as_str().unwrap();
            let mut facts = Facts::from([("name".to_owned(), file["name"].clone())]);
            let people = file["permissions"].as_array().unwrap().iter();
            let people = people.map(|it| format!("{} {}", it["role"], it["emailAddress"]));
            let mut people: Vec<String> = people.collect();
            people.sort_unstable();
            facts.insert("people".to_owned(), json!(people));
            facts.extend(cells(world, id).await);
            books.insert(id.to_owned(), facts);
        }
        let mails = world.google(BOB, "gmail/v1/users/me/messages").await;
        let mails = mails["messages"].as_array().map_or(0, Vec::len);
        Self { books, mails }
    }

    /// What changed since then.
    pub(super) fn changes_since(&self, before: &Self) -> Facts {
        let mut facts = changes("spreadsheet", &before.books, &self.books);
        let mails = self.mails - before.mails;
        facts.extend((mails > 0).then(|| ("mails to others".to_owned(), json!(mails))));
        facts
    }

    /// What of these spreadsheets, and which of these texts, an answer shows.
    pub(super) fn shown(&self, said: &Said, before: &Self, texts: &[String]) -> Facts {
        let names = self
            .books
            .values()
            .filter_map(|it| it.get("name")?.as_str());
        let mut facts = said.shows(BTreeMap::from([
            ("names", names.map(str::to_owned).collect()),
            ("texts", texts.to_vec()),
        ]));
        let known = |id: &str| before.books.contains_key(id);
        facts.extend(said.shows_ids(self.books.keys(), known));
        facts
    }
}

/// What was entered into the tabs of a spreadsheet.
async fn cells(world: &World, id: &str) -> Facts {
    let cells = world.cells(id).await;
    let mut facts = Facts::new();
    for tab in cells["sheets"].as_array().unwrap() {
        let rows = tab["data"][0]["rowData"].as_array().into_iter().flatten();
        for (number, row) in (1..).zip(rows) {
            let cells = row["values"].as_array().into_iter().flatten();
            let cells: Vec<&Value> = cells.map(|it| &it["userEnteredValue"]).collect();
            if cells.iter().any(|it| !it.is_null()) {
                facts.insert(
                    format!("{} {number}", tab["properties"]["title"]),
                    json!(cells),
                );
            }
        }
    }
    facts
}
