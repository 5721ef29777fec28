//! Labels on and off many mails at once: all that a search finds, up to a count that is said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, collect_pages};
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use crate::{
    error::is_about_a_label,
    labels::{self, Change, Labels, Named, found_or_made, may_be_added, may_be_changed},
    search::refused,
    wire::{BATCH_MODIFY, CREATE_LABEL, Gmail, LABELS, LIST, MOST_AT_ONCE},
};

pub(crate) const APPLY_METHODS: &[&str] =
    &[LIST.id(), LABELS.id(), CREATE_LABEL.id(), BATCH_MODIFY.id()];
pub(crate) const REMOVE_METHODS: &[&str] = &[LIST.id(), LABELS.id(), BATCH_MODIFY.id()];
pub(crate) const MODIFY_METHODS: &[&str] = REMOVE_METHODS;

/// Mails that are changed unless asked otherwise.
const DEFAULT_COUNT: usize = 1_000;
/// Ids on a page of a list, which Gmail bounds.
const PAGE: usize = 500;
/// Pages of a search; Gmail may make them shorter than asked.
const MOST_PAGES: usize = 200;
/// Characters of a reason why some could not be changed.
const REASON: usize = 300;

/// Puts a label on every mail that a search finds; makes the label if there is none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplyLabel {
    /// In Gmail's search operators.
    #[schemars(length(min = 1), example = "from:billing@hosting.example")]
    query: String,
    /// Name or id.
    #[schemars(length(min = 1, max = 225), example = &"Invoices")]
    label: String,
    /// Most mails to change; 1000 if left out.
    #[schemars(range(min = 1, max = 5_000))]
    count: Option<usize>,
    /// `next_page_token` of an earlier call.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Takes a label off the mails that wear it; the mails and the label stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveLabel {
    /// Name or id.
    #[schemars(length(min = 1), example = &"Invoices")]
    label: String,
    /// Only off those that this search finds.
    query: Option<String>,
    /// Most mails to change; 1000 if left out.
    #[schemars(range(min = 1, max = 5_000))]
    count: Option<usize>,
}

/// Puts labels on many mails and takes others off. Give `message_ids`, or `query` with `count`. Archive: remove INBOX. Mark
/// as read: remove UNREAD.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModifyEmails {
    /// Ids of mails.
    #[schemars(length(min = 1, max = 1_000))]
    message_ids: Option<Vec<String>>,
    /// In Gmail's search operators.
    #[schemars(length(min = 1), example = "from:news@weekly.example older_than:30d")]
    query: Option<String>,
    /// Most mails to change.
    #[schemars(range(min = 1, max = 5_000))]
    count: Option<usize>,
    /// Names or ids.
    #[schemars(example = &["STARRED"])]
    add_labels: Option<Vec<String>>,
    /// Names or ids.
    #[schemars(example = &["INBOX", "UNREAD"])]
    remove_labels: Option<Vec<String>>,
    /// `next_page_token` of an earlier call.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// What was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Changed {
    /// Mails that were changed, or were so already.
    mails: usize,
    /// More mails match: the same call with this as `page_token` goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Mails that were found and could not be changed; the same call tries again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Unchanged>,
}

/// Mails that could not be changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Unchanged {
    count: usize,
    reason: String,
}

/// What was labelled.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Applied {
    /// Missing where nothing was found and there is no such label.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Named>,
    /// Whether the label was made.
    created: bool,
    #[serde(flatten)]
    changed: Changed,
}

/// Off what the label was taken.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Removed {
    label: Named,
    /// Mails that lost it.
    mails: usize,
    /// More mails wear it: the same call goes on.
    #[serde(skip_serializing_if = "crate::view::is_false")]
    more: bool,
    /// Mails that were found and could not be changed; the same call tries again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Unchanged>,
}

/// Mails that a search found.
struct Found {
    ids: Vec<String>,
    next: Option<String>,
}

/// Finds first and changes then, so that no page shifts under the search.
async fn find(
    gmail: &Gmail,
    query: Option<&str>,
    label_ids: &[String],
    count: usize,
    page_token: Option<&str>,
) -> Result<Found, ToolError> {
    let fetch = |page: toolgate_google_http::PageRequest| async move {
        let wanted = page.wanted.min(PAGE);
        let token = page.token.as_deref();
        let page = gmail.message_ids(query, label_ids, wanted, token).await?;
        Ok((page.ids, page.next))
    };
    let start = page_token.map(str::to_owned);
    let paged = collect_pages(start, count, MOST_PAGES, fetch).await;
    let paged = paged.map_err(|error| refused(error, page_token))?;
    Ok(Found {
        ids: paged.items,
        next: paged.next,
    })
}

/// Changes mails a thousand at a time. What one request does not do is said, and spoils no other.
async fn change(gmail: &Gmail, ids: &[String], change: &Change) -> Result<Changed, Error> {
    let mut done = Changed {
        mails: 0,
        next_page_token: None,
        failed: Vec::new(),
    };
    let mut cause = None;
    for part in ids.chunks(MOST_AT_ONCE) {
        match gmail.messages_batch_modify(part, change).await {
            Ok(()) => done.mails += part.len(),
            Err(error) => {
                done.failed.push(Unchanged {
                    count: part.len(),
                    reason: shortened(&error.to_string(), REASON),
                });
                cause = Some(error);
            }
        }
    }
    match cause {
        Some(cause) if done.mails == 0 => Err(cause),
        _ => Ok(done),
    }
}

/// Labels what a search finds.
pub(crate) async fn apply_label(cx: ToolContext, args: ApplyLabel) -> Result<Applied, ToolError> {
    let gmail = Gmail::new(&cx, APPLY_METHODS);
    let query = checked(&args.query)?;
    let count = args.count.unwrap_or(DEFAULT_COUNT);
    let page_token = args.page_token.as_deref();
    let found = find(&gmail, Some(query), &[], count, page_token).await?;
    if found.ids.is_empty() {
        let label = Labels::of(&gmail).await?.find(&args.label);
        return Ok(Applied {
            label,
            created: false,
            changed: change(&gmail, &[], &Change::default()).await?,
        });
    }
    let (label, created) = found_or_made(&cx, &gmail, "label", &args.label).await?;
    may_be_added("label", &label.id)?;
    let mut changed = change(&gmail, &found.ids, &Change::adding(&label.id)).await?;
    changed.next_page_token = found.next;
    Ok(Applied {
        label: Some(label),
        created,
        changed,
    })
}

/// Takes a label off what wears it, found by its id: a name in a search can be read as something else.
pub(crate) async fn remove_label(cx: ToolContext, args: RemoveLabel) -> Result<Removed, ToolError> {
    let gmail = Gmail::new(&cx, REMOVE_METHODS);
    let label = Labels::of(&gmail).await?.known("label", &args.label)?;
    may_be_changed("label", &label.id)?;
    let query = args.query.as_deref().map(str::trim);
    let query = query.filter(|query| !query.is_empty());
    let worn = [label.id.clone()];
    let count = args.count.unwrap_or(DEFAULT_COUNT);
    let found = find(&gmail, query, &worn, count, None).await?;
    let changed = change(&gmail, &found.ids, &Change::removing(&label.id)).await?;
    Ok(Removed {
        label,
        mails: changed.mails,
        more: found.next.is_some(),
        failed: changed.failed,
    })
}

/// Any labels on and off many mails.
pub(crate) async fn modify_emails(
    cx: ToolContext,
    args: ModifyEmails,
) -> Result<Changed, ToolError> {
    let which = Which::of(&args)?;
    let gmail = Gmail::new(&cx, MODIFY_METHODS);
    let (add, remove) = (args.add_labels.as_deref(), args.remove_labels.as_deref());
    let (asked, _) = Change::asked(&gmail, add, remove).await?;
    match which {
        Which::Ids(ids) => {
            let changed = change(&gmail, &ids, &asked).await;
            changed.map_err(unknown_ids)
        }
        Which::Query { query, count } => {
            let page_token = args.page_token.as_deref();
            let found = find(&gmail, Some(query), &[], count, page_token).await?;
            let mut changed = change(&gmail, &found.ids, &asked).await?;
            changed.next_page_token = found.next;
            Ok(changed)
        }
    }
}

/// Gmail says no more than that some id among many is none.
fn unknown_ids(error: Error) -> ToolError {
    let is_of_an_id = matches!(
        error.kind(),
        FailureKind::InvalidArgument | FailureKind::NotFound
    );
    if is_of_an_id && !is_about_a_label(&error) {
        return ToolError::invalid_argument(
            "message_ids",
            "Gmail does not know one of them, and changed none",
            "ids that a search gave",
        );
    }
    ToolError::from(error)
}

enum Which<'a> {
    Ids(Vec<String>),
    Query { query: &'a str, count: usize },
}

impl<'a> Which<'a> {
    fn of(args: &'a ModifyEmails) -> Result<Self, ToolError> {
        match (&args.message_ids, args.query.as_deref(), args.count) {
            (Some(ids), None, _) => Ok(Self::Ids(unique(ids)?)),
            (None, Some(query), Some(count)) => Ok(Self::Query {
                query: checked(query)?,
                count,
            }),
            (None, Some(_), None) => Err(ToolError::invalid_argument(
                "count",
                "it is missing beside `query`",
                "the most mails to change, from 1 to 5000",
            )),
            _ => Err(ToolError::invalid_arguments(
                "it is not clear which mails; give either `message_ids`, or `query` with `count`",
            )),
        }
    }
}

fn unique(ids: &[String]) -> Result<Vec<String>, ToolError> {
    let mut unique: Vec<String> = Vec::new();
    for id in ids.iter().map(|id| id.trim()) {
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_id {
            let shown = labels::shown(id);
            return Err(ToolError::invalid_argument(
                "message_ids",
                &format!("{shown:?} is no id"),
                "ids that a search gave, such as [\"18c0a11ce0000003\"]",
            ));
        }
        if !unique.iter().any(|known| known == id) {
            unique.push(id.to_owned());
        }
    }
    Ok(unique)
}

/// A search for everything is no search to change mails by.
fn checked(query: &str) -> Result<&str, ToolError> {
    let query = query.trim();
    if query.is_empty() {
        return Err(ToolError::invalid_argument(
            "query",
            "it is empty, and would find all mail",
            "a search such as \"from:news@weekly.example\", or \"in:anywhere\" for all mail",
        ));
    }
    Ok(query)
}
