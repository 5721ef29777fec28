//! The part of a discovery document that types follow from.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

/// A discovery document.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) revision: String,
    #[serde(default)]
    pub(super) schemas: BTreeMap<String, Schema>,
}

/// One type of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) format: Option<String>,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Schema>,
    pub(super) items: Option<Box<Schema>>,
    pub(super) additional_properties: Option<Box<Schema>>,
}

impl Document {
    pub(super) fn parse(json: &str) -> anyhow::Result<Self> {
        serde_json::from_str(json).context("the discovery document could not be read")
    }
}
