//! Requests as they leave, and what each answer means.

mod failures;
mod values;

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
async fn empty_fields_count_as_absent() {
    let body = r#"{"access_token":"a","refresh_token":"","scope":"","token_type":"bEARER"}"#;
    let answer = refresh(&answering(200, &[], body)).await.unwrap();
    assert!(answer.refresh.is_none() && answer.scopes.is_none());
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
async fn an_id_token_that_cannot_be_one_is_none() {
    for id_token in [r#""can ary""#, "17", "null", r#"["canary"]"#, r#""""#] {
        let body = format!(r#"{{"access_token":"canary","id_token":{id_token}}}"#);
        let answer = refresh(&answering(200, &[], &body)).await.unwrap();
        assert!(answer.id_token.is_none(), "{id_token}");
    }
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
    check(403, r#"{"error":{"code":403}}"#, Err("malformed")).await;
    check(503, "", Err("transient")).await;
}
