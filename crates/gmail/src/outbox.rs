//! `send_draft` and `delete_draft`: the two ways in which a draft ends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Settlement;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    letter::{OTHERS_WORDS, Shown, shown_subject, subject_of},
    send::Sent,
    settlement::{DELETING, IN_SENT, Mark, SENDING, ids, look_after_deleted, look_after_sent},
    setup::Setup,
    wire::{DELETE_DRAFT, DRAFT, GET, Gmail, LIST, SEND_DRAFT},
};

pub(crate) const SEND_METHODS: &[&str] = &[SEND_DRAFT.id(), DRAFT.id(), LIST.id(), GET.id()];
pub(crate) const DELETE_METHODS: &[&str] = &[DELETE_DRAFT.id(), DRAFT.id()];

/// Sends a draft as it is, at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendDraft {
    /// The draft.
    #[schemars(length(min = 1))]
    draft_id: String,
}

/// Deletes a draft for ever.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteDraft {
    /// The draft.
    #[schemars(length(min = 1))]
    draft_id: String,
}

/// What was deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Deleted {
    /// `deleted`, and whether Google's answer or a look-up says so.
    status: String,
    draft_id: String,
    subject: String,
    /// What of this was written by others.
    untrusted: &'static str,
}

/// Sends a draft.
pub(crate) async fn send_draft(
    cx: ToolContext,
    args: SendDraft,
    setup: Setup,
) -> Result<Sent, ToolError> {
    let named = Named::draft(&args.draft_id);
    let gmail = Gmail::writing(&cx, &[SEND_DRAFT.id(), DRAFT.id()], setup.settlement);
    let draft = gmail.drafts_get_headers(named.id).await;
    let draft = draft.map_err(|error| named.explain(error))?;
    let headers = draft.message.and_then(|it| it.payload).unwrap_or_default();

    let mark = Mark::of(&headers, cx.access().clock().now().as_millis());
    let drafts = Gmail::new(&cx, &[DRAFT.id()]);
    let mailbox = Gmail::new(&cx, IN_SENT);
    let settled = Settlement::new(&cx, setup.settlement, SENDING)
        .settle(gmail.drafts_send(named.id), || {
            look_after_sent(&drafts, &mailbox, named.id, &mark)
        })
        .await?;
    let (message_id, thread_id) = ids(settled.made);
    Ok(Sent {
        status: settled.status,
        message_id,
        thread_id,
        letter: Shown::of(&headers),
    })
}

/// Deletes a draft.
pub(crate) async fn delete_draft(
    cx: ToolContext,
    args: DeleteDraft,
    setup: Setup,
) -> Result<Deleted, ToolError> {
    let named = Named::draft(&args.draft_id);
    let gmail = Gmail::writing(&cx, DELETE_METHODS, setup.settlement);
    let draft = gmail.drafts_get_headers(named.id).await;
    let draft = draft.map_err(|error| named.explain(error))?;
    let headers = draft.message.and_then(|it| it.payload).unwrap_or_default();
    let drafts = Gmail::new(&cx, &[DRAFT.id()]);
    let settled = Settlement::new(&cx, setup.settlement, DELETING)
        .settle(gmail.drafts_delete(named.id), || {
            look_after_deleted(&drafts, named.id)
        })
        .await?;
    Ok(Deleted {
        status: settled.status,
        draft_id: named.id.to_owned(),
        subject: shown_subject(&subject_of(&headers)),
        untrusted: OTHERS_WORDS,
    })
}
