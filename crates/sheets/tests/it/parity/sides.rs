//! The same call on each side, each against spreadsheets of its own, and what is known of it afterwards.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_emulator::Seed;
use toolgate_testkit::parity::{Agno, AgnoCall, Facts, OwnTool, Parity, Said, Side};
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::{
    parity::content::Content,
    world::{ALICE, DRIVE, World, all_tools},
};

const SHEETS: &str = "https://www.googleapis.com/auth/spreadsheets";

/// Alice's spreadsheets.
pub(super) struct Books {
    world: World,
    before: Content,
}

#[async_trait]
impl Side for Books {
    fn parity() -> Parity {
        let fixture = include_str!("../../parity/sheets.json");
        Parity::new("sheets", fixture, env!("CARGO_TARGET_TMPDIR"))
    }

    fn tools() -> BTreeMap<String, OwnTool> {
        let tools = all_tools().tools().into_iter();
        let tools = tools.map(|tool| {
            let spec = tool.spec();
            let (schema, reads) = (spec.input_schema.clone(), spec.risk == Risk::Read);
            (spec.name.to_owned(), OwnTool { schema, reads })
        });
        tools.collect()
    }

    async fn fresh() -> Self {
        let seed = Seed::from_yaml(include_str!("../../parity/sheets-seed.yaml")).unwrap();
        let world = World::seeded(seed).await;
        Self {
            before: Content::of(&world).await,
            world,
        }
    }

    fn agnos(&self, agno: &mut Agno, tool: &str, arguments: &Value) -> Said {
        Said::by_agno(agno.call(AgnoCall {
            toolkit: "sheets",
            root: self.world.emulator.base_url().as_str(),
            token: &self.world.emulator.issue_token(ALICE, &[DRIVE]),
            // Without them agno opens a browser from within a call.
            options: &json!({"scopes": [SHEETS, DRIVE]}),
            tool,
            arguments,
        }))
    }

    async fn ours(&self, tool: &str, arguments: &Value) -> Said {
        let said = self.world.call(tool, arguments.clone()).await;
        Said::by_ours(said.map_err(|error| error.to_json()))
    }

    async fn facts(&self, said: &Said, texts: &[String]) -> Facts {
        let after = Content::of(&self.world).await;
        let mut facts = after.changes_since(&self.before);
        facts.extend(after.shown(said, &self.before, texts));
        facts
    }
}
