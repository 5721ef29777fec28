//! Several Google accounts of one person: each with a grant of its own, which nothing that happens to
//! another one touches.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus, TokenRow};
use toolgate_auth::{
    AccountLabel, BoundGoogleAuth, Browser, Error, Requirement, Service, Token, TokenFile,
    TokenKey, ToolkitScopes,
};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule, Person};

use crate::failing::Failing;
use crate::support::{READ, World, bind};

pub(crate) const HERE: DisconnectReach = DisconnectReach::ThisRow;
/// Alice's default account, and one that she calls work.
pub(crate) const ACCOUNTS: [(Option<&str>, &str); 2] = [
    (None, "alice@example.com"),
    (Some("work"), "bob@example.com"),
];

/// A desk with one person who has two Google accounts.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) bound: BoundGoogleAuth,
    chosen: Arc<Mutex<&'static str>>,
}

pub(crate) fn label(text: Option<&str>) -> Option<AccountLabel> {
    text.map(|text| AccountLabel::parse(text).unwrap())
}

/// A browser whose person chooses whom they are told to.
fn browser(chosen: &Arc<Mutex<&'static str>>) -> Browser {
    let chosen = Arc::clone(chosen);
    Browser::opened_by(move |link| {
        let (link, person) = (link.clone(), Person::new(*chosen.lock().unwrap()));
        tokio::spawn(async move { person.follow(&link).await });
        true
    })
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let world = World::start().await;
        let chosen = Arc::new(Mutex::new(""));
        let google = world.several(browser(&chosen));
        let bound = bind(&google, &world.database, &[READ]).await;
        let desk = Self {
            world,
            bound,
            chosen,
        };
        for account in 0..ACCOUNTS.len() {
            desk.connected(account).await;
        }
        desk
    }

    async fn token(&self, account: usize) -> Result<Token, Error> {
        let access = self.bound.access(&self.world.alice(), "gmail");
        let access = access.with_account(label(ACCOUNTS[account].0));
        access.token(&Requirement::for_methods(&[READ])).await
    }

    /// The account's token; a browser is opened where it has none.
    async fn connected(&self, account: usize) -> Token {
        *self.chosen.lock().unwrap() = ACCOUNTS[account].1;
        self.token(account).await.unwrap()
    }

    /// What comes of it where the person chooses this address for the account.
    pub(crate) async fn consents_as(
        &self,
        account: usize,
        email: &'static str,
    ) -> Result<Token, Error> {
        *self.chosen.lock().unwrap() = email;
        self.token(account).await
    }

    pub(crate) async fn row(&self, account: usize) -> TokenRow {
        let key = TokenKey::new(self.world.alice(), Service::google());
        let key = key.with_account_label(label(ACCOUNTS[account].0));
        let store = self.world.database.token_store().unwrap();
        store.get(&key).await.unwrap().row.unwrap()
    }

    async fn does(&self, what: Event, account: usize) {
        let alice = self.world.alice();
        let access = self.bound.access(&alice, "gmail");
        let access = access.with_account(label(ACCOUNTS[account].0));
        let token = self.connected(account).await;
        match what {
            Event::Refreshed => {
                // The row counts as old enough that a refusal makes it due.
                self.world.pass(Duration::from_secs(61));
                let token = self.connected(account).await;
                access.rejected(&token).await;
                self.connected(account).await;
            }
            Event::Rejected => access.rejected(&token).await,
            Event::Refused => {
                let refused = FaultRule::new(FaultAction::oauth_error("invalid_grant"));
                let faults = self.world.emulator.faults();
                self.world.pass(Duration::from_secs(61));
                let token = self.connected(account).await;
                access.rejected(&token).await;
                faults.add(refused.on_path("/token").times(1));
                assert!(self.token(account).await.is_err());
            }
            Event::Disconnected => {
                let label = label(ACCOUNTS[account].0);
                let ended = self.bound.disconnect(&alice, label.as_ref(), HERE).await;
                ended.unwrap();
            }
        }
    }

    /// The same application as another process.
    pub(crate) async fn other_process(&self) -> BoundGoogleAuth {
        let google = self.world.several(browser(&self.chosen));
        bind(&google, &self.world.database, &[READ]).await
    }

    /// Whose account Google says that the token is of.
    pub(crate) async fn owner(&self, token: &Token) -> String {
        let bearer = format!("Bearer {}", token.access().expose());
        let url = self.world.endpoints().userinfo().to_string();
        let request = http::Request::get(url).header("authorization", bearer);
        let access = self.bound.access(&self.world.alice(), "gmail");
        let sent = access
            .http()
            .send(request.body(Vec::new()).unwrap(), Duration::from_secs(20));
        let told: Value = serde_json::from_slice(sent.await.unwrap().body()).unwrap();
        told["email"].as_str().unwrap().to_owned()
    }
}

/// What may happen to an account.
#[derive(Debug, Clone, Copy)]
enum Event {
    Refreshed,
    Rejected,
    Refused,
    Disconnected,
}

const EVENTS: [Event; 4] = [
    Event::Refreshed,
    Event::Rejected,
    Event::Refused,
    Event::Disconnected,
];

/// What may not change: a token that is served as before, of a row that stands as before.
fn kept(row: &TokenRow, token: &Token) -> (TokenRow, String) {
    let row = TokenRow {
        last_used_at: None,
        ..row.clone()
    };
    (row, token.access().expose().to_owned())
}

#[tokio::test]
async fn nothing_that_happens_to_one_account_touches_another() {
    let desk = Desk::new().await;
    let both = EVENTS.iter().flat_map(|what| [(*what, 0), (*what, 1)]);
    for (first, one) in both.clone() {
        for (second, other) in both.clone() {
            desk.does(first, one).await;
            desk.does(second, other).await;
            let still = 1 - other;
            let token = desk.connected(still).await;
            let before = kept(&desk.row(still).await, &token);
            desk.does(second, other).await;
            let browsers = desk.world.token_requests("authorization_code");
            let token = desk.token(still).await.unwrap();
            let what = format!("{first:?} of {one}, {second:?} of {other}");
            assert_eq!(desk.owner(&token).await, ACCOUNTS[still].1, "{what}");
            let row = desk.row(still).await;
            assert_eq!(
                (row.status, row.fail_count),
                (RowStatus::Active, 0),
                "{what}"
            );
            let passed = matches!(second, Event::Refreshed | Event::Refused);
            assert!(passed || kept(&row, &token) == before, "{what}");
            assert_eq!(
                desk.world.token_requests("authorization_code"),
                browsers,
                "{what}"
            );
        }
    }
}

#[tokio::test]
async fn a_refresh_that_is_under_way_survives_the_end_of_another_account() {
    let desk = Desk::new().await;
    desk.world.pass(Duration::from_hours(2));
    let hold = FaultRule::new(FaultAction::Hold {
        at: FaultPoint::After,
    });
    let faults = desk.world.emulator.faults();
    faults.add(hold.on_path("/token").times(1));
    let access = desk.bound.access(&desk.world.alice(), "gmail");
    let access = access.with_account(label(ACCOUNTS[1].0));
    let needs = Requirement::for_methods(&[READ]);
    let late = tokio::spawn(async move { access.token(&needs).await });
    faults.wait_for_held(1).await;
    let ended = desk.bound.disconnect(&desk.world.alice(), None, HERE).await;
    ended.unwrap();
    faults.release();
    let token = late.await.unwrap().unwrap();
    assert_eq!(desk.owner(&token).await, ACCOUNTS[1].1);
    assert_eq!(desk.row(0).await.status, RowStatus::Revoked);
    assert_eq!(desk.row(1).await.status, RowStatus::Active);
    assert_eq!(desk.world.emulator.live_refresh_tokens(ACCOUNTS[0].1), 0);
    assert_eq!(desk.world.emulator.live_refresh_tokens(ACCOUNTS[1].1), 1);
}

#[tokio::test]
async fn connections_are_listed_by_label_and_what_is_disconnected_is_none() {
    let desk = Desk::new().await;
    let alice = desk.world.alice();
    let listed = async || {
        let all = desk.bound.connections(&alice).await.unwrap();
        let known = desk.bound.known_connections(&alice).await.unwrap();
        assert_eq!(*known, *all, "this process knows at once");
        all.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let both = ["default (alice@example.com)", "work (bob@example.com)"];
    assert_eq!(listed().await, both);
    let work = label(Some("work"));
    desk.bound
        .disconnect(&alice, work.as_ref(), HERE)
        .await
        .unwrap();
    assert_eq!(listed().await, both[..1]);
    desk.token(0).await.unwrap();
    desk.connected(1).await;
    assert_eq!(listed().await, both);
}

#[tokio::test]
async fn who_has_read_what_another_process_connected_gets_no_token_of_the_account_before() {
    let desk = Desk::new().await;
    let (alice, work) = (desk.world.alice(), label(Some("work")));
    let other = desk.other_process().await;
    for account in [None, work.as_ref()] {
        other.disconnect(&alice, account, HERE).await.unwrap();
    }
    *desk.chosen.lock().unwrap() = ACCOUNTS[1].1;
    let access = other.access(&alice, "gmail");
    access
        .token(&Requirement::for_methods(&[READ]))
        .await
        .unwrap();
    let own = desk.bound.connections(&alice).await.unwrap();
    assert_eq!(own[0].to_string(), "default (bob@example.com)");
    let token = desk.token(0).await.unwrap();
    assert_eq!(desk.owner(&token).await, ACCOUNTS[1].1);
}

#[tokio::test]
async fn which_accounts_a_person_has_is_read_once_a_minute() {
    let desk = Desk::new().await;
    let counted = Failing::new(&desk.world.database);
    let google = desk.world.several(browser(&desk.chosen));
    let bound = bind(&google, &counted, &[READ]).await;
    let before = counted.lists();
    let know = async || bound.known_connections(&desk.world.alice()).await.unwrap();
    for _ in 0..100 {
        assert_eq!(know().await.len(), 2);
    }
    assert_eq!(counted.lists(), before + 1);
    // Another process ends one: that is known within the minute.
    desk.does(Event::Disconnected, 1).await;
    desk.world.pass(Duration::from_secs(59));
    assert_eq!((know().await.len(), counted.lists()), (2, before + 1));
    desk.world.pass(Duration::from_secs(1));
    assert_eq!((know().await.len(), counted.lists()), (1, before + 2));
    // That somebody has none is asked each time: they may have connected elsewhere.
    let bob = toolgate_auth::Principal::for_user("bob").unwrap();
    for _ in 0..2 {
        assert!(bound.known_connections(&bob).await.unwrap().is_empty());
    }
    assert_eq!(counted.lists(), before + 4);
}

#[tokio::test]
async fn a_link_for_a_further_account_needs_the_option_and_a_name_that_means_nothing_else() {
    let world = World::start().await;
    let alice = world.alice();
    let services = ["gmail".to_owned()];
    let without = world.links_by(Arc::new(toolgate_auth::SystemRandom));
    let without = world.bind_definition(&without, &[READ]).await;
    let with = world
        .bind_definition(&world.several_by_links(), &[READ])
        .await;
    let link = async |bound: &BoundGoogleAuth, text| {
        let label = label(text);
        bound.connect_link(&alice, label.as_ref(), &services).await
    };
    link(&without, None).await.unwrap();
    let error = link(&without, Some("work")).await.unwrap_err();
    assert!(error.is_configuration(), "{error}");
    assert!(
        error.to_string().contains("with_several_accounts()"),
        "{error}"
    );
    for text in [None, Some("work")] {
        link(&with, text).await.unwrap();
    }
    for text in ["default", "Default", "wanda@work.example"] {
        assert!(link(&with, Some(text)).await.is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_token_file_keeps_one_account_and_says_so_when_it_is_bound() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::new(folder.path().join("token.json"));
    let scopes = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.several(world.browser());
    let error = google.bind(&file, Service::google(), vec![scopes]).await;
    let error = error.unwrap_err();
    assert!(error.is_configuration(), "{error}");
    assert!(
        error.to_string().contains("with_several_accounts"),
        "{error}"
    );
}
