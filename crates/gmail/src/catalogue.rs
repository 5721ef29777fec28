//! All tools, in groups: what reads, writes, keeps order, and settles how Gmail works.

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, typed_tool};

use crate::{draft, message, search, thread};

/// All tools, whose results take at most `budget` characters.
pub(crate) fn catalogue(budget: usize) -> Vec<Arc<dyn Tool>> {
    let groups = [
        reading(budget),
        composing(budget),
        organising(budget),
        settings(budget),
    ];
    groups.into_iter().flatten().collect()
}

/// What looks only.
fn reading(budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "search_emails",
            Risk::Read,
            search::METHODS,
            move |cx, args| search::search_emails(cx, args, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "get_message",
            Risk::Read,
            message::METHODS,
            move |cx, args| message::get_message(cx, args, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "get_thread",
            Risk::Read,
            thread::METHODS,
            move |cx, args| thread::get_thread(cx, args, budget),
        )
        .core()
        .shared(),
    ]
}

/// What writes mail, and sends it.
fn composing(_budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "create_draft_email",
            Risk::Draft,
            draft::METHODS,
            draft::create_draft_email,
        )
        .core()
        .shared(),
    ]
}

/// Labels, stars, the archive and the bin.
fn organising(_budget: usize) -> Vec<Arc<dyn Tool>> {
    Vec::new()
}

/// Filters, addresses and automatic answers.
fn settings(_budget: usize) -> Vec<Arc<dyn Tool>> {
    Vec::new()
}
