//! `forward_email`: a mail passed on, below one's own words.

use google_gmail1::api::MessagePart;
use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_toolkit::{ToolContext, ToolError, safe_file_name};

use crate::{
    attachment::{content_of, find},
    compose::{Attached, Quoted, forward_subject},
    error::Named,
    letter::{
        Kind, Letter, MAX_ATTACHED, Order, Ready, Sender, Text, no_recipient, subject_of, too_large,
    },
    mime::{Attachment, decoded_header, header, parse_addresses, read_body},
    send::{Sent, send},
    setup::Setup,
    view::date_of,
    wire::{GET, Gmail, LIST, SEND, SEND_AS, TEXT},
};

pub(crate) const METHODS: &[&str] = &[SEND.id(), GET.id(), LIST.id(), TEXT.id(), SEND_AS.id()];

/// Forwards a mail at once: its text under its headers, below your own words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForwardEmail {
    /// The mail to pass on.
    #[schemars(length(min = 1))]
    message_id: String,
    /// `Name <name@example.org>`, several separated by commas.
    to: String,
    /// As `to`.
    cc: Option<String>,
    /// As `to`.
    bcc: Option<String>,
    /// Own words above it, plain text or Markdown.
    body: Option<String>,
    /// Pass its attachments on as well.
    include_attachments: Option<bool>,
    /// Another own address to send from.
    from: Option<String>,
    /// Append the own signature to `body`.
    signature: Option<bool>,
}

/// Forwards a mail.
pub(crate) async fn forward_email(
    cx: ToolContext,
    args: ForwardEmail,
    setup: Setup,
) -> Result<Sent, ToolError> {
    let body = args.body.as_deref().unwrap_or_default();
    let order = Order {
        to: Some(&args.to),
        cc: args.cc.as_deref(),
        bcc: args.bcc.as_deref(),
        body: Some(body),
        from: args.from.as_deref(),
        signature: args.signature.unwrap_or(false),
        ..Order::default()
    };
    let checked = order.check(Kind::Known, false)?;
    if checked.has_no_recipient() {
        return Err(no_recipient());
    }
    let mut methods = vec![SEND.id(), GET.id(), TEXT.id()];
    methods.extend(Sender::methods(&checked));
    let gmail = Gmail::writing(&cx, &methods, setup.settlement);
    let named = Named::message(&args.message_id);
    let message = async {
        let message = gmail.messages_get(named.id).await;
        let message = message.map_err(|error| named.explain(error))?;
        // The whole text goes on, also where Gmail keeps it apart from the mail.
        Ok(gmail.with_texts(message).await?)
    };
    let (message, sender) = futures_util::try_join!(message, Sender::look_up(&gmail, &checked))?;

    let payload = message.payload.unwrap_or_default();
    let (payload, original) = read_body(payload).await;
    let mut letter = Letter::new(checked, None, sender);
    letter.subject = forward_subject(&subject_of(&payload));
    letter.borrows = true;
    if original.incomplete {
        letter.note("something of its text is missing: it was too long, or could not be fetched");
    }
    let files = original.attachments;
    if args.include_attachments == Some(true) {
        let (within, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.inline);
        letter.attachments = fetched(&gmail, named.id, &payload, &files).await?;
        note_left_out(&mut letter, "pictures within its text", within.len());
    } else {
        note_left_out(&mut letter, "attachments of it", files.len());
    }
    if let Text::Written { quoted, .. } = &mut letter.text {
        *quoted = Some(Quoted {
            head: head(&payload, message.internal_date),
            text: original.text,
            format: original.format,
        });
    }
    let composed = letter.compose(&cx)?;
    let ready = Ready {
        gmail,
        letter,
        composed,
    };
    send(&cx, &setup, ready).await
}

fn note_left_out(letter: &mut Letter, what: &str, count: usize) {
    if count > 0 {
        letter.note(format!("{count} {what} were not passed on"));
    }
}

/// The headers of the mail as lines above its text.
fn head(payload: &MessagePart, sent_at: Option<i64>) -> Vec<String> {
    let people = |name| {
        let list = header(payload, name).map(parse_addresses)?;
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        Some(list.join(", ")).filter(|list| !list.is_empty())
    };
    let lines = [
        ("From", people("From")),
        ("Date", Some(date_of(sent_at))),
        ("Subject", decoded_header(payload, "Subject")),
        ("To", people("To")),
        ("Cc", people("Cc")),
    ];
    let lines = lines
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    lines
        .map(|(name, value)| format!("{name}: {value}"))
        .collect()
}

/// These attachments of the mail.
async fn fetched(
    gmail: &Gmail,
    message_id: &str,
    payload: &MessagePart,
    files: &[Attachment],
) -> Result<Vec<Attached>, ToolError> {
    let size: u64 = files.iter().map(|file| file.size).sum();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if size > MAX_ATTACHED {
        return Err(too_large("the attachments of the mail", size, MAX_ATTACHED));
    }
    let mut attached = Vec::new();
    for file in files {
        let Some(part) = find(payload, &file.part_id) else {
            continue;
        };
        let bytes = content_of(gmail, message_id, part).await?;
        let name = safe_file_name(&file.filename);
        attached.push(Attached::typed(name, &file.mime_type, bytes));
    }
    Ok(attached)
}
