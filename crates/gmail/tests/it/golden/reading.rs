//! What looks only.

use serde_json::json;

use super::{Golden, LETTER, MAIL, OFFER, Office, calls};
use crate::world::id;

const LIST: &str = "gmail.users.messages.list";
const GET: &str = "gmail.users.messages.get";
const THREAD: &str = "gmail.users.threads.get";

pub(super) fn golden(office: &Office) -> Vec<Golden> {
    let mut all = presets();
    all.extend(mails(office));
    all.extend(facts(office));
    all.extend(settings());
    all
}

fn search(
    tool: &'static str,
    good: serde_json::Value,
    bad: (serde_json::Value, &'static str),
) -> Golden {
    Golden {
        tool,
        good: calls([good]),
        bad,
        at: LIST,
    }
}

fn presets() -> Vec<Golden> {
    let none = json!({});
    vec![
        search(
            "search_emails",
            json!({"query": "in:inbox"}),
            (json!({"query": "", "count": 0}), "count"),
        ),
        search(
            "get_latest_emails",
            none.clone(),
            (json!({"count": 51}), "count"),
        ),
        search(
            "get_emails_from_user",
            json!({"user": "bob@example.com"}),
            (json!({"user": " "}), "user"),
        ),
        search(
            "get_unread_emails",
            none.clone(),
            (json!({"page_token": ""}), "page_token"),
        ),
        search("get_starred_emails", none, (json!({"count": -1}), "count")),
        search(
            "get_emails_by_context",
            json!({"context": "desks"}),
            (json!({"context": ""}), "context"),
        ),
        search(
            "get_emails_by_date",
            json!({"start_date": "2020-01-01"}),
            (json!({"start_date": "1 January"}), "start_date"),
        ),
    ]
}

fn mails(office: &Office) -> Vec<Golden> {
    let thread = json!({"thread_id": office.thread});
    let beyond = json!({"thread_id": office.thread, "skip": 99});
    vec![
        Golden {
            tool: "get_message",
            good: calls([
                json!({"message_id": OFFER}),
                json!({"message_id": id(0x31)}),
            ]),
            bad: (json!({"message_id": OFFER, "offset": 99_999}), "offset"),
            at: GET,
        },
        Golden {
            tool: "get_thread",
            good: calls([thread.clone()]),
            bad: (beyond.clone(), "skip"),
            at: THREAD,
        },
        Golden {
            tool: "get_emails_by_thread",
            good: calls([thread]),
            bad: (beyond, "skip"),
            at: THREAD,
        },
        Golden {
            tool: "search_threads",
            good: calls([json!({"query": "in:inbox"})]),
            bad: (json!({"query": "", "page_token": "nonsense"}), "page_token"),
            at: "gmail.users.threads.list",
        },
        Golden {
            tool: "read_attachment",
            good: calls([json!({"message_id": OFFER, "attachment_id": office.csv})]),
            bad: (
                json!({"message_id": OFFER, "attachment_id": "99"}),
                "attachment_id",
            ),
            at: GET,
        },
        Golden {
            tool: "download_attachment",
            good: calls([json!({"message_id": OFFER, "attachment_id": office.pdf})]),
            bad: (
                json!({"message_id": OFFER, "attachment_id": "99"}),
                "attachment_id",
            ),
            at: GET,
        },
    ]
}

fn facts(office: &Office) -> Vec<Golden> {
    let none = json!({});
    let since = json!({"since": office.history, "label": "Newsletters"});
    vec![
        Golden {
            tool: "list_labels",
            good: calls([none.clone()]),
            bad: (json!({"skip": 999}), "skip"),
            at: "gmail.users.labels.list",
        },
        Golden {
            tool: "list_custom_labels",
            good: calls([none.clone()]),
            bad: (json!({"skip": 999}), "skip"),
            at: "gmail.users.labels.list",
        },
        Golden {
            tool: "get_draft",
            good: calls([
                json!({"draft_id": office.draft}),
                json!({"draft_id": office.apart_draft}),
            ]),
            bad: (json!({"draft_id": ".."}), "draft_id"),
            at: "gmail.users.drafts.get",
        },
        Golden {
            tool: "list_drafts",
            good: calls([none.clone()]),
            bad: (json!({"page_token": "nonsense"}), "page_token"),
            at: "gmail.users.drafts.list",
        },
        Golden {
            tool: "get_mail_changes",
            good: calls([json!({"since": office.history}), since, none.clone()]),
            bad: (json!({"since": "yesterday"}), "since"),
            at: "gmail.users.history.list",
        },
        Golden {
            tool: "get_unsubscribe_options",
            good: calls([json!({"message_id": LETTER})]),
            bad: (json!({"message_id": "."}), "message_id"),
            at: GET,
        },
        Golden {
            tool: "list_filters",
            good: calls([none]),
            bad: (json!({"skip": 999}), "skip"),
            at: "gmail.users.settings.filters.list",
        },
    ]
}

fn settings() -> Vec<Golden> {
    vec![
        Golden {
            tool: "list_send_as",
            good: calls([json!({})]),
            bad: (json!({"email": MAIL}), "email"),
            at: "gmail.users.settings.sendAs.list",
        },
        Golden {
            tool: "get_vacation_responder",
            good: calls([json!({})]),
            bad: (json!({"enabled": true}), "enabled"),
            at: "gmail.users.settings.getVacation",
        },
    ]
}
