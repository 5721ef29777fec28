//! Requests as they leave, and what each answer means.

use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;
use http::{HeaderValue, Request, Response};
use serde_json::json;

use super::error::Sent;
use super::*;
use crate::clock::SystemRandom;
use crate::error::Error;
use crate::scope::ScopeSet;
use crate::secret::{AccessToken, AuthorizationCode, ClientSecret, Nonce, RefreshToken};

type Answer = Box<dyn Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, GrantError> + Send + Sync>;

/// Answers by a closure and keeps what was asked.
struct Fake {
    answer: Answer,
    asked: Mutex<Vec<Request<Vec<u8>>>>,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

#[async_trait]
impl Transport for Fake {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        _deadline: Duration,
    ) -> Result<Response<Vec<u8>>, GrantError> {
        let answer = (self.answer)(&request);
        self.asked.lock().unwrap().push(request);
        answer
    }
}

fn grants(
    answer: impl Fn(&Request<Vec<u8>>) -> Result<Response<Vec<u8>>, GrantError> + Send + Sync + 'static,
) -> (Grants, Arc<Fake>) {
    let fake = Arc::new(Fake {
        answer: Box::new(answer),
        asked: Mutex::default(),
    });
    let transport: Arc<dyn Transport> = Arc::clone(&fake) as _;
    (Grants::over(transport, Endpoints::google(), client()), fake)
}

fn client() -> OAuthClient {
    OAuthClient::new("123-abc.apps.googleusercontent.com")
        .with_secret(ClientSecret::parse("canary-secret").unwrap())
}

fn answering(status: u16, headers: &[(&'static str, &str)], body: &str) -> Grants {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, HeaderValue::from_str(value).unwrap());
    }
    let response = response.body(body.as_bytes().to_vec()).unwrap();
    grants(move |_| Ok(response.clone())).0
}

fn refresh_token() -> RefreshToken {
    RefreshToken::parse("1//canary-refresh").unwrap()
}

async fn refresh(grants: &Grants) -> Result<TokenAnswer, GrantError> {
    grants
        .refresh(&refresh_token(), Duration::from_secs(5))
        .await
}

fn form(request: &Request<Vec<u8>>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = url::form_urlencoded::parse(request.body())
        .into_owned()
        .collect();
    pairs.sort();
    pairs
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const TOKEN: &str = r#"{"access_token":"ya29.canary","expires_in":3599,"token_type":"Bearer",
    "scope":"openid https://www.googleapis.com/auth/gmail.readonly","refresh_token":"1//new",
    "id_token":"a.b.c","refresh_token_expires_in":604799,"unknown":{"deep":[1]}}"#;

#[tokio::test]
async fn an_exchange_sends_what_google_asks_for_and_reads_what_it_gives() {
    let (grants, fake) = grants(|_| Ok(Response::new(TOKEN.as_bytes().to_vec())));
    let before = std::time::Instant::now();
    let answer = grants
        .exchange(
            &AuthorizationCode::parse("4/canary-code").unwrap(),
            &PkcePair::new(&SystemRandom).unwrap().verifier,
            "https://app.example.com/google/callback",
        )
        .await
        .unwrap();
    assert_eq!(answer.access.expose(), "ya29.canary");
    assert_eq!(answer.refresh.as_ref().unwrap().expose(), "1//new");
    assert_eq!(answer.id_token.as_ref().unwrap().expose(), "a.b.c");
    assert_eq!(answer.lifetime, Duration::from_secs(3599));
    assert_eq!(answer.refresh_lifetime, Some(Duration::from_secs(604_799)));
    let scopes = answer.scopes.clone().unwrap();
    assert!(scopes.contains("openid") && scopes.len() == 2);
    assert!(answer.sent_at >= before && answer.sent_at <= std::time::Instant::now());
    assert!(!format!("{answer:?}").contains("canary"), "{answer:?}");

    let asked = fake.asked.lock().unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].uri(), "https://oauth2.googleapis.com/token");
    assert_eq!(asked[0].method(), http::Method::POST);
    assert!(!asked[0].headers().contains_key("authorization"));
    let form = form(&asked[0]);
    let verifier = form
        .iter()
        .find(|(name, _)| name == "code_verifier")
        .unwrap()
        .1
        .clone();
    assert!((43..=128).contains(&verifier.len()));
    assert_eq!(
        form,
        pairs(&[
            ("client_id", "123-abc.apps.googleusercontent.com"),
            ("client_secret", "canary-secret"),
            ("code", "4/canary-code"),
            ("code_verifier", &verifier),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "https://app.example.com/google/callback"),
        ])
    );
}

#[tokio::test]
async fn a_refresh_asks_for_no_scopes_and_may_have_no_secret() {
    let fake = Arc::new(Fake {
        answer: Box::new(|_| Ok(Response::new(b"{\"access_token\":\"a\"}".to_vec()))),
        asked: Mutex::default(),
    });
    let transport: Arc<dyn Transport> = Arc::clone(&fake) as _;
    let grants = Grants::over(transport, Endpoints::google(), OAuthClient::new("c"));
    let answer = refresh(&grants).await.unwrap();
    assert!(answer.refresh.is_none() && answer.scopes.is_none() && answer.id_token.is_none());
    assert_eq!(
        form(&fake.asked.lock().unwrap()[0]),
        pairs(&[
            ("client_id", "c"),
            ("grant_type", "refresh_token"),
            ("refresh_token", "1//canary-refresh"),
        ])
    );
}

#[tokio::test]
async fn lifetimes_are_read_leniently_and_kept_within_bounds() {
    let check = async |expires_in: serde_json::Value, expected: u64| {
        let body = json!({ "access_token": "a", "expires_in": expires_in }).to_string();
        let answer = refresh(&answering(200, &[], &body)).await.unwrap();
        assert_eq!(answer.lifetime.as_secs(), expected, "{body}");
    };
    check(json!(3599), 3599).await;
    check(json!("3600"), 3600).await;
    check(json!(" 3600 "), 3600).await;
    check(json!(1800.5), 1800).await;
    check(json!(0), 30).await;
    check(json!(-5), 30).await;
    check(json!(i64::MIN), 30).await;
    check(json!(90_000), 86_400).await;
    check(json!(u64::MAX), 86_400).await;
    check(json!(1e300), 86_400).await;
    check(json!("NaN"), 3600).await;
    check(json!("soon"), 3600).await;
    check(json!(null), 3600).await;
    check(json!([]), 3600).await;
}

#[tokio::test]
async fn what_is_left_counts_from_when_the_request_left() {
    let answer = refresh(&answering(
        200,
        &[],
        r#"{"access_token":"a","expires_in":100}"#,
    ))
    .await;
    let answer = answer.unwrap();
    let at = |seconds| answer.sent_at + Duration::from_secs(seconds);
    assert_eq!(answer.left(at(40)), Duration::from_mins(1));
    assert_eq!(answer.left(at(400)), Duration::ZERO);
}

#[tokio::test]
async fn a_yes_that_makes_no_sense_is_malformed_and_not_repeated_in_an_error() {
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(9000));
    let bodies = [
        "",
        "<html>canary</html>",
        "[]",
        "\"canary\"",
        "{\"access_token\":\"canary",
        r#"{"token":"canary"}"#,
        r#"{"access_token":17}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":"canary\n"}"#,
        r#"{"access_token":"canary canary"}"#,
        r#"{"access_token":"canary","refresh_token":"canary\u0000"}"#,
        r#"{"access_token":"canary","token_type":"DPoP"}"#,
        r#"{"access_token":"canary","scope":["canary"]}"#,
        r#"{"access_token":"canary","id_token":"can ary"}"#,
        r#"{"error":"invalid_grant","error_description":"canary"}"#,
        &long,
    ];
    for body in bodies {
        let error = refresh(&answering(200, &[], body)).await.unwrap_err();
        assert_eq!(
            (error.failure().class(), error.sent()),
            ("malformed", Sent::Answered),
            "{body}"
        );
        assert!(!error.failure().is_final());
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
        let error = Error::from(error);
        assert!(error.is_transient() && !error.is_reauthorization_required());
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
    }
    let html = answering(200, &[("content-type", "text/html; canary")], TOKEN);
    let error = refresh(&html).await.unwrap_err();
    assert_eq!(error.failure().class(), "malformed");
    assert!(!format!("{error:?} {error}").contains("canary"));
    assert_eq!(
        refresh(&answering(204, &[], TOKEN))
            .await
            .unwrap_err()
            .failure()
            .class(),
        "malformed"
    );
}

#[tokio::test]
async fn empty_fields_count_as_absent() {
    let body = r#"{"access_token":"a","refresh_token":"","scope":"","token_type":"bEARER"}"#;
    let answer = refresh(&answering(200, &[], body)).await.unwrap();
    assert!(answer.refresh.is_none() && answer.scopes.is_none());
}

#[tokio::test]
async fn failures_are_told_by_error_and_subtype_alone() {
    use GrantFailure::{Admin, Client, Revoked, SessionPolicy, Transient};

    let check = async |status: u16, body: &str, expected: GrantFailure| {
        let error = refresh(&answering(status, &[], body)).await.unwrap_err();
        let same = match (&expected, error.failure()) {
            (Transient { .. }, Transient { .. }) => true,
            (expected, failure) => expected == failure,
        };
        assert!(same, "{status} {body}: {error:?}");
        assert_eq!(error.sent(), Sent::Answered);
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
    };
    let transient = || Transient {
        what: "",
        retry_after: None,
    };
    let grant = r#"{"error":"invalid_grant","error_description":"canary invalid_rapt"}"#;
    check(400, grant, Revoked).await;
    check(401, grant, Revoked).await;
    let subtype = |text: &str| format!(r#"{{"error":"invalid_grant","error_subtype":"{text}"}}"#);
    check(400, &subtype("invalid_rapt"), SessionPolicy).await;
    check(400, &subtype("rapt_required"), SessionPolicy).await;
    check(400, &subtype("canary"), Revoked).await;
    for code in ["admin_policy_enforced", "org_internal"] {
        check(400, &format!(r#"{{"error":"{code}"}}"#), Admin { code }).await;
    }
    let client = [
        "invalid_client",
        "unauthorized_client",
        "deleted_client",
        "redirect_uri_mismatch",
        "unsupported_grant_type",
        "invalid_request",
        "invalid_scope",
    ];
    for code in client {
        check(401, &format!(r#"{{"error":"{code}"}}"#), Client { code }).await;
        check(400, &format!(r#"{{"error":"{code}"}}"#), Client { code }).await;
    }
    for status in [500, 502, 503, 504, 408, 429, 302] {
        check(status, grant, transient()).await;
    }
    let unknown = [
        "",
        "<html>invalid_grant canary</html>",
        r#"{"error":"canary"}"#,
        r#"{"error":{"code":400,"message":"invalid_grant","status":"canary"}}"#,
        r#"{"error_description":"invalid_grant"}"#,
        r#"{"error":"invalid_grant""#,
    ];
    for body in unknown {
        check(400, body, transient()).await;
        check(403, body, transient()).await;
    }
}

#[tokio::test]
async fn a_server_may_say_how_long_to_wait() {
    let check = async |headers: &[(&'static str, &str)], expected: Option<u64>| {
        let error = refresh(&answering(503, headers, "")).await.unwrap_err();
        assert_eq!(
            error.retry_after(),
            expected.map(Duration::from_secs),
            "{headers:?}"
        );
        assert_eq!(
            Error::from(error).retry_after(),
            expected.map(Duration::from_secs)
        );
    };
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    check(&[], None).await;
    check(&[("retry-after", "7")], Some(7)).await;
    check(&[("retry-after", "999999")], Some(3600)).await;
    check(&[("retry-after", "-1")], None).await;
    check(&[("retry-after", "soon")], None).await;
    check(
        &[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), date],
        Some(30),
    )
    .await;
    check(
        &[("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT"), date],
        Some(0),
    )
    .await;
    check(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], None).await;
}

#[tokio::test]
async fn only_what_certainly_did_not_leave_is_sent_again() {
    let check = async |error: GrantError, expected: Sent, requests: usize| {
        let (grants, fake) = grants(move |_| Err(error.clone()));
        let error = refresh(&grants).await.unwrap_err();
        assert_eq!(
            (error.failure().class(), error.sent()),
            ("transient", expected)
        );
        assert_eq!(fake.asked.lock().unwrap().len(), requests);
    };
    check(GrantError::unsent("x"), Sent::No, 2).await;
    check(GrantError::unclear("x"), Sent::Unclear, 1).await;
}

#[tokio::test]
async fn a_second_try_may_succeed() {
    let failed_once = std::sync::atomic::AtomicBool::new(false);
    let (grants, fake) = grants(move |_| {
        if failed_once.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return Ok(Response::new(TOKEN.as_bytes().to_vec()));
        }
        Err(GrantError::unsent("x"))
    });
    assert!(refresh(&grants).await.is_ok());
    let asked = fake.asked.lock().unwrap();
    assert_eq!((asked.len(), form(&asked[0])), (2, form(&asked[1])));
}

#[tokio::test]
async fn a_closed_port_is_known_not_to_have_been_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let endpoints = Endpoints::at_base(&address).unwrap();
    let grants = Grants::new(HttpClient::new().unwrap(), endpoints, client());
    let error = refresh(&grants).await.unwrap_err();
    assert_eq!(
        (error.failure().class(), error.sent()),
        ("transient", Sent::No)
    );
    assert!(
        !format!("{error:?} {error}").contains("127.0.0.1"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_revocation_is_done_when_google_knows_the_token_no_more() {
    let check = async |status: u16, body: &str, expected: Option<&str>| {
        let response = Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap();
        let (grants, fake) = grants(move |_| Ok(response.clone()));
        let result = grants.revoke(&refresh_token()).await;
        assert_eq!(
            result.err().map(|error| error.failure().class()),
            expected,
            "{body}"
        );
        let asked = fake.asked.lock().unwrap();
        assert_eq!(asked[0].uri(), "https://oauth2.googleapis.com/revoke");
        assert_eq!(form(&asked[0]), pairs(&[("token", "1//canary-refresh")]));
    };
    check(200, "", None).await;
    check(400, r#"{"error":"invalid_token"}"#, None).await;
    check(400, r#"{"error":"invalid_request"}"#, Some("client")).await;
    check(400, "<html>invalid_token</html>", Some("transient")).await;
    check(503, r#"{"error":"invalid_token"}"#, Some("transient")).await;
}

#[tokio::test]
async fn userinfo_tells_whose_token_it_is() {
    let check = async |status: u16, body: &str, expected: Result<&str, &str>| {
        let response = Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap();
        let (grants, fake) = grants(move |_| Ok(response.clone()));
        let token = AccessToken::parse("canary-token").unwrap();
        let result = grants.userinfo(&token).await;
        let result = result
            .map(|info| info.id)
            .map_err(|error| error.failure().class());
        assert_eq!(
            result.as_deref().map_err(|class| *class),
            expected,
            "{body}"
        );
        let asked = fake.asked.lock().unwrap();
        assert_eq!(asked[0].headers()["authorization"], "Bearer canary-token");
        assert!(
            !format!("{:?}", asked[0]).contains("canary"),
            "the header is sensitive"
        );
    };
    check(200, r#"{"id":"17","email":"a@b.c"}"#, Ok("17")).await;
    check(200, r#"{"sub":"17"}"#, Ok("17")).await;
    check(200, "{}", Err("malformed")).await;
    check(401, r#"{"error":{"code":401}}"#, Err("revoked")).await;
    check(503, "", Err("transient")).await;
}

#[test]
fn the_consent_address_holds_every_parameter() {
    let request = ConsentRequest {
        client_id: "123-abc.apps.googleusercontent.com",
        redirect_uri: "https://app.example.com/google/callback",
        scopes: &ScopeSet::parse("https://www.googleapis.com/auth/gmail.readonly"),
        state: "state.1",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        nonce: &Nonce::parse("nonce-1").unwrap(),
        force_consent: true,
        login_hint: Some("alice+x@example.com"),
        hosted_domain: Some("example.com"),
        include_granted_scopes: true,
    };
    let lines = |request: &ConsentRequest<'_>| {
        consent_url(&Endpoints::google(), request)
            .as_str()
            .replace(['?', '&'], "\n")
    };
    insta::assert_snapshot!(lines(&request), @r"
    https://accounts.google.com/o/oauth2/v2/auth
    response_type=code
    client_id=123-abc.apps.googleusercontent.com
    state=state.1
    scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fgmail.readonly+https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email+openid
    redirect_uri=https%3A%2F%2Fapp.example.com%2Fgoogle%2Fcallback
    code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
    code_challenge_method=S256
    nonce=nonce-1
    access_type=offline
    include_granted_scopes=true
    prompt=consent
    login_hint=alice%2Bx%40example.com
    hd=example.com
    ");

    let bare = ConsentRequest {
        force_consent: false,
        login_hint: None,
        hosted_domain: None,
        include_granted_scopes: false,
        ..request
    };
    let bare = lines(&bare);
    for absent in ["prompt", "login_hint", "hd=", "include_granted_scopes"] {
        assert!(!bare.contains(absent), "{bare}");
    }
}

#[test]
fn the_challenge_is_the_standards() {
    // RFC 7636, appendix B.
    let verifier =
        crate::PkceVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
    let pair = PkcePair::from_verifier(&verifier);
    assert_eq!(
        pair.challenge,
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );

    let (one, two) = (
        PkcePair::new(&SystemRandom).unwrap(),
        PkcePair::new(&SystemRandom).unwrap(),
    );
    assert_ne!(one.challenge, two.challenge);
    let verifier = one.verifier.expose();
    assert!((43..=128).contains(&verifier.len()));
    assert!(
        verifier
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    );
    assert!(!format!("{one:?}").contains(verifier));
}

#[test]
fn a_refresh_token_is_named_as_googles_events_name_it() {
    // echo -n 1//token | openssl sha512 -binary | openssl sha512 -binary | base64 -w0
    let token = RefreshToken::parse("1//token").unwrap();
    assert_eq!(
        rt_hash(&token),
        "Mbu4gl4DIJN9EzkIFoEBmhDP3eEmfJcfZSSW/0bvbZqDjtjF1SbmZEhj0sI+FpmuocCQOlPqbAbBhrnR2nFnzA=="
    );
}

#[test]
fn a_client_knows_its_project_and_hides_its_secret() {
    assert_eq!(client().project(), Some("123"));
    assert_eq!(client().with_project("named").project(), Some("named"));
    assert_eq!(OAuthClient::new("abc-1.example").project(), None);
    assert_eq!(OAuthClient::new("-1").project(), None);
    assert!(!format!("{:?}", client()).contains("canary"));
    let (grants, _) = grants(|_| Err(GrantError::unsent("x")));
    assert!(!format!("{grants:?}").contains("canary"));
}

#[test]
fn an_impossible_client_id_is_refused() {
    assert!(client().check().is_ok());
    for id in ["", "a b", "a\n", "é", &"a".repeat(257)] {
        let error = OAuthClient::new(id).check().unwrap_err();
        assert!(error.is_configuration(), "{error}");
    }
}
