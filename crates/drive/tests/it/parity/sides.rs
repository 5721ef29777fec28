//! The same call on each side, each against a Drive of its own, and what is known of it afterwards.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_drive::DriveToolkit;
use toolgate_emulator::Seed;
use toolgate_testkit::parity::{
    Agno, AgnoCall, Facts, OwnTool, Parity, Said, Side, files_in, filled,
};
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::{
    parity::content::Content,
    world::{ALICE, DRIVE, World, all_tools, with_folder},
};

/// What may be uploaded.
const UPLOAD: &str = "upload.csv";

/// Alice's Drive, her folder of files, and the toolkit of ours that may use that.
pub(super) struct Files {
    world: World,
    folder: TempDir,
    toolkit: DriveToolkit,
    before: Content,
}

#[async_trait]
impl Side for Files {
    fn parity() -> Parity {
        let fixture = include_str!("../../parity/drive.json");
        Parity::new("drive", fixture, env!("CARGO_TARGET_TMPDIR"))
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
        let seed = Seed::from_yaml(include_str!("../../parity/drive-seed.yaml")).unwrap();
        let world = World::seeded(seed).await;
        let (folder, toolkit) = with_folder();
        let upload = include_str!("../../parity/upload.csv");
        std::fs::write(folder.path().join(UPLOAD), upload).unwrap();
        Self {
            before: Content::of(&world).await,
            world,
            folder,
            toolkit,
        }
    }

    fn agnos(&self, agno: &mut Agno, tool: &str, arguments: &Value) -> Said {
        Said::by_agno(agno.call(AgnoCall {
            toolkit: "drive",
            root: self.world.emulator.base_url().as_str(),
            token: &self.world.emulator.issue_token(ALICE, &[DRIVE]),
            options: &json!({"download_dir": self.folder.path()}),
            tool,
            arguments: &self.filled(arguments),
        }))
    }

    async fn ours(&self, tool: &str, arguments: &Value) -> Said {
        let arguments = self.filled(arguments);
        let said = self.world.call_of(&self.toolkit, tool, arguments).await;
        Said::by_ours(said.map_err(|error| error.to_json()))
    }

    async fn facts(&self, said: &Said, texts: &[String]) -> Facts {
        let after = Content::of(&self.world).await;
        let mut facts = after.changes_since(&self.before);
        for (name, content) in files_in(self.folder.path()) {
            if name != UPLOAD {
                facts.insert(format!("saved {name}"), content.into());
            }
        }
        facts.extend(after.shown(said, &self.before, texts));
        facts
    }
}

impl Files {
    fn filled(&self, arguments: &Value) -> Value {
        filled(
            arguments,
            &[("$folder", self.folder.path().to_str().unwrap())],
        )
    }
}
