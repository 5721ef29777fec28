//! Which models there are, and what configures them.

use rig_core::providers::registry::ProviderId;
use serde_json::json;
use toolgate_framework::{ApiKey, Environment, Message, Model as _};
use toolgate_model_rig::RigModel;
use url::Url;

use crate::script::{anthropic, chat, openai};
use crate::server::Provider;
use crate::wire::{How, KEY, ask};

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::from_pairs(pairs.iter().copied())
}

#[test]
fn what_cannot_be_a_model_is_told_with_what_to_do() {
    let no_pairs: &[(&str, &str)] = &[];
    for (reference, pairs, expected) in [
        ("gpt-5.2", no_pairs, "provider:model"),
        ("openai:", no_pairs, "provider:model"),
        (":gpt", no_pairs, "provider:model"),
        ("nobody:m", no_pairs, "no such provider"),
        ("openai:m", no_pairs, "OPENAI_API_KEY"),
        ("anthropic:m", no_pairs, "ANTHROPIC_API_KEY"),
        ("gemini:m", no_pairs, "GEMINI_API_KEY"),
        (
            "openai:m",
            &[("OPENAI_API_KEY", "sk-CANARYsecret\n")],
            "OPENAI_API_KEY",
        ),
        (
            "openai:m",
            &[("OPENAI_API_KEY", KEY), ("OPENAI_BASE_URL", "CANARYsecret")],
            "OPENAI_BASE_URL",
        ),
        (
            "azure.openai:m",
            &[("AZURE_API_KEY", KEY)],
            "AZURE_ENDPOINT",
        ),
    ] {
        let built = RigModel::builder(reference)
            .with_environment(environment(pairs))
            .build();
        let error = built.unwrap_err();
        let printed = format!("{error} {error:?}");
        assert!(printed.contains(expected), "{reference}: {printed}");
        assert!(!printed.contains("CANARY"), "{printed}");
        let missing = pairs.is_empty() && expected.ends_with("_API_KEY");
        assert_eq!(error.is_key_missing(), missing, "{printed}");
    }
}

#[test]
fn every_provider_of_rigs_registry_can_be_named() {
    let mut count = 0;
    for id in ProviderId::all() {
        let reference = format!("{id}:some-model");
        let model = RigModel::builder(&reference)
            .with_environment(environment(&[]))
            .with_api_key(ApiKey::parse(KEY).unwrap())
            .with_base_url(Url::parse("https://models.example.com/v1").unwrap())
            .build();
        let model = model.unwrap_or_else(|error| panic!("{reference}: {error:?}"));
        assert!(model.name().ends_with(":some-model"), "{}", model.name());
        count += 1;
    }
    assert!(count > 20, "the registry was not read");
}

/// Each provider's own variable is enough, and an error names it where it is missing.
#[test]
fn every_providers_key_stands_in_its_own_variable() {
    let mut needed = 0;
    for id in ProviderId::all() {
        let Some(variable) = id.api_key_env().filter(|_| id.requires_credential()) else {
            continue;
        };
        let build = |pairs: &[(&str, &str)]| {
            RigModel::builder(format!("{id}:some-model"))
                .with_environment(environment(pairs))
                .with_base_url(Url::parse("https://models.example.com/v1").unwrap())
                .build()
        };
        let error = build(&[]).unwrap_err();
        assert!(error.is_key_missing(), "{id}: {error}");
        assert!(error.to_string().contains(variable), "{id}: {error}");
        let model = build(&[(variable, KEY)]);
        assert!(model.is_ok(), "{id}: {variable}: {model:?}");
        needed += 1;
    }
    assert!(needed > 15, "the registry was not read: {needed}");
}

#[test]
fn ollama_needs_no_key() {
    let model = RigModel::builder("ollama:qwen3:4b").with_environment(environment(&[]));
    assert_eq!(model.build().unwrap().name(), "ollama:qwen3:4b");
}

/// Each provider's variables lead to its own address with its own header.
#[tokio::test]
async fn keys_and_addresses_come_from_the_providers_variables() {
    let how = How::Whole;
    let cases = [
        (
            "openai:m",
            "OPENAI",
            "authorization",
            openai::FORMAT,
            "/x/responses",
        ),
        (
            "anthropic:m",
            "ANTHROPIC",
            "x-api-key",
            anthropic::FORMAT,
            "/x/v1/messages",
        ),
        (
            "gemini:m",
            "GEMINI",
            "x-goog-api-key",
            crate::script::gemini::FORMAT,
            "/x/v1beta/models/m:generateContent",
        ),
        (
            "ollama:m",
            "OLLAMA",
            "authorization",
            crate::script::ollama::FORMAT,
            "/x/api/chat",
        ),
        (
            "mistral:m",
            "MISTRAL",
            "authorization",
            chat::FORMAT,
            "/x/v1/chat/completions",
        ),
    ];
    for (reference, stem, header, format, target) in cases {
        let provider = Provider::start(format.dialogue(how)).await;
        let address = match stem {
            "OLLAMA" => provider.url.join("x/v1").unwrap(),
            _ => provider.url.join("x").unwrap(),
        };
        let variables = environment(&[
            (&format!("{stem}_API_KEY"), KEY),
            (&format!("{stem}_BASE_URL"), address.as_str()),
        ]);
        let model = RigModel::builder(reference).with_environment(variables);
        let messages = [Message::User("Hello".to_owned())];
        ask(&model.build().unwrap(), &messages, how).await.unwrap();
        let asked = &provider.asked()[0];
        assert_eq!(asked.target, target);
        assert!(asked.header(header).unwrap().ends_with(KEY), "{reference}");
    }
}

#[tokio::test]
async fn a_conversation_that_another_model_began_goes_on() {
    let how = How::Whole;
    let calling = Provider::start(openai::FORMAT.dialogue(how)).await;
    let model = crate::wire::builder("openai:gpt-5.2", &calling)
        .build()
        .unwrap();
    let mut messages = vec![Message::User("What is unread?".to_owned())];
    let (reply, _) = ask(&model, &messages, how).await.unwrap();
    // One turn of another provider, and one that came from no provider at all.
    messages.push(Message::Assistant {
        text: Some("Let me see.".to_owned()),
        calls: reply.calls.clone(),
        carried: reply.carried.clone(),
    });
    for call in &reply.calls {
        messages.push(Message::ToolResult {
            call_id: call.id.clone(),
            name: call.name.clone(),
            content: json!({"count": 0}),
            is_error: false,
        });
    }
    messages.push(Message::Assistant {
        text: Some("None.".to_owned()),
        calls: Vec::new(),
        carried: None,
    });
    messages.push(Message::User("And now?".to_owned()));
    let [_, answer] = anthropic::FORMAT.dialogue(how);
    let answering = Provider::start([answer]).await;
    let model = crate::wire::builder("anthropic:m", &answering)
        .build()
        .unwrap();
    ask(&model, &messages, how).await.unwrap();
    let sent = &answering.asked()[0].body["messages"];
    let roles: Vec<_> = sent
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["role"])
        .collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"]);
    let ids = |place: usize, kind: &str, id: &str| -> Vec<_> {
        let blocks = sent[place]["content"].as_array().unwrap().iter();
        let blocks = blocks.filter(|block| block["type"] == kind);
        blocks.map(|block| block[id].clone()).collect()
    };
    let calls = ids(1, "tool_use", "id");
    assert_eq!(calls.len(), 2);
    assert_eq!(calls, ids(2, "tool_result", "tool_use_id"));
    assert!(
        !sent.to_string().contains("sealed-1"),
        "the other's secret reasoning"
    );
    assert_eq!(sent[3]["content"][0]["text"], "None.");
}
