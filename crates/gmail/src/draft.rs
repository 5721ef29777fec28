//! `create_draft_email`: a new mail, or an answer in its thread, for the person to look at and send.

use google_gmail1::api::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Settled, Settlement};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    letter::{Compose, Ready, Shown, Use, written},
    settlement::{IN_DRAFTS, SAVING, draft_ids, find_draft},
    setup::Setup,
    wire::{CREATE_DRAFT, DRAFT, DRAFTS, GET, Gmail, PROFILE, SEND_AS, THREAD},
};

/// Everything that an answer may take.
pub(crate) const METHODS: &[&str] = &[
    CREATE_DRAFT.id(),
    GET.id(),
    THREAD.id(),
    PROFILE.id(),
    SEND_AS.id(),
    DRAFTS.id(),
    DRAFT.id(),
];

/// Saves a draft for the person to check and send. For an answer give `message_id` (or `thread_id`, to answer its latest mail):
/// thread, recipients and subject are looked up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct CreateDraft(Compose);

/// What was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Saved {
    /// `saved`, and whether Google's answer or a look-up says so.
    status: String,
    draft_id: String,
    /// The draft as a mail.
    message_id: String,
    thread_id: String,
    #[serde(flatten)]
    letter: Shown,
}

impl Saved {
    pub(crate) fn new(settled: Settled<Draft>, letter: Shown) -> Self {
        let (draft_id, message_id, thread_id) = draft_ids(settled.made);
        Self {
            status: settled.status,
            draft_id,
            message_id,
            thread_id,
            letter,
        }
    }
}

/// Saves a draft. Saving twice makes two.
pub(crate) async fn create_draft_email(
    cx: ToolContext,
    args: CreateDraft,
    setup: Setup,
) -> Result<Saved, ToolError> {
    let CreateDraft(args) = args;
    let how = Use {
        method: &CREATE_DRAFT,
        sends: false,
        answers: false,
    };
    let Ready {
        gmail,
        letter,
        composed,
    } = written(&cx, &setup, &args, how).await?;
    let drafts = Gmail::new(&cx, IN_DRAFTS);
    let thread_id = letter.thread_id.clone();
    let settled = Settlement::new(&cx, setup.settlement, SAVING)
        .settle(gmail.drafts_create(&composed, thread_id), || {
            find_draft(&drafts, &composed.mark)
        })
        .await?;
    Ok(Saved::new(settled, Shown::from(letter)))
}
