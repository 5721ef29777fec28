//! What keeps order, and settles how Gmail works.

use serde_json::json;

use super::{Golden, MAIL, OFFER, Office, calls};

const LIST: &str = "gmail.users.messages.list";
const LABELS: &str = "gmail.users.labels.list";
const MODIFY: &str = "gmail.users.messages.modify";
const BATCH: &str = "gmail.users.messages.batchModify";

pub(super) fn golden(office: &Office) -> Vec<Golden> {
    let mut all = marks();
    all.extend(moves(office));
    all.extend(labels());
    all.extend(settings(office));
    all
}

fn marks() -> Vec<Golden> {
    let mark = |tool| Golden {
        tool,
        good: calls([json!({"message_id": MAIL})]),
        bad: (json!({"message_id": ".."}), "message_id"),
        at: MODIFY,
    };
    vec![
        mark("mark_email_as_read"),
        mark("mark_email_as_unread"),
        mark("star_email"),
        mark("unstar_email"),
        mark("archive_email"),
    ]
}

fn moves(office: &Office) -> Vec<Golden> {
    let thread = json!({"thread_id": office.thread});
    let many = json!({"query": "in:inbox", "count": 5, "add_labels": ["Newsletters"]});
    vec![
        Golden {
            tool: "modify_message_labels",
            good: calls([json!({"message_id": MAIL, "add_labels": ["Newsletters"]})]),
            bad: (
                json!({"message_id": MAIL, "add_labels": ["Newslettrs"]}),
                "add_labels",
            ),
            at: MODIFY,
        },
        Golden {
            tool: "modify_thread_labels",
            good: calls([json!({"thread_id": office.thread, "remove_labels": ["Office"]})]),
            bad: (
                json!({"thread_id": office.thread, "remove_labels": ["SENT"]}),
                "remove_labels",
            ),
            at: "gmail.users.threads.modify",
        },
        Golden {
            tool: "modify_emails",
            good: calls([
                many,
                json!({"message_ids": [MAIL, OFFER], "remove_labels": ["UNREAD"]}),
            ]),
            bad: (
                json!({"query": "is:unread", "add_labels": ["STARRED"]}),
                "count",
            ),
            at: BATCH,
        },
        Golden {
            tool: "trash_message",
            good: calls([
                json!({"message_id": MAIL}),
                json!({"message_id": MAIL, "undo": true}),
            ]),
            bad: (json!({"message_id": MAIL, "undo": "yes"}), "undo"),
            at: "gmail.users.messages.trash",
        },
        Golden {
            tool: "trash_thread",
            good: calls([thread, json!({"thread_id": office.thread, "undo": true})]),
            bad: (json!({"thread_id": "."}), "thread_id"),
            at: "gmail.users.threads.trash",
        },
    ]
}

fn labels() -> Vec<Golden> {
    vec![
        Golden {
            tool: "apply_label",
            good: calls([json!({"query": "in:inbox", "label": "Later"})]),
            bad: (json!({"query": " ", "label": "Later"}), "query"),
            at: BATCH,
        },
        Golden {
            tool: "remove_label",
            good: calls([json!({"label": "office"})]),
            bad: (json!({"label": "Ofice"}), "label"),
            at: LIST,
        },
        Golden {
            tool: "create_label",
            good: calls([json!({"name": "Office/Desks"})]),
            bad: (json!({"name": ""}), "name"),
            at: "gmail.users.labels.create",
        },
        Golden {
            tool: "rename_label",
            good: calls([json!({"label": "Office", "new_name": "Rooms"})]),
            bad: (
                json!({"label": "Office", "new_name": "Newsletters"}),
                "new_name",
            ),
            at: "gmail.users.labels.patch",
        },
        Golden {
            tool: "delete_custom_label",
            good: calls([json!({"label": "Office", "confirm": true})]),
            bad: (json!({"label": "INBOX", "confirm": true}), "label"),
            at: LABELS,
        },
    ]
}

fn settings(office: &Office) -> Vec<Golden> {
    let filter = json!({"from": "sales@northwind.example", "add_labels": ["Office"]});
    let times = json!({"enabled": true, "body": "Away.", "start": "2026-08-02T00:00:00Z", "end": "2026-08-01T00:00:00Z"});
    vec![
        Golden {
            tool: "create_filter",
            good: calls([filter]),
            bad: (
                json!({"from": "a@b.example", "add_labels": ["TRASH"]}),
                "add_labels",
            ),
            at: "gmail.users.settings.filters.create",
        },
        Golden {
            tool: "delete_filter",
            good: calls([json!({"filter_id": office.filter})]),
            bad: (json!({"filter_id": ".."}), "filter_id"),
            at: "gmail.users.settings.filters.get",
        },
        Golden {
            tool: "update_signature",
            good: calls([json!({"signature": "**Alice**"})]),
            bad: (
                json!({"signature": "A", "send_as": "eve@example.org"}),
                "send_as",
            ),
            at: "gmail.users.settings.sendAs.patch",
        },
        Golden {
            tool: "set_vacation_responder",
            good: calls([json!({"enabled": true, "subject": "Away", "body": "Until Monday."})]),
            bad: (times, "end"),
            at: "gmail.users.settings.updateVacation",
        },
    ]
}
