//! What a model pays for and sees of the toolkit, and which tools can be chosen.

use serde_json::Value;
use toolgate_auth::ScopeSet;
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::{Risk, Selection, Toolkit, schema};

/// For each tool: name, risk, and Google's methods.
const TOOLS: [(&str, Risk, &[&str]); 4] = [
    (
        "search_emails",
        Risk::Read,
        &["gmail.users.messages.get", "gmail.users.messages.list"],
    ),
    ("get_message", Risk::Read, &["gmail.users.messages.get"]),
    ("get_thread", Risk::Read, &["gmail.users.threads.get"]),
    (
        "create_draft_email",
        Risk::Draft,
        &[
            "gmail.users.drafts.create",
            "gmail.users.drafts.get",
            "gmail.users.drafts.list",
            "gmail.users.getProfile",
            "gmail.users.messages.get",
            "gmail.users.settings.sendAs.list",
            "gmail.users.threads.get",
        ],
    ),
];

#[test]
fn the_tools_are_these_with_their_risks_and_methods() {
    let tools = GmailToolkit::new().tools();
    assert_eq!(tools.len(), TOOLS.len());
    for (tool, (name, risk, methods)) in tools.iter().zip(TOOLS) {
        let spec = tool.spec();
        assert_eq!((spec.name, spec.risk, spec.core), (name, risk, true));
        let mut own: Vec<&str> = spec.requirement.methods().collect();
        own.sort_unstable();
        assert_eq!(own, methods, "{name}");
    }
}

#[test]
fn a_tool_list_costs_a_model_little() {
    let sizes: Vec<(&str, usize)> = GmailToolkit::new()
        .tools()
        .iter()
        .map(|tool| (tool.spec().name, tool.spec().model_size()))
        .collect();
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(sizes.iter().all(|(_, size)| *size < 1_200), "{sizes:?}");
    // A fifth of what the core tools of all toolkits may cost.
    assert!(total < 4_000, "{total}: {sizes:?}");
    let instructions = GmailToolkit::new().instructions().unwrap();
    assert!(instructions.chars().count() < 600, "{}", instructions.len());
}

#[test]
fn schemas_are_canonical_and_lower_to_strict_ones() {
    for tool in GmailToolkit::new().tools() {
        let spec = tool.spec();
        assert_eq!(schema::lint(&spec.input_schema), [""; 0], "{}", spec.name);
        let strict = schema::openai_strict(&spec.input_schema);
        assert_eq!(
            schema::lint_openai_strict(&strict),
            [""; 0],
            "{}",
            spec.name
        );
        assert!(!spec.description.is_empty() && !spec.title.is_empty());
        assert!(
            !spec.output_schema.to_string().contains("null"),
            "{}",
            spec.output_schema
        );
        assert_eq!(spec.output_schema["type"], "object", "{}", spec.name);
    }
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
    assert_eq!(
        names(Selection::read_only()),
        [
            "search_emails",
            "get_message",
            "get_thread",
            "read_attachment",
            "download_attachment"
        ]
    );
    assert_eq!(names(Selection::only(["get_thread"])), ["get_thread"]);
    assert_eq!(names(Selection::all()).len(), 12);
    let unknown = GmailToolkit::new().with_tools(Selection::only(["send_carrier_pigeon"]));
    let error = unknown.unwrap_err();
    assert!(
        error.is_selection() && error.to_string().contains("send_carrier_pigeon"),
        "{error}"
    );
    let none = Selection::except(names(Selection::all()));
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
