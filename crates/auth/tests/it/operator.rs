//! The operator's door: grants come in and go out, and rows are sealed under another key.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus, TokenRow};
use toolgate_auth::{
    AccessToken, GrantTokens, HowToImport, Imported, ImportedGrant, KeptBecause, KeyRing,
    KeySource, Operator, Principal, Resealed, SealingKey, Service, TokenFile, TokenKey,
};

use crate::deaf::{Deaf, Ear};
use crate::support::{READ, World};

const OVERWRITE: HowToImport = HowToImport {
    overwrite: true,
    dry_run: false,
};
const CAREFUL: HowToImport = HowToImport {
    overwrite: false,
    dry_run: false,
};

/// The ring of the world's processes.
fn old_ring() -> KeyRing {
    KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap()
}

fn new_ring() -> KeyRing {
    let ring = KeyRing::new("k2", SealingKey::from_bytes([8; 32])).unwrap();
    ring.with_old_key("k1", SealingKey::from_bytes([7; 32]))
        .unwrap()
}

async fn operator(world: &World, ring: KeyRing) -> Operator {
    let keys = KeySource::Ring(ring);
    Operator::open(&world.database, &keys).await.unwrap()
}

fn key(world: &World) -> TokenKey {
    TokenKey::new(world.alice(), Service::google())
}

fn document(client_id: &str, refresh: &str) -> Value {
    json!({"token": "ya29.CANARYsecret", "refresh_token": refresh, "client_id": client_id,
        "client_secret": "GOCSPX-CANARYsecret", "expiry": "2020-01-01T00:00:00Z",
        "scopes": ["https://www.googleapis.com/auth/gmail.readonly"]})
}

fn grant(client_id: &str, refresh: &str) -> ImportedGrant {
    let document = document(client_id, refresh).to_string();
    ImportedGrant::from_authorized_user(document.as_bytes()).unwrap()
}

/// What the emulator gave alice, as another program would have it.
async fn theirs(world: &World) -> ImportedGrant {
    world.connect(&[READ]).await;
    let operator = operator(world, old_ring()).await;
    let exported = operator.export(&key(world)).await.unwrap().unwrap();
    let document = exported.to_authorized_user(None).unwrap();
    ImportedGrant::from_authorized_user(document.expose()).unwrap()
}

#[tokio::test]
async fn a_grant_that_another_program_had_serves_its_person_and_nobody_else() {
    let (there, here) = (World::start().await, World::start().await);
    let grant = theirs(&there).await;
    let operator = operator(&here, old_ring()).await;
    let imported = operator.import(&key(&here), &grant, CAREFUL).await;
    assert_eq!(imported.unwrap(), Imported::New);
    let row = here.row().await;
    assert_eq!((row.version, row.grant_epoch, row.account_id), (1, 1, None));
    let sealed = row.sealed.unwrap();
    assert_eq!(sealed.key_id, "k1");
    let scopes = there.row().await.consented_scopes;
    assert_eq!(row.consented_scopes, scopes);
    let access = here.bind_without_browser(&[READ]).await;
    let bob = Principal::for_user("bob").unwrap();
    let need = toolgate_auth::Requirement::for_methods(&[READ]);
    let alices = access.access(&here.alice(), "gmail").token(&need).await;
    assert!(alices.is_ok());
    let bobs = access.access(&bob, "gmail").token(&need).await;
    assert!(bobs.unwrap_err().is_reauthorization_required());
}

#[tokio::test]
async fn a_connection_that_stands_is_kept_unless_overwriting_is_asked_for() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let operator = operator(&world, old_ring()).await;
    let (key, before) = (key(&world), world.row().await);
    let other = grant("other-client", "1//CANARYsecret");
    let import = async |how| operator.import(&key, &other, how).await.unwrap();

    assert_eq!(import(CAREFUL).await, Imported::Kept(KeptBecause::Stands));
    let dry_run = HowToImport {
        overwrite: true,
        dry_run: true,
    };
    assert_eq!(import(dry_run).await, Imported::Replaced);
    assert_eq!(world.row().await, before, "nothing was written so far");

    assert_eq!(import(OVERWRITE).await, Imported::Replaced);
    let row = world.row().await;
    assert_eq!(row.client_id, "other-client");
    assert_eq!(row.grant_epoch, before.grant_epoch + 1);
    assert_eq!(row.incarnation, before.incarnation);
    assert_eq!(
        import(CAREFUL).await,
        Imported::Kept(KeptBecause::SameGrant)
    );
}

#[tokio::test]
async fn a_grant_of_another_client_is_stored_and_never_refreshed_with_ours() {
    let world = World::start().await;
    let operator = operator(&world, old_ring()).await;
    let other = grant("other-client", "1//CANARYsecret");
    operator
        .import(&key(&world), &other, CAREFUL)
        .await
        .unwrap();
    let asked = world.token_without_browser(&[READ]).await;
    assert!(asked.unwrap_err().is_reauthorization_required());
    assert_eq!(world.token_requests("refresh_token"), 0);
    assert_eq!(world.row().await.status, RowStatus::Active);
}

#[tokio::test]
async fn what_was_disconnected_comes_back_only_when_that_is_asked_for() {
    let world = World::start().await;
    let grant = theirs(&world).await;
    let bound = world.bind(&[READ]).await;
    let alice = world.alice();
    let disconnected = bound.disconnect(&alice, None, DisconnectReach::ThisRow);
    disconnected.await.unwrap();
    let (operator, key) = (operator(&world, old_ring()).await, key(&world));
    assert!(operator.export(&key).await.unwrap().is_none());
    let kept = operator.import(&key, &grant, CAREFUL).await.unwrap();
    assert_eq!(kept, Imported::Kept(KeptBecause::Disconnected));
    assert_eq!(world.row().await.status, RowStatus::Revoked);
    let replaced = operator.import(&key, &grant, OVERWRITE).await.unwrap();
    assert_eq!(replaced, Imported::Replaced);
    assert_eq!(world.row().await.status, RowStatus::Active);
}

#[tokio::test]
async fn what_is_being_disconnected_is_neither_replaced_nor_handed_out() {
    let world = World::start().await;
    let grant = theirs(&world).await;
    let (store, key) = (world.database.token_store().unwrap(), key(&world));
    let marker = world.row().await.marker();
    let begun = store.begin_disconnect(&key, &marker, DisconnectReach::ThisRow);
    begun.await.unwrap().unwrap();
    let operator = operator(&world, old_ring()).await;
    let kept = operator.import(&key, &grant, OVERWRITE).await.unwrap();
    assert_eq!(kept, Imported::Kept(KeptBecause::Barred));
    assert!(operator.export(&key).await.unwrap_err().is_conflict());
}

#[tokio::test]
async fn imports_and_exports_are_told_and_hold_no_secret() {
    let world = World::start().await;
    let operator = operator(&world, old_ring()).await;
    let grant = grant("other-client", "1//CANARYsecret");
    operator
        .import(&key(&world), &grant, CAREFUL)
        .await
        .unwrap();
    let exported = operator.export(&key(&world)).await.unwrap().unwrap();
    let document = exported.to_authorized_user(None).unwrap();
    let printed = format!("{grant:?} {exported:?} {document:?}");
    assert!(!printed.contains("CANARYsecret"), "it prints secrets");

    let audit = world.database.audit_store().unwrap();
    let events = audit.events(Some(&world.alice()), None, 10).await.unwrap();
    let told = events
        .into_iter()
        .map(|it| (it.event.event, it.event.actor));
    let mut told: Vec<_> = told.collect();
    told.sort();
    let by = || "operator".to_owned();
    assert_eq!(
        told,
        [("exported".to_owned(), by()), ("imported".to_owned(), by())]
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_database_takes_no_event_of_is_not_handed_out_and_an_import_says_so() {
    for ear in [Ear::Refuses, Ear::NeverAnswers] {
        let world = World::start().await;
        let keys = KeySource::Ring(old_ring());
        let deaf = Deaf::new(&world.database, ear);
        let operator = Operator::open(&deaf, &keys).await.unwrap();
        let (key, grant) = (key(&world), grant("other-client", "1//CANARYsecret"));

        let unsaid = operator.import(&key, &grant, CAREFUL).await.unwrap_err();
        assert!(unsaid.is_unrecorded() && unsaid.is_transient(), "{unsaid}");
        assert!(unsaid.to_string().contains("is stored"), "{unsaid}");
        assert!(world.row().await.sealed.is_some());
        let unsaid = operator.export(&key).await.unwrap_err();
        assert!(unsaid.is_unrecorded(), "{unsaid}");
        assert!(unsaid.to_string().contains("not handed out"), "{unsaid}");
        assert_eq!(deaf.heard(), ["imported", "exported"]);

        // Whoever mends the database and imports again has the event.
        let mended = Operator::open(&world.database, &keys).await.unwrap();
        let same = mended.import(&key, &grant, CAREFUL).await.unwrap();
        assert_eq!(same, Imported::Kept(KeptBecause::SameGrant));
        let audit = world.database.audit_store().unwrap();
        let told = audit.events(Some(&world.alice()), None, 9).await.unwrap();
        let told = told.iter().map(|it| (&*it.event.event, &*it.event.outcome));
        assert_eq!(told.collect::<Vec<_>>(), [("imported", "same_grant")]);
    }
}

#[tokio::test]
async fn a_key_that_does_not_fit_is_told_and_a_look_at_it_is_not() {
    let world = World::start().await;
    operator(&world, old_ring()).await;
    let wrong = KeyRing::new("k1", SealingKey::from_bytes([9; 32])).unwrap();
    let wrong = KeySource::Ring(wrong);
    let refused = Operator::open(&world.database, &wrong).await.unwrap_err();
    assert!(refused.is_key_unavailable(), "{refused}");
    let looked = Operator::look(&world.database, &wrong).await.unwrap_err();
    assert!(looked.is_key_unavailable(), "{looked}");
    let audit = world.database.audit_store().unwrap();
    let events = audit.events(None, None, 10).await.unwrap();
    let told = events
        .iter()
        .map(|it| (it.event.event.as_str(), it.event.outcome.as_str()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [("key_refused", "key_unavailable")]
    );
    assert_eq!(events[0].event.principal, Principal::anonymous());
}

#[tokio::test]
async fn a_grant_without_an_access_token_is_refreshed_before_it_is_used() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let operator = operator(&world, old_ring()).await;
    let exported = operator.export(&key(&world)).await.unwrap().unwrap();
    let document = exported.to_authorized_user(None).unwrap();
    let mut bare: Value = serde_json::from_slice(document.expose()).unwrap();
    for name in ["token", "expiry"] {
        bare.as_object_mut().unwrap().remove(name).unwrap();
    }
    bare["type"] = json!("authorized_user");
    let bare = ImportedGrant::from_authorized_user(bare.to_string().as_bytes()).unwrap();
    operator
        .import(&key(&world), &bare, OVERWRITE)
        .await
        .unwrap();
    let exported = operator.export(&key(&world)).await.unwrap().unwrap();
    let document = exported.to_authorized_user(None).unwrap();
    let document: Value = serde_json::from_slice(document.expose()).unwrap();
    assert!(document.get("token").is_none(), "nothing stands in for it");
    let token = world.token_without_browser(&[READ]).await.unwrap();
    assert!(token.access().expose() != "none");
    assert_eq!(world.token_requests("refresh_token"), 1);
}

#[tokio::test]
async fn what_google_says_of_a_grants_account_is_stored_with_it() {
    let world = World::start().await;
    let grant = theirs(&world).await;
    let http = toolgate_http::HttpClient::new().unwrap();
    let verified = grant.verified(&world.endpoints(), &http).await.unwrap();
    let before = world.row().await;
    let operator = operator(&world, old_ring()).await;
    operator
        .import(&key(&world), &verified, OVERWRITE)
        .await
        .unwrap();
    let row = world.row().await;
    assert!(row.account_id.is_some() && row.account_id == before.account_id);
    assert_eq!(row.account_email.as_deref(), Some("alice@example.com"));
    let unknown = self::grant("c", "1//CANARYsecret");
    assert!(unknown.verified(&world.endpoints(), &http).await.is_err());
}

#[tokio::test]
async fn documents_that_are_none_are_refused_without_what_they_hold() {
    for document in [
        "no json CANARYsecret".to_owned(),
        json!({"refresh_token": null, "client_id": "id", "client_secret": "CANARYsecret"})
            .to_string(),
        json!({"refresh_token": "1//CANARYsecret", "client_id": "", "client_secret": ""})
            .to_string(),
        json!({"installed": {"client_secret": "CANARYsecret"}}).to_string(),
    ] {
        let error = ImportedGrant::from_authorized_user(document.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(error.is_configuration(), "{error}");
        assert!(!shown.contains("CANARYsecret"), "it prints secrets");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::new(folder.path().join("token.json"));
    let refused = Operator::open(&file, &KeySource::Database).await;
    assert!(refused.unwrap_err().is_configuration());
}

fn sealed_by(row: &TokenRow) -> &str {
    &row.sealed.as_ref().unwrap().key_id
}

#[tokio::test]
async fn a_row_is_sealed_under_the_new_key_and_nothing_else_of_it_changes() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    let new = operator(&world, new_ring()).await;
    assert_eq!(new.reseal(&before).await.unwrap(), Resealed::Done);
    let after = world.row().await;
    assert_eq!(sealed_by(&after), "k2");
    assert_ne!(after.sealed, before.sealed);
    let (sealed, rt_prefix_mac) = (before.sealed.clone(), before.rt_prefix_mac.clone());
    assert_eq!(
        TokenRow {
            sealed,
            rt_prefix_mac,
            ..after.clone()
        },
        before
    );
    assert_eq!(new.reseal(&after).await.unwrap(), Resealed::Nothing);
    // With the new key alone it opens.
    let alone = KeyRing::new("k2", SealingKey::from_bytes([8; 32])).unwrap();
    let alone = operator(&world, alone).await;
    assert!(alone.export(&key(&world)).await.unwrap().is_some());
    let old = operator(&world, old_ring()).await;
    assert!(
        old.export(&key(&world))
            .await
            .unwrap_err()
            .is_key_unavailable()
    );
}

/// Google's security events name a refresh token by its first characters, and a row is found by their
/// hash under the active key.
#[tokio::test]
async fn a_row_is_named_by_the_new_key_even_where_that_has_sealed_it_before() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    assert!(before.rt_prefix_mac.as_ref().unwrap().starts_with("k1."));
    // As a consent under the new key names it.
    let new = operator(&world, new_ring()).await;
    let exported = new.export(&key(&world)).await.unwrap().unwrap();
    let document = exported.to_authorized_user(None).unwrap();
    let grant = ImportedGrant::from_authorized_user(document.expose()).unwrap();
    let bob = TokenKey::new(Principal::for_user("bob").unwrap(), Service::google());
    new.import(&bob, &grant, CAREFUL).await.unwrap();
    let store = world.database.token_store().unwrap();
    let named = store.get(&bob).await.unwrap().row.unwrap().rt_prefix_mac;
    assert!(named.as_ref().unwrap().starts_with("k2."));

    assert_eq!(new.reseal(&before).await.unwrap(), Resealed::Done);
    assert_eq!(world.row().await.rt_prefix_mac, named);
    // What another label leaves behind: sealed by the new key, named by the old one.
    let (row, sealed) = (world.row().await, world.row().await.sealed.unwrap());
    let old = before.rt_prefix_mac.as_deref();
    assert!(
        store
            .reseal(&row.key, &row.marker(), &sealed, old)
            .await
            .unwrap()
    );
    let left = world.row().await;
    assert_eq!(new.reseal(&left).await.unwrap(), Resealed::Done);
    assert_eq!(world.row().await.rt_prefix_mac, named);
    assert_eq!(
        new.reseal(&world.row().await).await.unwrap(),
        Resealed::Nothing
    );
}

#[tokio::test]
async fn the_secrets_of_a_half_done_disconnect_stay_good_for_that_alone() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let store = world.database.token_store().unwrap();
    let (key, marker) = (key(&world), world.row().await.marker());
    let begun = store.begin_disconnect(&key, &marker, DisconnectReach::ThisRow);
    let begun = begun.await.unwrap().unwrap();
    let new = operator(&world, new_ring()).await;
    assert_eq!(new.reseal(&begun).await.unwrap(), Resealed::Done);
    let sealed = world.row().await.sealed.unwrap();
    assert_eq!(sealed.key_id, "k2");
    assert_eq!(sealed.data["sealed_epoch"], json!(marker.epoch));
}

#[tokio::test]
async fn a_row_that_is_refreshed_or_moved_on_is_left_alone() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    let store = world.database.token_store().unwrap();
    let (key, marker) = (key(&world), before.marker());
    let lease = store.try_lease(&key, &marker, "p", Duration::from_secs(20));
    lease.await.unwrap().unwrap();
    let new = operator(&world, new_ring()).await;
    assert_eq!(new.reseal(&before).await.unwrap(), Resealed::Busy);
    assert_eq!(sealed_by(&world.row().await), "k1");
    world.pass(Duration::from_secs(30));
    assert_eq!(new.reseal(&before).await.unwrap(), Resealed::Done);

    assert_eq!(new.reseal(&before).await.unwrap(), Resealed::Done);
    let marker = before.marker();
    assert!(store.delete(&key, &marker.incarnation).await.unwrap());
    assert_eq!(new.reseal(&before).await.unwrap(), Resealed::Busy);
}

#[tokio::test]
async fn the_next_write_of_a_row_seals_it_under_the_new_key() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    assert_eq!(sealed_by(&world.row().await), "k1");
    world.pass(Duration::from_hours(2));
    let google = world.google_with_keys(KeySource::Ring(new_ring()));
    let bound = world.bind_definition(&google, &[READ]).await;
    let need = toolgate_auth::Requirement::for_methods(&[READ]);
    let access = bound.access(&world.alice(), "gmail");
    access.token(&need).await.unwrap();
    assert_eq!(world.token_requests("refresh_token"), 1);
    let row = world.row().await;
    assert_eq!(sealed_by(&row), "k2");
    assert!(row.rt_prefix_mac.unwrap().starts_with("k2."));
}

#[tokio::test]
async fn another_librarys_write_under_the_new_key_names_the_refresh_token_by_it_too() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let google = world.google_with_keys(KeySource::Ring(new_ring()));
    let bound = world.bind_definition(&google, &[READ]).await;
    let grant = bound.kept_grant(&world.alice()).unwrap();
    grant.read(&[]).await.unwrap().unwrap();
    let tokens = GrantTokens {
        access: AccessToken::parse("ya29.CANARYsecret-of-another-library").unwrap(),
        refresh: None,
        expires_at: grant.now().after(Duration::from_hours(1)),
    };
    grant.write(&[], &tokens).await.unwrap();
    let row = world.row().await;
    assert_eq!(sealed_by(&row), "k2");
    assert!(row.rt_prefix_mac.unwrap().starts_with("k2."));
}

#[tokio::test]
async fn rows_are_counted_by_the_keys_that_seal_them() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let (old, new) = (
        operator(&world, old_ring()).await,
        operator(&world, new_ring()).await,
    );
    let bob = TokenKey::new(Principal::for_user("bob").unwrap(), Service::google());
    let grant = grant("c", "1//CANARYsecret");
    new.import(&bob, &grant, CAREFUL).await.unwrap();
    let keys = |used: toolgate_auth::KeysInUse| {
        let keys = used.keys.into_iter();
        keys.map(|it| (it.id, it.rows, it.is_known, it.is_active))
            .collect::<Vec<_>>()
    };
    let (k1, k2) = ("k1".to_owned(), "k2".to_owned());
    assert_eq!(
        keys(new.keys_in_use().await.unwrap()),
        [(k1.clone(), 1, true, false), (k2.clone(), 1, true, true)]
    );
    assert_eq!(
        keys(old.keys_in_use().await.unwrap()),
        [(k1, 1, true, true), (k2, 1, false, false)]
    );
}
