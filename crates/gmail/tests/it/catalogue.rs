//! What a model pays for and sees of the toolkit, and which tools can be chosen.

mod consent;

use serde_json::Value;
use toolgate_auth::ScopeSet;
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::{Risk, Selection, Toolkit};

use crate::world::all_tools;

/// For each tool: name, risk, and Google's methods without `gmail.users.`.
type Row = (&'static str, Risk, &'static [&'static str]);

const SEARCH: &[&str] = &["messages.get", "messages.list"];

const READ: &[&str] = &["messages.attachments.get", "messages.get"];

const READING: [Row; 17] = [
    ("search_emails", Risk::Read, SEARCH),
    ("get_message", Risk::Read, READ),
    ("get_thread", Risk::Read, &["threads.get"]),
    (
        "search_threads",
        Risk::Read,
        &["messages.get", "threads.get", "threads.list"],
    ),
    ("get_latest_emails", Risk::Read, SEARCH),
    ("get_emails_from_user", Risk::Read, SEARCH),
    ("get_unread_emails", Risk::Read, SEARCH),
    ("get_starred_emails", Risk::Read, SEARCH),
    ("get_emails_by_context", Risk::Read, SEARCH),
    ("get_emails_by_date", Risk::Read, SEARCH),
    ("get_emails_by_thread", Risk::Read, &["threads.get"]),
    ("list_labels", Risk::Read, &["labels.get", "labels.list"]),
    ("list_custom_labels", Risk::Read, &["labels.list"]),
    (
        "get_draft",
        Risk::Read,
        &["drafts.get", "messages.attachments.get"],
    ),
    ("list_drafts", Risk::Read, &["drafts.get", "drafts.list"]),
    (
        "get_mail_changes",
        Risk::Read,
        &["getProfile", "history.list", "labels.list", "messages.get"],
    ),
    ("get_unsubscribe_options", Risk::Read, &["messages.get"]),
];

const SEND: &[&str] = &[
    "getProfile",
    "messages.get",
    "messages.list",
    "messages.send",
    "settings.sendAs.list",
    "threads.get",
];

const COMPOSING: [Row; 9] = [
    (
        "create_draft_email",
        Risk::Draft,
        &[
            "drafts.create",
            "drafts.get",
            "drafts.list",
            "getProfile",
            "messages.get",
            "settings.sendAs.list",
            "threads.get",
        ],
    ),
    ("send_email", Risk::Send, SEND),
    ("send_email_reply", Risk::Send, SEND),
    (
        "forward_email",
        Risk::Send,
        &[
            "messages.attachments.get",
            "messages.get",
            "messages.list",
            "messages.send",
            "settings.sendAs.list",
        ],
    ),
    (
        "update_draft",
        Risk::Draft,
        &[
            "drafts.get",
            "drafts.update",
            "getProfile",
            "messages.get",
            "settings.sendAs.list",
            "threads.get",
        ],
    ),
    (
        "send_draft",
        Risk::Send,
        &["drafts.get", "drafts.send", "messages.get", "messages.list"],
    ),
    (
        "delete_draft",
        Risk::Delete,
        &["drafts.delete", "drafts.get"],
    ),
    ("read_attachment", Risk::Read, READ),
    ("download_attachment", Risk::Organise, READ),
];

const ORGANISING: [Row; 15] = [
    ("mark_email_as_read", Risk::Organise, &["messages.modify"]),
    ("mark_email_as_unread", Risk::Organise, &["messages.modify"]),
    ("star_email", Risk::Organise, &["messages.modify"]),
    ("unstar_email", Risk::Organise, &["messages.modify"]),
    ("archive_email", Risk::Organise, &["messages.modify"]),
    (
        "modify_message_labels",
        Risk::Organise,
        &["labels.list", "messages.modify"],
    ),
    (
        "modify_thread_labels",
        Risk::Organise,
        &["labels.list", "threads.modify"],
    ),
    (
        "modify_emails",
        Risk::Organise,
        &["labels.list", "messages.batchModify", "messages.list"],
    ),
    (
        "trash_message",
        Risk::Delete,
        &["messages.trash", "messages.untrash"],
    ),
    (
        "trash_thread",
        Risk::Delete,
        &["threads.trash", "threads.untrash"],
    ),
    (
        "apply_label",
        Risk::Organise,
        &[
            "labels.create",
            "labels.list",
            "messages.batchModify",
            "messages.list",
        ],
    ),
    (
        "remove_label",
        Risk::Organise,
        &["labels.list", "messages.batchModify", "messages.list"],
    ),
    (
        "create_label",
        Risk::Organise,
        &["labels.create", "labels.list"],
    ),
    (
        "rename_label",
        Risk::Organise,
        &["labels.list", "labels.patch"],
    ),
    (
        "delete_custom_label",
        Risk::Delete,
        &["labels.delete", "labels.get", "labels.list"],
    ),
];

const SETTINGS: [Row; 7] = [
    (
        "list_filters",
        Risk::Read,
        &["labels.list", "settings.filters.list"],
    ),
    (
        "create_filter",
        Risk::Organise,
        &["labels.list", "settings.filters.create"],
    ),
    (
        "delete_filter",
        Risk::Delete,
        &[
            "labels.list",
            "settings.filters.delete",
            "settings.filters.get",
        ],
    ),
    ("list_send_as", Risk::Read, &["settings.sendAs.list"]),
    (
        "update_signature",
        Risk::Organise,
        &["settings.sendAs.list", "settings.sendAs.patch"],
    ),
    (
        "get_vacation_responder",
        Risk::Read,
        &["settings.getVacation"],
    ),
    (
        "set_vacation_responder",
        Risk::Send,
        &["settings.getVacation", "settings.updateVacation"],
    ),
];

/// What most tasks need.
const CORE: [&str; 4] = [
    "search_emails",
    "get_message",
    "get_thread",
    "create_draft_email",
];

fn rows() -> Vec<Row> {
    let groups: [&[Row]; 4] = [&READING, &COMPOSING, &ORGANISING, &SETTINGS];
    groups.concat()
}

#[test]
fn the_tools_are_these_with_their_risks_and_methods() {
    let tools = all_tools().tools();
    assert_eq!(tools.len(), rows().len());
    for (tool, (name, risk, methods)) in tools.iter().zip(rows()) {
        let spec = tool.spec();
        assert_eq!((spec.name, spec.risk), (name, risk));
        assert_eq!(spec.core, CORE.contains(&name), "{name}");
        let own = spec.requirement.methods();
        let mut own: Vec<&str> = own
            .filter_map(|id| id.strip_prefix("gmail.users."))
            .collect();
        own.sort_unstable();
        assert_eq!(own, methods, "{name}");
    }
    let core = GmailToolkit::new().tools();
    assert!(core.len() <= 8, "{}", core.len());
}

#[test]
fn a_tool_list_costs_a_model_little() {
    for (toolkit, most) in [
        (GmailToolkit::new(), 4_000),
        (all_tools(), 600 * rows().len()),
    ] {
        let tools = toolkit.tools();
        let sizes = tools
            .iter()
            .map(|tool| (tool.spec().name, tool.spec().model_size()));
        let sizes: Vec<(&str, usize)> = sizes.collect();
        let total: usize = sizes.iter().map(|(_, size)| size).sum();
        assert!(sizes.iter().all(|(_, size)| *size < 1_300), "{sizes:?}");
        assert!(total <= most, "{total}: {sizes:?}");
    }
    let instructions = GmailToolkit::new().instructions().unwrap();
    assert!(instructions.chars().count() < 600, "{}", instructions.len());
}

#[test]
fn selections_are_checked_when_they_are_made() {
    let names = |selection| -> Vec<&str> {
        let toolkit = GmailToolkit::new().with_tools(selection).unwrap();
        toolkit
            .tools()
            .iter()
            .map(|tool| tool.spec().name)
            .collect()
    };
    let readers = rows()
        .into_iter()
        .filter(|(_, risk, _)| *risk == Risk::Read);
    let readers: Vec<&str> = readers.map(|(name, ..)| name).collect();
    assert_eq!(names(Selection::read_only()), readers);
    assert_eq!(names(Selection::core()), CORE);
    assert_eq!(names(Selection::only(["get_thread"])), ["get_thread"]);
    assert_eq!(names(Selection::all()).len(), rows().len());
    let unknown = GmailToolkit::new().with_tools(Selection::only(["send_carrier_pigeon"]));
    let error = unknown.unwrap_err();
    assert!(
        error.is_selection() && error.to_string().contains("send_carrier_pigeon"),
        "{error}"
    );
    let none = Selection::except(rows().into_iter().map(|(name, ..)| name));
    assert!(
        GmailToolkit::new()
            .with_tools(none)
            .unwrap_err()
            .is_selection()
    );
}

#[test]
fn readers_alone_need_no_more_than_reading() {
    let toolkit = GmailToolkit::new()
        .with_tools(Selection::read_only())
        .unwrap();
    let readonly: ScopeSet = [crate::world::READONLY].into_iter().collect();
    assert_eq!(toolkit.requirement().least_scopes(), readonly);
    assert!(!GmailToolkit::new().requirement().is_satisfied_by(&readonly));
}

#[test]
fn results_say_what_they_hold() {
    let tools = GmailToolkit::new().tools();
    let properties = |index: usize| -> &Value { &tools[index].spec().output_schema["properties"] };
    for (index, name) in [
        (0, "emails"),
        (1, "references"),
        (1, "body"),
        (2, "messages"),
        (3, "draft_id"),
    ] {
        assert!(
            properties(index).get(name).is_some(),
            "{name}: {}",
            properties(index)
        );
    }
}

#[test]
fn a_model_is_told_of_sending_only_where_tools_send() {
    let told = |toolkit: GmailToolkit| toolkit.instructions().unwrap();
    let (drafts, all) = (told(GmailToolkit::new()), told(all_tools()));
    assert!(
        drafts.contains("Nothing is sent") && !drafts.contains("unknown"),
        "{drafts}"
    );
    assert!(
        !all.contains("Nothing is sent") && all.contains("look before repeating"),
        "{all}"
    );
    assert!(all.chars().count() < 600 && !all.contains('{'), "{all}");
}
