//! The fixture: agno's tools as they are, one call of each, and what differs in ours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolgate_toolkit::ToolSpec;

/// How the names of facts begin that are about arguments.
const ARGUMENT: &str = "argument `";
/// How the names of facts begin that are about what a result shows.
pub(super) const SHOWN: &str = "shown ";

/// What is known of something, by its name.
pub(super) type Facts = BTreeMap<String, Value>;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixture {
    /// Agno's version.
    pub(super) agno: String,
    /// Texts of the mailbox by which it is seen what a result shows.
    pub(super) texts: Vec<String>,
    /// Why something differs, by the word that the differences name.
    pub(super) reasons: BTreeMap<String, String>,
    pub(super) tools: BTreeMap<String, Entry>,
}

/// A tool of agno's.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// The arguments that a prompt written for agno gives.
    pub(super) call: Value,
    /// Those that say the same to ours, where the listed differences have them be others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ours: Option<Value>,
    pub(super) differences: BTreeMap<String, Difference>,
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub(super) types: Vec<String>,
    pub(super) required: bool,
    pub(super) default: Value,
}

/// What one side has and the other has not, or has otherwise; null is nothing.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Difference {
    pub(super) agno: Value,
    pub(super) ours: Value,
    /// A word out of the fixture's reasons; none stands in what was found.
    #[serde(default)]
    pub(super) reason: String,
}

impl Fixture {
    pub(super) fn gmail() -> Self {
        serde_json::from_str(include_str!("../../parity/gmail.json")).unwrap()
    }
}

impl Entry {
    pub(super) fn ours(&self) -> &Value {
        self.ours.as_ref().unwrap_or(&self.call)
    }

    /// The listed differences, of parameters or of what calls do, without their reasons.
    pub(super) fn listed(&self, of_parameters: bool) -> BTreeMap<String, Difference> {
        let listed = self.differences.iter();
        let listed = listed.filter(|(what, _)| is_of_parameters(what) == of_parameters);
        let bare = |difference: &Difference| Difference {
            agno: difference.agno.clone(),
            ours: difference.ours.clone(),
            reason: String::new(),
        };
        listed.map(|(what, it)| (what.clone(), bare(it))).collect()
    }

    /// What a model may say to agno's and not to ours.
    pub(super) fn differing_parameters(&self, ours: &ToolSpec) -> BTreeMap<String, Difference> {
        let schema = &ours.input_schema;
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut agnos = Facts::new();
        let mut own = Facts::new();
        for (name, parameter) in &self.parameters {
            let taken = types(&schema["properties"][name.as_str()]);
            if !parameter.types.iter().all(|kind| taken.contains(kind)) {
                agnos.insert(type_of(name), parameter.types.join(" or ").into());
                own.insert(type_of(name), taken.join(" or ").into());
            } else if required.contains(&name.as_str()) != parameter.required {
                agnos.insert(need_of(name), word(parameter.required));
                own.insert(need_of(name), word(!parameter.required));
            }
        }
        own.retain(|_, value| value != "");
        differences(&agnos, &own)
    }

    /// Whether a parameter of this name is taken by ours as agno's takes it.
    pub(super) fn is_shared(&self, parameter: &str) -> bool {
        !self.differences.contains_key(&type_of(parameter))
    }
}

fn word(required: bool) -> Value {
    if required { "required" } else { "optional" }.into()
}

fn type_of(parameter: &str) -> String {
    format!("{ARGUMENT}{parameter}`")
}

fn need_of(parameter: &str) -> String {
    format!("{ARGUMENT}{parameter}` may be missing")
}

pub(super) fn is_of_parameters(what: &str) -> bool {
    what.starts_with(ARGUMENT)
}

fn types(property: &Value) -> Vec<String> {
    let one = |property: &Value| property["type"].as_str().map(str::to_owned);
    match property["anyOf"].as_array() {
        Some(variants) => variants.iter().filter_map(one).collect(),
        None => one(property).into_iter().collect(),
    }
}

/// Where the two do not agree.
pub(super) fn differences(agno: &Facts, ours: &Facts) -> BTreeMap<String, Difference> {
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
