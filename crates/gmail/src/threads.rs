//! `search_threads`: a page of conversations by Gmail's operators.

use std::collections::HashMap;

use google_gmail1::api::Thread;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Error;
use toolgate_text::split_quoted;
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{joined, json_size, piece},
};

use crate::{
    search::{DEFAULT_COUNT, Failed, refused},
    view::{Mail, is_false},
    wire::{GET, Gmail, THREAD, THREADS},
};

pub(crate) const METHODS: &[&str] = &[THREADS.id(), THREAD.id(), GET.id()];

/// What a result takes beside its threads.
const ENVELOPE: usize = 500;
/// What one thread gets at least: a page has no more threads than that allows.
const LEAST_SHARE: usize = 390;
/// What the member `snippet` takes without its text.
const SNIPPET_MEMBER: usize = 14;
/// A snippet shorter than this says nothing.
const LEAST_SNIPPET: usize = 20;
/// Characters of a snippet.
const SNIPPET: usize = 200;

/// Searches conversations, newest first: ids, subjects, people and how many mails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchThreads {
    /// In Gmail's search operators; empty finds all.
    #[schemars(example = "subject:offsite newer_than:30d")]
    query: String,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before, with the same query.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// A page of conversations.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ThreadPage {
    threads: Vec<FoundThread>,
    /// Threads on this page.
    count: usize,
    /// Threads on all pages, as Gmail estimates.
    total_estimate: u32,
    /// To get the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Threads that were found and could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

/// A conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FoundThread {
    thread_id: String,
    /// Of its first mail.
    subject: String,
    /// Who wrote in it.
    from: String,
    /// Its mails.
    messages: usize,
    /// Those of them that are unread.
    unread: usize,
    /// The latest mail's id.
    latest_id: String,
    /// When the latest mail came.
    latest_date: String,
    /// The beginning of the latest mail, without quoted history.
    #[serde(skip_serializing_if = "String::is_empty")]
    snippet: String,
    /// The snippet was cut.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
}

/// Searches, and reads the heads of what was found in batches.
pub(crate) async fn search_threads(
    cx: ToolContext,
    args: SearchThreads,
    budget: usize,
) -> Result<ThreadPage, ToolError> {
    let gmail = Gmail::new(&cx, METHODS);
    let fits = budget.saturating_sub(ENVELOPE) / LEAST_SHARE;
    let count = args.count.unwrap_or(DEFAULT_COUNT).min(fits);
    let page_token = args.page_token.as_deref();
    let list = gmail
        .threads_list(args.query.trim(), count, page_token)
        .await;
    let list = list.map_err(|error| refused(error, page_token))?;
    let found = list.threads.unwrap_or_default().into_iter();
    let ids: Vec<String> = found.filter_map(|thread| thread.id).collect();
    let answers = gmail.threads_get_brief_batch(&ids).await?;
    let fence = cx.fence("mail");
    let texts = latest_texts(&gmail, &answers).await;
    let view = View {
        texts: &texts,
        fence: &fence,
    };
    let (threads, failed) = shown(&ids, answers, view, budget)?;
    Ok(ThreadPage {
        count: threads.len(),
        untrusted: (!threads.is_empty()).then(|| fence.notice()),
        threads,
        total_estimate: list.result_size_estimate.unwrap_or_default(),
        next_page_token: list.next_page_token,
        failed,
    })
}

/// How threads are shown.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    /// The texts of their latest mails, by id.
    texts: &'a HashMap<String, Latest>,
    fence: &'a Fence,
}

/// What is new in a mail, and whether something of it is missing.
#[derive(Debug)]
struct Latest {
    text: String,
    incomplete: bool,
}

/// What is new in the latest mail of each thread. Gmail's own snippet is no help: it shows what a mail hides. A text that
/// cannot be had is no reason to lose the thread.
async fn latest_texts(gmail: &Gmail, answers: &[Result<Thread, Error>]) -> HashMap<String, Latest> {
    let threads = answers.iter().filter_map(|answer| answer.as_ref().ok());
    let latest = threads.filter_map(|thread| {
        let mails = thread.messages.as_deref().unwrap_or_default();
        mails
            .iter()
            .max_by_key(|mail| mail.internal_date.unwrap_or_default())?
            .id
            .clone()
    });
    let latest: Vec<String> = latest.collect();
    let found = gmail.messages_get_batch(&latest).await.unwrap_or_default();
    let mails = Mail::read_all(found.into_iter().flatten().collect()).await;
    let texts = mails.into_iter().map(|mail| {
        let (fresh, _) = split_quoted(&mail.body.text);
        let latest = Latest {
            text: fresh.trim().to_owned(),
            incomplete: mail.body.incomplete,
        };
        (mail.id, latest)
    });
    texts.collect()
}

/// The threads within the budget, each of which may use what the ones before it left.
fn shown(
    ids: &[String],
    answers: Vec<Result<Thread, Error>>,
    view: View<'_>,
    budget: usize,
) -> Result<(Vec<FoundThread>, Vec<Failed>), ToolError> {
    let mut room = budget.saturating_sub(ENVELOPE);
    let (mut threads, mut failed) = (Vec::new(), Vec::new());
    let mut cause = None;
    for (index, (id, answer)) in ids.iter().zip(answers).enumerate() {
        let share = room / (ids.len() - index).max(1);
        let size = match answer {
            Ok(thread) => {
                let found = found(id, thread, share, view);
                let size = json_size(&found);
                threads.push(found);
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
        Some(cause) if threads.is_empty() => Err(ToolError::from(cause)),
        _ => Ok((threads, failed)),
    }
}

fn found(id: &str, thread: Thread, share: usize, view: View<'_>) -> FoundThread {
    let messages = thread.messages.unwrap_or_default();
    let mut mails: Vec<Mail> = messages.into_iter().map(Mail::head).collect();
    mails.sort_by_key(Mail::sent_at);
    let mut people: Vec<String> = Vec::new();
    for from in mails.iter().filter_map(|mail| mail.people("From", 80)) {
        if !people.contains(&from) {
            people.push(from);
        }
    }
    let latest = mails.last();
    let mut found = FoundThread {
        thread_id: id.to_owned(),
        subject: mails
            .first()
            .map(|it| it.subject((share / 6).min(300)))
            .unwrap_or_default(),
        from: joined(&people, (share / 5).min(300)),
        messages: mails.len(),
        unread: mails.iter().filter(|mail| mail.is_unread()).count(),
        latest_id: latest.map(|mail| mail.id.clone()).unwrap_or_default(),
        latest_date: latest.map(Mail::date).unwrap_or_default(),
        snippet: String::new(),
        truncated: true,
    };
    let latest = view.texts.get(&found.latest_id);
    let whole = latest.map(|it| it.text.as_str()).unwrap_or_default();
    let incomplete = latest.is_none_or(|it| it.incomplete);
    let room = share.saturating_sub(json_size(&found) + 1 + SNIPPET_MEMBER + Fence::SIZE);
    let snippet = piece(whole, 0, room.min(SNIPPET));
    if room >= LEAST_SNIPPET && !snippet.text.is_empty() {
        found.snippet = view.fence.around(snippet.text);
        found.truncated = snippet.next.is_some() || incomplete;
    } else {
        found.truncated = incomplete || !whole.is_empty();
    }
    found
}
