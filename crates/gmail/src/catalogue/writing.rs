//! The tools that write mail, send it, and handle its files.

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, typed_tool};

use crate::{attachment, draft, forward, outbox, send, setup::Setup, update};

/// Runs a tool that has to know how its toolkit was set up.
macro_rules! set_up {
    ($name:literal, $risk:expr, $methods:expr, $function:path, $setup:expr) => {{
        let setup = $setup.clone();
        typed_tool($name, $risk, $methods, move |cx, args| {
            let setup = setup.within(&cx);
            $function(cx, args, setup)
        })
    }};
}

/// What writes mail, and sends it.
pub(super) fn composing(setup: &Setup) -> Vec<Arc<dyn Tool>> {
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
pub(super) fn outgoing(setup: &Setup) -> Vec<Arc<dyn Tool>> {
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
pub(super) fn files(setup: &Setup) -> Vec<Arc<dyn Tool>> {
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
            Risk::Organise,
            attachment::METHODS,
            attachment::download_attachment,
            setup
        )
        .shared(),
    ]
}
