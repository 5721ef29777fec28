//! `get_mail_changes`: what came, went and was relabelled since a state of the mailbox.

use google_gmail1::api::{History, ListHistoryResponse, Message};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::Error;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    labels::{self, Labels},
    search::refused,
    view::{Mail, Worn, is_false},
    wire::{GET, Gmail, HISTORY, LABELS, PROFILE},
};

pub(crate) const METHODS: &[&str] = &[HISTORY.id(), GET.id(), PROFILE.id(), LABELS.id()];

/// Records of changes on a page.
const MOST: usize = 50;
/// What a result takes beside its changes.
const ENVELOPE: usize = 400;
/// What one change may take.
const SHARE: usize = 360;

/// Tells what changed in the mailbox since a `history_id`, oldest change first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetMailChanges {
    /// `history_id` of an earlier call; left out, only the current one is told.
    #[schemars(length(min = 1), example = "1042")]
    since: Option<String>,
    /// Only mails with this label; name or id.
    label: Option<String>,
    /// `next_page_token` of the page before, with the same arguments.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// What changed.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Changes {
    /// The `since` of the next call, once there is no `next_page_token`.
    history_id: String,
    /// Mails that came or were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<Added>,
    /// Ids of mails that are gone for good.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deleted_ids: Vec<String>,
    /// Labels that were put on and taken off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relabelled: Vec<Relabelled>,
    /// More changes follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

/// A mail that is new.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Added {
    id: String,
    thread_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(flatten)]
    labels: Worn,
    #[serde(skip_serializing_if = "is_false")]
    unread: bool,
    /// It is gone again, or could not be read.
    #[serde(skip_serializing_if = "is_false")]
    unreadable: bool,
}

/// A mail whose labels changed.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Relabelled {
    id: String,
    thread_id: String,
    /// Ids of labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    put_on: Vec<String>,
    /// Ids of labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taken_off: Vec<String>,
}

/// A page of changes.
pub(crate) async fn get_mail_changes(
    cx: ToolContext,
    args: GetMailChanges,
    budget: usize,
) -> Result<Changes, ToolError> {
    let gmail = Gmail::new(&cx, METHODS);
    let Some(since) = args.since.as_deref().map(str::trim) else {
        return Ok(Changes {
            history_id: current(&gmail).await?,
            ..Changes::default()
        });
    };
    check_number(since)?;
    let label = match &args.label {
        Some(label) => Some(Labels::of(&gmail).await?.known("label", label)?.id),
        None => None,
    };
    let count = (budget.saturating_sub(ENVELOPE) / SHARE).clamp(1, MOST);
    let page_token = args.page_token.as_deref();
    let page = gmail.history_list(since, label.as_deref(), count, page_token);
    let page = match page.await {
        Ok(page) => page,
        Err(error) if error.kind() == FailureKind::NotFound => {
            return Err(too_old(&gmail, since).await);
        }
        Err(error) => return Err(refused(error, page_token)),
    };
    let mut changes = gathered(page);
    describe(&gmail, &mut changes.added).await?;
    let fence = cx.fence("mail");
    changes.untrusted = (!changes.added.is_empty()).then(|| fence.notice());
    Ok(changes)
}

fn check_number(since: &str) -> Result<(), ToolError> {
    if since.parse::<u64>().is_ok() {
        return Ok(());
    }
    Err(ToolError::invalid_argument(
        "since",
        &format!("{:?} is no history_id", labels::shown(since)),
        "the history_id of an earlier call, such as \"1042\"",
    ))
}

async fn current(gmail: &Gmail) -> Result<String, Error> {
    let profile = gmail.get_profile().await?;
    Ok(profile.history_id.unwrap_or_default().to_string())
}

/// Gmail keeps changes for about a week. Whoever comes later starts anew.
async fn too_old(gmail: &Gmail, since: &str) -> ToolError {
    match current(gmail).await {
        Ok(now) => ToolError::not_found(format!(
            "Gmail no longer knows what changed since `{since}`; search for what you need, and from then on give `{now}` as `since`"
        )),
        Err(error) => ToolError::from(error),
    }
}

/// The changes of a page, with what happened to one mail in one place.
fn gathered(page: ListHistoryResponse) -> Changes {
    let mut changes = Changes {
        history_id: page.history_id.unwrap_or_default().to_string(),
        next_page_token: page.next_page_token,
        ..Changes::default()
    };
    for record in page.history.unwrap_or_default() {
        changes.take(record);
    }
    changes.relabelled.retain(Relabelled::is_change);
    changes
}

impl Changes {
    fn take(&mut self, record: History) {
        let added = record.messages_added.unwrap_or_default().into_iter();
        for message in added.filter_map(|it| it.message) {
            let id = message.id.unwrap_or_default();
            if !self.added.iter().any(|known| known.id == id) {
                self.added.push(Added {
                    id,
                    thread_id: message.thread_id.unwrap_or_default(),
                    ..Added::default()
                });
            }
        }
        let deleted = record.messages_deleted.unwrap_or_default().into_iter();
        self.deleted_ids
            .extend(deleted.filter_map(|it| it.message?.id));
        for change in record.labels_added.unwrap_or_default() {
            let ids = change.label_ids.unwrap_or_default();
            self.relabelled(change.message).put_on(ids);
        }
        for change in record.labels_removed.unwrap_or_default() {
            let ids = change.label_ids.unwrap_or_default();
            self.relabelled(change.message).take_off(ids);
        }
    }

    fn relabelled(&mut self, message: Option<Message>) -> &mut Relabelled {
        let message = message.unwrap_or_default();
        let id = message.id.unwrap_or_default();
        let known = self.relabelled.iter().position(|it| it.id == id);
        let index = known.unwrap_or_else(|| {
            self.relabelled.push(Relabelled {
                id,
                thread_id: message.thread_id.unwrap_or_default(),
                ..Relabelled::default()
            });
            self.relabelled.len() - 1
        });
        &mut self.relabelled[index]
    }
}

impl Relabelled {
    /// What was taken off and put on again is neither.
    fn put_on(&mut self, ids: Vec<String>) {
        exchange(ids, &mut self.taken_off, &mut self.put_on);
    }

    fn is_change(&self) -> bool {
        !self.put_on.is_empty() || !self.taken_off.is_empty()
    }

    fn take_off(&mut self, ids: Vec<String>) {
        exchange(ids, &mut self.put_on, &mut self.taken_off);
    }
}

fn exchange(ids: Vec<String>, from: &mut Vec<String>, to: &mut Vec<String>) {
    for id in ids {
        let before = from.len();
        from.retain(|known| *known != id);
        if from.len() == before && !to.contains(&id) {
            to.push(id);
        }
    }
}

/// Who wrote the new mails, and about what. One that is gone again is told all the same.
async fn describe(gmail: &Gmail, added: &mut [Added]) -> Result<(), ToolError> {
    let known = added.iter().take(MOST);
    let ids: Vec<String> = known.map(|mail| mail.id.clone()).collect();
    let answers = gmail.messages_get_brief_batch(&ids).await?;
    for (mail, answer) in added.iter_mut().zip(answers) {
        match answer {
            Ok(message) => {
                let read = Mail::head(message);
                mail.from = read.people("From", 60);
                mail.subject = Some(read.subject(60));
                mail.date = Some(read.date());
                mail.labels = read.labels(80);
                mail.unread = read.is_unread();
            }
            Err(_) => mail.unreadable = true,
        }
    }
    Ok(())
}
