//! The same call on each side, each against a mailbox of its own, and what is known of it afterwards.

use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_emulator::Seed;
use toolgate_gmail::GmailToolkit;
use toolgate_testkit::parity::{Agno, AgnoCall, Facts};

use crate::parity::mailbox::{Mailbox, files_in};
use crate::parity::said::Said;
use crate::world::{ALICE, MODIFY, World, with_folder};

/// Noon of a day, for both sides.
const NOW: i64 = 1_773_144_000_000;
/// What may be attached.
const ATTACHED: &str = "attached.csv";

/// In place of the id of a mail's first attachment.
const ATTACHMENT: &str = "$attachment";

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

    pub(super) fn agnos(&self, agno: &mut Agno, tool: &str, args: &Value) -> Said {
        let token = self.world.emulator.issue_token(ALICE, &[MODIFY]);
        let options = json!({"attachment_dir": self.folder.path()});
        let mut call = |tool: &str, arguments: &Value| {
            agno.call(AgnoCall {
                toolkit: "gmail",
                root: self.world.emulator.base_url().as_str(),
                token: &token,
                options: &options,
                tool,
                arguments,
            })
        };
        let mail = mail_to_read(args).map(|args| call("get_message", &args));
        let id = mail.map(|mail| mail["attachments"][0]["attachmentId"].clone());
        Said::by_agno(call(tool, &self.filled(args, id.as_ref())))
    }

    pub(super) async fn ours(&self, tool: &str, args: &Value) -> Said {
        let call = async |tool: &str, args| self.world.call_of(&self.toolkit, tool, args).await;
        let mut id = None;
        if let Some(args) = mail_to_read(args) {
            let mail = call("get_message", args).await.unwrap();
            id = Some(mail["attachments"][0]["attachment_id"].clone());
        }
        Said::by_ours(call(tool, self.filled(args, id.as_ref())).await)
    }

    /// The arguments with what only a running mailbox knows: a draft, a folder, an attachment as the
    /// side's own reading of the mail names it.
    fn filled(&self, args: &Value, attachment: Option<&Value>) -> Value {
        let folder = self.folder.path().to_str().unwrap();
        let draft = self.before.drafts.keys().next().unwrap();
        let mut args = args.clone();
        for value in args.as_object_mut().unwrap().values_mut() {
            let text = value.as_str().unwrap_or_default();
            if text == ATTACHMENT {
                *value = attachment.unwrap().clone();
            } else if text.contains('$') {
                *value = text
                    .replace("$folder", folder)
                    .replace("$draft", draft)
                    .into();
            }
        }
        args
    }

    /// What the call did, and what its result shows.
    pub(super) async fn facts(&self, said: &Said, texts: &[String]) -> Facts {
        let after = Mailbox::of(&self.world).await;
        let mut facts = after.changes_since(&self.before);
        for (name, content) in files_in(self.folder.path()) {
            if name != ATTACHED {
                facts.insert(format!("file {name}"), content.into());
            }
        }
        facts.extend(said.shows(&self.before, &after, texts));
        facts
    }
}

/// How to read the mail whose attachment is meant.
fn mail_to_read(args: &Value) -> Option<Value> {
    let meant = args["attachment_id"] == ATTACHMENT;
    meant.then(|| json!({"message_id": args["message_id"]}))
}
