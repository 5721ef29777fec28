//! What consent asks for, tool by tool and selection by selection.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use toolgate_auth::ScopeSet;
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::{Selection, Toolkit as _};

use super::rows;

/// What consent asks for where one of these tools is chosen alone.
const SCOPES: [(&[&str], &[&str]); 8] = [
    (&["compose"], &["delete_draft"]),
    (
        &["compose", "readonly"],
        &["create_draft_email", "update_draft", "send_draft"],
    ),
    (
        &["labels"],
        &[
            "list_labels",
            "list_custom_labels",
            "create_label",
            "rename_label",
            "delete_custom_label",
        ],
    ),
    (
        &["labels", "settings.basic"],
        &["create_filter", "delete_filter"],
    ),
    (
        &["modify"],
        &[
            "mark_email_as_read",
            "mark_email_as_unread",
            "star_email",
            "unstar_email",
            "archive_email",
            "modify_message_labels",
            "modify_thread_labels",
            "modify_emails",
            "trash_message",
            "trash_thread",
            "apply_label",
            "remove_label",
        ],
    ),
    (
        &["readonly"],
        &[
            "search_emails",
            "get_message",
            "get_thread",
            "search_threads",
            "get_latest_emails",
            "get_emails_from_user",
            "get_unread_emails",
            "get_starred_emails",
            "get_emails_by_context",
            "get_emails_by_date",
            "get_emails_by_thread",
            "get_draft",
            "list_drafts",
            "get_mail_changes",
            "get_unsubscribe_options",
            "read_attachment",
            "download_attachment",
            "list_filters",
        ],
    ),
    (
        &["readonly", "send"],
        &["send_email", "send_email_reply", "forward_email"],
    ),
    (
        &["settings.basic"],
        &[
            "list_send_as",
            "update_signature",
            "get_vacation_responder",
            "set_vacation_responder",
        ],
    ),
];

/// The short names of scopes.
fn asked(toolkit: &GmailToolkit) -> Vec<String> {
    let scopes = toolkit.requirement().least_scopes().to_vec().into_iter();
    let short = scopes.map(|scope| scope.rsplit_once("/auth/gmail.").unwrap().1.to_owned());
    short.collect()
}

#[test]
fn consent_asks_for_what_the_chosen_tools_need_and_for_nothing_else() {
    let mut by_scopes: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (name, ..) in rows() {
        let toolkit = GmailToolkit::new().with_tools(Selection::only([name]));
        let toolkit = toolkit.unwrap();
        by_scopes.entry(asked(&toolkit)).or_default().push(name);
        let needs = toolkit.requirement();
        let scopes = needs.least_scopes().to_vec();
        for spare in &scopes {
            let fewer: ScopeSet = scopes
                .iter()
                .filter(|it| *it != spare)
                .map(String::as_str)
                .collect();
            assert!(!needs.is_satisfied_by(&fewer), "{name} {spare}");
        }
    }
    let expected = SCOPES.map(|(scopes, tools)| {
        let scopes = scopes.iter().copied().map(str::to_owned).collect();
        (scopes, tools.to_vec())
    });
    assert_eq!(by_scopes, BTreeMap::from(expected));
    for (selection, scopes) in [
        (Selection::core(), ["compose", "readonly"]),
        (Selection::all(), ["modify", "settings.basic"]),
    ] {
        let toolkit = GmailToolkit::new().with_tools(selection).unwrap();
        assert_eq!(asked(&toolkit), scopes);
    }
}
