//! All tools, in groups: what reads, writes, keeps order, and settles how Gmail works.

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, typed_tool};

use crate::{
    attachment, draft, forward, message, outbox, search, send, setup::Setup, thread, update,
};

/// All tools, set up so.
pub(crate) fn catalogue(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    let budget = setup.budget;
    let groups = [
        reading(budget),
        composing(setup),
        drafts(setup),
        files(setup),
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

/// Runs a tool that has to know how its toolkit was set up.
macro_rules! set_up {
    ($name:literal, $risk:expr, $methods:expr, $function:path, $setup:expr) => {{
        let setup = $setup.clone();
        typed_tool($name, $risk, $methods, move |cx, args| {
            $function(cx, args, setup.clone())
        })
    }};
}

/// What writes mail, and sends it.
fn composing(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "create_draft_email",
            Risk::Draft,
            draft::METHODS,
            draft::create_draft_email,
            setup
        )
        .core()
        .shared(),
        set_up!(
            "send_email",
            Risk::Send,
            send::METHODS,
            send::send_email,
            setup
        )
        .shared(),
        set_up!(
            "send_email_reply",
            Risk::Send,
            send::METHODS,
            send::send_email_reply,
            setup
        )
        .shared(),
        set_up!(
            "forward_email",
            Risk::Send,
            forward::METHODS,
            forward::forward_email,
            setup
        )
        .shared(),
    ]
}

/// What becomes of drafts.
fn drafts(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "update_draft",
            Risk::Draft,
            update::METHODS,
            update::update_draft,
            setup
        )
        .shared(),
        set_up!(
            "send_draft",
            Risk::Send,
            outbox::SEND_METHODS,
            outbox::send_draft,
            setup
        )
        .shared(),
        set_up!(
            "delete_draft",
            Risk::Delete,
            outbox::DELETE_METHODS,
            outbox::delete_draft,
            setup
        )
        .shared(),
    ]
}

/// Files on mails.
fn files(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "read_attachment",
            Risk::Read,
            attachment::METHODS,
            attachment::read_attachment,
            setup
        )
        .shared(),
        set_up!(
            "download_attachment",
            Risk::Read,
            attachment::METHODS,
            attachment::download_attachment,
            setup
        )
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
