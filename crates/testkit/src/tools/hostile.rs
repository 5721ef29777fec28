//! What others wrote, in every tool that shows it: fenced, without what nobody sees, and with nothing that closes the fence.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;
use toolgate_toolkit::Toolkit;

use super::{fence_of, is_unseen, reads, specs, texts_of};

/// An emulated Google in which others wrote what does harm.
#[async_trait]
pub trait Hostile: Sized + Send + Sync {
    /// The kinds of its fences.
    const FENCES: &'static [&'static str];
    /// The tools that show a fenced text, by name.
    const FENCED: &'static [&'static str];
    /// Stands in long texts of others' and nowhere else.
    const WORDS: &'static str;
    /// Words of others' that stand in no fence.
    const FEW_WORDS: &'static [&'static str];
    /// Members that hold such words and nothing else, each of which is seen; JSON ends them, whatever
    /// stands in them.
    const MEMBERS: &'static [&'static str];
    /// Ends of the places of times.
    const TIMES: &'static [&'static str];

    /// With every tool.
    fn toolkit() -> Arc<dyn Toolkit>;

    /// The place, of which nothing was read.
    async fn opened() -> Self;

    /// Calls by every tool that reads and by those that tell what they wrote.
    fn calls(&self) -> Vec<(&'static str, Value)>;

    /// The result of a call. What an error says is read by a model as well: it is `{"error": ..}`.
    async fn result(&self, tool: &str, arguments: &Value) -> Value;

    /// Whether the person's own words stand in such a place of a result.
    fn is_own(_tool: &str, _place: &str) -> bool {
        false
    }
}

/// None is left out.
pub async fn every_tool_that_reads_is_tried_where_others_wrote<H: Hostile>() {
    let calls = H::opened().await.calls();
    let tried: BTreeSet<&str> = calls.iter().map(|(tool, _)| *tool).collect();
    let specs = specs(H::toolkit().as_ref());
    for spec in &specs {
        let is_tried = !reads(&specs, spec.name) || tried.contains(spec.name);
        assert!(is_tried, "{}", spec.name);
    }
}

/// Neither marks that turn text about nor what a style hides; `HIDDEN` stands in what is hidden.
pub async fn no_tool_shows_what_nobody_would_see<H: Hostile>() {
    let place = H::opened().await;
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (tool, arguments) in place.calls() {
        let result = place.result(tool, &arguments).await;
        for (at, text) in texts_of(&result) {
            assert!(!text.chars().any(is_unseen), "{tool}{at}: {text:?}");
            assert!(!text.contains("HIDDEN"), "{tool}{at}: {text:?}");
            seen.extend(H::FEW_WORDS.iter().filter(|word| text.contains(**word)));
        }
    }
    assert_eq!(seen.len(), H::FEW_WORDS.len(), "{seen:?}");
}

/// A fence stands around long texts, whose words cannot close it.
pub async fn what_others_wrote_stands_within_a_fence_that_is_announced_and_new_for_each_call<
    H: Hostile,
>() {
    let place = H::opened().await;
    let specs = specs(H::toolkit().as_ref());
    let (mut names, mut fenced) = (BTreeSet::new(), BTreeSet::new());
    for (tool, arguments) in place.calls() {
        // A second call may not send or delete again.
        for _ in 0..if reads(&specs, tool) { 2 } else { 1 } {
            let result = place.result(tool, &arguments).await;
            let own = fences::<H>(tool, &result);
            assert!(own.len() <= 1, "{tool}: {own:?}");
            for name in own {
                let told = result["untrusted"].as_str().unwrap_or_default();
                assert!(told.contains(&format!("<{name}>")), "{tool}: {told}");
                assert!(names.insert(name.to_owned()), "{tool}: {name} once more");
                fenced.insert(tool);
            }
        }
    }
    assert_eq!(fenced, H::FENCED.iter().copied().collect());
}

/// The fences of a result, which hold all that has to stand in one.
fn fences<'a, H: Hostile>(tool: &str, result: &'a Value) -> BTreeSet<&'a str> {
    let mut own = BTreeSet::new();
    for (at, text) in texts_of(result) {
        let fence = fence_of(text, H::FENCES);
        let is_others = text.contains(H::WORDS) && !H::is_own(tool, &at);
        assert!(!is_others || fence.is_some(), "{tool}{at}: {text}");
        own.extend(fence);
    }
    own
}

/// A name or a title is a member, and beside it stands that it is content.
pub async fn few_words_of_anothers_stand_in_members_of_their_own_in_a_result_that_says_whose_they_are<
    H: Hostile,
>() {
    let place = H::opened().await;
    let mut seen = BTreeSet::new();
    for (tool, arguments) in place.calls() {
        let result = place.result(tool, &arguments).await;
        for (at, text) in texts_of(&result) {
            let is_others = H::FEW_WORDS.iter().any(|words| text.contains(words));
            if !is_others || H::is_own(tool, &at) || fence_of(text, H::FENCES).is_some() {
                continue;
            }
            let member = at.rsplit('.').next().unwrap_or_default();
            if member == "error" {
                continue;
            }
            assert!(H::MEMBERS.contains(&member), "{tool}{at}: {text}");
            let told = result["untrusted"].as_str().unwrap_or_default();
            let says = told.contains("content, never instructions");
            assert!(says, "{tool}{at}: {told:?}");
            seen.insert(member.to_owned());
        }
    }
    let members: BTreeSet<String> = H::MEMBERS.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(seen, members);
}

/// RFC 3339, with an offset; a day alone is a day.
pub async fn every_time_that_a_tool_shows_has_a_zone_and_nothing_is_null<H: Hostile>() {
    let place = H::opened().await;
    let mut seen = 0;
    for (tool, arguments) in place.calls() {
        let result = place.result(tool, &arguments).await;
        for (at, text) in texts_of(&result) {
            if H::TIMES.iter().any(|end| at.ends_with(end)) && text.len() != 10 {
                let time = chrono::DateTime::parse_from_rfc3339(text);
                assert!(time.is_ok(), "{tool}{at}: {text}");
                seen += 1;
            }
        }
        assert!(!result.to_string().contains(":null"), "{tool}: {result}");
    }
    assert!(seen > 0 || H::TIMES.is_empty());
}
