//! `send_email` and `send_email_reply`: mail that leaves at once, and at most once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Settlement;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    letter::{Compose, Ready, Shown, Use, written},
    settlement::{IN_SENT, SENDING, find_sent, ids},
    setup::Setup,
    wire::{GET, Gmail, LIST, PROFILE, SEND, SEND_AS, THREAD},
};

/// Everything that an answer may take, and the look-up of an unclear end.
pub(crate) const METHODS: &[&str] = &[
    SEND.id(),
    GET.id(),
    THREAD.id(),
    PROFILE.id(),
    SEND_AS.id(),
    LIST.id(),
];

/// Sends a mail at once; a draft lets the person check it first. Answers as `create_draft_email` does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SendEmail(Compose);

/// Answers a mail at once, in its thread; recipients and subject are looked up unless given. `message_id` or `thread_id` is
/// required.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SendReply(Compose);

/// What was sent.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sent {
    /// `sent`, and whether Google's answer or a look-up says so.
    pub(crate) status: String,
    pub(crate) message_id: String,
    pub(crate) thread_id: String,
    #[serde(flatten)]
    pub(crate) letter: Shown,
}

/// Sends a mail.
pub(crate) async fn send_email(
    cx: ToolContext,
    args: SendEmail,
    setup: Setup,
) -> Result<Sent, ToolError> {
    let SendEmail(args) = args;
    send(&cx, &setup, written(&cx, &setup, &args, how(false)).await?).await
}

/// Sends an answer.
pub(crate) async fn send_email_reply(
    cx: ToolContext,
    args: SendReply,
    setup: Setup,
) -> Result<Sent, ToolError> {
    let SendReply(args) = args;
    send(&cx, &setup, written(&cx, &setup, &args, how(true)).await?).await
}

fn how(answers: bool) -> Use {
    Use {
        method: &SEND,
        sends: true,
        answers,
    }
}

/// Lets a mail leave, and finds out what became of it.
pub(crate) async fn send(cx: &ToolContext, setup: &Setup, ready: Ready) -> Result<Sent, ToolError> {
    let Ready {
        gmail,
        letter,
        composed,
    } = ready;
    let mailbox = Gmail::new(cx, IN_SENT);
    let thread_id = letter.thread_id.clone();
    let settled = Settlement::new(cx, setup.settlement, SENDING)
        .settle(gmail.messages_send(&composed, thread_id), || {
            find_sent(&mailbox, &composed.mark)
        })
        .await?;
    let (message_id, thread_id) = ids(settled.made);
    Ok(Sent {
        status: settled.status,
        message_id,
        thread_id,
        letter: Shown::from(letter),
    })
}
