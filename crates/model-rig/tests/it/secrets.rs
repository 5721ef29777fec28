//! The key of a provider is in its header and nowhere else.

use std::fmt::Write as _;

use rig_core::providers::openai::OpenAIConfig;
use toolgate_framework::{ApiKey, Message, Model as _};
use toolgate_http::HttpClient;
use toolgate_model_rig::{RigHttp, RigModel};
use toolgate_testkit::LogCapture;

use crate::script::{anthropic, chat, gemini, ollama, openai};
use crate::server::{Provider, Scripted};
use crate::wire::{BOTH, KEY, ask, builder};

#[tokio::test]
async fn no_log_error_or_debug_shows_the_key() {
    let logs = LogCapture::install();
    let start = logs.position();
    let all = [
        ("openai:m", openai::FORMAT),
        ("groq:m", chat::FORMAT),
        ("anthropic:m", anthropic::FORMAT),
        ("gemini:m", gemini::FORMAT),
        ("ollama:m", ollama::FORMAT),
    ];
    let mut printed = String::new();
    for (reference, format) in all {
        for how in BOTH {
            let [calling, _] = format.dialogue(how);
            let repeats = Scripted::of("text/plain", format!("no such key: {KEY}")).status(401);
            let provider = Provider::start([calling, repeats]).await;
            let configured = builder(reference, &provider);
            write!(printed, "{configured:?}").unwrap();
            let model = configured.build().unwrap();
            write!(printed, "{model:?}{}", model.name()).unwrap();
            let messages = [Message::User("Hello".to_owned())];
            let (reply, _) = ask(&model, &messages, how).await.unwrap();
            let error = ask(&model, &messages, how).await.unwrap_err();
            write!(printed, "{reply:?}{error:?}{error}").unwrap();
            // The key is where it has to be.
            let asked = &provider.asked()[0];
            assert!(
                asked
                    .headers
                    .values()
                    .any(|it| it.to_str().unwrap().ends_with(KEY))
            );
        }
    }
    let logged = logs.since(start);
    for ours in ["toolgate_http", "toolgate_model_rig"] {
        assert!(logged.contains(ours), "nothing was logged by {ours}");
    }
    for shown in [&printed, &logged] {
        assert!(!shown.contains("CANARY"));
    }
}

#[test]
fn what_holds_the_key_prints_none() {
    let http = RigHttp::new(HttpClient::new().unwrap());
    let model = RigModel::new(OpenAIConfig::new(KEY).connect(http.clone()).chat("m"));
    let key = ApiKey::parse(KEY).unwrap();
    for printed in [
        format!("{http:?}"),
        format!("{model:?}"),
        format!("{:?}", RigModel::builder("openai:m").with_api_key(key)),
    ] {
        assert!(!printed.contains("CANARY"));
    }
}
