//! The same call on each side, each against a mailbox of its own, and what is known of it afterwards.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_emulator::Seed;
use toolgate_gmail::GmailToolkit;
use toolgate_testkit::parity::{
    Agno, AgnoCall, Facts, OwnTool, Parity, Said, Side, files_in, filled,
};
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::parity::mailbox::Mailbox;
use crate::parity::said::shown;
use crate::world::{ALICE, MODIFY, World, all_tools, with_folder};

/// Noon of a day, for both sides.
const NOW: i64 = 1_773_144_000_000;
/// What may be attached.
const ATTACHED: &str = "attached.csv";

/// In place of the id of a mail's first attachment.
const ATTACHMENT: &str = "$attachment";

/// A side's mailbox, its folder of files, and the toolkit of ours that may use that.
pub(super) struct Mails {
    world: World,
    folder: TempDir,
    toolkit: GmailToolkit,
    before: Mailbox,
}

#[async_trait]
impl Side for Mails {
    fn parity() -> Parity {
        let fixture = include_str!("../../parity/gmail.json");
        Parity::new("gmail", fixture, env!("CARGO_TARGET_TMPDIR"))
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

    fn agnos(&self, agno: &mut Agno, tool: &str, args: &Value) -> Said {
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

    async fn ours(&self, tool: &str, args: &Value) -> Said {
        let call = async |tool: &str, args| self.world.call_of(&self.toolkit, tool, args).await;
        let mut id = None;
        if let Some(args) = mail_to_read(args) {
            let mail = call("get_message", args).await.unwrap();
            id = Some(mail["attachments"][0]["attachment_id"].clone());
        }
        let said = call(tool, self.filled(args, id.as_ref())).await;
        Said::by_ours(said.map_err(|error| error.to_json()))
    }

    async fn facts(&self, said: &Said, texts: &[String]) -> Facts {
        let after = Mailbox::of(&self.world).await;
        let mut facts = after.changes_since(&self.before);
        for (name, content) in files_in(self.folder.path()) {
            if name != ATTACHED {
                facts.insert(format!("file {name}"), content.into());
            }
        }
        facts.extend(shown(said, &self.before, &after, texts));
        facts
    }
}

impl Mails {
    /// The arguments with what only a running mailbox knows: a draft, a folder, an attachment as the
    /// side's own reading of the mail names it.
    fn filled(&self, args: &Value, attachment: Option<&Value>) -> Value {
        let attachment = attachment.and_then(Value::as_str);
        let known = [
            ("$folder", self.folder.path().to_str().unwrap()),
            ("$draft", self.before.drafts.keys().next().unwrap()),
            (ATTACHMENT, attachment.unwrap_or_default()),
        ];
        filled(args, &known)
    }
}

/// How to read the mail whose attachment is meant.
fn mail_to_read(args: &Value) -> Option<Value> {
    let meant = args["attachment_id"] == ATTACHMENT;
    meant.then(|| json!({"message_id": args["message_id"]}))
}
