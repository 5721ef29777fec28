//! `get_thread`: a conversation, oldest mail first, without what its mails quote of each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_text::split_quoted;
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_chars, json_size, piece, shortened},
};

use crate::{
    error::Named,
    view::{Mail, Worn, is_false},
    wire::{Gmail, THREAD},
};

pub(crate) const METHODS: &[&str] = &[THREAD.id()];

/// What a result takes beside its subject and its mails.
const ENVELOPE: usize = 300;
/// What the members of a mail take that come with its text.
const MEMBERS: usize = 70;

/// Reads a conversation, oldest mail first, without quoted history.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetThread {
    /// From a search, or of a mail.
    #[schemars(length(min = 1), example = "18c0a11ce0000001")]
    pub(crate) thread_id: String,
    /// `next_skip` of an earlier reading, to read on.
    pub(crate) skip: Option<usize>,
}

/// A conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Conversation {
    thread_id: String,
    subject: String,
    /// Mails in the whole conversation.
    count: usize,
    messages: Vec<Turn>,
    /// The `skip` to read on with: more mails follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
    /// Mails follow, or texts go on.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// What of this was written by others.
    untrusted: String,
}

/// A mail of a conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Turn {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cc: Option<String>,
    date: String,
    /// Where it is not the conversation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(flatten)]
    labels: Worn,
    unread: bool,
    /// Names of attached files; `get_message` says more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<String>,
    /// Attached files whose names are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments_left_out: Option<usize>,
    body: String,
    /// Characters of quoted history that were left out; `get_message` shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted_chars_omitted: Option<usize>,
    /// Its text goes on: `get_message` with this `offset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// Something of its text is missing here, quoted history aside.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
}

/// Reads a thread, or reads on in it.
pub(crate) async fn get_thread(
    cx: ToolContext,
    args: GetThread,
    budget: usize,
) -> Result<Conversation, ToolError> {
    let named = Named::thread(&args.thread_id);
    let thread = Gmail::new(&cx, METHODS).threads_get(named.id).await;
    let thread = thread.map_err(|error| named.explain(error))?;
    let messages = thread.messages.unwrap_or_default();
    let mut mails = Mail::read_all(messages).await;
    mails.sort_by_key(Mail::sent_at);
    let skip = args.skip.unwrap_or(0);
    if skip > 0 && skip >= mails.len() {
        return Err(ToolError::invalid_argument(
            "skip",
            &format!("the conversation has {} mails", mails.len()),
            "the next_skip of an earlier reading",
        ));
    }
    let fence = cx.fence("mail");
    let thread_id = thread.id.unwrap_or_else(|| named.id.to_owned());
    let limits = Limits { skip, budget };
    Ok(conversation(thread_id, &mails, limits, &fence))
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    skip: usize,
    budget: usize,
}

fn conversation(
    thread_id: String,
    mails: &[Mail],
    Limits { skip, budget }: Limits,
    fence: &Fence,
) -> Conversation {
    let first = mails.first().map(Mail::full_subject).unwrap_or_default();
    let subject = shortened(&first, budget / 20);
    let room = budget.saturating_sub(ENVELOPE + json_chars(&subject));
    let view = View {
        subject: plain_subject(&first),
        budget,
        fence,
    };
    let open = mails.get(skip..).unwrap_or_default();
    let whole: usize = open.iter().map(|mail| view.whole_size(mail)).sum();
    // Where not all fits, one long mail must not hide those that follow.
    let most = if whole <= room {
        usize::MAX
    } else {
        budget / 4
    };
    let mut used = 0;
    let mut messages = Vec::new();
    for mail in open {
        let turn = view.turn(mail, most);
        used += json_size(&turn) + 1;
        if used > room && !messages.is_empty() {
            break;
        }
        messages.push(turn);
    }
    let next_skip = Some(skip + messages.len()).filter(|next| *next < mails.len());
    Conversation {
        thread_id,
        subject,
        count: mails.len(),
        truncated: next_skip.is_some() || messages.iter().any(|turn| turn.truncated),
        messages,
        next_skip,
        untrusted: fence.notice(),
    }
}

/// A subject without the marks of answering and forwarding.
fn plain_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once(':') {
        let known = ["re", "fw", "fwd", "aw", "wg", "sv"];
        if !known.contains(&mark.trim().to_ascii_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start();
    }
    rest.to_owned()
}

/// How the mails of one conversation are shown.
struct View<'a> {
    subject: String,
    budget: usize,
    fence: &'a Fence,
}

impl View<'_> {
    /// At most what a mail takes when none of its new text is left out.
    fn whole_size(&self, mail: &Mail) -> usize {
        let (fresh, _) = split_quoted(&mail.body.text);
        json_size(&self.head(mail)) + json_chars(fresh) + MEMBERS + Fence::SIZE
    }

    fn turn(&self, mail: &Mail, most: usize) -> Turn {
        let (fresh, quoted) = split_quoted(&mail.body.text);
        let text = piece(fresh.trim_end(), 0, most);
        let omitted = quoted.trim().chars().count();
        Turn {
            body: self.fence.around(text.text),
            quoted_chars_omitted: Some(omitted).filter(|omitted| *omitted > 0),
            next_offset: text.next,
            truncated: text.next.is_some() || mail.body.incomplete,
            ..self.head(mail)
        }
    }

    fn head(&self, mail: &Mail) -> Turn {
        let short = self.budget / 40;
        let subject = Some(mail.full_subject())
            .filter(|own| plain_subject(own) != self.subject)
            .map(|own| shortened(&own, short));
        let mut used = 0;
        let names = mail.body.attachments.iter();
        let attachments: Vec<String> = names
            .map(|file| file.filename.clone())
            .take_while(|name| {
                used += json_chars(name) + 3;
                used <= 2 * short
            })
            .collect();
        Turn {
            id: mail.id.clone(),
            from: mail.people("From", short),
            to: mail.people("To", short),
            cc: mail.people("Cc", short),
            date: mail.date(),
            subject,
            labels: mail.labels(short),
            unread: mail.is_unread(),
            attachments_left_out: Some(mail.body.attachments.len() - attachments.len())
                .filter(|left| *left > 0),
            attachments,
            body: String::new(),
            quoted_chars_omitted: None,
            next_offset: None,
            truncated: false,
        }
    }
}
