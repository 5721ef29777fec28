//! From the arguments that three tools share to a message that is ready to leave.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_google_http::Method;
use toolgate_toolkit::{ToolContext, ToolError};

use super::{
    ANSWER, Answered, Composed, Kind, Letter, Order, Sender, files::read_files, order::no_recipient,
};
use crate::{setup::Setup, wire::Gmail};

/// A mail to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compose {
    /// `Name <name@example.org>`, several separated by commas.
    to: Option<String>,
    /// As `to`.
    cc: Option<String>,
    /// As `to`.
    bcc: Option<String>,
    /// Required unless it is an answer.
    subject: Option<String>,
    /// Plain text or Markdown.
    body: String,
    /// The mail to answer.
    #[schemars(length(min = 1))]
    message_id: Option<String>,
    /// The thread to answer.
    #[schemars(length(min = 1))]
    thread_id: Option<String>,
    /// Answer all recipients, not only the sender.
    reply_all: Option<bool>,
    /// Files in the allowed folder.
    attachments: Option<Vec<String>>,
    /// Another own address to send from.
    from: Option<String>,
    /// Append the own signature.
    signature: Option<bool>,
}

/// What is done with a mail that was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    /// The method that takes it.
    pub(crate) method: &'static Method,
    /// It leaves at once, and so needs a recipient.
    pub(crate) sends: bool,
    /// It answers a mail, whatever else.
    pub(crate) answers: bool,
}

/// A mail that is ready to leave, and the way for it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) gmail: Gmail,
    pub(crate) letter: Letter,
    pub(crate) composed: Composed,
}

/// Checks, looks up what is missing, and writes.
pub(crate) async fn written(
    cx: &ToolContext,
    setup: &Setup,
    args: &Compose,
    how: Use,
) -> Result<Ready, ToolError> {
    let answered = Answered::of(args.message_id.as_deref(), args.thread_id.as_deref());
    if how.answers && answered.is_none() {
        return Err(ToolError::invalid_argument(
            "message_id",
            "it is missing, and so is `thread_id`",
            "the id of the mail to answer, from a search",
        ));
    }
    let kind = if answered.is_some() {
        Kind::Known
    } else {
        Kind::New
    };
    let checked = order(args).check(kind, answered.is_some())?;
    if how.sends && answered.is_none() && checked.has_no_recipient() {
        return Err(no_recipient());
    }
    let names = args.attachments.as_deref().unwrap_or_default();
    let attachments = read_files(&setup.folders, names).await?;

    // A person who allowed no reading can still have a new mail written.
    let mut methods = vec![how.method.id()];
    methods.extend(Sender::methods(&checked));
    methods.extend(answered.iter().flat_map(|_| ANSWER));
    let gmail = Gmail::writing(cx, &methods, setup.settlement);
    let parent = async {
        match &answered {
            Some(answered) => Ok(Some(Box::pin(answered.look_up(&gmail)).await?)),
            None => Ok(None),
        }
    };
    let (parent, sender) = futures_util::try_join!(parent, Sender::look_up(&gmail, &checked))?;
    let mut letter = Letter::new(checked, parent, sender);
    letter.attachments = attachments;
    if letter.has_no_recipient() {
        if how.sends {
            return Err(no_recipient());
        }
        letter.note("it has no recipient yet");
    }
    let composed = letter.compose(cx)?;
    Ok(Ready {
        gmail,
        letter,
        composed,
    })
}

fn order(args: &Compose) -> Order<'_> {
    Order {
        to: args.to.as_deref(),
        cc: args.cc.as_deref(),
        bcc: args.bcc.as_deref(),
        subject: args.subject.as_deref(),
        body: Some(&args.body),
        reply_all: args.reply_all.unwrap_or(false),
        from: args.from.as_deref(),
        signature: args.signature.unwrap_or(false),
    }
}
