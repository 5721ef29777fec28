//! The same call on each side, each against calendars of its own, and what is known of them afterwards.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_testkit::parity::{Agno, AgnoCall, Facts, OwnTool, Parity, Said, Side};
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::{
    parity::{agenda::Agenda, said::shown},
    world::{ALICE, CALENDAR, World, all_tools},
};

/// Alice's calendars.
pub(super) struct Calendars {
    world: World,
    before: Agenda,
}

#[async_trait]
impl Side for Calendars {
    fn parity() -> Parity {
        let fixture = include_str!("../../parity/calendar.json");
        Parity::new("calendar", fixture, env!("CARGO_TARGET_TMPDIR"))
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
        let world = World::seeded(include_str!("../../parity/calendar-seed.yaml")).await;
        let before = Agenda::of(&world).await;
        Self { world, before }
    }

    fn agnos(&self, agno: &mut Agno, tool: &str, arguments: &Value) -> Said {
        Said::by_agno(agno.call(AgnoCall {
            toolkit: "calendar",
            root: self.world.emulator.base_url().as_str(),
            token: &self.world.emulator.issue_token(ALICE, &[CALENDAR]),
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
        let after = Agenda::of(&self.world).await;
        let mut facts = after.changes_since(&self.before);
        facts.extend(shown(said, &self.before, &after, texts));
        facts
    }
}
