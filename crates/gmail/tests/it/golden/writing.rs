//! What writes mail and sends it.

use serde_json::{Value, json};

use super::{Golden, MAIL, OFFER, Office, blind, calls, during, lost};
use crate::world::id;

const SEND: &str = "gmail.users.messages.send";
const LIST: &str = "gmail.users.messages.list";
const SEND_DRAFT: &str = "gmail.users.drafts.send";
const CREATE: &str = "gmail.users.drafts.create";

pub(super) fn golden(office: &Office) -> Vec<Golden> {
    let mut all = letters(office);
    all.extend(drafts(office));
    all
}

fn letter() -> Value {
    json!({"to": "Ann <ann@example.org>", "subject": "Tea", "body": "At *four*?", "attachments": ["plan.txt"]})
}

/// An answer from another own address, by the mail and by the thread.
fn answers(office: &Office) -> [Value; 2] {
    [
        json!({"message_id": MAIL, "body": "Yes.", "from": "office@example.com"}),
        json!({"thread_id": office.thread, "body": "Yes.", "reply_all": true}),
    ]
}

fn letters(office: &Office) -> Vec<Golden> {
    let [by_mail, by_thread] = answers(office);
    let unheard = || vec![lost(SEND), blind(LIST)];
    let mut sends = calls([letter(), by_mail.clone(), by_thread.clone()]);
    sends.extend(during(unheard(), letter()));
    let mut replies = calls([by_mail.clone(), by_thread.clone()]);
    replies.extend(during(unheard(), by_thread.clone()));
    let forward = json!({"message_id": OFFER, "to": "bob@example.com"});
    let whole = json!({"message_id": OFFER, "to": "bob@example.com", "include_attachments": true, "signature": true, "body": "See below."});
    let mut forwards = calls([
        forward.clone(),
        whole,
        json!({"message_id": id(0x31), "to": "bob@example.com"}),
    ]);
    forwards.extend(during(unheard(), forward));
    let mut saves = calls([letter(), by_mail, by_thread]);
    let unheard = vec![lost(CREATE), blind("gmail.users.drafts.list")];
    saves.extend(during(unheard, letter()));
    vec![
        Golden {
            tool: "send_email",
            good: sends,
            bad: (json!({"to": "ann@", "subject": "s", "body": "b"}), "to"),
            at: SEND,
        },
        Golden {
            tool: "send_email_reply",
            good: replies,
            bad: (json!({"body": "b"}), "message_id"),
            at: "gmail.users.messages.get",
        },
        Golden {
            tool: "forward_email",
            good: forwards,
            bad: (json!({"message_id": OFFER, "to": "nobody"}), "to"),
            at: "gmail.users.messages.get",
        },
        Golden {
            tool: "create_draft_email",
            good: saves,
            bad: (json!({"subject": "a\nb", "body": "b"}), "subject"),
            at: CREATE,
        },
    ]
}

fn drafts(office: &Office) -> Vec<Golden> {
    let draft = json!({"draft_id": office.draft});
    let change = json!({"draft_id": office.draft, "subject": "Order of two desks"});
    let mut by_mail = change.clone();
    by_mail["message_id"] = json!(OFFER);
    by_mail["from"] = json!("office@example.com");
    let mut by_thread = change.clone();
    by_thread["thread_id"] = office.thread.clone();
    let mut sends = calls([draft.clone()]);
    sends.extend(during(
        vec![lost(SEND_DRAFT), blind(LIST)],
        json!({"draft_id": office.apart_draft}),
    ));
    vec![
        Golden {
            tool: "update_draft",
            good: calls([change, by_mail, by_thread]),
            bad: (json!({"draft_id": office.draft, "cc": "x y"}), "cc"),
            at: "gmail.users.drafts.update",
        },
        Golden {
            tool: "send_draft",
            good: sends,
            bad: (json!({"draft_id": ".."}), "draft_id"),
            at: SEND_DRAFT,
        },
        Golden {
            tool: "delete_draft",
            good: calls([draft]),
            bad: (json!({"draft_id": ""}), "draft_id"),
            at: "gmail.users.drafts.delete",
        },
    ]
}
