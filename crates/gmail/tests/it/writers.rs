//! What a model pays for the tools that write mail and handle files, and which of Google's methods they call.

use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::{Risk, Toolkit, schema};

use crate::world::everything;

const ANSWERS: [&str; 3] = [
    "gmail.users.getProfile",
    "gmail.users.messages.get",
    "gmail.users.threads.get",
];
const SEND_AS: &str = "gmail.users.settings.sendAs.list";
const LOOK_UP: [&str; 2] = ["gmail.users.messages.get", "gmail.users.messages.list"];

#[test]
fn the_tools_that_write_are_these_with_their_risks_and_methods() {
    let sends = [
        &["gmail.users.messages.send", SEND_AS][..],
        &ANSWERS,
        &LOOK_UP,
    ]
    .concat();
    let forwards = [
        &[
            "gmail.users.messages.send",
            "gmail.users.messages.attachments.get",
            SEND_AS,
        ][..],
        &LOOK_UP,
    ]
    .concat();
    let updates = [
        &[
            "gmail.users.drafts.update",
            "gmail.users.drafts.get",
            SEND_AS,
        ][..],
        &ANSWERS,
    ];
    let sends_draft = [
        &["gmail.users.drafts.send", "gmail.users.drafts.get"][..],
        &LOOK_UP,
    ];
    let deletes = ["gmail.users.drafts.delete", "gmail.users.drafts.get"];
    let reads = [
        "gmail.users.messages.attachments.get",
        "gmail.users.messages.get",
    ];
    for (name, risk, methods) in [
        ("send_email", Risk::Send, sends.clone()),
        ("send_email_reply", Risk::Send, sends),
        ("forward_email", Risk::Send, forwards),
        ("update_draft", Risk::Draft, updates.concat()),
        ("send_draft", Risk::Send, sends_draft.concat()),
        ("delete_draft", Risk::Delete, deletes.to_vec()),
        ("read_attachment", Risk::Read, reads.to_vec()),
        ("download_attachment", Risk::Read, reads.to_vec()),
    ] {
        let tools = everything().tools();
        let tool = tools.iter().find(|tool| tool.spec().name == name).unwrap();
        let spec = tool.spec();
        let mut methods = methods;
        methods.sort_unstable();
        methods.dedup();
        let mut own: Vec<&str> = spec.requirement.methods().collect();
        own.sort_unstable();
        assert_eq!((spec.risk, own), (risk, methods), "{name}");
    }
}

#[test]
fn all_tools_cost_a_model_little_and_pass_the_linters() {
    let tools = everything().tools();
    let sizes: Vec<(&str, usize)> = tools
        .iter()
        .map(|tool| (tool.spec().name, tool.spec().model_size()))
        .collect();
    assert!(sizes.iter().all(|(_, size)| *size < 1_300), "{sizes:?}");
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(total < 600 * sizes.len(), "{total}: {sizes:?}");
    for tool in tools {
        let spec = tool.spec();
        assert_eq!(schema::lint(&spec.input_schema), [""; 0], "{}", spec.name);
        let strict = schema::openai_strict(&spec.input_schema);
        assert_eq!(
            schema::lint_openai_strict(&strict),
            [""; 0],
            "{}",
            spec.name
        );
        assert!(!spec.description.is_empty(), "{}", spec.name);
        assert_eq!(spec.output_schema["type"], "object", "{}", spec.name);
        assert!(
            !spec.output_schema.to_string().contains("null"),
            "{}",
            spec.name
        );
    }
}

#[test]
fn a_model_is_told_of_sending_only_where_tools_send() {
    let told = |toolkit: GmailToolkit| toolkit.instructions().unwrap();
    let (drafts, all) = (told(GmailToolkit::new()), told(everything()));
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
