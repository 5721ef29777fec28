//! The same call on each side, each against a mailbox of its own, and what is known of it afterwards.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_emulator::Seed;
use toolgate_gmail::GmailToolkit;

use crate::parity::agno::Agno;
use crate::parity::fixture::Facts;
use crate::parity::mailbox::{Mailbox, files_in};
use crate::parity::said::Said;
use crate::world::{World, with_folder};

/// Noon of a day, for both sides.
const NOW: i64 = 1_773_144_000_000;
/// What may be attached.
const ATTACHED: &str = "attached.csv";

/// A side's mailbox, its folder of files, and the toolkit of ours that may use that.
pub(super) struct Side {
    world: World,
    folder: TempDir,
    toolkit: GmailToolkit,
    before: Mailbox,
}

impl Side {
    pub(super) async fn fresh() -> Self {
        let seed = Seed::from_yaml(include_str!("../../parity/gmail-seed.yaml")).unwrap();
        let world = World::seeded_at(seed, NOW).await;
        let (folder, toolkit) = with_folder();
        let attached = include_str!("../../parity/attached.csv");
        std::fs::write(folder.path().join(ATTACHED), attached).unwrap();
        Self {
            before: Mailbox::of(&world).await,
            world,
            folder,
            toolkit,
        }
    }

    pub(super) async fn agnos(&self, agno: &mut Agno, tool: &str, args: &Value) -> Said {
        let mut call = |tool: &str, args: &Value| agno.call(&self.world, self.path(), tool, args);
        let args = self.filled(args, |mail| {
            let mail = call("get_message", &mail);
            mail["attachments"][0]["attachmentId"].clone()
        });
        Said::by_agno(call(tool, &args))
    }

    pub(super) async fn ours(&self, tool: &str, args: &Value) -> Said {
        let call = async |tool: &str, args| self.world.call_of(&self.toolkit, tool, args).await;
        let args = match args["message_id"].as_str() {
            Some(id) if args["attachment_id"].is_string() => {
                let mail = json!({"message_id": id});
                let mail = call("get_message", mail).await.unwrap();
                self.filled(args, |_| mail["attachments"][0]["attachment_id"].clone())
            }
            _ => self.filled(args, |_| Value::Null),
        };
        match call(tool, args).await {
            Ok(result) => Said {
                result,
                refused: false,
            },
            Err(error) => Said {
                result: error.to_json(),
                refused: true,
            },
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The arguments with what only a running mailbox knows: a draft, a folder, an attachment as the
    /// side's own reading of the mail names it.
    fn filled(&self, args: &Value, mut attachment: impl FnMut(Value) -> Value) -> Value {
        let mut args = args.clone();
        let mail = json!({"message_id": args["message_id"]});
        for value in args.as_object_mut().unwrap().values_mut() {
            let Some(text) = value.as_str() else { continue };
            *value = match text {
                "$draft" => self.before.drafts.keys().next().unwrap().as_str().into(),
                "$attachment" => attachment(mail.clone()),
                _ => text
                    .replace("$folder", self.path().to_str().unwrap())
                    .into(),
            };
        }
        args
    }

    /// What the call did, and what its result shows.
    pub(super) async fn facts(&self, said: &Said, texts: &[String]) -> Facts {
        let after = Mailbox::of(&self.world).await;
        let mut facts = after.changes_since(&self.before);
        for (name, content) in files_in(self.path()) {
            if name != ATTACHED {
                facts.insert(format!("file {name}"), content.into());
            }
        }
        facts.extend(said.shows(&self.before, &after, texts));
        facts
    }
}
