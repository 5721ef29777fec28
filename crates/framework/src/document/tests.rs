//! Nothing of a run is lost on its way to the database and back, and what is there stays readable.

use serde_json::json;

use super::*;

fn session() -> SessionId {
    SessionId::parse("chat").unwrap()
}

fn call(id: &str) -> ToolCall {
    ToolCall {
        id: id.to_owned(),
        name: "send_email".to_owned(),
        arguments: json!({"to": "nina", "n": 1.5, "none": null, "big": u64::MAX}),
    }
}

fn need(before: Option<ConsentMark>, account: Option<&str>, reason: ConsentReason) -> Need {
    Need {
        call_id: "c2".to_owned(),
        tool: "send_email".to_owned(),
        consent: AwaitedConsent {
            needed: ConsentNeeded {
                services: vec!["gmail".to_owned()],
                scopes: vec!["https://mail.google.com/".to_owned()],
                reason,
                account: account.map(|it| AccountLabel::parse(it).unwrap()),
            },
            sign_in: before.as_ref().map(|_| "hash".to_owned()),
            before,
        },
    }
}

fn full() -> Progress {
    let mark = ConsentMark {
        incarnation: Incarnation::new("x"),
        epoch: 7,
    };
    let assistant = |text: Option<&str>, carried| Message::Assistant {
        text: text.map(str::to_owned),
        calls: vec![call("c1"), call("c2")],
        carried,
    };
    Progress {
        messages: vec![
            Message::User("Grüße \u{0} 🙂".to_owned()),
            assistant(Some(""), Some(Carried::new(json!({"sig": ["a", null]})))),
            Message::ToolResult {
                call_id: "c1".to_owned(),
                name: "send_email".to_owned(),
                content: json!(null),
                is_error: true,
            },
            assistant(None, Some(Carried::new(json!(null)))),
            assistant(Some("text"), None),
        ],
        waiting: vec![call("c2"), call("c3")],
        under_way: ["c2".to_owned()].into(),
        needs: vec![
            need(Some(mark), None, ConsentReason::ScopeMissing),
            need(None, Some("work"), ConsentReason::ClientChanged),
        ],
        answered: ["c3".to_owned()].into(),
        turns: 3,
        usage: Usage {
            input_tokens: u64::MAX,
            output_tokens: 2,
            cached_tokens: 1,
        },
        members: BTreeMap::new(),
    }
}

#[test]
fn nothing_of_a_run_is_lost_on_the_way_to_the_database_and_back() {
    let with_members = Progress {
        members: [("c2".to_owned(), full()), ("c3".to_owned(), full())].into(),
        ..full()
    };
    for (progress, time_left) in [
        (Progress::default(), None),
        (full(), Some(Duration::from_millis(1_234))),
        (with_members, Some(Duration::ZERO)),
    ] {
        let document = Document {
            run_id: "run-7".to_owned(),
            agent: time_left.map(|_| "mail".to_owned()),
            time_left,
            services: vec!["gmail".to_owned()],
            progress,
        };
        let bytes = document.to_bytes(&session()).unwrap();
        assert_eq!(Document::read(&session(), &bytes).unwrap(), document);
    }
}

#[test]
fn a_document_as_the_first_version_wrote_it_is_read() {
    let stored = json!({
        "format": 1, "run": "r1", "time_left_ms": 5, "services": ["gmail"],
        "progress": {
            "messages": [
                {"user": "Go"},
                {"assistant": {"calls": [{"id": "c1", "name": "send", "arguments": {}}],
                    "carried": {"s": 1}}},
                {"tool_result": {"call": "c0", "name": "say", "content": {"a": 1}, "is_error": false}}
            ],
            "waiting": [{"id": "c1", "name": "send", "arguments": {}}],
            "under_way": ["c1"],
            "needs": [{"call": "c1", "tool": "send", "services": ["gmail"], "scopes": ["s"],
                "reason": "missing", "before": ["i", 2]}],
            "turns": 1, "usage": {"input": 1, "output": 2, "cached": 3}
        }
    });
    let read = Document::read(&session(), stored.to_string().as_bytes()).unwrap();
    let written = read.to_bytes(&session()).unwrap();
    let written: Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(written, stored);
}

#[test]
fn an_error_of_reading_shows_nothing_that_was_said() {
    for broken in [
        json!({"format": 1, "run": "r", "progress": "CANARYsecret-said"}),
        json!({"format": 1, "run": "r", "progress": {"messages": [{"CANARYsecret-kind": "x"}]}}),
        json!({"format": 1, "run": "r", "progress": {"messages": [{"user": ["CANARYsecret-said"]}],
            "turns": "CANARYsecret-turns", "usage": {}}}),
    ] {
        let error = Document::read(&session(), broken.to_string().as_bytes());
        let error = error.unwrap_err();
        let mut said = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(next) = source {
            said.push_str(&next.to_string());
            source = next.source();
        }
        assert!(!said.contains("CANARYsecret"), "{said}");
    }
}
