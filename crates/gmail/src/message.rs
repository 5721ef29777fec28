//! `get_message`: one mail, whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_size, piece},
};

use crate::{
    error::Named,
    mime::Format,
    view::{File, Mail, Worn, is_false},
    wire::{GET, Gmail, TEXT},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), TEXT.id()];

/// What the members that come with the body take.
const MEMBERS: usize = 90;

/// Reads one mail: headers, the whole text as Markdown, a list of its attachments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetMessage {
    /// The mail's id, from a search.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
    /// `next_offset` of an earlier reading, to read on; headers and attachments are left out then.
    offset: Option<usize>,
}

/// A mail.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Whole {
    id: String,
    thread_id: String,
    subject: String,
    #[serde(flatten)]
    head: Option<Head>,
    /// The text: `markdown` made of HTML, or `plain` as it was sent.
    format: &'static str,
    body: String,
    /// Something of the text is missing here.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// The `offset` to read on from; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// Characters of the whole text.
    total_chars: usize,
    /// What of this was written by others.
    untrusted: String,
}

/// What stands above a mail.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Head {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bcc: Option<String>,
    date: String,
    #[serde(flatten)]
    labels: Worn,
    unread: bool,
    /// The header `Message-ID`; tools take `id` instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    rfc822_message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<File>,
    /// Attachments that are not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments_left_out: Option<usize>,
}

/// Reads a message, or reads on in it.
pub(crate) async fn get_message(
    cx: ToolContext,
    args: GetMessage,
    budget: usize,
) -> Result<Whole, ToolError> {
    let named = Named::message(&args.message_id);
    let gmail = Gmail::new(&cx, METHODS);
    let message = gmail.messages_get(named.id).await;
    let message = message.map_err(|error| named.explain(error))?;
    let mail = Mail::read(gmail.with_texts(message).await?).await;
    let fence = cx.fence("mail");
    whole(mail, args.offset.unwrap_or(0), &fence, budget)
}

/// A mail from an offset of its text on, within the budget.
pub(crate) fn whole(
    mut mail: Mail,
    offset: usize,
    fence: &Fence,
    budget: usize,
) -> Result<Whole, ToolError> {
    let total_chars = mail.body.text.chars().count();
    if offset > 0 && offset >= total_chars {
        return Err(ToolError::invalid_argument(
            "offset",
            &format!("the text has {total_chars} characters"),
            "the next_offset of an earlier reading",
        ));
    }
    let mut whole = Whole {
        subject: mail.subject(budget / 25),
        head: (offset == 0).then(|| head(&mut mail, budget)),
        format: match mail.body.format {
            Format::Plain => "plain",
            Format::Markdown => "markdown",
        },
        body: String::new(),
        truncated: false,
        next_offset: None,
        total_chars,
        untrusted: fence.notice(),
        id: mail.id,
        thread_id: mail.thread_id,
    };
    let room = budget.saturating_sub(json_size(&whole) + Fence::SIZE + MEMBERS);
    let text = piece(&mail.body.text, offset, room);
    whole.body = fence.around(text.text);
    whole.truncated = text.next.is_some() || mail.body.incomplete;
    whole.next_offset = text.next;
    Ok(whole)
}

/// The headers, each within its part of the budget, so that some of it is left for the text.
fn head(mail: &mut Mail, budget: usize) -> Head {
    let short = budget / 25;
    let attached = std::mem::take(&mut mail.body.attachments);
    let count = attached.len();
    let mut used = 0;
    let attachments: Vec<File> = attached
        .into_iter()
        .map(File::from)
        .take_while(|file| {
            used += json_size(file) + 1;
            used <= budget / 4
        })
        .collect();
    Head {
        from: mail.people("From", short),
        reply_to: mail.people("Reply-To", short),
        to: mail.people("To", 2 * short),
        cc: mail.people("Cc", 2 * short),
        bcc: mail.people("Bcc", short),
        date: mail.date(),
        labels: mail.labels(short),
        unread: mail.is_unread(),
        rfc822_message_id: mail.header("Message-ID", short),
        in_reply_to: mail.header("In-Reply-To", short),
        references: mail.header("References", 2 * short),
        attachments_left_out: Some(count - attachments.len()).filter(|left| *left > 0),
        attachments,
    }
}
