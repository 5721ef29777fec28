//! `list_drafts` and `get_draft`: what was written and not sent yet.

use google_gmail1::api::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Error;
use toolgate_toolkit::{ToolContext, ToolError, sized::json_size};

use crate::{
    error::Named,
    letter::OTHERS_WORDS,
    message::{Whole, whole},
    search::{DEFAULT_COUNT, Failed, refused},
    view::Mail,
    wire::{DRAFT, DRAFTS, Gmail, TEXT},
};

pub(crate) const LIST_METHODS: &[&str] = &[DRAFTS.id(), DRAFT.id()];
pub(crate) const GET_METHODS: &[&str] = &[DRAFT.id(), TEXT.id()];

/// What a result takes beside its drafts.
const ENVELOPE: usize = 500;
/// What one draft gets at least: a page has no more drafts than that allows.
const LEAST_SHARE: usize = 300;
/// What the id of a draft takes in a result.
const DRAFT_ID: usize = 60;

/// Lists drafts, newest first, with recipients, subjects and dates.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDrafts {
    /// Only those that this search finds.
    query: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Reads one draft, whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDraft {
    /// From `list_drafts`.
    #[schemars(length(min = 1), example = &"r1234567890")]
    draft_id: String,
    /// `next_offset` of an earlier reading, to read on.
    offset: Option<usize>,
}

/// A page of drafts.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DraftPage {
    drafts: Vec<FoundDraft>,
    /// Drafts on this page.
    count: usize,
    /// Drafts on all pages, as Gmail estimates.
    total_estimate: u32,
    /// To get the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Drafts that could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<&'static str>,
}

/// A draft.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FoundDraft {
    draft_id: String,
    /// The draft as a mail.
    message_id: String,
    thread_id: String,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bcc: Option<String>,
    date: String,
}

/// A draft, read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WholeDraft {
    draft_id: String,
    #[serde(flatten)]
    mail: Whole,
}

/// Lists, and reads the heads of what is listed in batches.
pub(crate) async fn list_drafts(
    cx: ToolContext,
    args: ListDrafts,
    budget: usize,
) -> Result<DraftPage, ToolError> {
    let gmail = Gmail::new(&cx, LIST_METHODS);
    let fits = budget.saturating_sub(ENVELOPE) / LEAST_SHARE;
    let count = args.count.unwrap_or(DEFAULT_COUNT).min(fits);
    let page_token = args.page_token.as_deref();
    let query = args.query.as_deref().unwrap_or_default().trim();
    let list = gmail.drafts_list(query, count, page_token).await;
    let list = list.map_err(|error| refused(error, page_token))?;
    let drafts = list.drafts.unwrap_or_default().into_iter();
    let ids: Vec<String> = drafts.filter_map(|draft| draft.id).collect();
    let answers = gmail.drafts_get_brief_batch(&ids).await?;
    let (drafts, failed) = shown(&ids, answers, budget)?;
    Ok(DraftPage {
        count: drafts.len(),
        untrusted: (!drafts.is_empty()).then_some(OTHERS_WORDS),
        drafts,
        total_estimate: list.result_size_estimate.unwrap_or_default(),
        next_page_token: list.next_page_token,
        failed,
    })
}

fn shown(
    ids: &[String],
    answers: Vec<Result<Draft, Error>>,
    budget: usize,
) -> Result<(Vec<FoundDraft>, Vec<Failed>), ToolError> {
    let mut room = budget.saturating_sub(ENVELOPE);
    let (mut drafts, mut failed) = (Vec::new(), Vec::new());
    let mut cause = None;
    for (index, (id, answer)) in ids.iter().zip(answers).enumerate() {
        let share = room / (ids.len() - index).max(1);
        let size = match answer {
            Ok(draft) => {
                let found = found(id, draft, share);
                let size = json_size(&found);
                drafts.push(found);
                size
            }
            Err(error) => {
                let entry = Failed::new(id, &error);
                let size = json_size(&entry);
                failed.push(entry);
                cause = Some(error);
                size
            }
        };
        room = room.saturating_sub(size + 1);
    }
    match cause {
        Some(cause) if drafts.is_empty() => Err(ToolError::from(cause)),
        _ => Ok((drafts, failed)),
    }
}

fn found(id: &str, draft: Draft, share: usize) -> FoundDraft {
    let mail = Mail::head(draft.message.unwrap_or_default());
    let people = |header| mail.people(header, (share / 8).min(300));
    FoundDraft {
        draft_id: id.to_owned(),
        subject: mail.subject((share / 8).min(300)),
        to: people("To"),
        cc: people("Cc"),
        bcc: people("Bcc"),
        date: mail.date(),
        message_id: mail.id.clone(),
        thread_id: mail.thread_id.clone(),
    }
}

/// Reads a draft, or reads on in it.
pub(crate) async fn get_draft(
    cx: ToolContext,
    args: GetDraft,
    budget: usize,
) -> Result<WholeDraft, ToolError> {
    let named = Named::draft(&args.draft_id);
    let gmail = Gmail::new(&cx, GET_METHODS);
    let draft = gmail.drafts_get(named.id).await;
    let draft = draft.map_err(|error| named.explain(error))?;
    let message = draft.message.unwrap_or_default();
    let mail = Mail::read(gmail.with_texts(message).await?).await;
    let fence = cx.fence("mail");
    let offset = args.offset.unwrap_or(0);
    Ok(WholeDraft {
        draft_id: draft.id.unwrap_or_else(|| named.id.to_owned()),
        mail: whole(mail, offset, &fence, budget.saturating_sub(DRAFT_ID))?,
    })
}
