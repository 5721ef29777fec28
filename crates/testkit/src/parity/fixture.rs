//! The fixture: agno's tools as they are, one call of each, and what differs in ours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How the names of facts begin that are about arguments.
const ARGUMENT: &str = "argument `";
/// How the names of facts begin that are about what a result shows.
pub const SHOWN: &str = "shown ";

/// What is known of something, by its name.
pub type Facts = BTreeMap<String, Value>;

/// What differs, by the name of the fact.
pub type Differences = BTreeMap<String, Difference>;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixture {
    /// Agno's version.
    pub(super) agno: String,
    /// How people name the toolkit.
    pub(super) title: String,
    /// Texts of the emulated content by which it is seen what a result shows.
    pub(super) texts: Vec<String>,
    /// Why something differs, by the word that the differences name.
    pub(super) reasons: BTreeMap<String, String>,
    pub(super) tools: BTreeMap<String, Entry>,
}

/// A tool of agno's.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// The arguments that a prompt written for agno gives.
    pub call: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ours: Option<Value>,
    pub(super) differences: Differences,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    types: Vec<String>,
    required: bool,
    default: Value,
}

/// What one side has and the other has not, or has otherwise; null is nothing.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What agno's has.
    pub agno: Value,
    /// What ours has.
    pub ours: Value,
    /// A word out of the fixture's reasons; none in what was found.
    #[serde(default)]
    pub reason: String,
}

/// What a fixture lists, in two parts that different tests hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Arguments,
    Calls,
}

impl Entry {
    /// The arguments that say to ours what [`Entry::call`] says to agno's.
    pub fn ours(&self) -> &Value {
        self.ours.as_ref().unwrap_or(&self.call)
    }

    /// What a model may say to agno's and not to ours, whose schema this is.
    pub(super) fn differing_arguments(&self, schema: &Value) -> Differences {
        let required = schema["required"].as_array().into_iter().flatten();
        let required: Vec<&str> = required.filter_map(Value::as_str).collect();
        let (mut agnos, mut own) = (Facts::new(), Facts::new());
        for (name, parameter) in &self.parameters {
            let property = &schema["properties"][name.as_str()];
            let taken = types(property);
            if !parameter.types.iter().all(|kind| taken.contains(kind)) {
                agnos.insert(type_of(name), parameter.types.join(" or ").into());
                let taken = taken.join(" or ");
                own.extend((!taken.is_empty()).then(|| (type_of(name), taken.into())));
                continue;
            }
            let need = |required| if required { "required" } else { "optional" };
            let fact = format!("{ARGUMENT}{name}` may be missing");
            agnos.insert(fact.clone(), need(parameter.required).into());
            own.insert(fact, need(required.contains(&name.as_str())).into());
            if says_something(&parameter.default) {
                let fact = format!("{ARGUMENT}{name}` if left out");
                agnos.insert(fact.clone(), parameter.default.clone());
                own.extend(said_default(property).map(|value| (fact, value)));
            }
        }
        differences(&agnos, &own)
    }

    /// Ours is called as agno's is, but for arguments that are listed as other ones.
    pub(super) fn check_call(&self, tool: &str) {
        let (agnos, ours) = (self.call.as_object(), self.ours().as_object());
        let (agnos, ours) = (agnos.unwrap(), ours.unwrap());
        assert_eq!(
            agnos.len(),
            ours.len(),
            "{tool}: one of the calls says more"
        );
        let mut others = false;
        for (name, value) in agnos {
            let known = self.parameters.contains_key(name);
            assert!(known, "{tool} of agno has no {name}");
            let same = ours.get(name) == Some(value);
            let may_differ = self.differences.contains_key(&type_of(name));
            assert!(same || may_differ, "{tool}: {name}");
            others |= !same;
        }
        assert_eq!(
            self.ours.is_some(),
            others,
            "{tool}: other arguments without need"
        );
    }
}

impl Part {
    pub(super) fn of(what: &str) -> Self {
        if what.starts_with(ARGUMENT) {
            Self::Arguments
        } else {
            Self::Calls
        }
    }
}

fn type_of(parameter: &str) -> String {
    format!("{ARGUMENT}{parameter}`")
}

fn types(property: &Value) -> Vec<String> {
    let one = |property: &Value| property["type"].as_str().map(str::to_owned);
    match property["anyOf"].as_array() {
        Some(variants) => variants.iter().filter_map(one).collect(),
        None => one(property).into_iter().collect(),
    }
}

/// Nothing, an empty text and `false` are what is meant by leaving an argument out.
fn says_something(default: &Value) -> bool {
    !matches!(default, Value::Null | Value::Bool(false)) && default != ""
}

/// Our descriptions say `10 if left out`, or that in words.
fn said_default(property: &Value) -> Option<Value> {
    let (before, _) = property["description"]
        .as_str()?
        .split_once(" if left out")?;
    let word = before.split(' ').next_back()?;
    let words = before.rsplit("; ").next()?;
    Some(serde_json::from_str(word).unwrap_or_else(|_| words.into()))
}

/// Where the two do not agree.
pub fn differences(agno: &Facts, ours: &Facts) -> Differences {
    let of = |facts: &Facts, what: &str| facts.get(what).cloned().unwrap_or(Value::Null);
    let whats = agno.keys().chain(ours.keys());
    let both = whats.map(|what| (what, of(agno, what), of(ours, what)));
    both.filter(|(_, agno, ours)| agno != ours)
        .map(|(what, agno, ours)| {
            let reason = String::new();
            (what.clone(), Difference { agno, ours, reason })
        })
        .collect()
}
