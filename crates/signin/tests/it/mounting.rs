//! Which routers can be made, and how they go into an application's own.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use toolgate_auth::{
    BoundGoogleAuth, GoogleAuth, GoogleAuthBuilder, KeySource, MemoryDatabase, OAuthClient, Service,
};
use toolgate_signin::PageOptions;
use tower::ServiceExt as _;

async fn bound(configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder) -> BoundGoogleAuth {
    toolgate_testkit::LogCapture::install();
    let builder = GoogleAuth::builder(OAuthClient::new("id"))
        .with_keys(KeySource::InsecurePlaintext)
        .allow_unverified_links();
    let google = configure(builder).build().unwrap();
    google
        .bind(&MemoryDatabase::new(), Service::google(), Vec::new())
        .await
        .unwrap()
}

pub(crate) async fn refusal(
    configure: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
    options: PageOptions,
) -> String {
    toolgate_signin::router(bound(configure).await, options)
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn a_router_that_could_not_work_is_not_made_and_the_error_says_why() {
    let none = PageOptions::new;
    let text = refusal(|builder| builder, none()).await;
    assert!(text.contains("with_public_url"), "{text}");
    let text = refusal(
        |builder| {
            builder
                .with_public_url("https://app.example")
                .with_redirect_uri("https://login.example/google/callback")
        },
        none(),
    )
    .await;
    assert!(text.contains("one origin"), "{text}");
    let text = refusal(
        |builder| {
            builder
                .with_public_url("https://app.example")
                .with_redirect_uri("https://app.example/google/done")
        },
        none(),
    )
    .await;
    assert!(text.contains("/google/done"), "{text}");
    let text = refusal(
        |builder| builder.with_public_url("https://app.example/:team"),
        none(),
    )
    .await;
    assert!(text.contains("/:team/google/done"), "{text}");
    for prefix in ["app", "/app/", "/{x}", "/a?b"] {
        let text = refusal(
            |builder| builder.with_public_url("https://app.example"),
            PageOptions::new().with_route_prefix(prefix),
        )
        .await;
        assert!(text.contains("route prefix"), "{prefix}: {text}");
    }
}

#[tokio::test]
async fn the_pages_merge_into_a_router_with_a_fallback_of_its_own() {
    let google = bound(|builder| {
        builder
            .with_public_url("https://app.example/team")
            .with_redirect_uri("https://app.example/oauth/back")
    })
    .await;
    let pages = toolgate_signin::router(google, PageOptions::new()).unwrap();
    let app = Router::new()
        .route("/", get(|| async { "home" }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "the application's own") })
        .merge(pages);
    let cases = [
        ("/", StatusCode::OK),
        ("/team/google/done", StatusCode::OK),
        ("/oauth/back", StatusCode::SEE_OTHER),
        ("/google/done", StatusCode::NOT_FOUND),
        ("/team/google/connect/junk", StatusCode::BAD_REQUEST),
    ];
    for (path, status) in cases {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        let guarded = answer.headers().contains_key("content-security-policy");
        let ours = path.starts_with("/team/") || path.starts_with("/oauth/");
        assert_eq!(guarded, ours, "{path}");
    }
}
