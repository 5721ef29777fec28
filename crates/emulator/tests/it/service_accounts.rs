//! Service accounts: what their word is good for, who may act as them, and what a machine gets.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};
use toolgate_emulator::{Emulator, ServiceAccountSeed};

use crate::client::{ALICE, COMPOSE, Client, READONLY, Reply};

const ROBOT: &str = "robot@project.iam.gserviceaccount.com";
const HELPER: &str = "helper@project.iam.gserviceaccount.com";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const NOW: i64 = 1_790_000_000;
const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";

struct World {
    emulator: Emulator,
    client: Client,
}

impl World {
    async fn start() -> Self {
        let robot = ServiceAccountSeed {
            email: ROBOT.to_owned(),
            delegated_domains: vec!["example.com".to_owned()],
            delegated_scopes: vec![READONLY.to_owned()],
            token_creators: vec![HELPER.to_owned()],
        };
        let helper = ServiceAccountSeed {
            email: HELPER.to_owned(),
            token_creators: vec![ALICE.to_owned()],
            ..ServiceAccountSeed::default()
        };
        let emulator = Emulator::builder()
            .with_service_account(robot)
            .with_service_account(helper)
            .with_clock(std::sync::Arc::new(|| NOW * 1000))
            .start()
            .await
            .unwrap();
        let client = Client::of(&emulator);
        Self { emulator, client }
    }

    fn claims(&self) -> Value {
        json!({
            "iss": ROBOT,
            "sub": ALICE,
            "scope": READONLY,
            "aud": format!("{}token", self.emulator.base_url()),
            "iat": NOW,
            "exp": NOW + 3600,
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let file = self.emulator.service_account_key(ROBOT).unwrap();
        let file: Value = serde_json::from_str(&file).unwrap();
        let pem = file["private_key"].as_str().unwrap();
        let body: String = pem.lines().filter(|it| !it.starts_with("---")).collect();
        let pair = KeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap();
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; pair.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    async fn assert(&self, assertion: &str) -> Reply {
        let form = [("grant_type", GRANT), ("assertion", assertion)];
        self.client.form("/token", &form).await
    }

    async fn claim(&self, change: &Value) -> Reply {
        let mut claims = self.claims();
        for (name, value) in change.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let header = json!({ "alg": "RS256", "typ": "JWT" });
        self.assert(&self.sign(&header, &claims)).await
    }

    async fn iam(&self, token: &str, email: &str, verb: &str, body: &Value) -> Reply {
        let path = format!("/v1/projects/-/serviceAccounts/{email}:{verb}");
        self.client.post(token, &path, body).await
    }
}

#[tokio::test]
async fn a_service_accounts_word_gives_what_the_administrator_allowed_for_one_person() {
    let world = World::start().await;
    let reply = world.claim(&json!({})).await;
    let body = reply.json();
    assert_eq!((reply.status, &body["token_type"]), (200, &json!("Bearer")));
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
    let token = body["access_token"].as_str().unwrap();
    let profile = world.client.get(token, "/gmail/v1/users/me/profile").await;
    assert_eq!(profile.json()["emailAddress"], ALICE);
    let told = world.emulator.requests();
    assert_eq!(told[0].account.as_deref(), Some(ALICE));
    assert_eq!(told[0].api_method.as_deref(), Some("token"));
}

#[tokio::test]
async fn a_word_that_does_not_stand_is_refused_with_googles_code() {
    let world = World::start().await;
    let check = async |change: Value, expected: &str| {
        let (_, error) = world.claim(&change).await.oauth_error();
        assert_eq!(error, expected, "{change}");
    };
    check(
        json!({ "iss": "other@project.iam.gserviceaccount.com" }),
        "invalid_grant",
    )
    .await;
    check(
        json!({ "aud": "https://oauth2.googleapis.com/token" }),
        "invalid_grant",
    )
    .await;
    check(json!({ "exp": NOW + 3601 }), "invalid_grant").await;
    check(
        json!({ "iat": NOW - 4000, "exp": NOW - 400 }),
        "invalid_grant",
    )
    .await;
    check(
        json!({ "iat": NOW + 400, "exp": NOW + 500 }),
        "invalid_grant",
    )
    .await;
    check(json!({ "scope": "" }), "invalid_scope").await;
    check(json!({ "scope": null }), "invalid_scope").await;
    check(json!({ "sub": "nobody@example.com" }), "invalid_grant").await;
    check(
        json!({ "sub": "eve@elsewhere.example" }),
        "unauthorized_client",
    )
    .await;
    check(
        json!({ "scope": format!("{READONLY} {COMPOSE}") }),
        "access_denied",
    )
    .await;
    let good = world.sign(&json!({ "alg": "RS256" }), &world.claims());
    for bad in [
        world.emulator.sign_id_token(&world.claims()),
        world.sign(&json!({ "alg": "none" }), &world.claims()),
        world.sign(
            &json!({ "alg": "RS256", "kid": "another" }),
            &world.claims(),
        ),
        good.replace(".ey", ".eyA"),
        good[..good.len() - 40].to_owned(),
        "a.b".to_owned(),
    ] {
        let (status, error) = world.assert(&bad).await.oauth_error();
        assert_eq!((status, error.as_str()), (400, "invalid_grant"), "{bad}");
    }
    assert_eq!(world.assert(&good).await.status, 200);
}

#[tokio::test]
async fn whoever_may_act_as_a_service_account_gets_its_token_for_the_time_asked() {
    let world = World::start().await;
    let token = world.emulator.issue_token(ALICE, &[CLOUD]);
    let wanted = json!({ "scope": [READONLY], "lifetime": "600s" });
    let reply = world
        .iam(&token, HELPER, "generateAccessToken", &wanted)
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["expireTime"], "2026-09-21T14:23:20Z");
    let refused = async |token: &str, email: &str, wanted: Value| {
        let reply = world
            .iam(token, email, "generateAccessToken", &wanted)
            .await;
        reply.json()["error"]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refused(&token, ROBOT, wanted.clone()).await,
        "PERMISSION_DENIED"
    );
    let weak = world.emulator.issue_token(ALICE, &[READONLY]);
    assert_eq!(
        refused(&weak, HELPER, wanted.clone()).await,
        "PERMISSION_DENIED"
    );
    assert_eq!(refused("nothing", HELPER, wanted).await, "UNAUTHENTICATED");
    let long = json!({ "scope": [READONLY], "lifetime": "3601s" });
    assert_eq!(refused(&token, HELPER, long).await, "INVALID_ARGUMENT");
    let none = json!({ "scope": [] });
    assert_eq!(refused(&token, HELPER, none).await, "INVALID_ARGUMENT");
    // By way of the helper, who may act as the robot.
    let chain = json!({ "scope": [READONLY], "delegates": [format!("projects/-/serviceAccounts/{HELPER}")] });
    let reply = world
        .iam(&token, ROBOT, "generateAccessToken", &chain)
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[tokio::test]
async fn what_google_signs_for_a_service_account_is_its_word() {
    let world = World::start().await;
    let token = world.emulator.issue_token(HELPER, &[CLOUD]);
    let payload = json!({ "payload": world.claims().to_string() });
    let reply = world.iam(&token, ROBOT, "signJwt", &payload).await;
    let jwt = reply.json()["signedJwt"].as_str().unwrap().to_owned();
    assert_eq!(world.assert(&jwt).await.status, 200);
    let no_object = json!({ "payload": "[]" });
    assert_eq!(
        world.iam(&token, ROBOT, "signJwt", &no_object).await.status,
        400
    );
}

#[tokio::test]
async fn a_machine_gets_the_token_of_the_account_that_it_runs_as() {
    let world = World::start().await;
    let path = "/computeMetadata/v1/instance/service-accounts/default/token?scopes=a,b";
    let ask = |flavour: &'static str| {
        let request = Request::get(path).header("metadata-flavor", flavour);
        world.client.send(request.body(Bytes::new()).unwrap())
    };
    assert_eq!(ask("Apple").await.unwrap().status, 403);
    let body = ask("Google").await.unwrap().json();
    assert_eq!(body["token_type"], "Bearer");
    assert!(body["access_token"].as_str().unwrap().starts_with("ya29."));
}
