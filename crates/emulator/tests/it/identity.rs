//! Whose a token is, and how its account takes it back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use crate::client::{ALICE, BOB, READONLY, start};
use crate::consent::Flow;

const PROFILE: &str = "/gmail/v1/users/me/profile";

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn the_id_token_is_signed_and_tells_who_it_is() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let tokens = flow.exchange(&client, &code).await.json();
    let token = text(&tokens["id_token"]).to_owned();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    let claims: Value = serde_json::from_slice(&decode(claims)).unwrap();
    let certs = Request::get("/oauth2/v3/certs").body(Bytes::new()).unwrap();
    let key = client.send(certs).await.unwrap().json()["keys"][0].clone();
    assert_eq!(header["kid"], key["kid"]);
    assert_eq!(header["alg"], "RS256");
    RsaPublicKeyComponents {
        n: decode(text(&key["n"])),
        e: decode(text(&key["e"])),
    }
    .verify(
        &RSA_PKCS1_2048_8192_SHA256,
        signed.as_bytes(),
        &decode(signature),
    )
    .unwrap();
    assert_eq!(claims["iss"], "https://accounts.google.com");
    assert_eq!(claims["aud"], flow.client_id.as_str());
    assert_eq!(claims["email"], ALICE);
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["nonce"], "nonce-1");
    assert_eq!(
        claims["sub"].as_str().map(str::to_owned),
        emulator.subject(ALICE)
    );
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
}

/// OpenID Connect Core 12.2: who it is, and no nonce.
#[tokio::test]
async fn a_refresh_tells_who_it_is_where_openid_was_granted() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let with = emulator.issue_refresh_token(ALICE, &["openid", READONLY]);
    let without = emulator.issue_refresh_token(ALICE, &[READONLY]);
    let tokens = flow.refresh(&client, &with).await.json();
    let payload = text(&tokens["id_token"]).split('.').nth(1).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["aud"], flow.client_id.as_str());
    assert_eq!(
        claims["sub"].as_str().map(str::to_owned),
        emulator.subject(ALICE)
    );
    assert!(claims.get("nonce").is_none(), "{claims}");
    let tokens = flow.refresh(&client, &without).await.json();
    assert!(tokens.get("id_token").is_none());
}

#[tokio::test]
async fn revoking_one_token_ends_all_of_the_account() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let code = flow.code(&client, ALICE).await;
    let tokens = flow.exchange(&client, &code).await.json();
    let installed = Flow::installed(&emulator);
    let code = installed.code(&client, ALICE).await;
    let elsewhere = installed.exchange(&client, &code).await.json();
    let bobs = emulator.issue_token(BOB, &[READONLY]);
    let revoke = async |token: &str| client.form("/revoke", &[("token", token)]).await;
    assert_eq!(revoke(text(&tokens["access_token"])).await.status, 200);
    assert_eq!(
        client
            .get(text(&elsewhere["access_token"]), PROFILE)
            .await
            .status,
        401
    );
    let refreshed = installed
        .refresh(&client, text(&elsewhere["refresh_token"]))
        .await;
    assert_eq!(refreshed.oauth_error(), (400, "invalid_grant".to_owned()));
    assert_eq!(client.get(&bobs, PROFILE).await.status, 200);
    let again = revoke(text(&tokens["refresh_token"])).await;
    assert_eq!(again.oauth_error(), (400, "invalid_token".to_owned()));
    let code = flow.code(&client, ALICE).await;
    let fresh = flow.exchange(&client, &code).await.json();
    assert!(
        fresh.get("refresh_token").is_some(),
        "the next consent is a first one"
    );
    emulator.revoke(ALICE);
    assert_eq!(
        client
            .get(text(&fresh["access_token"]), PROFILE)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn token_info_tells_whose_a_token_is() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &["email"]);
    let info = client
        .get("", &format!("/tokeninfo?access_token={token}"))
        .await
        .json();
    assert_eq!(info["email"], ALICE);
    assert_eq!(info["aud"], emulator.client_id());
    let unknown = client.get("", "/oauth2/v3/tokeninfo?access_token=x").await;
    assert_eq!(unknown.oauth_error(), (400, "invalid_token".to_owned()));
}
