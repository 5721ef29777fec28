//! People who are deleted, and disconnects that were begun: at Google, and in every table.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::json;
use toolgate_auth::store::{
    DisconnectReach, NewSignIn, RowStatus, Sealed, SessionKind, SessionStatus, SignInInsert,
};
use toolgate_auth::{
    EnvConfig, Environment, HowToImport, ImportedGrant, Principal, SessionId, SessionKey,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule};
use toolgate_ops::{DatabaseUrl, Users};
use toolgate_testkit::fresh_postgres_database;

use crate::support::{Ours, SCOPE, client, document, key, keys};

const EMAILS: [(&str, &str); 2] = [("alice", "alice@example.com"), ("bob", "bob@example.com")];

/// Two people, each with a grant, a link and a conversation.
struct Office {
    ours: Ours,
    emulator: Emulator,
}

impl Office {
    async fn new(ours: Ours) -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        let office = Self { ours, emulator };
        for (user, email) in EMAILS {
            office.connect(user, email).await;
            office.link(user).await;
            let chat = SessionKey::new(person(user), SessionId::parse("chat").unwrap());
            let (kind, idle) = (SessionKind::Conversation, SessionStatus::Idle);
            let sessions = office.ours.sessions("k1");
            let stored = sessions.store(&chat, kind, idle, b"CANARYsecret").await;
            assert!(stored.unwrap().is_some());
        }
        office
    }

    async fn connect(&self, user: &str, email: &str) {
        let mut grant = document(user);
        grant["refresh_token"] = json!(self.emulator.issue_refresh_token(email, &[SCOPE]));
        let grant = ImportedGrant::from_authorized_user(grant.to_string().as_bytes()).unwrap();
        let key = key(Some(user));
        let import = self
            .ours
            .operator
            .import(&key, &grant, HowToImport::default());
        import.await.unwrap();
    }

    async fn link(&self, user: &str) {
        let sign_in = NewSignIn {
            id_hash: format!("hash-of-{user}"),
            principal: person(user),
            account_label: None,
            client_id: client().id().to_owned(),
            redirect_uri: "http://127.0.0.1/google/callback".to_owned(),
            expected_email: None,
            expected_domain: None,
            service: "google".to_owned(),
            services: Vec::new(),
            scopes: vec![SCOPE.to_owned()],
            sealed: Sealed {
                key_id: "k1".to_owned(),
                data: json!({}),
            },
            return_path: None,
        };
        let store = self.ours.storage.database().sign_in_store().unwrap();
        let inserted = store.insert(&sign_in, Duration::from_mins(10), 20).await;
        assert_eq!(inserted.unwrap(), SignInInsert::Inserted);
    }

    /// Without an OAuth client: ending a grant takes none.
    fn users(&self) -> Users {
        self.users_with("k1")
    }

    /// An operator who has this key alone.
    fn users_with(&self, active: &str) -> Users {
        let base = self.emulator.base_url().to_string();
        let environment = Environment::from_pairs([("GOOGLE_BASE_URL", base)]);
        let mut config = EnvConfig::read(&environment).unwrap();
        config.keys = keys(active);
        Users::new(self.ours.storage.clone(), &config)
    }

    /// What is left of a person: rows, links, conversations.
    async fn left(&self, user: &str) -> (bool, bool, usize) {
        let database = self.ours.storage.database();
        let links = database.sign_in_store().unwrap();
        let link = links.get(&format!("hash-of-{user}")).await.unwrap();
        let sessions = database.session_store().unwrap();
        let sessions = sessions.list(&person(user), None, 10).await.unwrap().0;
        let row = self.ours.row(Some(user)).await;
        (row.is_some(), link.is_some(), sessions.len())
    }

    async fn assert_a_person_is_deleted(&self) {
        let deleted = self.users().delete(&person("alice")).await.unwrap();
        let counts = (deleted.grants, deleted.sign_ins, deleted.sessions);
        assert_eq!(counts, (1, 1, 1));
        assert_eq!(self.left("alice").await, (false, false, 0));
        assert_eq!(self.left("bob").await, (true, true, 1));
        let live = EMAILS.map(|(_, email)| self.emulator.live_refresh_tokens(email));
        assert_eq!(live, [0, 1]);
        let again = self.users().delete(&person("alice")).await.unwrap();
        assert_eq!((again.grants, again.sign_ins, again.sessions), (0, 0, 0));
    }

    async fn assert_what_was_begun_is_finished(&self) {
        let store = self.ours.storage.database().token_store().unwrap();
        let row = self.ours.row(Some("bob")).await.unwrap();
        let (at, here) = (row.marker(), DisconnectReach::ThisRow);
        let begun = store.begin_disconnect(&row.key, &at, here);
        assert!(begun.await.unwrap().is_some());
        let faults = self.emulator.faults();
        faults.add(FaultRule::new(FaultAction::status(503)).on_path("/revoke"));
        let done = self.users().finish_disconnects().await.unwrap();
        assert_eq!((done.finished, done.pending), (0, 1));
        assert_eq!(self.emulator.live_refresh_tokens("bob@example.com"), 1);
        faults.clear();
        let done = self.users().finish_disconnects().await.unwrap();
        assert_eq!((done.finished, done.pending), (1, 0));
        assert_eq!(self.emulator.live_refresh_tokens("bob@example.com"), 0);
        let row = self.ours.row(Some("bob")).await.unwrap();
        assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
    }
}

#[tokio::test]
async fn what_an_operator_has_no_key_for_is_left_to_the_application_unless_it_is_said_to_be_lost() {
    let office = Office::new(Ours::new().await).await;
    let keyless = office.users_with("k2 alone");
    let error = keyless.delete(&person("alice")).await.unwrap_err();
    assert!(
        error.to_string().contains("the key of the grant"),
        "{error}"
    );
    let done = keyless.finish_disconnects().await.unwrap();
    assert_eq!((done.finished, done.pending, done.unreadable), (0, 1, 0));
    let row = office.ours.row(Some("alice")).await.unwrap();
    assert!(row.status == RowStatus::Disconnecting && row.sealed.is_some());
    // Whoever has the key can still tell Google.
    let done = office.users().finish_disconnects().await.unwrap();
    assert_eq!((done.finished, done.unreadable), (1, 0));
    assert_eq!(office.emulator.live_refresh_tokens("alice@example.com"), 0);
    let deleted = keyless.wiping_unreadable().delete(&person("bob")).await;
    let deleted = deleted.unwrap();
    assert_eq!((deleted.grants, deleted.unreadable), (1, 1));
    assert_eq!(office.emulator.live_refresh_tokens("bob@example.com"), 1);
}

fn person(user: &str) -> Principal {
    Principal::for_user(user).unwrap()
}

#[tokio::test]
async fn a_person_is_deleted_and_what_was_begun_is_finished_on_sqlite() {
    let office = Office::new(Ours::new().await).await;
    office.assert_a_person_is_deleted().await;
    office.assert_what_was_begun_is_finished().await;
}

#[tokio::test]
async fn a_person_is_deleted_and_what_was_begun_is_finished_on_postgresql() {
    let Some(database) = fresh_postgres_database("people who are deleted").await else {
        return;
    };
    let url = DatabaseUrl::parse(database.url()).unwrap();
    let office = Office::new(Ours::at(url, tempfile::tempdir().unwrap()).await).await;
    office.assert_a_person_is_deleted().await;
    office.assert_what_was_begun_is_finished().await;
}
