//! The same call on each side, each against a Google of its own, and what is known of it afterwards.

use std::{collections::BTreeMap, path::Path};

use async_trait::async_trait;
use serde_json::Value;

use super::{
    Parity,
    agno::Agno,
    fixture::{Differences, Entry, Facts, SHOWN, differences},
    said::Said,
};

/// A tool of ours.
#[derive(Debug)]
pub struct OwnTool {
    /// Of its arguments.
    pub schema: Value,
    /// Whether it changes nothing.
    pub reads: bool,
}

/// An emulated Google, and either toolkit against it.
#[async_trait]
pub trait Side: Sized + Send + Sync {
    /// Agno's toolkit and ours.
    fn parity() -> Parity;

    /// All tools of ours by name.
    fn tools() -> BTreeMap<String, OwnTool>;

    /// The content that both sides get, untouched.
    async fn fresh() -> Self;

    /// Calls a tool of agno's.
    fn agnos(&self, agno: &mut Agno, tool: &str, arguments: &Value) -> Said;

    /// Calls a tool of ours.
    async fn ours(&self, tool: &str, arguments: &Value) -> Said;

    /// What the call did, and what its result shows.
    async fn facts(&self, said: &Said, texts: &[String]) -> Facts;
}

/// What differs after the golden call of each tool. A tool of agno's changes something if ours is no
/// reader, so that no call is golden that does nothing.
pub async fn found<S: Side>(agno: &mut Agno) -> BTreeMap<String, Differences> {
    let (parity, own) = (S::parity(), S::tools());
    let mut found = BTreeMap::new();
    for (tool, entry) in parity.tools() {
        let (agnos, ours) = called::<S>(agno, tool, entry, parity.texts()).await;
        let changed = agnos.keys().any(|fact| !fact.starts_with(SHOWN));
        assert_ne!(changed, own[tool].reads, "{tool} of agno: {agnos:?}");
        found.insert(tool.clone(), differences(&agnos, &ours));
    }
    found
}

/// What is known after agno's call, and after ours.
async fn called<S: Side>(
    agno: &mut Agno,
    tool: &str,
    entry: &Entry,
    texts: &[String],
) -> (Facts, Facts) {
    let (theirs, own) = (S::fresh().await, S::fresh().await);
    let said = theirs.agnos(agno, tool, &entry.call);
    assert!(!said.refused, "{tool} of agno: {}", said.result);
    let agnos = theirs.facts(&said, texts).await;
    let said = own.ours(tool, entry.ours()).await;
    assert!(!said.refused, "{tool}: {}", said.result);
    (agnos, own.facts(&said, texts).await)
}

/// The arguments with what only a running Google knows, in place of the words for it.
pub fn filled(arguments: &Value, known: &[(&str, &str)]) -> Value {
    let mut filled = arguments.clone();
    for value in filled.as_object_mut().unwrap().values_mut() {
        for (word, it) in known {
            if let Some(text) = value.as_str().filter(|text| text.contains(word)) {
                *value = text.replace(word, it).into();
            }
        }
    }
    filled
}

/// What became of things of one kind, each known by its name and described by facts: a change, `gone`,
/// or all that a new one is. One more of a kind has names of its own.
pub fn changes(
    kind: &str,
    before: &BTreeMap<String, Facts>,
    after: &BTreeMap<String, Facts>,
) -> Facts {
    let mut changes = Facts::new();
    for (name, had) in before {
        match after.get(name) {
            None => {
                changes.insert(format!("{kind} {name}"), "is gone".into());
            }
            Some(has) => {
                for (what, it) in differences(had, has) {
                    changes.insert(format!("{kind} {name}: {what}"), it.ours);
                }
            }
        }
    }
    let mut called = format!("new {kind}");
    for (_, is) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        let is = is.iter();
        changes.extend(is.map(|(what, it)| (format!("{called}: {what}"), it.clone())));
        called.insert_str(0, "another ");
    }
    changes
}

/// The files in a folder, and what they hold.
pub fn files_in(folder: &Path) -> BTreeMap<String, String> {
    let files = folder.read_dir().unwrap().map(Result::unwrap);
    let file = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(file.path()).unwrap())
    };
    files.map(file).collect()
}

/// One test for each sentence of what parity is, over a [`Side`] and the page for people.
#[macro_export]
macro_rules! parity_suite {
    ($side:ty, tools: $count:expr, page: $page:expr) => {
        fn agno() -> Option<$crate::parity::Agno> {
            $crate::parity::Agno::started("parity with agno's tools")
        }

        fn parity() -> $crate::parity::Parity {
            <$side as $crate::parity::Side>::parity()
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn the_fixture_holds_what_agno_shows_a_model_of_its_tools() {
            if let Some(mut agno) = agno() {
                parity().check_parameters(&mut agno);
            }
        }

        #[test]
        fn every_argument_of_agnos_tools_is_taken_under_its_name_or_listed() {
            assert_eq!(parity().tools().len(), $count);
            parity().check_arguments(&<$side as $crate::parity::Side>::tools());
        }

        #[test]
        fn our_call_is_agnos_wherever_the_listed_differences_leave_that() {
            parity().check_golden_calls();
        }

        #[test]
        fn every_difference_has_a_reason_and_every_reason_a_difference() {
            parity().check_reasons();
        }

        #[test]
        fn the_page_of_parity_says_what_the_fixture_holds() {
            parity().check_page($page);
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn every_golden_call_does_and_shows_the_same_or_it_is_listed() {
            if let Some(mut agno) = agno() {
                let found = $crate::parity::found::<$side>(&mut agno).await;
                parity().check_calls(&found);
            }
        }
    };
}
