//! The steps in which a token is looked for: each that is skipped says why.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_auth::{Access, AccessToken, BoundGoogleAuth, Principal, Requirement, SystemRandom};
use toolgate_http::HttpClient;
use toolgate_testkit::{LogCapture, process_argument, run_at_once};

use crate::service_account::{self, ALICE};
use crate::support::{READ, World};
use crate::token_file::Desk;

const SEND: &str = "gmail.users.messages.send";
/// What everybody reads who has neither a credential of their own nor a service account.
const FIRST: [&str; 2] = [
    "explicit credential skipped: none was given",
    "service account skipped: none is configured",
];

/// Asks for a token, and looks for these words in what is logged, in this order.
async fn says(access: &Access, methods: &[&'static str], expected: &[&str]) {
    let logs = LogCapture::install();
    let before = logs.position();
    let _ = access.token(&Requirement::for_methods(methods)).await;
    let said = logs.since(before);
    let mut rest = said.as_str();
    for words in expected {
        let at = rest.find(words);
        assert!(at.is_some(), "{words:?} is not said in its place:\n{said}");
        rest = &rest[at.unwrap() + words.len()..];
    }
}

fn of(bound: &BoundGoogleAuth, user: &Principal) -> Access {
    bound.access(user, "gmail")
}

fn after_first<'a>(more: &[&'a str]) -> Vec<&'a str> {
    FIRST.into_iter().chain(more.iter().copied()).collect()
}

/// In a process of its own, whose log is of nobody else.
#[tokio::test]
async fn each_step_that_is_skipped_says_why() {
    if process_argument().is_none() {
        let test = "steps::each_step_that_is_skipped_says_why";
        let process = tokio::task::spawn_blocking(move || run_at_once(test, 1, "alone"));
        return process.await.unwrap();
    }
    before_the_store().await;
    in_the_store().await;
    where_consent_is_missing().await;
    without_a_database().await;
}

async fn before_the_store() {
    let world = World::start().await;
    let token = AccessToken::parse("ya29.explicit").unwrap();
    let explicit = Access::from_token(token, HttpClient::new().unwrap(), world.endpoints());
    says(&explicit, &[READ], &["explicit credential"]).await;
    let world = service_account::World::start().await;
    let robot = world.robot().acting_for(ALICE).unwrap();
    let run = world.access(robot, &[READ]);
    let access = run.of(&Principal::anonymous());
    says(
        &access,
        &[READ],
        &[FIRST[0], "service account", "is asked for"],
    )
    .await;
    says(
        &access,
        &[READ],
        &[FIRST[0], "service account's token in memory"],
    )
    .await;
}

async fn in_the_store() {
    let world = World::start().await;
    let alice = world.alice();
    world.connect(&[READ]).await;
    let bound = world.bind_without_browser(&[READ, SEND]).await;
    let store = ["memory skipped: it has no token", "token in the store"];
    says(&of(&bound, &alice), &[READ], &after_first(&store)).await;
    says(
        &of(&bound, &alice),
        &[READ],
        &after_first(&["token in memory"]),
    )
    .await;
    let lacking = [
        "memory skipped: its token does not do",
        "covers=false",
        "stored consent skipped",
        "ScopeMissing",
        "token.json skipped: a database is active",
        "browser skipped",
        "none is configured",
    ];
    says(&of(&bound, &alice), &[SEND], &after_first(&lacking)).await;
}

async fn where_consent_is_missing() {
    let world = World::start().await;
    let alice = world.alice();
    let missing = [
        "memory skipped: it has no token",
        "stored consent skipped",
        "Missing",
        "token.json skipped: a database is active",
    ];
    let check = async |bound: BoundGoogleAuth, more: &[&str]| {
        let expected: Vec<&str> = missing.iter().chain(more).copied().collect();
        says(&of(&bound, &alice), &[READ], &after_first(&expected)).await;
    };
    let links = world.links_by(std::sync::Arc::new(SystemRandom));
    let links = world.bind_definition(&links, &[READ]).await;
    check(links, &["browser skipped", "consent is given by links"]).await;
    let browser = world.browser();
    let closed = world.bind_with(&[READ], |it| it.with_browser(browser).interactive(false));
    check(closed.await, &["browser skipped", "nothing is interactive"]).await;
    check(
        world.bind(&[READ]).await,
        &["waiting for the browser", "token in the store"],
    )
    .await;
}

async fn without_a_database() {
    let desk = Desk::new().await;
    let bound = desk.bind().await;
    let file = [
        "store skipped: no database is active",
        "memory skipped: it has no token",
        "no usable consent in the token file",
        "browser skipped",
    ];
    let access = bound.access(&Principal::anonymous(), "gmail");
    says(&access, &[READ], &after_first(&file)).await;
    desk.write(&desk.python_file(&[crate::token_file::SCOPE]));
    let bound = desk.bind().await;
    let access = bound.access(&Principal::anonymous(), "gmail");
    let found = ["store skipped: no database is active", "token in the store"];
    says(&access, &[READ], &after_first(&found)).await;
    let alice = bound.access(&Principal::for_user("alice").unwrap(), "gmail");
    let skipped = "the token file is skipped: it is the anonymous user's";
    says(&alice, &[READ], &after_first(&[skipped])).await;
}
