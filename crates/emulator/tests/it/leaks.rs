//! What the emulator logs: each request, and no secret.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use toolgate_emulator::Emulator;
use tracing_subscriber::fmt::MakeWriter;

use crate::client::{ALICE, Client};
use crate::consent::{Flow, VERIFIER};

const MARKER: &str = "CANARYsecret";

/// Collects what is logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The marker as it stands in base64, whatever comes before it.
fn in_base64() -> Vec<String> {
    (0..3)
        .map(|shift| {
            let text = format!("{}{MARKER}", "x".repeat(shift));
            let encoded = STANDARD_NO_PAD.encode(text);
            encoded[shift * 4 / 3 + 1..encoded.len() - 2].to_owned()
        })
        .collect()
}

#[tokio::test]
async fn no_secret_is_logged_and_every_request_is() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // With one subscriber alone, tracing asks the thread that logs first whether anybody listens, and
    // remembers its no for all: under cargo test that is another test's thread.
    let second = tracing::Dispatch::new(tracing_subscriber::registry());
    for tls in [false, true] {
        let emulator = Emulator::builder().with_tls(tls).start().await.unwrap();
        let client = Client::of(&emulator);
        let flow = Flow::web(&emulator);
        let code = flow.code(&client, ALICE).await;
        let tokens = flow.exchange(&client, &code).await.json();
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        let refreshed = flow.refresh(&client, refresh_token).await.json();
        let access = refreshed["access_token"].as_str().unwrap();
        client.get(access, "/gmail/v1/users/me/messages?q=x").await;
        client.form("/revoke", &[("token", access)]).await;
        tracing::debug!("debug {emulator:?}");
    }
    let clean = lines.text();
    tracing::info!("a leak that is planted: {MARKER}");
    let planted = lines.text();
    drop((guard, second));
    let has_secret = |text: &str| {
        let encoded = in_base64();
        text.contains(MARKER)
            || text.contains(VERIFIER)
            || encoded
                .iter()
                .any(|encoded| text.contains(encoded.as_str()))
    };
    assert!(has_secret(&planted), "the check sees a leak");
    for prefix in ["", "1", "4/", "1//"] {
        let encoded = STANDARD_NO_PAD.encode(format!("{prefix}{MARKER}-tail"));
        assert!(has_secret(&encoded), "the check sees {encoded}");
    }
    let leak = clean.lines().find(|line| has_secret(line));
    assert!(leak.is_none(), "a secret is logged");
    let answered = clean.matches("request answered").count();
    assert_eq!(answered, 12, "six requests in each round");
    assert!(clean.contains("gmail.users.messages.list"));
}
