//! All tools, in groups: what reads, writes, keeps order, and settles how Gmail works.

mod writing;

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, typed_tool};

use crate::{
    addresses, bulk, changes, drafts, filters, labels, marks, message, presets, search,
    setup::Setup, thread, threads, toolkit::LEAST_RESULT_BUDGET, unsubscribe, vacation,
};

/// Runs a tool whose result takes no more than the toolkit and the run allow.
macro_rules! sized {
    ($function:path, $budget:expr) => {{
        let budget = $budget;
        move |cx, args| {
            let budget = cx.bounded(budget, LEAST_RESULT_BUDGET);
            $function(cx, args, budget)
        }
    }};
}

/// All tools, set up so.
pub(crate) fn catalogue(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    let budget = setup.budget;
    let groups = [
        reading(budget),
        writing::composing(setup),
        writing::outgoing(setup),
        writing::files(setup),
        organising(),
        settings(budget),
    ];
    groups.into_iter().flatten().collect()
}

/// What looks only.
fn reading(budget: usize) -> Vec<Arc<dyn Tool>> {
    let mut tools = finding(budget);
    tools.extend(preset(budget));
    tools.extend(facts(budget));
    tools
}

fn finding(budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "search_emails",
            Risk::Read,
            search::METHODS,
            sized!(search::search_emails, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "get_message",
            Risk::Read,
            message::METHODS,
            sized!(message::get_message, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "get_thread",
            Risk::Read,
            thread::METHODS,
            sized!(thread::get_thread, budget),
        )
        .core()
        .shared(),
        typed_tool(
            "search_threads",
            Risk::Read,
            threads::METHODS,
            sized!(threads::search_threads, budget),
        )
        .shared(),
    ]
}

/// Thin presets over what `finding` finds with.
fn preset(budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "get_latest_emails",
            Risk::Read,
            search::METHODS,
            sized!(presets::latest, budget),
        )
        .shared(),
        typed_tool(
            "get_emails_from_user",
            Risk::Read,
            search::METHODS,
            sized!(presets::from_user, budget),
        )
        .shared(),
        typed_tool(
            "get_unread_emails",
            Risk::Read,
            search::METHODS,
            sized!(presets::unread, budget),
        )
        .shared(),
        typed_tool(
            "get_starred_emails",
            Risk::Read,
            search::METHODS,
            sized!(presets::starred, budget),
        )
        .shared(),
        typed_tool(
            "get_emails_by_context",
            Risk::Read,
            search::METHODS,
            sized!(presets::by_context, budget),
        )
        .shared(),
        typed_tool(
            "get_emails_by_date",
            Risk::Read,
            search::METHODS,
            sized!(presets::by_date, budget),
        )
        .shared(),
        typed_tool(
            "get_emails_by_thread",
            Risk::Read,
            thread::METHODS,
            sized!(presets::by_thread, budget),
        )
        .shared(),
    ]
}

fn facts(budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "list_labels",
            Risk::Read,
            labels::LIST_METHODS,
            sized!(labels::list_labels, budget),
        )
        .shared(),
        typed_tool(
            "list_custom_labels",
            Risk::Read,
            labels::CUSTOM_METHODS,
            sized!(labels::list_custom_labels, budget),
        )
        .shared(),
        typed_tool(
            "get_draft",
            Risk::Read,
            drafts::GET_METHODS,
            sized!(drafts::get_draft, budget),
        )
        .shared(),
        typed_tool(
            "list_drafts",
            Risk::Read,
            drafts::LIST_METHODS,
            sized!(drafts::list_drafts, budget),
        )
        .shared(),
        typed_tool(
            "get_mail_changes",
            Risk::Read,
            changes::METHODS,
            sized!(changes::get_mail_changes, budget),
        )
        .shared(),
        typed_tool(
            "get_unsubscribe_options",
            Risk::Read,
            unsubscribe::METHODS,
            unsubscribe::get_unsubscribe_options,
        )
        .shared(),
    ]
}

/// Labels, stars, the archive and the bin.
fn organising() -> Vec<Arc<dyn Tool>> {
    let mut tools = marking();
    tools.extend(moving());
    tools.extend(labelling());
    tools
}

fn marking() -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "mark_email_as_read",
            Risk::Organise,
            marks::MARK_METHODS,
            marks::mark_as_read,
        )
        .shared(),
        typed_tool(
            "mark_email_as_unread",
            Risk::Organise,
            marks::MARK_METHODS,
            marks::mark_as_unread,
        )
        .shared(),
        typed_tool(
            "star_email",
            Risk::Organise,
            marks::MARK_METHODS,
            marks::star,
        )
        .shared(),
        typed_tool(
            "unstar_email",
            Risk::Organise,
            marks::MARK_METHODS,
            marks::unstar,
        )
        .shared(),
        typed_tool(
            "archive_email",
            Risk::Organise,
            marks::MARK_METHODS,
            marks::archive,
        )
        .shared(),
    ]
}

fn moving() -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "modify_message_labels",
            Risk::Organise,
            marks::MODIFY_METHODS,
            marks::modify_message,
        )
        .shared(),
        typed_tool(
            "modify_thread_labels",
            Risk::Organise,
            marks::MODIFY_THREAD_METHODS,
            marks::modify_thread,
        )
        .shared(),
        typed_tool(
            "modify_emails",
            Risk::Organise,
            bulk::MODIFY_METHODS,
            bulk::modify_emails,
        )
        .shared(),
        typed_tool(
            "trash_message",
            Risk::Delete,
            marks::TRASH_METHODS,
            marks::trash_message,
        )
        .shared(),
        typed_tool(
            "trash_thread",
            Risk::Delete,
            marks::TRASH_THREAD_METHODS,
            marks::trash_thread,
        )
        .shared(),
    ]
}

fn labelling() -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "apply_label",
            Risk::Organise,
            bulk::APPLY_METHODS,
            bulk::apply_label,
        )
        .shared(),
        typed_tool(
            "remove_label",
            Risk::Organise,
            bulk::REMOVE_METHODS,
            bulk::remove_label,
        )
        .shared(),
        typed_tool(
            "create_label",
            Risk::Organise,
            labels::CREATE_METHODS,
            labels::create_label,
        )
        .shared(),
        typed_tool(
            "rename_label",
            Risk::Organise,
            labels::RENAME_METHODS,
            labels::rename_label,
        )
        .shared(),
        typed_tool(
            "delete_custom_label",
            Risk::Delete,
            labels::DELETE_METHODS,
            labels::delete_custom_label,
        )
        .shared(),
    ]
}

/// Filters, addresses and automatic answers.
fn settings(budget: usize) -> Vec<Arc<dyn Tool>> {
    vec![
        typed_tool(
            "list_filters",
            Risk::Read,
            filters::LIST_METHODS,
            sized!(filters::list_filters, budget),
        )
        .shared(),
        typed_tool(
            "create_filter",
            Risk::Organise,
            filters::CREATE_METHODS,
            filters::create_filter,
        )
        .shared(),
        typed_tool(
            "delete_filter",
            Risk::Delete,
            filters::DELETE_METHODS,
            filters::delete_filter,
        )
        .shared(),
        typed_tool(
            "list_send_as",
            Risk::Read,
            addresses::LIST_METHODS,
            sized!(addresses::list_send_as, budget),
        )
        .shared(),
        typed_tool(
            "update_signature",
            Risk::Organise,
            addresses::SIGNATURE_METHODS,
            addresses::update_signature,
        )
        .shared(),
        typed_tool(
            "get_vacation_responder",
            Risk::Read,
            vacation::GET_METHODS,
            sized!(vacation::get_vacation, budget),
        )
        .shared(),
        typed_tool(
            "set_vacation_responder",
            Risk::Send,
            vacation::SET_METHODS,
            sized!(vacation::set_vacation, budget),
        )
        .shared(),
    ]
}
