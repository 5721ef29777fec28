//! The whole catalogue: every name of the Python system, once, and within what a model can pay for.

use std::collections::BTreeSet;
use std::sync::Arc;

use toolgate_calendar::CalendarToolkit;
use toolgate_drive::DriveToolkit;
use toolgate_examples::toolkits;
use toolgate_gmail::GmailToolkit;
use toolgate_sheets::SheetsToolkit;
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::{ToolSpec, Toolkit};

use crate::accounts;

/// The tools of agno 3.1.10's five toolkits.
const NAMES: [&str; 74] = [
    // Gmail
    "get_latest_emails",
    "get_emails_from_user",
    "get_unread_emails",
    "get_starred_emails",
    "get_emails_by_context",
    "get_emails_by_date",
    "get_emails_by_thread",
    "search_emails",
    "mark_email_as_read",
    "mark_email_as_unread",
    "star_email",
    "unstar_email",
    "archive_email",
    "create_draft_email",
    "send_email",
    "send_email_reply",
    "list_custom_labels",
    "apply_label",
    "remove_label",
    "delete_custom_label",
    "get_message",
    "get_thread",
    "search_threads",
    "modify_thread_labels",
    "trash_thread",
    "get_draft",
    "list_drafts",
    "send_draft",
    "update_draft",
    "list_labels",
    "modify_message_labels",
    "trash_message",
    "download_attachment",
    // Calendar
    "list_events",
    "get_event",
    "fetch_all_events",
    "find_available_slots",
    "list_calendars",
    "check_availability",
    "get_event_attendees",
    "search_events",
    "create_event",
    "update_event",
    "delete_event",
    "quick_add_event",
    "move_event",
    "respond_to_event",
    // Drive
    "list_files",
    "search_files",
    "read_file",
    "upload_file",
    "download_file",
    // Sheets
    "read_sheet",
    "create_sheet",
    "update_sheet",
    "create_duplicate_sheet",
    // Slides
    "create_presentation",
    "get_presentation",
    "list_presentations",
    "get_presentation_metadata",
    "get_page",
    "get_slide_text",
    "read_all_text",
    "get_slide_thumbnail",
    "add_slide",
    "add_text_box",
    "add_table",
    "set_background_image",
    "duplicate_slide",
    "move_slides",
    "insert_youtube_video",
    "insert_drive_video",
    "delete_presentation",
    "delete_slide",
];

/// Characters of all schemas of the tools that most tasks need.
const CORE: usize = 20_000;
/// Of a tool, on average over all and at most.
const EACH: usize = 600;
const MOST: usize = 2_500;

fn specs(toolkits: &[Arc<dyn Toolkit>]) -> Vec<ToolSpec> {
    let tools = toolkits.iter().flat_map(|toolkit| toolkit.tools());
    tools.map(|tool| tool.spec().clone()).collect()
}

#[test]
fn every_name_of_agnos_is_a_tool_and_no_two_tools_share_a_name() {
    let specs = specs(&toolkits().unwrap());
    let names: BTreeSet<&str> = specs.iter().map(|it| it.name).collect();
    assert_eq!(names.len(), specs.len());
    let missing: Vec<&&str> = NAMES
        .iter()
        .filter(|name| !names.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(NAMES.iter().collect::<BTreeSet<_>>().len(), NAMES.len());
}

fn core() -> Vec<Arc<dyn Toolkit>> {
    vec![
        Arc::new(GmailToolkit::new()),
        Arc::new(CalendarToolkit::new()),
        Arc::new(DriveToolkit::new()),
        Arc::new(SheetsToolkit::new()),
        Arc::new(SlidesToolkit::new()),
    ]
}

type Sizes = Vec<(&'static str, usize)>;

fn sizes(specs: Vec<ToolSpec>) -> Sizes {
    let specs = specs.into_iter();
    specs.map(|it| (it.name, it.model_size())).collect()
}

fn total(sizes: &Sizes) -> usize {
    sizes.iter().map(|(_, size)| size).sum()
}

#[test]
fn the_whole_catalogue_costs_a_model_no_more_than_its_budget() {
    let core = sizes(specs(&core()));
    assert!(total(&core) <= CORE, "{} {core:?}", total(&core));
    let all = sizes(specs(&toolkits().unwrap()));
    assert!(total(&all) <= EACH * all.len(), "{} {all:?}", total(&all));
    let large: Vec<_> = all.iter().filter(|(_, size)| *size > MOST).collect();
    assert!(large.is_empty(), "{large:?}");
}

#[tokio::test]
async fn choosing_among_several_accounts_costs_a_model_no_more_than_the_same_budget() {
    let plain = sizes(specs(&core()));
    let core = sizes(accounts::specs(core()).await);
    let size = total(&core);
    assert!(size > total(&plain), "no tool takes an account");
    assert!(size <= CORE, "{size} {core:?}");
    let all = sizes(accounts::specs(toolkits().unwrap()).await);
    let large: Vec<_> = all.iter().filter(|(_, size)| *size > MOST).collect();
    assert!(large.is_empty(), "{large:?}");
}
