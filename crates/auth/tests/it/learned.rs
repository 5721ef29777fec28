//! Rows that say nothing of whose grant they hold, as imports leave them: a refresh learns it, and a
//! sign-in asks before it takes their place.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use toolgate_auth::sign_in::Refusal;
use toolgate_auth::store::{Database as _, DisconnectReach, TokenRow};
use toolgate_auth::{
    AccountLabel, BoundGoogleAuth, Browser, Disconnected, Error, GoogleAuthBuilder, HowToImport,
    Imported, ImportedGrant, KeyRing, KeySource, Operator, Principal, Requirement, SealingKey,
    Service, Token, TokenKey,
};
use toolgate_emulator::{FaultAction, FaultRule, Person};
use toolgate_http::HttpClient;

use crate::support::{READ, World};

const TWO_HOURS: Duration = Duration::from_hours(2);
const SEND: &str = "gmail.users.messages.send";
const OVERWRITE: HowToImport = HowToImport {
    overwrite: true,
    dry_run: false,
};

async fn operator(world: &World) -> Operator {
    let ring = KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap();
    let keys = KeySource::Ring(ring);
    Operator::open(&world.database, &keys).await.unwrap()
}

fn key(user: &str) -> TokenKey {
    TokenKey::new(Principal::for_user(user).unwrap(), Service::google())
}

async fn row(world: &World, user: &str) -> TokenRow {
    let store = world.database.token_store().unwrap();
    store.get(&key(user)).await.unwrap().row.unwrap()
}

fn parsed(document: &Value) -> ImportedGrant {
    ImportedGrant::from_authorized_user(document.to_string().as_bytes()).unwrap()
}

/// What alice@example.com granted, as the file of another program.
async fn file_of_alices(world: &World) -> Value {
    world.connect(&[READ]).await;
    let exported = operator(world).await.export(&key("alice")).await;
    let document = exported.unwrap().unwrap().to_authorized_user(None).unwrap();
    serde_json::from_slice(document.expose()).unwrap()
}

/// Alice's grant in the row of this user, who is not known to be her.
async fn imported_for(world: &World, user: &str) -> Value {
    let file = file_of_alices(world).await;
    let import = operator(world).await;
    let imported = import.import(&key(user), &parsed(&file), OVERWRITE).await;
    assert!(!matches!(imported.unwrap(), Imported::Kept(_)));
    file
}

async fn token(bound: &BoundGoogleAuth, user: &str, method: &'static str) -> Result<Token, Error> {
    let person = Principal::for_user(user).unwrap();
    let access = bound.access(&person, "gmail");
    access.token(&Requirement::for_methods(&[method])).await
}

#[tokio::test]
async fn the_end_of_an_imported_token_is_believed_for_a_day() {
    let world = World::start().await;
    let mut file = file_of_alices(&world).await;
    file["expiry"] = json!("2230-01-02T03:04:05Z");
    let operator = operator(&world).await;
    let imported = operator
        .import(&key("zoe"), &parsed(&file), OVERWRITE)
        .await;
    assert_eq!(imported.unwrap(), Imported::New);
    let row = row(&world, "zoe").await;
    assert_eq!(row.lifetime, Duration::from_hours(24));
    assert_eq!(row.expires_at, world.now().after(Duration::from_hours(24)));
}

#[tokio::test]
async fn an_overwriting_import_keeps_the_account_of_the_same_grant_alone() {
    let world = World::start().await;
    let mut file = file_of_alices(&world).await;
    let (operator, before) = (operator(&world).await, world.row().await);
    let import = async |grant: &ImportedGrant| {
        let imported = operator.import(&key("alice"), grant, OVERWRITE).await;
        let row = world.row().await;
        (imported.unwrap(), row.account_id, row.account_email)
    };
    let known = (before.account_id.clone(), before.account_email.clone());
    assert!(known.0.is_some() && known.1.is_some());
    let same = import(&parsed(&file)).await;
    assert_eq!(same, (Imported::Replaced, known.0.clone(), known.1.clone()));

    file["client_id"] = json!("another");
    let of_another_client = import(&parsed(&file)).await;
    assert_eq!(of_another_client, (Imported::Replaced, None, None));

    let bobs = json!({"client_id": "c", "client_secret": "s", "refresh_token": "1//CANARYsecret",
        "token": world.emulator.issue_token("bob@example.com", &["openid", "email"])});
    let http = HttpClient::new().unwrap();
    let verified = async |file: &Value| {
        let grant = parsed(file).verified(&world.endpoints(), &http).await;
        grant.unwrap()
    };
    let (what, id, email) = import(&verified(&bobs).await).await;
    assert_eq!(what, Imported::Replaced, "whose stood there was not known");
    assert!(id.is_some() && id != known.0);
    assert_eq!(email.as_deref(), Some("bob@example.com"));
    let (what, id, _) = import(&verified(&file).await).await;
    assert_eq!((what, id), (Imported::ReplacedAnother, known.0));
}

#[tokio::test]
async fn a_refresh_learns_whose_an_imported_grant_is() {
    let world = World::start().await;
    imported_for(&world, "zoe").await;
    let connected = world.row().await;
    assert_eq!(row(&world, "zoe").await.account_id, None);
    world.pass(TWO_HOURS);
    let bound = world.bind_without_browser(&[READ]).await;
    token(&bound, "zoe", READ).await.unwrap();
    let learned = row(&world, "zoe").await;
    assert_eq!(learned.account_id, connected.account_id);
    assert_eq!(learned.account_email.as_deref(), Some("alice@example.com"));
    bound.flush_events().await;
    let audit = world.database.audit_store().unwrap();
    let events = audit.events(Some(key("zoe").principal()), None, 10).await;
    let events = events.unwrap();
    let refreshed = events.iter().find(|it| it.event.event == "refreshed");
    assert_eq!(refreshed.unwrap().event.detail["account_learned"], true);

    // Now that both rows are known to be of one account, ending one leaves the other its grant.
    let zoe = Principal::for_user("zoe").unwrap();
    let ended = bound.disconnect(&zoe, None, DisconnectReach::ThisRow).await;
    assert_eq!(ended.unwrap(), Disconnected::HereOnly { others: 1 });
    token(&bound, "alice", READ).await.unwrap();
}

#[tokio::test]
async fn a_refresh_that_finds_an_account_under_another_name_too_tells_it() {
    let world = World::start().await;
    let file = file_of_alices(&world).await;
    let work = AccountLabel::parse("work").unwrap();
    let labelled = key("zoe").with_account_label(Some(work.clone()));
    let operator = operator(&world).await;
    for key in [&key("zoe"), &labelled] {
        let imported = operator.import(key, &parsed(&file), OVERWRITE).await;
        assert_eq!(imported.unwrap(), Imported::New);
    }
    world.pass(TWO_HOURS);
    let several = |it: GoogleAuthBuilder| it.with_several_accounts();
    let bound = world.bind_with(&[READ], several).await;
    let access = bound.access(key("zoe").principal(), "gmail");
    let need = Requirement::for_methods(&[READ]);
    for label in [None, Some(work)] {
        let access = access.clone().with_account(label);
        access.token(&need).await.unwrap();
    }
    bound.flush_events().await;
    let audit = world.database.audit_store().unwrap();
    let events = audit.events(Some(key("zoe").principal()), None, 20).await;
    let events = events.unwrap();
    let learned = events.iter().filter(|it| it.event.event == "refreshed");
    let mut twice: Vec<_> = learned
        .map(|it| it.event.detail.get("account_twice").is_some())
        .collect();
    twice.sort_unstable();
    assert_eq!(twice, [false, true], "the first one knew of no other");
}

/// A token answer with this id token.
fn answer(id_token: &Value) -> Value {
    json!({"access_token": "ya29.CANARYsecret-new", "expires_in": 3600, "token_type": "Bearer",
        "id_token": id_token})
}

/// An id token of the world's client that says this besides.
fn id_token(world: &World, changed: &Value) -> Value {
    let now = world.now().as_millis() / 1000;
    let mut claims = json!({"iss": world.endpoints().issuers()[0],
        "aud": world.emulator.installed_client_id(), "sub": "somebody",
        "iat": now, "exp": now + 3600});
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let part = |value: &Value| BASE64.encode(value.to_string());
    json!(format!(
        "{}.{}.sig",
        part(&json!({"alg": "RS256"})),
        part(&claims)
    ))
}

#[tokio::test]
async fn a_bad_id_token_of_a_refresh_is_ignored_and_the_refresh_saved() {
    let world = World::start().await;
    imported_for(&world, "zoe").await;
    let bound = world.bind_without_browser(&[READ]).await;
    let long_ago = world.now().as_millis() / 1000 - 86_400;
    let mut bad = vec![
        json!(""),
        json!(7),
        json!(null),
        json!("no token"),
        json!("a.b.c"),
    ];
    for changed in [
        json!({"aud": "another client"}),
        json!({"iss": "https://evil.example"}),
        json!({"exp": long_ago}),
        json!({"iat": long_ago}),
        json!({"sub": ""}),
        json!({"at_hash": "of another token"}),
    ] {
        bad.push(id_token(&world, &changed));
    }
    for id_token in bad {
        world.pass(TWO_HOURS);
        let before = row(&world, "zoe").await;
        world.emulator.faults().clear();
        world.answer_token_requests_with(answer(&id_token));
        token(&bound, "zoe", READ).await.unwrap();
        let after = row(&world, "zoe").await;
        assert_eq!(after.version, before.version + 1, "{id_token}");
        assert_eq!(after.account_id, None, "{id_token}");
    }
    // The same without a flaw is believed.
    world.pass(TWO_HOURS);
    world.emulator.faults().clear();
    world.answer_token_requests_with(answer(&id_token(&world, &json!({}))));
    token(&bound, "zoe", READ).await.unwrap();
    assert_eq!(
        row(&world, "zoe").await.account_id.as_deref(),
        Some("somebody")
    );
}

#[tokio::test]
async fn a_refresh_replaces_no_account_that_is_known() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    world.pass(TWO_HOURS);
    world.answer_token_requests_with(answer(&id_token(&world, &json!({}))));
    world.token_without_browser(&[READ]).await.unwrap();
    let after = world.row().await;
    assert_eq!(after.version, before.version + 1);
    assert_eq!(
        (after.account_id, after.account_email),
        (before.account_id, before.account_email)
    );
}

/// A process in which this account consents to whatever is asked for.
async fn as_whoever(
    world: &World,
    email: &'static str,
    change: impl FnOnce(GoogleAuthBuilder) -> GoogleAuthBuilder,
) -> BoundGoogleAuth {
    let browser = Browser::opened_by(move |link| {
        let link = link.clone();
        tokio::spawn(async move { Person::new(email).follow(&link).await });
        true
    });
    world
        .bind_with(&[READ, SEND], |it| change(it.with_browser(browser)))
        .await
}

async fn connected_event(world: &World, user: &str) -> Value {
    let audit = world.database.audit_store().unwrap();
    let events = audit.events(Some(key(user).principal()), None, 50).await;
    let events = events.unwrap();
    let connected = events.iter().find(|it| it.event.event == "connected");
    connected.map_or(Value::Null, |it| it.event.detail.clone())
}

#[tokio::test]
async fn another_account_takes_no_place_of_an_imported_grant_that_works() {
    let world = World::start().await;
    imported_for(&world, "zoe").await;
    let before = row(&world, "zoe").await;
    let bobs = as_whoever(&world, "bob@example.com", |it| it).await;
    let refused = token(&bobs, "zoe", SEND).await.unwrap_err();
    assert!(
        matches!(refused.refusal(), Some(Refusal::AccountChanged)),
        "{refused}"
    );
    assert_eq!(row(&world, "zoe").await.marker(), before.marker());

    let alices = as_whoever(&world, "alice@example.com", |it| it).await;
    token(&alices, "zoe", SEND).await.unwrap();
    let after = row(&world, "zoe").await;
    assert_eq!(after.account_email.as_deref(), Some("alice@example.com"));
    let event = connected_event(&world, "zoe").await;
    assert_eq!(event.get("account_unknown_before"), None, "{event}");
}

#[tokio::test]
async fn where_it_is_allowed_another_account_takes_an_imported_grants_place() {
    let world = World::start().await;
    imported_for(&world, "zoe").await;
    let bobs = as_whoever(
        &world,
        "bob@example.com",
        GoogleAuthBuilder::allow_account_change,
    )
    .await;
    token(&bobs, "zoe", SEND).await.unwrap();
    let after = row(&world, "zoe").await;
    assert_eq!(after.account_email.as_deref(), Some("bob@example.com"));
}

fn userinfo_answers(world: &World, status: u16) {
    let down = FaultRule::new(FaultAction::status(status)).on_method("userinfo");
    world.emulator.faults().add(down);
}

#[tokio::test]
async fn while_google_does_not_say_whose_an_imported_grant_is_no_sign_in_takes_its_place() {
    let world = World::start().await;
    imported_for(&world, "zoe").await;
    let before = row(&world, "zoe").await;
    userinfo_answers(&world, 503);
    let bobs = as_whoever(&world, "bob@example.com", |it| it).await;
    let refused = token(&bobs, "zoe", SEND).await.unwrap_err();
    assert!(
        refused.is_transient() && !refused.is_saved_or_not(),
        "{refused}"
    );
    assert_eq!(row(&world, "zoe").await.marker(), before.marker());
    token(&bobs, "zoe", READ).await.unwrap();

    // Once Google answers, whoever it is may try again.
    world.emulator.faults().clear();
    let alices = as_whoever(&world, "alice@example.com", |it| it).await;
    token(&alices, "zoe", SEND).await.unwrap();
}

#[tokio::test]
async fn a_place_of_which_nobody_can_say_whose_it_was_is_told_among_the_events() {
    let changes = GoogleAuthBuilder::allow_account_change;
    let one: fn(GoogleAuthBuilder) -> GoogleAuthBuilder = |it| it;
    for (status, configure) in [(401, one), (403, one), (503, changes)] {
        let world = World::start().await;
        imported_for(&world, "zoe").await;
        userinfo_answers(&world, status);
        let bobs = as_whoever(&world, "bob@example.com", configure).await;
        token(&bobs, "zoe", SEND).await.unwrap();
        bobs.flush_events().await;
        let event = connected_event(&world, "zoe").await;
        assert_eq!(event["account_unknown_before"], true, "{event}");
    }
}
