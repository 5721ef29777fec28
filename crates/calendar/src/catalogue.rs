//! All tools, in groups: what reads, what finds time, and what writes.

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, typed_tool};

use crate::{
    availability, book, calendars, create, delete, get, list, moving, respond, setup::Setup, slots,
    update,
};

/// A tool that has to know how its toolkit was set up.
macro_rules! set_up {
    ($name:literal, $risk:expr, $methods:expr, $function:path, $setup:expr) => {{
        let setup = $setup.clone();
        typed_tool($name, $risk, $methods, move |cx, args| {
            let setup = setup.within(&cx);
            $function(cx, args, setup)
        })
    }};
}

/// All tools, set up so.
pub(crate) fn catalogue(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    let groups = [reading(setup), finding(setup), writing(setup), more(setup)];
    groups.into_iter().flatten().collect()
}

/// What looks at events and calendars.
fn reading(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "list_events",
            Risk::Read,
            list::METHODS,
            list::list_events,
            setup
        )
        .core()
        .shared(),
        set_up!("get_event", Risk::Read, get::METHODS, get::get_event, setup)
            .core()
            .shared(),
        set_up!(
            "search_events",
            Risk::Read,
            list::METHODS,
            list::search_events,
            setup
        )
        .shared(),
        set_up!(
            "fetch_all_events",
            Risk::Read,
            list::METHODS,
            list::fetch_all_events,
            setup
        )
        .shared(),
        set_up!(
            "list_event_instances",
            Risk::Read,
            list::INSTANCE_METHODS,
            list::list_event_instances,
            setup
        )
        .shared(),
        set_up!(
            "get_event_attendees",
            Risk::Read,
            get::METHODS,
            get::get_event_attendees,
            setup
        )
        .shared(),
        set_up!(
            "list_calendars",
            Risk::Read,
            calendars::METHODS,
            calendars::list_calendars,
            setup
        )
        .shared(),
    ]
}

/// What finds time.
fn finding(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "find_available_slots",
            Risk::Read,
            slots::METHODS,
            slots::find_available_slots,
            setup
        )
        .core()
        .shared(),
        set_up!(
            "check_availability",
            Risk::Read,
            availability::METHODS,
            availability::check_availability,
            setup
        )
        .shared(),
    ]
}

/// What writes events.
fn writing(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "create_event",
            Risk::Send,
            create::METHODS,
            create::create_event,
            setup
        )
        .core()
        .shared(),
        set_up!(
            "update_event",
            Risk::Send,
            update::METHODS,
            update::update_event,
            setup
        )
        .core()
        .shared(),
        set_up!(
            "delete_event",
            Risk::Delete,
            delete::METHODS,
            delete::delete_event,
            setup
        )
        .shared(),
    ]
}

/// What writes them in other ways.
fn more(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    vec![
        set_up!(
            "quick_add_event",
            Risk::Organise,
            create::QUICK_METHODS,
            create::quick_add_event,
            setup
        )
        .shared(),
        set_up!(
            "move_event",
            Risk::Send,
            moving::METHODS,
            moving::move_event,
            setup
        )
        .shared(),
        set_up!(
            "respond_to_event",
            Risk::Send,
            respond::METHODS,
            respond::respond_to_event,
            setup
        )
        .shared(),
        set_up!(
            "book_meeting",
            Risk::Send,
            book::METHODS,
            book::book_meeting,
            setup
        )
        .shared(),
    ]
}
