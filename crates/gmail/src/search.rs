//! `search_emails`: a page of mails by Gmail's operators; whatever finds mails finds them here.

use google_gmail1::api::Message;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::Error;
use toolgate_text::split_quoted;
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_size, piece, shortened},
};

use crate::{
    view::{Mail, Worn, is_false, is_zero},
    wire::{GET, Gmail, LIST},
};

pub(crate) const METHODS: &[&str] = &[LIST.id(), GET.id()];

/// Mails on a page, unless asked otherwise.
pub(crate) const DEFAULT_COUNT: usize = 10;
/// Characters of a mail's text.
const EXCERPT: usize = 1_000;
/// What the member `excerpt` takes without its text.
const EXCERPT_MEMBER: usize = 14;
/// An excerpt shorter than this says nothing.
const LEAST_EXCERPT: usize = 20;
/// What a result takes beside its mails.
const ENVELOPE: usize = 500;
/// What one mail gets at least: a page has no more mails than that allows.
const LEAST_SHARE: usize = 390;
/// Characters of a reason why a mail could not be read.
const REASON: usize = 160;

/// Searches the mailbox, newest first: ids, headers and the beginning of each text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchEmails {
    /// In Gmail's search operators; empty finds all mail.
    #[schemars(example = "is:unread from:ada newer_than:7d")]
    query: String,
    /// Mails on this page; 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before, with the same query.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// A page of mails.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Page {
    emails: Vec<Found>,
    /// Mails on this page.
    count: usize,
    /// Mails on all pages, as Gmail estimates.
    total_estimate: u32,
    /// To get the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Mails that were found and could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

/// A mail.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    id: String,
    thread_id: String,
    subject: String,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    date: String,
    #[serde(flatten)]
    labels: Worn,
    unread: bool,
    /// How many files are attached.
    #[serde(skip_serializing_if = "is_zero")]
    attachments: usize,
    /// The beginning of what is new in it, without quoted history.
    #[serde(skip_serializing_if = "String::is_empty")]
    excerpt: String,
    /// There is more of it: `get_message` shows all.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
}

/// One of several things that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Failed {
    pub(crate) id: String,
    pub(crate) reason: String,
}

impl Failed {
    pub(crate) fn new(id: &str, error: &Error) -> Self {
        Self {
            id: id.to_owned(),
            reason: shortened(&error.to_string(), REASON),
        }
    }
}

/// What is looked for, and which page of it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// In Gmail's search operators.
    pub(crate) query: String,
    pub(crate) count: Option<usize>,
    pub(crate) page_token: Option<String>,
}

/// Searches by a query of the model's own.
pub(crate) async fn search_emails(
    cx: ToolContext,
    args: SearchEmails,
    budget: usize,
) -> Result<Page, ToolError> {
    let wanted = Wanted {
        query: args.query,
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
}

/// Searches, and reads what was found in batches.
pub(crate) async fn find(
    cx: ToolContext,
    wanted: Wanted,
    budget: usize,
) -> Result<Page, ToolError> {
    let gmail = Gmail::new(&cx, METHODS);
    let fits = budget.saturating_sub(ENVELOPE) / LEAST_SHARE;
    let count = wanted.count.unwrap_or(DEFAULT_COUNT).min(fits);
    let page_token = wanted.page_token.as_deref();
    let list = gmail.messages_list(wanted.query.trim(), count, page_token);
    let list = list.await.map_err(|error| refused(error, page_token))?;
    let ids: Vec<String> = list
        .messages
        .unwrap_or_default()
        .into_iter()
        .filter_map(|message| message.id)
        .collect();
    let answers = gmail.messages_get_batch(&ids).await?;
    let (emails, failed, fence) = shown(&cx, ids, read(answers).await, budget)?;
    Ok(Page {
        count: emails.len(),
        untrusted: fence.filter(|_| !emails.is_empty()).map(|it| it.notice()),
        emails,
        total_estimate: list.result_size_estimate.unwrap_or_default(),
        next_page_token: list.next_page_token,
        failed,
    })
}

/// A page token is the one argument of a list that Gmail can find wrong.
pub(crate) fn refused(error: Error, page_token: Option<&str>) -> ToolError {
    if page_token.is_some() && error.kind() == FailureKind::InvalidArgument {
        return ToolError::invalid_argument(
            "page_token",
            "Gmail does not know it for this query",
            "the next_page_token of the page before, with the same query",
        );
    }
    ToolError::from(error)
}

/// The mails that could be had, with their texts.
async fn read(answers: Vec<Result<Message, Error>>) -> Vec<Result<Mail, Error>> {
    let mut messages = Vec::new();
    let places: Vec<Result<(), Error>> = answers
        .into_iter()
        .map(|answer| answer.map(|message| messages.push(message)))
        .collect();
    let mut mails = Mail::read_all(messages).await.into_iter();
    places
        .into_iter()
        .map(|place| place.map(|()| mails.next().unwrap_or_default()))
        .collect()
}

type Shown = (Vec<Found>, Vec<Failed>, Option<Fence>);

/// The mails within the budget, each of which may use what the ones before it left.
fn shown(
    cx: &ToolContext,
    ids: Vec<String>,
    answers: Vec<Result<Mail, Error>>,
    budget: usize,
) -> Result<Shown, ToolError> {
    let fence = cx.fence("mail");
    let mut room = budget.saturating_sub(ENVELOPE);
    let mut left = ids.len();
    let (mut emails, mut failed) = (Vec::new(), Vec::new());
    let mut cause = None;
    for (id, answer) in ids.into_iter().zip(answers) {
        let share = room / left.max(1);
        let size = match answer {
            Ok(mail) => {
                let found = found(&mail, share, &fence);
                let size = json_size(&found);
                emails.push(found);
                size
            }
            Err(error) => {
                let entry = Failed::new(&id, &error);
                let size = json_size(&entry);
                failed.push(entry);
                cause = cause.or(Some(error).filter(|it| it.kind() != FailureKind::NotFound));
                size
            }
        };
        room = room.saturating_sub(size + 1);
        left -= 1;
    }
    match cause {
        // Nothing could be read: that is no page, whatever was found.
        Some(cause) if emails.is_empty() => Err(ToolError::from(cause)),
        _ => Ok((emails, failed, Some(fence))),
    }
}

fn found(mail: &Mail, share: usize, fence: &Fence) -> Found {
    let mut found = Found {
        subject: mail.subject((share / 6).min(300)),
        from: mail
            .people("From", (share / 8).min(120))
            .unwrap_or_default(),
        to: mail.people("To", (share / 10).min(200)),
        date: mail.date(),
        labels: mail.labels((share / 8).min(200)),
        unread: mail.is_unread(),
        attachments: mail.body.attachments.len(),
        excerpt: String::new(),
        truncated: true,
        id: mail.id.clone(),
        thread_id: mail.thread_id.clone(),
    };
    let snippet = match mail.body.text.trim() {
        "" => Some(mail.snippet()),
        _ => None,
    };
    let (fresh, quoted) = match &snippet {
        Some(snippet) => (snippet.as_str(), ""),
        None => split_quoted(&mail.body.text),
    };
    let room = share.saturating_sub(json_size(&found) + 1 + EXCERPT_MEMBER + Fence::SIZE);
    let excerpt = piece(fresh.trim_end(), 0, room.min(EXCERPT));
    if room >= LEAST_EXCERPT && !excerpt.text.is_empty() {
        found.excerpt = fence.around(excerpt.text);
        found.truncated =
            excerpt.next.is_some() || !quoted.trim().is_empty() || mail.body.incomplete;
    } else {
        found.truncated = !fresh.trim().is_empty() || mail.body.incomplete;
    }
    found
}
