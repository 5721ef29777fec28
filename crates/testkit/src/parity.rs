//! Parity with agno's tools: agno's own code beside ours, and a fixture that lists what differs.
//!
//! A toolkit's tests bring the fixture, an emulated content, and what is to be known of it after a
//! call, as a [`Side`]; the rest is the same for all toolkits, and [`parity_suite!`](crate::parity_suite)
//! makes tests of it.

mod agno;
mod fixture;
mod page;
mod said;
mod side;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, mem,
    path::{Path, PathBuf},
};

pub use agno::{Agno, AgnoCall};
pub use fixture::{Difference, Differences, Entry, Facts, SHOWN, differences};
use fixture::{Fixture, Part};
pub use said::Said;
pub use side::{OwnTool, Side, changes, files_in, filled, found};

/// A toolkit of agno's and its namesake of ours.
#[derive(Debug)]
pub struct Parity {
    toolkit: &'static str,
    fixture: Fixture,
    /// Where the fixture and the page are left as they would have to be.
    drafts: PathBuf,
}

impl Parity {
    /// Of the toolkit that agno has under this name; `drafts` is a folder for what a failed check
    /// leaves.
    pub fn new(toolkit: &'static str, fixture: &str, drafts: &str) -> Self {
        Self {
            toolkit,
            fixture: serde_json::from_str(fixture).unwrap(),
            drafts: drafts.into(),
        }
    }

    /// Agno's tools by name.
    pub fn tools(&self) -> &BTreeMap<String, Entry> {
        &self.fixture.tools
    }

    /// Texts of the emulated content by which it is seen what a result shows.
    pub fn texts(&self) -> &[String] {
        &self.fixture.texts
    }

    /// The fixture's parameters are those that agno shows a model.
    pub fn check_parameters(&self, agno: &mut Agno) {
        let told = agno.parameters(self.toolkit);
        assert_eq!(told["version"], self.fixture.agno);
        let held = self.tools().iter();
        let held: BTreeMap<_, _> = held.map(|(name, it)| (name, &it.parameters)).collect();
        assert_eq!(told["tools"], serde_json::to_value(held).unwrap());
    }

    /// Every tool is among ours and takes agno's arguments, or what differs is listed.
    pub fn check_arguments(&self, own: &BTreeMap<String, OwnTool>) {
        let mut found = BTreeMap::new();
        for (tool, entry) in self.tools() {
            let own = own.get(tool);
            assert!(own.is_some(), "there is no {tool}");
            found.insert(
                tool.clone(),
                entry.differing_arguments(&own.unwrap().schema),
            );
        }
        self.check(&found, Part::Arguments);
    }

    /// Ours is called as agno's is, wherever the listed differences leave that.
    pub fn check_golden_calls(&self) {
        for (tool, entry) in self.tools() {
            entry.check_call(tool);
        }
    }

    /// What was found to differ after the calls is what is listed, for every tool.
    pub fn check_calls(&self, found: &BTreeMap<String, Differences>) {
        self.check(found, Part::Calls);
    }

    /// Every listed difference has a reason, and every reason a difference.
    pub fn check_reasons(&self) {
        let all = self.tools().values().flat_map(|it| it.differences.values());
        let named: BTreeSet<&String> = all.map(|it| &it.reason).collect();
        let known: BTreeSet<&String> = self.fixture.reasons.keys().collect();
        assert_eq!(named, known);
    }

    /// The page has the fixture's section as it has to be.
    pub fn check_page(&self, page: &str) {
        let section = page::section(&self.fixture);
        let draft = self.draft("page.md");
        fs::write(&draft, &section).unwrap();
        let draft = draft.display();
        assert!(
            page.contains(&section),
            "the page is stale: its section has to be {draft}"
        );
    }

    fn check(&self, found: &BTreeMap<String, Differences>, part: Part) {
        let mut wrong = Vec::new();
        for (tool, entry) in self.tools() {
            let (found, listed) = (&found[tool], &entry.differences);
            for (what, it) in found {
                let same = |known: &Difference| known.agno == it.agno && known.ours == it.ours;
                if !listed.get(what).is_some_and(same) {
                    let Difference { agno, ours, .. } = it;
                    wrong.push(format!(
                        "{tool}: not listed: {what}: agno {agno}, ours {ours}"
                    ));
                }
            }
            let gone = listed.keys().filter(|what| Part::of(what) == part);
            let gone = gone.filter(|what| !found.contains_key(*what));
            wrong.extend(gone.map(|what| format!("{tool}: listed, and no more so: {what}")));
        }
        if !wrong.is_empty() {
            let draft = self.left_as_found(found, part);
            wrong.push(format!("the fixture would have to be {}", draft.display()));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// The fixture with what was found in place of what is listed; what is new has no reason yet.
    fn left_as_found(&self, found: &BTreeMap<String, Differences>, part: Part) -> PathBuf {
        let mut fixture = self.fixture.clone();
        for (tool, entry) in &mut fixture.tools {
            let listed = mem::take(&mut entry.differences).into_iter();
            let (old, kept): (Differences, _) =
                listed.partition(|(what, _)| Part::of(what) == part);
            entry.differences = kept;
            for (what, it) in &found[tool] {
                let reason = old
                    .get(what)
                    .map(|it| it.reason.clone())
                    .unwrap_or_default();
                let it = Difference {
                    reason,
                    ..it.clone()
                };
                entry.differences.insert(what.clone(), it);
            }
        }
        let draft = self.draft(match part {
            Part::Arguments => "arguments.json",
            Part::Calls => "calls.json",
        });
        fs::write(&draft, serde_json::to_string_pretty(&fixture).unwrap()).unwrap();
        draft
    }

    fn draft(&self, name: &str) -> PathBuf {
        let name = format!("parity-{}-{name}", self.toolkit);
        Path::new(&self.drafts).join(name)
    }
}
