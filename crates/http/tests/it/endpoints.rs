//! Which addresses are taken, made and allowed.

use toolgate_http::{Api, Endpoints, HttpClient};
use url::Url;

use crate::server::{Act, RawServer, answer};

#[test]
fn googles_addresses_are_googles() {
    let google = Endpoints::google();
    let table = [
        (
            google.authorize(),
            "https://accounts.google.com/o/oauth2/v2/auth",
        ),
        (google.token(), "https://oauth2.googleapis.com/token"),
        (google.revoke(), "https://oauth2.googleapis.com/revoke"),
        (google.certs(), "https://www.googleapis.com/oauth2/v3/certs"),
        (
            google.userinfo(),
            "https://www.googleapis.com/oauth2/v2/userinfo",
        ),
        (
            google.openid_configuration(),
            "https://accounts.google.com/.well-known/openid-configuration",
        ),
        (google.gmail(), "https://gmail.googleapis.com/gmail/v1/"),
        (google.calendar(), "https://www.googleapis.com/calendar/v3/"),
        (google.drive(), "https://www.googleapis.com/drive/v3/"),
        (google.sheets(), "https://sheets.googleapis.com/v4/"),
        (google.slides(), "https://slides.googleapis.com/v1/"),
        (
            google.batch(Api::Gmail),
            "https://gmail.googleapis.com/batch/gmail/v1",
        ),
        (
            google.batch(Api::Drive),
            "https://www.googleapis.com/batch/drive/v3",
        ),
        (
            google.batch(Api::Sheets),
            "https://sheets.googleapis.com/batch",
        ),
        (
            google.upload(Api::Gmail),
            "https://gmail.googleapis.com/upload/gmail/v1/",
        ),
        (
            google.upload(Api::Drive),
            "https://www.googleapis.com/upload/drive/v3/",
        ),
    ];
    for (url, expected) in table {
        assert_eq!(url.as_str(), expected);
    }
    assert_eq!(google.base(), None);
}

#[test]
fn one_base_replaces_every_host_and_keeps_the_paths() {
    for base in ["http://127.0.0.1:4100", "http://127.0.0.1:4100/"] {
        let here = Endpoints::at_base(base).unwrap();
        let google = Endpoints::google();
        for api in Api::ALL {
            for (ours, theirs) in [
                (here.api(api), google.api(api)),
                (here.batch(api), google.batch(api)),
                (here.upload(api), google.upload(api)),
            ] {
                assert_eq!(ours.path(), theirs.path());
                assert_eq!(ours.authority(), "127.0.0.1:4100");
            }
        }
        assert_eq!(
            here.authorize().as_str(),
            "http://127.0.0.1:4100/o/oauth2/v2/auth"
        );
    }
    let deep = Endpoints::at_base("https://proxy.example/google").unwrap();
    assert_eq!(
        deep.batch(Api::Gmail).as_str(),
        "https://proxy.example/google/batch/gmail/v1"
    );
}

#[test]
fn an_override_is_https_or_this_machine_and_nothing_else() {
    let cases = [
        ("https://emulator.example", true),
        ("http://127.0.0.1:1", true),
        ("http://127.9.9.9:1", true),
        ("http://localhost:1", true),
        ("http://LOCALHOST:1", true),
        ("http://[::1]:1", true),
        ("http://emulator.example", false),
        ("http://localhost.example:1", false),
        ("http://127.0.0.1.example:1", false),
        ("http://0.0.0.0:1", false),
        ("http://[::]:1", false),
        ("https://user@emulator.example", false),
        ("https://user:pw@emulator.example", false),
        ("https://emulator.example/?a=b", false),
        ("https://emulator.example/#a", false),
        ("ftp://127.0.0.1", false),
        ("file:///etc/passwd", false),
        ("emulator.example", false),
        ("", false),
    ];
    for (base, good) in cases {
        assert_eq!(Endpoints::at_base(base).is_ok(), good, "{base:?}");
        let single = Endpoints::google().with_token(base);
        assert_eq!(single.is_ok(), good, "{base:?}");
    }
}

#[test]
fn tokens_go_to_the_endpoints_hosts_only() {
    let google = Endpoints::google();
    let here = Endpoints::at_base("http://127.0.0.1:4100").unwrap();
    let cases = [
        (
            &google,
            "https://gmail.googleapis.com/gmail/v1/users/me",
            true,
        ),
        (&google, "https://www.googleapis.com/drive/v3/files", true),
        (&google, "https://sheets.googleapis.com:443/v4/x", true),
        (
            &google,
            "https://www.googleapis.com/oauth2/v2/userinfo",
            true,
        ),
        (&google, "http://gmail.googleapis.com/gmail/v1/", false),
        (&google, "https://gmail.googleapis.com:8443/", false),
        (&google, "https://u:p@gmail.googleapis.com/", false),
        (&google, "https://u@gmail.googleapis.com/", false),
        (&google, "https://gmail.googleapis.com@evil.example/", false),
        (&google, "https://gmail.googleapis.com.evil.example/", false),
        (&google, "https://evil.example/gmail.googleapis.com", false),
        (
            &google,
            "https://accounts.google.com/o/oauth2/v2/auth",
            false,
        ),
        (&here, "http://127.0.0.1:4100/anything", true),
        (&here, "http://127.0.0.1:4101/anything", false),
        (&here, "http://localhost:4100/anything", false),
        (&here, "https://gmail.googleapis.com/gmail/v1/", false),
    ];
    for (endpoints, url, allowed) in cases {
        let parsed = Url::parse(url).unwrap();
        assert_eq!(endpoints.allows(&parsed), allowed, "{url}");
    }
}

#[test]
fn one_api_moves_alone() {
    let moved = Endpoints::google().with_api(Api::Drive, "http://127.0.0.1:9");
    let moved = moved.unwrap();
    assert_eq!(moved.drive().as_str(), "http://127.0.0.1:9/drive/v3/");
    assert_eq!(moved.calendar(), Endpoints::google().calendar());
    let drive_at_google = Endpoints::google();
    assert!(moved.allows(moved.upload(Api::Drive)));
    // Calendar shares the host that Drive left.
    assert!(moved.allows(drive_at_google.calendar()));
}

async fn discover(status: &str, body: &str) -> (Endpoints, Endpoints) {
    let bytes = answer(status, &[], body.as_bytes());
    let server = RawServer::start(Act::Answer(bytes)).await;
    let before = Endpoints::at_base(&server.url).unwrap();
    let http = HttpClient::new().unwrap();
    let after = before.clone().discovered(&http).await;
    assert!(server.seen()[0].starts_with("GET /.well-known/openid-configuration "));
    (before, after)
}

#[tokio::test]
async fn an_own_base_supplies_paths_and_issuer_but_no_other_host() {
    let document = r#"{"issuer":"http://issuer.example","token_endpoint":"https://evil.example/t",
        "authorization_endpoint":"http://localhost:1/consent","jwks_uri":"nonsense"}"#;
    let (before, after) = discover("200 OK", document).await;
    assert_eq!(after.token().path(), "/t");
    assert_eq!(after.token().authority(), before.token().authority());
    assert_eq!(after.authorize().path(), "/consent");
    assert_eq!(after.certs(), before.certs());
    assert_eq!(after.revoke(), before.revoke());
    assert!(
        after
            .issuers()
            .contains(&"http://issuer.example".to_owned())
    );
    assert_eq!(after.gmail(), before.gmail());
}

#[tokio::test]
async fn a_base_without_configuration_keeps_googles_paths() {
    for (status, body) in [("404 No", "{}"), ("200 OK", "<html>"), ("200 OK", "[]")] {
        let (before, after) = discover(status, body).await;
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn an_endpoint_that_was_set_by_itself_is_not_discovered_away() {
    let document = r#"{"token_endpoint":"http://127.0.0.1/t"}"#;
    let bytes = answer("200 OK", &[], document.as_bytes());
    let server = RawServer::start(Act::Answer(bytes)).await;
    let endpoints = Endpoints::at_base(&server.url).unwrap();
    let endpoints = endpoints.with_token("https://own.example/token").unwrap();
    let http = HttpClient::new().unwrap();
    let after = endpoints.discovered(&http).await;
    assert_eq!(after.token().as_str(), "https://own.example/token");
}
