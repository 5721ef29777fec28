//! What holds for a hub's requests as for the tools': the project that they are counted for, and the
//! time that one may take.

use std::time::Duration;

use google_gmail1::{Error, Gmail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use toolgate_auth::{Access, Requirement};
use toolgate_google_http::{HubAccess, HubConnector};

use crate::google::{GET, TOKEN, access, reply, scripted};

fn hub(base: &str, access: Access) -> Gmail<HubConnector> {
    let access = HubAccess::new(access, Requirement::for_methods(&[GET.id()]));
    let mut hub = Gmail::new(access.client(), access);
    hub.base_url(base.to_owned());
    hub
}

async fn read(hub: &Gmail<HubConnector>) -> Result<(), Error> {
    let asked = hub.users().messages_get("me", "m1").doit();
    asked.await.map(drop)
}

#[tokio::test]
async fn a_hubs_request_is_counted_for_the_project_that_was_named_and_for_no_other() {
    let (google, ..) = scripted([reply(200, "{}"), reply(200, "{}")]).await;
    let unnamed = access(&google.base, TOKEN);
    read(&hub(&google.base, unnamed.clone())).await.unwrap();
    let named = unnamed.with_quota_project("counted").unwrap();
    let named = named.with_api_timeout(Duration::from_mins(10));
    read(&hub(&google.base, named)).await.unwrap();
    let seen = google.seen();
    assert!(seen[0].headers.get("x-goog-user-project").is_none());
    assert_eq!(seen[1].headers["x-goog-user-project"], "counted");
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(seen[1].headers["authorization"], bearer);
}

/// A Google that says this much of an answer to each request, and then nothing more.
async fn silent_after(said: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(said).await.unwrap();
            open.push(stream);
        }
    });
    base
}

#[tokio::test]
async fn a_hubs_request_ends_after_the_time_that_was_given_for_one() {
    let in_time = |base: &str| {
        let access = access(base, TOKEN).with_api_timeout(Duration::from_millis(20));
        hub(base, access)
    };
    // Without it, these would wait for as long as Google is silent.
    let base = silent_after(b"").await;
    let error = read(&in_time(&base)).await.unwrap_err();
    let Error::BadRequest(told) = &error else {
        unreachable!("{error:?}")
    };
    assert_eq!(told["error"]["code"], 504);
    let text = told["error"]["message"].as_str().unwrap();
    assert!(text.contains("API timeout"), "{text}");
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{";
    let base = silent_after(head).await;
    read(&in_time(&base)).await.unwrap_err();
}
