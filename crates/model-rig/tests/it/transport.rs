//! rig's HTTP over ours, as any provider of rig's may use it.

use std::time::Duration;

use rig_core::http_client::{HttpClientExt as _, MultipartForm};
use rig_core::providers::openai::OpenAIConfig;
use toolgate_framework::{Message, ModelErrorKind};
use toolgate_http::HttpClient;
use toolgate_model_rig::{RigHttp, RigModel};

use crate::script::chat;
use crate::server::{Provider, Scripted};
use crate::wire::{BOTH, How, KEY, ask};

fn http() -> RigHttp {
    RigHttp::new(HttpClient::new().unwrap())
}

#[tokio::test]
async fn a_model_that_was_made_with_rig_itself_runs_over_it() {
    for how in BOTH {
        let [_, answer] = chat::FORMAT.dialogue(how);
        let provider = Provider::start([answer]).await;
        let config = OpenAIConfig::new(KEY).with_base_url(provider.url.as_str());
        let model = RigModel::new(config.connect(http()).chat("gpt-5.2"));
        let messages = [Message::User("Hello".to_owned())];
        let (reply, _) = ask(&model, &messages, how).await.unwrap();
        assert_eq!(reply.text.as_deref(), Some("Two mails."));
        // Nobody set strict mode, so that nobody gets its schemas.
        let tool = &provider.asked()[0].body["tools"][0]["function"];
        assert_eq!(tool["parameters"]["required"][0], "query");
        assert_eq!(tool.get("strict"), None);
    }
}

#[tokio::test]
async fn a_form_is_sent_with_its_boundary() {
    let provider = Provider::start([Scripted::of("text/plain", "ok".to_owned())]).await;
    let form = MultipartForm::new().text("purpose", "test").boundary("b0");
    let request = http::Request::post(provider.url.as_str())
        .body(form)
        .unwrap();
    let answer = http()
        .send_multipart::<bytes::Bytes>(request)
        .await
        .unwrap();
    assert_eq!(answer.into_body().await.unwrap(), "ok");
    let kind = provider.asked()[0]
        .header("content-type")
        .map(str::to_owned);
    assert_eq!(kind.as_deref(), Some("multipart/form-data; boundary=b0"));
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_waited_for_so_long_and_no_longer() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    for how in BOTH {
        let patience = Duration::from_millis(50);
        let config = OpenAIConfig::new(KEY).with_base_url(&address);
        let model = config.connect(http().with_deadline(patience)).chat("m");
        let messages = [Message::User("Hello".to_owned())];
        let error = ask(&RigModel::new(model), &messages, how)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ModelErrorKind::Unavailable, "{how:?} {error}");
    }
    assert!(matches!(BOTH, [How::Whole, How::InPieces]));
}
