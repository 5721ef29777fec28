//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod organising;
mod reading;
mod writing;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_emulator::{Emulator, FaultAction, FaultRule, Seed, SeedMessage};
use toolgate_gmail::GmailToolkit;
use toolgate_testkit::tools::{self, Call, Golden, always_lost as lost};
use toolgate_toolkit::{RunScope, Selection, ToolError, Toolkit};

use crate::world::{ALICE, MODIFY, SETTINGS, World, all_tools, id, with_folder};

/// A mail whose text Gmail keeps apart from it.
const APART: &str = include_str!("../corpus/invitation-file.eml");

/// Calls without faults.
pub(crate) fn calls(arguments: impl IntoIterator<Item = Value>) -> Vec<Call> {
    arguments.into_iter().map(Call::from).collect()
}

/// One call during which these faults happen.
pub(crate) fn during(faults: Vec<FaultRule>, arguments: Value) -> Vec<Call> {
    vec![Call { arguments, faults }]
}

/// A search that finds nothing, once.
pub(crate) fn blind(method: &str) -> FaultRule {
    let nothing = FaultAction::Json {
        status: 200,
        body: json!({"resultSizeEstimate": 0}),
    };
    FaultRule::new(nothing).on_method(method).times(1)
}

/// An office's mailbox with one of everything, and the ids of it.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) thread: Value,
    pub(crate) draft: Value,
    pub(crate) apart_draft: Value,
    pub(crate) filter: Value,
    pub(crate) pdf: Value,
    pub(crate) csv: Value,
    /// The `history_id` before the latest changes.
    pub(crate) history: Value,
    toolkit: GmailToolkit,
    _folder: TempDir,
}

pub(crate) const MAIL: &str = "18c0ff1ce0000007";
pub(crate) const OFFER: &str = "18c0ff1ce0000011";
pub(crate) const LETTER: &str = "18c0ff1ce0000012";

impl Office {
    pub(crate) async fn new() -> Self {
        let world = World::seeded(seed()).await;
        let ask = |tool, arguments| {
            let world = &world;
            async move { world.call(tool, arguments).await.unwrap() }
        };
        let history = ask("get_mail_changes", json!({})).await["history_id"].clone();
        let filter = json!({"from": "letter@desk-letter.example", "add_labels": ["Newsletters"]});
        let filter = ask("create_filter", filter).await["created"]["filter_id"].clone();
        let mark = json!({"message_id": MAIL, "add_labels": ["STARRED", "Newsletters"]});
        ask("modify_message_labels", mark).await;
        let new = json!({"to": "ann@example.org", "subject": "New", "body": "b"});
        ask("create_draft_email", new).await;
        let thread = ask("get_message", json!({"message_id": MAIL})).await["thread_id"].clone();
        let files = ask("get_message", json!({"message_id": OFFER})).await["attachments"].clone();
        let drafts = ask("list_drafts", json!({})).await["drafts"].clone();
        let drafts = drafts.as_array().unwrap();
        let draft = |subject: &str| {
            let mut drafts = drafts.iter();
            let found = drafts.find(|it| it["subject"] == subject);
            found.unwrap()["draft_id"].clone()
        };
        let file = |name: &str| {
            let mut files = files.as_array().unwrap().iter();
            files.find(|it| it["filename"] == name).unwrap()["attachment_id"].clone()
        };
        let (folder, toolkit) = with_folder();
        std::fs::write(folder.path().join("plan.txt"), "Window first.").unwrap();
        world.emulator.clear_requests();
        Self {
            thread,
            draft: draft("Order of three desks"),
            apart_draft: draft("Lunch"),
            filter,
            pdf: file("offer-2026-031.pdf"),
            csv: file("desks.csv"),
            history,
            world,
            toolkit,
            _folder: folder,
        }
    }
}

#[async_trait]
impl tools::Office for Office {
    fn toolkit() -> Arc<dyn Toolkit> {
        Arc::new(all_tools())
    }

    async fn opened() -> Self {
        Self::new().await
    }

    fn emulator(&self) -> &Emulator {
        &self.world.emulator
    }

    fn golden(&self) -> Vec<Golden> {
        let mut all = reading::golden(self);
        all.extend(writing::golden(self));
        all.extend(organising::golden(self));
        all
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        let toolkit = self.toolkit.clone();
        let run = RunScope::new("run");
        let tools = self.world.tools(toolkit, &[MODIFY, SETTINGS], run);
        tools.call(tool, arguments).await
    }

    async fn call_alone(&self, tool: &'static str, arguments: Value) -> Result<Value, ToolError> {
        let toolkit = self.toolkit.clone().with_tools(Selection::only([tool]));
        let toolkit = toolkit.unwrap();
        let scopes = toolkit.requirement().least_scopes().to_vec();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let tools = self.world.tools(toolkit, &scopes, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// But for labels: one that is put on for the first time is made before.
    async fn everything(&self) -> Value {
        let since = json!({"since": self.history});
        let mails = self.call("get_mail_changes", since).await.unwrap();
        let mut all = json!({"mails": mails});
        all["mails"].as_object_mut().unwrap().remove("untrusted");
        for path in ["drafts", "settings/filters", "settings/vacation"] {
            all[path] = self.world.google(&format!("users/me/{path}")).await;
        }
        all
    }

    /// Nothing marks a filter: whether it was made is looked for by the model.
    fn is_untold(tool: &str) -> bool {
        tool == "create_filter"
    }
}

fn seed() -> Seed {
    let mut seed = Seed::office();
    let alice = &mut seed.accounts[0];
    assert_eq!(alice.email, ALICE);
    let apart = |number, label: &str| SeedMessage {
        id: Some(id(number)),
        date: "-10m".to_owned(),
        labels: vec![label.to_owned()],
        raw: Some(APART.replace("\r\n", "\n").replace('\n', "\r\n")),
        ..SeedMessage::default()
    };
    alice.gmail.messages.push(apart(0x31, "INBOX"));
    alice.gmail.messages.push(apart(0x32, "DRAFT"));
    seed
}
